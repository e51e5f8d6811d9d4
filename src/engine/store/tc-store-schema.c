/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-error.h"
#include "tc-store-backup.h"
#include "tc-store-resources.h"
#include "tc-store-schema.h"

#define N_VERSIONS 4
#define RESOURCE_FORMAT "/dev/hlx/TrainingCenter/store/sql/version-%03d.sql"

/**
 * tc_store_schema_get_migrations:
 *
 * Returns: (transfer none): the steps this program knows
 */
const TcStoreMigrations *
tc_store_schema_get_migrations (void)
{
  static const char *sql[N_VERSIONS];
  static const TcStoreMigrations migrations = { sql, N_VERSIONS };
  static gsize is_loaded = 0;

  if (g_once_init_enter (&is_loaded))
    {
      for (int i = 0; i < N_VERSIONS; i++)
        {
          g_autofree char *path = g_strdup_printf (RESOURCE_FORMAT, i + 1);
          g_autoptr(GBytes) bytes = g_resource_lookup_data (tc_store_get_resource (), path,
                                                            G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

          /* Built into the program, uncompressed and followed by a nul; the
           * resource keeps the text. */
          g_assert (bytes != NULL);
          sql[i] = g_bytes_get_data (bytes, NULL);
        }
      g_once_init_leave (&is_loaded, 1);
    }

  return &migrations;
}

/**
 * tc_store_schema_identify:
 * @kind: (out): whose database it is
 * @version: (out): of our tables, 0 for none
 * @error: TC_ERROR_CORRUPT if it is no database at all
 *
 * Returns: whether the file could be read
 */
gboolean
tc_store_schema_identify (TcStoreDb        *db,
                          TcStoreFileKind  *kind,
                          int              *version,
                          GError          **error)
{
  gint64 application_id, user_version, n_tables;

  if (!tc_store_db_get_int (db, "PRAGMA application_id", &application_id, error) ||
      !tc_store_db_get_int (db, "PRAGMA user_version", &user_version, error) ||
      !tc_store_db_get_int (db, "SELECT count(*) FROM sqlite_schema", &n_tables, error))
    return FALSE;

  if (application_id == TC_STORE_APPLICATION_ID)
    *kind = TC_STORE_FILE_OURS;
  else if (application_id == 0 && user_version == 0 && n_tables == 0)
    *kind = TC_STORE_FILE_EMPTY;
  else
    *kind = TC_STORE_FILE_FOREIGN;
  *version = user_version;

  return TRUE;
}

/* One step, whole or not at all: the tables and the number that names them
 * change in the same transaction. */
static gboolean
run_step (TcStoreDb   *db,
          const char  *sql,
          int          version,
          GError     **error)
{
  g_autofree char *stamp = g_strdup_printf ("PRAGMA application_id = %d;"
                                            "PRAGMA user_version = %d; COMMIT;",
                                            TC_STORE_APPLICATION_ID, version);

  if (!tc_store_db_exec (db, "BEGIN EXCLUSIVE", error))
    return FALSE;
  if (tc_store_db_exec (db, sql, error) && tc_store_db_exec (db, stamp, error))
    return TRUE;
  if (!sqlite3_get_autocommit (db->handle))
    tc_store_db_exec (db, "ROLLBACK", NULL);

  return FALSE;
}

/**
 * tc_store_schema_migrate:
 * @migrations: the steps there are
 * @error: TC_ERROR_NEWER if the file is ahead of them
 *
 * Brings the tables up to date, after a backup if there is anything in them.
 *
 * Returns: whether they are
 */
gboolean
tc_store_schema_migrate (TcStoreDb                *db,
                         const TcStoreMigrations  *migrations,
                         GError                  **error)
{
  TcStoreFileKind kind;
  int version;

  if (!tc_store_schema_identify (db, &kind, &version, error))
    return FALSE;

  if (version > migrations->n_versions)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_NEWER,
                   "The database “%s” was written by a newer Training Center (its version "
                   "is %d, this program knows up to %d). It was left untouched; start the "
                   "newer program.", db->path, version, migrations->n_versions);
      return FALSE;
    }

  if (version > 0 && version < migrations->n_versions && !tc_store_backup_now (db, error))
    {
      g_prefix_error_literal (error, "The database must be upgraded, and is backed up before "
                              "that; the backup failed. ");
      return FALSE;
    }

  /* Renamed and rebuilt tables refer to each other by name in between. */
  if (version < migrations->n_versions &&
      !tc_store_db_exec (db, "PRAGMA foreign_keys = OFF", error))
    return FALSE;
  for (; version < migrations->n_versions; version++)
    if (!run_step (db, migrations->sql[version], version + 1, error))
      return FALSE;

  return tc_store_db_exec (db, "PRAGMA foreign_keys = ON", error);
}
