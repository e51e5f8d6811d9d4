/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The file ledger.db: how it is opened, what is read from it at the start, and
 * what happens to a damaged one. Of the thread that has the connection.
 */

#include "tc-ledger-book.h"
#include "tc-store-db.h"

G_BEGIN_DECLS

/* "TClg" */
#define TC_LEDGER_APPLICATION_ID 0x54436c67

gboolean   tc_ledger_db_open        (TcStoreDb     *db,
                                     TcLedgerBook  *book,
                                     char         **message,
                                     GError       **error);
TcStoreDb *tc_ledger_db_open_second (TcStoreDb     *db,
                                     GError       **error);
void       tc_ledger_db_close       (TcStoreDb     *db);

/* tc-ledger-load.c */
gboolean   tc_ledger_db_load        (TcStoreDb     *db,
                                     TcLedgerBook  *book,
                                     GError       **error);

/* tc-ledger-recovery.c */
void       tc_ledger_db_mark        (const char    *path,
                                     gint64         lost_us);
gint64     tc_ledger_db_get_lost    (const char    *path);
gboolean   tc_ledger_db_was_there   (TcStoreDb     *db);
gboolean   tc_ledger_db_keep_log    (TcStoreDb     *db,
                                     GError       **error);
char      *tc_ledger_db_restore     (TcStoreDb     *db,
                                     GError       **error);
gboolean   tc_ledger_db_is_whole    (const char    *path);
gboolean   tc_ledger_db_set_aside   (TcStoreDb     *db,
                                     const char    *problem,
                                     char         **aside,
                                     GError       **error);
char      *tc_ledger_db_salvage     (TcStoreDb     *db,
                                     const char    *problem,
                                     const char    *aside,
                                     GError       **error);

G_END_DECLS
