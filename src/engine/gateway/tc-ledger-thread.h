/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The one thread that writes the ledger. Jobs are done in the order they come;
 * those that wait share a transaction. A commit is in the kernel when it is
 * answered, and on the disk a moment later (tc-ledger-sync.h), so that no call
 * waits for a disk and a kill loses nothing.
 */

#include "tc-ledger-book.h"
#include "tc-ledger-job.h"

G_BEGIN_DECLS

typedef struct _TcLedgerThread TcLedgerThread;

TcLedgerThread *tc_ledger_thread_new  (const char      *path,
                                       TcClock         *clock,
                                       TcLedgerBook    *book,
                                       char           **message,
                                       GError         **error);
void            tc_ledger_thread_push (TcLedgerThread  *self,
                                       TcLedgerJob     *job);
void            tc_ledger_thread_stop (TcLedgerThread  *self);

G_END_DECLS
