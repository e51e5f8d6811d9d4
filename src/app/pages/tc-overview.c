/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-overview.h"

#include <glib/gi18n.h>
#include <string.h>

#include "tc-app-text.h"
#include "tc-chart-marks.h"
#include "tc-chart-saver.h"
#include "tc-duration.h"
#include "tc-even-box.h"
#include "tc-event-row.h"
#include "tc-facts-text.h"
#include "tc-figure.h"
#include "tc-gate-row.h"
#include "tc-json.h"
#include "tc-run-curves.h"
#include "tc-run-records.h"
#include "tc-verdict-card.h"
#include "tc-widget.h"

#define EVENTS_SHOWN 50

struct _TcOverview
{
  GtkWidget            parent_instance;

  TcClient            *client;         /* (owned) */
  TcSession           *session;        /* (owned) */
  TcRunCurves         *curves;         /* (owned) */
  TcRunRecords        *gate_records;   /* (owned) */
  TcRunRecords        *event_records;  /* (owned) */
  GtkFilterListModel  *shown_events;   /* (owned) */
  TcRunRecords        *verdict_records; /* (owned) */
  TcHistory           *history;        /* (owned) what it has cost */
  TcSeries            *drawn;          /* (owned) (nullable) the series the chart has now */

  TcFigure            *epoch;
  TcFigure            *train_loss;
  TcFigure            *val_loss;
  TcFigure            *speed;
  TcFigure            *elapsed;
  TcFigure            *left;
  TcFigure            *spend;
  TcChart             *chart;
  GtkToggleButton     *log_scale;
  GtkToggleButton     *batches;
  GtkAdjustment       *smoothing_value;
  AdwPreferencesGroup *gates_group;
  AdwPreferencesGroup *verdicts_group;
  AdwPreferencesGroup *events_group;
  GtkListBox          *gates;
  GtkListBox          *verdicts;
  GtkListBox          *events;
};

enum
{
  SIGNAL_SAVED,
  SIGNAL_FAILED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (TcOverview, tc_overview, GTK_TYPE_WIDGET)

static guint signals[N_SIGNALS];

/* ---- Figures ---- */

static void
take_text (TcFigure *figure,
           char     *text)
{
  tc_figure_set_value (figure, text);
  g_free (text);
}

static char *
dup_duration (double seconds)
{
  return seconds >= 0 ? tc_duration_format ((gint64) (seconds * G_USEC_PER_SEC)) : NULL;
}

static void
on_session_changed (TcSession  *session,
                    TcOverview *self)
{
  const TcProgress *progress = tc_session_get_progress (session);
  gboolean is_active = tc_session_state_is_active (tc_session_get_state (session));
  guint total = progress->total_epochs > 0 ? progress->total_epochs
                                           : tc_session_get_config (session)->epochs;

  take_text (self->epoch, g_strdup_printf ("%u / %u", progress->epoch, total));
  take_text (self->train_loss, tc_app_text_dup_loss (progress->train_loss, progress->has_train_loss));
  take_text (self->val_loss, tc_app_text_dup_loss (progress->val_loss, progress->has_val_loss));
  take_text (self->speed, progress->tokens_per_second > 0
                            ? g_strdup_printf ("%'.0f", progress->tokens_per_second) : NULL);
  take_text (self->elapsed, progress->elapsed_seconds > 0 ? dup_duration (progress->elapsed_seconds) : NULL);
  take_text (self->left, is_active ? dup_duration (progress->eta_seconds) : NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->left), is_active);
}

static void
on_spend_changed (TcHistory  *history,
                  guint64     id,
                  TcOverview *self)
{
  guint64 mine = tc_session_get_id (self->session);

  if (id == 0 || id == mine)
    take_text (self->spend, tc_facts_text_dup_spend (tc_history_peek (history, mine)));
}

/* ---- Curves ---- */

static void
draw_lines (TcOverview *self)
{
  tc_chart_clear (self->chart);
  g_clear_pointer (&self->drawn, tc_series_unref);
  self->drawn = tc_series_ref (tc_run_curves_get (self->curves, "train_loss"));
  if (gtk_toggle_button_get_active (self->batches))
    tc_chart_add_line (self->chart, tc_run_curves_get (self->curves, "batch_loss"), _("Batch"),
                       TC_CHART_GREY, TC_CHART_LINE_FAINT);
  tc_chart_add_line (self->chart, self->drawn, _("Training"), TC_CHART_BLUE, TC_CHART_LINE_DEFAULT);
  tc_chart_add_line (self->chart, tc_run_curves_get (self->curves, "val_loss"), _("Validation"),
                     TC_CHART_ORANGE, TC_CHART_LINE_DEFAULT);
}

static void
draw_marks (TcOverview *self)
{
  GListModel *gates = G_LIST_MODEL (self->gate_records);
  GListModel *verdicts = G_LIST_MODEL (self->verdict_records);

  tc_chart_marks_draw (self->chart, self->session, gates, verdicts, G_LIST_MODEL (self->event_records));
  gtk_widget_set_visible (GTK_WIDGET (self->gates_group), g_list_model_get_n_items (gates) > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->verdicts_group), g_list_model_get_n_items (verdicts) > 0);
}

static void
on_lines_chosen (TcOverview *self)
{
  draw_lines (self);
  draw_marks (self);
}

static void
on_curves_changed (TcRunCurves *curves,
                   TcOverview  *self)
{
  if (tc_run_curves_get (curves, "train_loss") != self->drawn)
    on_lines_chosen (self);
  tc_chart_update (self->chart);
}

/* ---- Gates and events ---- */

static GtkWidget *
create_gate_row (gpointer item,
                 gpointer user_data)
{
  TcOverview *self = user_data;
  GtkWidget *row = tc_gate_row_new (tc_record_get_json (item));

  tc_gate_row_load (TC_GATE_ROW (row), self->client, tc_session_get_id (self->session));

  return row;
}

static void
on_gate_activated (GtkListBox    *list,
                   GtkListBoxRow *row,
                   TcOverview    *self)
{
  tc_gate_row_toggle (TC_GATE_ROW (row));
}

static GtkWidget *
create_event_row (gpointer item,
                  gpointer user_data)
{
  return tc_event_row_new (tc_record_get_json (item));
}

static GtkWidget *
create_verdict_row (gpointer item,
                    gpointer user_data)
{
  TcOverview *self = user_data;
  g_autoptr(TcVerdict) verdict = tc_verdict_from_json (tc_record_get_json (item));
  GtkWidget *card = tc_verdict_card_new (verdict, tc_session_get_config (self->session));
  GtkWidget *row = gtk_list_box_row_new ();

  gtk_widget_add_css_class (card, "verdict-row");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), card);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);

  return row;
}

/* Verdicts have their own place above. */
static gboolean
is_shown (gpointer item,
          gpointer user_data)
{
  return !g_str_equal (tc_json_get_string (tc_record_get_json (item), "kind", ""), "verdict");
}

static void
on_events_changed (TcOverview *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->shown_events));
  g_autofree char *text = n > EVENTS_SHOWN
                            ? g_strdup_printf (ngettext ("The newest %u of %u", "The newest %u of %u", n),
                                               EVENTS_SHOWN, n)
                            : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->events_group), n > 0);
  adw_preferences_group_set_description (self->events_group, text);
  draw_marks (self);
}

/* The newest ones, newest first. One that has just happened has no number yet. */
static int
compare_events (gconstpointer a,
                gconstpointer b,
                gpointer      user_data)
{
  JsonObject *first = tc_record_get_json ((TcRecord *) a);
  JsonObject *second = tc_record_get_json ((TcRecord *) b);
  int order = strcmp (tc_json_get_string (second, "at", ""), tc_json_get_string (first, "at", ""));
  gint64 first_id = tc_json_get_int (first, "id", 0);
  gint64 second_id = tc_json_get_int (second, "id", 0);

  if (order != 0)
    return order;

  return first_id > second_id ? -1 : first_id < second_id;
}

static void
bind_lists (TcOverview *self)
{
  GtkSorter *newest = GTK_SORTER (gtk_custom_sorter_new (compare_events, NULL, NULL));
  GListModel *sorted = G_LIST_MODEL (gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (self->shown_events)),
                                                              newest));
  GtkSorter *newest_verdict = GTK_SORTER (gtk_custom_sorter_new (compare_events, NULL, NULL));
  g_autoptr(GtkSortListModel) judged =
    gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (self->verdict_records)), newest_verdict);
  g_autoptr(GtkSliceListModel) some = gtk_slice_list_model_new (sorted, 0, EVENTS_SHOWN);

  gtk_list_box_bind_model (self->gates, G_LIST_MODEL (self->gate_records), create_gate_row, self, NULL);
  gtk_list_box_bind_model (self->verdicts, G_LIST_MODEL (judged), create_verdict_row, self, NULL);
  gtk_list_box_bind_model (self->events, G_LIST_MODEL (some), create_event_row, NULL, NULL);
  g_signal_connect_object (self->gate_records, "items-changed", G_CALLBACK (draw_marks), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->verdict_records, "items-changed", G_CALLBACK (draw_marks), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->shown_events, "items-changed", G_CALLBACK (on_events_changed), self,
                           G_CONNECT_SWAPPED);
  on_events_changed (self);
}

/* ---- Files ---- */

static void
on_saved (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(TcOverview) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GFile) file = tc_chart_saver_save_finish (result, &error);

  if (file != NULL)
    g_signal_emit (self, signals[SIGNAL_SAVED], 0, file);
  else if (!g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED) &&
           !g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_CANCELLED))
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error->message);
}

static void
on_save (GtkWidget  *widget,
         const char *name,
         GVariant   *parameter)
{
  TcOverview *self = TC_OVERVIEW (widget);
  g_autofree char *title = tc_app_text_dup_title (self->session);

  tc_chart_saver_save_async (self->chart, g_variant_get_string (parameter, NULL), title, on_saved,
                             g_object_ref (self));
}

/* ---- The object ---- */

static void
tc_overview_dispose (GObject *object)
{
  TcOverview *self = TC_OVERVIEW (object);

  tc_widget_dispose (GTK_WIDGET (self), TC_TYPE_OVERVIEW);
  g_clear_object (&self->gate_records);
  g_clear_object (&self->shown_events);
  g_clear_object (&self->event_records);
  g_clear_object (&self->verdict_records);
  g_clear_object (&self->history);
  g_clear_object (&self->curves);
  g_clear_object (&self->session);
  g_clear_object (&self->client);
  g_clear_pointer (&self->drawn, tc_series_unref);

  G_OBJECT_CLASS (tc_overview_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, TcOverview, epoch);
  gtk_widget_class_bind_template_child (widget_class, TcOverview, train_loss);
  gtk_widget_class_bind_template_child (widget_class, TcOverview, val_loss);
  gtk_widget_class_bind_template_child (widget_class, TcOverview, speed);
  gtk_widget_class_bind_template_child (widget_class, TcOverview, elapsed);
  gtk_widget_class_bind_template_child (widget_class, TcOverview, left);
  gtk_widget_class_bind_template_child (widget_class, TcOverview, spend);
  gtk_widget_class_bind_template_child (widget_class, TcOverview, chart);
  gtk_widget_class_bind_template_child (widget_class, TcOverview, log_scale);
  gtk_widget_class_bind_template_child (widget_class, TcOverview, batches);
  gtk_widget_class_bind_template_child (widget_class, TcOverview, smoothing_value);
  gtk_widget_class_bind_template_child (widget_class, TcOverview, gates_group);
  gtk_widget_class_bind_template_child (widget_class, TcOverview, verdicts_group);
  gtk_widget_class_bind_template_child (widget_class, TcOverview, events_group);
  gtk_widget_class_bind_template_child (widget_class, TcOverview, gates);
  gtk_widget_class_bind_template_child (widget_class, TcOverview, verdicts);
  gtk_widget_class_bind_template_child (widget_class, TcOverview, events);
}

static void
tc_overview_class_init (TcOverviewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_overview_dispose;
  signals[SIGNAL_SAVED] =
    g_signal_new ("saved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_FILE);
  signals[SIGNAL_FAILED] =
    g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (TC_TYPE_EVEN_BOX);
  g_type_ensure (TC_TYPE_FIGURE);
  g_type_ensure (TC_TYPE_CHART);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/hlx/TrainingCenter/pages/tc-overview.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_lines_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_gate_activated);
  gtk_widget_class_bind_template_callback (widget_class, tc_chart_reset_zoom);
  gtk_widget_class_install_action (widget_class, "overview.save-chart", "s", on_save);
}

static void
tc_overview_init (TcOverview *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tc_chart_set_x_title (self->chart, _("Epoch"));
  tc_chart_set_x_whole (self->chart, TRUE);
  g_object_bind_property (self->log_scale, "active", self->chart, "log-scale", G_BINDING_DEFAULT);
  g_object_bind_property (self->smoothing_value, "value", self->chart, "smoothing", G_BINDING_DEFAULT);
}

/**
 * tc_overview_new:
 * @history: what sessions have cost
 *
 * Returns: (transfer floating): a view that follows @session
 */
GtkWidget *
tc_overview_new (TcClient  *client,
                 TcSession *session,
                 TcHistory *history)
{
  TcOverview *self = g_object_new (TC_TYPE_OVERVIEW, NULL);
  guint64 id = tc_session_get_id (session);

  self->client = g_object_ref (client);
  self->session = g_object_ref (session);
  self->curves = tc_run_curves_new (client, id);
  self->gate_records = tc_run_records_new (client, "gate", id);
  self->event_records = tc_run_records_new (client, "event", id);
  self->shown_events = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->event_records)),
                                                  GTK_FILTER (gtk_custom_filter_new (is_shown, NULL, NULL)));
  self->verdict_records = tc_run_records_new (client, "verdict", id);
  self->history = g_object_ref (history);
  g_signal_connect_object (self->history, "changed", G_CALLBACK (on_spend_changed), self, 0);
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self, 0);
  g_signal_connect_object (self->curves, "changed", G_CALLBACK (on_curves_changed), self, 0);
  bind_lists (self);
  on_session_changed (session, self);
  on_spend_changed (history, 0, self);

  return GTK_WIDGET (self);
}
