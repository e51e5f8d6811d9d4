/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Who may make a call, and what is said when money runs out. */

#include "config.h"

#include "ledger-fixture.h"
#include "tc-error.h"
#include "tc-json.h"

#define N_PARALLEL 64

static void
assert_refused (Fixture            *fixture,
                const TcLedgerCall *call,
                const char         *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (hold (fixture, call, &error), ==, 0);
  g_assert_error (error, TC_ERROR, TC_ERROR_PERMISSION);
  if (g_strstr_len (error->message, -1, words) == NULL)
    g_error ("“%s” does not say “%s”", error->message, words);
}

static void
test_hold_settle (Fixture       *fixture,
                  gconstpointer  data)
{
  guint64 call = must_hold (fixture, 17, 5 * CENT);

  g_assert_cmpint (get_room (fixture, 17).left, ==, TC_MONEY_UNKNOWN);
  g_assert_cmpint (get_room (fixture, 17).held, ==, 5 * CENT);
  g_assert_cmpint (get_room (fixture, 17).spent, ==, 0);

  settle (fixture, call, 2 * CENT);
  g_assert_cmpint (get_room (fixture, 17).held, ==, 0);
  g_assert_cmpint (get_room (fixture, 17).spent, ==, 2 * CENT);
  g_assert_cmpint (fixture->spent, ==, 2 * CENT);

  /* Whoever settles or releases twice changes nothing. */
  settle (fixture, call, 2 * CENT);
  tc_ledger_release (fixture->ledger, call, 500, NULL);
  g_assert_cmpint (get_room (fixture, 17).spent, ==, 2 * CENT);
  g_assert_cmpuint (fixture->n_spent, ==, 1);

  call = must_hold (fixture, 17, 5 * CENT);
  tc_ledger_release (fixture->ledger, call, 500, "the provider failed");
  g_assert_cmpint (get_room (fixture, 17).held, ==, 0);
  g_assert_cmpint (get_room (fixture, 17).spent, ==, 2 * CENT);
  g_assert_cmpint (get_room (fixture, 18).spent, ==, 0);
}

typedef struct
{
  guint64 ids[N_PARALLEL];
  guint   n_held;
  guint   n_refused;
} Burst;

static void
on_burst_hold (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  Burst *burst = user_data;
  g_autoptr (GError) error = NULL;
  guint64 id = tc_ledger_hold_finish (TC_LEDGER (source), result, &error);

  if (id != 0)
    burst->ids[burst->n_held++] = id;
  else
    {
      g_assert_error (error, TC_ERROR, TC_ERROR_PERMISSION);
      burst->n_refused++;
    }
}

/* L16: 64 calls at once at the cap. */
static void
test_parallel (Fixture       *fixture,
               gconstpointer  data)
{
  Burst burst = { { 0 }, 0, 0 };
  TcLedgerCall call = make_call (17, 10 * CENT);

  set_budget (fixture, "month", DOLLAR);
  for (guint i = 0; i < N_PARALLEL; i++)
    tc_ledger_hold_async (fixture->ledger, &call, NULL, on_burst_hold, &burst);
  while (burst.n_held + burst.n_refused < N_PARALLEL)
    g_main_context_iteration (NULL, TRUE);

  g_assert_cmpuint (burst.n_held, ==, 10);
  g_assert_cmpint (get_room (fixture, 17).held, ==, DOLLAR);
  g_assert_cmpint (get_room (fixture, 17).left, ==, 0);

  /* What calls did not use is there for the next. */
  for (guint i = 0; i < burst.n_held; i++)
    settle (fixture, burst.ids[i], 4 * CENT);
  g_assert_cmpint (get_room (fixture, 17).left, ==, 60 * CENT);
  for (guint i = 0; i < 6; i++)
    must_hold (fixture, 17, 10 * CENT);
  assert_refused (fixture, &call, "budget of November 2026");
}

static void
test_session_limit (Fixture       *fixture,
                    gconstpointer  data)
{
  TcLedgerCall call = make_call (17, 30 * CENT);
  TcLedgerRoom room;
  g_autoptr (GError) error = NULL;

  call.session_limit = 50 * CENT;
  settle (fixture, hold (fixture, &call, &error), 30 * CENT);
  g_assert_no_error (error);
  assert_refused (fixture, &call, "budget of session 17 is $0.50: $0.30 of it is spent");

  tc_ledger_get_room (fixture->ledger, 17, "xai", call.session_limit, &room);
  g_assert_cmpint (room.left, ==, 20 * CENT);

  /* Raised, it goes on; another session has its own. */
  call.session_limit = DOLLAR;
  g_assert_cmpuint (hold (fixture, &call, NULL), !=, 0);
  call.session_id = 18;
  call.session_limit = 30 * CENT;
  g_assert_cmpuint (hold (fixture, &call, NULL), !=, 0);
}

static void
test_provider_budget (Fixture       *fixture,
                      gconstpointer  data)
{
  TcLedgerCall call = make_call (17, 30 * CENT);

  set_budget (fixture, "xai", 20 * CENT);
  assert_refused (fixture, &call, "budget for xai of November 2026");
  call.provider = "openai";
  g_assert_cmpuint (hold (fixture, &call, NULL), !=, 0);
  set_budget (fixture, "xai", TC_MONEY_UNKNOWN);
  call.provider = "xai";
  g_assert_cmpuint (hold (fixture, &call, NULL), !=, 0);
}

/* L10: what costs nothing goes on when everything is spent. */
static void
test_free (Fixture       *fixture,
           gconstpointer  data)
{
  TcLedgerCall call = make_call (17, 0);
  guint64 id;

  set_budget (fixture, "month", DOLLAR);
  settle (fixture, must_hold (fixture, 17, DOLLAR), DOLLAR);
  assert_refused (fixture, &call, "budget of November 2026");

  call.is_free = TRUE;
  call.session_limit = 0;
  id = hold (fixture, &call, NULL);
  g_assert_cmpuint (id, !=, 0);
  settle (fixture, id, 0);
  g_assert_cmpint (get_room (fixture, 17).spent, ==, DOLLAR);
}

static void
test_unknown_price (Fixture       *fixture,
                    gconstpointer  data)
{
  TcLedgerCall call = make_call (17, TC_MONEY_UNKNOWN);
  guint64 id;

  set_budget (fixture, "month", DOLLAR);
  id = hold (fixture, &call, NULL);
  g_assert_cmpuint (id, !=, 0);
  g_assert_cmpint (get_room (fixture, 17).left, ==, DOLLAR);
  settle (fixture, id, TC_MONEY_UNKNOWN);
  g_assert_cmpint (get_room (fixture, 17).spent, ==, 0);
  g_assert_cmpuint (get_room (fixture, 17).n_unknown, ==, 1);
  g_assert_cmpuint (fixture->n_spent, ==, 0);

  settle (fixture, must_hold (fixture, 17, DOLLAR), DOLLAR);
  assert_refused (fixture, &call, "nobody knows how much");
}

/* A new month has its whole budget; what was held before it is of the old one. */
static void
test_month (Fixture       *fixture,
            gconstpointer  data)
{
  TcLedgerCall call = make_call (17, 60 * CENT);
  guint64 late;

  set_budget (fixture, "month", DOLLAR);
  fixture_set_date (fixture, "2026-11-30T23:59:00Z");
  settle (fixture, must_hold (fixture, 17, 30 * CENT), 30 * CENT);
  late = must_hold (fixture, 17, 60 * CENT);
  assert_refused (fixture, &call, "November 2026");

  fixture_set_date (fixture, "2026-12-01T00:01:00Z");
  g_assert_cmpint (get_room (fixture, 17).left, ==, DOLLAR);
  settle (fixture, must_hold (fixture, 17, 60 * CENT), 50 * CENT);
  settle (fixture, late, 60 * CENT);
  g_assert_cmpint (get_room (fixture, 17).left, ==, 50 * CENT);
  assert_refused (fixture, &call, "December 2026");

  /* Also when the clock goes back, and after a restart. */
  fixture_set_date (fixture, "2026-11-30T23:00:00Z");
  g_assert_cmpint (get_room (fixture, 17).left, ==, 10 * CENT);
  fixture_reopen (fixture);
  g_assert_cmpint (get_room (fixture, 17).left, ==, 10 * CENT);
  fixture_set_date (fixture, "2026-12-31T23:59:00Z");
  g_assert_cmpint (get_room (fixture, 17).left, ==, 50 * CENT);
  g_assert_cmpint (get_room (fixture, 17).spent, ==, 140 * CENT);
}

/* The month is the user's: in Tokyo it is December nine hours earlier. */
static void
test_time_zone (Fixture       *fixture,
                gconstpointer  data)
{
  set_budget (fixture, "month", DOLLAR);
  fixture_set_date (fixture, "2026-11-30T14:59:00Z");
  settle (fixture, must_hold (fixture, 17, 80 * CENT), 80 * CENT);
  g_assert_cmpint (get_room (fixture, 17).left, ==, 20 * CENT);
  fixture_set_date (fixture, "2026-11-30T15:01:00Z");
  g_assert_cmpint (get_room (fixture, 17).left, ==, DOLLAR);
}

static void
assert_alerts (Fixture    *fixture,
               const char *wanted)
{
  g_autofree char *said = NULL;

  g_ptr_array_add (fixture->alerts, NULL);
  said = g_strjoinv (", ", (char **) fixture->alerts->pdata);
  g_ptr_array_set_size (fixture->alerts, 0);
  g_assert_cmpstr (said, ==, wanted);
}

static void
test_alerts (Fixture       *fixture,
             gconstpointer  data)
{
  set_budget (fixture, "month", DOLLAR);
  settle (fixture, must_hold (fixture, 17, 79 * CENT), 79 * CENT);
  assert_alerts (fixture, "");
  settle (fixture, must_hold (fixture, 17, CENT), CENT);
  assert_alerts (fixture, "month 80 0");
  settle (fixture, must_hold (fixture, 17, CENT), CENT);
  fixture_reopen (fixture);
  settle (fixture, must_hold (fixture, 17, CENT), CENT);
  assert_alerts (fixture, "");
  settle (fixture, must_hold (fixture, 17, 18 * CENT), 18 * CENT);
  assert_alerts (fixture, "month 100 0");
  fixture_reopen (fixture);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  assert_alerts (fixture, "");

  /* A raised budget is a new one, and so is the next month's. */
  set_budget (fixture, "month", 120 * CENT);
  assert_alerts (fixture, "month 80 0");
  fixture_set_date (fixture, "2026-12-01T12:00:00Z");
  settle (fixture, must_hold (fixture, 17, 120 * CENT), 120 * CENT);
  assert_alerts (fixture, "month 100 0");
}

static void
test_alert_scopes (Fixture       *fixture,
                   gconstpointer  data)
{
  TcLedgerCall call = make_call (17, 45 * CENT);

  call.session_limit = 50 * CENT;
  set_budget (fixture, "xai", 50 * CENT);
  settle (fixture, hold (fixture, &call, NULL), 45 * CENT);
  assert_alerts (fixture, "session 80 17, xai 80 0");

  /* The last cents are never spent: with a call refused, it is used up. */
  call.hold = 10 * CENT;
  assert_refused (fixture, &call, "session 17");
  assert_refused (fixture, &call, "session 17");
  assert_alerts (fixture, "session 100 17, xai 100 0");
}

/* One large call that does not fit says nothing about the budget. */
static void
test_no_alert (Fixture       *fixture,
               gconstpointer  data)
{
  TcLedgerCall call = make_call (17, 2 * DOLLAR);

  set_budget (fixture, "month", DOLLAR);
  assert_refused (fixture, &call, "budget of November 2026 is $1.00");
  assert_alerts (fixture, "");
  set_budget (fixture, "month", 0);
  assert_refused (fixture, &call, "budget of November 2026 is $0.00");
  assert_alerts (fixture, "month 100 0");
}

/* Whoever gives up before the answer leaves nothing held. */
static void
on_cancelled (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (tc_ledger_hold_finish (TC_LEDGER (source), result, &error), ==, 0);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  *(gboolean *) user_data = TRUE;
}

static void
test_cancel (Fixture       *fixture,
             gconstpointer  data)
{
  TcLedgerCall call = make_call (17, CENT);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gboolean is_done = FALSE;

  tc_ledger_hold_async (fixture->ledger, &call, cancellable, on_cancelled, &is_done);
  g_assert_cmpint (get_room (fixture, 17).held, ==, CENT);
  g_cancellable_cancel (cancellable);
  while (!is_done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (get_room (fixture, 17).held, ==, 0);
}

static void
on_bad_budget (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (tc_ledger_set_budget_finish (TC_LEDGER (source), result, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
  (*(guint *) user_data)--;
}

static void
test_bad_budget (Fixture       *fixture,
                 gconstpointer  data)
{
  guint n_waiting = 3;

  tc_ledger_set_budget_async (fixture->ledger, "", DOLLAR, on_bad_budget, &n_waiting);
  tc_ledger_set_budget_async (fixture->ledger, "no such thing", DOLLAR, on_bad_budget, &n_waiting);
  tc_ledger_set_budget_async (fixture->ledger, "month", -1, on_bad_budget, &n_waiting);
  while (n_waiting > 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_budgets_json (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *text = NULL;

  set_budget (fixture, "month", 20 * DOLLAR);
  set_budget (fixture, "claude", 5 * DOLLAR);
  settle (fixture, must_hold (fixture, 17, 3 * DOLLAR), 2 * DOLLAR + 1);
  must_hold (fixture, 17, DOLLAR);
  node = tc_ledger_budgets_to_json (fixture->ledger);
  text = tc_json_to_string (node, FALSE);
  g_assert_cmpstr (text, ==,
                   "{\"month\":\"2026-11\",\"budgets\":["
                   "{\"scope\":\"month\",\"limit_usd\":\"20.00\",\"spent_usd\":\"2.000001\","
                   "\"held_usd\":\"1.00\",\"left_usd\":\"16.999999\",\"n_unknown\":0},"
                   "{\"scope\":\"claude\",\"limit_usd\":\"5.00\",\"spent_usd\":\"0.00\","
                   "\"held_usd\":\"0.00\",\"left_usd\":\"5.00\",\"n_unknown\":0},"
                   "{\"scope\":\"xai\",\"limit_usd\":null,\"spent_usd\":\"2.000001\","
                   "\"held_usd\":\"1.00\",\"left_usd\":null,\"n_unknown\":0}]}");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

#define ADD(name, function) \
  g_test_add ("/tc/ledger/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  ADD ("hold-settle", test_hold_settle);
  ADD ("L16-parallel", test_parallel);
  ADD ("session-limit", test_session_limit);
  ADD ("provider-budget", test_provider_budget);
  ADD ("free", test_free);
  ADD ("unknown-price", test_unknown_price);
  ADD ("month", test_month);
  g_test_add ("/tc/ledger/time-zone", Fixture, "JST-9", fixture_set_up, test_time_zone, fixture_tear_down);
  ADD ("alerts", test_alerts);
  ADD ("alert-scopes", test_alert_scopes);
  ADD ("no-alert", test_no_alert);
  ADD ("cancel", test_cancel);
  ADD ("bad-budget", test_bad_budget);
  ADD ("budgets-json", test_budgets_json);

  return g_test_run ();
}
