/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Says what sessions will take before they start, keeps what was said of each
 * that is queued, and puts the truth beside it when the session has ended; of
 * these truths the next estimates are made. Queueing and running never wait for
 * it. Main thread only.
 */

#include <gio/gio.h>

#include "tc-catalogue.h"
#include "tc-ledger.h"
#include "tc-paths.h"
#include "tc-scheduler.h"
#include "tc-store.h"

G_BEGIN_DECLS

#define TC_TYPE_ESTIMATOR (tc_estimator_get_type ())
G_DECLARE_FINAL_TYPE (TcEstimator, tc_estimator, TC, ESTIMATOR, GObject)

TcEstimator *tc_estimator_new             (TcScheduler         *scheduler,
                                           TcStore             *store,
                                           TcPaths             *paths,
                                           TcClock             *clock);
void         tc_estimator_set_money       (TcEstimator         *self,
                                           TcLedger            *ledger,
                                           TcCatalogue         *catalogue);
void         tc_estimator_start           (TcEstimator         *self);
void         tc_estimator_shutdown        (TcEstimator         *self);

void         tc_estimator_estimate_async  (TcEstimator         *self,
                                           GPtrArray           *configs,
                                           gboolean             may_measure,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);
JsonNode    *tc_estimator_estimate_finish (TcEstimator         *self,
                                           GAsyncResult        *result,
                                           GError             **error);
void         tc_estimator_load_async      (TcEstimator         *self,
                                           guint64              session_id,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);
JsonNode    *tc_estimator_load_finish     (TcEstimator         *self,
                                           GAsyncResult        *result,
                                           GError             **error);

G_END_DECLS
