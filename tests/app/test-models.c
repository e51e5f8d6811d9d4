/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The page of the models and the checkpoints of a session, with a real engine
 * and a real run behind them: what is listed and in which order, deleted and
 * brought back, and what it takes to go on from one; gone without a rest. */

#include <adwaita.h>
#include <string.h>

#include "page-test.h"
#include "tc-checkpoint-row.h"
#include "tc-checkpoints-view.h"
#include "tc-file-row.h"
#include "tc-free-space.h"
#include "tc-json.h"
#include "tc-models-page.h"
#include "tc-new-session.h"


/* Four epochs; the second is the best, and its gate failed. */
#define SCRIPT \
  "import json, os\n" \
  "def say(**event):\n" \
  "    open(os.environ['TRAINING_CENTER_EVENTS'], 'a').write(json.dumps(event) + '\\n')\n" \
  "for epoch, loss in enumerate([4.0, 1.0, 2.0, 3.0], 1):\n" \
  "    path = os.path.abspath(f'checkpoints/e{epoch}.pt')\n" \
  "    open(path, 'wb').write(b'w' * 1000)\n" \
  "    say(type='checkpoint', path=path, epoch=epoch, bytes=1000, best=epoch == 2, val_loss=loss)\n" \
  "say(type='gate', epoch=2, result='fail', report='gates/gate_epoch2.json')\n"

typedef struct
{
  TcClient  *client;   /* (owned) */
  GtkWidget *window;   /* (owned) by GTK until destroyed */
  GtkWidget *page;     /* (owned) what is tested */
  char      *folder;   /* (owned) of the script */
} Fixture;

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

static gboolean
has_ended (Fixture    *fixture,
           const char *argument)
{
  TcQueue *queue = tc_client_get_queue (fixture->client);

  return tc_queue_get_n (queue) > 0 &&
         tc_session_get_state (tc_queue_peek (queue, tc_queue_get_n (queue) - 1)) == TC_SESSION_COMPLETED;
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
  graphene_point_t points[2];
  GtkWidget *widgets[] = { *(GtkWidget *const *) a, *(GtkWidget *const *) b };
  GtkWidget *root = GTK_WIDGET (gtk_widget_get_root (widgets[0]));

  for (guint i = 0; i < G_N_ELEMENTS (points); i++)
    g_assert_true (gtk_widget_compute_point (widgets[i], root, &GRAPHENE_POINT_INIT (0, 0), &points[i]));

  return (points[0].y > points[1].y) - (points[0].y < points[1].y);
}

static GPtrArray *
list_rows (Fixture *fixture)
{
  GPtrArray *rows = g_ptr_array_new ();

  collect (fixture->window, TC_TYPE_CHECKPOINT_ROW, rows);
  g_ptr_array_sort (rows, compare_places);

  return rows;
}

static const char *
get_title (GtkWidget *row)
{
  return gtk_label_get_label (GTK_LABEL (gtk_widget_get_template_child (row, TC_TYPE_CHECKPOINT_ROW, "title")));
}

/* The epochs from top to bottom: "2 3 4 1". */
static gboolean
shows (Fixture    *fixture,
       const char *epochs)
{
  g_autoptr(GPtrArray) rows = list_rows (fixture);
  g_autoptr(GString) shown = g_string_new (NULL);

  for (guint i = 0; i < rows->len; i++)
    {
      const char *number = strrchr (get_title (g_ptr_array_index (rows, i)), ' ');

      if (number != NULL)
        g_string_append (shown, shown->len > 0 ? number : number + 1);
    }

  return g_str_equal (shown->str, epochs);
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

static gboolean
is_without (Fixture    *fixture,
            const char *text)
{
  return !has_text (fixture, text);
}

static gboolean
has_dialog (Fixture    *fixture,
            const char *argument)
{
  return adw_window_get_visible_dialog (ADW_WINDOW (fixture->window)) != NULL;
}

static gboolean
has_no_dialog (Fixture    *fixture,
               const char *argument)
{
  return !has_dialog (fixture, argument);
}

static GtkWidget *
get_row (Fixture    *fixture,
         const char *title)
{
  g_autoptr(GPtrArray) rows = list_rows (fixture);

  for (guint i = 0; i < rows->len; i++)
    if (g_str_equal (get_title (g_ptr_array_index (rows, i)), title))
      return g_ptr_array_index (rows, i);
  g_assert_not_reached ();
}

static void
click (Fixture    *fixture,
       const char *label)
{
  g_autoptr(GPtrArray) buttons = g_ptr_array_new ();

  collect (fixture->window, GTK_TYPE_BUTTON, buttons);
  for (guint i = 0; i < buttons->len; i++)
    if (g_strcmp0 (gtk_button_get_label (g_ptr_array_index (buttons, i)), label) == 0)
      {
        g_signal_emit_by_name (g_ptr_array_index (buttons, i), "clicked");
        return;
      }
  g_error ("There is no button %s", label);
}

/* ---- Set-up ---- */

static void
train (Fixture *fixture)
{
  g_autofree char *script = NULL;
  g_autofree char *body = NULL;
  g_autoptr(GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("tc-models-XXXXXX", &error);
  g_assert_no_error (error);
  script = g_build_filename (fixture->folder, "script.py", NULL);
  g_file_set_contents (script, SCRIPT, -1, &error);
  g_assert_no_error (error);
  body = g_strdup_printf ("{\"command\":\"python3 %s\",\"epochs\":4,\"title\":\"A run\",\"target\":\"helix-10m\"}", script);
  call (fixture, "POST", "/api/training/queue", body);
  call (fixture, "POST", "/api/training/start", NULL);
  wait_until (fixture, has_ended, NULL);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(TcPaths) paths = tc_paths_new_from_environment ();
  TcQueue *queue;
  GtkWidget *overlay = adw_toast_overlay_new ();

  fixture->client = tc_client_new (paths, TC_CLIENT_START_ENGINE);
  tc_client_connect_async (fixture->client, NULL, NULL, NULL);
  wait_until (fixture, is_connected, NULL);
  train (fixture);
  queue = tc_client_get_queue (fixture->client);
  if (data != NULL)
    fixture->page = tc_checkpoints_view_new (fixture->client, tc_queue_peek (queue, tc_queue_get_n (queue) - 1));
  else
    fixture->page = GTK_WIDGET (tc_models_page_new (fixture->client));
  g_object_ref_sink (fixture->page);
  fixture->window = adw_window_new ();
  adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (overlay), fixture->page);
  adw_window_set_content (ADW_WINDOW (fixture->window), overlay);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 700, 700);
  gtk_window_present (GTK_WINDOW (fixture->window));
  wait_until (fixture, shows, "2 3 4 1");
}

static gboolean
has_no_session (Fixture    *fixture,
                const char *argument)
{
  return tc_queue_get_n (tc_client_get_queue (fixture->client)) == 0;
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  TcSession *session = tc_queue_peek (tc_client_get_queue (fixture->client), 0);
  g_autofree char *target = g_strdup_printf ("/api/training/queue/%" G_GUINT64_FORMAT, tc_session_get_id (session));
  g_autofree char *script = g_build_filename (fixture->folder, "script.py", NULL);

  /* With its session it leaves the list as well. */
  call (fixture, "DELETE", target, NULL);
  wait_until (fixture, has_no_session, NULL);
  if (data == NULL)
    wait_until (fixture, has_text, "No Models Yet");
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (fixture->page);
  call (fixture, "POST", "/api/engine/stop", NULL);
  wait_until (fixture, is_away, NULL);
  tc_client_disconnect (fixture->client);
  g_assert_finalize_object (fixture->client);
  remove (script);
  remove (fixture->folder);
  g_free (fixture->folder);
}

/* ---- Tests ---- */

static void
test_listed (Fixture       *fixture,
             gconstpointer  data)
{
  GtkWidget *row = get_row (fixture, "Epoch 2");

  g_assert_true (has_text (fixture, "A run"));
  g_assert_true (has_text (fixture, "Gate failed"));
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (gtk_widget_get_template_child (row, TC_TYPE_CHECKPOINT_ROW, "best"))));
  row = get_row (fixture, "Epoch 3");
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (gtk_widget_get_template_child (row, TC_TYPE_CHECKPOINT_ROW, "best"))));
}

static void
test_undo (Fixture       *fixture,
           gconstpointer  data)
{
  g_assert_true (gtk_widget_activate_action (get_row (fixture, "Epoch 3"), "checkpoint.remove", NULL));
  wait_until (fixture, shows, "2 4 1");
  wait_until (fixture, has_text, "1 checkpoint deleted (1.0 kB)");
  click (fixture, "_Undo");
  wait_until (fixture, shows, "2 3 4 1");
}

static void
test_banner (Fixture       *fixture,
             gconstpointer  data)
{
  gtk_widget_activate_action (get_row (fixture, "Epoch 3"), "checkpoint.remove", NULL);
  gtk_widget_activate_action (get_row (fixture, "Epoch 1"), "checkpoint.remove", NULL);
  wait_until (fixture, has_text, "2 deleted checkpoints (2.0 kB)");
  g_assert_true (gtk_widget_activate_action (fixture->page, "models.restore", NULL));
  wait_until (fixture, shows, "2 3 4 1");
}

/* Ctrl+Z: one deletion after the other, the last one first; not what came back. */
static void
test_undo_all (Fixture       *fixture,
               gconstpointer  data)
{
  gtk_widget_activate_action (get_row (fixture, "Epoch 3"), "checkpoint.remove", NULL);
  wait_until (fixture, has_text, "1 checkpoint deleted (1.0 kB)");
  wait_until (fixture, shows, "2 4 1");
  gtk_widget_activate_action (get_row (fixture, "Epoch 1"), "checkpoint.remove", NULL);
  wait_until (fixture, shows, "2 4");
  wait_until (fixture, has_text, "2 deleted checkpoints (2.0 kB)");
  g_assert_true (gtk_widget_activate_action (fixture->page, "models.undo", NULL));
  wait_until (fixture, shows, "2 4 1");
  g_assert_true (gtk_widget_activate_action (fixture->page, "models.undo", NULL));
  wait_until (fixture, shows, "2 3 4 1");
  /* Nothing is left to undo. */
  g_assert_true (gtk_widget_activate_action (fixture->page, "models.undo", NULL));
  gtk_widget_activate_action (get_row (fixture, "Epoch 4"), "checkpoint.remove", NULL);
  wait_until (fixture, shows, "2 3 1");
  g_assert_true (gtk_widget_activate_action (fixture->page, "models.restore", NULL));
  wait_until (fixture, shows, "2 3 4 1");
  gtk_widget_activate_action (get_row (fixture, "Epoch 2"), "checkpoint.remove", NULL);
  wait_until (fixture, shows, "3 4 1");
  g_assert_true (gtk_widget_activate_action (fixture->page, "models.undo", NULL));
  wait_until (fixture, shows, "2 3 4 1");
}

/* A file that somebody deleted in the meantime is told of. */
static void
test_failure (Fixture       *fixture,
              gconstpointer  data)
{
  GtkWidget *row = get_row (fixture, "Epoch 3");
  g_autoptr(TcPaths) paths = tc_paths_new_from_environment ();
  TcQueue *queue = tc_client_get_queue (fixture->client);
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, tc_session_get_id (tc_queue_peek (queue, 0)));
  g_autofree char *run_dir = tc_paths_dup_run_dir (paths, id);
  g_autofree char *path = g_build_filename (run_dir, "checkpoints", "e3.pt", NULL);

  g_assert_cmpint (remove (path), ==, 0);
  gtk_widget_activate_action (row, "checkpoint.remove", NULL);
  wait_until (fixture, has_text, "is not there any more");
}

static void
test_free_space (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr(AdwDialog) dialog = NULL;

  g_assert_true (gtk_widget_activate_action (fixture->page, "models.free", NULL));
  wait_until (fixture, has_dialog, NULL);
  dialog = g_object_ref (adw_window_get_visible_dialog (ADW_WINDOW (fixture->window)));
  g_assert_true (TC_IS_FREE_SPACE (dialog));
  /* The best and the last three of four epochs. */
  wait_until (fixture, has_text, "Deletes 1 checkpoint");
  adw_spin_row_set_value (ADW_SPIN_ROW (gtk_widget_get_template_child (GTK_WIDGET (dialog), TC_TYPE_FREE_SPACE, "last")), 1);
  wait_until (fixture, has_text, "Deletes 2 checkpoints");
  g_assert_true (has_text (fixture, "Frees 2.0 kB"));
  g_assert_true (shows (fixture, "2 3 4 1"));
  adw_spin_row_set_value (ADW_SPIN_ROW (gtk_widget_get_template_child (GTK_WIDGET (dialog), TC_TYPE_FREE_SPACE, "last")), 9);
  wait_until (fixture, has_text, "Nothing to delete");
  adw_spin_row_set_value (ADW_SPIN_ROW (gtk_widget_get_template_child (GTK_WIDGET (dialog), TC_TYPE_FREE_SPACE, "last")), 1);
  wait_until (fixture, has_text, "Deletes 2 checkpoints");
  click (fixture, "_Delete");
  wait_until (fixture, has_no_dialog, NULL);
  wait_until (fixture, shows, "2 4");
  g_assert_finalize_object (g_steal_pointer (&dialog));
  wait_until (fixture, has_text, "2 checkpoints deleted");
  click (fixture, "_Undo");
  wait_until (fixture, shows, "2 3 4 1");
}

static gboolean
has_rule (Fixture    *fixture,
          const char *wanted)
{
  g_autoptr(JsonNode) answer = page_test_call (fixture->client, "GET", "/api/checkpoints/retention", NULL);
  JsonObject *object = json_node_get_object (answer);
  g_autofree char *rule = g_strdup_printf ("%s %d", tc_json_get_boolean (object, "enabled", FALSE) ? "on" : "off",
                                           (int) tc_json_get_int (object, "last", 0));

  return g_str_equal (rule, wanted);
}

static gboolean
is_ready (Fixture    *fixture,
          const char *argument)
{
  AdwDialog *dialog = adw_window_get_visible_dialog (ADW_WINDOW (fixture->window));

  return dialog != NULL && gtk_widget_get_sensitive (GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (dialog),
                                                                                 TC_TYPE_FREE_SPACE, "always")));
}

static AdwDialog *
open_free_space (Fixture *fixture)
{
  g_assert_true (gtk_widget_activate_action (fixture->page, "models.free", NULL));
  wait_until (fixture, is_ready, NULL);

  return g_object_ref (adw_window_get_visible_dialog (ADW_WINDOW (fixture->window)));
}

static void
close_dialog (Fixture   *fixture,
              AdwDialog *dialog)
{
  adw_dialog_force_close (dialog);
  wait_until (fixture, has_no_dialog, NULL);
  g_object_unref (dialog);
}

/* The switch holds at once and with the number; the next window finds both. */
static void
test_always (Fixture       *fixture,
             gconstpointer  data)
{
  AdwDialog *dialog = open_free_space (fixture);
  AdwSpinRow *last = ADW_SPIN_ROW (gtk_widget_get_template_child (GTK_WIDGET (dialog), TC_TYPE_FREE_SPACE, "last"));
  AdwSwitchRow *always = ADW_SWITCH_ROW (gtk_widget_get_template_child (GTK_WIDGET (dialog), TC_TYPE_FREE_SPACE,
                                                                        "always"));

  g_assert_false (adw_switch_row_get_active (always));
  adw_spin_row_set_value (last, 0);
  adw_switch_row_set_active (always, TRUE);
  g_assert_cmpfloat (adw_spin_row_get_value (last), ==, 1);
  wait_until (fixture, has_rule, "on 1");
  adw_spin_row_set_value (last, 2);
  wait_until (fixture, has_rule, "on 2");
  g_assert_true (shows (fixture, "2 3 4 1"));
  close_dialog (fixture, dialog);

  dialog = open_free_space (fixture);
  last = ADW_SPIN_ROW (gtk_widget_get_template_child (GTK_WIDGET (dialog), TC_TYPE_FREE_SPACE, "last"));
  always = ADW_SWITCH_ROW (gtk_widget_get_template_child (GTK_WIDGET (dialog), TC_TYPE_FREE_SPACE, "always"));
  g_assert_true (adw_switch_row_get_active (always));
  g_assert_cmpfloat (adw_spin_row_get_value (last), ==, 2);
  adw_switch_row_set_active (always, FALSE);
  wait_until (fixture, has_rule, "off 2");
  close_dialog (fixture, dialog);
}

static void
test_resume (Fixture       *fixture,
             gconstpointer  data)
{
  AdwDialog *dialog;
  const char *path;

  g_assert_true (gtk_widget_activate_action (get_row (fixture, "Epoch 4"), "checkpoint.resume", NULL));
  wait_until (fixture, has_dialog, NULL);
  dialog = g_object_ref (adw_window_get_visible_dialog (ADW_WINDOW (fixture->window)));
  g_assert_true (TC_IS_NEW_SESSION (dialog));
  g_assert_cmpstr (adw_dialog_get_title (dialog), ==, "Resume From Epoch 4");
  path = tc_file_row_get_path (TC_FILE_ROW (gtk_widget_get_template_child (GTK_WIDGET (dialog), TC_TYPE_NEW_SESSION,
                                                                           "resume_from")));
  g_assert_true (g_str_has_suffix (path, "/checkpoints/e4.pt"));
  /* The run had four epochs; as many again are to come. */
  g_assert_cmpfloat (adw_spin_row_get_value (ADW_SPIN_ROW (gtk_widget_get_template_child (GTK_WIDGET (dialog),
                                                           TC_TYPE_NEW_SESSION, "epochs"))), ==, 8);
  adw_dialog_force_close (dialog);
  wait_until (fixture, has_no_dialog, NULL);
  g_assert_finalize_object (dialog);
}

/* What a queued session goes on from cannot be deleted, and says why. */
static void
test_needed (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(TcPaths) paths = tc_paths_new_from_environment ();
  TcQueue *queue = tc_client_get_queue (fixture->client);
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, tc_session_get_id (tc_queue_peek (queue, 0)));
  g_autofree char *run_dir = tc_paths_dup_run_dir (paths, id);
  g_autofree char *body = g_strdup_printf ("{\"command\":\"true\",\"resume_from\":\"%s/checkpoints/e3.pt\"}", run_dir);
  g_autofree char *other = NULL;
  GtkWidget *needed;

  call (fixture, "POST", "/api/training/pause", NULL);
  call (fixture, "POST", "/api/training/queue", body);
  needed = GTK_WIDGET (gtk_widget_get_template_child (get_row (fixture, "Epoch 3"), TC_TYPE_CHECKPOINT_ROW, "needed"));
  while (!gtk_widget_get_visible (needed))
    {
      g_main_context_iteration (NULL, TRUE);
      needed = GTK_WIDGET (gtk_widget_get_template_child (get_row (fixture, "Epoch 3"), TC_TYPE_CHECKPOINT_ROW, "needed"));
    }
  g_assert_nonnull (strstr (gtk_widget_get_tooltip_text (needed), "goes on from this checkpoint"));
  gtk_widget_activate_action (get_row (fixture, "Epoch 3"), "checkpoint.remove", NULL);
  g_assert_true (is_without (fixture, "deleted"));
  other = g_strdup_printf ("/api/training/queue/%" G_GUINT64_FORMAT,
                           tc_session_get_id (tc_queue_peek (queue, tc_queue_get_n (queue) - 1)));
  call (fixture, "DELETE", other, NULL);
  wait_until (fixture, shows, "2 3 4 1");
}

int
main (int   argc,
      char *argv[])
{
  static const struct { const char *path; void (*func) (Fixture *, gconstpointer); const char *view; } tests[] = {
    { "/models/listed", test_listed, NULL },
    { "/models/undo", test_undo, NULL },
    { "/models/undo-all", test_undo_all, NULL },
    { "/models/banner", test_banner, NULL },
    { "/models/failure", test_failure, NULL },
    { "/models/free-space", test_free_space, NULL },
    { "/models/always", test_always, NULL },
    { "/models/resume", test_resume, NULL },
    { "/models/needed", test_needed, NULL },
    { "/checkpoints/undo", test_undo, "session" },
    { "/checkpoints/resume", test_resume, "session" },
  };

  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, tests[i].view, set_up, tests[i].func, tear_down);

  return g_test_run ();
}
