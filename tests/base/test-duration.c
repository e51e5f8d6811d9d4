/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-duration.h"

#define SECOND ((gint64) G_USEC_PER_SEC)

static void
test_durations (void)
{
  static const struct { gint64 seconds; const char *text; } cases[] = {
    { -5, "0 s" }, { 0, "0 s" }, { 45, "45 s" }, { 59, "59 s" }, { 60, "1 min" },
    { 95, "1 min 35 s" }, { 600, "10 min" }, { 3599, "59 min" }, { 3600, "1 h" },
    { 7800, "2 h 10 min" }, { 86399, "23 h 59 min" }, { 86400, "1 d" }, { 273600, "3 d 4 h" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = tc_duration_format (cases[i].seconds * SECOND + 999);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
check_moment (gint64      moment,
              const char *zone_name,
              const char *expected)
{
  g_autoptr(GTimeZone) zone = g_time_zone_new_identifier (zone_name);
  /* Thursday, 2025-12-18 23:22:41 UTC. */
  g_autofree char *text = tc_moment_format (moment * SECOND, 1766100161 * SECOND, zone);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_moments (void)
{
  g_autofree char *no_time = tc_moment_format (G_MAXINT64, 0, NULL);

  check_moment (1766100161 + 600, "UTC", "≈ 23:32");
  check_moment (1766100161 + 3600, "UTC", "≈ 00:22 tomorrow");
  check_moment (1766100161 + 3600, "+02:00", "≈ 02:22");
  check_moment (1766100161 + 3 * 86400, "UTC", "≈ Sun 23:22");
  check_moment (1766100161 + 30 * 86400, "UTC", "≈ 2026-01-17 23:22");
  check_moment (1766100161 - 86400, "UTC", "≈ 2025-12-17 23:22");
  g_assert_cmpstr (no_time, ==, "unknown");
}

static void
test_sizes (void)
{
  static const struct { guint64 bytes; const char *text; } cases[] = {
    { 0, "0 B" }, { 999, "999 B" }, { 1000, "1.0 kB" }, { 1234567890, "1.2 GB" },
    { 999949, "999.9 kB" }, { 999950, "1.0 MB" }, { 400000000, "400.0 MB" },
    { G_MAXUINT64, "18.4 EB" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = tc_size_format (cases[i].bytes);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tc/duration/durations", test_durations);
  g_test_add_func ("/tc/duration/moments", test_moments);
  g_test_add_func ("/tc/duration/sizes", test_sizes);

  return g_test_run ();
}
