/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <cairo-svg.h>
#include <math.h>

#include "tc-chart-private.h"

#define WIDTH     1200
#define HEIGHT    600
#define PNG_SCALE 2

/* The crosshair belongs to the screen, not to the picture. */
static GskRenderNode *
create_picture (TcChart *self)
{
  g_autoptr(GtkSnapshot) snapshot = gtk_snapshot_new ();
  double cursor = self->cursor;
  GdkRGBA text;
  GdkRGBA back = { 1, 1, 1, 1 };

  gtk_widget_get_color (GTK_WIDGET (self), &text);
  if (text.red + text.green + text.blue > 1.5)
    back = (GdkRGBA) { 0.12f, 0.12f, 0.14f, 1 };
  self->cursor = NAN;
  gtk_snapshot_append_color (snapshot, &back, &GRAPHENE_RECT_INIT (0, 0, WIDTH, HEIGHT));
  tc_chart_draw (self, snapshot, WIDTH, HEIGHT);
  self->cursor = cursor;
  gtk_widget_queue_draw (GTK_WIDGET (self));

  return gtk_snapshot_to_node (snapshot);
}

static cairo_status_t
append_bytes (void                *closure,
              const unsigned char *data,
              unsigned int         length)
{
  g_byte_array_append (closure, data, length);

  return CAIRO_STATUS_SUCCESS;
}

static GBytes *
finish (GByteArray *bytes)
{
  return bytes->len > 0 ? g_byte_array_free_to_bytes (bytes) : (g_byte_array_unref (bytes), NULL);
}

/**
 * tc_chart_to_png:
 *
 * Returns: (transfer full) (nullable): 2400 × 1200 pixels in the present colours
 */
GBytes *
tc_chart_to_png (TcChart *self)
{
  GByteArray *bytes = g_byte_array_new ();
  cairo_surface_t *surface;
  cairo_t *cr;
  GskRenderNode *node;

  g_return_val_if_fail (TC_IS_CHART (self), NULL);

  node = create_picture (self);
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH * PNG_SCALE, HEIGHT * PNG_SCALE);
  cr = cairo_create (surface);
  cairo_scale (cr, PNG_SCALE, PNG_SCALE);
  gsk_render_node_draw (node, cr);
  cairo_surface_write_to_png_stream (surface, append_bytes, bytes);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  gsk_render_node_unref (node);

  return finish (bytes);
}

/**
 * tc_chart_to_svg:
 *
 * Returns: (transfer full) (nullable): 1200 × 600 units in the present colours
 */
GBytes *
tc_chart_to_svg (TcChart *self)
{
  GByteArray *bytes = g_byte_array_new ();
  cairo_surface_t *surface;
  cairo_t *cr;
  GskRenderNode *node;

  g_return_val_if_fail (TC_IS_CHART (self), NULL);

  node = create_picture (self);
  surface = cairo_svg_surface_create_for_stream (append_bytes, bytes, WIDTH, HEIGHT);
  cr = cairo_create (surface);
  gsk_render_node_draw (node, cr);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  cairo_surface_destroy (surface);
  gsk_render_node_unref (node);

  return finish (bytes);
}

static void
append_number (GString *text,
               double   value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (value))
    g_string_append (text, "NaN");
  else if (isinf (value))
    g_string_append (text, value > 0 ? "Infinity" : "-Infinity");
  else
    g_string_append (text, g_ascii_dtostr (number, sizeof number, value));
}

/* A name that a spreadsheet would take for a formula is made a text. */
static void
append_name (GString    *text,
             const char *name)
{
  g_auto(GStrv) parts = g_strsplit (name, "\"", -1);
  g_autofree char *escaped = g_strjoinv ("\"\"", parts);

  g_string_append_printf (text, "\"%s%s\"", strchr ("=+-@\t\r", name[0]) != NULL ? "'" : "", escaped);
}

/**
 * tc_chart_to_csv:
 *
 * Returns: (transfer full) (nullable): every point in the range shown, unsmoothed:
 *   "series","x","value"
 */
GBytes *
tc_chart_to_csv (TcChart *self)
{
  g_autoptr(GString) text = g_string_new ("\"series\",\"x\",\"value\"\r\n");

  g_return_val_if_fail (TC_IS_CHART (self), NULL);

  for (guint i = 0; i < self->lines->len; i++)
    {
      TcChartLine *line = g_ptr_array_index (self->lines, i);
      TcSample sample;

      for (guint j = 0; tc_series_get_point (line->series, j, &sample); j++)
        {
          if (self->is_zoomed && (sample.x < self->x_axis.from || sample.x > self->x_axis.to))
            continue;
          append_name (text, line->label);
          g_string_append_c (text, ',');
          append_number (text, sample.x);
          g_string_append_c (text, ',');
          append_number (text, sample.y);
          g_string_append (text, "\r\n");
        }
    }

  return g_string_free_to_bytes (g_steal_pointer (&text));
}
