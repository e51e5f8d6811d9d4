/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What happens when the database is damaged: the file is moved aside, never
 * deleted; the newest good copy takes its place, or an empty one. A note on
 * the disk ("…-recovery") lets the next start finish what was interrupted; it
 * goes when the event that tells people is in the new database.
 *
 * Damage means that SQLite says so (CORRUPT, NOTADB), or that a check does, or
 * that something else lies where the file should be. A full or failing disk, a
 * lock or a missing right is never damage.
 *
 * Store's thread only. */

#pragma once

#include "tc-store-db.h"

gboolean tc_store_recovery_examine    (TcStoreDb   *db,
                                       char       **problem);
char    *tc_store_recovery_check      (TcStoreDb   *db,
                                       GError     **error);
char    *tc_store_recovery_check_file (const char  *path);
gboolean tc_store_recovery_start      (TcStoreDb   *db,
                                       const char  *problem,
                                       GError     **error);
gboolean tc_store_recovery_resume     (TcStoreDb   *db,
                                       GError     **error);
gboolean tc_store_recovery_finish     (TcStoreDb   *db,
                                       GError     **error);
gboolean tc_store_recovery_is_readable (TcStoreDb  *db,
                                        GError    **error);
gboolean tc_store_recovery_has_wal    (TcStoreDb   *db);
gboolean tc_store_recovery_set_aside_wal (TcStoreDb *db,
                                          GError   **error);
gboolean tc_store_recovery_move       (const char  *from,
                                       const char  *to,
                                       GError     **error);
