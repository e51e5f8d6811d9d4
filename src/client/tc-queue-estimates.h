/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What the sessions that wait are expected to take, each and all together. Asked
 * once for each kind of session, a few kinds at a time: ten thousand alike are
 * one question. One main context.
 */

#include "tc-client.h"
#include "tc-money.h"

G_BEGIN_DECLS

typedef struct
{
  double   seconds;
  TcMoney  money;
  gboolean has_time;
  gboolean has_money;
} TcExpected;

#define TC_TYPE_QUEUE_ESTIMATES (tc_queue_estimates_get_type ())
G_DECLARE_FINAL_TYPE (TcQueueEstimates, tc_queue_estimates, TC, QUEUE_ESTIMATES, GObject)

/* Signal: changed () when there is something else to show */
TcQueueEstimates *tc_queue_estimates_new       (TcClient         *client);
const TcExpected *tc_queue_estimates_peek      (TcQueueEstimates *self,
                                                TcSession        *session);
guint             tc_queue_estimates_get_total (TcQueueEstimates *self,
                                                TcExpected       *total,
                                                gboolean         *is_whole);
void              tc_queue_estimates_update    (TcQueueEstimates *self);

G_END_DECLS
