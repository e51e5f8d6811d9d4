/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-error.h"
#include "tc-store-backup.h"
#include "tc-store-db.h"

/* How long SQLite itself waits for another program's lock; the store's thread
 * then asks again, so that nothing is lost however long it takes. */
#define BUSY_TIMEOUT_MS 5000
#define BUSY_SLEEP_MS 20

/* What a store that is being closed still waits, all in all. */
#define CLOSING_TIMEOUT_US (2 * G_USEC_PER_SEC)

static void
finalize_statement (gpointer data)
{
  sqlite3_finalize (data);
}

/**
 * tc_store_db_new:
 * @path: where the database is or shall be
 * @clock: for the dates of backups and events
 *
 * Returns: (transfer full): a connection that is not made yet
 */
TcStoreDb *
tc_store_db_new (const char *path,
                 TcClock    *clock)
{
  TcStoreDb *self = g_new0 (TcStoreDb, 1);

  self->path = g_strdup (path);
  self->clock = tc_clock_ref (clock);
  self->statements = g_hash_table_new_full (NULL, NULL, NULL,
                                            finalize_statement);

  return self;
}

/**
 * tc_store_db_free:
 *
 * Must be disconnected.
 */
void
tc_store_db_free (TcStoreDb *self)
{
  g_assert (self->handle == NULL);

  g_clear_pointer (&self->statements, g_hash_table_unref);
  g_clear_pointer (&self->sessions, g_hash_table_unref);
  g_clear_pointer (&self->resynced, g_hash_table_unref);
  g_clear_pointer (&self->clock, tc_clock_unref);
  g_clear_pointer (&self->recovery_message, g_free);
  g_clear_pointer (&self->path, g_free);
  g_free (self);
}

/**
 * tc_store_db_set_closing:
 *
 * The one function that another thread may call.
 */
void
tc_store_db_set_closing (TcStoreDb *self)
{
  self->closing_since_us = tc_clock_get_monotonic (self->clock);
  g_atomic_int_set (&self->is_closing, TRUE);
}

/* Only CORRUPT and NOTADB ever become TC_ERROR_CORRUPT: a full or failing disk
 * must not make anybody replace a good database. */
static TcError
classify (int code,
          int system_errno)
{
  switch (code & 0xff)
    {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return TC_ERROR_CORRUPT;
    case SQLITE_FULL:
      return TC_ERROR_NO_SPACE;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return TC_ERROR_PERMISSION;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return TC_ERROR_BUSY;
    case SQLITE_CONSTRAINT:
      return code == SQLITE_CONSTRAINT_FOREIGNKEY ? TC_ERROR_NOT_FOUND : TC_ERROR_INVALID;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      /* The system's own error tells more than SQLite's. */
      return system_errno != 0 ? tc_error_from_errno (system_errno) : TC_ERROR_FAILED;
    default:
      return TC_ERROR_FAILED;
    }
}

/**
 * tc_store_db_set_error:
 * @what: what could not be done, "Could not save"
 * @error: return location
 *
 * Turns the last failure of SQLite into an error of TC_ERROR.
 */
void
tc_store_db_set_error (TcStoreDb   *self,
                       const char  *what,
                       GError     **error)
{
  int code = sqlite3_extended_errcode (self->handle);
  int system_errno = sqlite3_system_errno (self->handle);
  const char *detail = sqlite3_errmsg (self->handle);
  gboolean is_io = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN;

  if (is_io && system_errno != 0)
    detail = g_strerror (system_errno);

  g_set_error (error, TC_ERROR, classify (code, system_errno),
               "%s “%s”: %s", what, self->path, detail);
}

static int
on_busy (gpointer user_data,
         int      n_calls)
{
  TcStoreDb *self = user_data;

  if (n_calls * BUSY_SLEEP_MS >= BUSY_TIMEOUT_MS)
    return 0;
  if (g_atomic_int_get (&self->is_closing) &&
      tc_clock_get_monotonic (self->clock) - self->closing_since_us >= CLOSING_TIMEOUT_US)
    return 0;
  g_usleep (BUSY_SLEEP_MS * 1000);

  return 1;
}

/**
 * tc_store_db_keep_wal:
 * @keep: whether the write-ahead log stays as it is
 *
 * As long as nobody knows whether the log beside the database is its own, it
 * is not written into it: a recovery can then still set the log aside.
 */
void
tc_store_db_keep_wal (TcStoreDb *self,
                      gboolean   keep)
{
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, NULL);
  sqlite3_wal_autocheckpoint (self->handle, keep ? 0 : 1000);
}

/**
 * tc_store_db_connect:
 * @error: TC_ERROR
 *
 * Opens the file and hardens the connection. Writes nothing to an existing
 * file, so that one of a newer version stays untouched.
 *
 * Returns: whether there is a connection
 */
gboolean
tc_store_db_connect (TcStoreDb  *self,
                     GError    **error)
{
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
              SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_PRIVATECACHE;

  g_assert (self->handle == NULL);

  if (sqlite3_open_v2 (self->path, &self->handle, flags, NULL) != SQLITE_OK)
    {
      tc_store_db_set_error (self, "Could not open the database", error);
      tc_store_db_disconnect (self);
      return FALSE;
    }

  sqlite3_busy_handler (self->handle, on_busy, self);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
  tc_store_db_keep_wal (self, self->needs_check);

  return tc_store_db_exec (self, "PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON;"
                                 "PRAGMA temp_store = MEMORY;", error);
}

/**
 * tc_store_db_configure:
 * @error: TC_ERROR
 *
 * Chooses how the file is written, once it is known to be ours.
 *
 * Every commit is synced. One connection has one setting, and what "queue add"
 * has confirmed must survive a power cut; batches of points come a few times a
 * second and share their commit with whatever else waits, so that a sync each
 * costs nothing that can be felt. EXTRA is FULL where there is a write-ahead
 * log; it differs for the first page of a new database, and on file systems
 * that cannot have one: there a deleted journal must not come back.
 *
 * Returns: whether it is set up
 */
gboolean
tc_store_db_configure (TcStoreDb  *self,
                       GError    **error)
{
  return tc_store_db_exec (self, "PRAGMA synchronous = EXTRA;"
                                 "PRAGMA journal_mode = WAL;"
                                 "PRAGMA journal_size_limit = 10485760;", error);
}

/**
 * tc_store_db_disconnect:
 *
 * Closes the connection, if there is one, and forgets what was read by it.
 */
void
tc_store_db_disconnect (TcStoreDb *self)
{
  g_clear_pointer (&self->backup, tc_store_backup_free);
  g_hash_table_remove_all (self->statements);
  g_clear_pointer (&self->sessions, g_hash_table_unref);
  if (self->handle != NULL && sqlite3_close (self->handle) != SQLITE_OK)
    g_assert_not_reached ();
  self->handle = NULL;
}

/**
 * tc_store_db_exec:
 * @sql: statements without parameters
 * @error: TC_ERROR
 *
 * Returns: whether all of them worked
 */
gboolean
tc_store_db_exec (TcStoreDb   *self,
                  const char  *sql,
                  GError     **error)
{
  if (sqlite3_exec (self->handle, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  tc_store_db_set_error (self, "Could not work with the database", error);

  return FALSE;
}

/**
 * tc_store_db_get_int:
 * @sql: a query of one number; a static string
 * @value: (out): the number, 0 if there is no row
 * @error: TC_ERROR
 *
 * Returns: whether the query worked
 */
gboolean
tc_store_db_get_int (TcStoreDb   *self,
                     const char  *sql,
                     gint64      *value,
                     GError     **error)
{
  sqlite3_stmt *statement = tc_store_db_prepare (self, sql, error);
  gboolean has_row;

  *value = 0;
  if (statement == NULL || !tc_store_db_step (self, statement, &has_row, error))
    return FALSE;
  if (has_row)
    *value = sqlite3_column_int64 (statement, 0);
  sqlite3_reset (statement);

  return TRUE;
}

/**
 * tc_store_db_prepare:
 * @static_sql: one statement; its address is the key under which it is kept
 * @error: TC_ERROR
 *
 * Returns: (transfer none) (nullable): the statement, reset and without values
 */
sqlite3_stmt *
tc_store_db_prepare (TcStoreDb   *self,
                     const char  *static_sql,
                     GError     **error)
{
  sqlite3_stmt *statement = g_hash_table_lookup (self->statements, static_sql);

  if (statement != NULL)
    {
      sqlite3_reset (statement);
      sqlite3_clear_bindings (statement);
      return statement;
    }

  if (sqlite3_prepare_v3 (self->handle, static_sql, -1, SQLITE_PREPARE_PERSISTENT,
                          &statement, NULL) != SQLITE_OK)
    {
      tc_store_db_set_error (self, "Could not ask the database", error);
      return NULL;
    }
  g_hash_table_insert (self->statements, (gpointer) static_sql, statement);

  return statement;
}

/**
 * tc_store_db_step:
 * @has_row: (out): whether there is a row to read
 * @error: TC_ERROR
 *
 * Takes one step. The caller resets a statement it does not step to the end:
 * one that is left open would hold back the checkpoint.
 *
 * Returns: whether it worked
 */
gboolean
tc_store_db_step (TcStoreDb     *self,
                  sqlite3_stmt  *statement,
                  gboolean      *has_row,
                  GError       **error)
{
  int code = sqlite3_step (statement);

  *has_row = code == SQLITE_ROW;
  if (code == SQLITE_ROW)
    return TRUE;
  if (code != SQLITE_DONE)
    tc_store_db_set_error (self, "Could not use the database", error);
  sqlite3_reset (statement);

  return code == SQLITE_DONE;
}

/**
 * tc_store_db_finish:
 * @error: TC_ERROR
 *
 * Runs a statement of which no row is wanted.
 *
 * Returns: whether it worked
 */
gboolean
tc_store_db_finish (TcStoreDb     *self,
                    sqlite3_stmt  *statement,
                    GError       **error)
{
  int code;

  do
    code = sqlite3_step (statement);
  while (code == SQLITE_ROW);

  if (code != SQLITE_DONE)
    tc_store_db_set_error (self, "Could not write to the database", error);
  sqlite3_reset (statement);

  return code == SQLITE_DONE;
}

/**
 * tc_store_db_bind_text:
 * @text: (nullable): kept by the caller until the statement has run
 */
void
tc_store_db_bind_text (sqlite3_stmt *statement,
                       int           index,
                       const char   *text)
{
  sqlite3_bind_text (statement, index, text, -1, SQLITE_STATIC);
}

/**
 * tc_store_db_open_copy:
 * @path: a database that nobody has open
 *
 * Opens it for looking only: writes nothing beside it, and takes no log into
 * account.
 *
 * Returns: (transfer full): a connection, which fails at its first use if
 *   there is no such file
 */
sqlite3 *
tc_store_db_open_copy (const char *path)
{
  g_autofree char *escaped = g_uri_escape_string (path, "/", FALSE);
  g_autofree char *uri = g_strdup_printf ("file:%s?immutable=1", escaped);
  sqlite3 *handle = NULL;

  sqlite3_open_v2 (uri, &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);

  return handle;
}
