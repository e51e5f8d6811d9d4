/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The whole window with a real engine behind it, and the dialogs that have no
 * page of their own: gone through, and gone without a rest. */

#include <adwaita.h>

#include "page-test.h"
#include "tc-key-dialog.h"
#include "tc-key-list.h"
#include "tc-notes-dialog.h"
#include "tc-session-page.h"
#include "tc-spend-bar.h"
#include "tc-state-banner.h"
#include "tc-window.h"

typedef struct
{
  TcPaths  *paths;   /* (owned) */
  TcClient *client;  /* (owned) */
  TcWindow *window;  /* (owned) */
} Fixture;

/* One for all: a process has one, and GTK keeps it. */
static AdwApplication *application;

static void
settle (void)
{
  for (int i = 0; i < 50; i++)
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_usleep (1000);
    }
}

static gboolean
is_connected (Fixture    *fixture,
              const char *argument)
{
  return tc_client_get_state (fixture->client) == TC_CLIENT_CONNECTED;
}

static GtkWidget *
find (GtkWidget  *widget,
      GType       type,
      const char *label)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type) && gtk_widget_is_visible (widget) &&
      (label == NULL || (GTK_IS_LABEL (widget) && strstr (gtk_label_get_label (GTK_LABEL (widget)), label) != NULL)))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type, label);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static gboolean
says (Fixture    *fixture,
      const char *label)
{
  return find (GTK_WIDGET (fixture->window), GTK_TYPE_LABEL, label) != NULL;
}

static gboolean
has_session_page (Fixture    *fixture,
                  const char *argument)
{
  return find (GTK_WIDGET (fixture->window), TC_TYPE_SESSION_PAGE, NULL) != NULL;
}

static gboolean
has_no_session_page (Fixture    *fixture,
                     const char *argument)
{
  return !has_session_page (fixture, argument);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->paths = tc_paths_new_from_environment ();
  fixture->client = tc_client_new (fixture->paths, TC_CLIENT_START_ENGINE);
  tc_client_connect_async (fixture->client, NULL, NULL, NULL);
  wait_until (fixture, is_connected, NULL);
  fixture->window = g_object_ref_sink (tc_window_new (application, fixture->client, fixture->paths));
  gtk_window_present (GTK_WINDOW (fixture->window));
  settle ();
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  settle ();
  g_assert_finalize_object (fixture->window);
  tc_client_disconnect (fixture->client);
  settle ();
  g_assert_finalize_object (fixture->client);
  g_object_unref (fixture->paths);
}

/* Every page of the sidebar, a session's page over two of them, and a session that
 * goes while its page is shown. */
static void
test_pages (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(JsonNode) answer =
    page_test_call (fixture->client, "POST", "/api/training/queue",
                    "{\"sessions\":[{\"command\":\"true\",\"title\":\"The only one\"}]}");
  guint64 id = 1;

  g_assert_nonnull (find (GTK_WIDGET (fixture->window), TC_TYPE_SPEND_BAR, NULL));
  wait_until (fixture, says, "The only one");
  tc_window_show_page (fixture->window, "history");
  wait_until (fixture, says, "History");
  tc_window_show_page (fixture->window, "models");
  wait_until (fixture, says, "No Models Yet");
  tc_window_show_page (fixture->window, "keys");
  wait_until (fixture, says, "This Month");
  tc_window_show_session (fixture->window, id);
  wait_until (fixture, has_session_page, NULL);
  /* Shown once more it is the same one: one step back leads out. */
  tc_window_show_session (fixture->window, id);
  settle ();
  g_assert_true (gtk_widget_activate_action (find (GTK_WIDGET (fixture->window), TC_TYPE_SESSION_PAGE, NULL),
                                             "navigation.pop", NULL));
  wait_until (fixture, has_no_session_page, NULL);
  tc_window_show_page (fixture->window, "queue");
  tc_window_show_session (fixture->window, id);
  wait_until (fixture, has_session_page, NULL);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.session-remove", "t", id));
  wait_until (fixture, has_no_session_page, NULL);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.undo", NULL));
  wait_until (fixture, says, "true");
  tc_window_show_session (fixture->window, 99);
  wait_until (fixture, says, "That session is not there any more.");
}

static gboolean
is_closed (gboolean   *closed,
           const char *argument)
{
  return *closed;
}

static void
on_closed (AdwDialog *dialog,
           gboolean  *closed)
{
  *closed = TRUE;
}

/* Nothing can be added before all is there; a key that is added closes it. */
static void
test_key_dialog (Fixture       *fixture,
                 gconstpointer  data)
{
  GtkWidget *dialog = g_object_ref_sink (GTK_WIDGET (tc_key_dialog_new (fixture->client, "qwen")));
  gpointer name = gtk_widget_get_template_child (dialog, TC_TYPE_KEY_DIALOG, "name");
  gpointer url = gtk_widget_get_template_child (dialog, TC_TYPE_KEY_DIALOG, "other_url");
  gpointer add = gtk_widget_get_template_child (dialog, TC_TYPE_KEY_DIALOG, "add");
  g_autoptr(JsonNode) keys = NULL;
  g_autofree char *names = NULL;
  gboolean closed = FALSE;

  g_signal_connect (dialog, "closed", G_CALLBACK (on_closed), &closed);
  adw_dialog_present (ADW_DIALOG (dialog), GTK_WIDGET (fixture->window));
  settle ();
  gtk_editable_set_text (name, "");
  g_assert_false (gtk_widget_get_sensitive (add));
  gtk_editable_set_text (name, "here");
  gtk_editable_set_text (url, "http://127.0.0.1:9");
  g_assert_true (gtk_widget_get_sensitive (add));
  g_signal_emit_by_name (add, "clicked");
  page_test_wait ((PageCondition) is_closed, &closed, NULL);
  keys = page_test_call (fixture->client, "GET", "/api/keys/list", NULL);
  names = json_to_string (keys, FALSE);
  g_assert_nonnull (strstr (names, "\"here\""));
  settle ();
  g_assert_finalize_object (dialog);
}

static void
test_notes (Fixture       *fixture,
            gconstpointer  data)
{
  AdwDialog *dialog = g_object_ref_sink (tc_notes_dialog_new ());
  gboolean closed = FALSE;

  g_signal_connect (dialog, "closed", G_CALLBACK (on_closed), &closed);
  adw_dialog_present (dialog, GTK_WIDGET (fixture->window));
  settle ();
  g_assert_nonnull (find (GTK_WIDGET (dialog), GTK_TYPE_LABEL, "Epochs 1, 5, 10, 20, 50, 100, 150 and 200"));
  g_assert_true (adw_dialog_close (dialog));
  page_test_wait ((PageCondition) is_closed, &closed, NULL);
  settle ();
  g_assert_finalize_object (dialog);
}

static gboolean
has_button (GtkWidget  *banner,
            const char *label)
{
  return find (banner, GTK_TYPE_LABEL, label) != NULL;
}

/* Nobody answers any more: the banner says so, and goes with the window. */
static void
test_banner (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(TcKeyList) keys = tc_key_list_new (fixture->client);
  g_autoptr(TcHostState) host = tc_host_state_new (fixture->paths);
  GtkWidget *banner = g_object_ref_sink (tc_state_banner_new (fixture->client, keys, host));
  GtkWidget *window = gtk_window_new ();

  gtk_window_set_child (GTK_WINDOW (window), banner);
  gtk_window_present (GTK_WINDOW (window));
  settle ();
  g_assert_false (has_button (banner, "engine"));
  json_node_unref (page_test_call (fixture->client, "POST", "/api/engine/stop", NULL));
  page_test_wait ((PageCondition) has_button, banner, "engine");
  gtk_window_destroy (GTK_WINDOW (window));
  settle ();
  g_assert_finalize_object (banner);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(GError) error = NULL;

  g_test_init (&argc, &argv, NULL);
  adw_init ();
  application = adw_application_new ("dev.hlx.TrainingCenter.Test", G_APPLICATION_NON_UNIQUE);
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
  g_test_add ("/tc/window/pages", Fixture, NULL, set_up, test_pages, tear_down);
  g_test_add ("/tc/window/key-dialog", Fixture, NULL, set_up, test_key_dialog, tear_down);
  g_test_add ("/tc/window/notes", Fixture, NULL, set_up, test_notes, tear_down);
  g_test_add ("/tc/window/banner", Fixture, NULL, set_up, test_banner, tear_down);

  return g_test_run ();
}
