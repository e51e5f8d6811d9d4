/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The numbered steps from an empty file to today's tables, sql/version-*.sql.
 * A step that was released is never edited; a change is a new file. Store's
 * thread only. */

#pragma once

#include "tc-store-db.h"

typedef enum {
  TC_STORE_FILE_EMPTY,   /* nothing in it yet */
  TC_STORE_FILE_OURS,
  TC_STORE_FILE_FOREIGN, /* a database of another program */
} TcStoreFileKind;

/* sql[n] leads from version n to n + 1. */
typedef struct {
  const char *const *sql;
  int                n_versions;
} TcStoreMigrations;

const TcStoreMigrations *tc_store_schema_get_migrations (void);
gboolean tc_store_schema_identify (TcStoreDb                *db,
                                   TcStoreFileKind          *kind,
                                   int                      *version,
                                   GError                  **error);
gboolean tc_store_schema_migrate  (TcStoreDb                *db,
                                   const TcStoreMigrations  *migrations,
                                   GError                  **error);
