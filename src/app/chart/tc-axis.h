/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* One axis of a chart: a range of values, linear or logarithmic, laid over a
 * stretch of pixels, and the round values that are written beside it. Plain
 * values, pure functions; any thread.
 */

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  double   from;     /* the value at the start of the stretch; below "to" */
  double   to;
  double   start;    /* in pixels; "start" may lie behind "end": y grows upwards */
  double   end;
  gboolean is_log;   /* both values are positive then */
  gboolean is_whole; /* counts something: no marks between 1 and 2, unless no more than that is shown */
} TcAxis;

typedef struct
{
  double value;
  char   label[24];  /* "0.05", "2.5", "1e-4"; empty: a tick without a text */
} TcTick;

double tc_axis_to_pixel   (const TcAxis *self,
                           double        value);
double tc_axis_to_value   (const TcAxis *self,
                           double        pixel);
void   tc_axis_fit        (TcAxis       *self,
                           double        minimum,
                           double        maximum,
                           double        margin);
void   tc_axis_zoom       (TcAxis       *self,
                           double        pixel,
                           double        factor);
void   tc_axis_pan        (TcAxis       *self,
                           double        pixels);
void   tc_axis_clamp      (TcAxis       *self,
                           double        minimum,
                           double        maximum);
guint  tc_axis_get_ticks  (const TcAxis *self,
                           guint         max_ticks,
                           TcTick       *ticks);
void   tc_axis_format     (double        value,
                           double        step,
                           char         *text,
                           gsize         size);

G_END_DECLS
