/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-spend-bar.h"

#include <glib/gi18n.h>

#include "tc-facts-text.h"
#include "tc-widget.h"

/* From here on the bar warns. */
#define WARN_SHARE 0.8

struct _TcSpendBar
{
  GtkWidget       parent_instance;

  TcBudgetStatus *budgets;  /* (owned) (nullable) until it is given one */
  const char     *style;    /* (nullable) the class that warns */

  GtkWidget      *button;
  GtkLabel       *label;
  GtkLevelBar    *bar;
};

G_DEFINE_FINAL_TYPE (TcSpendBar, tc_spend_bar, GTK_TYPE_WIDGET)

static char *
dup_text (const TcBudget *budget)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *month = g_date_time_format (now, "%OB");
  g_autofree char *spent = tc_facts_text_dup_money (budget->spent);
  g_autofree char *limit = tc_facts_text_dup_money (budget->limit);

  if (!budget->has_limit)
    /* Translators: an amount of money and the name of a month: "$3.20 in November" */
    return g_strdup_printf (_("%s in %s"), spent, month);

  /* Translators: what was spent, the limit, the month: "$3.20 of $20.00 in November" */
  return g_strdup_printf (_("%s of %s in %s"), spent, limit, month);
}

static void
set_style (TcSpendBar *self,
           const char *style)
{
  if (self->style != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self), self->style);
  self->style = style;
  if (style != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), style);
}

static void
show (TcSpendBar *self)
{
  const TcBudget *budget = tc_budget_status_find (self->budgets, TC_BUDGET_MONTH);
  g_autofree char *text = budget != NULL ? dup_text (budget) : NULL;
  double share = budget != NULL ? tc_budget_get_share (budget) : 0;

  gtk_widget_set_visible (GTK_WIDGET (self), budget != NULL);
  if (budget == NULL)
    return;
  gtk_label_set_label (self->label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->bar), budget->has_limit);
  gtk_level_bar_set_value (self->bar, share);
  set_style (self, share >= 1 ? "spent" : share >= WARN_SHARE ? "nearly-spent" : NULL);
}

static void
tc_spend_bar_dispose (GObject *object)
{
  TcSpendBar *self = TC_SPEND_BAR (object);

  g_clear_object (&self->budgets);
  tc_widget_dispose (GTK_WIDGET (self), TC_TYPE_SPEND_BAR);

  G_OBJECT_CLASS (tc_spend_bar_parent_class)->dispose (object);
}

static void
tc_spend_bar_class_init (TcSpendBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_spend_bar_dispose;
  gtk_widget_class_set_css_name (widget_class, "spendbar");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/dev/hlx/TrainingCenter/rows/tc-spend-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, TcSpendBar, button);
  gtk_widget_class_bind_template_child (widget_class, TcSpendBar, label);
  gtk_widget_class_bind_template_child (widget_class, TcSpendBar, bar);
}

static void
tc_spend_bar_init (TcSpendBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* The colour is ours; the bar has none of its own for "nearly spent". */
  gtk_level_bar_remove_offset_value (self->bar, GTK_LEVEL_BAR_OFFSET_LOW);
  gtk_level_bar_remove_offset_value (self->bar, GTK_LEVEL_BAR_OFFSET_HIGH);
  gtk_level_bar_remove_offset_value (self->bar, GTK_LEVEL_BAR_OFFSET_FULL);
}

/**
 * tc_spend_bar_set_budgets:
 * @budgets: followed from now on; to be called once
 */
void
tc_spend_bar_set_budgets (TcSpendBar     *self,
                          TcBudgetStatus *budgets)
{
  g_return_if_fail (TC_IS_SPEND_BAR (self));
  g_return_if_fail (self->budgets == NULL);

  self->budgets = g_object_ref (budgets);
  g_signal_connect_object (budgets, "changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  show (self);
}
