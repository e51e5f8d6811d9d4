/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The engine's part about money: makes the book, the gateway and what gives
 * runs their way to a provider, and has all that goes wrong there told where
 * people look. Without a book or a port the engine works on; sessions with a
 * provider wait and say why. Main thread only.
 */

#include "tc-run-access.h"
#include "tc-scheduler.h"

G_BEGIN_DECLS

typedef struct _TcEngineGateway TcEngineGateway;

TcEngineGateway *tc_engine_gateway_new         (TcPaths         *paths,
                                                TcClock         *clock,
                                                TcStore         *store,
                                                TcScheduler     *scheduler,
                                                TcKeyPool       *keys,
                                                TcCatalogue     *catalogue);
void             tc_engine_gateway_begin       (TcEngineGateway *self);
void             tc_engine_gateway_free        (TcEngineGateway *self);

/* All (transfer none); the first two NULL when there is no book. */
TcLedger        *tc_engine_gateway_get_ledger  (TcEngineGateway *self);
TcGateway       *tc_engine_gateway_get_gateway (TcEngineGateway *self);
TcRunAccess     *tc_engine_gateway_get_access  (TcEngineGateway *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcEngineGateway, tc_engine_gateway_free)

G_END_DECLS
