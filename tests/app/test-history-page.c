/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The table of ten thousand sessions, searched, filtered, sorted and gone
 * without a rest. How long that took is told, not judged. */

#include <adwaita.h>

#include "tc-history-page.h"

#define N_SESSIONS 10000

typedef struct
{
  TcClient      *client;  /* (owned) never connected: only its queue matters */
  TcHistory     *facts;   /* (owned) */
  TcHistoryPage *page;    /* (owned) */
  GtkWidget     *window;  /* (owned) by GTK until destroyed */
  gint64         began_us;
} Fixture;

static TcSession *
make_session (guint id)
{
  static const char *const corpora[] = { "english", "hlx", "translation" };
  static const TcSessionState ends[] = { TC_SESSION_COMPLETED, TC_SESSION_FAILED, TC_SESSION_CANCELLED };
  g_autoptr(TcSessionConfig) config = tc_session_config_new ();
  TcSession *session;
  TcProgress progress;

  config->title = g_strdup_printf ("%s %u → Helix%um", id % 2 == 0 ? "Größe" : "Baseline", N_SESSIONS - id, id % 7);
  g_set_str (&config->corpus, corpora[id % 3]);
  g_set_str (&config->provider, id % 2 == 0 ? "xai" : "claude");
  config->epochs = 20;
  session = tc_session_new (id, config);
  progress = *tc_session_get_progress (session);
  progress.epoch = id % 21;
  progress.has_val_loss = TRUE;
  progress.best_val_loss = (id * 7919) % 10007 / 1000.0;
  tc_session_set_progress (session, &progress);
  tc_session_begin_attempt (session, id);
  g_assert_true (tc_session_set_state (session, TC_SESSION_STARTING, id));
  g_assert_true (tc_session_set_state (session, TC_SESSION_RUNNING, id));
  g_assert_true (tc_session_set_state (session, ends[id % 3], id + 1));

  return session;
}

/* Until nothing is left to do for a while: idle work and drawing end. */
static void
settle (void)
{
  gint64 quiet_us = g_get_monotonic_time ();

  while (g_get_monotonic_time () - quiet_us < 60 * 1000)
    {
      if (g_main_context_iteration (NULL, FALSE))
        quiet_us = g_get_monotonic_time ();
      else
        g_usleep (1000);
    }
}

/* The first figure is how long nothing else could happen. */
static void
tell (Fixture    *fixture,
      const char *what)
{
  gint64 blocked_us = g_get_monotonic_time () - fixture->began_us;

  settle ();
  g_test_message ("%s: blocked %.0f ms, settled after %.0f ms", what, (double) blocked_us / 1000,
                  (double) (g_get_monotonic_time () - fixture->began_us) / 1000 - 60);
}

static gpointer
get_child (Fixture    *fixture,
           const char *name)
{
  return gtk_widget_get_template_child (GTK_WIDGET (fixture->page), TC_TYPE_HISTORY_PAGE, name);
}

static GtkColumnViewColumn *
find_column (Fixture    *fixture,
             const char *title)
{
  GListModel *columns = gtk_column_view_get_columns (get_child (fixture, "table"));

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr(GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      if (g_strcmp0 (gtk_column_view_column_get_title (column), title) == 0)
        return column;
    }
  g_assert_not_reached ();
}

static GListModel *
get_rows (Fixture *fixture)
{
  return G_LIST_MODEL (gtk_column_view_get_model (get_child (fixture, "table")));
}

static guint64
get_id (Fixture *fixture,
        guint    position)
{
  g_autoptr(TcSession) session = g_list_model_get_item (get_rows (fixture), position);

  return session != NULL ? tc_session_get_id (session) : 0;
}

static void
search (Fixture    *fixture,
        const char *text)
{
  GtkWidget *entry = get_child (fixture, "search");

  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  fixture->began_us = g_get_monotonic_time ();
  g_signal_emit_by_name (entry, "search-changed");
  tell (fixture, text);
}

static void
sort (Fixture     *fixture,
      const char  *title,
      GtkSortType  order)
{
  fixture->began_us = g_get_monotonic_time ();
  gtk_column_view_sort_by_column (get_child (fixture, "table"), find_column (fixture, title), order);
  tell (fixture, title);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(TcPaths) paths = tc_paths_new_from_environment ();
  g_autoptr(GPtrArray) sessions = g_ptr_array_new_with_free_func (g_object_unref);

  fixture->client = tc_client_new (paths, TC_CLIENT_DEFAULT);
  for (guint i = 1; i <= N_SESSIONS; i++)
    g_ptr_array_add (sessions, make_session (i));
  tc_queue_add_all (tc_client_get_queue (fixture->client), sessions);
  fixture->facts = tc_history_new (fixture->client);
  fixture->window = adw_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1100, 760);
  fixture->began_us = g_get_monotonic_time ();
  fixture->page = g_object_ref_sink (tc_history_page_new (fixture->client, fixture->facts));
  adw_window_set_content (ADW_WINDOW (fixture->window), GTK_WIDGET (fixture->page));
  gtk_window_present (GTK_WINDOW (fixture->window));
  tell (fixture, "presented");
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  settle ();
  g_assert_finalize_object (fixture->page);
  g_assert_finalize_object (fixture->facts);
  g_assert_finalize_object (fixture->client);
}

/* ---- The tests ---- */

static void
test_search (Fixture       *fixture,
             gconstpointer  data)
{
  TcQueue *queue = tc_client_get_queue (fixture->client);
  static const char *const words[] = { "FOUND", NULL };

  g_assert_cmpuint (g_list_model_get_n_items (get_rows (fixture)), ==, N_SESSIONS);
  g_assert_cmpuint (get_id (fixture, 0), ==, N_SESSIONS);
  /* More of the same word finds less, less of it more again. */
  search (fixture, "G");
  search (fixture, " GRÖSSE ");
  g_assert_cmpuint (g_list_model_get_n_items (get_rows (fixture)), ==, N_SESSIONS / 2);
  search (fixture, "größe 5000 ");
  g_assert_cmpuint (g_list_model_get_n_items (get_rows (fixture)), ==, 1);
  g_assert_cmpuint (get_id (fixture, 0), ==, 5000);
  search (fixture, "größe");
  g_assert_cmpuint (g_list_model_get_n_items (get_rows (fixture)), ==, N_SESSIONS / 2);
  search (fixture, "found");
  g_assert_cmpuint (g_list_model_get_n_items (get_rows (fixture)), ==, 0);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (get_child (fixture, "stack")), ==, "none");
  /* What was looked at before changes, and is found at once. */
  tc_session_set_tags (tc_queue_lookup (queue, 77), words);
  g_assert_cmpuint (g_list_model_get_n_items (get_rows (fixture)), ==, 1);
  g_assert_cmpuint (get_id (fixture, 0), ==, 77);
  tc_queue_remove (queue, tc_queue_lookup (queue, 77));
  g_assert_cmpuint (g_list_model_get_n_items (get_rows (fixture)), ==, 0);
  gtk_widget_activate_action (GTK_WIDGET (fixture->page), "history.show-all", NULL);
  settle ();
  g_assert_cmpuint (g_list_model_get_n_items (get_rows (fixture)), ==, N_SESSIONS - 1);
}

static void
test_sort (Fixture       *fixture,
           gconstpointer  data)
{
  static const char *const words[] = { "z", NULL };

  sort (fixture, "Title", GTK_SORT_ASCENDING);
  g_assert_cmpuint (get_id (fixture, 0), ==, N_SESSIONS - 1);
  sort (fixture, "Title", GTK_SORT_DESCENDING);
  g_assert_cmpuint (get_id (fixture, N_SESSIONS - 1), ==, N_SESSIONS - 1);
  sort (fixture, "Best Loss", GTK_SORT_ASCENDING);
  for (guint i = 1; i < N_SESSIONS; i++)
    {
      g_autoptr(TcSession) before = g_list_model_get_item (get_rows (fixture), i - 1);
      g_autoptr(TcSession) after = g_list_model_get_item (get_rows (fixture), i);

      g_assert_cmpfloat (tc_session_get_progress (before)->best_val_loss, <=,
                         tc_session_get_progress (after)->best_val_loss);
    }
  tc_session_set_tags (tc_queue_lookup (tc_client_get_queue (fixture->client), 4242), words);
  sort (fixture, "Tags", GTK_SORT_ASCENDING);
  g_assert_cmpuint (get_id (fixture, 0), ==, 4242);
}

/* Two of those found are selected, and what is compared is those two. */
static void
on_compare (TcHistoryPage *page,
            GPtrArray     *sessions,
            guint64       *ids)
{
  g_assert_cmpuint (sessions->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    ids[i] = tc_session_get_id (g_ptr_array_index (sessions, i));
}

static void
test_compare (Fixture       *fixture,
              gconstpointer  data)
{
  guint64 ids[2] = { 0, 0 };

  g_signal_connect (fixture->page, "compare", G_CALLBACK (on_compare), ids);
  search (fixture, "baseline");
  gtk_selection_model_select_range (GTK_SELECTION_MODEL (get_rows (fixture)), 4, 2, TRUE);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->page), "history.compare", NULL));
  g_assert_cmpuint (ids[0], ==, N_SESSIONS - 9);
  g_assert_cmpuint (ids[1], ==, N_SESSIONS - 11);
}

static GtkPopoverMenu *
find_menu (Fixture *fixture)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (fixture->page));

  while (child != NULL && !GTK_IS_POPOVER_MENU (child))
    child = gtk_widget_get_next_sibling (child);

  return GTK_POPOVER_MENU (child);
}

/* Returns: the names of all actions of the menu that opens where the focus is, in order, with a blank behind each */
static char *
open_menu (Fixture *fixture)
{
  GString *names = g_string_new (NULL);
  GtkPopoverMenu *popover;
  GMenuModel *menu;

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->page), "history.menu", NULL));
  settle ();
  popover = find_menu (fixture);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (popover)));
  menu = gtk_popover_menu_get_menu_model (popover);
  for (int i = 0; i < g_menu_model_get_n_items (menu); i++)
    {
      g_autoptr(GMenuModel) section = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SECTION);
      GMenuModel *items = section != NULL ? section : menu;

      for (int j = section != NULL ? 0 : i; j < (section != NULL ? g_menu_model_get_n_items (items) : i + 1); j++)
        {
          g_autofree char *action = NULL;

          g_assert_true (g_menu_model_get_item_attribute (items, j, G_MENU_ATTRIBUTE_ACTION, "s", &action));
          g_string_append_printf (names, "%s ", action);
        }
    }
  gtk_popover_popdown (GTK_POPOVER (popover));
  settle ();
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (popover)));

  return g_string_free (names, FALSE);
}

/* A row that is not selected is, from then on; of several those that are stay selected. */
static void
test_menu (Fixture       *fixture,
           gconstpointer  data)
{
  GtkSelectionModel *selection = GTK_SELECTION_MODEL (get_rows (fixture));
  g_autofree char *failed = NULL;
  g_autofree char *both = NULL;

  /* At place 3 is session 9,997: failed. */
  gtk_column_view_scroll_to (get_child (fixture, "table"), 3, NULL, GTK_LIST_SCROLL_FOCUS, NULL);
  settle ();
  gtk_selection_model_select_item (selection, 0, TRUE);
  failed = open_menu (fixture);
  g_assert_false (gtk_selection_model_is_selected (selection, 0));
  g_assert_true (gtk_selection_model_is_selected (selection, 3));
  g_assert_cmpstr (failed, ==, "win.session-open history.annotate win.session-duplicate win.session-retry "
                               "win.session-remove ");
  gtk_selection_model_select_item (selection, 4, FALSE);
  both = open_menu (fixture);
  g_assert_true (gtk_selection_model_is_selected (selection, 4));
  g_assert_cmpstr (both, ==, "history.compare history.select-none ");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  g_test_add ("/history-page/search", Fixture, NULL, set_up, test_search, tear_down);
  g_test_add ("/history-page/sort", Fixture, NULL, set_up, test_sort, tear_down);
  g_test_add ("/history-page/compare", Fixture, NULL, set_up, test_compare, tear_down);
  g_test_add ("/history-page/menu", Fixture, NULL, set_up, test_menu, tear_down);

  return g_test_run ();
}
