/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The sessions as the engine last said them, and the settings. Store's thread
 * only. */

#pragma once

#include "tc-session.h"
#include "tc-store-db.h"

typedef struct {
  guint64  id;
  char    *json;  /* (owned) */
} TcSessionRow;

void       tc_session_row_clear        (TcSessionRow  *row);
gboolean   tc_store_sessions_save_one  (TcStoreDb     *db,
                                        guint64        id,
                                        const char    *json,
                                        GError       **error);
GPtrArray *tc_store_sessions_load      (TcStoreDb     *db,
                                        GError       **error);
gboolean   tc_store_sessions_remove    (TcStoreDb     *db,
                                        guint64        id,
                                        GError       **error);
gboolean   tc_store_sessions_require   (TcStoreDb     *db,
                                        guint64        id,
                                        GError       **error);
gboolean   tc_store_sessions_get_max_id (TcStoreDb    *db,
                                         guint64      *id,
                                         GError      **error);

gboolean   tc_store_settings_set       (TcStoreDb     *db,
                                        const char    *key,
                                        const char    *value,
                                        GError       **error);
gboolean   tc_store_settings_get       (TcStoreDb     *db,
                                        const char    *key,
                                        char         **value,
                                        GError       **error);
