/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The last 256 values of a stream with their order statistics: median, median
 * absolute deviation (MAD) and any quantile. Robust where mean and variance
 * are not: one spike moves nothing. Finite values only. One owner, one thread;
 * lives inside its owner.
 */

#include <glib.h>

#define TC_WATCH_WINDOW_SIZE 256

typedef struct
{
  double  ring[TC_WATCH_WINDOW_SIZE];   /* in order of arrival */
  double  sorted[TC_WATCH_WINDOW_SIZE]; /* the same values, rising */
  guint   next;                         /* where the next value goes */
  guint   length;
  guint64 n_pushed;                     /* since the start */
} TcWatchWindow;

void   tc_watch_window_init         (TcWatchWindow       *self);
void   tc_watch_window_push         (TcWatchWindow       *self,
                                     double               value);
double tc_watch_window_get_median   (const TcWatchWindow *self);
double tc_watch_window_get_mad      (const TcWatchWindow *self);
double tc_watch_window_get_quantile (const TcWatchWindow *self,
                                     double               quantile);
