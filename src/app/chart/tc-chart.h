/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Curves over epochs: any number of series with millions of points, drawn from
 * a few samples a pixel; marks for gates, verdicts and suspends; a crosshair
 * that reads values; zooming and panning by pointer and by keyboard. It sees
 * series (metrics/) and nothing else of the program. Main thread only.
 */

#include <gtk/gtk.h>

#include "tc-series.h"

G_BEGIN_DECLS

/* Colours that stay apart for colour-blind people; the dashes differ as well. */
typedef enum
{
  TC_CHART_BLUE,
  TC_CHART_ORANGE,
  TC_CHART_PURPLE,
  TC_CHART_TEAL,
  TC_CHART_RED,
  TC_CHART_GREY,
  TC_CHART_N_COLORS,
} TcChartColor;

typedef enum
{
  TC_CHART_LINE_DEFAULT = 0,
  TC_CHART_LINE_DASHED  = 1 << 0,
  TC_CHART_LINE_FAINT   = 1 << 1, /* in the background, as batch losses */
  TC_CHART_LINE_DOTTED  = 1 << 2,
} TcChartLineFlags;

typedef enum
{
  TC_CHART_MARK_PASS,
  TC_CHART_MARK_WARN,
  TC_CHART_MARK_FAIL,
  TC_CHART_MARK_SKIPPED,
  TC_CHART_MARK_VERDICT,
  TC_CHART_MARK_PAUSE,   /* a suspend, a pause, a restart */
  TC_CHART_N_MARKS,
} TcChartMarkKind;

#define TC_TYPE_CHART (tc_chart_get_type ())
G_DECLARE_FINAL_TYPE (TcChart, tc_chart, TC, CHART, GtkWidget)

/* Properties, all notified: "log-scale" (gboolean), "smoothing" (double, 0 to
 * 0.99: how much of the past a drawn value keeps), "compact" (gboolean: no axes,
 * no input, for rows), "zoomed" (gboolean, read-only), "x-title" (string). */
GtkWidget  *tc_chart_new           (void);
void        tc_chart_add_line      (TcChart          *self,
                                    TcSeries         *series,
                                    const char       *label,
                                    TcChartColor      color,
                                    TcChartLineFlags  flags);
void        tc_chart_add_mark      (TcChart          *self,
                                    double            x,
                                    TcChartMarkKind   kind,
                                    const char       *text);
void        tc_chart_clear         (TcChart          *self);
void        tc_chart_clear_marks   (TcChart          *self);
void        tc_chart_update        (TcChart          *self);

void        tc_chart_set_log_scale (TcChart          *self,
                                    gboolean          log_scale);
void        tc_chart_set_smoothing (TcChart          *self,
                                    double            smoothing);
void        tc_chart_set_compact   (TcChart          *self,
                                    gboolean          compact);
void        tc_chart_set_x_title   (TcChart          *self,
                                    const char       *title);
void        tc_chart_set_x_whole   (TcChart          *self,
                                    gboolean          is_whole);
void        tc_chart_reset_zoom    (TcChart          *self);
char       *tc_chart_dup_summary   (TcChart          *self);

/* What is shown, as a file's content; NULL before there is anything. */
GBytes     *tc_chart_to_png        (TcChart          *self);
GBytes     *tc_chart_to_svg        (TcChart          *self);
GBytes     *tc_chart_to_csv        (TcChart          *self);

G_END_DECLS
