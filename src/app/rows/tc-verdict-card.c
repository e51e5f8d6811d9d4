/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-verdict-card.h"

#include <glib/gi18n.h>

#include "tc-facts-text.h"
#include "tc-text.h"
#include "tc-widget.h"

struct _TcVerdictCard
{
  GtkWidget       parent_instance;

  GtkLabel       *grade;
  GtkLabel       *title;
  GtkLabel       *about;
  GtkWidget      *bars;
  GtkLabel       *texts[TC_VERDICT_N_PARTS];
  GtkProgressBar *parts[TC_VERDICT_N_PARTS];
  GtkLabel       *recommendation;
  GtkLabel       *note;
};

G_DEFINE_FINAL_TYPE (TcVerdictCard, tc_verdict_card, GTK_TYPE_WIDGET)

/* Hides a label that has nothing to say. The text is foreign. */
static void
show_text (GtkLabel   *label,
           const char *text)
{
  g_autofree char *clean = text != NULL ? tc_text_sanitize (text, -1, -1, TC_TEXT_DEFAULT) : NULL;

  gtk_label_set_label (label, clean != NULL ? clean : "");
  gtk_widget_set_visible (GTK_WIDGET (label), clean != NULL && clean[0] != '\0');
}

/* "Epoch 20 · Claude Sonnet 5.5 · Today 14:02 · $0.0123"; of a model that is not the session's only the id is known. */
static char *
dup_about (const TcVerdict *verdict,
           TcSessionConfig *config)
{
  gboolean is_named = config->model_name != NULL && g_strcmp0 (config->model, verdict->model) == 0;
  g_autofree char *cost = verdict->cost >= 0 ? tc_facts_text_dup_money (verdict->cost) : g_strdup (_("Price unknown"));
  g_autofree char *model = tc_text_sanitize (is_named ? config->model_name : verdict->model, -1, -1,
                                             TC_TEXT_SINGLE_LINE);
  g_autofree char *when = tc_facts_text_dup_day (verdict->at_us, FALSE);

  return g_strdup_printf (_("Epoch %u · %s · %s · %s"), verdict->epoch, model, when, cost);
}

static const char *
get_status (const TcVerdict *verdict)
{
  static const char *const texts[] = {
    [TC_VERDICT_CONTINUE] = N_("Go on"),
    [TC_VERDICT_OBSERVE] = N_("Keep an eye on it"),
    [TC_VERDICT_REVIEW] = N_("Have a look at it"),
    [TC_VERDICT_STOP] = N_("Better stop"),
  };

  return _(texts[verdict->status]);
}

static const char *
get_action (const TcVerdict *verdict)
{
  if (verdict->action == TC_VERDICT_ACTION_PAUSE)
    return _("The session was paused because of this.");
  if (verdict->action == TC_VERDICT_ACTION_STOP)
    return _("The session was stopped because of this.");

  return NULL;
}

static void
show_score (TcVerdictCard   *self,
            const TcVerdict *verdict)
{
  static const char *const styles[] = {
    [TC_VERDICT_CONTINUE] = "success",
    [TC_VERDICT_OBSERVE] = "accent",
    [TC_VERDICT_REVIEW] = "warning",
    [TC_VERDICT_STOP] = "error",
  };
  g_autofree char *title = g_strdup_printf (_("%u of 100 · %s"), verdict->score, get_status (verdict));
  g_autofree char *spoken = g_strdup_printf (_("Grade %s"), tc_verdict_get_grade (verdict));

  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->grade, tc_verdict_get_grade (verdict));
  gtk_widget_add_css_class (GTK_WIDGET (self->grade), styles[verdict->status]);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->grade), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  for (guint i = 0; i < TC_VERDICT_N_PARTS; i++)
    {
      guint most = tc_verdict_part_get_most (i);
      g_autofree char *text = g_strdup_printf ("%u / %u", verdict->parts[i], most);

      gtk_label_set_label (self->texts[i], text);
      gtk_progress_bar_set_fraction (self->parts[i], CLAMP ((double) verdict->parts[i] / most, 0, 1));
    }
  show_text (self->recommendation, verdict->recommendation);
}

static void
show_verdict (TcVerdictCard   *self,
              const TcVerdict *verdict,
              TcSessionConfig *config)
{
  g_autofree char *about = dup_about (verdict, config);
  const char *action = get_action (verdict);
  g_autofree char *note = action != NULL && verdict->note != NULL
                            ? g_strdup_printf ("%s\n%s", action, verdict->note)
                            : g_strdup (action != NULL ? action : verdict->note);
  g_autofree char *spoken = NULL;

  if (verdict->error != NULL)
    {
      gtk_label_set_label (self->title, _("No verdict"));
      gtk_label_set_label (self->grade, TC_NO_TEXT);
      gtk_widget_add_css_class (GTK_WIDGET (self->grade), "dim-label");
      gtk_widget_set_visible (self->bars, FALSE);
      show_text (self->recommendation, verdict->error);
    }
  else
    show_score (self, verdict);
  gtk_label_set_label (self->about, about);
  show_text (self->note, note);
  spoken = g_strdup_printf (_("Verdict at epoch %u"), verdict->epoch);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static void
tc_verdict_card_dispose (GObject *object)
{
  tc_widget_dispose (GTK_WIDGET (object), TC_TYPE_VERDICT_CARD);

  G_OBJECT_CLASS (tc_verdict_card_parent_class)->dispose (object);
}

/* The labels and bars are named like the parts are in JSON. */
static void
bind_parts (GtkWidgetClass *widget_class)
{
  static const char *const texts[] = { "convergence_text", "accuracy_text", "format_text", "progress_text" };
  static const char *const bars[] = { "convergence_bar", "accuracy_bar", "format_bar", "progress_bar" };

  for (guint i = 0; i < TC_VERDICT_N_PARTS; i++)
    {
      gtk_widget_class_bind_template_child_full (widget_class, texts[i], FALSE,
                                                 (gssize) (G_STRUCT_OFFSET (TcVerdictCard, texts) +
                                                           i * sizeof (GtkLabel *)));
      gtk_widget_class_bind_template_child_full (widget_class, bars[i], FALSE,
                                                 (gssize) (G_STRUCT_OFFSET (TcVerdictCard, parts) +
                                                           i * sizeof (GtkProgressBar *)));
    }
}

static void
tc_verdict_card_class_init (TcVerdictCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_verdict_card_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/hlx/TrainingCenter/rows/tc-verdict-card.ui");
  gtk_widget_class_bind_template_child (widget_class, TcVerdictCard, grade);
  gtk_widget_class_bind_template_child (widget_class, TcVerdictCard, title);
  gtk_widget_class_bind_template_child (widget_class, TcVerdictCard, about);
  gtk_widget_class_bind_template_child (widget_class, TcVerdictCard, bars);
  gtk_widget_class_bind_template_child (widget_class, TcVerdictCard, recommendation);
  gtk_widget_class_bind_template_child (widget_class, TcVerdictCard, note);
  bind_parts (widget_class);
}

static void
tc_verdict_card_init (TcVerdictCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * tc_verdict_card_new:
 * @verdict: what to show, read at once
 * @config: of the session that it is about
 *
 * Returns: (transfer floating): a card
 */
GtkWidget *
tc_verdict_card_new (const TcVerdict *verdict,
                     TcSessionConfig *config)
{
  TcVerdictCard *self = g_object_new (TC_TYPE_VERDICT_CARD, NULL);

  show_verdict (self, verdict, config);

  return GTK_WIDGET (self);
}
