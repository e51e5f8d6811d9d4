/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <math.h>

#include "tc-series.h"

typedef struct
{
  double min;
  double max;
  guint  bad;
} Extremes;

/* What the pyramid must say, found the slow way. */
static Extremes
scan (TcSeries *series,
      double    x_from,
      double    x_to)
{
  Extremes found = { INFINITY, -INFINITY, 0 };
  TcSample sample;

  for (guint i = 0; tc_series_get_point (series, i, &sample); i++)
    {
      if (sample.x < x_from || sample.x > x_to)
        continue;
      if (sample.kind != TC_POINT_FINITE)
        {
          found.bad++;
          continue;
        }
      found.min = MIN (found.min, sample.y);
      found.max = MAX (found.max, sample.y);
    }

  return found;
}

static void
append (TcSeries *series,
        double    x,
        double    y)
{
  tc_series_append (series, x, y, tc_point_kind_of (y));
}

static void
check_range (TcSeries *series,
             double    x_from,
             double    x_to)
{
  Extremes expected = scan (series, x_from, x_to);
  double min;
  double max;
  gboolean any = tc_series_get_y_range (series, x_from, x_to, &min, &max);

  g_assert_true (any == (expected.min <= expected.max));
  if (any)
    {
      g_assert_cmpfloat (min, ==, expected.min);
      g_assert_cmpfloat (max, ==, expected.max);
    }
}

static double
random_value (void)
{
  switch (g_test_rand_int_range (0, 50))
    {
    case 0:
      return NAN;
    case 1:
      return INFINITY;
    case 2:
      return -INFINITY;
    default:
      return g_test_rand_double_range (-10, 10);
    }
}

/* Every length around the sizes at which a level of the pyramid is added. */
static void
test_pyramid (void)
{
  g_autoptr(TcSeries) series = tc_series_new ("loss");

  for (guint n = 0; n < 5000; n++)
    {
      append (series, n, random_value ());
      if (n < 300 || n % 97 == 0 || n % 256 < 2)
        {
          double from = g_test_rand_double_range (-10, n + 1);

          check_range (series, -1, n + 1);
          check_range (series, from, g_test_rand_double_range (from, n + 2));
          check_range (series, n, n);
        }
    }
}

/* The extremes are always the first and the last point, wherever the borders of
 * the blocks are. */
static void
test_pyramid_edges (void)
{
  g_autoptr(TcSeries) series = tc_series_new ("loss");
  double min;
  double max;

  for (int n = 0; n < 70000; n++)
    {
      append (series, n, -n);
      g_assert_true (tc_series_get_y_range (series, 0, n, &min, &max));
      g_assert_cmpfloat (max, ==, 0);
      g_assert_cmpfloat (min, ==, -n);
    }
}

static void
test_empty (void)
{
  g_autoptr(TcSeries) series = tc_series_new ("loss");
  g_autoptr(GArray) samples = g_array_new (FALSE, FALSE, sizeof (TcSample));
  TcSample sample;
  double a;
  double b;

  g_assert_cmpstr (tc_series_get_name (series), ==, "loss");
  g_assert_false (tc_series_get_x_range (series, &a, &b));
  g_assert_false (tc_series_get_y_range (series, 0, 1, &a, &b));
  g_assert_false (tc_series_get_nearest (series, 0, &sample));
  g_assert_false (tc_series_get_point (series, 0, &sample));
  tc_series_decimate (series, 0, 1, 100, samples);
  g_assert_cmpuint (samples->len, ==, 0);

  /* A point without a place is none. */
  append (series, NAN, 1);
  append (series, INFINITY, 1);
  g_assert_cmpuint (tc_series_get_length (series), ==, 0);
}

/* A value that says it is finite and is not. */
static void
test_kinds (void)
{
  g_autoptr(TcSeries) series = tc_series_new ("loss");
  TcSample sample;

  tc_series_append (series, 1, NAN, TC_POINT_FINITE);
  tc_series_append (series, 2, 5, TC_POINT_NAN);
  tc_series_append (series, 3, -0.0, TC_POINT_FINITE);
  g_assert_true (tc_series_get_point (series, 0, &sample));
  g_assert_cmpint (sample.kind, ==, TC_POINT_NAN);
  g_assert_true (tc_series_get_point (series, 1, &sample));
  g_assert_cmpint (sample.kind, ==, TC_POINT_NAN);
  g_assert_true (tc_series_get_point (series, 2, &sample));
  g_assert_true (signbit (sample.y));
}

static guint
count_bad (GArray *samples)
{
  guint n = 0;

  for (guint i = 0; i < samples->len; i++)
    n += g_array_index (samples, TcSample, i).kind != TC_POINT_FINITE;

  return n;
}

/* Every spike and every NaN is among the few points that are drawn. */
static void
test_decimate (void)
{
  const guint n = 100000;
  const guint width = 300;
  g_autoptr(TcSeries) series = tc_series_new ("loss");
  g_autoptr(GArray) samples = g_array_new (FALSE, FALSE, sizeof (TcSample));
  gboolean low = FALSE;
  gboolean high = FALSE;

  for (guint i = 0; i < n; i++)
    append (series, i, i == 31337 ? 1000 : i == 77777 ? -1000 : i == 50001 ? NAN : i % 7);

  tc_series_decimate (series, 0, n, width, samples);
  g_assert_cmpuint (samples->len, <=, width * 5);
  g_assert_cmpuint (samples->len, >=, width * 2);
  for (guint i = 0; i < samples->len; i++)
    {
      const TcSample *sample = &g_array_index (samples, TcSample, i);

      low |= sample->y == -1000;
      high |= sample->y == 1000;
      if (i > 0)
        g_assert_cmpuint (sample->index, >, sample[-1].index);
    }
  g_assert_true (low && high);
  g_assert_cmpuint (count_bad (samples), ==, 1);
  g_assert_cmpuint (g_array_index (samples, TcSample, 0).index, ==, 0);
  g_assert_cmpuint (g_array_index (samples, TcSample, samples->len - 1).index, ==, n - 1);
}

/* Column by column: what is drawn has the extremes of what is there. */
static void
test_decimate_columns (void)
{
  const guint width = 50;
  g_autoptr(TcSeries) series = tc_series_new ("loss");
  g_autoptr(GArray) samples = g_array_new (FALSE, FALSE, sizeof (TcSample));
  g_autoptr(TcSeries) drawn = NULL;

  for (guint i = 0; i < 20000; i++)
    append (series, i * 0.01, random_value ());
  tc_series_decimate (series, 50, 150, width, samples);

  drawn = tc_series_new ("drawn");
  for (guint i = 0; i < samples->len; i++)
    {
      const TcSample *sample = &g_array_index (samples, TcSample, i);

      tc_series_append (drawn, sample->x, sample->y, sample->kind);
    }
  for (guint column = 0; column < width; column++)
    {
      double from = 50 + 100.0 * column / width;
      /* The right edge of all belongs to the last one. */
      double to = column < width - 1 ? nextafter (50 + 100.0 * (column + 1) / width, 0) : 150;
      Extremes there = scan (series, from, to);
      Extremes seen = scan (drawn, from, to);

      g_assert_cmpfloat (seen.min, ==, there.min);
      g_assert_cmpfloat (seen.max, ==, there.max);
      g_assert_true ((seen.bad > 0) == (there.bad > 0));
    }
}

static void
test_decimate_few (void)
{
  g_autoptr(TcSeries) series = tc_series_new ("loss");
  g_autoptr(GArray) samples = g_array_new (FALSE, FALSE, sizeof (TcSample));

  for (guint i = 0; i < 10; i++)
    append (series, i, i);

  /* The neighbours outside are there too. */
  tc_series_decimate (series, 3.5, 5.5, 100, samples);
  g_assert_cmpuint (samples->len, ==, 4);
  g_assert_cmpfloat (g_array_index (samples, TcSample, 0).x, ==, 3);
  g_assert_cmpfloat (g_array_index (samples, TcSample, 3).x, ==, 6);

  g_array_set_size (samples, 0);
  tc_series_decimate (series, -INFINITY, INFINITY, 100, samples);
  g_assert_cmpuint (samples->len, ==, 10);

  g_array_set_size (samples, 0);
  tc_series_decimate (series, 5, 3, 100, samples);
  tc_series_decimate (series, NAN, 3, 100, samples);
  tc_series_decimate (series, 0, 3, 0, samples);
  g_assert_cmpuint (samples->len, ==, 0);
}

/* A run that was resumed from an older checkpoint goes back in x. */
static void
test_segments (void)
{
  g_autoptr(TcSeries) series = tc_series_new ("loss");
  g_autoptr(GArray) samples = g_array_new (FALSE, FALSE, sizeof (TcSample));
  TcSample sample;
  double a;
  double b;

  for (guint i = 1; i <= 10; i++)
    append (series, i, i);
  for (guint i = 6; i <= 12; i++)
    append (series, i, 100 + i);

  g_assert_true (tc_series_get_x_range (series, &a, &b));
  g_assert_cmpfloat (a, ==, 1);
  g_assert_cmpfloat (b, ==, 12);
  g_assert_true (tc_series_get_y_range (series, 7, 8, &a, &b));
  g_assert_cmpfloat (a, ==, 7);
  g_assert_cmpfloat (b, ==, 108);

  /* What came last counts. */
  g_assert_true (tc_series_get_nearest (series, 8.2, &sample));
  g_assert_cmpfloat (sample.y, ==, 108);
  g_assert_cmpuint (sample.segment, ==, 1);
  g_assert_true (tc_series_get_nearest (series, 2.4, &sample));
  g_assert_cmpfloat (sample.y, ==, 2);
  g_assert_true (tc_series_get_nearest (series, -50, &sample));
  g_assert_cmpfloat (sample.y, ==, 1);
  g_assert_true (tc_series_get_nearest (series, 99, &sample));
  g_assert_cmpfloat (sample.y, ==, 112);

  tc_series_decimate (series, 0, 20, 100, samples);
  g_assert_cmpuint (samples->len, ==, 17);
  g_assert_cmpuint (g_array_index (samples, TcSample, 9).segment, ==, 0);
  g_assert_cmpuint (g_array_index (samples, TcSample, 10).segment, ==, 1);

  tc_series_clear (series);
  g_assert_cmpuint (tc_series_get_length (series), ==, 0);
  append (series, 1, 1);
  check_range (series, 0, 2);
}

static void
test_smooth (void)
{
  g_autoptr(TcSeries) series = tc_series_new ("loss");
  g_autoptr(TcSeries) smooth = NULL;
  g_autoptr(TcSeries) same = NULL;
  TcSample sample;

  append (series, 1, 10);
  append (series, 2, 20);
  append (series, 3, NAN);
  append (series, 4, 20);
  append (series, 1, 5);

  smooth = tc_series_smooth (series, 0.5);
  g_assert_cmpuint (tc_series_get_length (smooth), ==, 5);
  tc_series_get_point (smooth, 0, &sample);
  g_assert_cmpfloat_with_epsilon (sample.y, 10, 1e-9);
  tc_series_get_point (smooth, 1, &sample);
  g_assert_cmpfloat_with_epsilon (sample.y, (0.25 * 10 + 0.5 * 20) / 0.75, 1e-9);
  tc_series_get_point (smooth, 2, &sample);
  g_assert_cmpint (sample.kind, ==, TC_POINT_NAN);
  tc_series_get_point (smooth, 3, &sample);
  g_assert_cmpfloat_with_epsilon (sample.y, (0.125 * 10 + 0.25 * 20 + 0.5 * 20) / 0.875, 1e-9);
  /* Another segment starts anew. */
  tc_series_get_point (smooth, 4, &sample);
  g_assert_cmpfloat_with_epsilon (sample.y, 5, 1e-9);

  same = tc_series_smooth (series, 0);
  tc_series_get_point (same, 1, &sample);
  g_assert_cmpfloat (sample.y, ==, 20);
}

static void
test_references (void)
{
  TcSeries *series = tc_series_new ("loss");

  g_assert_true (tc_series_ref (series) == series);
  tc_series_unref (series);
  append (series, 1, 1);
  g_assert_cmpuint (tc_series_get_length (series), ==, 1);
  tc_series_unref (series);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tc/series/pyramid", test_pyramid);
  g_test_add_func ("/tc/series/pyramid-edges", test_pyramid_edges);
  g_test_add_func ("/tc/series/empty", test_empty);
  g_test_add_func ("/tc/series/kinds", test_kinds);
  g_test_add_func ("/tc/series/decimate", test_decimate);
  g_test_add_func ("/tc/series/decimate-columns", test_decimate_columns);
  g_test_add_func ("/tc/series/decimate-few", test_decimate_few);
  g_test_add_func ("/tc/series/segments", test_segments);
  g_test_add_func ("/tc/series/smooth", test_smooth);
  g_test_add_func ("/tc/series/references", test_references);

  return g_test_run ();
}
