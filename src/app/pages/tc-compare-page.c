/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-compare-page.h"

#include <glib/gi18n.h>

#include "tc-chart.h"
#include "tc-compare-gates.h"
#include "tc-compare-samples.h"
#include "tc-compare-table.h"
#include "tc-run-curves.h"
#include "tc-run-records.h"
#include "tc-verdict-card.h"
#include "tc-widget.h"

#define MIN_CHARS 13
#define TITLE_CHARS 24

struct _TcComparePage
{
  AdwNavigationPage    parent_instance;

  TcClient            *client;    /* (owned) */
  TcHistory           *history;   /* (owned) */
  GPtrArray           *sessions;  /* (owned) (element-type TcSession) */
  GPtrArray           *curves;    /* (owned) (element-type TcRunCurves) one a session */
  GPtrArray           *gates;     /* (owned) (element-type TcRunRecords) one a session */
  guint                draw_id;
  guint                fill_id;
  guint                gates_id;
  gboolean             is_narrow;  /* the table has the titles above the values */

  TcChart             *chart;
  GtkToggleButton     *validation;
  GtkToggleButton     *by_step;
  GtkToggleButton     *by_hour;
  GtkToggleButton     *log_scale;
  GtkWidget           *axes;
  GtkWidget           *table;
  GtkGrid             *grid;
  AdwPreferencesGroup *verdicts_group;
  GtkFlowBox          *verdicts;
  TcCompareGates      *gates_group;
  TcCompareSamples    *samples_group;
};

G_DEFINE_FINAL_TYPE (TcComparePage, tc_compare_page, ADW_TYPE_NAVIGATION_PAGE)

/* ---- Curves ---- */

/* The dashes begin when the colours are used up, the dots after the dashes. */
static void
get_look (guint             index,
          TcChartColor     *color,
          TcChartLineFlags *flags)
{
  static const TcChartLineFlags patterns[] = { TC_CHART_LINE_DEFAULT, TC_CHART_LINE_DASHED, TC_CHART_LINE_DOTTED };

  *color = index % TC_CHART_GREY;
  *flags = patterns[index / TC_CHART_GREY % G_N_ELEMENTS (patterns)];
}

/* Over the epochs, over the steps or over the hours that they took. */
static TcSeries *
dup_line (TcComparePage *self,
          guint          index,
          const char    *name)
{
  TcRunCurves *curves = g_ptr_array_index (self->curves, index);
  TcSession *session = g_ptr_array_index (self->sessions, index);

  if (gtk_toggle_button_get_active (self->by_hour))
    return tc_run_curves_dup_by_hour (curves, name);
  if (gtk_toggle_button_get_active (self->by_step))
    return tc_run_curves_dup_by_step (curves, name, tc_session_get_progress (session)->batches);

  return tc_series_ref (tc_run_curves_get (curves, name));
}

/* Steps and hours are no axis for those of which nobody counted or measured any. */
static void
offer_axes (TcComparePage *self)
{
  gboolean has_times = TRUE;
  gboolean has_steps = TRUE;

  for (guint i = 0; i < self->curves->len; i++)
    {
      TcSeries *seconds = tc_run_curves_get (g_ptr_array_index (self->curves, i), "epoch_seconds");

      has_times &= tc_series_get_length (seconds) > 0;
      has_steps &= tc_session_get_progress (g_ptr_array_index (self->sessions, i))->batches > 0;
    }
  gtk_widget_set_visible (GTK_WIDGET (self->by_step), has_steps || gtk_toggle_button_get_active (self->by_step));
  gtk_widget_set_visible (GTK_WIDGET (self->by_hour), has_times || gtk_toggle_button_get_active (self->by_hour));
  gtk_widget_set_visible (self->axes, gtk_widget_get_visible (GTK_WIDGET (self->by_step)) ||
                                      gtk_widget_get_visible (GTK_WIDGET (self->by_hour)));
}

static void
draw (TcComparePage *self)
{
  const char *name = gtk_toggle_button_get_active (self->validation) ? "val_loss" : "train_loss";
  gboolean is_by_hour = gtk_toggle_button_get_active (self->by_hour);
  gboolean is_by_step = gtk_toggle_button_get_active (self->by_step);

  if (self->curves == NULL)
    return;
  tc_chart_clear (self->chart);
  tc_chart_set_x_title (self->chart, is_by_hour ? _("Hours") : is_by_step ? _("Step") : _("Epoch"));
  tc_chart_set_x_whole (self->chart, !is_by_hour);
  for (guint i = 0; i < self->curves->len; i++)
    {
      TcRunCurves *curves = g_ptr_array_index (self->curves, i);
      /* Short, so that the legend has room for all; the table says whose they are. */
      g_autofree char *title = g_strdup_printf ("#%" G_GUINT64_FORMAT, tc_run_curves_get_session_id (curves));
      g_autoptr(TcSeries) line = dup_line (self, i, name);
      TcChartColor color;
      TcChartLineFlags flags;

      get_look (i, &color, &flags);
      tc_chart_add_line (self->chart, line, title, color, flags);
    }
  offer_axes (self);
  tc_chart_update (self->chart);
}

static gboolean
on_draw (gpointer user_data)
{
  TcComparePage *self = user_data;

  self->draw_id = 0;
  draw (self);

  return G_SOURCE_REMOVE;
}

static void
on_curves_changed (TcComparePage *self)
{
  if (self->draw_id == 0)
    self->draw_id = g_idle_add (on_draw, self);
}

/* ---- The table ---- */

static GtkWidget *
create_label (const char *text,
              const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_yalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_width_chars (GTK_LABEL (label), MIN_CHARS);
  gtk_label_set_max_width_chars (GTK_LABEL (label), TITLE_CHARS);
  tc_widget_keep_options (GTK_LABEL (label));
  if (style != NULL)
    gtk_widget_add_css_class (label, style);

  return label;
}

static void
add_header (TcComparePage *self)
{
  for (guint i = 0; i < self->sessions->len; i++)
    gtk_grid_attach (self->grid, tc_compare_gates_create_head (g_ptr_array_index (self->sessions, i)),
                     self->is_narrow ? (int) i : (int) i + 1, 0, 1, 1);
}

static void
add_section (TcComparePage *self,
             const char    *title,
             int            row)
{
  GtkWidget *label = create_label (title, "caption-heading");

  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_set_margin_top (label, 9);
  gtk_grid_attach (self->grid, label, 0, row, (int) self->sessions->len + (self->is_narrow ? 0 : 1), 1);
}

/* Returns: the row below */
static int
add_difference (TcComparePage      *self,
                const TcDifference *difference,
                int                 row)
{
  GtkWidget *title = create_label (difference->title, "dim-label");
  int column = self->is_narrow ? 0 : 1;

  if (self->is_narrow)
    {
      gtk_widget_add_css_class (title, "caption");
      gtk_widget_set_margin_top (title, 3);
    }
  gtk_grid_attach (self->grid, title, 0, row, self->is_narrow ? (int) self->sessions->len : 1, 1);
  row += self->is_narrow ? 1 : 0;
  for (guint i = 0; i < self->sessions->len; i++)
    {
      GtkWidget *label = create_label (difference->values[i], "numeric");

      gtk_label_set_selectable (GTK_LABEL (label), TRUE);
      if ((int) i == difference->best)
        {
          gtk_widget_add_css_class (label, "success");
          gtk_widget_add_css_class (label, "heading");
          gtk_widget_set_tooltip_text (label, _("The best of them"));
        }
      gtk_grid_attach (self->grid, label, (int) i + column, row, 1, 1);
    }

  return row + 1;
}

static void
clear_grid (TcComparePage *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->grid))) != NULL)
    gtk_grid_remove (self->grid, child);
}

static void
show_table (TcComparePage           *self,
            const TcRunFacts *const *facts)
{
  g_autoptr(GPtrArray) differences = tc_compare_table_build (self->sessions, facts);
  gboolean had_results = FALSE;
  int row = 1;

  clear_grid (self);
  gtk_grid_set_row_spacing (self->grid, self->is_narrow ? 3 : 9);
  gtk_grid_set_column_homogeneous (self->grid, self->is_narrow);
  tc_compare_gates_limit_scrolling (self->table, self->sessions->len, self->is_narrow ? 2 : 3);
  add_header (self);
  for (guint i = 0; i < differences->len; i++)
    {
      TcDifference *difference = g_ptr_array_index (differences, i);

      if (i == 0 && !difference->is_result)
        add_section (self, _("Asked For"), row++);
      if (difference->is_result && !had_results)
        add_section (self, _("Came of It"), row++);
      had_results |= difference->is_result;
      row = add_difference (self, difference, row);
    }
  if (differences->len == 0)
    gtk_grid_attach (self->grid, create_label (_("Nothing"), "dim-label"), 0, 1, 1, 1);
}

static void
show_verdicts (TcComparePage           *self,
               const TcRunFacts *const *facts)
{
  gboolean has_any = FALSE;

  gtk_flow_box_remove_all (self->verdicts);
  for (guint i = 0; i < self->sessions->len; i++)
    {
      GtkWidget *box;
      GtkWidget *child;
      TcSession *session = g_ptr_array_index (self->sessions, i);
      g_autofree char *title = tc_compare_gates_dup_name (session);

      if (facts[i]->verdict == NULL)
        continue;
      has_any = TRUE;
      box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
      gtk_box_append (GTK_BOX (box), create_label (title, "heading"));
      gtk_box_append (GTK_BOX (box), tc_verdict_card_new (facts[i]->verdict, tc_session_get_config (session)));
      gtk_widget_add_css_class (box, "card");
      gtk_widget_add_css_class (box, "verdict-box");
      gtk_flow_box_append (self->verdicts, box);
      child = gtk_widget_get_parent (box);
      gtk_widget_set_focusable (child, FALSE);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->verdicts_group), has_any);
}

static void
fill (TcComparePage *self)
{
  g_autofree const TcRunFacts **facts = g_new0 (const TcRunFacts *, self->sessions->len);

  for (guint i = 0; i < self->sessions->len; i++)
    facts[i] = tc_history_get (self->history, tc_session_get_id (g_ptr_array_index (self->sessions, i)));
  show_table (self, facts);
  show_verdicts (self, facts);
}

static gboolean
on_fill (gpointer user_data)
{
  TcComparePage *self = user_data;

  self->fill_id = 0;
  fill (self);

  return G_SOURCE_REMOVE;
}

static void
on_changed (TcComparePage *self)
{
  if (self->fill_id == 0)
    self->fill_id = g_idle_add (on_fill, self);
}

/* ---- Gates ---- */

static gboolean
on_show_gates (gpointer user_data)
{
  TcComparePage *self = user_data;

  self->gates_id = 0;
  tc_compare_gates_show (self->gates_group, self->sessions, self->gates, self->is_narrow);
  tc_compare_samples_show (self->samples_group, self->client, self->sessions, self->gates, self->is_narrow);

  return G_SOURCE_REMOVE;
}

static void
on_gates_changed (TcComparePage *self)
{
  if (self->gates_id == 0)
    self->gates_id = g_idle_add (on_show_gates, self);
}

static void
on_narrow (TcComparePage *self)
{
  self->is_narrow = TRUE;
  on_changed (self);
  on_gates_changed (self);
}

static void
on_wide (TcComparePage *self)
{
  self->is_narrow = FALSE;
  on_changed (self);
  on_gates_changed (self);
}

/* ---- The object ---- */

static void
tc_compare_page_dispose (GObject *object)
{
  TcComparePage *self = TC_COMPARE_PAGE (object);

  g_clear_handle_id (&self->draw_id, g_source_remove);
  g_clear_handle_id (&self->fill_id, g_source_remove);
  g_clear_handle_id (&self->gates_id, g_source_remove);
  g_clear_pointer (&self->gates, g_ptr_array_unref);
  g_clear_pointer (&self->curves, g_ptr_array_unref);
  g_clear_pointer (&self->sessions, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), TC_TYPE_COMPARE_PAGE);
  g_clear_object (&self->history);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (tc_compare_page_parent_class)->dispose (object);
}

static void
tc_compare_page_class_init (TcComparePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_compare_page_dispose;

  g_type_ensure (TC_TYPE_CHART);
  g_type_ensure (TC_TYPE_COMPARE_GATES);
  g_type_ensure (TC_TYPE_COMPARE_SAMPLES);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/hlx/TrainingCenter/pages/tc-compare-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TcComparePage, chart);
  gtk_widget_class_bind_template_child (widget_class, TcComparePage, validation);
  gtk_widget_class_bind_template_child (widget_class, TcComparePage, by_step);
  gtk_widget_class_bind_template_child (widget_class, TcComparePage, by_hour);
  gtk_widget_class_bind_template_child (widget_class, TcComparePage, log_scale);
  gtk_widget_class_bind_template_child (widget_class, TcComparePage, axes);
  gtk_widget_class_bind_template_child (widget_class, TcComparePage, table);
  gtk_widget_class_bind_template_child (widget_class, TcComparePage, grid);
  gtk_widget_class_bind_template_child (widget_class, TcComparePage, verdicts_group);
  gtk_widget_class_bind_template_child (widget_class, TcComparePage, verdicts);
  gtk_widget_class_bind_template_child (widget_class, TcComparePage, gates_group);
  gtk_widget_class_bind_template_child (widget_class, TcComparePage, samples_group);
  gtk_widget_class_bind_template_callback (widget_class, draw);
  gtk_widget_class_bind_template_callback (widget_class, on_narrow);
  gtk_widget_class_bind_template_callback (widget_class, on_wide);
  gtk_widget_class_bind_template_callback (widget_class, tc_chart_reset_zoom);
}

static void
tc_compare_page_init (TcComparePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_object_bind_property (self->log_scale, "active", self->chart, "log-scale", G_BINDING_DEFAULT);
}

/**
 * tc_compare_page_new:
 * @history: what is known of sessions
 * @sessions: (element-type TcSession): two or more
 *
 * Returns: (transfer floating): a page that follows them
 */
TcComparePage *
tc_compare_page_new (TcClient  *client,
                     TcHistory *history,
                     GPtrArray *sessions)
{
  TcComparePage *self = g_object_new (TC_TYPE_COMPARE_PAGE, NULL);

  self->client = g_object_ref (client);
  self->history = g_object_ref (history);
  self->sessions = g_ptr_array_new_with_free_func (g_object_unref);
  self->curves = g_ptr_array_new_with_free_func (g_object_unref);
  self->gates = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < sessions->len; i++)
    {
      TcSession *session = g_ptr_array_index (sessions, i);
      TcRunCurves *curves = tc_run_curves_new (client, tc_session_get_id (session));
      TcRunRecords *gates = tc_run_records_new (client, "gate", tc_session_get_id (session));

      g_ptr_array_add (self->sessions, g_object_ref (session));
      g_ptr_array_add (self->curves, curves);
      g_ptr_array_add (self->gates, gates);
      g_signal_connect_object (gates, "items-changed", G_CALLBACK (on_gates_changed), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (curves, "changed", G_CALLBACK (on_curves_changed), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (session, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
    }
  g_signal_connect_object (self->history, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  draw (self);
  fill (self);

  return self;
}
