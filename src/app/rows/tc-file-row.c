/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-file-row.h"

#include <glib/gi18n.h>

#include "tc-field-row.h"

struct _TcFileRow
{
  AdwActionRow  parent_instance;

  GtkWidget    *clear;
  GtkWidget    *choose_folder;
  char         *usual_name;  /* (owned) (nullable) of the file in a folder */
  char         *hint;      /* (owned) (nullable) shown without a file */
  char         *path;      /* (owned) (nullable) */
  char         *contents;  /* (owned) (nullable) what is in it */
};

enum
{
  PROP_HINT = 1,
  PROP_USUAL_NAME,
  N_PROPS,
};

G_DEFINE_FINAL_TYPE (TcFileRow, tc_file_row, ADW_TYPE_ACTION_ROW)

static GParamSpec *properties[N_PROPS];
static guint edited_signal;

static void
show_path (TcFileRow *self)
{
  g_autofree char *shown = self->path != NULL ? g_filename_display_name (self->path) : g_strdup (self->hint);
  g_autofree char *whole = self->contents != NULL ? g_strdup_printf ("%s\n%s", shown, self->contents) : NULL;

  tc_field_row_say (ADW_ACTION_ROW (self), whole != NULL ? whole : shown, FALSE);
  gtk_widget_set_visible (self->clear, self->path != NULL);
}

static void
on_chosen (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(TcFileRow) self = user_data;
  g_autoptr(GFile) file = gtk_file_dialog_open_finish (GTK_FILE_DIALOG (object), result, NULL);
  const char *path = file != NULL ? g_file_peek_path (file) : NULL;

  if (path != NULL)
    tc_file_row_set_path (self, path);
}

static void
on_choose (TcFileRow *self)
{
  g_autoptr(GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)));
  if (self->path != NULL)
    {
      g_autoptr(GFile) file = g_file_new_for_path (self->path);

      gtk_file_dialog_set_initial_file (dialog, file);
    }
  gtk_file_dialog_open (dialog, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), NULL, on_chosen,
                        g_object_ref (self));
}

static void
on_folder_chosen (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(TcFileRow) self = user_data;
  g_autoptr(GFile) folder = gtk_file_dialog_select_folder_finish (GTK_FILE_DIALOG (object), result, NULL);
  const char *path = folder != NULL ? g_file_peek_path (folder) : NULL;

  if (path != NULL)
    tc_file_row_set_folder (self, path);
}

static void
on_choose_folder (TcFileRow *self)
{
  g_autoptr(GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)));
  gtk_file_dialog_select_folder (dialog, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), NULL,
                                 on_folder_chosen, g_object_ref (self));
}

static void
on_clear (TcFileRow *self)
{
  tc_file_row_set_path (self, NULL);
}

static void
tc_file_row_finalize (GObject *object)
{
  TcFileRow *self = TC_FILE_ROW (object);

  g_free (self->usual_name);
  g_free (self->hint);
  g_free (self->path);
  g_free (self->contents);

  G_OBJECT_CLASS (tc_file_row_parent_class)->finalize (object);
}

static void
tc_file_row_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_HINT:
      g_value_set_string (value, TC_FILE_ROW (object)->hint);
      break;

    case PROP_USUAL_NAME:
      g_value_set_string (value, TC_FILE_ROW (object)->usual_name);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
tc_file_row_set_property (GObject      *object,
                          guint         prop_id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  TcFileRow *self = TC_FILE_ROW (object);

  switch (prop_id)
    {
    case PROP_HINT:
      if (g_set_str (&self->hint, g_value_get_string (value)))
        g_object_notify_by_pspec (object, pspec);
      show_path (self);
      break;

    case PROP_USUAL_NAME:
      if (g_set_str (&self->usual_name, g_value_get_string (value)))
        g_object_notify_by_pspec (object, pspec);
      gtk_widget_set_visible (self->choose_folder, self->usual_name != NULL);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
tc_file_row_class_init (TcFileRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = tc_file_row_finalize;
  object_class->get_property = tc_file_row_get_property;
  object_class->set_property = tc_file_row_set_property;
  properties[PROP_HINT] =
    g_param_spec_string ("hint", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_USUAL_NAME] =
    g_param_spec_string ("usual-name", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  edited_signal = g_signal_new ("edited", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
}

static GtkWidget *
add_button (TcFileRow  *self,
            const char *icon,
            const char *tooltip,
            GCallback   callback)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  g_signal_connect_object (button, "clicked", callback, self, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), button);

  return button;
}

static void
tc_file_row_init (TcFileRow *self)
{
  GtkWidget *choose;

  self->clear = add_button (self, "edit-clear-symbolic", _("Clear"), G_CALLBACK (on_clear));
  self->choose_folder = add_button (self, "folder-symbolic", _("Choose Folder…"), G_CALLBACK (on_choose_folder));
  gtk_widget_set_visible (self->choose_folder, FALSE);
  choose = add_button (self, "document-open-symbolic", _("Choose File…"), G_CALLBACK (on_choose));
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self), choose);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (self), 3);
  show_path (self);
}

/** tc_file_row_get_path: Returns: (transfer none) (nullable): the file, absolute */
const char *
tc_file_row_get_path (TcFileRow *self)
{
  g_return_val_if_fail (TC_IS_FILE_ROW (self), NULL);

  return self->path;
}

/** tc_file_row_set_path: @path: (nullable): a file, absolute */
void
tc_file_row_set_path (TcFileRow  *self,
                      const char *path)
{
  g_return_if_fail (TC_IS_FILE_ROW (self));

  if (!g_set_str (&self->path, path))
    return;
  show_path (self);
  g_signal_emit (self, edited_signal, 0);
}

/** tc_file_row_set_folder: @folder: where the file of the usual name is to be taken from, absolute */
void
tc_file_row_set_folder (TcFileRow  *self,
                        const char *folder)
{
  g_autofree char *path = NULL;

  g_return_if_fail (TC_IS_FILE_ROW (self));
  g_return_if_fail (self->usual_name != NULL);

  path = g_build_filename (folder, self->usual_name, NULL);
  tc_file_row_set_path (self, path);
}

/** tc_file_row_set_contents: @contents: (nullable): what is in the file, below its name */
void
tc_file_row_set_contents (TcFileRow  *self,
                          const char *contents)
{
  g_return_if_fail (TC_IS_FILE_ROW (self));

  if (g_set_str (&self->contents, contents))
    show_path (self);
}

/** tc_file_row_set_problem: @problem: (nullable): a sentence; NULL when it is fine */
void
tc_file_row_set_problem (TcFileRow  *self,
                         const char *problem)
{
  g_return_if_fail (TC_IS_FILE_ROW (self));

  if (problem != NULL)
    tc_field_row_say (ADW_ACTION_ROW (self), problem, TRUE);
  else
    show_path (self);
}
