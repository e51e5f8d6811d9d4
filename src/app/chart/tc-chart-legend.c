/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What the marks of a chart mean, below it: only those that there are. */

#include "config.h"

#include <glib/gi18n.h>

#include "tc-chart-private.h"

#define SMALL_FONT 0.85
#define GAP        18
#define PROBE      400 /* samples in which a value that is no number is looked for */

/* Colour is not the only sign: each kind has a letter as well. */
static const struct {
  const char *sign;
  const char *name;
} kinds[] = {
  [TC_CHART_MARK_PASS] = { "✓", N_("Gate passed") },
  [TC_CHART_MARK_WARN] = { "!", N_("Gate with a warning") },
  [TC_CHART_MARK_FAIL] = { "✕", N_("Gate failed") },
  [TC_CHART_MARK_SKIPPED] = { "–", N_("Gate skipped") },
  [TC_CHART_MARK_VERDICT] = { "★", N_("Verdict") },
  [TC_CHART_MARK_PAUSE] = { "‖", N_("Pause or suspend") },
  [TC_CHART_N_MARKS] = { "▼", N_("Not a number") },
};

/** tc_chart_get_mark_sign: Returns: (transfer none): a letter that stands for @kind */
const char *
tc_chart_get_mark_sign (TcChartMarkKind kind)
{
  return kinds[kind].sign;
}

/** tc_chart_has_non_finite: Returns: whether a value in the range shown is no number */
gboolean
tc_chart_has_non_finite (TcChart *self)
{
  for (guint i = 0; i < self->lines->len; i++)
    {
      TcChartLine *line = g_ptr_array_index (self->lines, i);

      g_array_set_size (self->samples, 0);
      tc_series_decimate (line->series, self->x_axis.from, self->x_axis.to, PROBE, self->samples);
      for (guint j = 0; j < self->samples->len; j++)
        {
          if (g_array_index (self->samples, TcSample, j).kind != TC_POINT_FINITE)
            return TRUE;
        }
    }

  return FALSE;
}

static gboolean
has_kind (TcChart *self,
          guint    kind)
{
  if (kind == TC_CHART_N_MARKS)
    return tc_chart_has_non_finite (self);
  for (guint i = 0; i < self->marks->len; i++)
    {
      if (((TcChartMark *) g_ptr_array_index (self->marks, i))->kind == kind)
        return TRUE;
    }

  return FALSE;
}

static PangoLayout *
create_entry (TcChart *self,
              guint    kind)
{
  g_autofree char *text = g_strdup_printf ("%s %s", kinds[kind].sign, _(kinds[kind].name));
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  g_autoptr(PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (SMALL_FONT));
  pango_layout_set_attributes (layout, attributes);

  return layout;
}

static void
draw_entry (TcChart     *self,
            GtkSnapshot *snapshot,
            PangoLayout *layout,
            guint        kind,
            double       x,
            double       y)
{
  GdkRGBA color;

  if (kind == TC_CHART_N_MARKS)
    tc_chart_get_color (self, TC_CHART_RED, &color);
  else
    tc_chart_get_mark_color (self, kind, &color);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, (float) y));
  gtk_snapshot_append_layout (snapshot, layout, &color);
  gtk_snapshot_restore (snapshot);
}

/**
 * tc_chart_draw_mark_legend:
 * @snapshot: (nullable): where to; NULL only measures
 * @width: of the chart; what does not fit goes to the next line
 * @y: of the first line
 *
 * Returns: the height of all lines; 0 without marks
 */
double
tc_chart_draw_mark_legend (TcChart     *self,
                           GtkSnapshot *snapshot,
                           double       width,
                           double       y)
{
  double top = y;
  double bottom = y;
  double x = 0;

  for (guint kind = 0; kind < G_N_ELEMENTS (kinds); kind++)
    {
      g_autoptr(PangoLayout) layout = NULL;
      int text_width;
      int text_height;

      if (!has_kind (self, kind))
        continue;
      layout = create_entry (self, kind);
      pango_layout_get_pixel_size (layout, &text_width, &text_height);
      if (x > 0 && x + text_width > width)
        {
          x = 0;
          y += text_height;
        }
      if (snapshot != NULL)
        draw_entry (self, snapshot, layout, kind, x, y);
      x += text_width + GAP;
      bottom = y + text_height;
    }

  return bottom - top;
}
