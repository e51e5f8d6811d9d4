/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-error.h"
#include "tc-json.h"
#include "tc-session-config.h"

static TcSessionConfig *
parse (const char  *text,
       GError     **error)
{
  g_autoptr(JsonObject) object = tc_json_parse_object (text, -1, TC_JSON_DEFAULT, NULL);

  g_assert_nonnull (object);

  return tc_session_config_from_json (object, error);
}

static void
test_defaults (void)
{
  g_autoptr(TcSessionConfig) config = parse ("{}", NULL);
  g_autofree char *title = NULL;

  g_assert_nonnull (config);
  g_assert_cmpuint (config->epochs, ==, 200);
  g_assert_cmpstr (config->provider, ==, "none");
  g_assert_cmpint (config->budget, ==, TC_BUDGET_NONE);
  g_assert_cmpuint (tc_session_config_get_phase (config), ==, 1);
  title = tc_session_config_dup_title (config);
  g_assert_cmpstr (title, ==, "English Mastery → helix-100m");
}

static void
test_round_trip (void)
{
  const char *text = "{\"title\":\"A <b>\",\"provider\":\"xai\",\"model\":\"grok-4.7\","
    "\"corpus\":\"translation\",\"corpus_file\":\"/c.md\",\"target\":\"helix-1m\",\"epochs\":50,"
    "\"seed\":7,\"script\":\"/s.py\",\"workdir\":\"/w\",\"resume_from\":\"/p\","
    "\"settings\":{\"lr\":\"0.1\",\"batch-size\":\"8\"},\"environment\":{\"A\":\"b\"},"
    "\"budget_usd\":\"5.25\",\"after\":\"16\",\"grace_seconds\":3,\"auto_stop\":true,"
    "\"key\":\"4\",\"policy\":\"pause\",\"verdict_every\":7}";
  g_autoptr(TcSessionConfig) first = parse (text, NULL);
  g_autoptr(TcSessionConfig) copy = tc_session_config_copy (first);
  g_autoptr(JsonNode) node = tc_session_config_to_json (copy);
  g_autoptr(TcSessionConfig) second = tc_session_config_from_json (json_node_get_object (node), NULL);
  TcSetting *setting;

  g_assert_nonnull (second);
  g_assert_cmpstr (second->title, ==, "A <b>");
  g_assert_cmpuint (tc_session_config_get_phase (second), ==, 3);
  g_assert_cmpint (second->budget, ==, 5250000);
  g_assert_cmpuint (second->after, ==, 16);
  g_assert_cmpuint (second->grace_seconds, ==, 3);
  g_assert_true (second->auto_stop);
  g_assert_cmpuint (second->key_id, ==, 4);
  g_assert_cmpstr (second->policy, ==, "pause");
  g_assert_cmpuint (second->verdict_every, ==, 7);
  g_assert_cmpint (second->seed, ==, 7);
  g_assert_cmpuint (second->settings->len, ==, 2);
  setting = g_ptr_array_index (second->settings, 0);
  g_assert_cmpstr (setting->key, ==, "lr");
  g_assert_cmpstr (setting->value, ==, "0.1");
}

static void
test_refusals (void)
{
  const char *bad[] = {
    "{\"epochs\":0}", "{\"epochs\":501}", "{\"epochs\":\"5\"}", "{\"epochs\":1.5}",
    "{\"corpus\":\"latin\"}", "{\"corpus\":7}", "{\"colour\":\"red\"}",
    "{\"provider\":\"a b\"}", "{\"provider\":\"\"}", "{\"target\":\"-x\"}",
    "{\"script\":\"/a\",\"command\":\"b\"}", "{\"budget_usd\":\"five\"}", "{\"budget_usd\":5}",
    "{\"after\":\"x\"}", "{\"after\":0}", "{\"after\":-1}", "{\"grace_seconds\":-1}",
    "{\"settings\":[]}", "{\"settings\":{\"lr\":1}}", "{\"settings\":{\"--lr\":\"1\"}}",
    "{\"environment\":{\"\":\"1\"}}", "{\"seed\":-2}",
    "{\"key\":\"mine\"}", "{\"key\":0}", "{\"policy\":\"kill\"}", "{\"verdict_every\":-1}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(TcSessionConfig) config = parse (bad[i], &error);

      if (config != NULL)
        g_error ("accepted: %s", bad[i]);
      g_assert_nonnull (error);
      g_assert_cmpuint (error->domain, ==, TC_ERROR);
    }
}

static void
test_after_as_number (void)
{
  g_autoptr(TcSessionConfig) config = parse ("{\"after\":12}", NULL);

  g_assert_nonnull (config);
  g_assert_cmpuint (config->after, ==, 12);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tc/session-config/defaults", test_defaults);
  g_test_add_func ("/tc/session-config/round-trip", test_round_trip);
  g_test_add_func ("/tc/session-config/refusals", test_refusals);
  g_test_add_func ("/tc/session-config/after-as-number", test_after_as_number);

  return g_test_run ();
}
