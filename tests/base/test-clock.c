/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-clock.h"

#define SECOND ((gint64) G_USEC_PER_SEC)

static void
test_system (void)
{
  g_autoptr(TcClock) clock = tc_clock_new_system ();
  gint64 before = g_get_monotonic_time ();
  gint64 now = tc_clock_get_monotonic (clock);

  g_assert_cmpint (now, >=, before);
  g_assert_cmpint (now, <=, g_get_monotonic_time ());
  g_assert_cmpint (ABS (tc_clock_get_realtime (clock) - g_get_real_time ()), <, 60 * SECOND);
  g_assert_cmpint (tc_clock_get_boottime (clock), >=, now - SECOND);
}

static void
test_fake (void)
{
  g_autoptr(TcClock) clock = tc_clock_new_fake (1000 * SECOND);
  gint64 monotonic = tc_clock_get_monotonic (clock);
  gint64 boottime = tc_clock_get_boottime (clock);

  g_assert_cmpint (monotonic, ==, 3600 * SECOND);
  g_assert_cmpint (tc_clock_get_realtime (clock), ==, 1000 * SECOND);

  tc_clock_fake_advance (clock, 5 * SECOND);
  g_assert_cmpint (tc_clock_get_realtime (clock), ==, 1005 * SECOND);
  g_assert_cmpint (tc_clock_get_monotonic (clock), ==, monotonic + 5 * SECOND);
  g_assert_cmpint (tc_clock_get_boottime (clock), ==, boottime + 5 * SECOND);

  tc_clock_fake_suspend (clock, 8 * 3600 * SECOND);
  g_assert_cmpint (tc_clock_get_monotonic (clock), ==, monotonic + 5 * SECOND);
  g_assert_cmpint (tc_clock_get_boottime (clock), ==, boottime + 28805 * SECOND);
  g_assert_cmpint (tc_clock_get_realtime (clock), ==, 29805 * SECOND);

  tc_clock_fake_step_realtime (clock, -29000 * SECOND);
  g_assert_cmpint (tc_clock_get_realtime (clock), ==, 805 * SECOND);
  g_assert_cmpint (tc_clock_get_boottime (clock), ==, boottime + 28805 * SECOND);
}

static gint64
get_seven (gpointer data)
{
  return 7;
}

static void
set_true (gpointer data)
{
  *(gboolean *) data = TRUE;
}

static void
test_custom (void)
{
  static const TcClockVTable vtable = { get_seven, get_seven, get_seven };
  gboolean destroyed = FALSE;
  TcClock *clock = tc_clock_new (&vtable, &destroyed, set_true);

  tc_clock_ref (clock);
  tc_clock_unref (clock);
  g_assert_false (destroyed);
  g_assert_cmpint (tc_clock_get_boottime (clock), ==, 7);
  tc_clock_unref (clock);
  g_assert_true (destroyed);
}

static void
check_round_trip (gint64      time,
                  const char *expected)
{
  g_autofree char *text = tc_clock_format_iso8601 (time);
  gint64 parsed;

  g_assert_cmpstr (text, ==, expected);
  g_assert_true (tc_clock_parse_iso8601 (text, &parsed));
  g_assert_cmpint (parsed, ==, time);
}

static void
test_iso8601 (void)
{
  g_autofree char *last = tc_clock_format_iso8601 (G_MAXINT64);
  g_autofree char *first = tc_clock_format_iso8601 (G_MININT64);
  gint64 parsed;

  check_round_trip (0, "1970-01-01T00:00:00.000000Z");
  check_round_trip (-1, "1969-12-31T23:59:59.999999Z");
  check_round_trip (1766100161 * SECOND + 638786, "2025-12-18T23:22:41.638786Z");

  g_assert_true (g_str_has_prefix (last, "9999-12-31T23:59:59"));
  g_assert_true (g_str_has_prefix (first, "0001-01-01T00:00:00"));

  /* Without a zone it is UTC, with one it is that zone's. */
  g_assert_true (tc_clock_parse_iso8601 ("2025-12-18T23:22:41", &parsed));
  g_assert_cmpint (parsed, ==, 1766100161 * SECOND);
  g_assert_true (tc_clock_parse_iso8601 ("2025-12-19T00:22:41+01:00", &parsed));
  g_assert_cmpint (parsed, ==, 1766100161 * SECOND);

  g_assert_false (tc_clock_parse_iso8601 ("yesterday", &parsed));
  g_assert_false (tc_clock_parse_iso8601 ("", &parsed));
  g_assert_false (tc_clock_parse_iso8601 (NULL, &parsed));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tc/clock/system", test_system);
  g_test_add_func ("/tc/clock/fake", test_fake);
  g_test_add_func ("/tc/clock/custom", test_custom);
  g_test_add_func ("/tc/clock/iso8601", test_iso8601);

  return g_test_run ();
}
