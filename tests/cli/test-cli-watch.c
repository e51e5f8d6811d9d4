/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-json.h"
#include "tc-watch-plain.h"
#include "tc-watch-view.h"

static JsonObject *
object_of (const char *json)
{
  g_autoptr(GError) error = NULL;
  JsonObject *object = tc_json_parse_object (json, -1, TC_JSON_DEFAULT, &error);

  g_assert_no_error (error);

  return object;
}

static TcSession *
session_new (const char *json)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) object = object_of (json);
  TcSession *session = tc_session_from_json (object, &error);

  g_assert_no_error (error);

  return session;
}

static void
session_change (TcSession  *session,
                const char *json)
{
  g_autoptr(JsonObject) object = object_of (json);

  g_assert_true (tc_session_update_from_json (session, object, NULL));
}

#define RUNNING "{\"session_id\":\"17\",\"status\":\"running\",\"attempt\":1,\"epoch\":3,\"total_epochs\":10," \
  "\"batch\":2,\"batches\":4,\"train_loss\":2.5,\"val_loss\":2.75,\"best_val_loss\":2.7,\"best_epoch\":2," \
  "\"eta_seconds\":754,\"elapsed_seconds\":130,\"tokens_per_second\":12345,\"progress_pct\":23," \
  "\"config\":{\"title\":\"mine\",\"epochs\":10}}"
#define COMPLETED "{\"session_id\":\"17\",\"status\":\"completed\",\"attempt\":1,\"epoch\":3,\"total_epochs\":3," \
  "\"elapsed_seconds\":130,\"config\":{\"title\":\"mine\",\"epochs\":3}}"

static char *
render (TcWatchRun *run,
        guint       width,
        const char *problem)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  TcWatchView view = {
    .run = run, .index = 1, .total = 3, .problem = problem, .zone = utc,
    .now_us = G_GINT64_CONSTANT (1795363200) * G_USEC_PER_SEC, .width = width,
  };
  g_autoptr(GPtrArray) lines = tc_watch_view_render (&view);

  for (guint i = 0; i < lines->len; i++)
    g_assert_cmpuint (tc_cli_text_width (g_ptr_array_index (lines, i)), <=, width);
  g_ptr_array_add (lines, NULL);

  return g_strjoinv ("\n", (char **) lines->pdata);
}

static void
assert_has (const char *text,
            const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("no “%s” in:\n%s", part, text);
}

static void
add_gate (TcWatchRun *run,
          const char *json)
{
  g_autoptr(JsonObject) gate = object_of (json);

  tc_watch_run_add_gate (run, gate);
}

static void
add_event (TcWatchRun *run,
           const char *json)
{
  g_autoptr(JsonObject) event = object_of (json);

  tc_watch_run_add_event (run, event);
}

#define GATE(epoch, result, text) \
  "{\"id\":1,\"session_id\":\"17\",\"attempt\":1,\"epoch\":" #epoch ",\"result\":\"" result "\",\"text\":\"" text "\"," \
  "\"at\":\"2026-11-22T16:00:00.000000Z\"}"
#define EVENT(severity, kind, text) \
  "{\"id\":1,\"session_id\":\"17\",\"severity\":\"" severity "\",\"kind\":\"" kind "\",\"text\":\"" text "\"," \
  "\"at\":\"2026-11-22T16:00:00.000000Z\"}"

static void
test_view (void)
{
  g_autoptr(TcSession) session = session_new (RUNNING);
  g_autoptr(TcWatchRun) run = tc_watch_run_new (session);
  g_autofree char *text = NULL;

  tc_watch_run_add_point (run, "val_loss", 1, 3);
  tc_watch_run_add_point (run, "val_loss", 2, 2);
  add_gate (run, GATE (1, "pass", "fine"));
  add_gate (run, GATE (5, "warn", "repeats itself"));
  add_event (run, EVENT ("warning", "stall", "Nothing for 5 min"));
  tc_watch_run_set_log_tail (run, "first\n  Batch 1/4\r  Batch 2/4\r", 29);
  text = render (run, 100, "The engine went away");

  assert_has (text, "#17 mine  ▶ running · session 1 of 3");
  assert_has (text, "3/10");
  assert_has (text, "batch 2/4");
  assert_has (text, "train 2.5000   validation 2.7500   best 2.7000 (epoch 2)   12.3 k tokens/s");
  assert_has (text, "2 min 10 s so far, ≈ 12 min left");
  assert_has (text, "3.0000 █▁ 2.0000");
  assert_has (text, "●1 ◐5 ·10   repeats itself");
  assert_has (text, "event  Nothing for 5 min");
  assert_has (text, "log    Batch 2/4");
  assert_has (text, "engine The engine went away; what runs goes on.");
}

/* Whatever the terminal is made to be, nothing is wider than it. */
static void
test_view_widths (void)
{
  g_autoptr(TcSession) session = session_new (RUNNING);
  g_autoptr(TcWatchRun) run = tc_watch_run_new (session);

  for (guint epoch = 1; epoch <= 200; epoch++)
    tc_watch_run_add_point (run, "val_loss", epoch, 1.0 / epoch);
  add_event (run, EVENT ("error", "nan", "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字"));
  for (guint width = 1; width < 130; width++)
    {
      g_autofree char *text = render (run, width, "gone");

      g_assert_cmpuint (strlen (text), >, 0);
    }
}

static void
test_view_hostile (void)
{
  g_autoptr(TcSession) session = session_new ("{\"session_id\":\"1\",\"status\":\"failed\","
                                              "\"reason\":\"a\\u001b[2Jb\\nc\","
                                              "\"config\":{\"title\":\"x\\u001b[31m\\u202ey%s%n\"}}");
  g_autoptr(TcWatchRun) run = tc_watch_run_new (session);
  g_autofree char *text = render (run, 100, NULL);

  g_assert_null (strchr (text, '\033'));
  g_assert_null (strstr (text, "\u202e"));
  assert_has (text, "y%s%n");
  assert_has (text, "why    ab c");
}

static void
test_run_epochs (void)
{
  g_autoptr(TcSession) session = session_new (RUNNING);
  g_autoptr(TcWatchRun) run = tc_watch_run_new (session);
  g_autoptr(JsonObject) metrics = object_of ("{\"train_loss\":[[1,3.5],[3,2.5],[2,3.0]],\"val_loss\":[[1,\"NaN\"],[2.5,9]],"
                                             "\"lr\":[[1,0.1]],\"odd\":[1,[2]]}");
  TcWatchEpoch *epochs;

  tc_watch_run_add_metrics (run, metrics);
  tc_watch_run_add_metrics (run, NULL);
  tc_watch_run_add_point (run, "train_loss", 1e300, 1);
  tc_watch_run_add_point (run, "train_loss", -1, 1);

  g_assert_cmpuint (run->epochs->len, ==, 3);
  epochs = (TcWatchEpoch *) (void *) run->epochs->data;
  g_assert_cmpuint (epochs[1].epoch, ==, 2);
  g_assert_cmpfloat (epochs[1].train_loss, ==, 3.0);
  g_assert_true (epochs[0].has_val_loss);
  g_assert_false (epochs[1].has_val_loss);
}

static void
assert_news (TcWatchPlain *plain,
             TcWatchRun   *run,
             const char   *wanted)
{
  g_autofree char *news = tc_watch_plain_update (plain, run);

  g_assert_cmpstr (news, ==, wanted);
}

static void
test_plain (void)
{
  g_autoptr(TcSession) session = session_new (RUNNING);
  g_autoptr(TcWatchRun) run = tc_watch_run_new (session);
  TcWatchPlain plain = { 0 };

  assert_news (&plain, run, "#17 ▶ running: mine\n");
  assert_news (&plain, run, "");

  tc_watch_run_add_point (run, "train_loss", 1, 3.5);
  assert_news (&plain, run, "");
  tc_watch_run_add_point (run, "val_loss", 1, 3.25);
  assert_news (&plain, run, "#17 epoch 1/10  train 3.5000  validation 3.2500\n");
  assert_news (&plain, run, "");

  /* What came twice, live and after a reconnection, is told once. */
  add_gate (run, GATE (1, "pass", "fine"));
  add_gate (run, GATE (1, "pass", "fine"));
  add_event (run, EVENT ("warning", "stall", "Nothing for 5 min"));
  add_event (run, EVENT ("warning", "stall", "Nothing for 5 min"));
  add_event (run, EVENT ("info", "state", "mine: running"));
  assert_news (&plain, run, "#17 ● gate at epoch 1: pass: fine\n#17 warning: Nothing for 5 min\n");
  tc_watch_run_add_point (run, "train_loss", 1, 3.5);
  assert_news (&plain, run, "");

  tc_watch_run_add_point (run, "train_loss", 3, 3);
  session_change (session, COMPLETED);
  assert_news (&plain, run, "#17 epoch 3/3  train 3.0000  validation —\n"
                            "#17 ✓ completed: mine, after 2 min 10 s\n");
  assert_news (&plain, run, "");
  tc_watch_plain_clear (&plain);
}

static void
test_plain_skip (void)
{
  g_autoptr(TcSession) session = session_new (RUNNING);
  g_autoptr(TcWatchRun) run = tc_watch_run_new (session);
  TcWatchPlain plain = { 0 };

  tc_watch_run_add_point (run, "val_loss", 1, 3.25);
  add_gate (run, GATE (1, "pass", "fine"));
  add_event (run, EVENT ("warning", "stall", "Nothing"));
  tc_watch_plain_skip (&plain, run);
  assert_news (&plain, run, "#17 ▶ running: mine\n");

  tc_watch_run_add_point (run, "val_loss", 2, 3);
  assert_news (&plain, run, "#17 epoch 2/10  train —  validation 3.0000  ≈ 12 min left\n");
  tc_watch_plain_clear (&plain);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tc/watch-view/render", test_view);
  g_test_add_func ("/tc/watch-view/widths", test_view_widths);
  g_test_add_func ("/tc/watch-view/hostile", test_view_hostile);
  g_test_add_func ("/tc/watch-run/epochs", test_run_epochs);
  g_test_add_func ("/tc/watch-plain/update", test_plain);
  g_test_add_func ("/tc/watch-plain/skip", test_plain_skip);

  return g_test_run ();
}
