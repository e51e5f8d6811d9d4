/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What the marks of a chart mean, below it: only those that there are. And
 * whose the lines are, above it. */

#include "config.h"

#include <glib/gi18n.h>

#include "tc-chart-private.h"

#define GAP          18
#define PADDING      6
#define SWATCH_WIDTH 16
#define MAX_ROWS     4
#define PROBE        400 /* samples in which a value that is no number is looked for */

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

  return tc_chart_create_text (self, text);
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
  tc_chart_draw_text (snapshot, layout, x, y, &color);
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

/* ---- Whose the lines are ---- */

typedef struct
{
  TcChartLine *line;   /* NULL: the number of those that have no place */
  PangoLayout *layout; /* (owned) */
  double       width;  /* with the swatch */
  int          height;
} Entry;

static void
clear_entry (gpointer entry)
{
  g_object_unref (((Entry *) entry)->layout);
}

/* A name that alone is too long is cut, and shows it. */
static void
add_entry (TcChart     *self,
           GArray      *entries,
           TcChartLine *line,
           const char  *text,
           double       available)
{
  double swatch = line != NULL ? SWATCH_WIDTH + PADDING : 0;
  Entry entry = { .line = line, .layout = tc_chart_create_text (self, text) };
  int width;

  pango_layout_get_pixel_size (entry.layout, &width, NULL);
  if (swatch + width > available)
    {
      pango_layout_set_ellipsize (entry.layout, PANGO_ELLIPSIZE_END);
      pango_layout_set_width (entry.layout, (int) (MAX (1, available - swatch) * PANGO_SCALE));
    }
  pango_layout_get_pixel_size (entry.layout, &width, &entry.height);
  entry.width = swatch + width;
  g_array_append_val (entries, entry);
}

/* Returns: how many go into a row */
static guint
count_fitting (GArray *entries,
               guint   first,
               double  available)
{
  double width = -GAP;
  guint i;

  for (i = first; i < entries->len; i++)
    {
      width += GAP + g_array_index (entries, Entry, i).width;
      if (width > available)
        break;
    }

  return i - first;
}

/* The swatch is drawn as the line is. */
static void
draw_swatch (TcChart     *self,
             GtkSnapshot *snapshot,
             TcChartLine *line,
             double       x,
             double       y)
{
  g_autoptr(GskPathBuilder) builder = gsk_path_builder_new ();
  g_autoptr(GskPath) path = NULL;
  GskStroke *stroke = tc_chart_line_create_stroke (line, TC_CHART_LINE_WIDTH);
  GdkRGBA color;

  tc_chart_get_color (self, line->color, &color);
  gsk_path_builder_move_to (builder, (float) x, (float) y);
  gsk_path_builder_line_to (builder, (float) x + SWATCH_WIDTH, (float) y);
  path = gsk_path_builder_to_path (builder);
  gtk_snapshot_append_stroke (snapshot, path, stroke, &color);
  gsk_stroke_free (stroke);
}

/* Returns: its height */
static double
draw_row (TcChart     *self,
          GtkSnapshot *snapshot,
          const Entry *entries,
          guint        n_entries,
          double       right,
          double       y)
{
  int height = 0;
  double x = right + GAP;
  GdkRGBA text;

  gtk_widget_get_color (GTK_WIDGET (self), &text);
  for (guint i = 0; i < n_entries; i++)
    x -= entries[i].width + GAP;
  for (guint i = 0; i < n_entries; i++)
    {
      double swatch = entries[i].line != NULL ? SWATCH_WIDTH + PADDING : 0;

      if (entries[i].line != NULL)
        draw_swatch (self, snapshot, entries[i].line, x, y + entries[i].height / 2 + 1);
      tc_chart_draw_text (snapshot, entries[i].layout, x + swatch, y, &text);
      x += entries[i].width + GAP;
      height = MAX (height, entries[i].height);
    }

  return height;
}

/* Leaves those that go into one more row, which ends with the number of the others. */
static void
cut_entries (TcChart *self,
             GArray  *entries,
             guint    first,
             double   available)
{
  guint n_all = entries->len;
  guint n_shown = count_fitting (entries, first, available);
  g_autofree char *most = g_strdup_printf ("+%u", n_all);
  g_autofree char *text = NULL;

  if (first + n_shown == n_all)
    return;
  add_entry (self, entries, NULL, most, available);
  available -= g_array_index (entries, Entry, n_all).width + GAP;
  n_shown = count_fitting (entries, first, available);
  g_array_set_size (entries, first + n_shown);
  text = g_strdup_printf ("+%u", n_all - first - n_shown);
  add_entry (self, entries, NULL, text, G_MAXINT);
}

/**
 * tc_chart_draw_line_legend:
 * @snapshot: where to
 * @left: where the rows may begin
 * @right: where they end; what does not fit goes to the next one
 *
 * Returns: the height of all rows; 0 without lines
 */
double
tc_chart_draw_line_legend (TcChart     *self,
                           GtkSnapshot *snapshot,
                           double       left,
                           double       right)
{
  g_autoptr(GArray) entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  guint first = 0;
  double y = 0;

  g_array_set_clear_func (entries, clear_entry);
  for (guint i = 0; i < self->lines->len; i++)
    {
      TcChartLine *line = g_ptr_array_index (self->lines, i);

      add_entry (self, entries, line, line->label, right - left);
    }
  for (guint row = 1; first < entries->len; row++)
    {
      guint n = MAX (1, count_fitting (entries, first, right - left));

      if (row == MAX_ROWS)
        {
          cut_entries (self, entries, first, right - left);
          n = entries->len - first;
        }
      y += draw_row (self, snapshot, &g_array_index (entries, Entry, first), n, right, y);
      first += n;
    }

  return y;
}
