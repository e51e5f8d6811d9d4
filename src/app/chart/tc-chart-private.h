/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The chart's fields, for its files: tc-chart.c (the object), tc-chart-draw.c,
 * tc-chart-input.c, tc-chart-legend.c, tc-chart-signs.c, tc-chart-text.c,
 * tc-chart-export.c.
 */

#include "tc-axis.h"
#include "tc-chart.h"

G_BEGIN_DECLS

#define TC_CHART_LINE_WIDTH 2

typedef struct
{
  TcSeries         *series;   /* (owned) */
  TcSeries         *smoothed; /* (owned) (nullable) made when drawn */
  guint             smoothed_length; /* of the series when it was made */
  char             *label;    /* (owned) */
  TcChartColor      color;
  TcChartLineFlags  flags;
} TcChartLine;

typedef struct
{
  double            x;
  TcChartMarkKind   kind;
  char             *text;     /* (owned) */
} TcChartMark;

struct _TcChart
{
  GtkWidget        parent_instance;

  GPtrArray       *lines;     /* (owned) (element-type TcChartLine) */
  GPtrArray       *marks;     /* (owned) (element-type TcChartMark) */
  GArray          *samples;   /* (owned) (element-type TcSample) used again for each line */
  char            *x_title;   /* (owned) */
  TcAxis           x_axis;    /* of the last drawing */
  TcAxis           y_axis;
  double           smoothing;
  double           cursor;    /* the crosshair's x; NaN: none */
  gboolean         log_scale;
  gboolean         compact;
  gboolean         is_zoomed;
  double           zoom_from; /* the part of the horizontal axis to show while zoomed */
  double           zoom_to;
  double           drag_x;    /* how far a drag has been followed */
  double           pinch;     /* the scale a pinch has been followed to */
  guint            summary_id; /* until the chart in words is up to date */
};

void           tc_chart_draw               (TcChart           *self,
                                            GtkSnapshot       *snapshot,
                                            int                width,
                                            int                height);
TcSeries      *tc_chart_line_get_shown     (TcChart           *self,
                                            TcChartLine       *line);
gboolean       tc_chart_get_x_range        (TcChart           *self,
                                            double            *minimum,
                                            double            *maximum);
void           tc_chart_get_color          (TcChart           *self,
                                            TcChartColor       color,
                                            GdkRGBA           *rgba);
void           tc_chart_get_mark_color     (TcChart           *self,
                                            TcChartMarkKind    kind,
                                            GdkRGBA           *rgba);

PangoLayout   *tc_chart_create_text        (TcChart           *self,
                                            const char        *text);
void           tc_chart_draw_text          (GtkSnapshot       *snapshot,
                                            PangoLayout       *layout,
                                            double             x,
                                            double             y,
                                            const GdkRGBA     *color);
GskRenderNode *tc_chart_draw_marks         (TcChart               *self,
                                            GtkSnapshot           *snapshot,
                                            const graphene_rect_t *plot);
GskStroke     *tc_chart_line_create_stroke (TcChartLine       *line,
                                            float              width);

void           tc_chart_schedule_summary   (TcChart           *self);
const char    *tc_chart_get_mark_sign      (TcChartMarkKind    kind);
gboolean       tc_chart_has_non_finite     (TcChart           *self);
double         tc_chart_draw_mark_legend   (TcChart           *self,
                                            GtkSnapshot       *snapshot,
                                            double             width,
                                            double             y);
double         tc_chart_draw_line_legend   (TcChart           *self,
                                            GtkSnapshot       *snapshot,
                                            double             left,
                                            double             right);

void           tc_chart_init_input         (TcChart           *self);
void           tc_chart_class_init_keys    (GtkWidgetClass    *widget_class);
void           tc_chart_set_cursor         (TcChart           *self,
                                            double             x);
void           tc_chart_set_zoomed         (TcChart           *self,
                                            gboolean           is_zoomed);

char          *tc_chart_dup_readout        (TcChart           *self,
                                            double             x);

G_END_DECLS
