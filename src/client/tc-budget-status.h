/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What was spent this month and what may be, of everything and of each
 * provider; followed live. One main context.
 */

#include "tc-client.h"
#include "tc-money.h"

G_BEGIN_DECLS

#define TC_BUDGET_MONTH "month"

/* One budget: of the month over all providers, or of one provider in it. */
typedef struct
{
  char     *scope;      /* (owned) TC_BUDGET_MONTH or a provider's word */
  TcMoney   spent;
  TcMoney   held;       /* of calls on their way, at most */
  TcMoney   limit;      /* 0 where there is none */
  gboolean  has_limit;
  guint     n_unknown;  /* calls of a price that nobody knows */
} TcBudget;

#define TC_TYPE_BUDGET_STATUS (tc_budget_status_get_type ())
G_DECLARE_FINAL_TYPE (TcBudgetStatus, tc_budget_status, TC, BUDGET_STATUS, GObject)

/* Signal: changed () when there is something else to show */
TcBudgetStatus *tc_budget_status_new         (TcClient             *client);
gboolean        tc_budget_status_is_loaded   (TcBudgetStatus       *self);
guint           tc_budget_status_get_n       (TcBudgetStatus       *self);
const TcBudget *tc_budget_status_get         (TcBudgetStatus       *self,
                                              guint                 index);
const TcBudget *tc_budget_status_find        (TcBudgetStatus       *self,
                                              const char           *scope);
gint64          tc_budget_status_get_missing_before (TcBudgetStatus *self);
double          tc_budget_get_share          (const TcBudget       *budget);

void            tc_budget_status_set_limit_async  (TcBudgetStatus       *self,
                                                   const char           *scope,
                                                   const char           *limit,
                                                   GCancellable         *cancellable,
                                                   GAsyncReadyCallback   callback,
                                                   gpointer              user_data);
gboolean        tc_budget_status_set_limit_finish (TcBudgetStatus       *self,
                                                   GAsyncResult         *result,
                                                   GError              **error);

G_END_DECLS
