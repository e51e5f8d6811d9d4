/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What was spent of a budget, as a bar, and its limit to be changed.
 */

#include <adwaita.h>

#include "tc-budget-status.h"

G_BEGIN_DECLS

#define TC_TYPE_BUDGET_ROW (tc_budget_row_get_type ())
G_DECLARE_FINAL_TYPE (TcBudgetRow, tc_budget_row, TC, BUDGET_ROW, AdwExpanderRow)

/* Signal: limit-changed (const char *limit) "20.00", or NULL for none */
GtkWidget  *tc_budget_row_new       (const char     *scope);
const char *tc_budget_row_get_scope (TcBudgetRow    *self);
void        tc_budget_row_show      (TcBudgetRow    *self,
                                     const TcBudget *budget,
                                     TcMoney         expected);

G_END_DECLS
