/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The measured values of one session, for a chart: what the store has, then what
 * comes live. Loads by itself whenever the client is connected (again). One main
 * context.
 */

#include "tc-client.h"
#include "tc-series.h"

G_BEGIN_DECLS

#define TC_TYPE_RUN_CURVES (tc_run_curves_get_type ())
G_DECLARE_FINAL_TYPE (TcRunCurves, tc_run_curves, TC, RUN_CURVES, GObject)

/* Signal: changed () a series has grown, or is another one: ask again */
TcRunCurves *tc_run_curves_new            (TcClient    *client,
                                           guint64      session_id);
guint64      tc_run_curves_get_session_id (TcRunCurves *self);
TcSeries    *tc_run_curves_get            (TcRunCurves *self,
                                           const char  *name);
TcSeries    *tc_run_curves_dup_by_step    (TcRunCurves *self,
                                           const char  *name,
                                           guint        steps_per_epoch);
TcSeries    *tc_run_curves_dup_by_hour    (TcRunCurves *self,
                                           const char  *name);

G_END_DECLS
