/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What this month has cost so far, at the foot of the sidebar: "$3.20 of $20.00
 * in November". Leads to the page of keys and budgets.
 */

#include <gtk/gtk.h>

#include "tc-budget-status.h"

G_BEGIN_DECLS

#define TC_TYPE_SPEND_BAR (tc_spend_bar_get_type ())
G_DECLARE_FINAL_TYPE (TcSpendBar, tc_spend_bar, TC, SPEND_BAR, GtkWidget)

void tc_spend_bar_set_budgets (TcSpendBar     *self,
                               TcBudgetStatus *budgets);

G_END_DECLS
