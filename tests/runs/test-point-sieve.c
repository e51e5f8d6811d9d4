/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <math.h>

#include "tc-point-sieve.h"

#define LOG FALSE
#define EVENTS TRUE

static gboolean
is_new_of (TcPointSieve *sieve,
           const char   *name,
           double        x,
           gboolean      in_events)
{
  TcPoint point = { .name = name, .x = x };

  return tc_point_sieve_is_new (sieve, &point, in_events);
}

static gboolean
is_new (TcPointSieve *sieve,
        double        x,
        gboolean      in_events)
{
  return is_new_of (sieve, "val_loss", x, in_events);
}

/* Whoever is first, and however far the other lags behind. */
static void
test_echoes (void)
{
  g_autoptr(TcPointSieve) sieve = tc_point_sieve_new ();

  g_assert_true (is_new (sieve, 1, LOG));
  g_assert_false (is_new (sieve, 1, EVENTS));
  g_assert_true (is_new (sieve, 2, EVENTS));
  g_assert_true (is_new (sieve, 3, EVENTS));
  g_assert_false (is_new (sieve, 2, LOG));
  g_assert_false (is_new (sieve, 3, LOG));
  g_assert_true (is_new (sieve, 4, LOG));
  g_assert_true (is_new_of (sieve, "train_loss", 1, EVENTS));
}

/* What only one of them says between two places of the other is left to the store. */
static void
test_finer (void)
{
  g_autoptr(TcPointSieve) sieve = tc_point_sieve_new ();

  g_assert_true (is_new (sieve, 1, LOG));
  g_assert_true (is_new (sieve, 1.5, EVENTS));
  g_assert_true (is_new (sieve, 2, LOG));
  g_assert_false (is_new (sieve, 2, EVENTS));
  g_assert_true (is_new (sieve, 2.5, EVENTS));
}

/* A script that has no counter, or counts anew, must not make the watchdog blind. */
static void
test_one_file (void)
{
  g_autoptr(TcPointSieve) sieve = tc_point_sieve_new ();

  for (guint i = 0; i < 3; i++)
    g_assert_true (is_new (sieve, 7, LOG));
  g_assert_true (is_new (sieve, 1, LOG));
  g_assert_false (is_new (sieve, 1, EVENTS));
  g_assert_true (is_new (sieve, 2, LOG));
  g_assert_false (is_new (sieve, 2, EVENTS));
  g_assert_true (is_new (sieve, NAN, EVENTS));
  g_assert_true (is_new (sieve, 3, EVENTS));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tc/point-sieve/echoes", test_echoes);
  g_test_add_func ("/tc/point-sieve/finer", test_finer);
  g_test_add_func ("/tc/point-sieve/one-file", test_one_file);

  return g_test_run ();
}
