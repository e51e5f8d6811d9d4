/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-error.h"
#include "tc-money.h"

static void
test_parse (void)
{
  static const struct { const char *text; TcMoney amount; } good[] = {
    { "20", 20000000 }, { "$3.20", 3200000 }, { "0.000001", 1 }, { ".5", 500000 },
    { "5.", 5000000 }, { "0", 0 }, { "-0.5", -500000 }, { "-$1", -1000000 },
    { "  7 ", 7000000 }, { "0012", 12000000 }, { "1.2300000000", 1230000 },
    { "9223372036854.775807", G_MAXINT64 },
  };
  static const char *const bad[] = {
    "", " ", ".", "$", "-", "1.2.3", "1,000", "0x10", "1e3", "nan", "inf", "20 USD", "€5",
    "0.0000001", "9223372036854.775808", "9223372036855", "99999999999999999999", "--1",
    "$ 1", "1 2", "1\n2",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr(GError) error = NULL;
      TcMoney amount = -1;

      g_assert_true (tc_money_parse (good[i].text, &amount, &error));
      g_assert_no_error (error);
      g_assert_cmpint (amount, ==, good[i].amount);
    }

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;
      TcMoney amount = 42;

      g_assert_false (tc_money_parse (bad[i], &amount, &error));
      g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
      g_assert_cmpint (amount, ==, 42);
    }
}

static void
check_format (TcMoney     amount,
              const char *expected)
{
  g_autofree char *text = tc_money_format (amount);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_format (void)
{
  check_format (0, "$0.00");
  check_format (3200000, "$3.20");
  check_format (20000000, "$20.00");
  check_format (1, "$0.000001");
  check_format (1230000, "$1.23");
  check_format (1234500, "$1.2345");
  check_format (-500000, "-$0.50");
  check_format (G_MAXINT64, "$9223372036854.775807");
  check_format (G_MININT64, "-$9223372036854.775808");
}

static void
test_round_trip (void)
{
  for (int i = 0; i < 10000; i++)
    {
      TcMoney amount = (TcMoney) g_test_rand_int () * g_test_rand_int_range (-1000, 1000);
      g_autofree char *text = tc_money_format (amount);
      TcMoney back;

      g_assert_true (tc_money_parse (text, &back, NULL));
      g_assert_cmpint (back, ==, amount);
    }
}

static void
test_add (void)
{
  TcMoney sum;

  g_assert_true (tc_money_add (1, 2, &sum));
  g_assert_cmpint (sum, ==, 3);
  g_assert_false (tc_money_add (G_MAXINT64, 1, &sum));
  g_assert_cmpint (sum, ==, G_MAXINT64);
  g_assert_false (tc_money_add (G_MININT64, -1, &sum));
  g_assert_cmpint (sum, ==, G_MININT64);
}

static void
test_tokens (void)
{
  TcMoney cost;

  /* $3 a million. */
  g_assert_true (tc_money_for_tokens (1000000, 3000000, &cost));
  g_assert_cmpint (cost, ==, 3000000);
  g_assert_true (tc_money_for_tokens (1, 3000000, &cost));
  g_assert_cmpint (cost, ==, 3);
  /* Rounded up: a call is never free because it was short. */
  g_assert_true (tc_money_for_tokens (1, 250000, &cost));
  g_assert_cmpint (cost, ==, 1);
  g_assert_true (tc_money_for_tokens (0, 3000000, &cost));
  g_assert_cmpint (cost, ==, 0);
  g_assert_true (tc_money_for_tokens (G_MAXINT64, 1000000, &cost));
  g_assert_cmpint (cost, ==, G_MAXINT64);
  g_assert_false (tc_money_for_tokens (G_MAXINT64, 1000001, &cost));
  g_assert_false (tc_money_for_tokens (-1, 1, &cost));
  g_assert_false (tc_money_for_tokens (1, -1, &cost));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tc/money/parse", test_parse);
  g_test_add_func ("/tc/money/format", test_format);
  g_test_add_func ("/tc/money/round-trip", test_round_trip);
  g_test_add_func ("/tc/money/add", test_add);
  g_test_add_func ("/tc/money/tokens", test_tokens);

  return g_test_run ();
}
