/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-chart-private.h"

#include <glib/gi18n.h>
#include <math.h>

#define PADDING       6
#define TICK_SPACE_X  80
#define TICK_SPACE_Y  40
#define MAX_TICKS     32
#define DOT_RADIUS    4
#define MARK_RADIUS   5
#define SMALL_FONT    0.85
#define Y_MARGIN      0.06

/* Light and dark variants: of each pair the one that stands out from its
 * background. The order keeps neighbours apart also without red and green. */
static const struct {
  const char *on_light;
  const char *on_dark;
} colors[TC_CHART_N_COLORS] = {
  { "#1a5fb4", "#78aeed" },
  { "#c64600", "#ffa348" },
  { "#813d9c", "#dc8add" },
  { "#0f7a6c", "#5bc8af" },
  { "#a51d2d", "#ff8a80" },
  { "#5e5c64", "#c0bfbc" },
};

typedef struct
{
  TcChart     *chart;
  GtkSnapshot *snapshot;
  GdkRGBA      text;   /* the widget's own colour */
  GdkRGBA      grid;
  graphene_rect_t plot;
} Drawing;

static gboolean
is_dark (TcChart *self)
{
  GdkRGBA text;

  gtk_widget_get_color (GTK_WIDGET (self), &text);

  return text.red + text.green + text.blue > 1.5;
}

/** tc_chart_get_color: @rgba: (out): for the present background */
void
tc_chart_get_color (TcChart      *self,
                    TcChartColor  color,
                    GdkRGBA      *rgba)
{
  gdk_rgba_parse (rgba, is_dark (self) ? colors[color].on_dark : colors[color].on_light);
}

/** tc_chart_create_text: Returns: (transfer full): @text in the size of a chart */
PangoLayout *
tc_chart_create_text (TcChart    *self,
                      const char *text)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  g_autoptr(PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (SMALL_FONT));
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);

  return layout;
}

/** tc_chart_draw_text: @x: of its left edge; @y: of its upper one */
void
tc_chart_draw_text (GtkSnapshot   *snapshot,
                    PangoLayout   *layout,
                    double         x,
                    double         y,
                    const GdkRGBA *color)
{
  graphene_point_t at = GRAPHENE_POINT_INIT ((float) x, (float) y);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &at);
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static void
draw_text (Drawing     *drawing,
           PangoLayout *layout,
           double       x,
           double       y)
{
  tc_chart_draw_text (drawing->snapshot, layout, x, y, &drawing->text);
}

static void
draw_bar (Drawing       *drawing,
          const GdkRGBA *color,
          double         x,
          double         y,
          double         width,
          double         height)
{
  gtk_snapshot_append_color (drawing->snapshot, color,
                             &GRAPHENE_RECT_INIT ((float) x, (float) y, (float) width, (float) height));
}

static void
draw_dot (Drawing       *drawing,
          const GdkRGBA *color,
          double         x,
          double         y,
          double         radius)
{
  graphene_rect_t bounds = GRAPHENE_RECT_INIT ((float) (x - radius), (float) (y - radius),
                                               (float) (2 * radius), (float) (2 * radius));
  GskRoundedRect circle;

  gsk_rounded_rect_init_from_rect (&circle, &bounds, (float) radius);
  gtk_snapshot_push_rounded_clip (drawing->snapshot, &circle);
  gtk_snapshot_append_color (drawing->snapshot, color, &bounds);
  gtk_snapshot_pop (drawing->snapshot);
}

/* ---- The ranges ---- */

static gboolean
get_y_range (TcChart *self,
             double   x_from,
             double   x_to,
             double  *minimum,
             double  *maximum)
{
  gboolean any = FALSE;

  for (guint i = 0; i < self->lines->len; i++)
    {
      TcChartLine *line = g_ptr_array_index (self->lines, i);
      double low;
      double high;

      if (!tc_series_get_y_range (tc_chart_line_get_shown (self, line), x_from, x_to, &low, &high))
        continue;
      *minimum = any ? MIN (*minimum, low) : low;
      *maximum = any ? MAX (*maximum, high) : high;
      any = TRUE;
    }

  return any;
}

/* The zoom outlives the lines that it was made for. Of others that do not reach
 * into it all is shown, until some do. */
static void
fit_x_axis (TcChart *self,
            double   minimum,
            double   maximum)
{
  self->x_axis.is_log = FALSE;
  if (self->is_zoomed && self->zoom_from < maximum && self->zoom_to > minimum)
    {
      self->x_axis.from = self->zoom_from;
      self->x_axis.to = self->zoom_to;
    }
  else
    {
      tc_axis_fit (&self->x_axis, minimum, maximum, 0);
    }
}

/* Between two points there is none, but the line from one to the other. A
 * logarithmic axis over values that are not positive is none: the chart is
 * drawn linear until there are some. */
static gboolean
fit_axes (TcChart *self)
{
  double low;
  double high;
  double x_from;
  double x_to;

  if (!tc_chart_get_x_range (self, &x_from, &x_to))
    return FALSE;
  fit_x_axis (self, x_from, x_to);
  if (!get_y_range (self, self->x_axis.from, self->x_axis.to, &low, &high) &&
      !get_y_range (self, x_from, x_to, &low, &high))
    return FALSE;
  self->y_axis.is_log = self->log_scale && high > 0;
  if (self->y_axis.is_log && low <= 0)
    low = high / 1e6;
  tc_axis_fit (&self->y_axis, low, high, Y_MARGIN);

  return TRUE;
}

/* ---- Grid and axes ---- */

static double
measure_y_labels (Drawing      *drawing,
                  const TcTick *ticks,
                  guint         n_ticks)
{
  double width = 0;

  for (guint i = 0; i < n_ticks; i++)
    {
      g_autoptr(PangoLayout) layout = tc_chart_create_text (drawing->chart, ticks[i].label);
      int text_width;

      pango_layout_get_pixel_size (layout, &text_width, NULL);
      width = MAX (width, text_width);
    }

  return width;
}

static void
draw_y_axis (Drawing      *drawing,
             const TcTick *ticks,
             guint         n_ticks)
{
  const graphene_rect_t *plot = &drawing->plot;

  for (guint i = 0; i < n_ticks; i++)
    {
      double y = tc_axis_to_pixel (&drawing->chart->y_axis, ticks[i].value);
      g_autoptr(PangoLayout) layout = tc_chart_create_text (drawing->chart, ticks[i].label);
      int width;
      int height;

      pango_layout_get_pixel_size (layout, &width, &height);
      draw_bar (drawing, &drawing->grid, plot->origin.x, round (y), plot->size.width, 1);
      draw_text (drawing, layout, plot->origin.x - PADDING - width, round (y) - height / 2);
    }
}

static void
draw_x_axis (Drawing *drawing)
{
  const graphene_rect_t *plot = &drawing->plot;
  double right = plot->origin.x + plot->size.width;
  double bottom = plot->origin.y + plot->size.height;
  TcTick ticks[MAX_TICKS];
  guint wanted = CLAMP ((guint) (plot->size.width / TICK_SPACE_X), 1, MAX_TICKS);
  guint n_ticks = tc_axis_get_ticks (&drawing->chart->x_axis, wanted, ticks);
  g_autoptr(PangoLayout) title = tc_chart_create_text (drawing->chart, drawing->chart->x_title);
  int title_width;
  double title_x;

  pango_layout_get_pixel_size (title, &title_width, NULL);
  title_x = right - title_width;
  draw_text (drawing, title, title_x, bottom + PADDING / 2);
  for (guint i = 0; i < n_ticks; i++)
    {
      double x = tc_axis_to_pixel (&drawing->chart->x_axis, ticks[i].value);
      g_autoptr(PangoLayout) layout = tc_chart_create_text (drawing->chart, ticks[i].label);
      int width;

      pango_layout_get_pixel_size (layout, &width, NULL);
      draw_bar (drawing, &drawing->grid, round (x), plot->origin.y, 1, plot->size.height);
      if (x + width / 2.0 + PADDING < title_x)
        draw_text (drawing, layout, MAX (0, x - width / 2.0), bottom + PADDING / 2);
    }
}

/* ---- Curves ---- */

/** tc_chart_line_create_stroke: Returns: (transfer full): what a line looks like, also in the legend */
GskStroke *
tc_chart_line_create_stroke (TcChartLine *line,
                             float        width)
{
  static const float dashes[] = { 6, 4 };
  static const float dots[] = { 2, 3 };
  GskStroke *stroke = gsk_stroke_new (width);

  gsk_stroke_set_line_join (stroke, GSK_LINE_JOIN_BEVEL);
  if (line->flags & TC_CHART_LINE_DASHED)
    gsk_stroke_set_dash (stroke, dashes, G_N_ELEMENTS (dashes));
  else if (line->flags & TC_CHART_LINE_DOTTED)
    gsk_stroke_set_dash (stroke, dots, G_N_ELEMENTS (dots));

  return stroke;
}

/* Where a value was no number, at the top of the plot. */
static void
add_non_finite (Drawing        *drawing,
                GskPathBuilder *builder,
                double          x)
{
  float at = (float) round (x);
  float y = drawing->plot.origin.y;

  gsk_path_builder_move_to (builder, at - MARK_RADIUS, y);
  gsk_path_builder_line_to (builder, at + MARK_RADIUS, y);
  gsk_path_builder_line_to (builder, at, y + 2 * MARK_RADIUS);
  gsk_path_builder_close (builder);
}

/* In a run of them, one every few pixels is enough. */
static void
draw_non_finite (Drawing *drawing)
{
  TcChart *self = drawing->chart;
  g_autoptr(GskPathBuilder) builder = gsk_path_builder_new ();
  g_autoptr(GskPath) path = NULL;
  double before = -INFINITY;
  GdkRGBA red;

  for (guint i = 0; i < self->samples->len; i++)
    {
      TcSample *sample = &g_array_index (self->samples, TcSample, i);
      double x = tc_axis_to_pixel (&self->x_axis, sample->x);

      if (sample->kind == TC_POINT_FINITE || fabs (x - before) < 3 * MARK_RADIUS)
        continue;
      add_non_finite (drawing, builder, x);
      before = x;
    }
  path = gsk_path_builder_to_path (builder);
  tc_chart_get_color (self, TC_CHART_RED, &red);
  gtk_snapshot_append_fill (drawing->snapshot, path, GSK_FILL_RULE_WINDING, &red);
}

/* ---- Dense lines ---- */

/* What one column of pixels holds of a line. */
typedef struct
{
  float x;
  float top;
  float bottom;
} Column;

static void
close_band (GskPathBuilder *builder,
            GArray         *columns,
            float           half)
{
  for (guint i = 0; i < columns->len; i++)
    {
      Column *column = &g_array_index (columns, Column, i);

      if (i == 0)
        gsk_path_builder_move_to (builder, column->x - half, column->top - half);
      gsk_path_builder_line_to (builder, column->x + half, column->top - half);
    }
  for (guint i = columns->len; i > 0; i--)
    {
      Column *column = &g_array_index (columns, Column, i - 1);

      gsk_path_builder_line_to (builder, column->x + (i == columns->len ? half : -half), column->bottom + half);
    }
  if (columns->len > 0)
    gsk_path_builder_close (builder);
  g_array_set_size (columns, 0);
}

/* A line with several points a pixel is a band: to fill one costs a tenth of
 * what stroking its thousands of teeth does, and looks the same. Each column
 * reaches to where the one before ended. */
static void
draw_band (Drawing       *drawing,
           TcChartLine   *line,
           const GdkRGBA *color)
{
  TcChart *self = drawing->chart;
  g_autoptr(GskPathBuilder) builder = gsk_path_builder_new ();
  g_autoptr(GskPath) path = NULL;
  g_autoptr(GArray) columns = g_array_new (FALSE, FALSE, sizeof (Column));
  float half = TC_CHART_LINE_WIDTH / 2;
  float last_y = 0;
  guint segment = 0;

  for (guint i = 0; i < self->samples->len; i++)
    {
      TcSample *sample = &g_array_index (self->samples, TcSample, i);
      gboolean is_gap = sample->kind != TC_POINT_FINITE || (self->y_axis.is_log && sample->y <= 0);
      float x = floorf ((float) tc_axis_to_pixel (&self->x_axis, sample->x));
      float y = is_gap ? 0 : (float) tc_axis_to_pixel (&self->y_axis, sample->y);
      Column *column;

      if (is_gap || sample->segment != segment)
        close_band (builder, columns, half);
      segment = sample->segment;
      if (is_gap)
        continue;
      if (columns->len == 0 || g_array_index (columns, Column, columns->len - 1).x < x)
        {
          Column fresh = { x, columns->len > 0 ? MIN (y, last_y) : y, columns->len > 0 ? MAX (y, last_y) : y };

          g_array_append_val (columns, fresh);
        }
      column = &g_array_index (columns, Column, columns->len - 1);
      column->top = MIN (column->top, y);
      column->bottom = MAX (column->bottom, y);
      last_y = y;
    }
  close_band (builder, columns, half);
  path = gsk_path_builder_to_path (builder);
  gtk_snapshot_append_fill (drawing->snapshot, path, GSK_FILL_RULE_WINDING, color);
}

static void
draw_line (Drawing     *drawing,
           TcChartLine *line)
{
  TcChart *self = drawing->chart;
  g_autoptr(GskPathBuilder) builder = gsk_path_builder_new ();
  g_autoptr(GskPath) path = NULL;
  GskStroke *stroke;
  gboolean is_down = FALSE;
  guint segment = 0;
  GdkRGBA color;

  tc_chart_get_color (self, line->color, &color);
  if (line->flags & TC_CHART_LINE_FAINT)
    color.alpha = 0.3f;
  g_array_set_size (self->samples, 0);
  tc_series_decimate (tc_chart_line_get_shown (self, line), self->x_axis.from, self->x_axis.to,
                      MAX (1, (guint) drawing->plot.size.width), self->samples);
  if (self->samples->len > 2 * drawing->plot.size.width)
    {
      draw_band (drawing, line, &color);
      draw_non_finite (drawing);
      return;
    }

  for (guint i = 0; i < self->samples->len; i++)
    {
      TcSample *sample = &g_array_index (self->samples, TcSample, i);
      float x = (float) tc_axis_to_pixel (&self->x_axis, sample->x);

      if (sample->kind != TC_POINT_FINITE || (self->y_axis.is_log && sample->y <= 0))
        {
          is_down = FALSE;
          continue;
        }
      if (is_down && sample->segment == segment)
        gsk_path_builder_line_to (builder, x, (float) tc_axis_to_pixel (&self->y_axis, sample->y));
      else
        gsk_path_builder_move_to (builder, x, (float) tc_axis_to_pixel (&self->y_axis, sample->y));
      is_down = TRUE;
      segment = sample->segment;
    }

  path = gsk_path_builder_to_path (builder);
  stroke = tc_chart_line_create_stroke (line, self->compact ? TC_CHART_LINE_WIDTH - 0.5f : TC_CHART_LINE_WIDTH);
  gtk_snapshot_append_stroke (drawing->snapshot, path, stroke, &color);
  gsk_stroke_free (stroke);
  draw_non_finite (drawing);
}

/* A point alone makes no line. */
static void
draw_single_point (Drawing     *drawing,
                   TcChartLine *line)
{
  TcChart *self = drawing->chart;
  TcSample sample;
  GdkRGBA color;

  if (tc_series_get_length (line->series) != 1 ||
      !tc_series_get_point (line->series, 0, &sample) || sample.kind != TC_POINT_FINITE)
    return;
  tc_chart_get_color (self, line->color, &color);
  draw_dot (drawing, &color, tc_axis_to_pixel (&self->x_axis, sample.x),
            tc_axis_to_pixel (&self->y_axis, sample.y), DOT_RADIUS - 1);
}

/* ---- The crosshair ---- */

static void
draw_readout (Drawing *drawing,
              double   x)
{
  g_autofree char *text = tc_chart_dup_readout (drawing->chart, drawing->chart->cursor);
  g_autoptr(PangoLayout) layout = tc_chart_create_text (drawing->chart, text);
  const graphene_rect_t *plot = &drawing->plot;
  GdkRGBA back = { 0, 0, 0, 0.8f };
  GdkRGBA white = { 1, 1, 1, 1 };
  GskRoundedRect box;
  graphene_rect_t bounds;
  int width;
  int height;
  double left;

  pango_layout_get_pixel_size (layout, &width, &height);
  left = x + 2 * PADDING;
  if (left + width + 2 * PADDING > plot->origin.x + plot->size.width)
    left = MAX (plot->origin.x, x - width - 4 * PADDING);
  bounds = GRAPHENE_RECT_INIT ((float) left, plot->origin.y + PADDING,
                               (float) (width + 2 * PADDING), (float) (height + PADDING));
  gsk_rounded_rect_init_from_rect (&box, &bounds, PADDING);
  gtk_snapshot_push_rounded_clip (drawing->snapshot, &box);
  gtk_snapshot_append_color (drawing->snapshot, &back, &bounds);
  gtk_snapshot_pop (drawing->snapshot);
  tc_chart_draw_text (drawing->snapshot, layout, left + PADDING, plot->origin.y + PADDING + PADDING / 2, &white);
}

static void
draw_crosshair (Drawing *drawing)
{
  TcChart *self = drawing->chart;
  double x = tc_axis_to_pixel (&self->x_axis, self->cursor);

  if (isnan (self->cursor) || self->compact ||
      x < drawing->plot.origin.x - 1 || x > drawing->plot.origin.x + drawing->plot.size.width + 1)
    return;
  draw_bar (drawing, &drawing->text, round (x), drawing->plot.origin.y, 1, drawing->plot.size.height);
  for (guint i = 0; i < self->lines->len; i++)
    {
      TcChartLine *line = g_ptr_array_index (self->lines, i);
      TcSample sample;
      GdkRGBA color;

      if (!tc_series_get_nearest (tc_chart_line_get_shown (self, line), self->cursor, &sample) ||
          sample.kind != TC_POINT_FINITE || (self->y_axis.is_log && sample.y <= 0))
        continue;
      tc_chart_get_color (self, line->color, &color);
      draw_dot (drawing, &color, tc_axis_to_pixel (&self->x_axis, sample.x),
                tc_axis_to_pixel (&self->y_axis, sample.y), DOT_RADIUS);
    }
  draw_readout (drawing, x);
}

/* ---- All of it ---- */

static void
place_plot (Drawing *drawing,
            double   left,
            double   top,
            double   right,
            double   bottom)
{
  TcChart *self = drawing->chart;

  drawing->plot = GRAPHENE_RECT_INIT ((float) left, (float) top,
                                      (float) MAX (1, right - left), (float) MAX (1, bottom - top));
  self->x_axis.start = left;
  self->x_axis.end = left + drawing->plot.size.width;
  self->y_axis.start = top + drawing->plot.size.height;
  self->y_axis.end = top;
}

static void
draw_frame (Drawing *drawing,
            int      width,
            int      height)
{
  TcTick ticks[MAX_TICKS];
  g_autoptr(PangoLayout) probe = tc_chart_create_text (drawing->chart, "0");
  guint wanted;
  guint n_ticks;
  int text_height;
  double left;
  double top;
  double legend = tc_chart_draw_mark_legend (drawing->chart, NULL, width, 0);

  pango_layout_get_pixel_size (probe, NULL, &text_height);
  tc_chart_draw_mark_legend (drawing->chart, drawing->snapshot, width, height - legend);
  height -= (int) ceil (legend) + (legend > 0 ? PADDING : 0);
  wanted = CLAMP ((guint) (MAX (0, height - 2 * text_height) / TICK_SPACE_Y), 2, MAX_TICKS);
  n_ticks = tc_axis_get_ticks (&drawing->chart->y_axis, wanted, ticks);
  left = measure_y_labels (drawing, ticks, n_ticks) + 2 * PADDING;
  top = tc_chart_draw_line_legend (drawing->chart, drawing->snapshot, left, width - PADDING);
  place_plot (drawing, left, MAX (top, text_height) + PADDING, width - PADDING, height - text_height - PADDING);
  draw_y_axis (drawing, ticks, n_ticks);
  draw_x_axis (drawing);
}

/* Nothing to draw: said in words, for an empty plot may as well be a fault. */
static void
draw_empty (Drawing *drawing,
            int      width,
            int      height)
{
  TcChart *self = drawing->chart;
  g_autoptr(PangoLayout) layout = NULL;
  double from;
  double to;
  int text_height;

  if (self->compact)
    return;
  layout = tc_chart_create_text (drawing->chart, tc_chart_get_x_range (self, &from, &to)
                                   ? _("No value so far is a number.") : _("No values yet"));
  pango_layout_set_width (layout, width * PANGO_SCALE);
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_get_pixel_size (layout, NULL, &text_height);
  drawing->text.alpha *= 0.55f;
  draw_text (drawing, layout, 0, (height - text_height) / 2.0);
}

/**
 * tc_chart_draw:
 * @snapshot: where to
 * @width: in pixels
 * @height: in pixels
 */
void
tc_chart_draw (TcChart     *self,
               GtkSnapshot *snapshot,
               int          width,
               int          height)
{
  Drawing drawing = { .chart = self, .snapshot = snapshot };
  graphene_rect_t clip;
  GskRenderNode *letters;

  gtk_widget_get_color (GTK_WIDGET (self), &drawing.text);
  drawing.grid = drawing.text;
  drawing.grid.alpha *= 0.12f;
  if (width <= 0 || height <= 0)
    return;
  if (!fit_axes (self))
    {
      draw_empty (&drawing, width, height);
      return;
    }

  if (self->compact)
    place_plot (&drawing, 1, 2, width - 1, height - 2);
  else
    draw_frame (&drawing, width, height);

  clip = drawing.plot;
  if (!self->compact)
    graphene_rect_inset (&clip, -PADDING, 0);
  gtk_snapshot_push_clip (snapshot, &clip);
  letters = tc_chart_draw_marks (self, snapshot, &drawing.plot);
  for (guint i = 0; i < self->lines->len; i++)
    {
      draw_line (&drawing, g_ptr_array_index (self->lines, i));
      draw_single_point (&drawing, g_ptr_array_index (self->lines, i));
    }
  if (letters != NULL)
    gtk_snapshot_append_node (snapshot, letters);
  g_clear_pointer (&letters, gsk_render_node_unref);
  draw_crosshair (&drawing);
  gtk_snapshot_pop (snapshot);
}
