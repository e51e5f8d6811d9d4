/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-watch-window.h"

#include <math.h>
#include <string.h>

/* The first place in the sorted values that holds no less than the value. */
static guint
find_place (const TcWatchWindow *self,
            double               value)
{
  guint low = 0;
  guint high = self->length;

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (self->sorted[middle] < value)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

static void
remove_sorted (TcWatchWindow *self,
               double         value)
{
  guint place = find_place (self, value);

  g_assert (place < self->length);

  memmove (&self->sorted[place], &self->sorted[place + 1],
           (self->length - place - 1) * sizeof (double));
  self->length--;
}

static void
insert_sorted (TcWatchWindow *self,
               double         value)
{
  guint place = find_place (self, value);

  memmove (&self->sorted[place + 1], &self->sorted[place],
           (self->length - place) * sizeof (double));
  self->sorted[place] = value;
  self->length++;
}

/**
 * tc_watch_window_init:
 * @self: memory for a window
 *
 * Makes an empty window. There is nothing to free.
 */
void
tc_watch_window_init (TcWatchWindow *self)
{
  self->next = 0;
  self->length = 0;
  self->n_pushed = 0;
}

/**
 * tc_watch_window_push:
 * @self: a window
 * @value: a finite value; others are ignored
 *
 * Adds a value; the oldest one leaves a full window.
 */
void
tc_watch_window_push (TcWatchWindow *self,
                      double         value)
{
  if (!isfinite (value))
    return;

  if (self->length == TC_WATCH_WINDOW_SIZE)
    remove_sorted (self, self->ring[self->next]);

  insert_sorted (self, value);
  self->ring[self->next] = value;
  self->next = (self->next + 1) % TC_WATCH_WINDOW_SIZE;
  self->n_pushed++;
}

/**
 * tc_watch_window_get_quantile:
 * @self: a window
 * @quantile: 0 … 1
 *
 * Returns: the smallest value that at least this share of the values does not
 *   exceed; NaN in an empty window
 */
double
tc_watch_window_get_quantile (const TcWatchWindow *self,
                              double               quantile)
{
  double rank;

  if (self->length == 0)
    return NAN;

  rank = ceil (CLAMP (quantile, 0, 1) * self->length);

  return self->sorted[rank < 1 ? 0 : (guint) rank - 1];
}

/**
 * tc_watch_window_get_median:
 * @self: a window
 *
 * Returns: the lower median; NaN in an empty window
 */
double
tc_watch_window_get_median (const TcWatchWindow *self)
{
  return tc_watch_window_get_quantile (self, 0.5);
}

/**
 * tc_watch_window_get_mad:
 * @self: a window
 *
 * Returns: the median of the distances to the median; NaN in an empty window
 */
double
tc_watch_window_get_mad (const TcWatchWindow *self)
{
  double median = tc_watch_window_get_median (self);
  guint left;
  guint right;
  double distance = 0;

  if (self->length == 0)
    return NAN;

  /* Distances rise to both sides of the median, so the two sides are merged
   * until half of the values are behind us: no sorting. */
  right = (self->length + 1) / 2 - 1;
  left = right;
  for (guint taken = 0; taken < (self->length + 1) / 2; taken++)
    {
      double below = left > 0 ? median - self->sorted[left - 1] : INFINITY;
      double above = right < self->length ? self->sorted[right] - median : INFINITY;

      if (below < above)
        {
          distance = below;
          left--;
        }
      else
        {
          distance = above;
          right++;
        }
    }

  return distance;
}
