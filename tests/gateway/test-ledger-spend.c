/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What was spent on what. L15: the sums are those of the provider. */

#include "config.h"

#include "ledger-fixture.h"
#include "tc-error.h"
#include "tc-json.h"

static void
end (Fixture      *fixture,
     guint64       call,
     TcMoney       cost,
     TcCostSource  source)
{
  TcUsage usage = { 1000, 200, 30, 50, TC_MONEY_UNKNOWN, source != TC_COST_ESTIMATED };

  tc_ledger_settle (fixture->ledger, call, 200, &usage, cost, source);
}

/* One call of every kind of end. */
static void
make_calls (Fixture *fixture)
{
  TcLedgerCall call = make_call (17, 10 * DOLLAR);

  end (fixture, must_hold (fixture, 17, DOLLAR), 10 * CENT, TC_COST_EXACT);
  end (fixture, must_hold (fixture, 17, DOLLAR), 20 * CENT, TC_COST_COMPUTED);
  end (fixture, must_hold (fixture, 17, DOLLAR), 30 * CENT, TC_COST_ESTIMATED);
  end (fixture, must_hold (fixture, 17, TC_MONEY_UNKNOWN), TC_MONEY_UNKNOWN, TC_COST_UNKNOWN);
  tc_ledger_release (fixture->ledger, must_hold (fixture, 17, DOLLAR), 429, "Slow down");
  tc_ledger_release (fixture->ledger, must_hold (fixture, 17, DOLLAR), 529, "Overloaded");
  must_hold (fixture, 18, 40 * CENT);
  fixture_reopen (fixture);

  fixture_set_date (fixture, "2026-11-23T12:00:00Z");
  must_hold (fixture, 18, 50 * CENT);
  set_budget (fixture, "month", 5 * DOLLAR);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (hold (fixture, &call, NULL), ==, 0);
}

static void
assert_sums (JsonObject *sums,
             const char *wanted)
{
  static const char *const counts[] = { "calls", "n_held", "released", "refused", "n_unknown" };
  static const char *const money[] = { "cost_usd", "exact_usd", "computed_usd", "estimated_usd",
                                       "unsettled_usd", "held_usd" };
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_nonnull (sums);
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? " " : "", tc_json_get_int (sums, counts[i], -1));
  for (guint i = 0; i < G_N_ELEMENTS (money); i++)
    g_string_append_printf (text, " %s", tc_json_get_string (sums, money[i], "missing"));
  g_assert_cmpstr (text->str, ==, wanted);
}

static void
test_groups (Fixture       *fixture,
             gconstpointer  data)
{
  static const struct { const char *by, *member, *name, *sums; } cases[] = {
    { "provider", "provider", "xai", "6 1 2 3 1 1.00 0.10 0.20 0.30 0.40 0.50" },
    { "model", "model", "grok-code-fast-1", "6 1 2 3 1 1.00 0.10 0.20 0.30 0.40 0.50" },
    { "key", "key_id", "3", "6 1 2 3 1 1.00 0.10 0.20 0.30 0.40 0.50" },
    { "session", "session_id", "17", "4 0 2 3 1 0.60 0.10 0.20 0.30 0.00 0.00" },
    { "session", "session_id", "18", "2 1 0 0 0 0.40 0.00 0.00 0.00 0.40 0.50" },
    { "day", "day", "2026-11-22", "5 0 2 0 1 1.00 0.10 0.20 0.30 0.40 0.00" },
    { "day", "day", "2026-11-23", "1 1 0 3 0 0.00 0.00 0.00 0.00 0.00 0.50" },
  };

  make_calls (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (JsonNode) spend = load_spend (fixture, cases[i].by, 0);

      g_assert_cmpstr (tc_json_get_string (json_node_get_object (spend), "by", NULL), ==, cases[i].by);
      assert_sums (find_group (spend, cases[i].member, cases[i].name), cases[i].sums);
      assert_sums (tc_json_get_object (json_node_get_object (spend), "total"),
                   "6 1 2 3 1 1.00 0.10 0.20 0.30 0.40 0.50");
    }
}

static void
test_tokens (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (JsonNode) spend = NULL;
  JsonObject *total;

  make_calls (fixture);
  spend = load_spend (fixture, "provider", 17);
  total = tc_json_get_object (json_node_get_object (spend), "total");
  g_assert_cmpint (tc_json_get_int (total, "input_tokens", -1), ==, 4000);
  g_assert_cmpint (tc_json_get_int (total, "cache_read_tokens", -1), ==, 800);
  g_assert_cmpint (tc_json_get_int (total, "cache_write_tokens", -1), ==, 120);
  g_assert_cmpint (tc_json_get_int (total, "output_tokens", -1), ==, 200);
  assert_sums (total, "4 0 2 3 1 0.60 0.10 0.20 0.30 0.00 0.00");
}

static void
test_calls (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (JsonNode) spend = NULL;
  JsonArray *calls;
  JsonObject *newest, *oldest;

  make_calls (fixture);
  spend = load_spend (fixture, "call", 0);
  calls = tc_json_get_array (json_node_get_object (spend), "calls");
  g_assert_cmpuint (json_array_get_length (calls), ==, 9);
  newest = json_array_get_object_element (calls, 0);
  g_assert_cmpstr (tc_json_get_string (newest, "state", NULL), ==, "refused");
  g_assert_cmpint (tc_json_get_int (newest, "times", 0), ==, 3);
  g_assert_cmpint (tc_json_get_int (newest, "status", 0), ==, 402);
  g_assert_nonnull (tc_json_get_string (newest, "why", NULL));
  oldest = json_array_get_object_element (calls, 8);
  g_assert_cmpstr (tc_json_get_string (oldest, "state", NULL), ==, "settled");
  g_assert_cmpstr (tc_json_get_string (oldest, "cost_usd", NULL), ==, "0.10");
  g_assert_cmpstr (tc_json_get_string (oldest, "source", NULL), ==, "exact");
  g_assert_cmpstr (tc_json_get_string (oldest, "session_id", NULL), ==, "17");
  g_assert_cmpint (tc_json_get_int (oldest, "input_tokens", 0), ==, 1000);

  /* What nobody knows is null, never 0. */
  oldest = json_array_get_object_element (calls, 5);
  g_assert_true (JSON_NODE_HOLDS_NULL (json_object_get_member (oldest, "cost_usd")));
}

static void
on_refused (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (tc_ledger_load_spend_finish (TC_LEDGER (source), result, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
  *(gboolean *) user_data = TRUE;
}

static void
test_unknown_grouping (Fixture       *fixture,
                       gconstpointer  data)
{
  gboolean is_done = FALSE;

  tc_ledger_load_spend_async (fixture->ledger, "colour", 0, 0, 0, on_refused, &is_done);
  while (!is_done)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_empty (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (JsonNode) spend = load_spend (fixture, "day", 0);

  assert_sums (tc_json_get_object (json_node_get_object (spend), "total"),
               "0 0 0 0 0 0.00 0.00 0.00 0.00 0.00 0.00");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, function) \
  g_test_add ("/tc/ledger-spend/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  ADD ("L15-groups", test_groups);
  ADD ("tokens", test_tokens);
  ADD ("calls", test_calls);
  ADD ("unknown-grouping", test_unknown_grouping);
  ADD ("empty", test_empty);

  return g_test_run ();
}
