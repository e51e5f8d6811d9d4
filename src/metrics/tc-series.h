/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The points of one series in columns, with a min/max pyramid beside them, so
 * that a chart of any width is drawn from a handful of points a pixel and yet
 * no spike is lost. Appending costs O(log n) at worst, a query O(width log n).
 *
 * x may go backwards (a run resumed from an older checkpoint): each stretch of
 * rising x is a segment of its own, and queries look at all of them. Points
 * that are not finite are kept and come back as marks. Reference counted; one
 * thread.
 */

#include <glib-object.h>

#include "tc-point.h"

G_BEGIN_DECLS

#define TC_TYPE_SERIES (tc_series_get_type ())

typedef struct _TcSeries TcSeries;

/* One point of a query's answer. */
typedef struct
{
  double      x;
  double      y;
  TcPointKind kind;
  guint       segment; /* draw no line between different segments */
  guint       index;   /* of the point in the series */
} TcSample;

GType       tc_series_get_type    (void) G_GNUC_CONST;

TcSeries   *tc_series_new         (const char  *name);
TcSeries   *tc_series_ref         (TcSeries    *self);
void        tc_series_unref       (TcSeries    *self);

void        tc_series_append      (TcSeries    *self,
                                   double       x,
                                   double       y,
                                   TcPointKind  kind);
void        tc_series_clear       (TcSeries    *self);

const char *tc_series_get_name    (TcSeries    *self);
guint       tc_series_get_length  (TcSeries    *self);
gboolean    tc_series_get_point   (TcSeries    *self,
                                   guint        index,
                                   TcSample    *sample);
gboolean    tc_series_get_x_range (TcSeries    *self,
                                   double      *x_min,
                                   double      *x_max);
gboolean    tc_series_get_y_range (TcSeries    *self,
                                   double       x_from,
                                   double       x_to,
                                   double      *y_min,
                                   double      *y_max);
gboolean    tc_series_get_nearest (TcSeries    *self,
                                   double       x,
                                   TcSample    *sample);
void        tc_series_decimate    (TcSeries    *self,
                                   double       x_from,
                                   double       x_to,
                                   guint        width,
                                   GArray      *samples);
TcSeries   *tc_series_smooth      (TcSeries    *self,
                                   double       weight);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcSeries, tc_series_unref)

G_END_DECLS
