/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* One thing for the ledger's thread to do. Made and answered on the main
 * thread, run in the other.
 */

#include "tc-ledger.h"
#include "tc-store-db.h"

G_BEGIN_DECLS

typedef struct _TcLedgerJob TcLedgerJob;

typedef enum
{
  TC_LEDGER_DEFAULT = 0,
  TC_LEDGER_RETRIED = 1 << 0, /* must get in: tried until it does */
  TC_LEDGER_SYNCED  = 1 << 1, /* answered when it has survived a power cut */
  TC_LEDGER_BARRIER = 1 << 2, /* writes nothing; fails when something before it waits still */
} TcLedgerFlags;

typedef struct
{
  gboolean       (*run)    (TcStoreDb *db, gpointer data, GError **error); /* (nullable) in the thread */
  void           (*answer) (TcLedgerJob *job);  /* (nullable) on the main thread; NULL: a boolean */
  GDestroyNotify   free_data;
  TcLedgerFlags    flags;
} TcLedgerOperation;

struct _TcLedgerJob
{
  const TcLedgerOperation *operation; /* (unowned) */
  TcLedger                *ledger;    /* (owned) */
  GTask                   *task;      /* (owned) (nullable) */
  gpointer                 data;      /* (owned) */
  GError                  *error;     /* (owned) (nullable) */
  char                    *message;   /* (owned) (nullable) what was recovered on the way, for people */
};

TcLedgerJob *tc_ledger_job_new      (const TcLedgerOperation *operation,
                                     TcLedger                *ledger,
                                     gpointer                 data,
                                     GTask                   *task);
void         tc_ledger_job_free     (gpointer                 data);
GPtrArray   *tc_ledger_jobs_new     (void);
void         tc_ledger_jobs_deliver (GPtrArray               *jobs,
                                     GMainContext            *context);

G_END_DECLS
