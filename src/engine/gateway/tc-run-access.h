/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The engine's TcAccess: chooses a session's key from the pool, checks it with
 * the provider (or that Ollama runs and has the model), and opens the gateway
 * for the run. Main thread only.
 */

#include "tc-access.h"
#include "tc-catalogue.h"
#include "tc-gateway.h"
#include "tc-key-pool.h"

G_BEGIN_DECLS

#define TC_TYPE_RUN_ACCESS (tc_run_access_get_type ())
G_DECLARE_FINAL_TYPE (TcRunAccess, tc_run_access, TC, RUN_ACCESS, GObject)

TcRunAccess *tc_run_access_new       (TcKeyPool   *keys,
                                      TcCatalogue *catalogue,
                                      TcGateway   *gateway);

/* The grant a run that is on was given; the supervisor asks with it.
 * (transfer none) (nullable): it has none, or it is not on. */
TcGrant     *tc_run_access_get_grant (TcRunAccess *self,
                                      guint64      session_id);

G_END_DECLS
