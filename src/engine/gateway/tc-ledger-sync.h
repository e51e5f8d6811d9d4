/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The thread that waits for the disk, so that the one that writes does not. It
 * syncs the write-ahead log soon after something was committed to it, and
 * moves it into the database when it has grown. It has a connection of its
 * own, because nothing else may touch the log of another's.
 */

#include "tc-ledger-job.h"

G_BEGIN_DECLS

typedef struct _TcLedgerSync TcLedgerSync;

TcLedgerSync *tc_ledger_sync_new    (TcStoreDb     *db,
                                     GMainContext  *context);
void          tc_ledger_sync_want   (TcLedgerSync  *self,
                                     guint          n_pages,
                                     GPtrArray     *jobs);
void          tc_ledger_sync_stop   (TcLedgerSync  *self);

G_END_DECLS
