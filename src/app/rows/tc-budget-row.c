/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-budget-row.h"

#include <glib/gi18n.h>

#include "tc-json.h"
#include "tc-money.h"
#include "tc-provider-text.h"

#define BAR_WIDTH 120

struct _TcBudgetRow
{
  AdwExpanderRow  parent_instance;

  char           *scope;     /* (owned) "month" or a provider's word */
  GtkLevelBar    *bar;
  AdwEntryRow    *limit;
};

enum
{
  SIGNAL_LIMIT_CHANGED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (TcBudgetRow, tc_budget_row, ADW_TYPE_EXPANDER_ROW)

static guint signals[N_SIGNALS];

static void
on_apply (TcBudgetRow *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->limit));
  TcMoney amount;

  gtk_widget_remove_css_class (GTK_WIDGET (self->limit), "error");
  if (text[0] == '\0')
    g_signal_emit (self, signals[SIGNAL_LIMIT_CHANGED], 0, NULL);
  else if (tc_money_parse (text, &amount, NULL) && amount >= 0)
    g_signal_emit (self, signals[SIGNAL_LIMIT_CHANGED], 0, text);
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->limit), "error");
}

static TcMoney
read_money (JsonObject *budget,
            const char *member)
{
  TcMoney amount = 0;

  tc_money_parse (tc_json_get_string (budget, member, "0"), &amount, NULL);

  return amount;
}

/* "$3.20 of $20.00", "$3.20, no limit"; and what could not be counted. */
static char *
describe (JsonObject *budget,
          TcMoney     spent,
          TcMoney     limit)
{
  g_autofree char *spent_text = tc_money_format (spent);
  g_autofree char *limit_text = tc_money_format (limit);
  gint64 n_unknown = tc_json_get_int (budget, "n_unknown", 0);
  g_autofree char *text = NULL;

  if (tc_json_get_string (budget, "limit_usd", NULL) != NULL)
    text = g_strdup_printf (_("%s of %s"), spent_text, limit_text);
  else
    text = g_strdup_printf (_("%s, no limit"), spent_text);
  if (n_unknown == 0)
    return g_steal_pointer (&text);

  return g_strdup_printf (ngettext ("%s, and %d call without a known price",
                                    "%s, and %d calls without a known price", (gulong) n_unknown),
                          text, (int) n_unknown);
}

/**
 * tc_budget_row_show:
 * @budget: as in GET /api/budget
 */
void
tc_budget_row_show (TcBudgetRow *self,
                    JsonObject  *budget)
{
  TcMoney spent = read_money (budget, "spent_usd");
  TcMoney limit = read_money (budget, "limit_usd");
  const char *limit_text = tc_json_get_string (budget, "limit_usd", NULL);
  g_autofree char *text = describe (budget, spent, limit);

  g_return_if_fail (TC_IS_BUDGET_ROW (self));

  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), text);
  gtk_widget_set_visible (GTK_WIDGET (self->bar), limit_text != NULL);
  gtk_level_bar_set_value (self->bar, limit > 0 ? CLAMP ((double) spent / (double) limit, 0, 1)
                                                : limit_text != NULL);
  if (!gtk_widget_has_focus (GTK_WIDGET (self->limit)))
    gtk_editable_set_text (GTK_EDITABLE (self->limit), limit_text != NULL ? limit_text : "");
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
  self->bar = GTK_LEVEL_BAR (gtk_level_bar_new ());
  gtk_widget_set_size_request (GTK_WIDGET (self->bar), BAR_WIDTH, -1);
  gtk_widget_set_valign (GTK_WIDGET (self->bar), GTK_ALIGN_CENTER);
  gtk_level_bar_add_offset_value (self->bar, GTK_LEVEL_BAR_OFFSET_LOW, 0.0);
  gtk_level_bar_add_offset_value (self->bar, GTK_LEVEL_BAR_OFFSET_HIGH, 0.8);
  gtk_level_bar_add_offset_value (self->bar, GTK_LEVEL_BAR_OFFSET_FULL, 1.0);
  adw_expander_row_add_suffix (ADW_EXPANDER_ROW (self), GTK_WIDGET (self->bar));

  self->limit = ADW_ENTRY_ROW (adw_entry_row_new ());
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->limit), _("Limit in US dollars; empty for none"));
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
