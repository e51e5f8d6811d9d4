/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <math.h>

#include "tc-error.h"
#include "tc-json.h"
#include "tc-session.h"

static TcSession *
new_session (guint64 id)
{
  g_autoptr(TcSessionConfig) config = tc_session_config_new ();

  return tc_session_new (id, config);
}

static void
count_cb (TcSession *session,
          guint     *count)
{
  (*count)++;
}

static void
test_states (void)
{
  g_autoptr(TcSession) session = new_session (3);
  guint changes = 0;

  g_signal_connect (session, "changed", G_CALLBACK (count_cb), &changes);
  g_assert_false (tc_session_set_state (session, TC_SESSION_COMPLETED, 5));
  g_assert_cmpuint (changes, ==, 0);
  g_assert_true (tc_session_set_state (session, TC_SESSION_STARTING, 10));
  tc_session_begin_attempt (session, 11);
  g_assert_true (tc_session_set_state (session, TC_SESSION_RUNNING, 12));
  g_assert_true (tc_session_set_state (session, TC_SESSION_FAILED, 20));
  g_assert_cmpint (tc_session_get_ended_at (session), ==, 20);
  g_assert_cmpuint (changes, ==, 4);
  g_assert_true (tc_session_set_state (session, TC_SESSION_QUEUED, 21));
  g_assert_cmpint (tc_session_get_ended_at (session), ==, 0);
  g_assert_cmpint (tc_session_get_started_at (session), ==, 11);
  g_assert_cmpuint (tc_session_get_attempt (session), ==, 1);
}

static void
test_notes (void)
{
  const char *typed[] = { " a tag ", "", "<b>&\u202e", "a tag", NULL };
  const char *two_lines[] = { "a\nb", NULL };
  g_autofree char *long_text = g_strnfill (TC_SESSION_MAX_NOTE_BYTES + 1, 'x');
  const char *too_long[] = { long_text, NULL };
  g_autoptr(TcSession) session = new_session (3);
  g_autoptr(TcSession) copy = NULL;
  g_autoptr(JsonNode) node = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) tags = tc_session_parse_tags (typed, &error);
  const char *expected[] = { "a tag", "<b>&\u202e", NULL };
  guint changes = 0;

  g_assert_no_error (error);
  g_assert_cmpstrv (tags, expected);
  g_signal_connect (session, "changed", G_CALLBACK (count_cb), &changes);
  tc_session_set_tags (session, (const char *const *) tags);
  tc_session_set_tags (session, expected);
  tc_session_set_note (session, "one\ntwo");
  tc_session_set_note (session, "one\ntwo");
  g_assert_cmpuint (changes, ==, 2);
  node = tc_session_to_json (session);
  copy = tc_session_from_json (json_node_get_object (node), &error);
  g_assert_no_error (error);
  g_assert_cmpstrv (tc_session_get_tags (copy), expected);
  g_assert_cmpstr (tc_session_get_note (copy), ==, "one\ntwo");
  tc_session_set_tags (copy, NULL);
  tc_session_set_note (copy, "");
  g_assert_null (tc_session_get_tags (copy)[0]);
  g_assert_null (tc_session_get_note (copy));

  g_assert_null (tc_session_parse_tags (two_lines, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (tc_session_parse_tags (too_long, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (tc_session_check_note (long_text, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
  long_text[TC_SESSION_MAX_NOTE_BYTES] = '\0';
  g_assert_true (tc_session_check_note (long_text, NULL));
}

static void
test_json (void)
{
  g_autoptr(TcSession) session = new_session (17);
  TcProgress progress = *tc_session_get_progress (session);
  const char *left_out[] = { "--provider", NULL };
  g_autoptr(JsonNode) node = NULL;
  g_autoptr(TcSession) copy = NULL;

  progress.epoch = 47;
  progress.train_loss = 2.3421;
  progress.has_train_loss = TRUE;
  progress.val_loss = NAN;
  progress.has_val_loss = TRUE;
  progress.best_val_loss = 2.25;
  progress.eta_seconds = 44280;
  tc_session_set_state (session, TC_SESSION_STARTING, G_USEC_PER_SEC);
  tc_session_begin_attempt (session, 2 * G_USEC_PER_SEC);
  tc_session_set_progress (session, &progress);
  tc_session_set_left_out (session, left_out);
  tc_session_set_checkpoints (session, "/b", "/l");

  node = tc_session_to_json (session);
  copy = tc_session_from_json (json_node_get_object (node), NULL);
  g_assert_nonnull (copy);
  g_assert_cmpuint (tc_session_get_id (copy), ==, 17);
  g_assert_cmpuint (tc_session_get_state (copy), ==, TC_SESSION_STARTING);
  g_assert_cmpint (tc_session_get_started_at (copy), ==, 2 * G_USEC_PER_SEC);
  g_assert_cmpfloat (tc_session_get_progress (copy)->train_loss, ==, 2.3421);
  g_assert_true (isnan (tc_session_get_progress (copy)->val_loss));
  g_assert_true (tc_session_get_progress (copy)->has_val_loss);
  g_assert_cmpstr (tc_session_get_left_out (copy)[0], ==, "--provider");
  g_assert_cmpstr (tc_session_get_best_checkpoint (copy), ==, "/b");
}

/* The shape somebody else's dashboard relies on. */
static void
test_status_shape (void)
{
  g_autoptr(TcSession) session = new_session (17);
  TcProgress progress = *tc_session_get_progress (session);
  g_autoptr(JsonNode) node = NULL;
  JsonObject *object;

  progress.epoch = 47;
  progress.train_loss = 2.3421;
  progress.has_train_loss = TRUE;
  progress.eta_seconds = 44280;
  tc_session_set_progress (session, &progress);
  node = tc_session_to_status_json (session);
  object = json_node_get_object (node);
  g_assert_cmpstr (tc_json_get_string (object, "session_id", NULL), ==, "17");
  g_assert_cmpstr (tc_json_get_string (object, "status", NULL), ==, "queued");
  g_assert_cmpint (tc_json_get_int (object, "epoch", 0), ==, 47);
  g_assert_cmpint (tc_json_get_int (object, "total_epochs", 0), ==, 200);
  g_assert_cmpfloat (tc_json_get_double (object, "train_loss", 0), ==, 2.3421);
  g_assert_true (JSON_NODE_HOLDS_NULL (json_object_get_member (object, "val_loss")));
  g_assert_cmpfloat (tc_json_get_double (object, "eta_hours", 0), ==, 12.3);
}

static void
test_fraction (void)
{
  g_autoptr(TcSession) session = new_session (1);
  TcProgress progress = *tc_session_get_progress (session);

  g_assert_cmpfloat (tc_session_get_fraction (session), ==, 0);
  progress.epoch = 1;
  progress.total_epochs = 4;
  progress.batch = 5;
  progress.batches = 10;
  tc_session_set_progress (session, &progress);
  g_assert_cmpfloat (tc_session_get_fraction (session), ==, 0.125);
  progress.epoch = 9;
  tc_session_set_progress (session, &progress);
  g_assert_cmpfloat (tc_session_get_fraction (session), ==, 1);
}

static void
test_foreign_json (void)
{
  const char *bad[] = { "{}", "{\"session_id\":\"0\"}", "{\"session_id\":\"1\",\"status\":\"x\"}",
                        "{\"session_id\":\"1\",\"status\":\"queued\"}" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(JsonObject) object = tc_json_parse_object (bad[i], -1, TC_JSON_DEFAULT, NULL);
      g_autoptr(GError) error = NULL;

      g_assert_null (tc_session_from_json (object, &error));
      g_assert_nonnull (error);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tc/session/states", test_states);
  g_test_add_func ("/tc/session/json", test_json);
  g_test_add_func ("/tc/session/notes", test_notes);
  g_test_add_func ("/tc/session/status-shape", test_status_shape);
  g_test_add_func ("/tc/session/fraction", test_fraction);
  g_test_add_func ("/tc/session/foreign-json", test_foreign_json);

  return g_test_run ();
}
