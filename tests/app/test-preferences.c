/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The preferences with a real engine behind them: what is wrong is said beside
 * it, other programs are let in and out, and a script is where one begins. */

#include <adwaita.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "tc-field-row.h"
#include "tc-file-row.h"
#include "tc-install.h"
#include "tc-new-session.h"
#include "tc-preferences.h"

#define PATIENCE_US (30 * G_USEC_PER_SEC)

typedef struct
{
  TcClient  *client;    /* (owned) */
  GSettings *settings;  /* (owned) */
  GtkWidget *window;    /* (owned) by GTK until destroyed */
  AdwDialog *dialog;    /* (owned) */
} Fixture;

static void
iterate (gint64 end_us)
{
  g_assert_cmpint (g_get_monotonic_time (), <, end_us);
  if (!g_main_context_iteration (NULL, FALSE))
    g_usleep (1000);
}

static gpointer
get_row (Fixture    *fixture,
         const char *id)
{
  return gtk_widget_get_template_child (GTK_WIDGET (fixture->dialog), TC_TYPE_PREFERENCES, id);
}

static gboolean
is_invalid (Fixture    *fixture,
            const char *id)
{
  return gtk_widget_has_css_class (get_row (fixture, id), "invalid");
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(TcPaths) paths = tc_paths_new_from_environment ();
  gint64 end_us = g_get_monotonic_time () + PATIENCE_US;

  fixture->settings = tc_install_new_settings ();
  fixture->client = tc_client_new (paths, TC_CLIENT_START_ENGINE);
  tc_client_connect_async (fixture->client, NULL, NULL, NULL);
  while (tc_client_get_state (fixture->client) != TC_CLIENT_CONNECTED)
    iterate (end_us);
  fixture->window = adw_window_new ();
  adw_window_set_content (ADW_WINDOW (fixture->window), gtk_label_new ("behind"));
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 800, 700);
  gtk_window_present (GTK_WINDOW (fixture->window));
  fixture->dialog = g_object_ref_sink (tc_preferences_new (fixture->settings, fixture->client));
  adw_dialog_present (fixture->dialog, fixture->window);
}

static void
on_stopped (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, NULL);

  g_assert_nonnull (reply);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gint64 end_us = g_get_monotonic_time () + PATIENCE_US;

  adw_dialog_force_close (fixture->dialog);
  tc_client_request_async (fixture->client, "POST", "/api/engine/stop", NULL, NULL, on_stopped, NULL);
  while (tc_client_get_state (fixture->client) == TC_CLIENT_CONNECTED)
    iterate (end_us);
  tc_client_disconnect (fixture->client);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (fixture->dialog);
  /* What the dialog was still asking has been called off. */
  g_object_add_weak_pointer (G_OBJECT (fixture->client), (gpointer *) &fixture->client);
  g_object_unref (fixture->client);
  while (fixture->client != NULL)
    iterate (end_us);
  g_object_unref (fixture->settings);
}

static void
test_port (Fixture       *fixture,
           gconstpointer  data)
{
  static const struct { const char *text; gboolean is_fine; int port; } cases[] = {
    { "80", FALSE, 0 }, { "8765", TRUE, 8765 }, { "65536", FALSE, 0 }, { "x", FALSE, 0 }, { "1024", TRUE, 1024 }, { "", TRUE, 0 },
  };

  /* What was there goes first, so what is wrong leaves none behind. */
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      tc_field_row_set_text (get_row (fixture, "port"), cases[i].text);
      g_assert_cmpint (is_invalid (fixture, "port"), ==, !cases[i].is_fine);
      g_assert_cmpint (gtk_widget_get_sensitive (get_row (fixture, "api")), ==, cases[i].is_fine);
      g_assert_cmpint (g_settings_get_int (fixture->settings, TC_SETTINGS_API_PORT), ==, cases[i].port);
    }
}

static void
test_server (Fixture       *fixture,
             gconstpointer  data)
{
  gint64 end_us = g_get_monotonic_time () + PATIENCE_US;
  GtkWidget *token = get_row (fixture, "token");
  AdwSwitchRow *api = get_row (fixture, "api");

  g_assert_false (gtk_widget_get_visible (token));
  adw_switch_row_set_active (api, TRUE);
  while (!gtk_widget_get_visible (token))
    iterate (end_us);
  g_assert_true (adw_switch_row_get_active (api));
  g_assert_nonnull (strstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (api)), "http://127.0.0.1:"));
  g_assert_false (gtk_widget_get_sensitive (get_row (fixture, "port")));
  adw_switch_row_set_active (api, FALSE);
  while (gtk_widget_get_visible (token))
    iterate (end_us);
  g_assert_false (adw_switch_row_get_active (api));
  g_assert_true (gtk_widget_get_sensitive (get_row (fixture, "port")));
}

static void
test_script (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *script = g_build_filename (g_get_user_data_dir (), "mine.py", NULL);
  g_autoptr(GError) error = NULL;
  TcNewSession *session;

  tc_file_row_set_path (get_row (fixture, "script"), script);
  g_assert_true (is_invalid (fixture, "script"));
  tc_file_row_set_path (get_row (fixture, "script"), NULL);
  g_assert_false (is_invalid (fixture, "script"));
  g_file_set_contents (script, "print()", -1, &error);
  g_assert_no_error (error);
  tc_file_row_set_path (get_row (fixture, "script"), script);
  g_assert_false (is_invalid (fixture, "script"));

  session = g_object_ref_sink (tc_new_session_new (fixture->client));
  g_assert_cmpstr (tc_file_row_get_path (TC_FILE_ROW (gtk_widget_get_template_child (
                     GTK_WIDGET (session), TC_TYPE_NEW_SESSION, "script"))), ==, script);
  g_object_unref (session);

  /* A folder stands for the script of the usual name in it. */
  tc_file_row_set_folder (get_row (fixture, "script"), g_get_user_data_dir ());
  g_assert_true (is_invalid (fixture, "script"));
  g_assert_true (g_str_has_suffix (tc_file_row_get_path (get_row (fixture, "script")), "/train_100m_production.py"));
  g_file_set_contents (tc_file_row_get_path (get_row (fixture, "script")), "print()", -1, &error);
  g_assert_no_error (error);
  tc_file_row_set_path (get_row (fixture, "script"), NULL);
  tc_file_row_set_folder (get_row (fixture, "script"), g_get_user_data_dir ());
  g_assert_false (is_invalid (fixture, "script"));
  tc_file_row_set_path (get_row (fixture, "script"), NULL);
}

/* What is told without running it; a session begins with what is stored. */
static void
test_python (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "my venv", NULL);
  g_autofree char *bin = g_build_filename (folder, "bin", NULL);
  g_autofree char *program = g_build_filename (bin, "python3", NULL);
  g_autofree char *real = g_find_program_in_path ("python3");
  g_autofree char *stored = NULL;
  gint64 end_us = g_get_monotonic_time () + PATIENCE_US;
  GtkWidget *session;

  tc_field_row_set_text (get_row (fixture, "python"), "python3");
  g_assert_true (is_invalid (fixture, "python"));
  tc_field_row_set_text (get_row (fixture, "python"), folder);
  g_assert_true (is_invalid (fixture, "python"));
  g_assert_cmpint (g_mkdir_with_parents (bin, 0700), ==, 0);
  tc_field_row_set_text (get_row (fixture, "python"), bin);
  g_assert_true (is_invalid (fixture, "python"));
  g_assert_true (g_file_set_contents (program, "#!/bin/sh\n", -1, NULL));
  tc_field_row_set_text (get_row (fixture, "python"), program);
  g_assert_true (is_invalid (fixture, "python"));
  g_assert_cmpint (g_chmod (program, 0700), ==, 0);
  tc_field_row_set_text (get_row (fixture, "python"), folder);
  g_assert_false (is_invalid (fixture, "python"));
  stored = g_settings_get_string (fixture->settings, TC_SETTINGS_PYTHON);
  g_assert_cmpstr (stored, ==, folder);

  /* The engine has executed it: that is no Python. Then a link to one that is. */
  while (!is_invalid (fixture, "python"))
    iterate (end_us);
  g_assert_nonnull (strstr (adw_action_row_get_subtitle (get_row (fixture, "python")), "is no Python 3"));
  g_assert_cmpint (g_unlink (program), ==, 0);
  g_assert_cmpint (symlink (real, program), ==, 0);
  tc_field_row_set_text (get_row (fixture, "python"), program);
  while (strstr (adw_action_row_get_subtitle (get_row (fixture, "python")), "Python 3.") == NULL)
    iterate (end_us);
  g_assert_false (is_invalid (fixture, "python"));
  tc_field_row_set_text (get_row (fixture, "python"), folder);

  session = g_object_ref_sink (GTK_WIDGET (tc_new_session_new (fixture->client)));
  g_assert_cmpstr (tc_field_row_get_text (TC_FIELD_ROW (gtk_widget_get_template_child (
                     session, TC_TYPE_NEW_SESSION, "python"))), ==, folder);
  g_object_unref (session);
  tc_field_row_set_text (get_row (fixture, "python"), "");
  g_assert_false (is_invalid (fixture, "python"));
}

int
main (int   argc,
      char *argv[])
{
  static const struct { const char *path; void (*func) (Fixture *, gconstpointer); } tests[] = {
    { "/preferences/port", test_port },
    { "/preferences/server", test_server },
    { "/preferences/script", test_script },
    { "/preferences/python", test_python },
  };

  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);

  return g_test_run ();
}
