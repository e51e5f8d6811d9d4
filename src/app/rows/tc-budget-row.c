/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-budget-row.h"

#include <glib/gi18n.h>

#include "tc-facts-text.h"
#include "tc-money-bar.h"
#include "tc-provider-text.h"

#define BAR_WIDTH 110

struct _TcBudgetRow
{
  AdwExpanderRow  parent_instance;

  char           *scope;     /* (owned) "month" or a provider's word */
  TcMoneyBar     *bar;
  AdwEntryRow    *limit;
};

enum
{
  SIGNAL_LIMIT_CHANGED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (TcBudgetRow, tc_budget_row, ADW_TYPE_EXPANDER_ROW)

static guint signals[N_SIGNALS];

/* What stands in the field, or what is wrong with it. */
static void
set_wrong (TcBudgetRow *self,
           gboolean     is_wrong)
{
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->limit),
                                 is_wrong ? _("Write an amount such as 20.00, or leave it empty")
                                          : _("Limit in US dollars; empty for none"));
  if (is_wrong)
    gtk_widget_add_css_class (GTK_WIDGET (self->limit), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->limit), "error");
}

static void
on_apply (TcBudgetRow *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->limit));
  gboolean is_empty = text[0] == '\0';
  TcMoney amount;
  gboolean is_wrong = !is_empty && (!tc_money_parse (text, &amount, NULL) || amount < 0);

  set_wrong (self, is_wrong);
  if (!is_wrong)
    g_signal_emit (self, signals[SIGNAL_LIMIT_CHANGED], 0, is_empty ? NULL : text);
}

/* "$3.20 of $20.00", "$3.20, no limit". */
static char *
describe_spent (const TcBudget *budget)
{
  g_autofree char *spent = tc_facts_text_dup_money (budget->spent);
  g_autofree char *limit = tc_facts_text_dup_money (budget->limit);

  if (!budget->has_limit)
    return g_strdup_printf (_("%s, no limit"), spent);
  if (budget->spent >= budget->limit)
    return g_strdup_printf (_("%s of %s: calls are refused. Raise the limit, and they go on."), spent, limit);

  return g_strdup_printf (_("%s of %s"), spent, limit);
}

/* And what is to come, and what could not be counted. */
static char *
describe (const TcBudget *budget,
          TcMoney         expected)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_autofree char *spent = describe_spent (budget);
  g_autofree char *more = tc_facts_text_dup_money (expected);

  g_string_append (text, spent);
  if (expected > 0)
    {
      g_string_append (text, "\n");
      /* Translators: what the sessions that wait are expected to cost */
      g_string_append_printf (text, _("≈ %s more for the queue"), more);
      if (budget->has_limit && budget->spent + expected > budget->limit)
        g_string_append_printf (text, " – %s", _("more than is left"));
    }
  if (budget->n_unknown > 0)
    {
      g_string_append (text, "\n");
      g_string_append_printf (text, ngettext ("%u call without a known price is not in it",
                                              "%u calls without a known price are not in it", budget->n_unknown),
                              budget->n_unknown);
    }

  return g_string_free_and_steal (g_steal_pointer (&text));
}

/* The limit as it is typed, "20.00". */
static void
show_limit (TcBudgetRow    *self,
            const TcBudget *budget)
{
  g_autofree char *limit = tc_money_format (budget->limit);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  /* Nobody's typing is overwritten. */
  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self->limit)))
    gtk_editable_set_text (GTK_EDITABLE (self->limit), budget->has_limit ? limit + 1 : "");
}

/**
 * tc_budget_row_show:
 * @expected: what the sessions that wait are expected to cost; 0 where nobody knows
 */
void
tc_budget_row_show (TcBudgetRow    *self,
                    const TcBudget *budget,
                    TcMoney         expected)
{
  g_autofree char *text = describe (budget, expected);

  g_return_if_fail (TC_IS_BUDGET_ROW (self));

  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), text);
  gtk_widget_set_visible (GTK_WIDGET (self->bar), budget->has_limit);
  tc_money_bar_set (self->bar, tc_budget_get_share (budget),
                    budget->limit > 0 ? (double) expected / (double) budget->limit : 0);
  show_limit (self, budget);
}

static void
tc_budget_row_finalize (GObject *object)
{
  g_free (TC_BUDGET_ROW (object)->scope);

  G_OBJECT_CLASS (tc_budget_row_parent_class)->finalize (object);
}

static void
tc_budget_row_class_init (TcBudgetRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tc_budget_row_finalize;
  signals[SIGNAL_LIMIT_CHANGED] =
    g_signal_new ("limit-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
tc_budget_row_init (TcBudgetRow *self)
{
  self->bar = TC_MONEY_BAR (tc_money_bar_new ());
  gtk_widget_set_size_request (GTK_WIDGET (self->bar), BAR_WIDTH, -1);
  gtk_widget_set_valign (GTK_WIDGET (self->bar), GTK_ALIGN_CENTER);
  adw_expander_row_add_suffix (ADW_EXPANDER_ROW (self), GTK_WIDGET (self->bar));

  self->limit = ADW_ENTRY_ROW (adw_entry_row_new ());
  set_wrong (self, FALSE);
  adw_entry_row_set_input_purpose (self->limit, GTK_INPUT_PURPOSE_NUMBER);
  adw_entry_row_set_show_apply_button (self->limit, TRUE);
  g_signal_connect_object (self->limit, "apply", G_CALLBACK (on_apply), self, G_CONNECT_SWAPPED);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), GTK_WIDGET (self->limit));
}

/**
 * tc_budget_row_new:
 * @scope: "month" or a provider's word
 *
 * Returns: (transfer floating): a row without figures
 */
GtkWidget *
tc_budget_row_new (const char *scope)
{
  TcBudgetRow *self = g_object_new (TC_TYPE_BUDGET_ROW, NULL);
  const TcProviderText *provider = tc_provider_text_find (scope);

  self->scope = g_strdup (scope);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self),
                                 provider != NULL ? _(provider->title) : _("This Month"));

  return GTK_WIDGET (self);
}

/** tc_budget_row_get_scope: Returns: "month" or a provider's word */
const char *
tc_budget_row_get_scope (TcBudgetRow *self)
{
  g_return_val_if_fail (TC_IS_BUDGET_ROW (self), NULL);

  return self->scope;
}
