/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-chart-private.h"

#include <math.h>

#define SUMMARY_SECONDS 1
#define ZOOM_STEP       0.8
#define PAN_STEP        0.1

/* The next values the crosshair may rest on. */
static double
find_step (TcChart *self,
           int      direction)
{
  double best = NAN;

  for (guint i = 0; i < self->lines->len; i++)
    {
      TcChartLine *line = g_ptr_array_index (self->lines, i);
      TcSample near;
      TcSample next;

      if (!tc_series_get_nearest (line->series, self->cursor, &near))
        continue;
      if ((direction > 0 ? near.x <= self->cursor : near.x >= self->cursor) &&
          (direction > 0 || near.index > 0) &&
          tc_series_get_point (line->series, near.index + direction, &next))
        near = next;
      if (isnan (best) || fabs (near.x - self->cursor) < fabs (best - self->cursor))
        best = near.x;
    }

  return best;
}

/**
 * tc_chart_set_cursor:
 * @x: where the crosshair is; NaN: nowhere
 */
void
tc_chart_set_cursor (TcChart *self,
                     double   x)
{
  self->cursor = x;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (!isnan (x) && gtk_widget_has_focus (GTK_WIDGET (self)))
    {
      g_autofree char *readout = tc_chart_dup_readout (self, x);

      gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                      GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, readout, -1);
    }
}

/* What was zoomed or panned must stay on the data. */
static void
settle_range (TcChart *self)
{
  double from;
  double to;

  if (!tc_chart_get_x_range (self, &from, &to))
    return;
  tc_axis_clamp (&self->x_axis, from, to);
  tc_chart_set_zoomed (self, self->x_axis.from > from || self->x_axis.to < to);
}

static void
zoom (TcChart *self,
      double   pixel,
      double   factor)
{
  if (self->x_axis.end <= self->x_axis.start)
    return;
  tc_axis_zoom (&self->x_axis, pixel, factor);
  settle_range (self);
}

static void
pan (TcChart *self,
     double   pixels)
{
  if (!self->is_zoomed)
    return;
  tc_axis_pan (&self->x_axis, pixels);
  settle_range (self);
}

static void
on_motion (GtkEventControllerMotion *controller,
           double                    x,
           double                    y,
           TcChart                  *self)
{
  double value;
  TcSample sample;
  double nearest = NAN;

  if (self->compact || self->x_axis.end <= self->x_axis.start)
    return;
  value = tc_axis_to_value (&self->x_axis, CLAMP (x, self->x_axis.start, self->x_axis.end));
  for (guint i = 0; i < self->lines->len; i++)
    {
      TcChartLine *line = g_ptr_array_index (self->lines, i);

      if (tc_series_get_nearest (line->series, value, &sample) &&
          (isnan (nearest) || fabs (sample.x - value) < fabs (nearest - value)))
        nearest = sample.x;
    }
  tc_chart_set_cursor (self, nearest);
}

static void
on_leave (GtkEventControllerMotion *controller,
          TcChart                  *self)
{
  if (!gtk_widget_has_focus (GTK_WIDGET (self)))
    tc_chart_set_cursor (self, NAN);
}

/* The wheel zooms only with Ctrl: without, it belongs to the page around. */
static gboolean
on_scroll (GtkEventControllerScroll *controller,
           double                    dx,
           double                    dy,
           TcChart                  *self)
{
  GdkModifierType state =
    gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
  double x = (self->x_axis.start + self->x_axis.end) / 2;

  if (self->compact)
    return GDK_EVENT_PROPAGATE;
  if (state & GDK_CONTROL_MASK)
    {
      if (!isnan (self->cursor))
        x = tc_axis_to_pixel (&self->x_axis, self->cursor);
      zoom (self, x, dy > 0 ? 1 / ZOOM_STEP : ZOOM_STEP);
      return GDK_EVENT_STOP;
    }
  if (dx != 0 && self->is_zoomed)
    {
      pan (self, -dx * 20);
      return GDK_EVENT_STOP;
    }

  return GDK_EVENT_PROPAGATE;
}

static void
on_drag_begin (GtkGestureDrag *gesture,
               double          x,
               double          y,
               TcChart        *self)
{
  self->drag_x = 0;
  if (self->compact || !self->is_zoomed)
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
}

static void
on_drag_update (GtkGestureDrag *gesture,
                double          offset_x,
                double          offset_y,
                TcChart        *self)
{
  pan (self, offset_x - self->drag_x);
  self->drag_x = offset_x;
}

static void
on_pressed (GtkGestureClick *gesture,
            int              n_press,
            double           x,
            double           y,
            TcChart         *self)
{
  if (self->compact)
    return;
  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (n_press == 2)
    tc_chart_reset_zoom (self);
}

static void
on_pinch (GtkGestureZoom *gesture,
          double          scale,
          TcChart        *self)
{
  double x = (self->x_axis.start + self->x_axis.end) / 2;
  double y;

  if (self->compact || scale <= 0)
    return;
  gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y);
  zoom (self, x, self->pinch / scale);
  self->pinch = scale;
}

static void
on_pinch_begin (GtkGesture       *gesture,
                GdkEventSequence *sequence,
                TcChart          *self)
{
  self->pinch = 1;
}

static void
update_summary (TcChart *self)
{
  g_autofree char *summary = tc_chart_dup_summary (self);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, summary, -1);
}

static void
on_focus_enter (GtkEventControllerFocus *controller,
                TcChart                 *self)
{
  update_summary (self);
}

static gboolean
summary_cb (gpointer user_data)
{
  TcChart *self = user_data;

  self->summary_id = 0;
  update_summary (self);

  return G_SOURCE_REMOVE;
}

/* Values may come by the hundred a second; who is on the chart is told of them
 * now and then. */
void
tc_chart_schedule_summary (TcChart *self)
{
  if (self->summary_id == 0 && gtk_widget_has_focus (GTK_WIDGET (self)))
    self->summary_id = g_timeout_add_seconds (SUMMARY_SECONDS, summary_cb, self);
}

/* ---- Keys ---- */

static gboolean
on_step (GtkWidget *widget,
         GVariant  *arguments,
         gpointer   user_data)
{
  TcChart *self = TC_CHART (widget);
  int direction = g_variant_get_int32 (arguments);
  double from;
  double to;

  if (self->compact || !tc_chart_get_x_range (self, &from, &to))
    return FALSE;
  if (isnan (self->cursor))
    tc_chart_set_cursor (self, direction > 0 ? self->x_axis.from : self->x_axis.to);
  else
    tc_chart_set_cursor (self, find_step (self, direction));
  if (self->cursor < self->x_axis.from || self->cursor > self->x_axis.to)
    pan (self, self->x_axis.start - tc_axis_to_pixel (&self->x_axis, self->cursor)
         + (direction > 0 ? self->x_axis.end - self->x_axis.start : 0));

  return TRUE;
}

/* To the first or the last value there is. */
static gboolean
on_end (GtkWidget *widget,
        GVariant  *arguments,
        gpointer   user_data)
{
  TcChart *self = TC_CHART (widget);
  gboolean is_last = g_variant_get_int32 (arguments) > 0;
  double from;
  double to;

  if (self->compact || !tc_chart_get_x_range (self, &from, &to))
    return FALSE;
  if (self->is_zoomed)
    pan (self, is_last ? self->x_axis.end - tc_axis_to_pixel (&self->x_axis, to)
                       : self->x_axis.start - tc_axis_to_pixel (&self->x_axis, from));
  tc_chart_set_cursor (self, is_last ? to : from);

  return TRUE;
}

static gboolean
on_pan (GtkWidget *widget,
        GVariant  *arguments,
        gpointer   user_data)
{
  TcChart *self = TC_CHART (widget);

  pan (self, -g_variant_get_int32 (arguments) * PAN_STEP * (self->x_axis.end - self->x_axis.start));

  return !self->compact;
}

static gboolean
on_zoom (GtkWidget *widget,
         GVariant  *arguments,
         gpointer   user_data)
{
  TcChart *self = TC_CHART (widget);
  double x = isnan (self->cursor) ? (self->x_axis.start + self->x_axis.end) / 2
                                  : tc_axis_to_pixel (&self->x_axis, self->cursor);

  if (self->compact)
    return FALSE;
  zoom (self, x, g_variant_get_int32 (arguments) > 0 ? ZOOM_STEP : 1 / ZOOM_STEP);

  return TRUE;
}

static gboolean
on_reset (GtkWidget *widget,
          GVariant  *arguments,
          gpointer   user_data)
{
  TcChart *self = TC_CHART (widget);

  if (!self->is_zoomed && isnan (self->cursor))
    return FALSE;
  tc_chart_reset_zoom (self);
  tc_chart_set_cursor (self, NAN);

  return TRUE;
}

/** tc_chart_class_init_keys: The keys of a chart that has the focus. */
void
tc_chart_class_init_keys (GtkWidgetClass *widget_class)
{
  static const struct {
    guint            key;
    GdkModifierType  state;
    GtkShortcutFunc  func;
    int              argument;
  } keys[] = {
    { GDK_KEY_Left, 0, on_step, -1 },
    { GDK_KEY_Right, 0, on_step, 1 },
    { GDK_KEY_Left, GDK_SHIFT_MASK, on_pan, -1 },
    { GDK_KEY_Right, GDK_SHIFT_MASK, on_pan, 1 },
    { GDK_KEY_Home, 0, on_end, -1 },
    { GDK_KEY_End, 0, on_end, 1 },
    { GDK_KEY_plus, 0, on_zoom, 1 },
    { GDK_KEY_equal, 0, on_zoom, 1 },
    { GDK_KEY_KP_Add, 0, on_zoom, 1 },
    { GDK_KEY_minus, 0, on_zoom, -1 },
    { GDK_KEY_KP_Subtract, 0, on_zoom, -1 },
    { GDK_KEY_0, 0, on_reset, 0 },
    { GDK_KEY_Escape, 0, on_reset, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding (widget_class, keys[i].key, keys[i].state, keys[i].func,
                                  "i", keys[i].argument);
}

/** tc_chart_init_input: For tc-chart.c. */
void
tc_chart_init_input (TcChart *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll =
    gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *pinch = gtk_gesture_zoom_new ();

  gtk_widget_set_focusable (widget, TRUE);
  g_signal_connect_object (motion, "motion", G_CALLBACK (on_motion), self, 0);
  g_signal_connect_object (motion, "leave", G_CALLBACK (on_leave), self, 0);
  g_signal_connect_object (scroll, "scroll", G_CALLBACK (on_scroll), self, 0);
  g_signal_connect_object (focus, "enter", G_CALLBACK (on_focus_enter), self, 0);
  g_signal_connect_object (drag, "drag-begin", G_CALLBACK (on_drag_begin), self, 0);
  g_signal_connect_object (drag, "drag-update", G_CALLBACK (on_drag_update), self, 0);
  g_signal_connect_object (click, "pressed", G_CALLBACK (on_pressed), self, 0);
  g_signal_connect_object (pinch, "begin", G_CALLBACK (on_pinch_begin), self, 0);
  g_signal_connect_object (pinch, "scale-changed", G_CALLBACK (on_pinch), self, 0);
  gtk_widget_add_controller (widget, motion);
  gtk_widget_add_controller (widget, scroll);
  gtk_widget_add_controller (widget, focus);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (pinch));
}
