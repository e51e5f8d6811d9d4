/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The page of the queue with a real engine behind it: rows that move, go, come
 * back and say what they will take; built and gone without a rest. */

#include <adwaita.h>

#include "page-test.h"
#include "tc-json.h"
#include "tc-queue-page.h"
#include "tc-queue-row.h"
#include "tc-section-header.h"

#define N_SESSIONS 4

typedef struct
{
  TcClient    *client;   /* (owned) */
  GtkWidget   *window;   /* (owned) by GTK until destroyed */
  TcQueuePage *page;     /* (owned) */
  guint64      ids[N_SESSIONS];
  char        *failure;  /* (owned) (nullable) what the page said of something that failed */
  guint        n_removed;
  guint        n_opened;
} Fixture;

/* ---- The engine ---- */

static gboolean
is_connected (Fixture    *fixture,
              const char *argument)
{
  return tc_client_get_state (fixture->client) == TC_CLIENT_CONNECTED;
}

static gboolean
is_away (Fixture    *fixture,
         const char *argument)
{
  return tc_client_get_state (fixture->client) != TC_CLIENT_CONNECTED;
}

static gboolean
has_all (Fixture    *fixture,
         const char *argument)
{
  return tc_queue_get_n (tc_client_get_queue (fixture->client)) == N_SESSIONS;
}

/* ---- What is on show ---- */

static void
collect (GtkWidget *widget,
         GType      type,
         GPtrArray *found)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type) && gtk_widget_get_mapped (widget))
    g_ptr_array_add (found, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect (child, type, found);
}

static int
compare_places (gconstpointer a,
                gconstpointer b)
{
  graphene_point_t first = GRAPHENE_POINT_INIT_ZERO;
  graphene_point_t second = GRAPHENE_POINT_INIT_ZERO;
  GtkWidget *widgets[] = { *(GtkWidget *const *) a, *(GtkWidget *const *) b };
  GtkWidget *root = GTK_WIDGET (gtk_widget_get_root (widgets[0]));

  g_assert_true (gtk_widget_compute_point (widgets[0], root, &GRAPHENE_POINT_INIT (0, 0), &first));
  g_assert_true (gtk_widget_compute_point (widgets[1], root, &GRAPHENE_POINT_INIT (0, 0), &second));

  return (first.y > second.y) - (first.y < second.y);
}

/* The titles from top to bottom, "abcd". */
static char *
dup_order (Fixture *fixture)
{
  g_autoptr(GPtrArray) rows = g_ptr_array_new ();
  GString *order = g_string_new (NULL);

  collect (fixture->window, TC_TYPE_QUEUE_ROW, rows);
  g_ptr_array_sort (rows, compare_places);
  for (guint i = 0; i < rows->len; i++)
    {
      TcSession *session = tc_queue_row_get_session (g_ptr_array_index (rows, i));

      if (session != NULL)
        g_string_append (order, tc_session_get_config (session)->title);
    }

  return g_string_free (order, FALSE);
}

static gboolean
shows (Fixture    *fixture,
       const char *order)
{
  g_autofree char *shown = dup_order (fixture);

  return g_str_equal (shown, order);
}

/* The queue may tell of a removal before its own answer comes. */
static gboolean
has_removed (Fixture    *fixture,
             const char *number)
{
  return fixture->n_removed == g_ascii_strtoull (number, NULL, 10);
}

static char *
dup_focused (Fixture *fixture)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (fixture->window));
  GtkWidget *row = focus != NULL ? gtk_widget_get_first_child (focus) : NULL;

  if (row == NULL || !TC_IS_QUEUE_ROW (row))
    return g_strdup ("nothing");

  return g_strdup (tc_session_get_config (tc_queue_row_get_session (TC_QUEUE_ROW (row)))->title);
}

static gboolean
has_focus (Fixture    *fixture,
           const char *title)
{
  g_autofree char *focused = dup_focused (fixture);

  return g_str_equal (focused, title);
}

static gboolean
has_text (Fixture    *fixture,
          const char *text)
{
  g_autoptr(GPtrArray) labels = g_ptr_array_new ();

  collect (fixture->window, GTK_TYPE_LABEL, labels);
  for (guint i = 0; i < labels->len; i++)
    if (strstr (gtk_label_get_label (g_ptr_array_index (labels, i)), text) != NULL)
      return TRUE;

  return FALSE;
}

/* ---- The fixture ---- */

static void
on_failed (TcQueuePage *page,
           const char  *text,
           Fixture     *fixture)
{
  g_set_str (&fixture->failure, text);
}

static void
on_removed (TcQueuePage *page,
            TcSession   *session,
            Fixture     *fixture)
{
  fixture->n_removed++;
}

static void
on_opened (TcQueuePage *page,
           TcSession   *session,
           Fixture     *fixture)
{
  fixture->n_opened++;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  static const char *const titles[N_SESSIONS] = { "a", "b", "c", "d" };
  g_autoptr(TcPaths) paths = tc_paths_new_from_environment ();
  g_autoptr(TcHistory) history = NULL;

  fixture->client = tc_client_new (paths, TC_CLIENT_START_ENGINE);
  tc_client_connect_async (fixture->client, NULL, NULL, NULL);
  wait_until (fixture, is_connected, NULL);
  for (guint i = 0; i < N_SESSIONS; i++)
    {
      g_autofree char *body = g_strdup_printf ("{\"command\":\"true\",\"epochs\":1,\"title\":\"%s\"}", titles[i]);
      g_autoptr(JsonNode) answer = page_test_call (fixture->client, "POST", "/api/training/queue", body);
      JsonArray *sessions = tc_json_get_array (json_node_get_object (answer), "sessions");

      fixture->ids[i] = g_ascii_strtoull (tc_json_get_string (json_array_get_object_element (sessions, 0),
                                                              "session_id", ""), NULL, 10);
    }
  history = tc_history_new (fixture->client);
  fixture->page = g_object_ref_sink (tc_queue_page_new (fixture->client, history));
  g_signal_connect (fixture->page, "failed", G_CALLBACK (on_failed), fixture);
  g_signal_connect (fixture->page, "removed", G_CALLBACK (on_removed), fixture);
  g_signal_connect (fixture->page, "opened", G_CALLBACK (on_opened), fixture);
  fixture->window = adw_window_new ();
  adw_window_set_content (ADW_WINDOW (fixture->window), GTK_WIDGET (fixture->page));
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 800, 700);
  gtk_window_present (GTK_WINDOW (fixture->window));
  wait_until (fixture, has_all, NULL);
  wait_until (fixture, shows, "abcd");
}

/* The short commands of a started queue run one after the other. */
static gboolean
is_idle (Fixture    *fixture,
         const char *argument)
{
  TcQueue *queue = tc_client_get_queue (fixture->client);

  for (guint i = 0; i < tc_queue_get_n (queue); i++)
    {
      TcSessionState state = tc_session_get_state (tc_queue_peek (queue, i));

      if (tc_session_state_is_active (state) ||
          (state == TC_SESSION_QUEUED && !tc_client_get_paused (fixture->client)))
        return FALSE;
    }

  return TRUE;
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  TcQueue *queue = tc_client_get_queue (fixture->client);

  wait_until (fixture, is_idle, NULL);
  while (tc_queue_get_n (queue) > 0)
    {
      guint64 id = tc_session_get_id (tc_queue_peek (queue, 0));

      gtk_widget_activate_action (GTK_WIDGET (fixture->page), "session.remove", "t", id);
      while (tc_queue_lookup (queue, id) != NULL)
        g_main_context_iteration (NULL, TRUE);
    }
  g_assert_cmpstr (fixture->failure, ==, NULL);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  json_node_unref (page_test_call (fixture->client, "POST", "/api/engine/stop", NULL));
  wait_until (fixture, is_away, NULL);
  tc_client_disconnect (fixture->client);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (fixture->page);
  g_assert_finalize_object (fixture->client);
  g_free (fixture->failure);
}

static void
act (Fixture    *fixture,
     const char *action,
     guint       which)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->page), action, "t", fixture->ids[which]));
}

static void
act_here (Fixture    *fixture,
          const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->page), action, NULL));
}

/* ---- The tests ---- */

static void
test_moves (Fixture       *fixture,
            gconstpointer  data)
{
  act (fixture, "session.move-down", 0);
  wait_until (fixture, shows, "bacd");
  wait_until (fixture, has_focus, "a");
  act (fixture, "session.move-to-top", 3);
  wait_until (fixture, shows, "dbac");
  wait_until (fixture, has_focus, "d");
  act (fixture, "session.move-up", 3);
  act (fixture, "session.move-up", 2);
  wait_until (fixture, shows, "dbca");
  wait_until (fixture, has_focus, "c");

  /* By keyboard, and faster than the engine answers. */
  act_here (fixture, "queue.move-down");
  act_here (fixture, "queue.move-up");
  act_here (fixture, "queue.move-up");
  wait_until (fixture, shows, "dcba");
  wait_until (fixture, has_focus, "c");
}

/* Whoever comes by keyboard comes to the top, whichever row was there first. */
static void
test_tab (Fixture       *fixture,
          gconstpointer  data)
{
  g_autofree char *target = g_strdup_printf ("/api/training/move/%" G_GUINT64_FORMAT, fixture->ids[3]);

  json_node_unref (page_test_call (fixture->client, "POST", target, "{\"position\":1}"));
  wait_until (fixture, shows, "dabc");
  gtk_window_set_focus (GTK_WINDOW (fixture->window), NULL);
  for (guint i = 0; i < 20 && has_focus (fixture, "nothing"); i++)
    gtk_widget_child_focus (fixture->window, GTK_DIR_TAB_FORWARD);
  wait_until (fixture, has_focus, "d");
}

static void
test_places (Fixture       *fixture,
             gconstpointer  data)
{
  static const struct { guint moved; guint other; gboolean is_behind; const char *order; } drops[] = {
    { 0, 2, TRUE, "bcad" }, { 3, 1, FALSE, "dbca" }, { 3, 0, TRUE, "bcad" }, { 0, 1, FALSE, "abcd" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (drops); i++)
    {
      g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->page), "session.place", "(ttb)",
                                                 fixture->ids[drops[i].moved], fixture->ids[drops[i].other],
                                                 drops[i].is_behind));
      wait_until (fixture, shows, drops[i].order);
    }
}

static void
test_undo (Fixture       *fixture,
           gconstpointer  data)
{
  act (fixture, "session.remove", 1);
  wait_until (fixture, shows, "acd");
  wait_until (fixture, has_focus, "c");
  act_here (fixture, "queue.remove");
  wait_until (fixture, shows, "ad");
  wait_until (fixture, has_removed, "2");
  act_here (fixture, "queue.undo");
  wait_until (fixture, shows, "acd");
  wait_until (fixture, has_focus, "c");
  act_here (fixture, "queue.undo");
  wait_until (fixture, shows, "abcd");
  act_here (fixture, "queue.undo");
  act (fixture, "session.open", 2);
  g_assert_cmpuint (fixture->n_opened, ==, 1);
}

static void
test_words (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(JsonNode) answer = NULL;
  g_autofree char *body = g_strdup_printf ("{\"command\":\"true\",\"epochs\":1,\"title\":\"e\",\"after\":\"%"
                                           G_GUINT64_FORMAT "\"}", fixture->ids[0]);

  g_assert_true (has_text (fixture, "Up Next"));
  g_assert_false (has_text (fixture, "Finished"));
  answer = page_test_call (fixture->client, "POST", "/api/training/queue", body);
  wait_until (fixture, has_text, ", “a”");
  json_node_unref (page_test_call (fixture->client, "POST", "/api/training/start", NULL));
  wait_until (fixture, has_text, "Finished");
}

int
main (int   argc,
      char *argv[])
{
  static const struct { const char *path; void (*func) (Fixture *, gconstpointer); } tests[] = {
    { "/queue/moves", test_moves },
    { "/queue/tab", test_tab },
    { "/queue/places", test_places },
    { "/queue/undo", test_undo },
    { "/queue/words", test_words },
  };

  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);

  return g_test_run ();
}
