/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The marks of a chart: a line each, and a sign at its foot that covers no other. */

#include "config.h"

#include <math.h>

#include "tc-chart-private.h"

#define FOOT_WIDTH  11
#define FOOT_HEIGHT 2

/** tc_chart_get_mark_color: @rgba: (out): for the present background */
void
tc_chart_get_mark_color (TcChart         *self,
                         TcChartMarkKind  kind,
                         GdkRGBA         *rgba)
{
  static const TcChartColor mark_colors[] = {
    [TC_CHART_MARK_PASS] = TC_CHART_TEAL,
    [TC_CHART_MARK_WARN] = TC_CHART_ORANGE,
    [TC_CHART_MARK_FAIL] = TC_CHART_RED,
    [TC_CHART_MARK_SKIPPED] = TC_CHART_GREY,
    [TC_CHART_MARK_VERDICT] = TC_CHART_PURPLE,
    [TC_CHART_MARK_PAUSE] = TC_CHART_GREY,
  };

  tc_chart_get_color (self, mark_colors[kind], rgba);
}

/* A mark in the plot, with the letter at its foot. */
typedef struct
{
  TcChartMarkKind  kind;
  double           line;   /* where that is */
  double           x;      /* of the letter's left edge; within the plot */
  double           width;
  double           top;
  guint            row;    /* counted from the bottom */
} Sign;

typedef struct
{
  TcChart         *chart;
  GtkSnapshot     *snapshot;
  graphene_rect_t  plot;
  PangoLayout     *letters[TC_CHART_N_MARKS]; /* (owned) */
  int              row_height;
  GArray          *marks;   /* (owned) (element-type Sign) all */
  GArray          *placed;  /* (owned) (element-type Sign) those that have a place for their letter */
} Signs;

static void
init (Signs *self)
{
  for (guint kind = 0; kind < TC_CHART_N_MARKS; kind++)
    {
      int height;

      self->letters[kind] = tc_chart_create_text (self->chart, tc_chart_get_mark_sign (kind));
      pango_layout_get_pixel_size (self->letters[kind], NULL, &height);
      self->row_height = MAX (self->row_height, height);
    }
  self->marks = g_array_new (FALSE, FALSE, sizeof (Sign));
  self->placed = g_array_new (FALSE, FALSE, sizeof (Sign));
}

static void
clear (Signs *self)
{
  for (guint kind = 0; kind < TC_CHART_N_MARKS; kind++)
    g_object_unref (self->letters[kind]);
  g_array_unref (self->marks);
  g_array_unref (self->placed);
}

/* Those of gates first, for they are at the bottom, and what they led to above. */
static int
compare_signs (gconstpointer a,
               gconstpointer b)
{
  static const int layers[TC_CHART_N_MARKS] = { [TC_CHART_MARK_VERDICT] = 1, [TC_CHART_MARK_PAUSE] = 2 };
  const Sign *first = a;
  const Sign *second = b;

  if (layers[first->kind] != layers[second->kind])
    return layers[first->kind] - layers[second->kind];

  return first->line < second->line ? -1 : first->line > second->line;
}

static void
collect (Signs *self)
{
  double left = self->plot.origin.x;
  double right = left + self->plot.size.width;

  for (guint i = 0; i < self->chart->marks->len; i++)
    {
      TcChartMark *mark = g_ptr_array_index (self->chart->marks, i);
      double x = tc_axis_to_pixel (&self->chart->x_axis, mark->x);
      Sign sign = { .kind = mark->kind, .line = x };
      int width;

      if (x < left || x > right)
        continue;
      pango_layout_get_pixel_size (self->letters[mark->kind], &width, NULL);
      sign.width = width;
      sign.x = MAX (left, MIN (x - width / 2.0, right - width));
      g_array_append_val (self->marks, sign);
    }
  g_array_sort (self->marks, compare_signs);
}

/* Into the lowest row where it covers no other. One that would be on top of
 * another of its kind has nothing to add: its line is there all the same. */
static void
place (Signs *self,
       Sign   sign)
{
  gulong taken = 0;
  int height;

  for (guint i = 0; i < self->placed->len; i++)
    {
      const Sign *other = &g_array_index (self->placed, Sign, i);

      if (other->kind == sign.kind && fabs (other->line - sign.line) < sign.width / 2)
        return;
      if (other->x < sign.x + sign.width && sign.x < other->x + other->width)
        taken |= 1ul << other->row;
    }
  sign.row = (guint) g_bit_nth_lsf (~taken, -1);
  pango_layout_get_pixel_size (self->letters[sign.kind], NULL, &height);
  sign.top = self->plot.origin.y + self->plot.size.height - FOOT_HEIGHT - height - sign.row * self->row_height;
  g_array_append_val (self->placed, sign);
}

/* A line ends above the letters, which could not be read upon it. */
static void
draw_line (Signs      *self,
           const Sign *mark)
{
  float at = (float) round (mark->line);
  float bottom = self->plot.origin.y + self->plot.size.height;
  double end = bottom;
  GdkRGBA color;
  GdkRGBA faint;

  for (guint i = 0; i < self->placed->len && !self->chart->compact; i++)
    {
      const Sign *sign = &g_array_index (self->placed, Sign, i);

      if (sign->x <= mark->line && mark->line <= sign->x + sign->width)
        end = MIN (end, sign->top);
    }
  tc_chart_get_mark_color (self->chart, mark->kind, &color);
  faint = color;
  faint.alpha = 0.35f;
  gtk_snapshot_append_color (self->snapshot, &faint,
                             &GRAPHENE_RECT_INIT (at, self->plot.origin.y, 1, (float) end - self->plot.origin.y));
  if (!self->chart->compact)
    gtk_snapshot_append_color (self->snapshot, &color, &GRAPHENE_RECT_INIT (at - FOOT_WIDTH / 2, bottom - FOOT_HEIGHT,
                                                                            FOOT_WIDTH, FOOT_HEIGHT));
}

static GskRenderNode *
create_letters (Signs *self)
{
  g_autoptr(GtkSnapshot) snapshot = gtk_snapshot_new ();

  for (guint i = 0; i < self->placed->len; i++)
    {
      const Sign *sign = &g_array_index (self->placed, Sign, i);
      GdkRGBA color;

      tc_chart_get_mark_color (self->chart, sign->kind, &color);
      tc_chart_draw_text (snapshot, self->letters[sign->kind], sign->x, sign->top, &color);
    }

  return gtk_snapshot_to_node (snapshot);
}

/**
 * tc_chart_draw_marks:
 * @snapshot: where to
 * @plot: what the horizontal axis lies over
 *
 * Returns: (transfer full) (nullable): the letters, for the curves would cover
 *   them: to be drawn after these
 */
GskRenderNode *
tc_chart_draw_marks (TcChart               *self,
                     GtkSnapshot           *snapshot,
                     const graphene_rect_t *plot)
{
  Signs signs = { .chart = self, .snapshot = snapshot, .plot = *plot };
  GskRenderNode *letters;

  init (&signs);
  collect (&signs);
  for (guint i = 0; i < signs.marks->len && !self->compact; i++)
    place (&signs, g_array_index (signs.marks, Sign, i));
  /* Backwards, so that of two feet at one place the gate's is seen. */
  for (guint i = signs.marks->len; i > 0; i--)
    draw_line (&signs, &g_array_index (signs.marks, Sign, i - 1));
  letters = create_letters (&signs);
  clear (&signs);

  return letters;
}
