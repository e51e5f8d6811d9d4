/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The way from a path to a database that can be used, and back. Store's thread
 * only. */

#pragma once

#include "tc-store-db.h"

gboolean tc_store_db_open    (TcStoreDb   *db,
                              GError     **error);
void     tc_store_db_close   (TcStoreDb   *db);
gboolean tc_store_db_check   (TcStoreDb   *db,
                              GError     **error);
gboolean tc_store_db_verify  (TcStoreDb   *db,
                              GError     **error);
gboolean tc_store_db_recover (TcStoreDb   *db,
                              const char  *problem,
                              GError     **error);
