/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Copies of the database beside it, in backups/, named by their UTC date. A
 * copy is made in slices between the store's other work, checked, and only
 * then given its name. Store's thread only. */

#pragma once

#include "tc-store-db.h"

gboolean       tc_store_backup_is_due     (TcStoreDb      *db);
TcStoreBackup *tc_store_backup_new        (TcStoreDb      *db,
                                           GError        **error);
gboolean       tc_store_backup_step       (TcStoreBackup  *self,
                                           gboolean       *is_done,
                                           GError        **error);
void           tc_store_backup_free       (TcStoreBackup  *self);

gboolean       tc_store_backup_now        (TcStoreDb      *db,
                                           GError        **error);
GPtrArray     *tc_store_backup_list       (const char     *db_path);
char          *tc_store_backup_dup_date   (const char     *backup_path);
void           tc_store_backup_thin       (const char     *db_path,
                                           gint64          now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcStoreBackup, tc_store_backup_free)
