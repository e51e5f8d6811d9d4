/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-plan-bar.h"

#include <glib/gi18n.h>
#include <math.h>

#include "tc-duration.h"
#include "tc-facts-text.h"
#include "tc-text.h"

#define CENT (TC_MONEY_DOLLAR / 100)
#define SENTENCE_BYTES 400

struct _TcPlanBar
{
  GtkBox        parent_instance;

  TcPlan       *plan;         /* (owned) (nullable) until it has one */
  GCancellable *cancellable;  /* (owned) gives up queueing */
  gboolean      with_budget;  /* says what is left of the month's */
  gboolean      is_ready;
  gboolean      is_queueing;


  GtkWidget    *figures;
  GtkWidget    *measure;
  GtkWidget    *warnings;
  GtkWidget    *problem;
  GtkWidget    *add;
};

enum
{
  SIGNAL_QUEUED,
  SIGNAL_REFUSED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (TcPlanBar, tc_plan_bar, GTK_TYPE_BOX)

static guint signals[N_SIGNALS];

/* ---- Figures in words ---- */

static char *
format_time (double low,
             double high)
{
  static const struct { double seconds; double from; const char *one; const char *range; } units[] = {
    { 86400, 2 * 86400, N_("≈ %.0f days"), N_("≈ %.0f–%.0f days") },
    { 3600, 2 * 3600, N_("≈ %.0f h"), N_("≈ %.0f–%.0f h") },
    { 60, 120, N_("≈ %.0f min"), N_("≈ %.0f–%.0f min") },
    { 1, 0, N_("≈ %.0f s"), N_("≈ %.0f–%.0f s") },
  };
  guint i = 0;
  double a, b;

  while (i + 1 < G_N_ELEMENTS (units) && high < units[i].from)
    i++;
  a = floor (low / units[i].seconds);
  b = ceil (high / units[i].seconds);

  return a == b ? g_strdup_printf (_(units[i].one), b) : g_strdup_printf (_(units[i].range), a, b);
}

static char *
format_money (double low,
              double high)
{
  TcMoney a = (TcMoney) low;
  TcMoney b = (TcMoney) high;
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;

  if (b >= 10 * CENT)
    {
      a = a / CENT * CENT;
      b = (b + CENT - 1) / CENT * CENT;
    }
  from = tc_facts_text_dup_money (a);
  to = tc_facts_text_dup_money (b);
  if (b == 0)
    return g_strdup (_("no cost"));

  return a == b ? g_strdup_printf ("≈ %s", to) : g_strdup_printf ("≈ %s–%s", from, to);
}

static char *
dup_figure (TcPlan       *plan,
            TcPlanFigure  figure)
{
  static const char *const unknown[] = {
    N_("Time not known yet"), N_("price unknown"), N_("size not known yet")
  };
  double low = 0;
  double high = 0;

  if (!tc_plan_get_range (plan, figure, &low, &high))
    return g_strdup (_(unknown[figure]));
  if (figure == TC_PLAN_TIME)
    return format_time (low, high);
  if (figure == TC_PLAN_MONEY)
    return format_money (low, high);

  return tc_size_format ((guint64) MAX (high, 0));
}

static char *
dup_figures (TcPlanBar *self)
{
  g_autofree char *duration = NULL;
  g_autofree char *money = NULL;
  g_autofree char *size = NULL;
  double low = 0;
  double high = 0;

  if (tc_plan_is_measuring (self->plan))
    return g_strdup (_("Trying the script out for some seconds…"));
  if (!tc_plan_has_estimate (self->plan))
    return g_strdup (tc_plan_is_asking (self->plan) ? _("Estimating…") : _("No estimate yet"));
  duration = dup_figure (self->plan, TC_PLAN_TIME);
  money = dup_figure (self->plan, TC_PLAN_MONEY);
  size = dup_figure (self->plan, TC_PLAN_DISK);
  /* Where the one is not known the other is not either: once is enough. */
  if (!tc_plan_get_range (self->plan, TC_PLAN_TIME, &low, &high) &&
      !tc_plan_get_range (self->plan, TC_PLAN_DISK, &low, &high))
    return g_strdup_printf ("%s · %s", duration, money);

  return g_strdup_printf ("%s · %s · %s", duration, money, size);
}

/* A sign stays with its figure where the line ends. */
static char *
bind_signs (const char *text)
{
  g_auto(GStrv) parts = g_strsplit (text, "≈ ", -1);

  return g_strjoinv ("≈\u00a0", parts);
}

/* ---- What it shows ---- */

static void
append_sentence (GString    *text,
                 const char *sentence)
{
  g_autofree char *clean = tc_text_sanitize (sentence, -1, SENTENCE_BYTES, TC_TEXT_SINGLE_LINE);

  g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", clean);
}

/* Also not by trying it out: then the reason is of interest. */
static gboolean
has_no_time (TcPlanBar *self)
{
  double low, high;

  return tc_plan_has_estimate (self->plan) && !tc_plan_is_asking (self->plan) &&
         !tc_plan_can_measure (self->plan) &&
         !tc_plan_get_range (self->plan, TC_PLAN_TIME, &low, &high) &&
         tc_plan_get_basis (self->plan, TC_PLAN_TIME) != NULL;
}

static char *
dup_warnings (TcPlanBar *self)
{
  const char *const *sentences = tc_plan_get_warnings (self->plan);
  GString *text = g_string_new (NULL);
  TcMoney left;
  TcMoney limit;

  if (self->with_budget && tc_plan_get_room (self->plan, &left, &limit))
    {
      g_autofree char *left_text = tc_facts_text_dup_money (left);
      g_autofree char *limit_text = tc_facts_text_dup_money (limit);
      g_autofree char *room = g_strdup_printf (_("%s of this month’s %s are left"), left_text, limit_text);

      append_sentence (text, room);
    }
  for (guint i = 0; sentences[i] != NULL; i++)
    append_sentence (text, sentences[i]);
  if (has_no_time (self))
    append_sentence (text, tc_plan_get_basis (self->plan, TC_PLAN_TIME));

  return g_string_free (text, FALSE);
}

static void
say (GtkWidget  *label,
     const char *text)
{
  gtk_label_set_label (GTK_LABEL (label), text != NULL ? text : "");
  gtk_widget_set_visible (label, text != NULL && text[0] != '\0');
}

static void
show (TcPlanBar *self)
{
  g_autofree char *said = dup_figures (self);
  g_autofree char *figures = bind_signs (said);
  g_autofree char *warnings = dup_warnings (self);

  gtk_widget_set_visible (self->measure, self->is_ready && tc_plan_can_measure (self->plan));

  say (self->figures, figures);
  gtk_widget_set_tooltip_text (self->figures, tc_plan_get_basis (self->plan, TC_PLAN_TIME));
  say (self->warnings, warnings);
  say (self->problem, tc_plan_get_problem (self->plan));
  gtk_widget_set_sensitive (self->add, self->is_ready && !self->is_queueing);
}

static void
on_queued (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(TcPlanBar) self = user_data;
  g_autoptr(GError) error = NULL;

  self->is_queueing = FALSE;
  if (tc_plan_queue_finish (TC_PLAN (object), result, &error))
    {
      g_signal_emit (self, signals[SIGNAL_QUEUED], 0);
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  show (self);
  say (self->problem, error->message);
  g_signal_emit (self, signals[SIGNAL_REFUSED], 0, error->message);
}

static void
on_add (TcPlanBar *self)
{
  self->is_queueing = TRUE;
  gtk_widget_set_sensitive (self->add, FALSE);
  tc_plan_queue_async (self->plan, self->cancellable, on_queued, g_object_ref (self));
}

static void
on_measure (TcPlanBar *self)
{
  tc_plan_measure (self->plan);
}

/* ---- The object ---- */

static void
tc_plan_bar_dispose (GObject *object)
{
  TcPlanBar *self = TC_PLAN_BAR (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->plan);

  G_OBJECT_CLASS (tc_plan_bar_parent_class)->dispose (object);
}

static void
tc_plan_bar_class_init (TcPlanBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_plan_bar_dispose;
  signals[SIGNAL_QUEUED] =
    g_signal_new ("queued", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);
  signals[SIGNAL_REFUSED] =
    g_signal_new ("refused", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRING);
}

static GtkWidget *
add_label (GtkWidget  *box,
           const char *style)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, style);
  gtk_box_append (GTK_BOX (box), label);

  return label;
}

static void
tc_plan_bar_init (TcPlanBar *self)
{
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);

  self->cancellable = g_cancellable_new ();
  gtk_box_set_spacing (GTK_BOX (self), 12);
  gtk_widget_add_css_class (GTK_WIDGET (self), "plan-bar");
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  self->figures = add_label (words, "numeric");
  self->measure = gtk_button_new_with_mnemonic (_("_Measure the Time"));
  gtk_widget_set_halign (self->measure, GTK_ALIGN_START);
  gtk_widget_set_tooltip_text (self->measure, _("Trains for some seconds to find out how long it would take"));
  gtk_box_append (GTK_BOX (words), self->measure);
  self->warnings = add_label (words, "caption");
  self->problem = add_label (words, "error");
  self->add = gtk_button_new_with_mnemonic (_("_Add to Queue"));
  gtk_widget_set_valign (self->add, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->add, "suggested-action");
  gtk_box_append (GTK_BOX (self), words);
  gtk_box_append (GTK_BOX (self), self->add);
  g_signal_connect_object (self->measure, "clicked", G_CALLBACK (on_measure), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->add, "clicked", G_CALLBACK (on_add), self, G_CONNECT_SWAPPED);
}

/**
 * tc_plan_bar_set_plan:
 * @with_budget: whether to say what is left of the month's budget
 *
 * To be called once.
 */
void
tc_plan_bar_set_plan (TcPlanBar *self,
                      TcPlan    *plan,
                      gboolean   with_budget)
{
  g_return_if_fail (TC_IS_PLAN_BAR (self));
  g_return_if_fail (self->plan == NULL);

  self->plan = g_object_ref (plan);
  self->with_budget = with_budget;
  g_signal_connect_object (plan, "changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  show (self);
}

/** tc_plan_bar_set_ready: @is_ready: whether what was typed can be queued */
void
tc_plan_bar_set_ready (TcPlanBar *self,
                       gboolean   is_ready)
{
  g_return_if_fail (TC_IS_PLAN_BAR (self));

  self->is_ready = is_ready;
  show (self);
}
