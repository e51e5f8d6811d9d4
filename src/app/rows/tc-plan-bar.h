/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The foot of a dialog that queues something: what it would take, what will not
 * do, and the button that does it. */

#include <adwaita.h>

#include "tc-plan.h"

G_BEGIN_DECLS

#define TC_TYPE_PLAN_BAR (tc_plan_bar_get_type ())
G_DECLARE_FINAL_TYPE (TcPlanBar, tc_plan_bar, TC, PLAN_BAR, GtkBox)

/* Signals: queued () when it is in the queue; refused (const char *sentence) */
void tc_plan_bar_set_plan  (TcPlanBar *self,
                            TcPlan    *plan,
                            gboolean   with_budget);
void tc_plan_bar_set_ready (TcPlanBar *self,
                            gboolean   is_ready);

G_END_DECLS
