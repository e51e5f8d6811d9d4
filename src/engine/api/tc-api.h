/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The engine's API: HTTP and WebSocket on a Unix socket of the user, and on
 * request on a loopback port with a token. It holds no state of the engine; it
 * asks the scheduler and the store. Main thread only.
 */

#include <gio/gio.h>

#include "tc-catalogue.h"
#include "tc-checkpoint-keeper.h"
#include "tc-retention.h"
#include "tc-clock.h"
#include "tc-estimator.h"
#include "tc-inhibitor.h"
#include "tc-key-pool.h"
#include "tc-ledger.h"
#include "tc-model-pulls.h"
#include "tc-model-refresh.h"
#include "tc-paths.h"
#include "tc-scheduler.h"
#include "tc-store.h"

G_BEGIN_DECLS

#define TC_TYPE_API (tc_api_get_type ())
G_DECLARE_FINAL_TYPE (TcApi, tc_api, TC, API, GObject)

/* Properties: n-clients (guint, notified) open connections.
 * Signals: stop-requested () somebody asked the engine to leave. */
TcApi     *tc_api_new           (TcScheduler  *scheduler,
                                 TcStore      *store,
                                 TcPaths      *paths,
                                 TcClock      *clock);
void       tc_api_set_keys      (TcApi        *self,
                                 TcKeyPool    *keys);
void       tc_api_set_catalogue (TcApi        *self,
                                 TcCatalogue  *catalogue);
void       tc_api_set_refresh   (TcApi          *self,
                                 TcModelRefresh *refresh);
void       tc_api_set_pulls     (TcApi        *self,
                                 TcModelPulls *pulls);
void       tc_api_set_estimator (TcApi        *self,
                                 TcEstimator  *estimator);
void       tc_api_set_checkpoints (TcApi              *self,
                                   TcCheckpointKeeper *checkpoints);
void       tc_api_set_retention   (TcApi              *self,
                                   TcRetention        *retention);
void       tc_api_set_inhibitor (TcApi        *self,
                                 TcInhibitor  *inhibitor);
void       tc_api_set_ledger    (TcApi        *self,
                                 TcLedger     *ledger);
gboolean   tc_api_listen_unix   (TcApi        *self,
                                 GError      **error);
gboolean   tc_api_listen_tcp    (TcApi        *self,
                                 guint16       port,
                                 char        **token,
                                 GError      **error);
void       tc_api_unlisten_tcp  (TcApi        *self);
guint16    tc_api_get_tcp_port  (TcApi        *self);
guint      tc_api_get_n_clients (TcApi        *self);
gboolean   tc_api_is_busy       (TcApi        *self);
void       tc_api_shutdown      (TcApi        *self);

G_END_DECLS
