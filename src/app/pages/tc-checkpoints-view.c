/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-checkpoints-view.h"

#include <glib/gi18n.h>
#include <math.h>

#include "tc-app-text.h"
#include "tc-duration.h"
#include "tc-json.h"
#include "tc-run-records.h"
#include "tc-text.h"
#include "tc-widget.h"

struct _TcCheckpointsView
{
  GtkWidget     parent_instance;

  TcRunRecords *checkpoints;  /* (owned) */
  TcRunRecords *gates;        /* (owned) */
  GtkSorter    *sorter;       /* (owned) */

  GtkStack     *stack;
  GtkListBox   *list;
};

G_DEFINE_FINAL_TYPE (TcCheckpointsView, tc_checkpoints_view, GTK_TYPE_WIDGET)

int
tc_checkpoints_compare (JsonObject *a,
                        JsonObject *b)
{
  double first = tc_json_get_double (a, "val_loss", INFINITY);
  double second = tc_json_get_double (b, "val_loss", INFINITY);
  gint64 first_epoch = tc_json_get_int (a, "epoch", 0);
  gint64 second_epoch = tc_json_get_int (b, "epoch", 0);

  if (first != second)
    return first < second ? -1 : 1;

  return first_epoch > second_epoch ? -1 : first_epoch < second_epoch;
}

static int
compare (gconstpointer a,
         gconstpointer b,
         gpointer      user_data)
{
  return tc_checkpoints_compare (tc_record_get_json ((TcRecord *) a), tc_record_get_json ((TcRecord *) b));
}

/* What the gate of that epoch said; NULL if there was none. */
static const char *
find_gate (TcCheckpointsView *self,
           gint64             epoch)
{
  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->gates)); i > 0; i--)
    {
      g_autoptr(TcRecord) record = g_list_model_get_item (G_LIST_MODEL (self->gates), i - 1);
      JsonObject *gate = tc_record_get_json (record);
      const char *result = tc_json_get_string (gate, "result", "");

      if (tc_json_get_int (gate, "epoch", 0) != epoch)
        continue;
      if (g_str_equal (result, "pass"))
        return _("gate passed");
      if (g_str_equal (result, "warn"))
        return _("gate passed with a warning");
      if (g_str_equal (result, "fail"))
        return _("gate failed");
      return NULL;
    }

  return NULL;
}

/* "Validation loss 1.283 · 4.2 MB · gate passed", and the name of the file. */
static char *
dup_about (TcCheckpointsView *self,
           JsonObject        *checkpoint)
{
  double loss = tc_json_get_double (checkpoint, "val_loss", NAN);
  gint64 bytes = tc_json_get_int (checkpoint, "bytes", -1);
  const char *gate = find_gate (self, tc_json_get_int (checkpoint, "epoch", 0));
  g_autofree char *name = g_path_get_basename (tc_json_get_string (checkpoint, "path", ""));
  GString *text = g_string_new (NULL);

  if (isfinite (loss))
    {
      g_autofree char *number = tc_app_text_dup_loss (loss, TRUE);

      g_string_append_printf (text, _("Validation loss %s"), number);
      g_string_append (text, " · ");
    }
  if (bytes >= 0)
    {
      g_autofree char *size = tc_size_format ((guint64) bytes);

      g_string_append_printf (text, "%s · ", size);
    }
  if (gate != NULL)
    g_string_append_printf (text, "%s · ", gate);
  g_string_append (text, name);

  return g_string_free_and_steal (text);
}

static void
on_shown (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GtkWidget) self = user_data;
  g_autoptr(GError) error = NULL;

  if (gtk_file_launcher_open_containing_folder_finish (GTK_FILE_LAUNCHER (object), result, &error) ||
      g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    return;
  gtk_widget_error_bell (self);
  g_message ("The folder cannot be shown: %s", error->message);
}

static void
on_show (GtkWidget  *widget,
         const char *name,
         GVariant   *parameter)
{
  g_autoptr(GFile) file = g_file_new_for_path (g_variant_get_string (parameter, NULL));
  g_autoptr(GtkFileLauncher) launcher = gtk_file_launcher_new (file);
  GtkRoot *root = gtk_widget_get_root (widget);

  gtk_file_launcher_open_containing_folder (launcher, GTK_WINDOW (root), NULL, on_shown, g_object_ref (widget));
}

static GtkWidget *
create_row (gpointer item,
            gpointer user_data)
{
  TcCheckpointsView *self = user_data;
  JsonObject *checkpoint = tc_record_get_json (item);
  const char *path = tc_json_get_string (checkpoint, "path", "");
  g_autofree char *title = g_strdup_printf (_("Epoch %u"), (guint) tc_json_get_int (checkpoint, "epoch", 0));
  g_autofree char *about = dup_about (self, checkpoint);
  g_autofree char *clean = tc_text_sanitize (about, -1, -1, TC_TEXT_SINGLE_LINE);
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_button_new_from_icon_name ("folder-open-symbolic");

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), clean);
  gtk_widget_set_tooltip_text (button, _("Show in Files"));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "checkpoints.show");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", path);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);

  return row;
}

static void
on_items_changed (TcCheckpointsView *self)
{
  gtk_stack_set_visible_child_name (self->stack,
                                    g_list_model_get_n_items (G_LIST_MODEL (self->checkpoints)) > 0 ? "list"
                                                                                                    : "empty");
}

/* The rows tell of gates, which may come later. */
static void
bind_list (TcCheckpointsView *self)
{
  g_autoptr(GtkSortListModel) sorted =
    gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (self->checkpoints)), g_object_ref (self->sorter));

  gtk_list_box_bind_model (self->list, G_LIST_MODEL (sorted), create_row, self, NULL);
}

static void
tc_checkpoints_view_dispose (GObject *object)
{
  TcCheckpointsView *self = TC_CHECKPOINTS_VIEW (object);

  tc_widget_dispose (GTK_WIDGET (self), TC_TYPE_CHECKPOINTS_VIEW);
  g_clear_object (&self->checkpoints);
  g_clear_object (&self->gates);
  g_clear_object (&self->sorter);

  G_OBJECT_CLASS (tc_checkpoints_view_parent_class)->dispose (object);
}

static void
tc_checkpoints_view_class_init (TcCheckpointsViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_checkpoints_view_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/hlx/TrainingCenter/pages/tc-checkpoints-view.ui");
  gtk_widget_class_bind_template_child (widget_class, TcCheckpointsView, stack);
  gtk_widget_class_bind_template_child (widget_class, TcCheckpointsView, list);
  gtk_widget_class_install_action (widget_class, "checkpoints.show", "s", on_show);
}

static void
tc_checkpoints_view_init (TcCheckpointsView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->sorter = GTK_SORTER (gtk_custom_sorter_new (compare, NULL, NULL));
}

/**
 * tc_checkpoints_view_new:
 *
 * Returns: (transfer floating): a list that follows the checkpoints of @session
 */
GtkWidget *
tc_checkpoints_view_new (TcClient  *client,
                         TcSession *session)
{
  TcCheckpointsView *self = g_object_new (TC_TYPE_CHECKPOINTS_VIEW, NULL);

  self->checkpoints = tc_run_records_new (client, "checkpoint", tc_session_get_id (session));
  self->gates = tc_run_records_new (client, "gate", tc_session_get_id (session));
  bind_list (self);
  g_signal_connect_object (self->checkpoints, "items-changed", G_CALLBACK (on_items_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->gates, "items-changed", G_CALLBACK (bind_list), self, G_CONNECT_SWAPPED);
  on_items_changed (self);

  return GTK_WIDGET (self);
}
