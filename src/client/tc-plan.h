/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Sessions that somebody is thinking of queueing: what they would take, asked
 * again some moments after each change, and the queueing itself. One main
 * context.
 */

#include "tc-client.h"
#include "tc-money.h"

G_BEGIN_DECLS

typedef enum
{
  TC_PLAN_TIME,   /* seconds */
  TC_PLAN_MONEY,  /* micro-dollars */
  TC_PLAN_DISK,   /* bytes */
  TC_PLAN_MEMORY, /* bytes */
  TC_PLAN_N_FIGURES,
} TcPlanFigure;

#define TC_TYPE_PLAN (tc_plan_get_type ())
G_DECLARE_FINAL_TYPE (TcPlan, tc_plan, TC, PLAN, GObject)

/* Signal: changed () when there is something else to show */
TcPlan      *tc_plan_new           (TcClient             *client);
void         tc_plan_set_configs   (TcPlan               *self,
                                    GPtrArray            *configs);
void         tc_plan_measure       (TcPlan               *self);
gboolean     tc_plan_can_measure   (TcPlan               *self);
gboolean     tc_plan_is_measuring  (TcPlan               *self);
gboolean     tc_plan_is_asking     (TcPlan               *self);
gboolean     tc_plan_has_estimate  (TcPlan               *self);
gboolean     tc_plan_get_range     (TcPlan               *self,
                                    TcPlanFigure          figure,
                                    double               *low,
                                    double               *high);
const char  *tc_plan_get_basis     (TcPlan               *self,
                                    TcPlanFigure          figure);
const char *const *
             tc_plan_get_warnings  (TcPlan               *self);
const char  *tc_plan_get_problem   (TcPlan               *self);
gboolean     tc_plan_get_room      (TcPlan               *self,
                                    TcMoney              *left,
                                    TcMoney              *limit);
void         tc_plan_queue_async   (TcPlan               *self,
                                    GCancellable         *cancellable,
                                    GAsyncReadyCallback   callback,
                                    gpointer              user_data);
gboolean     tc_plan_queue_finish  (TcPlan               *self,
                                    GAsyncResult         *result,
                                    GError              **error);

G_END_DECLS
