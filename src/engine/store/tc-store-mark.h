/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* A mark ("…-unclean") lies beside the database while it is open. Whoever
 * finds it checks the whole file. SQLite would read any write-ahead log that
 * lies beside a database into it; the mark tells whose it is: without a mark
 * there was an orderly end, which leaves no log, and with one it names the
 * database ("store.id" of its settings). Store's thread only. */

#pragma once

#include "tc-store-db.h"

typedef enum {
  TC_STORE_MARK_NONE,
  TC_STORE_MARK_NEW,   /* the database is being created */
  TC_STORE_MARK_OPEN,
} TcStoreMark;

TcStoreMark tc_store_mark_get      (TcStoreDb    *db,
                                    char        **id);
gboolean    tc_store_mark_set      (TcStoreDb    *db,
                                    TcStoreMark   mark,
                                    const char   *id,
                                    GError      **error);
char       *tc_store_mark_dup_id   (sqlite3      *handle);
char       *tc_store_mark_peek_id  (const char   *path);
