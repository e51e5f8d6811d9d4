/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-client.h"
#include "tc-json.h"
#include "tc-run-records.h"

#define SESSION 7

/* What the engine tells while it trains. */
static void
tell (TcClient   *client,
      const char *kind,
      guint64     session_id,
      const char *text)
{
  g_autoptr(JsonObject) record = tc_json_parse_object (text, -1, TC_JSON_DEFAULT, NULL);

  g_assert_nonnull (record);
  g_signal_emit_by_name (client, "record", kind, session_id, record);
}

static JsonObject *
peek (TcRunRecords *records,
      guint         position)
{
  g_autoptr(TcRecord) record = g_list_model_get_item (G_LIST_MODEL (records), position);

  return tc_record_get_json (record);
}

/* A script that tells of a gate in its log and in its events has one, with all
 * that both said; in another attempt it is another. */
static void
test_gates (void)
{
  g_autoptr(TcPaths) paths = tc_paths_new_from_environment ();
  g_autoptr(TcClient) client = tc_client_new (paths, TC_CLIENT_DEFAULT);
  g_autoptr(TcRunRecords) records = tc_run_records_new (client, "gate", SESSION);

  tell (client, "gate", SESSION, "{\"id\":0,\"attempt\":1,\"epoch\":5,\"result\":\"warn\",\"text\":\"two tests\",\"report\":null}");
  tell (client, "gate", SESSION, "{\"id\":0,\"attempt\":1,\"epoch\":10,\"result\":\"pass\",\"text\":null,\"report\":null}");
  tell (client, "gate", SESSION, "{\"id\":0,\"attempt\":1,\"epoch\":5,\"result\":\"fail\",\"text\":null,\"report\":\"a.json\"}");
  tell (client, "gate", SESSION + 1, "{\"id\":0,\"attempt\":1,\"epoch\":20,\"result\":\"pass\"}");
  tell (client, "event", SESSION, "{\"id\":0,\"text\":\"no gate\"}");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (records)), ==, 2);
  g_assert_cmpstr (tc_json_get_string (peek (records, 0), "result", ""), ==, "fail");
  g_assert_cmpstr (tc_json_get_string (peek (records, 0), "text", ""), ==, "two tests");
  g_assert_cmpstr (tc_json_get_string (peek (records, 0), "report", ""), ==, "a.json");
  g_assert_cmpint (tc_json_get_int (peek (records, 1), "epoch", 0), ==, 10);

  tell (client, "gate", SESSION, "{\"id\":0,\"attempt\":2,\"epoch\":5,\"result\":\"pass\"}");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (records)), ==, 3);
}

/* Events are told once each, and equal ones are two. */
static void
test_events (void)
{
  g_autoptr(TcPaths) paths = tc_paths_new_from_environment ();
  g_autoptr(TcClient) client = tc_client_new (paths, TC_CLIENT_DEFAULT);
  g_autoptr(TcRunRecords) records = tc_run_records_new (client, "event", SESSION);

  tell (client, "event", SESSION, "{\"id\":0,\"attempt\":1,\"epoch\":5,\"text\":\"paused\"}");
  tell (client, "event", SESSION, "{\"id\":0,\"attempt\":1,\"epoch\":5,\"text\":\"paused\"}");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (records)), ==, 2);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/tc/run-records/gates", test_gates);
  g_test_add_func ("/tc/run-records/events", test_events);

  return g_test_run ();
}
