/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-preferences.h"

#include <glib/gi18n.h>

#include "tc-api-server.h"
#include "tc-field-row.h"
#include "tc-file-row.h"
#include "tc-install.h"
#include "tc-python-field.h"

/* Below it only the system listens. */
#define PORT_MIN 1024

struct _TcPreferences
{
  AdwPreferencesDialog  parent_instance;

  GSettings            *settings;    /* (owned) */
  TcApiServer          *server;      /* (owned) */
  gboolean              is_settling; /* rows are set, not switched by hand */

  TcFileRow            *script;
  TcFieldRow           *python;
  TcFieldRow           *port;
  AdwSwitchRow         *api;
  GtkWidget            *token;

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

/* A script that is gone is told at once, not when the next training fails. */
static void
show_script (TcPreferences *self)
{
  const char *path = tc_file_row_get_path (self->script);
  const char *problem = NULL;

  if (path != NULL && !g_file_test (path, G_FILE_TEST_IS_REGULAR))
    problem = _("That file is not there. Choose another one, or none for the bundled script.");
  tc_file_row_set_problem (self->script, problem);
}

static void
on_script_edited (TcPreferences *self)
{
  const char *path = tc_file_row_get_path (self->script);

  if (!self->is_settling)
    g_settings_set_string (self->settings, TC_SETTINGS_SCRIPT, path != NULL ? path : "");
  show_script (self);
}

static void
on_python_edited (TcPreferences *self)
{
  g_autofree char *path = tc_python_field_dup_path (self->python);

  if (!self->is_settling)
    g_settings_set_string (self->settings, TC_SETTINGS_PYTHON, path != NULL ? path : "");
  tc_python_field_check (self->python);
}

/* ---- Other programs ---- */

/* Returns: whether there is a port that can be taken, or none at all */
static gboolean
read_port (TcPreferences *self,
           guint         *port)
{
  g_autofree char *text = g_strstrip (g_strdup (tc_field_row_get_text (self->port)));
  guint64 number = 0;
  gboolean is_fine = text[0] == '\0' ||
                     g_ascii_string_to_unsigned (text, 10, PORT_MIN, G_MAXUINT16, &number, NULL);

  tc_field_row_set_problem (self->port, is_fine ? NULL : _("A port is a number from 1024 to 65535"));
  *port = (guint) number;

  return is_fine;
}

static void
on_port_edited (TcPreferences *self)
{
  guint port;

  if (self->is_settling)
    return;
  if (read_port (self, &port))
    g_settings_set_int (self->settings, TC_SETTINGS_API_PORT, (int) port);
  gtk_widget_set_sensitive (GTK_WIDGET (self->api), read_port (self, &port) || adw_switch_row_get_active (self->api));
}

static void
show_server (TcPreferences *self)
{
  const char *problem = tc_api_server_get_problem (self->server);
  gboolean is_on = tc_api_server_is_on (self->server);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", tc_api_server_get_port (self->server));

  self->is_settling = TRUE;
  adw_switch_row_set_active (self->api, is_on);
  self->is_settling = FALSE;
  tc_field_row_say (ADW_ACTION_ROW (self->api), problem != NULL ? problem : is_on ? url : _("Only the window and trainctl"),
                    problem != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->port), !is_on);
  gtk_widget_set_visible (self->token, tc_api_server_get_token (self->server) != NULL);
}

static void
on_api_switched (TcPreferences *self)
{
  guint port;

  if (self->is_settling || self->server == NULL)
    return;
  if (!adw_switch_row_get_active (self->api))
    tc_api_server_turn_off (self->server);
  else if (read_port (self, &port))
    tc_api_server_turn_on (self->server, port);
}

static void
on_copy_token (TcPreferences *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), tc_api_server_get_token (self->server));
  adw_preferences_dialog_add_toast (ADW_PREFERENCES_DIALOG (self), adw_toast_new (_("Token copied")));
}

static void
tc_preferences_dispose (GObject *object)
{
  TcPreferences *self = TC_PREFERENCES (object);

  /* A dialog that was presented keeps its content otherwise (libadwaita 1.7). */
  adw_dialog_set_child (ADW_DIALOG (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), TC_TYPE_PREFERENCES);
  g_clear_object (&self->server);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (tc_preferences_parent_class)->dispose (object);
}

static void
tc_preferences_class_init (TcPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_preferences_dispose;

  g_type_ensure (TC_TYPE_FIELD_ROW);
  g_type_ensure (TC_TYPE_FILE_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/hlx/TrainingCenter/dialogs/tc-preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, keep_awake);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, script);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, python);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, port);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, api);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, token);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, ends);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, failures);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, gates);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, verdicts);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, budget);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, stalls);
  gtk_widget_class_bind_template_child (widget_class, TcPreferences, epochs);
  gtk_widget_class_bind_template_callback (widget_class, on_show_budget);
  gtk_widget_class_bind_template_callback (widget_class, on_script_edited);
  gtk_widget_class_bind_template_callback (widget_class, on_python_edited);
  gtk_widget_class_bind_template_callback (widget_class, on_port_edited);
  gtk_widget_class_bind_template_callback (widget_class, on_api_switched);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_token);
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

static void
fill (TcPreferences *self)
{
  g_autofree char *script = g_settings_get_string (self->settings, TC_SETTINGS_SCRIPT);
  g_autofree char *python = g_settings_get_string (self->settings, TC_SETTINGS_PYTHON);
  int port = g_settings_get_int (self->settings, TC_SETTINGS_API_PORT);
  g_autofree char *text = port > 0 ? g_strdup_printf ("%d", port) : g_strdup ("");

  self->is_settling = TRUE;
  tc_file_row_set_path (self->script, script[0] != '\0' ? script : NULL);
  tc_field_row_set_text (self->python, python);
  tc_field_row_set_text (self->port, text);
  self->is_settling = FALSE;
  show_script (self);
  tc_python_field_check (self->python);
}

/**
 * tc_preferences_new:
 * @settings: the application's
 * @client: whose engine lets other programs in
 *
 * Returns: (transfer floating): the dialog; a change is in force at once
 */
AdwDialog *
tc_preferences_new (GSettings *settings,
                    TcClient  *client)
{
  TcPreferences *self = g_object_new (TC_TYPE_PREFERENCES, NULL);

  self->settings = g_object_ref (settings);
  self->server = tc_api_server_new (client);
  g_signal_connect_object (self->server, "changed", G_CALLBACK (show_server), self, G_CONNECT_SWAPPED);
  tc_python_field_set_up (self->python, client);
  fill (self);
  show_server (self);
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
