/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-client-mirror.h"
#include "tc-json.h"

static JsonObject *
session_json (guint64 id,
              double  position,
              guint   epoch)
{
  g_autofree char *json = g_strdup_printf ("{\"session_id\":\"%" G_GUINT64_FORMAT "\",\"status\":\"queued\","
                                           "\"position\":%d,\"epoch\":%u,\"config\":{}}", id, (int) position, epoch);

  return tc_json_parse_object (json, -1, TC_JSON_DEFAULT, NULL);
}

static void
put (TcQueue *queue,
     guint64  id,
     double   position,
     guint    epoch)
{
  g_autoptr(JsonObject) object = session_json (id, position, epoch);

  tc_client_mirror_session (queue, object);
}

static void
assert_order (TcQueue    *queue,
              const char *wanted)
{
  g_autoptr(GString) seen = g_string_new (NULL);

  for (guint i = 0; i < tc_queue_get_n (queue); i++)
    g_string_append_printf (seen, "%" G_GUINT64_FORMAT " ", tc_session_get_id (tc_queue_peek (queue, i)));
  g_assert_cmpstr (seen->str, ==, wanted);
}

static void
test_sessions (void)
{
  g_autoptr(TcQueue) queue = tc_queue_new ();
  TcSession *second;

  put (queue, 2, 2, 0);
  put (queue, 1, 1, 0);
  put (queue, 3, 3, 0);
  assert_order (queue, "1 2 3 ");

  /* The object stays, so that a row that shows it does. */
  second = tc_queue_lookup (queue, 2);
  put (queue, 2, 2, 7);
  g_assert_true (tc_queue_lookup (queue, 2) == second);
  g_assert_cmpuint (tc_session_get_progress (second)->epoch, ==, 7);

  tc_client_mirror_remove (queue, 1);
  tc_client_mirror_remove (queue, 99);
  assert_order (queue, "2 3 ");
}

static void
test_moves (void)
{
  g_autoptr(TcQueue) queue = tc_queue_new ();

  for (guint64 id = 1; id <= 4; id++)
    put (queue, id, 10 * id, 0);
  put (queue, 4, 5, 0);
  assert_order (queue, "4 1 2 3 ");
  put (queue, 4, 25, 0);
  assert_order (queue, "1 2 4 3 ");
  put (queue, 1, 100, 0);
  assert_order (queue, "2 4 3 1 ");
  g_assert_cmpfloat (tc_session_get_position (tc_queue_lookup (queue, 1)), ==, 100);
}

static void
test_load (void)
{
  g_autoptr(TcQueue) queue = tc_queue_new ();
  g_autoptr(JsonArray) sessions = json_array_new ();
  TcSession *kept;

  put (queue, 1, 1, 0);
  put (queue, 2, 2, 0);
  kept = tc_queue_lookup (queue, 2);
  json_array_add_object_element (sessions, session_json (2, 2, 5));
  json_array_add_object_element (sessions, session_json (3, 1, 0));
  json_array_add_string_element (sessions, "no session");
  tc_client_mirror_load (queue, sessions);

  assert_order (queue, "3 2 ");
  g_assert_true (tc_queue_lookup (queue, 2) == kept);
}

static void
test_damaged (void)
{
  g_autoptr(TcQueue) queue = tc_queue_new ();
  g_autoptr(JsonObject) object = tc_json_parse_object ("{\"session_id\":\"1\",\"status\":\"dancing\",\"config\":{}}", -1,
                                                       TC_JSON_DEFAULT, NULL);

  g_test_expect_message ("tc-client", G_LOG_LEVEL_WARNING, "*no session*");
  tc_client_mirror_session (queue, object);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (tc_queue_get_n (queue), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tc/client-mirror/sessions", test_sessions);
  g_test_add_func ("/tc/client-mirror/moves", test_moves);
  g_test_add_func ("/tc/client-mirror/load", test_load);
  g_test_add_func ("/tc/client-mirror/damaged", test_damaged);

  return g_test_run ();
}
