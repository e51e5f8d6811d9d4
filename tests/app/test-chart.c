/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What a chart draws: looked up among the nodes of the picture, so the widget's
 * own size and the files' are the same to it. */

#include <adwaita.h>

#include "tc-chart-private.h"

#define WIDTH  600
#define HEIGHT 300
#define NARROW 200
#define SWATCH 16
#define EPOCHS 100

/* A text, or the swatch of a line. */
typedef struct
{
  graphene_rect_t bounds; /* in the chart's pixels */
  PangoGlyph      glyph;  /* a text's first */
  gsize           n_dashes;
} Part;

typedef struct
{
  TcChart  *chart;  /* (owned) */
  TcSeries *train;  /* (owned) */
  TcSeries *val;    /* (owned) */
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->chart = g_object_ref_sink (TC_CHART (tc_chart_new ()));
  fixture->train = tc_series_new ("train_loss");
  fixture->val = tc_series_new ("val_loss");
  for (guint i = 0; i <= EPOCHS; i++)
    {
      tc_series_append (fixture->train, i, 5.0 / (i + 1), TC_POINT_FINITE);
      tc_series_append (fixture->val, i, 6.0 / (i + 1), TC_POINT_FINITE);
    }
  tc_chart_set_x_title (fixture->chart, "Epoch");
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_assert_finalize_object (fixture->chart);
  tc_series_unref (fixture->train);
  tc_series_unref (fixture->val);
}

/* ---- Pictures ---- */

static void
add_text (GskRenderNode *node,
          float          dx,
          float          dy,
          GArray        *texts)
{
  const graphene_point_t *offset = gsk_text_node_get_offset (node);
  Part part = { .glyph = gsk_text_node_get_glyphs (node, NULL)->glyph };
  PangoRectangle ink;

  /* What it covers, not what room it takes. */
  pango_font_get_glyph_extents (gsk_text_node_get_font (node), part.glyph, &ink, NULL);
  pango_extents_to_pixels (&ink, NULL);
  part.bounds = GRAPHENE_RECT_INIT (dx + offset->x + (float) ink.x, dy + offset->y + (float) ink.y,
                                    (float) ink.width, (float) ink.height);
  g_array_append_val (texts, part);
}

static void
add_swatch (GskRenderNode *node,
            float          dx,
            float          dy,
            GArray        *swatches)
{
  Part part = { 0 };
  graphene_rect_t bounds;

  gsk_path_get_bounds (gsk_stroke_node_get_path (node), &bounds);
  if (bounds.size.width != SWATCH || bounds.size.height != 0)
    return;
  graphene_rect_offset_r (&bounds, dx, dy, &part.bounds);
  gsk_stroke_get_dash (gsk_stroke_node_get_stroke (node), &part.n_dashes);
  g_array_append_val (swatches, part);
}

static void
collect (GskRenderNode *node,
         float          dx,
         float          dy,
         GArray        *texts,
         GArray        *swatches)
{
  switch ((int) gsk_render_node_get_node_type (node))
    {
    case GSK_CONTAINER_NODE:
      for (guint i = 0; i < gsk_container_node_get_n_children (node); i++)
        collect (gsk_container_node_get_child (node, i), dx, dy, texts, swatches);
      break;
    case GSK_TRANSFORM_NODE:
      {
        float x;
        float y;

        gsk_transform_to_translate (gsk_transform_node_get_transform (node), &x, &y);
        collect (gsk_transform_node_get_child (node), dx + x, dy + y, texts, swatches);
      }
      break;
    case GSK_CLIP_NODE:
      collect (gsk_clip_node_get_child (node), dx, dy, texts, swatches);
      break;
    case GSK_TEXT_NODE:
      add_text (node, dx, dy, texts);
      break;
    case GSK_STROKE_NODE:
      add_swatch (node, dx, dy, swatches);
      break;
    default:
      break;
    }
}

static void
draw (Fixture *fixture,
      int      width,
      GArray  *texts,
      GArray  *swatches)
{
  g_autoptr(GtkSnapshot) snapshot = gtk_snapshot_new ();
  GskRenderNode *node;

  g_array_set_size (texts, 0);
  g_array_set_size (swatches, 0);
  tc_chart_draw (fixture->chart, snapshot, width, HEIGHT);
  node = gtk_snapshot_to_node (snapshot);
  g_assert_nonnull (node);
  collect (node, 0, 0, texts, swatches);
  gsk_render_node_unref (node);
}

/* What the sign of a kind looks like. */
static PangoGlyph
get_glyph (Fixture         *fixture,
           TcChartMarkKind  kind)
{
  g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (fixture->chart),
                                                                  tc_chart_get_mark_sign (kind));
  PangoGlyphItem *run = pango_layout_get_line_readonly (layout, 0)->runs->data;

  return run->glyphs->glyphs[0].glyph;
}

/* Those in the plot; below it the same say what they mean. */
static GArray *
find_signs (Fixture         *fixture,
            TcChartMarkKind  kind,
            int              width)
{
  g_autoptr(GArray) texts = g_array_new (FALSE, FALSE, sizeof (Part));
  g_autoptr(GArray) swatches = g_array_new (FALSE, FALSE, sizeof (Part));
  GArray *signs = g_array_new (FALSE, FALSE, sizeof (Part));
  PangoGlyph glyph = get_glyph (fixture, kind);
  TcChart *chart = fixture->chart;

  draw (fixture, width, texts, swatches);
  for (guint i = 0; i < texts->len; i++)
    {
      Part *part = &g_array_index (texts, Part, i);

      if (part->glyph == glyph && part->bounds.origin.y > chart->y_axis.end &&
          part->bounds.origin.y < chart->y_axis.start && part->bounds.origin.x > chart->x_axis.start - 10)
        g_array_append_val (signs, *part);
    }

  return signs;
}

static GArray *
find_swatches (Fixture *fixture,
               int      width)
{
  g_autoptr(GArray) texts = g_array_new (FALSE, FALSE, sizeof (Part));
  GArray *swatches = g_array_new (FALSE, FALSE, sizeof (Part));

  draw (fixture, width, texts, swatches);

  return swatches;
}

/* ---- Marks ---- */

static void
assert_within_plot (Fixture *fixture,
                    GArray  *signs)
{
  for (guint i = 0; i < signs->len; i++)
    {
      const graphene_rect_t *bounds = &g_array_index (signs, Part, i).bounds;

      g_assert_cmpfloat (bounds->origin.x, >=, fixture->chart->x_axis.start);
      g_assert_cmpfloat (bounds->origin.x + bounds->size.width, <=, fixture->chart->x_axis.end);
    }
}

/* Three at one epoch, in whatever order they came, in every place of the plot. */
static void
test_signs_apart (Fixture       *fixture,
                  gconstpointer  data)
{
  static const double places[] = { 0, 50, EPOCHS };

  tc_chart_add_line (fixture->chart, fixture->train, "Training", TC_CHART_BLUE, TC_CHART_LINE_DEFAULT);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autoptr(GArray) pauses = NULL;
      g_autoptr(GArray) verdicts = NULL;
      g_autoptr(GArray) gates = NULL;
      graphene_rect_t *gate;
      graphene_rect_t *verdict;
      graphene_rect_t *pause;

      tc_chart_clear_marks (fixture->chart);
      tc_chart_add_mark (fixture->chart, places[i], TC_CHART_MARK_PAUSE, "Pause");
      tc_chart_add_mark (fixture->chart, places[i], TC_CHART_MARK_VERDICT, "Verdict");
      tc_chart_add_mark (fixture->chart, places[i], TC_CHART_MARK_FAIL, "Gate");
      gates = find_signs (fixture, TC_CHART_MARK_FAIL, WIDTH);
      verdicts = find_signs (fixture, TC_CHART_MARK_VERDICT, WIDTH);
      pauses = find_signs (fixture, TC_CHART_MARK_PAUSE, WIDTH);
      g_assert_cmpuint (gates->len, ==, 1);
      g_assert_cmpuint (verdicts->len, ==, 1);
      g_assert_cmpuint (pauses->len, ==, 1);
      gate = &g_array_index (gates, Part, 0).bounds;
      verdict = &g_array_index (verdicts, Part, 0).bounds;
      pause = &g_array_index (pauses, Part, 0).bounds;
      g_assert_cmpfloat (verdict->origin.y + verdict->size.height, <=, gate->origin.y);
      g_assert_cmpfloat (pause->origin.y + pause->size.height, <=, verdict->origin.y);
      assert_within_plot (fixture, gates);
      assert_within_plot (fixture, verdicts);
      assert_within_plot (fixture, pauses);
    }
}

/* With room beside each other they stay on one line; without, no two overlap,
 * and however many there are, they do not climb higher than three lines. */
static void
test_signs_dense (Fixture       *fixture,
                  gconstpointer  data)
{
  for (guint step = 1; step <= 25; step += 4)
    {
      g_autoptr(GArray) signs = NULL;

      tc_chart_clear (fixture->chart);
      tc_chart_add_line (fixture->chart, fixture->train, "Training", TC_CHART_BLUE, TC_CHART_LINE_DEFAULT);
      for (guint epoch = 0; epoch <= EPOCHS; epoch += step)
        tc_chart_add_mark (fixture->chart, epoch, TC_CHART_MARK_FAIL, "Gate");
      signs = find_signs (fixture, TC_CHART_MARK_FAIL, NARROW);
      g_assert_cmpuint (signs->len, >=, MIN (EPOCHS / step + 1, 20));
      for (guint i = 0; i < signs->len; i++)
        {
          const graphene_rect_t *bounds = &g_array_index (signs, Part, i).bounds;

          g_assert_cmpfloat (bounds->origin.y, >, fixture->chart->y_axis.start - (step >= 21 ? 20 : 50));
          for (guint j = 0; j < i; j++)
            g_assert_false (graphene_rect_intersection (bounds, &g_array_index (signs, Part, j).bounds, NULL));
        }
    }
}

/* ---- The legend ---- */

static void
test_legend_dashes (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr(GArray) swatches = NULL;

  tc_chart_add_line (fixture->chart, fixture->train, "a", TC_CHART_BLUE, TC_CHART_LINE_DEFAULT);
  tc_chart_add_line (fixture->chart, fixture->val, "b", TC_CHART_BLUE, TC_CHART_LINE_DASHED);
  tc_chart_add_line (fixture->chart, fixture->val, "c", TC_CHART_BLUE, TC_CHART_LINE_DOTTED);
  swatches = find_swatches (fixture, WIDTH);
  g_assert_cmpuint (swatches->len, ==, 3);
  g_assert_cmpuint (g_array_index (swatches, Part, 0).n_dashes, ==, 0);
  g_assert_cmpuint (g_array_index (swatches, Part, 1).n_dashes, >, 0);
  g_assert_cmpuint (g_array_index (swatches, Part, 2).n_dashes, >, 0);
}

static void
add_lines (Fixture *fixture,
           guint    n,
           gboolean is_long)
{
  tc_chart_clear (fixture->chart);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *label = g_strdup_printf (is_long ? "A name that is wider than the whole chart, #%u" : "#%u", i);

      tc_chart_add_line (fixture->chart, fixture->train, label, TC_CHART_BLUE,
                         i == 0 ? TC_CHART_LINE_DASHED : TC_CHART_LINE_DEFAULT);
    }
}

/* Every line has its entry, in its order, and none is outside the chart or over the plot. */
static void
test_legend_rows (Fixture       *fixture,
                  gconstpointer  data)
{
  static const struct { guint n; gboolean is_long; guint rows; } cases[] = {
    { 1, FALSE, 1 }, { 2, FALSE, 1 }, { 8, FALSE, 3 }, { 2, TRUE, 2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GArray) swatches = NULL;
      guint rows = 0;
      float y = -1;

      add_lines (fixture, cases[i].n, cases[i].is_long);
      swatches = find_swatches (fixture, NARROW);
      g_assert_cmpuint (swatches->len, ==, cases[i].n);
      for (guint j = 0; j < swatches->len; j++)
        {
          Part *part = &g_array_index (swatches, Part, j);

          g_assert_cmpint (part->n_dashes > 0, ==, j == 0);
          g_assert_cmpfloat (part->bounds.origin.x, >=, fixture->chart->x_axis.start);
          g_assert_cmpfloat (part->bounds.origin.y, <, fixture->chart->y_axis.end);
          g_assert_cmpfloat (part->bounds.origin.y, >=, y);
          rows += part->bounds.origin.y > y;
          y = part->bounds.origin.y;
        }
      g_assert_cmpuint (rows, ==, cases[i].rows);
    }
}

/* With more than there is room for, their number is said: the plot keeps its place. */
static void
test_legend_cut (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr(GArray) texts = g_array_new (FALSE, FALSE, sizeof (Part));
  g_autoptr(GArray) swatches = g_array_new (FALSE, FALSE, sizeof (Part));
  guint n = 0;

  add_lines (fixture, 90, FALSE);
  draw (fixture, NARROW, texts, swatches);
  g_assert_cmpuint (swatches->len, >, 4);
  g_assert_cmpuint (swatches->len, <, 16);
  g_assert_cmpfloat (fixture->chart->y_axis.end, <, HEIGHT / 2);
  for (guint i = 0; i < texts->len; i++)
    n += g_array_index (texts, Part, i).bounds.origin.x >= fixture->chart->x_axis.start &&
         g_array_index (texts, Part, i).bounds.origin.y < fixture->chart->y_axis.end;
  /* One more than there are swatches. */
  g_assert_cmpuint (n, ==, swatches->len + 1);
}

/* ---- The zoom ---- */

static void
redraw (Fixture *fixture)
{
  g_autoptr(GArray) swatches = find_swatches (fixture, WIDTH);

  g_assert_nonnull (swatches);
}

static GtkShortcutAction *
find_zoom_key (GListModel *shortcuts)
{
  for (guint i = 0; i < g_list_model_get_n_items (shortcuts); i++)
    {
      g_autoptr(GtkShortcut) shortcut = g_list_model_get_item (shortcuts, i);
      GtkShortcutTrigger *trigger = gtk_shortcut_get_trigger (shortcut);

      if (GTK_IS_KEYVAL_TRIGGER (trigger) &&
          gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (trigger)) == GDK_KEY_plus)
        return gtk_shortcut_get_action (shortcut);
    }

  return NULL;
}

/* The plus key three times: around the middle, 0.8³ of it. */
static void
zoom_in (Fixture *fixture)
{
  GtkWidget *widget = GTK_WIDGET (fixture->chart);
  g_autoptr(GListModel) controllers = gtk_widget_observe_controllers (widget);
  GtkShortcutAction *action = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (controllers) && action == NULL; i++)
    {
      g_autoptr(GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_SHORTCUT_CONTROLLER (controller))
        action = find_zoom_key (G_LIST_MODEL (controller));
    }
  g_assert_nonnull (action);
  for (guint i = 0; i < 3; i++)
    g_assert_true (gtk_shortcut_action_activate (action, 0, widget, g_variant_new ("i", 1)));
}

static void
show_line (Fixture  *fixture,
           TcSeries *series)
{
  tc_chart_clear (fixture->chart);
  tc_chart_add_line (fixture->chart, series, "A line", TC_CHART_BLUE, TC_CHART_LINE_DEFAULT);
  redraw (fixture);
}

static gboolean
is_zoomed (Fixture *fixture)
{
  gboolean zoomed;

  g_object_get (fixture->chart, "zoomed", &zoomed, NULL);

  return zoomed;
}

static void
assert_range (Fixture *fixture,
              double   from,
              double   to)
{
  g_assert_cmpfloat_with_epsilon (fixture->chart->x_axis.from, from, 1e-6);
  g_assert_cmpfloat_with_epsilon (fixture->chart->x_axis.to, to, 1e-6);
}

static void
test_zoom_stays (Fixture       *fixture,
                 gconstpointer  data)
{
  show_line (fixture, fixture->train);
  zoom_in (fixture);
  redraw (fixture);
  g_assert_true (is_zoomed (fixture));
  assert_range (fixture, 24.4, 75.6);

  /* Another curve over the same axis, and none for a while. */
  show_line (fixture, fixture->val);
  g_assert_true (is_zoomed (fixture));
  assert_range (fixture, 24.4, 75.6);
  tc_chart_clear (fixture->chart);
  redraw (fixture);
  show_line (fixture, fixture->train);
  assert_range (fixture, 24.4, 75.6);

  /* The same title again is no other axis. */
  tc_chart_set_x_title (fixture->chart, "Epoch");
  redraw (fixture);
  assert_range (fixture, 24.4, 75.6);
  tc_chart_clear (fixture->chart);
  tc_chart_set_x_title (fixture->chart, "Hours");
  show_line (fixture, fixture->val);
  g_assert_false (is_zoomed (fixture));
  assert_range (fixture, 0, EPOCHS);
}

/* A curve that has not come so far yet is shown whole, instead of nothing. */
static void
test_zoom_off_the_line (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autoptr(TcSeries) young = tc_series_new ("young");

  for (guint i = 0; i <= 10; i++)
    tc_series_append (young, i, i, TC_POINT_FINITE);
  show_line (fixture, fixture->train);
  zoom_in (fixture);
  show_line (fixture, young);
  assert_range (fixture, 0, 10);
  for (guint i = 11; i <= 50; i++)
    tc_series_append (young, i, i, TC_POINT_FINITE);
  tc_chart_update (fixture->chart);
  redraw (fixture);
  assert_range (fixture, 24.4, 75.6);
  tc_chart_reset_zoom (fixture->chart);
  redraw (fixture);
  assert_range (fixture, 0, 50);
}

/* Nothing but the line from one point to the next is no empty chart. */
static void
test_zoom_between (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr(TcSeries) sparse = tc_series_new ("sparse");

  tc_series_append (sparse, 0, 1, TC_POINT_FINITE);
  tc_series_append (sparse, EPOCHS, 3, TC_POINT_FINITE);
  show_line (fixture, fixture->train);
  zoom_in (fixture);
  show_line (fixture, sparse);
  assert_range (fixture, 24.4, 75.6);
  g_assert_cmpfloat (fixture->chart->y_axis.from, <, 1);
  g_assert_cmpfloat (fixture->chart->y_axis.to, >, 3);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/chart/signs-apart", Fixture, NULL, set_up, test_signs_apart, tear_down);
  g_test_add ("/chart/signs-dense", Fixture, NULL, set_up, test_signs_dense, tear_down);
  g_test_add ("/chart/legend-dashes", Fixture, NULL, set_up, test_legend_dashes, tear_down);
  g_test_add ("/chart/legend-rows", Fixture, NULL, set_up, test_legend_rows, tear_down);
  g_test_add ("/chart/legend-cut", Fixture, NULL, set_up, test_legend_cut, tear_down);
  g_test_add ("/chart/zoom-stays", Fixture, NULL, set_up, test_zoom_stays, tear_down);
  g_test_add ("/chart/zoom-off-the-line", Fixture, NULL, set_up, test_zoom_off_the_line, tear_down);
  g_test_add ("/chart/zoom-between", Fixture, NULL, set_up, test_zoom_between, tear_down);

  return g_test_run ();
}
