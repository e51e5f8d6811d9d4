/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What a run said, and how far it was read, in one transaction. Store's thread
 * only, but for tc_ingest_own_names(). */

#pragma once

#include "tc-store-db.h"
#include "tc-store.h"

void            tc_ingest_own_names         (TcIngest         *ingest);
gboolean        tc_store_ingest_run         (TcStoreDb        *db,
                                             const TcIngest   *ingest,
                                             GError          **error);
TcIngestCursor *tc_store_ingest_load_cursor (TcStoreDb        *db,
                                             guint64           session_id,
                                             GError          **error);
void            tc_ingest_cursor_free       (TcIngestCursor   *cursor);
