/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Asks a session's model for one verdict: builds the report, makes the call
 * through the gateway, reads the answer, and asks once more when it cannot be
 * read. Limited in time; ends with a verdict or with why there is none. Main
 * thread only.
 */

#include "tc-gateway.h"
#include "tc-paths.h"
#include "tc-session.h"
#include "tc-store.h"
#include "tc-verdict.h"

G_BEGIN_DECLS

#define TC_VERDICT_ASK_SECONDS 120

/* What is asked with. (unowned) */
typedef struct
{
  TcStore   *store;
  TcPaths   *paths;
  TcClock   *clock;
  TcGateway *gateway;
  guint      seconds; /* for both tries together; 0: TC_VERDICT_ASK_SECONDS */
} TcVerdictTools;

void       tc_verdict_ask_async  (const TcVerdictTools *tools,
                                  TcSession            *session,
                                  TcGrant              *grant,
                                  guint                 epoch,
                                  GCancellable         *cancellable,
                                  GAsyncReadyCallback   callback,
                                  gpointer              user_data);
TcVerdict *tc_verdict_ask_finish (GAsyncResult         *result,
                                  GError              **error);

G_END_DECLS
