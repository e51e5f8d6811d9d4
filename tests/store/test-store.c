/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What the store does when nothing goes wrong, and when the caller does. */

#include "config.h"

#include <float.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "tc-error.h"
#include "tc-json.h"
#include "tc-series-table.h"
#include "tc-store-backup.h"
#include "tc-store-estimates.h"
#include "tc-store.h"

#define NOW_US G_GINT64_CONSTANT (1790000000000000)
#define DAY_US (24 * 60 * 60 * (gint64) G_USEC_PER_SEC)

typedef struct {
  char    *folder;
  char    *path;
  TcClock *clock;
  TcStore *store;
} Fixture;

static void
open_store (Fixture *fixture)
{
  g_autoptr(GError) error = NULL;

  fixture->store = tc_store_open (fixture->path, fixture->clock, &error);
  g_assert_no_error (error);
  g_assert_null (tc_store_get_recovery_message (fixture->store));
}

static void
close_store (Fixture *fixture)
{
  tc_store_close (fixture->store);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (fixture->store);
  fixture->store = NULL;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("tc-store-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->folder, "training-center.db", NULL);
  fixture->clock = tc_clock_new_fake (NOW_US);
  open_store (fixture);
}

static void
remove_folder (const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_folder (child);
      g_remove (child);
    }
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  if (fixture->store != NULL)
    close_store (fixture);
  remove_folder (fixture->folder);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
  g_free (fixture->path);
  tc_clock_unref (fixture->clock);
}

static void
on_result (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  GAsyncResult **slot = user_data;

  g_assert_null (*slot);
  *slot = g_object_ref (result);
}

static void
wait_for (GAsyncResult **slot)
{
  while (*slot == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static TcSession *
new_session (guint64 id,
             double  position)
{
  g_autoptr(TcSessionConfig) config = tc_session_config_new ();
  TcSession *session = tc_session_new (id, config);

  tc_session_set_position (session, position);

  return session;
}

static void
save (Fixture *fixture,
      guint64  id,
      double   position)
{
  g_autoptr(GPtrArray) sessions = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  g_ptr_array_add (sessions, new_session (id, position));
  tc_store_save_sessions_async (fixture->store, sessions, NULL, on_result, &result);
  wait_for (&result);
  g_assert_true (tc_store_save_sessions_finish (fixture->store, result, &error));
  g_assert_no_error (error);
}

static GPtrArray *
load (Fixture *fixture)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  GPtrArray *sessions;

  tc_store_load_sessions_async (fixture->store, NULL, on_result, &result);
  wait_for (&result);
  sessions = tc_store_load_sessions_finish (fixture->store, result, &error);
  g_assert_no_error (error);

  return sessions;
}

static TcIngest *
new_ingest (guint64 session_id,
            guint   attempt,
            gint64  log_offset)
{
  TcIngest *ingest = tc_ingest_new (session_id, attempt);

  ingest->points = g_array_new (FALSE, TRUE, sizeof (TcPoint));
  ingest->gates = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_gate_free);
  ingest->checkpoints = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_checkpoint_free);
  ingest->events = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_event_free);
  ingest->cursor.log_offset = log_offset;

  return ingest;
}

static void
add_point (TcIngest   *ingest,
           const char *name,
           double      x,
           double      value)
{
  TcPoint point = { .name = name, .x = x, .value = value, .kind = tc_point_kind_of (value) };

  g_array_append_val (ingest->points, point);
}

/* ingest: (transfer full). Returns the code of the failure, -1 without one. */
static int
run_ingest (Fixture  *fixture,
            TcIngest *ingest)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  tc_store_ingest_async (fixture->store, ingest, NULL, on_result, &result);
  wait_for (&result);
  tc_store_ingest_finish (fixture->store, result, &error);
  g_assert_true (error == NULL || error->domain == TC_ERROR);

  return error != NULL ? error->code : -1;
}

static char *
load_metrics (Fixture    *fixture,
              guint64     session_id,
              const char *series,
              guint       max_points)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = NULL;

  tc_store_load_metrics_async (fixture->store, session_id, series, max_points, NULL,
                               on_result, &result);
  wait_for (&result);
  node = tc_store_load_metrics_finish (fixture->store, result, &error);
  g_assert_no_error (error);

  return tc_json_to_string (node, FALSE);
}

static JsonArray *
load_records (Fixture    *fixture,
              const char *kind,
              guint64     session_id)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = NULL;

  tc_store_load_records_async (fixture->store, kind, session_id, NULL, on_result, &result);
  wait_for (&result);
  node = tc_store_load_records_finish (fixture->store, result, &error);
  g_assert_no_error (error);

  return json_node_dup_array (node);
}

static void
test_sessions (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr(GPtrArray) sessions = NULL;

  save (fixture, 1, 3);
  save (fixture, 2, 1);
  save (fixture, 3, 2);
  save (fixture, 2, 9);
  close_store (fixture);
  open_store (fixture);

  sessions = load (fixture);
  g_assert_cmpuint (sessions->len, ==, 3);
  g_assert_cmpuint (tc_session_get_id (sessions->pdata[0]), ==, 3);
  g_assert_cmpuint (tc_session_get_id (sessions->pdata[1]), ==, 1);
  g_assert_cmpuint (tc_session_get_id (sessions->pdata[2]), ==, 2);
  g_assert_cmpfloat (tc_session_get_position (sessions->pdata[2]), ==, 9);
}

/* What is saved is what is loaded, to the last member. */
static void
test_session_whole (Fixture       *fixture,
                    gconstpointer  data)
{
  static const char json[] =
    "{\"session_id\":\"17\",\"status\":\"failed\",\"position\":2.5,\"attempt\":3,"
    "\"reason_code\":\"oom\",\"reason\":\"Out of \\\"memory\\\"\\n\",\"reason_detail\":null,"
    "\"created_at\":\"2026-11-22T15:00:00.000001Z\",\"left_out\":[\"provider\",\"model\"],"
    "\"config\":{\"provider\":\"none\",\"corpus\":\"english\",\"target\":\"helix-1m\",\"epochs\":7,"
    "\"settings\":{\"batch-size\":\"8\"},\"environment\":{},\"budget_usd\":\"5.00\",\"after\":\"16\","
    "\"auto_stop\":true},\"epoch\":4,\"train_loss\":\"NaN\",\"val_loss\":2.25,\"eta_seconds\":0.5}";
  g_autoptr(JsonObject) object = tc_json_parse_object (json, -1, TC_JSON_DEFAULT, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) sessions = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GPtrArray) loaded = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(JsonNode) wanted = NULL;
  g_autoptr(JsonNode) seen = NULL;

  g_ptr_array_add (sessions, tc_session_from_json (object, &error));
  g_assert_no_error (error);
  tc_store_save_sessions_async (fixture->store, sessions, NULL, on_result, &result);
  wait_for (&result);
  loaded = load (fixture);
  g_assert_cmpuint (loaded->len, ==, 1);
  wanted = tc_session_to_json (sessions->pdata[0]);
  seen = tc_session_to_json (loaded->pdata[0]);
  g_assert_true (json_node_equal (wanted, seen));
  g_assert_cmpstr (tc_session_get_reason (loaded->pdata[0]), ==, "Out of \"memory\"\n");
}

static guint64
load_max_id (Fixture *fixture)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  guint64 id;

  tc_store_load_max_id_async (fixture->store, NULL, on_result, &result);
  wait_for (&result);
  g_assert_true (tc_store_load_max_id_finish (fixture->store, result, &id, &error));
  g_assert_no_error (error);

  return id;
}

static void
test_remove (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) sessions = NULL;
  g_autofree char *metrics = NULL;
  g_autofree char *again = NULL;
  TcIngest *ingest;

  g_assert_cmpuint (load_max_id (fixture), ==, 0);
  save (fixture, 1, 1);
  save (fixture, 2, 2);
  ingest = new_ingest (2, 1, 10);
  add_point (ingest, "train_loss", 1, 2);
  g_ptr_array_add (ingest->events, tc_event_new (2, TC_SEVERITY_INFO, "kind", "text", 1));
  g_assert_cmpint (run_ingest (fixture, ingest), ==, -1);

  tc_store_remove_session_async (fixture->store, 2, NULL, on_result, &result);
  wait_for (&result);
  g_assert_true (tc_store_remove_session_finish (fixture->store, result, &error));

  sessions = load (fixture);
  g_assert_cmpuint (sessions->len, ==, 1);
  metrics = load_metrics (fixture, 2, NULL, 0);
  g_assert_cmpstr (metrics, ==, "{\"series\":{}}");
  /* The run may still be talking; it must not come back by that. */
  ingest = new_ingest (2, 1, 20);
  ingest->session = g_strdup ("{}");
  g_assert_cmpint (run_ingest (fixture, ingest), ==, TC_ERROR_NOT_FOUND);
  g_assert_cmpuint (load_max_id (fixture), ==, 2);

  /* Saved anew, it starts from nothing: no points, no cursor. */
  save (fixture, 2, 2);
  again = load_metrics (fixture, 2, NULL, 0);
  g_assert_cmpstr (again, ==, "{\"series\":{}}");
}

/* D14 */
static void
test_values (Fixture       *fixture,
             gconstpointer  data)
{
  TcIngest *ingest = new_ingest (1, 1, 100);
  g_autofree char *metrics = NULL;

  save (fixture, 1, 1);
  add_point (ingest, "loss", 1, NAN);
  add_point (ingest, "loss", 2, INFINITY);
  add_point (ingest, "loss", 3, -INFINITY);
  add_point (ingest, "loss", 4, -0.0);
  add_point (ingest, "loss", 5, DBL_TRUE_MIN);
  add_point (ingest, "loss", 6, 1e308);
  add_point (ingest, "loss", 7, -DBL_MAX);
  /* The step goes backwards. */
  add_point (ingest, "loss", 2.5, 7);
  add_point (ingest, "loss", -1, 8);
  /* Nowhere on the axis. */
  add_point (ingest, "loss", NAN, 1);
  add_point (ingest, "loss", INFINITY, 1);
  g_assert_cmpint (run_ingest (fixture, ingest), ==, -1);
  close_store (fixture);
  open_store (fixture);

  metrics = load_metrics (fixture, 1, NULL, 0);
  g_assert_cmpstr (metrics, ==, "{\"series\":{\"loss\":[[-1.0,8.0],[1.0,\"NaN\"],[2.0,\"Infinity\"],"
                                "[2.5,7.0],[3.0,\"-Infinity\"],[4.0,0.0],[5.0,4.94065645841247e-324],[6.0,1e+308],"
                                "[7.0,-1.7976931348623157e+308]]}}");
}

/* D14: a million names. */
static void
test_many_names (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr(JsonArray) events = NULL;
  g_autofree char *metrics = NULL;
  g_autoptr(JsonObject) object = NULL;

  save (fixture, 1, 1);
  for (int batch = 0; batch < 10; batch++)
    {
      TcIngest *ingest = new_ingest (1, 1, batch);
      g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

      for (int i = 0; i < 100000; i++)
        {
          g_ptr_array_add (names, g_strdup_printf ("name %d", batch * 100000 + i));
          add_point (ingest, names->pdata[i], 1, i);
        }
      /* Those that are known go on. */
      add_point (ingest, "name 0", batch + 2, 5);
      g_assert_cmpint (run_ingest (fixture, ingest), ==, -1);
      if (batch == 5)
        {
          close_store (fixture);
          open_store (fixture);
        }
    }

  metrics = load_metrics (fixture, 1, NULL, 0);
  object = tc_json_parse_object (metrics, -1, TC_JSON_DEFAULT, NULL);
  g_assert_cmpuint (json_object_get_size (tc_json_get_object (object, "series")), ==,
                    TC_SERIES_MAX_NAMES);
  g_assert_cmpuint (json_array_get_length (tc_json_get_array (tc_json_get_object (object, "series"),
                                                              "name 0")), ==, 11);
  events = load_records (fixture, "events", 1);
  g_assert_cmpuint (json_array_get_length (events), ==, 1);
  g_assert_cmpstr (tc_json_get_string (json_array_get_object_element (events, 0), "kind", NULL),
                   ==, "series-limit");
}

static void
test_twice (Fixture       *fixture,
            gconstpointer  data)
{
  TcIngest *ingest = new_ingest (1, 1, 10);
  g_autofree char *metrics = NULL;
  g_autofree char *only = NULL;

  save (fixture, 1, 1);
  /* The log, the events file, and the log once more. */
  add_point (ingest, "val_loss", 1, 4);
  add_point (ingest, "val_loss", 1, 4);
  add_point (ingest, "train_loss", 1, 5);
  g_assert_cmpint (run_ingest (fixture, ingest), ==, -1);
  ingest = new_ingest (1, 1, 20);
  add_point (ingest, "val_loss", 1, 4.5);
  add_point (ingest, "val_loss", 2, 3);
  g_assert_cmpint (run_ingest (fixture, ingest), ==, -1);
  /* The second attempt starts at epoch 2 again. */
  ingest = new_ingest (1, 2, 30);
  add_point (ingest, "val_loss", 2, 2.5);
  add_point (ingest, "val_loss", 3, NAN);
  g_assert_cmpint (run_ingest (fixture, ingest), ==, -1);

  metrics = load_metrics (fixture, 1, NULL, 0);
  g_assert_cmpstr (metrics, ==, "{\"series\":{\"val_loss\":[[1.0,4.0],[2.0,2.5],[3.0,\"NaN\"]],"
                                "\"train_loss\":[[1.0,5.0]]}}");
  only = load_metrics (fixture, 1, "train_loss", 0);
  g_assert_cmpstr (only, ==, "{\"series\":{\"train_loss\":[[1.0,5.0]]}}");
}

static void
test_cursor (Fixture       *fixture,
             gconstpointer  data)
{
  TcIngest *ingest = new_ingest (1, 1, 1234);

  save (fixture, 1, 1);
  ingest->cursor.events_offset = 56;
  ingest->cursor.parser_state = g_strdup ("{\"dialect\":\"helix\"}");
  g_assert_cmpint (run_ingest (fixture, ingest), ==, -1);
  close_store (fixture);
  open_store (fixture);

  for (guint64 id = 1; id <= 2; id++)
    {
      g_autoptr(GAsyncResult) result = NULL;
      TcIngestCursor cursor;

      tc_store_load_cursor_async (fixture->store, id, NULL, on_result, &result);
      wait_for (&result);
      g_assert_true (tc_store_load_cursor_finish (fixture->store, result, &cursor, NULL));
      g_assert_cmpint (cursor.log_offset, ==, id == 1 ? 1234 : 0);
      g_assert_cmpint (cursor.events_offset, ==, id == 1 ? 56 : 0);
      g_assert_cmpstr (cursor.parser_state, ==, id == 1 ? "{\"dialect\":\"helix\"}" : NULL);
      g_free (cursor.parser_state);
    }
}

static TcGate *
new_gate (guint       epoch,
          const char *result,
          const char *text,
          const char *report)
{
  TcGate *gate = g_new0 (TcGate, 1);

  gate->session_id = 1;
  gate->attempt = 1;
  gate->epoch = epoch;
  gate->result = g_strdup (result);
  gate->text = g_strdup (text);
  gate->report = g_strdup (report);
  gate->at_us = NOW_US;

  return gate;
}

static TcCheckpoint *
new_checkpoint (guint       epoch,
                const char *path,
                gint64      bytes,
                double      val_loss,
                gboolean    is_best)
{
  TcCheckpoint *checkpoint = g_new0 (TcCheckpoint, 1);

  checkpoint->session_id = 1;
  checkpoint->attempt = 1;
  checkpoint->epoch = epoch;
  checkpoint->path = g_strdup (path);
  checkpoint->bytes = bytes;
  checkpoint->val_loss = val_loss;
  checkpoint->is_best = is_best;
  checkpoint->at_us = NOW_US;

  return checkpoint;
}

static void
test_records (Fixture       *fixture,
              gconstpointer  data)
{
  TcIngest *ingest = new_ingest (1, 1, 10);
  g_autoptr(JsonArray) gates = NULL;
  g_autoptr(JsonArray) checkpoints = NULL;
  JsonObject *first, *second;

  save (fixture, 1, 1);
  /* Said by the events file, then by the log, which knows less. */
  g_ptr_array_add (ingest->gates, new_gate (5, "warn", "Only parrots", "gates/5.json"));
  g_ptr_array_add (ingest->gates, new_gate (5, "fail", NULL, NULL));
  g_ptr_array_add (ingest->gates, new_gate (10, "pass", NULL, NULL));
  g_ptr_array_add (ingest->checkpoints, new_checkpoint (5, "/c/5.pt", 99, 2.5, TRUE));
  g_ptr_array_add (ingest->checkpoints, new_checkpoint (5, "/c/5.pt", -1, NAN, FALSE));
  g_ptr_array_add (ingest->checkpoints, new_checkpoint (5, "/c/best.pt", 99, 2.5, FALSE));
  g_ptr_array_add (ingest->checkpoints, new_checkpoint (9, "/c/best.pt", -1, NAN, TRUE));
  g_assert_cmpint (run_ingest (fixture, ingest), ==, -1);

  gates = load_records (fixture, "gates", 1);
  g_assert_cmpuint (json_array_get_length (gates), ==, 2);
  first = json_array_get_object_element (gates, 0);
  g_assert_cmpstr (tc_json_get_string (first, "result", NULL), ==, "fail");
  g_assert_cmpstr (tc_json_get_string (first, "text", NULL), ==, "Only parrots");
  g_assert_cmpstr (tc_json_get_string (first, "report", NULL), ==, "gates/5.json");

  checkpoints = load_records (fixture, "checkpoints", 1);
  g_assert_cmpuint (json_array_get_length (checkpoints), ==, 2);
  first = json_array_get_object_element (checkpoints, 0);
  second = json_array_get_object_element (checkpoints, 1);
  g_assert_cmpstr (tc_json_get_string (first, "path", NULL), ==, "/c/5.pt");
  g_assert_cmpint (tc_json_get_int (first, "bytes", 0), ==, 99);
  g_assert_cmpfloat (tc_json_get_double (first, "val_loss", 0), ==, 2.5);
  /* There is a newer best; and it is another file under the old name. */
  g_assert_false (tc_json_get_boolean (first, "best", TRUE));
  g_assert_true (tc_json_get_boolean (second, "best", FALSE));
  g_assert_cmpint (tc_json_get_int (second, "epoch", 0), ==, 9);
  g_assert_cmpint (tc_json_get_int (second, "bytes", 0), ==, -1);
}

static void
save_estimate (Fixture    *fixture,
               guint64     session_id,
               const char *target,
               const char *estimate,
               const char *truth)
{
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_estimate_row_free);
  TcEstimateRow *row = tc_estimate_row_new (session_id, "abc", target);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  row->estimate = g_strdup (estimate);
  row->truth = g_strdup (truth);
  g_ptr_array_add (rows, row);
  tc_store_save_estimates_async (fixture->store, rows, NULL, on_result, &result);
  wait_for (&result);
  g_assert_true (tc_store_save_estimates_finish (fixture->store, result, &error));
  g_assert_no_error (error);
}

static GPtrArray *
load_truths (Fixture    *fixture,
             const char *target)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  GPtrArray *rows;

  tc_store_load_truths_async (fixture->store, target, NULL, on_result, &result);
  wait_for (&result);
  rows = tc_store_load_truths_finish (fixture->store, result, &error);
  g_assert_no_error (error);

  return rows;
}

static void
test_estimates (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GPtrArray) one = NULL;
  g_autoptr(GPtrArray) truths = NULL;
  g_autoptr(GPtrArray) none = NULL;
  TcEstimateRow *row;

  save (fixture, 1, 1);
  save (fixture, 2, 2);
  save (fixture, 3, 3);
  save_estimate (fixture, 1, "small", "{}", NULL);
  save_estimate (fixture, 1, "small", NULL, "[1]");
  save_estimate (fixture, 2, "small", "{}", "[2]");
  save_estimate (fixture, 3, "small", "{}", NULL);
  /* Removed before it was estimated: nothing to keep, and no error. */
  save_estimate (fixture, 99, "small", "{}", "[99]");
  close_store (fixture);
  open_store (fixture);

  truths = load_truths (fixture, "small");
  g_assert_cmpuint (truths->len, ==, 2);
  row = g_ptr_array_index (truths, 1);
  g_assert_cmpuint (row->session_id, ==, 1);
  g_assert_cmpstr (row->script, ==, "abc");
  g_assert_cmpstr (row->estimate, ==, "{}");
  g_assert_cmpstr (row->truth, ==, "[1]");
  none = load_truths (fixture, "large");
  g_assert_cmpuint (none->len, ==, 0);

  tc_store_load_estimate_async (fixture->store, 3, NULL, on_result, &result);
  wait_for (&result);
  one = tc_store_load_estimate_finish (fixture->store, result, NULL);
  g_assert_cmpuint (one->len, ==, 1);
  row = g_ptr_array_index (one, 0);
  g_assert_null (row->truth);
}

static void
test_events (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(JsonArray) all = NULL;
  g_autoptr(JsonArray) its = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(TcEvent) event = tc_event_new (0, TC_SEVERITY_ERROR, "engine", "Its own", NOW_US);

  save (fixture, 1, 1);
  for (int batch = 0; batch < 3; batch++)
    {
      TcIngest *ingest = new_ingest (1, 1, batch);

      for (int i = 0; i < 5000; i++)
        {
          g_autofree char *text = g_strdup_printf ("%d", batch * 5000 + i);

          g_ptr_array_add (ingest->events, tc_event_new (1, TC_SEVERITY_INFO, "k", text, i));
        }
      g_assert_cmpint (run_ingest (fixture, ingest), ==, -1);
    }
  tc_store_add_event_async (fixture->store, event, NULL, on_result, &result);
  wait_for (&result);
  g_assert_true (tc_store_add_event_finish (fixture->store, result, NULL));

  its = load_records (fixture, "events", 1);
  g_assert_cmpuint (json_array_get_length (its), ==, 1000);
  g_assert_cmpstr (tc_json_get_string (json_array_get_object_element (its, 0), "text", NULL),
                   ==, "14000");
  all = load_records (fixture, "events", 0);
  g_assert_cmpuint (json_array_get_length (all), ==, 1000);
  g_assert_cmpstr (tc_json_get_string (json_array_get_object_element (all, 999), "text", NULL),
                   ==, "Its own");
  g_assert_cmpstr (tc_json_get_string (json_array_get_object_element (all, 999), "session_id", NULL),
                   ==, "0");
}

static char *
get_setting (Fixture    *fixture,
             const char *key)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  char *value;

  tc_store_get_setting_async (fixture->store, key, NULL, on_result, &result);
  wait_for (&result);
  value = tc_store_get_setting_finish (fixture->store, result, &error);
  g_assert_no_error (error);

  return value;
}

static void
set_setting (Fixture    *fixture,
             const char *key,
             const char *value)
{
  g_autoptr(GAsyncResult) result = NULL;

  tc_store_set_setting_async (fixture->store, key, value, NULL, on_result, &result);
  wait_for (&result);
  g_assert_true (tc_store_set_setting_finish (fixture->store, result, NULL));
}

/* P16: names are only ever values, whatever is in them. */
static void
test_settings (Fixture       *fixture,
               gconstpointer  data)
{
  static const char *const hostile[] = {
    "", "'; DROP TABLE sessions; --", "%n%s", "../../x", "-rf", "<b>&amp;", "a\nb", "\u202eabc",
  };
  g_autofree char *missing = get_setting (fixture, "nothing");
  g_autofree char *removed = NULL;

  g_assert_null (missing);
  for (guint i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      g_autofree char *value = NULL;

      set_setting (fixture, hostile[i], hostile[i]);
      value = get_setting (fixture, hostile[i]);
      g_assert_cmpstr (value, ==, hostile[i]);
    }
  set_setting (fixture, "../../x", NULL);
  removed = get_setting (fixture, "../../x");
  g_assert_null (removed);
  save (fixture, 1, 1);
}

/* Many writes that wait together, one of which fails: each has its own answer,
 * in order, and those that said yes are there. */
static void
test_batch (Fixture       *fixture,
            gconstpointer  data)
{
  GAsyncResult *results[40] = { NULL };
  g_autoptr(GPtrArray) sessions = NULL;
  g_autofree char *metrics = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr(GPtrArray) one = g_ptr_array_new_with_free_func (g_object_unref);
      TcIngest *ingest = new_ingest (i % 7 == 0 ? 999 : 1, 1, i);

      g_ptr_array_add (one, new_session (i / 2 + 1, i));
      add_point (ingest, "loss", i, i);
      /* Fails when half of it is done. */
      if (i % 10 == 5)
        g_ptr_array_add (ingest->events, tc_event_new (999, TC_SEVERITY_INFO, "k", "t", 1));
      if (i % 2 == 0)
        tc_store_save_sessions_async (fixture->store, one, NULL, on_result, &results[i]);
      else
        tc_store_ingest_async (fixture->store, g_steal_pointer (&ingest), NULL, on_result,
                               &results[i]);
      g_clear_pointer (&ingest, tc_ingest_free);
    }
  wait_for (&results[G_N_ELEMENTS (results) - 1]);

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_nonnull (results[i]);
      if (i % 2 == 0)
        g_assert_true (tc_store_save_sessions_finish (fixture->store, results[i], &error));
      else
        tc_store_ingest_finish (fixture->store, results[i], &error);
      if (i % 14 == 7 || i % 10 == 5)
        g_assert_error (error, TC_ERROR, TC_ERROR_NOT_FOUND);
      else
        g_assert_no_error (error);
      g_clear_object (&results[i]);
    }

  sessions = load (fixture);
  g_assert_cmpuint (sessions->len, ==, 20);
  metrics = load_metrics (fixture, 1, NULL, 0);
  g_assert_true (g_str_has_prefix (metrics, "{\"series\":{\"loss\":[[1.0,1.0],[3.0,3.0],[9.0,9.0],"
                                            "[11.0,11.0],[13.0,13.0],[17.0,17.0],"));
}

/* A read sees what was written by the calls before it, and nothing later. */
static void
test_order (Fixture       *fixture,
            gconstpointer  data)
{
  GAsyncResult *reads[10] = { NULL };
  GAsyncResult *writes[10] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (reads); i++)
    {
      g_autofree char *value = g_strdup_printf ("%u", i);

      tc_store_set_setting_async (fixture->store, "key", value, NULL, on_result, &writes[i]);
      tc_store_get_setting_async (fixture->store, "key", NULL, on_result, &reads[i]);
    }
  wait_for (&reads[G_N_ELEMENTS (reads) - 1]);
  for (guint i = 0; i < G_N_ELEMENTS (reads); i++)
    {
      g_autofree char *value = tc_store_get_setting_finish (fixture->store, reads[i], NULL);
      g_autofree char *wanted = g_strdup_printf ("%u", i);

      g_assert_cmpstr (value, ==, wanted);
      g_clear_object (&reads[i]);
      g_clear_object (&writes[i]);
    }
}

static void
test_cancel (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *value = NULL;

  g_cancellable_cancel (cancellable);
  tc_store_set_setting_async (fixture->store, "key", "value", cancellable, on_result, &result);
  wait_for (&result);
  g_assert_false (tc_store_set_setting_finish (fixture->store, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  value = get_setting (fixture, "key");
  g_assert_null (value);
}

/* Closing does what was asked for before, and refuses what comes after. */
static void
test_close (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(GAsyncResult) before = NULL;
  g_autoptr(GAsyncResult) after = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *value = NULL;

  tc_store_set_setting_async (fixture->store, "key", "value", NULL, on_result, &before);
  tc_store_close (fixture->store);
  tc_store_close (fixture->store);
  tc_store_set_setting_async (fixture->store, "key", "other", NULL, on_result, &after);
  wait_for (&before);
  wait_for (&after);
  g_assert_true (tc_store_set_setting_finish (fixture->store, before, NULL));
  g_assert_false (tc_store_set_setting_finish (fixture->store, after, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_UNAVAILABLE);
  g_clear_object (&before);
  g_clear_object (&after);

  close_store (fixture);
  open_store (fixture);
  value = get_setting (fixture, "key");
  g_assert_cmpstr (value, ==, "value");
}

/* The names in a batch may be gone before the thread comes to it. */
static void
test_names_are_copied (Fixture       *fixture,
                       gconstpointer  data)
{
  TcIngest *ingest = new_ingest (1, 1, 1);
  char *name = g_strdup ("loss");
  g_autoptr(GAsyncResult) result = NULL;
  g_autofree char *metrics = NULL;

  save (fixture, 1, 1);
  add_point (ingest, name, 1, 1);
  tc_store_ingest_async (fixture->store, ingest, NULL, on_result, &result);
  memset (name, 'x', 4);
  g_free (name);
  wait_for (&result);
  metrics = load_metrics (fixture, 1, NULL, 0);
  g_assert_cmpstr (metrics, ==, "{\"series\":{\"loss\":[[1.0,1.0]]}}");
}

static void
test_decimate (Fixture       *fixture,
               gconstpointer  data)
{
  TcIngest *ingest = new_ingest (1, 1, 1);
  g_autofree char *metrics = NULL;
  g_autoptr(JsonObject) object = NULL;
  JsonArray *points;
  gboolean has_spike = FALSE, has_nan = FALSE;

  save (fixture, 1, 1);
  for (int i = 0; i < 20000; i++)
    add_point (ingest, "loss", i, i == 12345 ? 1e6 : i == 777 ? NAN : sin (i));
  g_assert_cmpint (run_ingest (fixture, ingest), ==, -1);

  metrics = load_metrics (fixture, 1, "loss", 500);
  object = tc_json_parse_object (metrics, -1, TC_JSON_DEFAULT, NULL);
  points = tc_json_get_array (tc_json_get_object (object, "series"), "loss");
  g_assert_cmpuint (json_array_get_length (points), >, 100);
  g_assert_cmpuint (json_array_get_length (points), <=, 500);
  for (guint i = 0; i < json_array_get_length (points); i++)
    {
      JsonArray *pair = json_array_get_array_element (points, i);
      JsonNode *value = json_array_get_element (pair, 1);

      has_spike |= json_node_get_value_type (value) == G_TYPE_DOUBLE &&
                   json_node_get_double (value) == 1e6;
      has_nan |= json_node_get_value_type (value) == G_TYPE_STRING;
    }
  g_assert_true (has_spike);
  g_assert_true (has_nan);
}

static void
test_unknown_kind (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  tc_store_load_records_async (fixture->store, "secrets", 0, NULL, on_result, &result);
  wait_for (&result);
  g_assert_null (tc_store_load_records_finish (fixture->store, result, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_USAGE);
}

/* A backup a day for two months: five are left, over all of the time. */
static void
test_backups (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(GPtrArray) paths = NULL;

  for (int day = 0; day < 60; day++)
    {
      g_autofree char *value = g_strdup_printf ("%d", day);

      set_setting (fixture, "day", value);
      close_store (fixture);
      tc_clock_fake_advance (fixture->clock, DAY_US);
      open_store (fixture);
      /* Within the day there is no other. */
      close_store (fixture);
      open_store (fixture);
    }
  close_store (fixture);

  paths = tc_store_backup_list (fixture->path);
  g_assert_cmpuint (paths->len, ==, 5);
  g_assert_true (g_str_has_suffix (paths->pdata[4], ".db"));
  {
    g_autofree char *newest = g_path_get_basename (paths->pdata[0]);
    g_autofree char *oldest = g_path_get_basename (paths->pdata[4]);
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc (NOW_US / G_USEC_PER_SEC);
    g_autoptr(GDateTime) last = g_date_time_add_days (now, 60);
    g_autoptr(GDateTime) month_ago = g_date_time_add_days (last, -29);
    g_autofree char *wanted = g_date_time_format (last, "training-center-%Y%m%dT%H%M%SZ.db");
    g_autofree char *limit = g_date_time_format (month_ago, "training-center-%Y%m%dT%H%M%SZ.db");

    g_assert_cmpstr (newest, ==, wanted);
    g_assert_cmpstr (oldest, <, limit);
  }
}

#define ADD(path, function) \
  g_test_add ("/tc/store/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  ADD ("sessions", test_sessions);
  ADD ("session-whole", test_session_whole);
  ADD ("remove", test_remove);
  ADD ("values", test_values);
  ADD ("many-names", test_many_names);
  ADD ("twice", test_twice);
  ADD ("cursor", test_cursor);
  ADD ("records", test_records);
  ADD ("estimates", test_estimates);
  ADD ("events", test_events);
  ADD ("settings", test_settings);
  ADD ("batch", test_batch);
  ADD ("order", test_order);
  ADD ("cancel", test_cancel);
  ADD ("close", test_close);
  ADD ("names-are-copied", test_names_are_copied);
  ADD ("decimate", test_decimate);
  ADD ("unknown-kind", test_unknown_kind);
  ADD ("backups", test_backups);

  return g_test_run ();
}
