/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-axis.h"

#include <math.h>

/* A range with nothing in it is widened by so much, relative to its value. */
#define EMPTY_MARGIN 0.05

/* Closer than this, zooming in shows only the rounding of doubles. */
#define MIN_RELATIVE_SPAN 1e-9

static double
fold (const TcAxis *self,
      double        value)
{
  return self->is_log ? log10 (value) : value;
}

static double
unfold (const TcAxis *self,
        double        folded)
{
  return self->is_log ? pow (10, folded) : folded;
}

/**
 * tc_axis_to_pixel:
 * @value: positive on a logarithmic axis
 *
 * Returns: where it lies, perhaps outside the stretch
 */
double
tc_axis_to_pixel (const TcAxis *self,
                  double        value)
{
  double from = fold (self, self->from);
  double to = fold (self, self->to);

  return self->start + (fold (self, value) - from) / (to - from) * (self->end - self->start);
}

/**
 * tc_axis_to_value:
 * @pixel: a place, perhaps outside the stretch
 *
 * Returns: the value there
 */
double
tc_axis_to_value (const TcAxis *self,
                  double        pixel)
{
  double from = fold (self, self->from);
  double to = fold (self, self->to);

  return unfold (self, from + (pixel - self->start) / (self->end - self->start) * (to - from));
}

/**
 * tc_axis_fit:
 * @minimum: the least value to show; positive on a logarithmic axis
 * @maximum: the greatest
 * @margin: of the span, to leave free at each end
 *
 * Makes the range show these values, also when they are all the same.
 */
void
tc_axis_fit (TcAxis *self,
             double  minimum,
             double  maximum,
             double  margin)
{
  double from = fold (self, minimum);
  double to = fold (self, maximum);
  double span = to - from;

  if (span <= fabs (to) * MIN_RELATIVE_SPAN)
    {
      span = self->is_log ? 1 : MAX (fabs (to) * EMPTY_MARGIN, 1e-6);
      from -= span / 2;
      to += span / 2;
    }
  self->from = unfold (self, from - span * margin);
  self->to = unfold (self, to + span * margin);
}

/**
 * tc_axis_zoom:
 * @pixel: the place that stays where it is
 * @factor: below 1 shows less, more closely
 */
void
tc_axis_zoom (TcAxis *self,
              double  pixel,
              double  factor)
{
  double at = fold (self, tc_axis_to_value (self, pixel));
  double from = at + (fold (self, self->from) - at) * factor;
  double to = at + (fold (self, self->to) - at) * factor;

  if (to - from < MAX (fabs (at), 1e-9) * MIN_RELATIVE_SPAN)
    return;
  self->from = unfold (self, from);
  self->to = unfold (self, to);
}

/**
 * tc_axis_pan:
 * @pixels: how far the picture moves towards the end of the stretch
 */
void
tc_axis_pan (TcAxis *self,
             double  pixels)
{
  double from = tc_axis_to_value (self, self->start - pixels);
  double to = tc_axis_to_value (self, self->end - pixels);

  self->from = from;
  self->to = to;
}

/**
 * tc_axis_clamp:
 * @minimum: the range begins here at the earliest
 * @maximum: and ends here at the latest
 *
 * Moves a range that was zoomed or panned back onto the data; one that is wider
 * than the data shows all of it.
 */
void
tc_axis_clamp (TcAxis *self,
               double  minimum,
               double  maximum)
{
  double span = self->to - self->from;

  if (span >= maximum - minimum)
    {
      self->from = minimum;
      self->to = maximum;
    }
  else if (self->from < minimum)
    {
      self->from = minimum;
      self->to = minimum + span;
    }
  else if (self->to > maximum)
    {
      self->from = maximum - span;
      self->to = maximum;
    }
}

/* 1, 2 or 5 times a power of ten: the least such step of which at most
 * @max_ticks fit into @span. */
static double
choose_step (double span,
             guint  max_ticks)
{
  double least = span / MAX (max_ticks, 1);
  double power = pow (10, floor (log10 (least)));
  double rest = least / power;

  if (rest <= 1)
    return power;
  if (rest <= 2)
    return 2 * power;
  if (rest <= 5)
    return 5 * power;

  return 10 * power;
}

/**
 * tc_axis_format:
 * @step: the distance to the next value that is written; gives the number of digits
 * @text: (out): @size bytes
 */
void
tc_axis_format (double  value,
                double  step,
                char   *text,
                gsize   size)
{
  int digits = step > 0 ? (int) ceil (-log10 (step) - 1e-9) : 0;

  if (fabs (value) < step * 1e-6)
    value = 0;
  if (value != 0 && (fabs (value) >= 1e6 || step < 1e-5))
    g_snprintf (text, size, "%.3g", value);
  else
    g_snprintf (text, size, "%.*f", CLAMP (digits, 0, 6), value);
}

static guint
get_linear_ticks (const TcAxis *self,
                  guint         max_ticks,
                  TcTick       *ticks)
{
  double step = choose_step (self->to - self->from, max_ticks);
  double first;
  guint n = 0;

  if (self->is_whole && self->to - self->from >= 1)
    step = MAX (step, 1);
  first = ceil (self->from / step - 1e-9);
  for (double i = first; i * step <= self->to + step * 1e-6 && n < max_ticks; i++, n++)
    {
      ticks[n].value = i * step;
      tc_axis_format (ticks[n].value, step, ticks[n].label, sizeof ticks[n].label);
    }

  return n;
}

/* Powers of ten; between them 2 and 5 where there is room. */
static guint
get_log_ticks (const TcAxis *self,
               guint         max_ticks,
               TcTick       *ticks)
{
  static const double within[] = { 1, 2, 5 };
  int first = (int) floor (log10 (self->from));
  int last = (int) ceil (log10 (self->to));
  guint n_within = (guint) (last - first) * 3 <= max_ticks ? 3 : 1;
  int stride = MAX (1, (int) ceil ((last - first) / (double) MAX (max_ticks, 1)));
  guint n = 0;

  for (int power = first; power <= last; power += stride)
    {
      for (guint i = 0; i < n_within && n < max_ticks; i++)
        {
          double value = within[i] * pow (10, power);

          if (value < self->from * (1 - 1e-9) || value > self->to * (1 + 1e-9))
            continue;
          ticks[n].value = value;
          tc_axis_format (value, pow (10, power), ticks[n].label, sizeof ticks[n].label);
          n++;
        }
    }

  return n;
}

/**
 * tc_axis_get_ticks:
 * @max_ticks: the size of @ticks
 * @ticks: (out): rising
 *
 * A logarithmic axis over less than a power of ten is marked like a linear one.
 *
 * Returns: how many there are
 */
guint
tc_axis_get_ticks (const TcAxis *self,
                   guint         max_ticks,
                   TcTick       *ticks)
{
  if (max_ticks == 0 || !(self->to > self->from) || !isfinite (self->from) || !isfinite (self->to))
    return 0;
  if (self->is_log && self->to / self->from >= 10)
    return get_log_ticks (self, max_ticks, ticks);

  return get_linear_ticks (self, max_ticks, ticks);
}
