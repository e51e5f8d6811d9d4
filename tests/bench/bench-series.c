/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* A chart of a million points: the first query, and panning and zooming, at the
 * width of a full-screen chart. Prints one line a measurement. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "tc-series.h"

#define N_POINTS 1000000
#define WIDTH    1920
#define N_FRAMES 1000

static double
now_ms (void)
{
  return (double) g_get_monotonic_time () / 1000;
}

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
fill (TcSeries *series)
{
  for (guint i = 0; i < N_POINTS; i++)
    {
      double y = exp (-(double) i / N_POINTS) + 0.1 * sin (i * 0.37);

      tc_series_append (series, i * 0.001, y, TC_POINT_FINITE);
    }
}

int
main (void)
{
  g_autoptr(TcSeries) series = tc_series_new ("batch_loss");
  g_autoptr(TcSeries) smooth = NULL;
  g_autoptr(GArray) samples = g_array_new (FALSE, FALSE, sizeof (TcSample));
  const double end = N_POINTS * 0.001;
  static double frames[N_FRAMES];
  double start;
  double low;
  double high;

  start = now_ms ();
  fill (series);
  printf ("append: %.1f M points/s\n", N_POINTS / (now_ms () - start) / 1000);

  start = now_ms ();
  tc_series_get_y_range (series, 0, end, &low, &high);
  tc_series_decimate (series, 0, end, WIDTH, samples);
  printf ("first query of %d points: %.2f ms, %u samples\n", N_POINTS, now_ms () - start,
          samples->len);

  for (int i = 0; i < N_FRAMES; i++)
    {
      double span = end * pow (0.99, i);
      double from = (end - span) * i / N_FRAMES;

      g_array_set_size (samples, 0);
      start = now_ms ();
      tc_series_get_y_range (series, from, from + span, &low, &high);
      tc_series_decimate (series, from, from + span, WIDTH, samples);
      frames[i] = now_ms () - start;
    }
  qsort (frames, N_FRAMES, sizeof (double), compare_doubles);
  printf ("pan and zoom, %d frames: median %.2f ms, 99 %% below %.2f ms, worst %.2f ms\n",
          N_FRAMES, frames[N_FRAMES / 2], frames[N_FRAMES * 99 / 100], frames[N_FRAMES - 1]);

  start = now_ms ();
  smooth = tc_series_smooth (series, 0.9);
  printf ("smoothing: %.1f ms\n", now_ms () - start);

  return 0;
}
