/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The pure parts of the API: bodies, CSV, batches, the kernel's table. */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "tc-api-batch.h"
#include "tc-api-body.h"
#include "tc-api-csv.h"
#include "tc-api-peer.h"
#include "tc-error.h"
#include "tc-json.h"
#include "tc-point.h"

static JsonObject *
object (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonObject *result = tc_json_parse_object (text, -1, TC_JSON_DEFAULT, &error);

  g_assert_no_error (error);
  return result;
}

static void
test_configs (void)
{
  g_autoptr (JsonObject) one = object ("{\"epochs\":5}");
  g_autoptr (JsonObject) three = object ("{\"sessions\":[{},{\"corpus\":\"hlx\"},{}],\"chain\":true}");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) configs = NULL;
  TcSessionConfig *config;
  gboolean chain = TRUE;

  configs = tc_api_body_to_configs (one, &chain, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (configs->len, ==, 1);
  g_assert_false (chain);
  config = g_ptr_array_index (configs, 0);
  g_assert_cmpuint (config->epochs, ==, 5);

  g_clear_pointer (&configs, g_ptr_array_unref);
  configs = tc_api_body_to_configs (three, &chain, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (configs->len, ==, 3);
  g_assert_true (chain);
  config = g_ptr_array_index (configs, 1);
  g_assert_cmpstr (config->corpus, ==, "hlx");
}

static void
test_bad_configs (void)
{
  static const struct
  {
    const char *body;
    const char *names;
  } cases[] = {
    { "{\"epoch\":5}", "epoch" },
    { "{\"sessions\":{}}", "sessions" },
    { "{\"sessions\":[]}", "sessions" },
    { "{\"sessions\":null}", "sessions" },
    { "{\"sessions\":[{}],\"chains\":true}", "chains" },
    { "{\"sessions\":[{}],\"chain\":\"yes\"}", "chain" },
    { "{\"sessions\":[{},{\"x\":1}]}", "Session 2" },
    { "{\"sessions\":[[]]}", "object" },
    { "{\"epochs\":501}", "epochs" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (JsonObject) body = object (cases[i].body);
      g_autoptr (GError) error = NULL;
      gboolean chain;

      g_assert_null (tc_api_body_to_configs (body, &chain, &error));
      g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, cases[i].names));
    }
}

static void
test_number (void)
{
  g_autoptr (JsonObject) good = object ("{\"port\":0}");
  static const char *const bad[] = {
    "{}", "{\"port\":-1}", "{\"port\":65536}", "{\"port\":1.5}", "{\"port\":\"1\"}",
    "{\"port\":null}", "{\"port\":[1]}", "{\"port\":1,\"host\":\"x\"}", "{\"port\":true}",
  };

  g_assert_cmpint (tc_api_body_to_number (good, "port", 0, 65535, NULL), ==, 0);
  g_assert_cmpint (tc_api_body_to_number (NULL, "port", 0, 65535, NULL), ==, -1);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (JsonObject) body = object (bad[i]);
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (tc_api_body_to_number (body, "port", 0, 65535, &error), ==, -1);
      g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
    }
}

static void
test_csv (void)
{
  g_autoptr (JsonObject) metrics = object (
    "{\"series\":{\"train_loss\":[[0,2.5],[0.5,\"NaN\"]],\"=cmd|'x'!A1\":[[1,\"-Infinity\"]],"
    "\"a \\\"b\\\",c\":[[1,1e-7]],\"empty\":[]}}");
  g_autofree char *text = tc_api_metrics_to_csv (metrics);

  g_assert_cmpstr (text, ==,
                   "series,x,value\r\n"
                   "\"train_loss\",0.0,2.5\r\n"
                   "\"train_loss\",0.5,NaN\r\n"
                   "\"'=cmd|'x'!A1\",1.0,-Infinity\r\n"
                   "\"a \"\"b\"\",c\",1.0,1e-07\r\n");
}

static const char *
session_to_json (TcSession *session,
                 gpointer   user_data)
{
  return "{}";
}

static void
test_batch (void)
{
  g_autoptr (TcSessionConfig) config = tc_session_config_new ();
  g_autoptr (TcSession) one = tc_session_new (1, config);
  g_autoptr (TcSession) two = tc_session_new (2, config);
  g_autoptr (TcSession) three = tc_session_new (3, config);
  g_autoptr (JsonNode) answer = NULL;
  g_autofree char *text = NULL;
  TcApiBatch batch;
  JsonArray *events;
  static const char *const types[] = { "session-changed", "session-added", "log",
                                       "session-removed", "queue" };

  tc_api_batch_init (&batch);
  g_assert_true (tc_api_batch_is_empty (&batch));
  tc_api_batch_add_session (&batch, two, TRUE);
  tc_api_batch_add_session (&batch, one, FALSE);
  tc_api_batch_add_session (&batch, two, FALSE);
  tc_api_batch_set_log (&batch, 1, 10);
  tc_api_batch_set_log (&batch, 1, 20);
  tc_api_batch_add_session (&batch, one, FALSE);
  tc_api_batch_add_session (&batch, three, TRUE);
  tc_api_batch_set_log (&batch, 3, 5);
  tc_api_batch_remove_session (&batch, 3);
  batch.has_queue = TRUE;
  g_assert_false (tc_api_batch_is_empty (&batch));

  text = tc_api_batch_to_text (&batch, TRUE, session_to_json, NULL);
  answer = tc_json_parse (text, -1, TC_JSON_DEFAULT, NULL);
  g_assert_nonnull (answer);
  events = tc_json_get_array (json_node_get_object (answer), "events");
  g_assert_cmpuint (json_array_get_length (events), ==, G_N_ELEMENTS (types));
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    g_assert_cmpstr (tc_json_get_string (json_array_get_object_element (events, i), "type", NULL),
                     ==, types[i]);
  g_assert_cmpint (tc_json_get_int (json_array_get_object_element (events, 2), "size", 0), ==, 20);

  tc_api_batch_reset (&batch);
  g_assert_true (tc_api_batch_is_empty (&batch));
  tc_api_batch_clear (&batch);
}

/* A name of a series comes from a script; it must not end the text it is in. */
static void
test_batch_names (void)
{
  g_autoptr (GArray) points = g_array_new (FALSE, TRUE, sizeof (TcPoint));
  TcPoint point = { .name = "a\"],[\"\\\n\xff", .x = 1e300, .value = 1.0 / 3 };
  g_autoptr (JsonNode) answer = NULL;
  g_autofree char *text = NULL;
  JsonArray *events, *first;
  TcApiBatch batch;

  g_array_append_val (points, point);
  tc_api_batch_init (&batch);
  tc_api_batch_add_points (&batch, 9, points);
  g_array_set_size (points, 0);
  tc_api_batch_add_points (&batch, 9, points);
  text = tc_api_batch_to_text (&batch, FALSE, session_to_json, NULL);
  answer = tc_json_parse (text, -1, TC_JSON_DEFAULT, NULL);
  g_assert_nonnull (answer);
  events = tc_json_get_array (json_node_get_object (answer), "events");
  g_assert_cmpuint (json_array_get_length (events), ==, 1);
  first = json_array_get_array_element (tc_json_get_array (
    json_array_get_object_element (events, 0), "points"), 0);
  g_assert_cmpstr (json_array_get_string_element (first, 0), ==, "a\"],[\"\\\n\357\277\275");
  g_assert_cmpfloat (json_array_get_double_element (first, 1), ==, 1e300);
  g_assert_cmpfloat (json_array_get_double_element (first, 2), ==, 1.0 / 3);
  tc_api_batch_clear (&batch);
}

static void
test_peer_table (void)
{
  const char *table =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    "   0: 0100007F:1388 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0\n"
    "   1: 0100007F:A000 0100007F:1388 01 00000000:00000000 00:00000000 00000000  1234        0 77 1 0 20 4 30 10 -1\n"
    "   2: 0100007F:A001 0100007F:1388 06 00000000:00000000 03:00001770 00000000     0        0 0 3 0\n";
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  int fd = g_file_open_tmp ("tc-peer-XXXXXX", &path, &error);
  uid_t uid = 99;

  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (path, table, -1, NULL));
  g_assert_true (tc_api_peer_find_in_table (path, "0100007F:A000", "0100007F:1388", &uid));
  g_assert_cmpuint (uid, ==, 1234);

  /* The other direction, an unknown one, and one that nobody owns any more. */
  g_assert_false (tc_api_peer_find_in_table (path, "0100007F:1388", "0100007F:A000", &uid));
  g_assert_false (tc_api_peer_find_in_table (path, "0100007F:A002", "0100007F:1388", &uid));
  g_assert_false (tc_api_peer_find_in_table (path, "0100007F:A001", "0100007F:1388", &uid));
  g_assert_false (tc_api_peer_find_in_table ("/nowhere", "x", "y", &uid));
  g_close (fd, NULL);
  g_unlink (path);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tc/api-body/configs", test_configs);
  g_test_add_func ("/tc/api-body/bad-configs", test_bad_configs);
  g_test_add_func ("/tc/api-body/number", test_number);
  g_test_add_func ("/tc/api-csv/text", test_csv);
  g_test_add_func ("/tc/api-batch/merge", test_batch);
  g_test_add_func ("/tc/api-batch/names", test_batch_names);
  g_test_add_func ("/tc/api-peer/table", test_peer_table);
  return g_test_run ();
}
