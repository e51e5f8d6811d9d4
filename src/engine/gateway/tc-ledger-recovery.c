/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* A damaged ledger is moved aside, never deleted, and what can be read of it
 * goes into a new one, call by call: forwards up to the damage, then backwards
 * down to it. What is missing then comes from the newest good backup. So does
 * all of a ledger that is gone; that there was one is known from its backups and
 * from a mark beside it, which also keeps when money went missing last. */

#include "config.h"

#include <glib/gstdio.h>

#include "tc-error.h"
#include "tc-file.h"
#include "tc-ledger-db.h"
#include "tc-store-backup.h"
#include "tc-store-recovery.h"

#define MARK_NAME "ledger.mark"
#define MARK_MAX_BYTES 64

typedef struct
{
  const char *table;
  const char *select;
  const char *older;  /* (nullable) of a book that has not all of that */
} Part;

static const Part parts[] = {
  { "budgets", "SELECT scope, amount, changed_us FROM budgets" },
  { "alerts", "SELECT scope, period, amount, percent, at_us FROM alerts" },
  { "tokens", "SELECT session, attempt, sha256, key FROM tokens",
    "SELECT session, attempt, sha256, 0 FROM tokens" },
  { "calls", "SELECT * FROM calls NOT INDEXED ORDER BY id" },
  { "calls", "SELECT * FROM calls NOT INDEXED ORDER BY id DESC" },
};

/* The first name that is free. */
static char *
dup_aside (TcStoreDb *db)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (tc_clock_get_realtime (db->clock) / G_USEC_PER_SEC);
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%dT%H%M%SZ");

  for (guint i = 1;; i++)
    {
      g_autofree char *path = i == 1 ? g_strdup_printf ("%s.damaged-%s", db->path, stamp)
                                     : g_strdup_printf ("%s.damaged-%s-%u", db->path, stamp, i);

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&path);
    }
}

/**
 * tc_ledger_db_set_aside:
 * @problem: what is wrong with it, for people
 * @aside: (out): where it is now
 * @error: TC_ERROR; the database is where it was, or its log alone was moved
 *
 * Moves a damaged database and its log out of the way. It is disconnected.
 *
 * Returns: whether it is
 */
gboolean
tc_ledger_db_set_aside (TcStoreDb   *db,
                        const char  *problem,
                        char       **aside,
                        GError     **error)
{
  g_autofree char *path = dup_aside (db);
  g_autofree char *log = g_strconcat (db->path, "-wal", NULL);
  g_autofree char *shm = g_strconcat (db->path, "-shm", NULL);
  g_autofree char *log_aside = g_strconcat (path, "-wal", NULL);

  /* Before anything is called damaged, the disk must give all of it. */
  if (!tc_store_recovery_is_readable (db, error))
    return FALSE;
  /* The log first: it must never lie beside a database it is not of. */
  if (g_file_test (log, G_FILE_TEST_EXISTS) && !tc_store_recovery_move (log, log_aside, error))
    return FALSE;
  g_unlink (shm);
  if (!tc_store_recovery_move (db->path, path, error))
    return FALSE;
  *aside = g_steal_pointer (&path);

  return TRUE;
}

/* ---- The mark ---- */

static char *
dup_mark_path (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);

  return g_build_filename (folder, MARK_NAME, NULL);
}

/**
 * tc_ledger_db_mark:
 * @path: of the database
 * @lost_us: when money went missing, UTC; 0: there is a ledger, that is all
 *
 * Notes it beside the database. What was noted before is kept unless @lost_us is
 * a time. If it cannot be noted, the ledger is as good as without.
 */
void
tc_ledger_db_mark (const char *path,
                   gint64      lost_us)
{
  g_autofree char *mark = dup_mark_path (path);
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT "\n", lost_us);
  g_autoptr (GError) error = NULL;

  if (lost_us == 0 && g_file_test (mark, G_FILE_TEST_EXISTS))
    return;
  if (!tc_file_write (mark, text, -1, TC_FILE_SYNC, &error))
    g_message ("That there is a book of money could not be noted: %s", error->message);
}

/**
 * tc_ledger_db_get_lost:
 * @path: of the database
 *
 * Returns: when money went missing from it last, in microseconds UTC; 0: never
 */
gint64
tc_ledger_db_get_lost (const char *path)
{
  g_autofree char *mark = dup_mark_path (path);
  g_autofree char *text = tc_file_read (mark, MARK_MAX_BYTES, NULL, NULL);

  return text != NULL ? MAX (0, g_ascii_strtoll (text, NULL, 10)) : 0;
}

/**
 * tc_ledger_db_was_there:
 *
 * Returns: whether there was a ledger before, though it may be gone
 */
gboolean
tc_ledger_db_was_there (TcStoreDb *db)
{
  g_autofree char *mark = dup_mark_path (db->path);
  g_autoptr (GPtrArray) backups = tc_store_backup_list (db->path);

  return backups->len > 0 || g_file_test (mark, G_FILE_TEST_EXISTS);
}

/**
 * tc_ledger_db_keep_log:
 * @error: TC_ERROR
 *
 * Moves a log whose database is gone out of the way: SQLite would delete it.
 *
 * Returns: whether there is none any more
 */
gboolean
tc_ledger_db_keep_log (TcStoreDb  *db,
                       GError    **error)
{
  g_autofree char *log = g_strconcat (db->path, "-wal", NULL);
  g_autofree char *aside = NULL;
  g_autofree char *log_aside = NULL;

  if (!g_file_test (log, G_FILE_TEST_EXISTS))
    return TRUE;
  aside = dup_aside (db);
  log_aside = g_strconcat (aside, "-wal", NULL);

  return tc_store_recovery_move (log, log_aside, error);
}

/* ---- Copying ---- */

/* A row that does not fit the new table is left out. */
static gboolean
copy_row (TcStoreDb     *db,
          sqlite3_stmt  *row,
          const char    *table,
          GError       **error)
{
  g_autoptr (GString) sql = g_string_new (NULL);
  int n = sqlite3_column_count (row);
  sqlite3_stmt *insert;

  g_string_printf (sql, "INSERT OR IGNORE INTO %s VALUES (", table);
  for (int i = 0; i < n; i++)
    g_string_append (sql, i == 0 ? "?" : ", ?");
  g_string_append_c (sql, ')');

  /* Prepared statements are kept by the address of their text. */
  insert = tc_store_db_prepare (db, g_intern_string (sql->str), error);
  if (insert == NULL)
    return FALSE;
  for (int i = 0; i < n; i++)
    sqlite3_bind_value (insert, i + 1, sqlite3_column_value (row, i));

  return tc_store_db_finish (db, insert, error);
}

/* Returns FALSE only if the new database does not take a row. */
static gboolean
copy_part (TcStoreDb   *db,
           sqlite3     *from,
           const Part  *part,
           gboolean    *is_whole,
           GError     **error)
{
  sqlite3_stmt *select = NULL;
  gboolean is_written = TRUE;
  int code = sqlite3_prepare_v2 (from, part->select, -1, &select, NULL);

  if (code == SQLITE_ERROR && part->older != NULL)
    code = sqlite3_prepare_v2 (from, part->older, -1, &select, NULL);
  while (code == SQLITE_OK || code == SQLITE_ROW)
    {
      code = sqlite3_step (select);
      if (code != SQLITE_ROW)
        break;
      is_written = copy_row (db, select, part->table, error);
      if (!is_written)
        break;
    }
  *is_whole = code == SQLITE_DONE;
  sqlite3_finalize (select);

  return is_written;
}

static gboolean
copy_parts (TcStoreDb  *db,
            sqlite3    *from,
            gboolean   *is_whole,
            GError    **error)
{
  *is_whole = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      gboolean is_part_whole;

      if (!copy_part (db, from, &parts[i], &is_part_whole, error))
        return FALSE;
      *is_whole = *is_whole && is_part_whole;
    }

  return TRUE;
}

/* The log of the damaged one is read, but nothing is written into either. */
static sqlite3 *
open_aside (const char *path)
{
  sqlite3 *handle = NULL;

  sqlite3_open_v2 (path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
  sqlite3_db_config (handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);

  return handle;
}

static gboolean
is_answer (sqlite3    *handle,
           const char *sql,
           const char *wanted)
{
  sqlite3_stmt *statement = NULL;
  gboolean is_so = sqlite3_prepare_v2 (handle, sql, -1, &statement, NULL) == SQLITE_OK &&
                   sqlite3_step (statement) == SQLITE_ROW &&
                   g_strcmp0 ((const char *) sqlite3_column_text (statement, 0), wanted) == 0;

  sqlite3_finalize (statement);

  return is_so;
}

/**
 * tc_ledger_db_is_whole:
 * @path: a copy that nobody has open
 *
 * Looks at it without writing anything beside it.
 *
 * Returns: whether it is a ledger without damage
 */
gboolean
tc_ledger_db_is_whole (const char *path)
{
  g_autofree char *id = g_strdup_printf ("%d", TC_LEDGER_APPLICATION_ID);
  sqlite3 *handle = tc_store_db_open_copy (path);
  gboolean is_whole = is_answer (handle, "PRAGMA application_id", id) &&
                      is_answer (handle, "PRAGMA integrity_check(1)", "ok");

  sqlite3_close (handle);

  return is_whole;
}

/* Adds the calls that only the newest good backup has; others are known
 * better. */
static gboolean
copy_backup (TcStoreDb  *db,
             char      **date,
             GError    **error)
{
  g_autoptr (GPtrArray) paths = tc_store_backup_list (db->path);

  for (guint i = 0; i < paths->len; i++)
    {
      sqlite3 *from;
      gboolean is_whole, is_copied;

      if (!tc_ledger_db_is_whole (paths->pdata[i]))
        continue;
      from = tc_store_db_open_copy (paths->pdata[i]);
      is_copied = copy_parts (db, from, &is_whole, error);
      sqlite3_close (from);
      *date = tc_store_backup_dup_date (paths->pdata[i]);
      return is_copied;
    }

  return TRUE;
}

/**
 * tc_ledger_db_salvage:
 * @db: a new, empty database
 * @problem: what was wrong with the old one
 * @aside: where the old one is
 * @error: TC_ERROR of the new one
 *
 * Copies what can be read.
 *
 * Returns: (transfer full) (nullable): what happened, for people
 */
char *
tc_ledger_db_salvage (TcStoreDb   *db,
                      const char  *problem,
                      const char  *aside,
                      GError     **error)
{
  sqlite3 *from = open_aside (aside);
  g_autofree char *date = NULL;
  g_autofree char *more = NULL;
  gboolean is_whole = FALSE;
  gboolean is_done;
  gint64 n_calls = 0;

  is_done = tc_store_db_exec (db, "BEGIN IMMEDIATE", error) &&
            copy_parts (db, from, &is_whole, error) &&
            (is_whole || copy_backup (db, &date, error)) &&
            tc_store_db_exec (db, "COMMIT", error);
  sqlite3_close (from);
  if (!is_done || !tc_store_db_get_int (db, "SELECT count(*) FROM calls", &n_calls, error))
    return NULL;

  if (!is_whole)
    tc_ledger_db_mark (db->path, tc_clock_get_realtime (db->clock));
  more = date != NULL ? g_strdup_printf (", some of them from the backup of %s", date) : g_strdup ("");

  return g_strdup_printf ("The book of money was damaged: %s. It was moved to “%s”, and %" G_GINT64_FORMAT
                          " calls that could be read were taken over%s. %s", problem, aside, n_calls, more,
                          is_whole ? "Nothing seems to be missing."
                                   : "Some may be missing in the sums now; see what your provider "
                                     "says, and look at your budgets.");
}

/**
 * tc_ledger_db_restore:
 * @db: a new, empty database, in the place of one that is gone
 * @error: TC_ERROR of the new one
 *
 * Takes over what the newest good backup has.
 *
 * Returns: (transfer full) (nullable): what happened, for people
 */
char *
tc_ledger_db_restore (TcStoreDb  *db,
                      GError    **error)
{
  g_autofree char *date = NULL;
  gint64 n_calls = 0;

  if (!tc_store_db_exec (db, "BEGIN IMMEDIATE", error) || !copy_backup (db, &date, error) ||
      !tc_store_db_exec (db, "COMMIT", error) ||
      !tc_store_db_get_int (db, "SELECT count(*) FROM calls", &n_calls, error))
    return NULL;
  tc_ledger_db_mark (db->path, tc_clock_get_realtime (db->clock));
  if (date == NULL)
    return g_strdup_printf ("The book of money “%s” is gone, and there is no backup of it. A new one was "
                            "begun: what was spent before is missing in all sums, and there are no budgets. "
                            "Set your budgets again, and see what your provider says.", db->path);

  return g_strdup_printf ("The book of money “%s” is gone. A new one was begun with the budgets and calls (%"
                          G_GINT64_FORMAT ") of the backup of %s; what was spent since is missing in the sums. See "
                          "what your provider says, and look at your budgets.", db->path, n_calls, date);
}
