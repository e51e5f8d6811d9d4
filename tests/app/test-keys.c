/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The page of keys and budgets, and the words that people put on sessions, with
 * a real engine behind them: shown, changed, and gone without a rest. */

#include <adwaita.h>
#include <glib/gstdio.h>

#include "page-test.h"
#include "tc-annotate-dialog.h"
#include "tc-budget-row.h"
#include "tc-facts-text.h"
#include "tc-history-page.h"
#include "tc-key-change.h"
#include "tc-key-list.h"
#include "tc-key-row.h"
#include "tc-keys-page.h"
#include "tc-model-card.h"
#include "tc-model-entry.h"

#define HOSTILE "<b>&amp;\u202e"

typedef struct
{
  TcClient   *client;   /* (owned) */
  GtkWidget  *window;   /* (owned) by GTK until destroyed */
  TcKeysPage *page;     /* (owned) */
  char       *failure;  /* (owned) (nullable) what the page said of something that failed */
} Fixture;

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

/* ---- The engine ---- */

static void
call (Fixture    *fixture,
      const char *method,
      const char *target,
      const char *body)
{
  json_node_unref (page_test_call (fixture->client, method, target, body));
}

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

/* ---- What is on show ---- */

static void
collect (GtkWidget *widget,
         GType      type,
         GPtrArray *found)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type) && gtk_widget_is_visible (widget))
    g_ptr_array_add (found, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect (child, type, found);
}

/* The row of that type and title. */
static gpointer
find_row (GtkWidget  *below,
          GType       type,
          const char *title)
{
  g_autoptr(GPtrArray) rows = g_ptr_array_new ();

  collect (below, type, rows);
  for (guint i = 0; i < rows->len; i++)
    {
      if (title == NULL || g_strcmp0 (adw_preferences_row_get_title (g_ptr_array_index (rows, i)), title) == 0)
        return g_ptr_array_index (rows, i);
    }

  return NULL;
}

static gboolean
has_card (Fixture    *fixture,
          const char *title)
{
  return find_row (GTK_WIDGET (fixture->page), TC_TYPE_MODEL_CARD, title) != NULL;
}

static gboolean
has_key (Fixture    *fixture,
         const char *name)
{
  return find_row (GTK_WIDGET (fixture->page), TC_TYPE_KEY_ROW, name) != NULL;
}

static gboolean
has_budget (Fixture    *fixture,
            const char *text)
{
  TcBudgetRow *row = find_row (GTK_WIDGET (fixture->page), TC_TYPE_BUDGET_ROW, NULL);

  return row != NULL && g_strcmp0 (adw_expander_row_get_subtitle (ADW_EXPANDER_ROW (row)), text) == 0;
}

static gboolean
is_used_by (Fixture    *fixture,
            const char *titles)
{
  TcKeyRow *row = find_row (GTK_WIDGET (fixture->page), TC_TYPE_KEY_ROW, NULL);
  g_autofree char *line = g_strdup_printf ("\n%s", titles);

  return row != NULL && g_str_has_suffix (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), line);
}

static void
on_failed (TcKeysPage *page,
           const char *text,
           Fixture    *fixture)
{
  g_set_str (&fixture->failure, text);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(TcPaths) paths = tc_paths_new_from_environment ();

  fixture->client = tc_client_new (paths, TC_CLIENT_START_ENGINE);
  tc_client_connect_async (fixture->client, NULL, NULL, NULL);
  wait_until (fixture, is_connected, NULL);
  fixture->page = g_object_ref_sink (tc_keys_page_new (fixture->client));
  g_signal_connect (fixture->page, "failed", G_CALLBACK (on_failed), fixture);
  fixture->window = adw_window_new ();
  adw_window_set_content (ADW_WINDOW (fixture->window), GTK_WIDGET (fixture->page));
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 700, 800);
  gtk_window_present (GTK_WINDOW (fixture->window));
  wait_until (fixture, has_card, "Anthropic");
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  settle ();
  g_assert_finalize_object (fixture->page);
  tc_client_disconnect (fixture->client);
  settle ();
  g_assert_finalize_object (fixture->client);
  g_free (fixture->failure);
}

/* ---- The tests ---- */

/* Without a key the models are to be read and not to be used; the last are gone. */
static void
test_models (Fixture       *fixture,
             gconstpointer  data)
{
  GtkWidget *card = find_row (GTK_WIDGET (fixture->page), TC_TYPE_MODEL_CARD, "Anthropic");
  GtkWidget *local = find_row (GTK_WIDGET (fixture->page), TC_TYPE_MODEL_CARD, "Ollama");
  g_autoptr(GPtrArray) entries = g_ptr_array_new ();
  g_autoptr(GPtrArray) buttons = g_ptr_array_new ();
  GtkWidget *last;

  collect (card, TC_TYPE_MODEL_ENTRY, entries);
  g_assert_cmpuint (entries->len, ==, 0);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (card), TRUE);
  settle ();
  collect (card, TC_TYPE_MODEL_ENTRY, entries);
  g_assert_cmpuint (entries->len, >, 5);
  g_assert_false (gtk_widget_get_sensitive (g_ptr_array_index (entries, 0)));
  g_assert_false (gtk_widget_has_css_class (g_ptr_array_index (entries, 0), "dim-label"));
  last = g_ptr_array_index (entries, entries->len - 1);
  g_assert_true (gtk_widget_has_css_class (last, "dim-label"));
  collect (card, GTK_TYPE_BUTTON, buttons);
  g_assert_cmpstr (gtk_actionable_get_action_name (g_ptr_array_index (buttons, 0)), ==, "keys.add-for");

  g_ptr_array_set_size (entries, 0);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (local), TRUE);
  settle ();
  collect (local, TC_TYPE_MODEL_ENTRY, entries);
  g_assert_cmpuint (entries->len, >, 0);
  g_assert_true (gtk_widget_get_sensitive (g_ptr_array_index (entries, 0)));
  g_assert_false (has_card (fixture, "OpenAI-compatible server"));
}

/* What makes no sense stays in the row; what does binds and is shown. */
static void
test_budget (Fixture       *fixture,
             gconstpointer  data)
{
  GtkWidget *row;
  AdwEntryRow *limit;

  wait_until (fixture, has_budget, "$0.00, no limit");
  row = find_row (GTK_WIDGET (fixture->page), TC_TYPE_BUDGET_ROW, NULL);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), TRUE);
  settle ();
  limit = find_row (row, ADW_TYPE_ENTRY_ROW, NULL);
  gtk_editable_set_text (GTK_EDITABLE (limit), "-5");
  g_signal_emit_by_name (limit, "apply");
  g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (limit), "error"));
  gtk_editable_set_text (GTK_EDITABLE (limit), "20");
  g_signal_emit_by_name (limit, "apply");
  g_assert_false (gtk_widget_has_css_class (GTK_WIDGET (limit), "error"));
  wait_until (fixture, has_budget, "$0.00 of $20.00");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (limit)), ==, "20.00");
  gtk_editable_set_text (GTK_EDITABLE (limit), "");
  g_signal_emit_by_name (limit, "apply");
  wait_until (fixture, has_budget, "$0.00, no limit");
  g_assert_null (fixture->failure);
}

/* A key appears, is renamed in its dialog, and goes. */
static void
test_keys (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(TcKeyList) list = tc_key_list_new (fixture->client);
  g_autoptr(TcKeyItem) item = NULL;
  TcKeyChange *dialog;

  call (fixture, "POST", "/api/keys/add",
        "{\"provider\":\"qwen\",\"name\":\"here\",\"base_url\":\"http://127.0.0.1:9\"}");
  wait_until (fixture, has_key, "here");
  g_assert_nonnull (strstr (adw_action_row_get_subtitle (find_row (GTK_WIDGET (fixture->page), TC_TYPE_KEY_ROW, NULL)),
                            "Not reachable"));
  while (g_list_model_get_n_items (G_LIST_MODEL (list)) == 0)
    g_main_context_iteration (NULL, TRUE);
  item = g_list_model_get_item (G_LIST_MODEL (list), 0);
  dialog = g_object_ref_sink (tc_key_change_new (fixture->client, tc_key_item_get (item), TC_KEY_CHANGE_NAME));
  adw_dialog_present (ADW_DIALOG (dialog), GTK_WIDGET (fixture->page));
  settle ();
  gtk_editable_set_text ((gpointer) gtk_widget_get_template_child (GTK_WIDGET (dialog), TC_TYPE_KEY_CHANGE, "name"), "<b>&amp;");
  g_signal_emit_by_name (gtk_widget_get_template_child (GTK_WIDGET (dialog), TC_TYPE_KEY_CHANGE, "change"), "clicked");
  wait_until (fixture, has_key, "<b>&amp;");
  settle ();
  g_assert_finalize_object (dialog);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->page), "keys.remove", "t",
                                             tc_key_item_get (item)->id));
  while (has_key (fixture, NULL))
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (fixture->failure);
}

/* A key says by their titles which sessions use it, however many. */
static void
test_uses (Fixture       *fixture,
           gconstpointer  data)
{
  call (fixture, "POST", "/api/keys/add",
        "{\"provider\":\"qwen\",\"name\":\"mine\",\"base_url\":\"http://127.0.0.1:9\"}");
  wait_until (fixture, has_key, "mine");
  for (int i = 0; i < 5; i++)
    {
      g_autofree char *body = g_strdup_printf ("{\"title\":\"<b>%c</b>\",\"command\":\"true\",\"provider\":\"qwen\",\"model\":\"qwen3:8b\","
                                               "\"key\":\"mine\"}", 'A' + i);

      call (fixture, "POST", "/api/training/queue", body);
    }
  call (fixture, "POST", "/api/keys/check/2", NULL);
  wait_until (fixture, is_used_by, "Used by <b>A</b>, <b>B</b>, <b>C</b> and 2 more");
  g_assert_null (fixture->failure);
}

static gboolean
has_tags (Fixture    *fixture,
          const char *tags)
{
  TcQueue *queue = tc_client_get_queue (fixture->client);
  g_autofree char *shown = NULL;

  if (tc_queue_get_n (queue) == 0)
    return FALSE;
  shown = tc_facts_text_dup_tags (tc_queue_peek (queue, 0));

  return g_str_equal (shown, tags);
}

/* Tags and a note reach the engine and come back; too much of them is not sent. */
static void
test_annotate (Fixture       *fixture,
               gconstpointer  data)
{
  g_autofree char *much = g_strnfill (TC_SESSION_MAX_NOTE_BYTES + 1, 'x');
  g_autoptr(TcHistory) facts = tc_history_new (fixture->client);
  GtkWidget *history = g_object_ref_sink (GTK_WIDGET (tc_history_page_new (fixture->client, facts)));
  TcAnnotateDialog *dialog;
  GtkWidget *save;
  GtkTextBuffer *note;
  TcSession *session;

  call (fixture, "POST", "/api/training/queue", "{\"title\":\"noted\",\"command\":\"true\"}");
  wait_until (fixture, has_tags, "");
  session = tc_queue_peek (tc_client_get_queue (fixture->client), 0);
  dialog = g_object_ref_sink (tc_annotate_dialog_new (fixture->client, session));
  adw_dialog_present (ADW_DIALOG (dialog), GTK_WIDGET (fixture->page));
  settle ();
  save = GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (dialog), TC_TYPE_ANNOTATE_DIALOG, "save"));
  note = gtk_text_view_get_buffer ((gpointer) gtk_widget_get_template_child (GTK_WIDGET (dialog), TC_TYPE_ANNOTATE_DIALOG, "note"));
  gtk_text_buffer_set_text (note, much, -1);
  g_assert_false (gtk_widget_get_sensitive (save));
  gtk_text_buffer_set_text (note, "one\ntwo " HOSTILE, -1);
  g_assert_true (gtk_widget_get_sensitive (save));
  gtk_editable_set_text ((gpointer) gtk_widget_get_template_child (GTK_WIDGET (dialog), TC_TYPE_ANNOTATE_DIALOG, "tags"),
                         " baseline ,, " HOSTILE "、baseline");
  g_signal_emit_by_name (save, "clicked");
  wait_until (fixture, has_tags, "baseline · <b>&amp;[U+202E]");
  g_assert_cmpstr (tc_session_get_note (session), ==, "one\ntwo " HOSTILE);
  settle ();
  g_assert_finalize_object (dialog);
  g_assert_finalize_object (history);
}

static gboolean
is_told_of_loss (Fixture    *fixture,
                 const char *argument)
{
  return gtk_widget_is_visible (GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (fixture->page), TC_TYPE_KEYS_PAGE, "missing")));
}

/* A book of money that was there and is gone: its sums are too small, and the page says so. */
static void
test_lost (Fixture       *fixture,
           gconstpointer  data)
{
  static const char *const files[] = { "ledger.db", "ledger.db-wal", "ledger.db-shm" };
  g_autoptr(TcPaths) paths = tc_paths_new_from_environment ();

  call (fixture, "PUT", "/api/budget", "{\"scope\":\"month\",\"limit_usd\":\"20.00\"}");
  wait_until (fixture, has_budget, "$0.00 of $20.00");
  g_assert_false (is_told_of_loss (fixture, NULL));
  call (fixture, "POST", "/api/engine/stop", NULL);
  wait_until (fixture, is_away, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (tc_paths_get_data_dir (paths), files[i], NULL);

      g_assert_true (g_remove (path) == 0 || i > 0);
    }
  tc_client_try_now (fixture->client);
  wait_until (fixture, is_connected, NULL);
  wait_until (fixture, is_told_of_loss, NULL);
}

/* The one engine of all tests goes with the last of them. */
static void
test_stop (Fixture       *fixture,
           gconstpointer  data)
{
  call (fixture, "POST", "/api/engine/stop", NULL);
  wait_until (fixture, is_away, NULL);
}

int
main (int   argc,
      char *argv[])
{
  static const struct { const char *path; void (*func) (Fixture *, gconstpointer); } tests[] = {
    { "/keys/models", test_models },
    { "/keys/budget", test_budget },
    { "/keys/pool", test_keys },
    { "/keys/annotate", test_annotate },
    { "/keys/uses", test_uses },
    { "/keys/lost", test_lost },
    { "/keys/stop", test_stop },
  };

  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);

  return g_test_run ();
}
