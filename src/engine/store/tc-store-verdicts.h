/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The verdicts of supervisors. Listing is tc_store_load_records_async() with
 * the kind "verdicts". As everything of TcStore: called from the main thread,
 * answered on it.
 */

#include <sqlite3.h>

#include "tc-store.h"
#include "tc-verdict.h"

G_BEGIN_DECLS

/* For tc-store-records.c. */
#define TC_STORE_SQL_LIST_VERDICTS \
  "SELECT * FROM (SELECT id, session, attempt, epoch, at_us, provider, model, convergence," \
  " accuracy, format, progress, score, status, recommendation, action, note, cost_micro, error" \
  " FROM verdicts WHERE ?1 = 0 OR session = ?1 ORDER BY id DESC LIMIT 1000) ORDER BY id"

JsonNode *tc_store_verdicts_read      (sqlite3_stmt         *row);

void      tc_store_add_verdict_async  (TcStore              *self,
                                       const TcVerdict      *verdict,
                                       GCancellable         *cancellable,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);
gboolean  tc_store_add_verdict_finish (TcStore              *self,
                                       GAsyncResult         *result,
                                       gint64               *id,
                                       GError              **error);

G_END_DECLS
