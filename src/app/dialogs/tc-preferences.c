/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-preferences.h"

#include <glib/gi18n.h>

#include "tc-install.h"
#include "tc-text.h"

struct _TcPreferences
{
  AdwPreferencesDialog  parent_instance;

  GSettings            *settings;  /* (owned) */

  AdwActionRow         *scripts;
  GtkButton            *scripts_reset;
  AdwSwitchRow         *keep_awake;
  AdwSwitchRow         *ends;
  AdwSwitchRow         *failures;
  AdwSwitchRow         *gates;
  AdwSwitchRow         *verdicts;
  AdwSwitchRow         *budget;
  AdwSwitchRow         *stalls;
  AdwSwitchRow         *epochs;
};

G_DEFINE_FINAL_TYPE (TcPreferences, tc_preferences, ADW_TYPE_PREFERENCES_DIALOG)

static void
show_scripts (TcPreferences *self)
{
  g_autofree char *path = g_settings_get_string (self->settings, TC_SETTINGS_SCRIPTS_FOLDER);
  g_autofree char *name = g_filename_display_name (path);
  g_autofree char *text = tc_text_sanitize (name, -1, -1, TC_TEXT_SINGLE_LINE);

  adw_action_row_set_subtitle (self->scripts, path[0] != '\0' ? text : _("Home folder"));
  gtk_widget_set_visible (GTK_WIDGET (self->scripts_reset), path[0] != '\0');
}

static void
on_scripts_chosen (GObject      *object,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(TcPreferences) self = user_data;
  g_autoptr(GFile) folder = gtk_file_dialog_select_folder_finish (GTK_FILE_DIALOG (object), result, NULL);

  if (folder != NULL && g_file_peek_path (folder) != NULL)
    g_settings_set_string (self->settings, TC_SETTINGS_SCRIPTS_FOLDER, g_file_peek_path (folder));
}

static void
on_choose_scripts (TcPreferences *self)
{
  g_autoptr(GtkFileDialog) dialog = gtk_file_dialog_new ();
  g_autofree char *path = g_settings_get_string (self->settings, TC_SETTINGS_SCRIPTS_FOLDER);

  gtk_file_dialog_set_title (dialog, _("Folder of Scripts"));
  if (path[0] != '\0')
    {
      g_autoptr(GFile) folder = g_file_new_for_path (path);

      gtk_file_dialog_set_initial_folder (dialog, folder);
    }
  gtk_file_dialog_select_folder (dialog, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), NULL,
                                 on_scripts_chosen, g_object_ref (self));
}

static void
on_reset_scripts (TcPreferences *self)
{
  g_settings_reset (self->settings, TC_SETTINGS_SCRIPTS_FOLDER);
}

static void
on_show_budget (TcPreferences *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "app.show-page", "s", "keys");
  adw_dialog_close (ADW_DIALOG (self));
}

static void
tc_preferences_dispose (GObject *object)
{
  TcPreferences *self = TC_PREFERENCES (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), TC_TYPE_PREFERENCES);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (tc_preferences_parent_class)->dispose (object);
}

static void
tc_preferences_class_init (TcPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_preferences_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/hlx/TrainingCenter/dialogs/tc-preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, scripts);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, scripts_reset);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, keep_awake);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, ends);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, failures);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, gates);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, verdicts);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, budget);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, stalls);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, epochs);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_scripts);
  gtk_widget_class_bind_template_callback (widget_class, on_reset_scripts);
  gtk_widget_class_bind_template_callback (widget_class, on_show_budget);
}

static void
tc_preferences_init (TcPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
bind (TcPreferences *self,
      const char    *key,
      AdwSwitchRow  *row)
{
  g_settings_bind (self->settings, key, row, "active", G_SETTINGS_BIND_DEFAULT);
}

/**
 * tc_preferences_new:
 * @settings: the application's
 *
 * Returns: (transfer floating): the dialog; a change is in force at once
 */
AdwDialog *
tc_preferences_new (GSettings *settings)
{
  TcPreferences *self = g_object_new (TC_TYPE_PREFERENCES, NULL);

  self->settings = g_object_ref (settings);
  bind (self, TC_SETTINGS_KEEP_AWAKE, self->keep_awake);
  bind (self, TC_SETTINGS_NOTIFY_ENDS, self->ends);
  bind (self, TC_SETTINGS_NOTIFY_FAILURES, self->failures);
  bind (self, TC_SETTINGS_NOTIFY_GATES, self->gates);
  bind (self, TC_SETTINGS_NOTIFY_VERDICTS, self->verdicts);
  bind (self, TC_SETTINGS_NOTIFY_BUDGET, self->budget);
  bind (self, TC_SETTINGS_NOTIFY_STALLS, self->stalls);
  bind (self, TC_SETTINGS_NOTIFY_EPOCHS, self->epochs);
  g_signal_connect_object (settings, "changed::" TC_SETTINGS_SCRIPTS_FOLDER, G_CALLBACK (show_scripts), self,
                           G_CONNECT_SWAPPED);
  show_scripts (self);

  return ADW_DIALOG (self);
}
