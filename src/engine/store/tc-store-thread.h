/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The one thread that touches SQLite. Jobs are done in the order they come;
 * writes that wait together share a transaction, each in a savepoint of its
 * own, and are answered when it is on the disk. Answers are given on the main
 * context the thread was made in, so that no reference is dropped anywhere
 * else. */

#pragma once

#include <gio/gio.h>

#include "tc-store-batch.h"

/* Called in the main context when a damaged database was replaced. */
typedef void (*TcStoreRecoveredFunc) (const char *message,
                                      gpointer    user_data);

typedef struct _TcStoreThread TcStoreThread;

TcStoreThread *tc_store_thread_new  (TcStoreDb              *db,
                                     TcStoreRecoveredFunc    recovered,
                                     gpointer                user_data,
                                     char                  **message,
                                     GError                **error);
void           tc_store_thread_push (TcStoreThread          *self,
                                     const TcStoreOperation *operation,
                                     gpointer                data,
                                     GTask                  *task);
void           tc_store_thread_stop (TcStoreThread          *self);
