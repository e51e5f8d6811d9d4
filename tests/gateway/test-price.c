/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-price.h"

#define DOLLARS(n) ((TcMoney) ((n) * 1000000))

/* $3 and $15 for a million, caches at a tenth and five quarters. */
static const TcPrice plain = {
  DOLLARS (3), DOLLARS (15), 300000, 3750000, 0,
  TC_MONEY_UNKNOWN, TC_MONEY_UNKNOWN, TC_MONEY_UNKNOWN, TC_MONEY_UNKNOWN
};

/* Twice as much for prompts of more than 200,000 tokens. */
static const TcPrice tiered = {
  DOLLARS (3), DOLLARS (15), 300000, 3750000, 200000, DOLLARS (6), DOLLARS (22), 600000, 7500000
};

static const TcPrice unknown = TC_PRICE_UNKNOWN;
static const TcPrice free_of_charge = { 0, 0, 0, 0, 0, 0, 0, 0, 0 };

static TcMoney
cost (const TcPrice *price,
      gint64         input,
      gint64         cache_read,
      gint64         cache_write,
      gint64         output)
{
  TcUsage usage = { input, cache_read, cache_write, output, TC_MONEY_UNKNOWN, TRUE };

  return tc_price_for (price, &usage);
}

static void
test_exact (void)
{
  TcUsage usage = { 1000, 0, 0, 1000, 4242, TRUE };

  g_assert_cmpint (tc_price_for (&plain, &usage), ==, 4242);
  g_assert_cmpint (tc_price_for (&unknown, &usage), ==, 4242);
  usage.exact = 0;
  g_assert_cmpint (tc_price_for (&plain, &usage), ==, 0);
}

static void
test_parts (void)
{
  g_assert_cmpint (cost (&plain, 0, 0, 0, 0), ==, 0);
  g_assert_cmpint (cost (&plain, 1000000, 0, 0, 0), ==, DOLLARS (3));
  g_assert_cmpint (cost (&plain, 0, 1000000, 0, 0), ==, 300000);
  g_assert_cmpint (cost (&plain, 0, 0, 1000000, 0), ==, 3750000);
  g_assert_cmpint (cost (&plain, 0, 0, 0, 1000000), ==, DOLLARS (15));
  g_assert_cmpint (cost (&plain, 1000, 2000, 3000, 4000), ==, 3000 + 600 + 11250 + 60000);
}

/* Never down, and once for all parts together. */
static void
test_rounding (void)
{
  TcPrice cheap = { 1, 1, 1, 1, 0, TC_MONEY_UNKNOWN, TC_MONEY_UNKNOWN, TC_MONEY_UNKNOWN, TC_MONEY_UNKNOWN };

  g_assert_cmpint (cost (&cheap, 1, 0, 0, 0), ==, 1);
  g_assert_cmpint (cost (&cheap, 1, 1, 1, 1), ==, 1);
  g_assert_cmpint (cost (&cheap, 1000000, 0, 0, 0), ==, 1);
  g_assert_cmpint (cost (&cheap, 1000000, 0, 0, 1), ==, 2);
}

/* The whole call is in the tier that its prompt, cached or not, falls in. */
static void
test_tiers (void)
{
  g_assert_cmpint (cost (&tiered, 200000, 0, 0, 1000), ==, 600000 + 15000);
  g_assert_cmpint (cost (&tiered, 200001, 0, 0, 1000), ==, 1200006 + 22000);
  g_assert_cmpint (cost (&tiered, 1, 200000, 0, 0), ==, 6 + 120000);
  g_assert_cmpint (cost (&tiered, 0, 0, 200001, 0), ==, 1500008);
  g_assert_cmpint (cost (&tiered, 1000, 0, 0, 300000), ==, 3000 + 4500000);
}

/* Without a price of its own, a cache costs what input costs, in each tier. */
static void
test_no_cache_price (void)
{
  TcPrice price = tiered;

  price.cache_read = price.cache_write = TC_MONEY_UNKNOWN;
  price.long_cache_read = price.long_cache_write = TC_MONEY_UNKNOWN;
  g_assert_cmpint (cost (&price, 0, 1000, 1000, 0), ==, 6000);
  g_assert_cmpint (cost (&price, 0, 200001, 0, 0), ==, 1200006);

  price.long_input = price.long_output = TC_MONEY_UNKNOWN;
  g_assert_cmpint (cost (&price, 300000, 0, 0, 1000), ==, 900000 + 15000);
}

static void
test_unknown (void)
{
  TcPrice half = plain;

  g_assert_false (tc_price_is_known (&unknown));
  g_assert_false (tc_price_is_free (&unknown));
  g_assert_cmpint (cost (&unknown, 0, 0, 0, 0), ==, TC_MONEY_UNKNOWN);
  g_assert_cmpint (tc_price_bound (&unknown, 10, 10), ==, TC_MONEY_UNKNOWN);
  half.output = TC_MONEY_UNKNOWN;
  g_assert_false (tc_price_is_known (&half));
  g_assert_cmpint (cost (&half, 10, 0, 0, 0), ==, TC_MONEY_UNKNOWN);

  g_assert_true (tc_price_is_known (&free_of_charge));
  g_assert_true (tc_price_is_free (&free_of_charge));
  g_assert_false (tc_price_is_free (&plain));
  g_assert_cmpint (cost (&free_of_charge, 1000000, 5, 5, 1000000), ==, 0);
  g_assert_cmpint (tc_price_bound (&free_of_charge, G_MAXINT64, G_MAXINT64), ==, 0);
}

/* Too much to say is as much as can be said: never little, never below 0. */
static void
test_overflow (void)
{
  TcPrice dear = { G_MAXINT64, G_MAXINT64, G_MAXINT64, G_MAXINT64, 1, G_MAXINT64, G_MAXINT64, G_MAXINT64, G_MAXINT64 };

  g_assert_cmpint (cost (&plain, G_MAXINT64, G_MAXINT64, G_MAXINT64, G_MAXINT64), ==, G_MAXINT64);
  g_assert_cmpint (cost (&dear, G_MAXINT64, G_MAXINT64, G_MAXINT64, G_MAXINT64), ==, G_MAXINT64);
  g_assert_cmpint (cost (&dear, 1, 0, 0, 0), ==, G_MAXINT64 / 1000000 + 1);
  g_assert_cmpint (tc_price_bound (&dear, G_MAXINT64, G_MAXINT64), ==, G_MAXINT64);
  g_assert_cmpint (cost (&plain, -5, -5, -5, -5), ==, 0);
}

/* Whatever a call of so many bytes and tokens turns out to be, it costs no
 * more than the bound. */
static void
test_bound (void)
{
  const TcPrice *prices[] = { &plain, &tiered };

  g_assert_cmpint (tc_price_bound (&plain, 1000, 1000), ==, 3750 + 15000);
  g_assert_cmpint (tc_price_bound (&tiered, 200000, 0), ==, 750000);
  g_assert_cmpint (tc_price_bound (&tiered, 200001, 0), ==, 1500008);

  for (guint i = 0; i < 20000; i++)
    {
      const TcPrice *price = prices[g_test_rand_int_range (0, 2)];
      gint64 bytes = g_test_rand_int_range (0, 500000);
      gint64 max_output = g_test_rand_int_range (0, 10000);
      gint64 input = g_test_rand_int_range (0, (gint32) bytes + 1);
      gint64 read = g_test_rand_int_range (0, (gint32) (bytes - input) + 1);
      gint64 write = bytes - input - read;
      gint64 output = g_test_rand_int_range (0, (gint32) max_output + 1);

      g_assert_cmpint (cost (price, input, read, write, output), <=,
                       tc_price_bound (price, bytes, max_output));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/tc/price/exact", test_exact);
  g_test_add_func ("/tc/price/parts", test_parts);
  g_test_add_func ("/tc/price/rounding", test_rounding);
  g_test_add_func ("/tc/price/tiers", test_tiers);
  g_test_add_func ("/tc/price/no-cache-price", test_no_cache_price);
  g_test_add_func ("/tc/price/unknown", test_unknown);
  g_test_add_func ("/tc/price/overflow", test_overflow);
  g_test_add_func ("/tc/price/bound", test_bound);

  return g_test_run ();
}
