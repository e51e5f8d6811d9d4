/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What the store's thread does at a time: one read, or all the writes that
 * wait, in one transaction. A job is made and answered in the main context and
 * run in the thread. */

#pragma once

#include <gio/gio.h>

#include "tc-store-db.h"

/* Called in the thread; again, if the transaction had to be. */
typedef gboolean (*TcStoreRunFunc) (TcStoreDb  *db,
                                    gpointer    data,
                                    gpointer   *result,
                                    GError    **error);

typedef struct {
  TcStoreRunFunc run;
  gboolean       is_write;
  GDestroyNotify free_data;
  GDestroyNotify free_result;  /* NULL: the answer is a boolean */
} TcStoreOperation;

typedef struct {
  const TcStoreOperation *operation; /* (unowned) */
  GTask                  *task;      /* (owned) main context only, but for its cancellable */

  /* Input argument. */
  gpointer                data;      /* (owned) */

  /* Results. */
  gpointer                result;    /* (owned) (nullable) */
  GError                 *error;     /* (owned) (nullable) */
} TcStoreJob;

TcStoreJob *tc_store_job_new    (const TcStoreOperation *operation,
                                 gpointer                data,
                                 GTask                  *task);
void        tc_store_job_answer (TcStoreJob             *self);
void        tc_store_job_free   (TcStoreJob             *self);

void        tc_store_batch_run  (GPtrArray              *jobs,
                                 TcStoreDb              *db);
