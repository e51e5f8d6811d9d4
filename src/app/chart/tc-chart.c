/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-chart-private.h"

#include <math.h>

#define DEFAULT_HEIGHT 240
#define COMPACT_HEIGHT 32
#define MIN_WIDTH      120
#define MAX_SMOOTHING  0.99

enum
{
  PROP_0,
  PROP_LOG_SCALE,
  PROP_SMOOTHING,
  PROP_COMPACT,
  PROP_ZOOMED,
  PROP_X_TITLE,
  N_PROPS,
};

G_DEFINE_FINAL_TYPE (TcChart, tc_chart, GTK_TYPE_WIDGET)

static GParamSpec *properties[N_PROPS];

static void
line_free (TcChartLine *line)
{
  tc_series_unref (line->series);
  g_clear_pointer (&line->smoothed, tc_series_unref);
  g_free (line->label);
  g_free (line);
}

static void
mark_free (TcChartMark *mark)
{
  g_free (mark->text);
  g_free (mark);
}

static void
tc_chart_measure (GtkWidget      *widget,
                  GtkOrientation  orientation,
                  int             for_size,
                  int            *minimum,
                  int            *natural,
                  int            *minimum_baseline,
                  int            *natural_baseline)
{
  TcChart *self = TC_CHART (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = *natural = self->compact ? COMPACT_HEIGHT : MIN_WIDTH;
  else
    *minimum = *natural = self->compact ? COMPACT_HEIGHT : DEFAULT_HEIGHT;
}

static void
tc_chart_snapshot (GtkWidget   *widget,
                   GtkSnapshot *snapshot)
{
  tc_chart_draw (TC_CHART (widget), snapshot,
                 gtk_widget_get_width (widget), gtk_widget_get_height (widget));
}

static void
tc_chart_get_property (GObject    *object,
                       guint       prop_id,
                       GValue     *value,
                       GParamSpec *pspec)
{
  TcChart *self = TC_CHART (object);

  switch (prop_id)
    {
    case PROP_LOG_SCALE:
      g_value_set_boolean (value, self->log_scale);
      break;
    case PROP_SMOOTHING:
      g_value_set_double (value, self->smoothing);
      break;
    case PROP_COMPACT:
      g_value_set_boolean (value, self->compact);
      break;
    case PROP_ZOOMED:
      g_value_set_boolean (value, self->is_zoomed);
      break;
    case PROP_X_TITLE:
      g_value_set_string (value, self->x_title);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
tc_chart_set_property (GObject      *object,
                       guint         prop_id,
                       const GValue *value,
                       GParamSpec   *pspec)
{
  TcChart *self = TC_CHART (object);

  switch (prop_id)
    {
    case PROP_LOG_SCALE:
      tc_chart_set_log_scale (self, g_value_get_boolean (value));
      break;
    case PROP_SMOOTHING:
      tc_chart_set_smoothing (self, g_value_get_double (value));
      break;
    case PROP_COMPACT:
      tc_chart_set_compact (self, g_value_get_boolean (value));
      break;
    case PROP_X_TITLE:
      tc_chart_set_x_title (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
tc_chart_finalize (GObject *object)
{
  TcChart *self = TC_CHART (object);

  g_clear_handle_id (&self->summary_id, g_source_remove);
  g_clear_pointer (&self->lines, g_ptr_array_unref);
  g_clear_pointer (&self->marks, g_ptr_array_unref);
  g_clear_pointer (&self->samples, g_array_unref);
  g_clear_pointer (&self->x_title, g_free);

  G_OBJECT_CLASS (tc_chart_parent_class)->finalize (object);
}

static void
tc_chart_class_init (TcChartClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = tc_chart_get_property;
  object_class->set_property = tc_chart_set_property;
  object_class->finalize = tc_chart_finalize;
  widget_class->measure = tc_chart_measure;
  widget_class->snapshot = tc_chart_snapshot;

  properties[PROP_LOG_SCALE] = g_param_spec_boolean ("log-scale", NULL, NULL, FALSE, flags);
  properties[PROP_SMOOTHING] = g_param_spec_double ("smoothing", NULL, NULL, 0, MAX_SMOOTHING, 0,
                                                    flags);
  properties[PROP_COMPACT] = g_param_spec_boolean ("compact", NULL, NULL, FALSE, flags);
  properties[PROP_ZOOMED] = g_param_spec_boolean ("zoomed", NULL, NULL, FALSE,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_X_TITLE] = g_param_spec_string ("x-title", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_css_name (widget_class, "chart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  tc_chart_class_init_keys (widget_class);
}

static void
tc_chart_init (TcChart *self)
{
  self->lines = g_ptr_array_new_with_free_func ((GDestroyNotify) line_free);
  self->marks = g_ptr_array_new_with_free_func ((GDestroyNotify) mark_free);
  self->samples = g_array_new (FALSE, FALSE, sizeof (TcSample));
  self->x_title = g_strdup ("");
  self->cursor = NAN;
  self->pinch = 1;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  tc_chart_init_input (self);
}

/**
 * tc_chart_new:
 *
 * Returns: (transfer floating): a chart without lines
 */
GtkWidget *
tc_chart_new (void)
{
  return g_object_new (TC_TYPE_CHART, NULL);
}

/**
 * tc_chart_add_line:
 * @series: shared; tell the chart with tc_chart_update() when it has grown
 * @label: for people
 */
void
tc_chart_add_line (TcChart          *self,
                   TcSeries         *series,
                   const char       *label,
                   TcChartColor      color,
                   TcChartLineFlags  flags)
{
  TcChartLine *line = g_new0 (TcChartLine, 1);

  g_return_if_fail (TC_IS_CHART (self));

  line->series = tc_series_ref (series);
  line->label = g_strdup (label);
  line->color = color;
  line->flags = flags;
  g_ptr_array_add (self->lines, line);
  tc_chart_update (self);
}

/**
 * tc_chart_add_mark:
 * @x: where on the horizontal axis
 * @text: what the crosshair says there
 */
void
tc_chart_add_mark (TcChart         *self,
                   double           x,
                   TcChartMarkKind  kind,
                   const char      *text)
{
  TcChartMark *mark = g_new0 (TcChartMark, 1);

  g_return_if_fail (TC_IS_CHART (self));

  mark->x = x;
  mark->kind = kind;
  mark->text = g_strdup (text);
  g_ptr_array_add (self->marks, mark);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/** tc_chart_clear_marks: */
void
tc_chart_clear_marks (TcChart *self)
{
  g_return_if_fail (TC_IS_CHART (self));

  g_ptr_array_set_size (self->marks, 0);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * tc_chart_clear:
 *
 * Takes all lines and marks out. The zoom stays, for what comes may be another
 * choice of the same; of something else, call tc_chart_reset_zoom() as well.
 */
void
tc_chart_clear (TcChart *self)
{
  g_return_if_fail (TC_IS_CHART (self));

  g_ptr_array_set_size (self->lines, 0);
  tc_chart_clear_marks (self);
}

/**
 * tc_chart_update:
 *
 * A series has grown. May be called for every point: what is shown changes with
 * the next frame.
 */
void
tc_chart_update (TcChart *self)
{
  g_return_if_fail (TC_IS_CHART (self));

  tc_chart_schedule_summary (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/** tc_chart_set_log_scale: Values that are not positive are left out then. */
void
tc_chart_set_log_scale (TcChart  *self,
                        gboolean  log_scale)
{
  g_return_if_fail (TC_IS_CHART (self));

  if (self->log_scale == !!log_scale)
    return;
  self->log_scale = !!log_scale;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOG_SCALE]);
}

/**
 * tc_chart_set_smoothing:
 * @smoothing: 0 to 0.99; computed over all points, not over those drawn
 */
void
tc_chart_set_smoothing (TcChart *self,
                        double   smoothing)
{
  g_return_if_fail (TC_IS_CHART (self));

  smoothing = CLAMP (smoothing, 0, MAX_SMOOTHING);
  if (self->smoothing == smoothing)
    return;
  self->smoothing = smoothing;
  for (guint i = 0; i < self->lines->len; i++)
    {
      TcChartLine *line = g_ptr_array_index (self->lines, i);

      g_clear_pointer (&line->smoothed, tc_series_unref);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SMOOTHING]);
}

/** tc_chart_set_compact: Curves only, for a row: nothing to read, nothing to focus. */
void
tc_chart_set_compact (TcChart  *self,
                      gboolean  compact)
{
  g_return_if_fail (TC_IS_CHART (self));

  if (self->compact == !!compact)
    return;
  self->compact = !!compact;
  gtk_widget_set_focusable (GTK_WIDGET (self), !self->compact);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COMPACT]);
}

/** tc_chart_set_x_title: @title: "Epoch", "Step", "Hours"; another one is another axis: the zoom is reset */
void
tc_chart_set_x_title (TcChart    *self,
                      const char *title)
{
  g_return_if_fail (TC_IS_CHART (self));

  if (!g_set_str (&self->x_title, title != NULL ? title : ""))
    return;
  tc_chart_reset_zoom (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_X_TITLE]);
}

/** tc_chart_set_x_whole: @is_whole: whether x counts something, as epochs and steps: no marks between two */
void
tc_chart_set_x_whole (TcChart  *self,
                      gboolean  is_whole)
{
  g_return_if_fail (TC_IS_CHART (self));

  self->x_axis.is_whole = is_whole;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/** tc_chart_set_zoomed: For the files of the chart: whether what x_axis shows now is to stay. */
void
tc_chart_set_zoomed (TcChart  *self,
                     gboolean  is_zoomed)
{
  self->zoom_from = self->x_axis.from;
  self->zoom_to = self->x_axis.to;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (self->is_zoomed == is_zoomed)
    return;
  self->is_zoomed = is_zoomed;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ZOOMED]);
}

/** tc_chart_reset_zoom: Shows everything again, and what is to come. */
void
tc_chart_reset_zoom (TcChart *self)
{
  g_return_if_fail (TC_IS_CHART (self));

  tc_chart_set_zoomed (self, FALSE);
}

/** tc_chart_line_get_shown: Returns: (transfer none): what is drawn of a line */
TcSeries *
tc_chart_line_get_shown (TcChart     *self,
                         TcChartLine *line)
{
  guint length = tc_series_get_length (line->series);

  if (self->smoothing <= 0)
    return line->series;
  if (line->smoothed == NULL || line->smoothed_length != length)
    {
      g_clear_pointer (&line->smoothed, tc_series_unref);
      line->smoothed = tc_series_smooth (line->series, self->smoothing);
      line->smoothed_length = length;
    }

  return line->smoothed;
}

/** tc_chart_get_x_range: Returns: FALSE if there is no point in any line */
gboolean
tc_chart_get_x_range (TcChart *self,
                      double  *minimum,
                      double  *maximum)
{
  gboolean any = FALSE;

  for (guint i = 0; i < self->lines->len; i++)
    {
      TcChartLine *line = g_ptr_array_index (self->lines, i);
      double from;
      double to;

      if (!tc_series_get_x_range (line->series, &from, &to))
        continue;
      *minimum = any ? MIN (*minimum, from) : from;
      *maximum = any ? MAX (*maximum, to) : to;
      any = TRUE;
    }

  return any;
}
