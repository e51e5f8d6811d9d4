/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The page that puts sessions side by side, with a real engine and real runs
 * behind it: filled, driven, and gone without a rest. */

#include <adwaita.h>

#include "page-test.h"
#include "tc-chart.h"
#include "tc-compare-gates.h"
#include "tc-compare-page.h"
#include "tc-compare-samples.h"

#define PATIENCE_US (60 * G_USEC_PER_SEC)

/* A run with two gates, or one, that wrote reports about them. */
static const char script[] =
  "import json, os, sys\n"
  "name, last = sys.argv[1], int(sys.argv[2])\n"
  "os.makedirs('gates', exist_ok=True)\n"
  "with open(os.environ['TRAINING_CENTER_EVENTS'], 'w') as events:\n"
  "    for epoch in range(1, last + 1):\n"
  "        json.dump({'type': 'batch', 'epoch': epoch, 'batch': 9, 'batches': 9, 'loss': 3.0 / epoch}, events)\n"
  "        events.write('\\n')\n"
  "        json.dump({'type': 'epoch', 'epoch': epoch, 'total_epochs': last, 'train_loss': 3.0 / epoch,\n"
  "                   'val_loss': 3.5 / epoch, 'seconds': 2.0}, events)\n"
  "        events.write('\\n')\n"
  "    for epoch in (1, last):\n"
  "        path = f'gates/gate_epoch{epoch}.json'\n"
  "        report = {'status': 'pass', 'tests': [{'name': 'parroting', 'status': 'fail' if name == 'b' else 'pass',\n"
  "                  'details': 'measured'}],\n"
  "                  'samples': [{'prompt': 'Say <b>x</b>', 'format': 'english', 'expected': 'x',\n"
  "                  'answer': f'<i>{name} at {epoch}</i>'}]}\n"
  "        if name == 'b':\n"
  "            report['samples'].append({'prompt': 'Only b', 'format': 'english', 'expected': None, 'answer': ''})\n"
  "        with open(path, 'w') as out:\n"
  "            json.dump(report, out)\n"
  "        json.dump({'type': 'gate', 'epoch': epoch, 'result': 'warn' if epoch == 1 else 'pass', 'report': path},\n"
  "                  events)\n"
  "        events.write('\\n')\n";

typedef struct
{
  TcClient      *client;  /* (owned) */
  TcHistory     *facts;   /* (owned) */
  TcComparePage *page;    /* (owned) */
  GtkWidget     *window;  /* (owned) by GTK until destroyed */
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

static guint
count_labels (GtkWidget  *widget,
              const char *text)
{
  guint n = GTK_IS_LABEL (widget) && g_strcmp0 (gtk_label_get_text (GTK_LABEL (widget)), text) == 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += gtk_widget_get_visible (child) ? count_labels (child, text) : 0;

  return n;
}

static void
wait_for_labels (Fixture    *fixture,
                 const char *text,
                 guint       n)
{
  gint64 end_us = g_get_monotonic_time () + PATIENCE_US;

  while (count_labels (GTK_WIDGET (fixture->page), text) != n)
    {
      if (g_get_monotonic_time () > end_us)
        g_error ("“%s” is shown %u times, not %u", text, count_labels (GTK_WIDGET (fixture->page), text), n);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (1000);
    }
}

/* ---- The engine ---- */

static void
add_run (Fixture    *fixture,
         const char *path,
         const char *name,
         guint       epochs)
{
  g_autofree char *body = g_strdup_printf ("{\"title\":\"Run <%s>\",\"epochs\":%u,\"command\":\"python3 %s %s %u\"}",
                                           name, epochs, path, name, epochs);

  json_node_unref (page_test_call (fixture->client, "POST", "/api/training/queue", body));
}

static gboolean
are_completed (TcQueue *queue,
               guint    n)
{
  if (tc_queue_get_n (queue) != n)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      TcSessionState state = tc_session_get_state (tc_queue_peek (queue, i));

      if (tc_session_state_is_final (state))
        g_assert_cmpint (state, ==, TC_SESSION_COMPLETED);
      else
        return FALSE;
    }

  return TRUE;
}

static void
run_all (Fixture *fixture)
{
  g_autofree char *path = g_build_filename (g_get_user_data_dir (), "compare_run.py", NULL);
  TcQueue *queue = tc_client_get_queue (fixture->client);
  g_autoptr(GError) error = NULL;

  g_file_set_contents (path, script, -1, &error);
  g_assert_no_error (error);
  add_run (fixture, path, "a", 5);
  add_run (fixture, path, "b", 7);
  json_node_unref (page_test_call (fixture->client, "POST", "/api/training/start", NULL));
  while (!are_completed (queue, 2))
    g_main_context_iteration (NULL, TRUE);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(TcPaths) paths = tc_paths_new_from_environment ();
  g_autoptr(GPtrArray) sessions = g_ptr_array_new ();

  fixture->client = tc_client_new (paths, TC_CLIENT_START_ENGINE);
  tc_client_connect_async (fixture->client, NULL, NULL, NULL);
  while (tc_client_get_state (fixture->client) != TC_CLIENT_CONNECTED)
    g_main_context_iteration (NULL, TRUE);
  run_all (fixture);
  for (guint i = 0; i < 2; i++)
    g_ptr_array_add (sessions, tc_queue_peek (tc_client_get_queue (fixture->client), i));
  fixture->facts = tc_history_new (fixture->client);
  fixture->page = g_object_ref_sink (tc_compare_page_new (fixture->client, fixture->facts, sessions));
  fixture->window = adw_window_new ();
  adw_window_set_content (ADW_WINDOW (fixture->window), GTK_WIDGET (fixture->page));
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 700, 800);
  gtk_window_present (GTK_WINDOW (fixture->window));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  settle ();
  g_assert_finalize_object (fixture->page);
  g_assert_finalize_object (fixture->facts);
  json_node_unref (page_test_call (fixture->client, "POST", "/api/engine/stop", NULL));
  tc_client_disconnect (fixture->client);
  settle ();
  g_assert_finalize_object (fixture->client);
}

/* ---- The tests ---- */

static gpointer
get_child (Fixture    *fixture,
           const char *name)
{
  return gtk_widget_get_template_child (GTK_WIDGET (fixture->page), TC_TYPE_COMPARE_PAGE, name);
}

static GtkWidget *
find_type (GtkWidget *widget,
           GType      type)
{
  GtkWidget *found = G_TYPE_CHECK_INSTANCE_TYPE (widget, type) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); found == NULL && child != NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_type (child, type);

  return found;
}

static void
check_points (Fixture    *fixture,
              const char *x,
              gboolean    is_there)
{
  g_autoptr(GBytes) bytes = tc_chart_to_csv (get_child (fixture, "chart"));
  g_autofree char *csv = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_autofree char *cell = g_strdup_printf (",%s,", x);
  gboolean found = strstr (csv, cell) != NULL;

  if (found != is_there)
    g_error ("%s among\n%s", x, csv);
}

static void
test_page (Fixture       *fixture,
           gconstpointer  data)
{
  GtkWidget *gates = get_child (fixture, "gates_group");
  GtkWidget *samples = get_child (fixture, "samples_group");
  GtkDropDown *choice = GTK_DROP_DOWN (find_type (samples, GTK_TYPE_DROP_DOWN));

  /* The last gate of each, though they are of different epochs. */
  wait_for_labels (fixture, "<i>a at 5</i>", 1);
  wait_for_labels (fixture, "<i>b at 7</i>", 1);
  g_assert_cmpuint (count_labels (samples, "Say <b>x</b>"), ==, 1);
  g_assert_cmpuint (count_labels (samples, "Only b"), ==, 1);
  g_assert_cmpuint (count_labels (samples, "Was not asked this."), ==, 1);
  g_assert_cmpuint (count_labels (samples, "Parroting"), ==, 1);
  g_assert_cmpuint (count_labels (samples, "Failed"), ==, 1);
  g_assert_cmpuint (count_labels (samples, "Passed"), ==, 1);

  /* Epochs 1, 5 and 7; the last two are gates of one of them each. */
  g_assert_true (gtk_widget_get_visible (gates));
  g_assert_cmpuint (count_labels (gates, "Warning"), ==, 2);
  g_assert_cmpuint (count_labels (gates, "Passed"), ==, 2);
  g_assert_cmpuint (count_labels (gates, "–"), ==, 2);

  /* A common epoch; then one that only the first has. */
  g_assert_cmpuint (g_list_model_get_n_items (gtk_drop_down_get_model (choice)), ==, 4);
  gtk_drop_down_set_selected (choice, 1);
  wait_for_labels (fixture, "<i>a at 1</i>", 1);
  wait_for_labels (fixture, "<i>b at 1</i>", 1);
  gtk_drop_down_set_selected (choice, 2);
  wait_for_labels (fixture, "<i>a at 5</i>", 1);
  wait_for_labels (fixture, "<i>b at 1</i>", 0);
  g_assert_cmpuint (count_labels (samples, "#2 · Run <b>\nThere was no gate at this epoch."), ==, 1);

  /* What is the same is left out, what differs is there; by the hour as well. */
  g_assert_cmpuint (count_labels (get_child (fixture, "grid"), "Epochs"), ==, 1);
  g_assert_cmpuint (count_labels (get_child (fixture, "grid"), "Result"), ==, 0);
  g_assert_true (gtk_widget_get_visible (get_child (fixture, "axes")));
  g_assert_true (gtk_widget_get_visible (get_child (fixture, "by_step")));
  gtk_toggle_button_set_active (get_child (fixture, "by_step"), TRUE);
  /* Nine batches an epoch: the seventh ends with step 63, and no point is there before the ninth. */
  check_points (fixture, "63", TRUE);
  check_points (fixture, "7", FALSE);
  gtk_toggle_button_set_active (get_child (fixture, "by_hour"), TRUE);
  settle ();
  g_assert_true (gtk_widget_get_visible (get_child (fixture, "axes")));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  g_test_add ("/compare/page", Fixture, NULL, set_up, test_page, tear_down);

  return g_test_run ();
}
