/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-running-card.h"

#include <glib/gi18n.h>
#include <math.h>

#include "tc-app-text.h"
#include "tc-chart.h"
#include "tc-facts-text.h"
#include "tc-gate-dots.h"
#include "tc-json.h"
#include "tc-run-curves.h"
#include "tc-run-records.h"
#include "tc-widget.h"

struct _TcRunningCard
{
  GtkWidget       parent_instance;

  TcClient       *client;     /* (owned) */
  TcHistory      *history;    /* (owned) */
  TcSession      *session;    /* (owned) (nullable) */
  TcRunCurves    *curves;     /* (owned) (nullable) */
  TcRunRecords   *records;    /* (owned) (nullable) the gates */
  gulong          changed_id;
  TcSeries       *drawn;      /* (owned) (nullable) the series the chart has now */
  const char     *style;      /* (nullable) */

  GtkImage       *status;
  GtkLabel       *title;
  GtkLabel       *subtitle;
  GtkButton      *pause;
  GtkButton      *stop;
  GtkProgressBar *progress;
  GtkLabel       *epoch;
  GtkLabel       *train_loss;
  GtkLabel       *val_loss;
  GtkLabel       *end;
  GtkLabel       *spend;
  TcChart        *chart;
  TcGateDots     *gates;
};

G_DEFINE_FINAL_TYPE (TcRunningCard, tc_running_card, GTK_TYPE_WIDGET)

static void
show_status (TcRunningCard *self)
{
  TcSessionState state = tc_session_get_state (self->session);
  gboolean is_paused = state == TC_SESSION_PAUSED;

  if (self->style != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self->status), self->style);
  self->style = tc_app_text_get_state_class (state);
  gtk_widget_add_css_class (GTK_WIDGET (self->status), self->style);
  if (state == TC_SESSION_RUNNING)
    gtk_widget_add_css_class (GTK_WIDGET (self->status), "pulse");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->status), "pulse");
  gtk_image_set_from_icon_name (self->status, tc_app_text_get_state_icon (state));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->status), tc_app_text_get_state (state));

  gtk_button_set_icon_name (self->pause, is_paused ? "media-playback-start-symbolic"
                                                   : "media-playback-pause-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->pause), is_paused ? _("Resume") : _("Pause"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->pause),
                                  is_paused ? "session.resume" : "session.suspend");
  gtk_widget_set_sensitive (GTK_WIDGET (self->pause), state != TC_SESSION_STARTING);
}

static void
show_figure (GtkLabel   *label,
             const char *name,
             double      value,
             gboolean    is_known,
             const char *trend)
{
  g_autofree char *loss = tc_app_text_dup_loss (value, is_known);
  g_autofree char *text = g_strdup_printf ("%s %s%s", name, loss, trend);

  gtk_label_set_label (label, text);
}

/* Where the validation loss has gone since the epoch before. */
static const char *
get_trend (TcRunCurves *curves)
{
  TcSeries *losses = tc_run_curves_get (curves, "val_loss");
  guint n = tc_series_get_length (losses);
  TcSample last, before;

  if (n < 2 || !tc_series_get_point (losses, n - 1, &last) || !tc_series_get_point (losses, n - 2, &before) ||
      !isfinite (last.y) || !isfinite (before.y) || last.y == before.y)
    return "";

  return last.y < before.y ? " ↓" : " ↑";
}

static void
show_val_loss (TcRunningCard *self)
{
  const TcProgress *progress = tc_session_get_progress (self->session);

  show_figure (self->val_loss, _("Val loss"), progress->val_loss, progress->has_val_loss, get_trend (self->curves));
}

static void
show_spend (TcRunningCard *self)
{
  const TcRunFacts *facts = tc_history_peek (self->history, tc_session_get_id (self->session));
  g_autofree char *text = tc_facts_text_dup_spend (facts);

  gtk_label_set_label (self->spend, text);
  gtk_widget_set_visible (gtk_widget_get_parent (GTK_WIDGET (self->spend)), facts->has_spent || facts->n_unknown > 0);
}

static void
on_facts_changed (TcHistory     *history,
                  guint64        id,
                  TcRunningCard *self)
{
  if (self->session != NULL && (id == 0 || id == tc_session_get_id (self->session)))
    show_spend (self);
}

static void
on_changed (TcSession     *session,
            TcRunningCard *self)
{
  const TcProgress *progress = tc_session_get_progress (session);
  g_autofree char *title = tc_app_text_dup_title (session);
  g_autofree char *subtitle = tc_app_text_dup_subtitle (session);
  g_autofree char *epoch = tc_app_text_dup_progress (session);
  g_autofree char *end = tc_app_text_dup_end (session, g_get_real_time ());

  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->subtitle, subtitle);
  gtk_label_set_label (self->epoch, epoch != NULL ? epoch : _("Starting…"));
  show_figure (self->train_loss, _("Train loss"), progress->train_loss, progress->has_train_loss, "");
  show_val_loss (self);
  gtk_label_set_label (self->end, end != NULL ? end : "");
  gtk_progress_bar_set_fraction (self->progress, tc_session_get_fraction (session));
  tc_gate_dots_set_epochs (self->gates, tc_session_get_config (session)->epochs, progress->epoch);
  show_status (self);
}

/* ---- Curves and gates ---- */

static void
on_curves_changed (TcRunCurves   *curves,
                   TcRunningCard *self)
{
  TcSeries *train = tc_run_curves_get (curves, "train_loss");

  if (train != self->drawn)
    {
      tc_chart_clear (self->chart);
      g_clear_pointer (&self->drawn, tc_series_unref);
      self->drawn = tc_series_ref (train);
      tc_chart_add_line (self->chart, train, _("Training"), TC_CHART_BLUE, TC_CHART_LINE_DEFAULT);
      tc_chart_add_line (self->chart, tc_run_curves_get (curves, "val_loss"), _("Validation"),
                         TC_CHART_ORANGE, TC_CHART_LINE_DEFAULT);
    }
  tc_chart_update (self->chart);
  show_val_loss (self);
}

static void
on_gates_changed (TcRunningCard *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->records)); i++)
    {
      g_autoptr(TcRecord) record = g_list_model_get_item (G_LIST_MODEL (self->records), i);
      JsonObject *gate = tc_record_get_json (record);

      tc_gate_dots_set_result (self->gates, (guint) tc_json_get_int (gate, "epoch", 0),
                               tc_json_get_string (gate, "result", ""));
    }
}

static void
tc_running_card_dispose (GObject *object)
{
  TcRunningCard *self = TC_RUNNING_CARD (object);

  tc_running_card_set_session (self, NULL);
  g_clear_object (&self->history);
  g_clear_object (&self->client);
  tc_widget_dispose (GTK_WIDGET (self), TC_TYPE_RUNNING_CARD);

  G_OBJECT_CLASS (tc_running_card_parent_class)->dispose (object);
}

static void
tc_running_card_class_init (TcRunningCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_running_card_dispose;

  g_type_ensure (TC_TYPE_CHART);
  g_type_ensure (TC_TYPE_GATE_DOTS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/hlx/TrainingCenter/rows/tc-running-card.ui");
  gtk_widget_class_bind_template_child (widget_class, TcRunningCard, status);
  gtk_widget_class_bind_template_child (widget_class, TcRunningCard, title);
  gtk_widget_class_bind_template_child (widget_class, TcRunningCard, subtitle);
  gtk_widget_class_bind_template_child (widget_class, TcRunningCard, pause);
  gtk_widget_class_bind_template_child (widget_class, TcRunningCard, stop);
  gtk_widget_class_bind_template_child (widget_class, TcRunningCard, progress);
  gtk_widget_class_bind_template_child (widget_class, TcRunningCard, epoch);
  gtk_widget_class_bind_template_child (widget_class, TcRunningCard, train_loss);
  gtk_widget_class_bind_template_child (widget_class, TcRunningCard, val_loss);
  gtk_widget_class_bind_template_child (widget_class, TcRunningCard, end);
  gtk_widget_class_bind_template_child (widget_class, TcRunningCard, spend);
  gtk_widget_class_bind_template_child (widget_class, TcRunningCard, chart);
  gtk_widget_class_bind_template_child (widget_class, TcRunningCard, gates);
}

static void
tc_running_card_init (TcRunningCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tc_chart_set_x_title (self->chart, _("Epoch"));
  tc_chart_set_x_whole (self->chart, TRUE);
}

/**
 * tc_running_card_new:
 * @history: what sessions have cost
 *
 * Returns: (transfer floating): a card without a session
 */
GtkWidget *
tc_running_card_new (TcClient  *client,
                     TcHistory *history)
{
  TcRunningCard *self = g_object_new (TC_TYPE_RUNNING_CARD, NULL);

  self->client = g_object_ref (client);
  self->history = g_object_ref (history);
  g_signal_connect_object (history, "changed", G_CALLBACK (on_facts_changed), self, 0);

  return GTK_WIDGET (self);
}

static void
follow (TcRunningCard *self)
{
  guint64 id = tc_session_get_id (self->session);

  self->changed_id = g_signal_connect_object (self->session, "changed",
                                              G_CALLBACK (on_changed), self, 0);
  self->curves = tc_run_curves_new (self->client, id);
  g_signal_connect_object (self->curves, "changed", G_CALLBACK (on_curves_changed), self, 0);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->pause), "t", id);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->stop), "t", id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->stop), "session.cancel");
  tc_gate_dots_clear (self->gates);
  self->records = tc_run_records_new (self->client, "gate", id);
  g_signal_connect_object (self->records, "items-changed", G_CALLBACK (on_gates_changed), self,
                           G_CONNECT_SWAPPED);
  on_changed (self->session, self);
  show_spend (self);
}

/**
 * tc_running_card_set_session:
 * @session: (nullable): what to show from now on, and to follow
 */
void
tc_running_card_set_session (TcRunningCard *self,
                             TcSession     *session)
{
  g_return_if_fail (TC_IS_RUNNING_CARD (self));

  if (self->session == session)
    return;
  if (self->session != NULL)
    g_clear_signal_handler (&self->changed_id, self->session);
  g_clear_object (&self->records);
  g_clear_object (&self->curves);
  g_clear_pointer (&self->drawn, tc_series_unref);
  if (self->chart != NULL)
    tc_chart_clear (self->chart);
  g_set_object (&self->session, session);
  if (session != NULL)
    follow (self);
}
