/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Verdicts in the store: all of one comes back, and of none only why. */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "tc-error.h"
#include "tc-store-verdicts.h"

#define NOW_US G_GINT64_CONSTANT (1790000000000000)

typedef struct
{
  char    *folder;
  char    *path;
  TcClock *clock;
  TcStore *store;
} Fixture;

static void
on_result (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
open_store (Fixture *fixture)
{
  g_autoptr(GError) error = NULL;

  fixture->store = tc_store_open (fixture->path, fixture->clock, &error);
  g_assert_no_error (error);
}

static void
close_store (Fixture *fixture)
{
  tc_store_close (fixture->store);
  g_assert_finalize_object (fixture->store);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->folder = g_dir_make_tmp ("tc-verdicts-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "training-center.db", NULL);
  fixture->clock = tc_clock_new_fake (NOW_US);
  open_store (fixture);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", fixture->folder);

  close_store (fixture);
  tc_clock_unref (fixture->clock);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (fixture->folder);
  g_free (fixture->path);
}

static void
save (Fixture *fixture,
      guint64  id)
{
  g_autoptr(TcSessionConfig) config = tc_session_config_new ();
  g_autoptr(TcSession) session = tc_session_new (id, config);
  g_autoptr(GPtrArray) sessions = g_ptr_array_new ();
  g_autoptr(GAsyncResult) result = NULL;

  g_ptr_array_add (sessions, session);
  tc_store_save_sessions_async (fixture->store, sessions, NULL, on_result, &result);
  wait_for (&result);
  g_assert_true (tc_store_save_sessions_finish (fixture->store, result, NULL));
}

static JsonArray *
load_verdicts (Fixture *fixture,
               guint64  session_id)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = NULL;

  tc_store_load_records_async (fixture->store, "verdicts", session_id, NULL, on_result, &result);
  wait_for (&result);
  node = tc_store_load_records_finish (fixture->store, result, &error);
  g_assert_no_error (error);

  return json_node_dup_array (node);
}

static void
add_verdict (Fixture   *fixture,
             TcVerdict *verdict)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  gint64 id;

  tc_store_add_verdict_async (fixture->store, verdict, NULL, on_result, &result);
  tc_verdict_free (verdict);
  wait_for (&result);
  g_assert_true (tc_store_add_verdict_finish (fixture->store, result, &id, &error));
  g_assert_no_error (error);
  g_assert_cmpint (id, >, 0);
}

static TcVerdict *
new_verdict (guint64 session_id,
             guint   epoch)
{
  TcVerdict *verdict = tc_verdict_new (session_id, 2, epoch);

  verdict->at_us = NOW_US;
  verdict->provider = g_strdup ("xai");
  verdict->model = g_strdup ("grok-4");

  return verdict;
}

static void
test_verdicts (Fixture       *fixture,
               gconstpointer  data)
{
  static const guint parts[] = { 30, 20, 10, 5 };
  TcVerdict *verdict;
  g_autoptr(TcVerdict) first = NULL;
  g_autoptr(TcVerdict) second = NULL;
  g_autoptr(JsonArray) loaded = NULL;

  save (fixture, 1);
  save (fixture, 2);
  verdict = new_verdict (1, 20);
  memcpy (verdict->parts, parts, sizeof parts);
  verdict->score = 65;
  verdict->status = TC_VERDICT_REVIEW;
  verdict->action = TC_VERDICT_ACTION_PAUSE;
  verdict->recommendation = g_strdup ("Look at it");
  verdict->note = g_strdup ("It said 66");
  verdict->cost = 0;
  add_verdict (fixture, verdict);
  verdict = new_verdict (1, 40);
  verdict->error = g_strdup ("Nobody there");
  add_verdict (fixture, verdict);
  add_verdict (fixture, new_verdict (2, 7));
  close_store (fixture);
  open_store (fixture);

  loaded = load_verdicts (fixture, 1);
  g_assert_cmpuint (json_array_get_length (loaded), ==, 2);
  first = tc_verdict_from_json (json_array_get_object_element (loaded, 0));
  g_assert_cmpmem (first->parts, sizeof first->parts, parts, sizeof parts);
  g_assert_cmpuint (first->session_id, ==, 1);
  g_assert_cmpuint (first->attempt, ==, 2);
  g_assert_cmpuint (first->epoch, ==, 20);
  g_assert_cmpint (first->at_us, ==, NOW_US);
  g_assert_cmpstr (first->provider, ==, "xai");
  g_assert_cmpstr (first->model, ==, "grok-4");
  g_assert_cmpuint (first->score, ==, 65);
  g_assert_cmpstr (tc_verdict_get_grade (first), ==, "D");
  g_assert_cmpint (first->status, ==, TC_VERDICT_REVIEW);
  g_assert_cmpint (first->action, ==, TC_VERDICT_ACTION_PAUSE);
  g_assert_cmpstr (first->recommendation, ==, "Look at it");
  g_assert_cmpstr (first->note, ==, "It said 66");
  g_assert_cmpint (first->cost, ==, 0);
  g_assert_null (first->error);
  second = tc_verdict_from_json (json_array_get_object_element (loaded, 1));
  g_assert_cmpstr (second->error, ==, "Nobody there");
  g_assert_null (tc_verdict_get_grade (second));
  g_assert_cmpint (second->cost, <, 0);
  g_assert_null (second->note);
}

/* They go with their session. */
static void
test_removed (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GAsyncResult) late = NULL;
  g_autoptr(JsonArray) left = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcVerdict) verdict = new_verdict (1, 5);
  gint64 id;

  save (fixture, 1);
  add_verdict (fixture, new_verdict (1, 1));
  tc_store_remove_session_async (fixture->store, 1, NULL, on_result, &result);
  wait_for (&result);
  g_assert_true (tc_store_remove_session_finish (fixture->store, result, NULL));
  left = load_verdicts (fixture, 0);
  g_assert_cmpuint (json_array_get_length (left), ==, 0);

  tc_store_add_verdict_async (fixture->store, verdict, NULL, on_result, &late);
  wait_for (&late);
  g_assert_false (tc_store_add_verdict_finish (fixture->store, late, &id, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_NOT_FOUND);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add ("/tc/store/verdicts", Fixture, NULL, set_up, test_verdicts, tear_down);
  g_test_add ("/tc/store/verdicts-removed", Fixture, NULL, set_up, test_removed, tear_down);

  return g_test_run ();
}
