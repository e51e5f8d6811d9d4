/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tc-error.h"
#include "tc-file.h"
#include "tc-ledger-db.h"
#include "tc-ledger-resources.h"

#define VERSION 2
#define RESOURCE_PATH "/dev/hlx/TrainingCenter/ledger/sql/ledger-%03u.sql"

/* SQLite would create it readable for everybody. If it cannot be made,
 * connecting says so. */
static void
create_private (const char *path)
{
  g_autofd int fd = g_open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

  (void) fd;
}

/* After an orderly end there is no log. */
static gboolean
has_log (const char *path)
{
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  struct stat info;

  return stat (log, &info) == 0 && info.st_size > 0;
}

static gboolean
fail_corrupt (const char  *problem,
              GError     **error)
{
  g_set_error_literal (error, TC_ERROR, TC_ERROR_CORRUPT, problem);

  return FALSE;
}

static gboolean
check_content (TcStoreDb  *db,
               GError    **error)
{
  sqlite3_stmt *statement = tc_store_db_prepare (db, "PRAGMA integrity_check(1)", error);
  g_autofree char *answer = NULL;
  gboolean has_row;

  if (statement == NULL || !tc_store_db_step (db, statement, &has_row, error))
    return FALSE;
  if (has_row)
    answer = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  sqlite3_reset (statement);
  if (g_strcmp0 (answer, "ok") == 0)
    return TRUE;

  return fail_corrupt (answer != NULL ? g_strdelimit (answer, "\n", ' ') : "it cannot be checked", error);
}

/* Nothing is written before it is known that the file is ours to write.
 * @version: (out): 0: it is empty */
static gboolean
identify (TcStoreDb  *db,
          guint      *version,
          GError    **error)
{
  gint64 application_id, number, n_tables;

  if (!tc_store_db_get_int (db, "PRAGMA application_id", &application_id, error) ||
      !tc_store_db_get_int (db, "PRAGMA user_version", &number, error) ||
      !tc_store_db_get_int (db, "SELECT count(*) FROM sqlite_schema", &n_tables, error))
    return FALSE;

  *version = 0;
  if (application_id == 0 && number == 0 && n_tables == 0)
    return TRUE;
  if (application_id != TC_LEDGER_APPLICATION_ID || number < 1)
    return fail_corrupt ("it is of another program", error);
  if (number > VERSION)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_NEWER,
                   "The book of money “%s” was written by a newer Training Center (its version is %d, "
                   "this program knows up to %d). It was left untouched; start the newer program.",
                   db->path, (int) MIN (number, G_MAXINT), VERSION);
      return FALSE;
    }
  *version = (guint) number;

  return TRUE;
}

static gboolean
run_step (TcStoreDb  *db,
          guint       version,
          GError    **error)
{
  g_autofree char *path = g_strdup_printf (RESOURCE_PATH, version);
  g_autoptr (GBytes) bytes = g_resource_lookup_data (tc_ledger_get_resource (), path,
                                                     G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  /* Built into the program, uncompressed and followed by a nul. */
  g_assert (bytes != NULL);

  return tc_store_db_exec (db, g_bytes_get_data (bytes, NULL), error);
}

/* The tables and the numbers that name them in one transaction.
 * @version: it has; 0: there are no tables yet */
static gboolean
upgrade (TcStoreDb  *db,
         guint       version,
         GError    **error)
{
  g_autofree char *stamp = g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT;",
                                            TC_LEDGER_APPLICATION_ID, VERSION);

  gboolean is_done = TRUE;

  if (version == VERSION)
    return TRUE;
  if (!tc_store_db_exec (db, "BEGIN EXCLUSIVE", error))
    return FALSE;
  while (is_done && version < VERSION)
    is_done = run_step (db, ++version, error);
  if (is_done && tc_store_db_exec (db, stamp, error))
    return TRUE;
  if (!sqlite3_get_autocommit (db->handle))
    tc_store_db_exec (db, "ROLLBACK", NULL);

  return FALSE;
}

/* From here on a commit goes to the kernel and no further: see tc-ledger-sync.h,
 * which moves the log as well. */
static gboolean
stop_syncing (TcStoreDb  *db,
              GError    **error)
{
  tc_store_db_keep_wal (db, FALSE);
  sqlite3_wal_autocheckpoint (db->handle, 0);

  return tc_store_db_exec (db, "PRAGMA synchronous = NORMAL", error);
}

static gboolean
is_there (const char *path)
{
  struct stat info;

  return stat (path, &info) == 0 && info.st_size > 0;
}

static gboolean
set_up (TcStoreDb     *db,
        gboolean      *is_empty,
        GError       **error)
{
  gboolean was_unclean = db->was_open || has_log (db->path);
  guint version = 0;

  if (!is_there (db->path) && !tc_ledger_db_keep_log (db, error))
    return FALSE;
  /* As long as nobody knows whether it is whole, the log stays as it is. */
  db->needs_check = TRUE;
  create_private (db->path);

  if (!tc_store_db_connect (db, error) || !identify (db, &version, error))
    return FALSE;
  *is_empty = version == 0;

  return (!was_unclean || *is_empty || check_content (db, error)) &&
         tc_store_db_exec (db, "PRAGMA synchronous = EXTRA; PRAGMA journal_mode = WAL;"
                               "PRAGMA journal_size_limit = 10485760;", error) &&
         upgrade (db, version, error);
}

static gboolean
open_once (TcStoreDb     *db,
           TcLedgerBook  *book,
           const char    *problem,
           const char    *aside,
           char         **message,
           GError       **error)
{
  g_autofree char *text = NULL;
  gboolean was_there = tc_ledger_db_was_there (db);
  gboolean is_empty;

  if (!set_up (db, &is_empty, error))
    return FALSE;
  if (aside != NULL)
    text = tc_ledger_db_salvage (db, problem, aside, error);
  else if (is_empty && was_there)
    text = tc_ledger_db_restore (db, error);
  if (text == NULL && (aside != NULL || (is_empty && was_there)))
    return FALSE;
  tc_ledger_db_mark (db->path, 0);
  if (!tc_ledger_db_load (db, book, error) || !stop_syncing (db, error))
    return FALSE;
  *message = g_steal_pointer (&text);

  return TRUE;
}

static void
disconnect (TcStoreDb *db)
{
  if (db->handle != NULL)
    tc_store_db_keep_wal (db, TRUE);
  tc_store_db_disconnect (db);
}

/**
 * tc_ledger_db_open:
 * @book: an empty one, to be filled
 * @message: (out) (nullable): what was recovered, or lost, for people
 * @error: TC_ERROR: NEWER, NO_SPACE, PERMISSION, BUSY or FAILED; CORRUPT only
 *   if what took the place of a damaged database is damaged as well
 *
 * Opens the database, whatever state it was left in. A damaged one is looked
 * at twice, for a read that failed once may look like damage; then it is set
 * aside, and what can be read of it is copied into a new one. In the place of one
 * that is gone comes what its newest backup has.
 *
 * Returns: whether it can be used
 */
gboolean
tc_ledger_db_open (TcStoreDb     *db,
                   TcLedgerBook  *book,
                   char         **message,
                   GError       **error)
{
  g_autofree char *folder = g_path_get_dirname (db->path);
  g_autofree char *problem = NULL;
  g_autofree char *aside = NULL;

  *message = NULL;
  if (!tc_file_make_dir (folder, error))
    return FALSE;

  for (int n_failures = 0;; n_failures++)
    {
      g_autoptr (GError) local_error = NULL;

      if (open_once (db, book, problem, aside, message, &local_error))
        {
          db->was_open = TRUE;
          return TRUE;
        }
      disconnect (db);
      tc_ledger_book_clear (book);
      if (!g_error_matches (local_error, TC_ERROR, TC_ERROR_CORRUPT) || aside != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      g_set_str (&problem, local_error->message);
      if (n_failures > 0 && !tc_ledger_db_set_aside (db, problem, &aside, error))
        return FALSE;
    }
}

/**
 * tc_ledger_db_open_second:
 * @db: the connection that writes
 * @error: TC_ERROR
 *
 * Returns: (transfer full) (nullable): another one, which has the log open
 */
TcStoreDb *
tc_ledger_db_open_second (TcStoreDb  *db,
                          GError    **error)
{
  TcStoreDb *second = tc_store_db_new (db->path, db->clock);
  gint64 value;

  /* Whoever closes last moves the log; that is the first connection. */
  if (tc_store_db_connect (second, error) &&
      tc_store_db_get_int (second, "SELECT count(*) FROM sqlite_schema", &value, error))
    return second;
  tc_store_db_disconnect (second);
  tc_store_db_free (second);

  return NULL;
}

/**
 * tc_ledger_db_close:
 *
 * Writes the log into the database and closes it.
 */
void
tc_ledger_db_close (TcStoreDb *db)
{
  gint64 is_busy;

  if (tc_store_db_exec (db, "PRAGMA synchronous = EXTRA", NULL))
    tc_store_db_get_int (db, "PRAGMA wal_checkpoint(TRUNCATE)", &is_busy, NULL);
  tc_store_db_disconnect (db);
}
