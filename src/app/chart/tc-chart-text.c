/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "tc-chart-private.h"

static char *
format_value (const TcSample *sample)
{
  switch (sample->kind)
    {
    case TC_POINT_FINITE:
      return g_strdup_printf (fabs (sample->y) < 1e-3 && sample->y != 0 ? "%.3g" : "%.4f", sample->y);
    case TC_POINT_NAN:
      return g_strdup (_("not a number"));
    case TC_POINT_POS_INF:
      return g_strdup ("∞");
    case TC_POINT_NEG_INF:
    default:
      return g_strdup ("−∞");
    }
}

static void
append_marks (TcChart *self,
              GString *text,
              double   x)
{
  double reach = fabs (tc_axis_to_value (&self->x_axis, self->x_axis.start + 4) - self->x_axis.from);

  for (guint i = 0; i < self->marks->len; i++)
    {
      TcChartMark *mark = g_ptr_array_index (self->marks, i);

      if (fabs (mark->x - x) <= reach && mark->text != NULL)
        g_string_append_printf (text, "\n%s", mark->text);
    }
}

/**
 * tc_chart_dup_readout:
 * @x: a place on the horizontal axis
 *
 * Returns: (transfer full): what the crosshair says there, a line each
 */
char *
tc_chart_dup_readout (TcChart *self,
                      double   x)
{
  g_autoptr(GString) text = g_string_new (NULL);
  char place[24];

  tc_axis_format (x, x == floor (x) ? 1 : 0.01, place, sizeof place);
  g_string_append_printf (text, "%s %s", self->x_title, place);
  for (guint i = 0; i < self->lines->len; i++)
    {
      TcChartLine *line = g_ptr_array_index (self->lines, i);
      g_autofree char *value = NULL;
      TcSample sample;

      if (!tc_series_get_nearest (tc_chart_line_get_shown (self, line), x, &sample))
        continue;
      value = format_value (&sample);
      g_string_append_printf (text, "\n%s %s", line->label, value);
    }
  append_marks (self, text, x);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
append_line_summary (GString     *text,
                     TcChartLine *line)
{
  guint length = tc_series_get_length (line->series);
  TcSample first;
  TcSample last;
  double x_from;
  double x_to;
  double low;
  double high;

  if (length == 0 || !tc_series_get_x_range (line->series, &x_from, &x_to) ||
      !tc_series_get_y_range (line->series, x_from, x_to, &low, &high))
    {
      g_string_append_printf (text, _("%s: no values yet. "), line->label);
      return;
    }
  tc_series_get_point (line->series, 0, &first);
  tc_series_get_point (line->series, length - 1, &last);
  /* Translators: name of a curve, its first, last, lowest and highest value */
  g_string_append_printf (text, _("%s: from %.4g to %.4g, lowest %.4g, highest %.4g. "),
                          line->label, first.y, last.y, low, high);
}

/**
 * tc_chart_dup_summary:
 *
 * Returns: (transfer full): the chart in words, for those who cannot see it
 */
char *
tc_chart_dup_summary (TcChart *self)
{
  g_autoptr(GString) text = g_string_new (NULL);
  double from;
  double to;

  g_return_val_if_fail (TC_IS_CHART (self), NULL);

  if (tc_chart_get_x_range (self, &from, &to))
    /* Translators: what the horizontal axis counts, where it begins and ends */
    g_string_append_printf (text, _("%s %.4g to %.4g. "), self->x_title, from, to);
  for (guint i = 0; i < self->lines->len; i++)
    append_line_summary (text, g_ptr_array_index (self->lines, i));
  for (guint i = 0; i < self->marks->len; i++)
    g_string_append_printf (text, "%s. ", ((TcChartMark *) g_ptr_array_index (self->marks, i))->text);
  g_strchomp (text->str);

  return g_string_free (g_steal_pointer (&text), FALSE);
}
