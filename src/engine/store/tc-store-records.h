/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Gates, checkpoints and events. Store's thread only. */

#pragma once

#include "tc-records.h"
#include "tc-store-db.h"

gboolean  tc_store_records_add_gate       (TcStoreDb           *db,
                                           const TcGate        *gate,
                                           GError             **error);
gboolean  tc_store_records_add_checkpoint (TcStoreDb           *db,
                                           const TcCheckpoint  *checkpoint,
                                           GError             **error);
gboolean  tc_store_records_add_event      (TcStoreDb           *db,
                                           const TcEvent       *event,
                                           GError             **error);
JsonNode *tc_store_records_load           (TcStoreDb           *db,
                                           const char          *kind,
                                           guint64              session_id,
                                           GError             **error);
