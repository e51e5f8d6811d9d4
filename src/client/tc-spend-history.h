/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What calls to providers have cost on each of the last days, by the calendar of
 * the user. Asked for when somebody looks. One main context.
 */

#include "tc-client.h"
#include "tc-money.h"

G_BEGIN_DECLS

#define TC_SPEND_N_DAYS 30

typedef struct
{
  GDateTime *date;       /* (owned) its beginning */
  TcMoney    spent;
  guint      n_unknown;  /* calls of a price that nobody knows */
} TcSpendDay;

#define TC_TYPE_SPEND_HISTORY (tc_spend_history_get_type ())
G_DECLARE_FINAL_TYPE (TcSpendHistory, tc_spend_history, TC, SPEND_HISTORY, GObject)

/* Signal: changed () when there is something else to show */
TcSpendHistory   *tc_spend_history_new     (TcClient       *client);
void              tc_spend_history_load    (TcSpendHistory *self);
const TcSpendDay *tc_spend_history_get_day (TcSpendHistory *self,
                                            guint           index);

G_END_DECLS
