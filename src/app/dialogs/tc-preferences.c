/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-preferences.h"

#include "tc-install.h"

struct _TcPreferences
{
  AdwPreferencesDialog  parent_instance;

  GSettings            *settings;  /* (owned) */

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
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, keep_awake);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, ends);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, failures);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, gates);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, verdicts);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, budget);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, stalls);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, epochs);
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

  return ADW_DIALOG (self);
}
