/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tc-error.h"
#include "tc-file.h"
#include "tc-store-backup.h"
#include "tc-store-mark.h"
#include "tc-store-recovery.h"
#include "tc-store-schema.h"

#define NOTE_SUFFIX "-recovery"
#define WAL_SUFFIX "-wal"
#define SHM_SUFFIX "-shm"
#define RESTORING_SUFFIX "-restoring"
#define NOTE_GROUP "recovery"
#define NOTE_MAX_BYTES (64 * 1024)

#define SQL_INSERT_EVENT \
  "INSERT INTO events (session, severity, kind, text, at_us)" \
  " SELECT NULL, 1, 'recovery', ?1, ?2 WHERE NOT EXISTS" \
  " (SELECT 1 FROM events WHERE kind = 'recovery' AND text = ?1 AND at_us = ?2)"

/* The note. */
typedef struct {
  char    *damaged;  /* (owned) path the damaged file gets */
  char    *problem;  /* (owned) what was found, for people */
  char    *message;  /* (owned) (nullable) what was done; NULL: not done yet */
  gint64   at_us;    /* UTC */
} Note;

static void
note_free (Note *self)
{
  g_free (self->damaged);
  g_free (self->problem);
  g_free (self->message);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Note, note_free)

static gboolean
exists (const char *path)
{
  struct stat info;

  return lstat (path, &info) == 0;
}

static gint64
get_size (const char *path)
{
  struct stat info;

  return stat (path, &info) == 0 ? info.st_size : -1;
}

static gboolean
sync_path (const char *path,
           int         flags)
{
  g_autofd int fd = open (path, flags | O_CLOEXEC);

  return fd >= 0 && fsync (fd) == 0;
}

/**
 * tc_store_recovery_move:
 * @error: TC_ERROR
 *
 * Renames a file (or whatever it is) within its file system so that the
 * content and then the new name survive a power cut.
 *
 * Returns: whether it is there
 */
gboolean
tc_store_recovery_move (const char  *from,
                        const char  *to,
                        GError     **error)
{
  g_autofree char *folder = g_path_get_dirname (to);
  int saved_errno;

  /* Only what is a file can be synced; anything else is moved as it is. */
  if (g_file_test (from, G_FILE_TEST_IS_REGULAR))
    sync_path (from, O_RDONLY);
  if (rename (from, to) == 0 && sync_path (folder, O_RDONLY | O_DIRECTORY))
    return TRUE;
  saved_errno = errno;
  tc_error_set_from_errno (error, saved_errno, "Could not move “%s” to “%s”", from, to);

  return FALSE;
}

static gboolean
note_save (Note       *self,
           TcStoreDb  *db,
           GError    **error)
{
  g_autofree char *path = g_strconcat (db->path, NOTE_SUFFIX, NULL);
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;

  g_key_file_set_string (file, NOTE_GROUP, "damaged", self->damaged);
  g_key_file_set_string (file, NOTE_GROUP, "problem", self->problem);
  g_key_file_set_int64 (file, NOTE_GROUP, "at_us", self->at_us);
  if (self->message != NULL)
    g_key_file_set_string (file, NOTE_GROUP, "message", self->message);
  text = g_key_file_to_data (file, NULL, NULL);

  return tc_file_write (path, text, -1, TC_FILE_SYNC, error);
}

/* The first name that is free: two damages in one second keep both files. */
static char *
dup_damaged_path (const char *path,
                  gint64      now_us)
{
  g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc (now_us / G_USEC_PER_SEC);
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%dT%H%M%SZ");

  for (guint i = 1;; i++)
    {
      g_autofree char *damaged = i == 1 ? g_strdup_printf ("%s.damaged-%s", path, stamp)
                                        : g_strdup_printf ("%s.damaged-%s-%u", path, stamp, i);
      g_autofree char *wal = g_strconcat (damaged, WAL_SUFFIX, NULL);

      if (!exists (damaged) && !exists (wal))
        return g_steal_pointer (&damaged);
    }
}

static Note *
note_load (TcStoreDb  *db,
           GError    **error)
{
  g_autofree char *path = g_strconcat (db->path, NOTE_SUFFIX, NULL);
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autofree char *text = tc_file_read (path, NOTE_MAX_BYTES, NULL, error);
  Note *self;

  if (text == NULL)
    return NULL;

  /* Written atomically, so it is whole; but if not, the recovery starts over. */
  g_key_file_load_from_data (file, text, -1, G_KEY_FILE_NONE, NULL);
  self = g_new0 (Note, 1);
  self->damaged = g_key_file_get_string (file, NOTE_GROUP, "damaged", NULL);
  self->problem = g_key_file_get_string (file, NOTE_GROUP, "problem", NULL);
  self->message = g_key_file_get_string (file, NOTE_GROUP, "message", NULL);
  self->at_us = g_key_file_get_int64 (file, NOTE_GROUP, "at_us", NULL);
  if (self->damaged == NULL)
    self->damaged = dup_damaged_path (db->path, tc_clock_get_realtime (db->clock));
  if (self->problem == NULL)
    self->problem = g_strdup ("an earlier recovery was interrupted");

  return self;
}

/**
 * tc_store_recovery_examine:
 * @problem: (out) (nullable): what is wrong, for people
 *
 * Looks at the file from outside, before SQLite does.
 *
 * Returns: whether it is damaged; a database that was never there is not
 */
gboolean
tc_store_recovery_examine (TcStoreDb  *db,
                           char      **problem)
{
  g_autoptr(GPtrArray) backups = tc_store_backup_list (db->path);
  TcStoreMark mark = tc_store_mark_get (db, NULL);
  gboolean is_new = mark == TC_STORE_MARK_NEW && backups->len == 0;
  struct stat info;

  *problem = NULL;
  if (stat (db->path, &info) != 0)
    {
      /* Without the right to look, opening it gives the better message. */
      if (errno == ENOENT && !is_new && (mark != TC_STORE_MARK_NONE || backups->len > 0))
        *problem = g_strdup ("it was gone");
    }
  else if (S_ISDIR (info.st_mode))
    *problem = g_strdup ("a folder is in its place");
  else if (!S_ISREG (info.st_mode))
    *problem = g_strdup ("something that is not a file is in its place");
  else if (info.st_size == 0 && !is_new)
    *problem = g_strdup ("it was empty");

  return *problem != NULL;
}

/* NULL if the connection's file is whole, else what is wrong. */
static char *
run_check_once (sqlite3 *handle,
                int     *code)
{
  sqlite3_stmt *statement = NULL;
  char *problem = NULL;

  /* integrity_check and not quick_check: the big table has no other index, so
   * that both cost the same, and this one compares the small tables to theirs. */
  *code = sqlite3_prepare_v2 (handle, "PRAGMA integrity_check(1)", -1, &statement, NULL);
  if (*code == SQLITE_OK)
    *code = sqlite3_step (statement);
  if (*code == SQLITE_ROW && g_strcmp0 ((const char *) sqlite3_column_text (statement, 0), "ok") != 0)
    problem = g_strdup ((const char *) sqlite3_column_text (statement, 0));
  else if (*code != SQLITE_ROW)
    problem = g_strdup (sqlite3_errmsg (handle));
  sqlite3_finalize (statement);

  return problem != NULL ? g_strdelimit (problem, "\n", ' ') : NULL;
}

/* SQLite tells of a page that could not be read as of one that is damaged.
 * What a second look does not find was the disk's, not the database's. */
static char *
run_check (sqlite3 *handle,
           int     *code)
{
  g_autofree char *problem = run_check_once (handle, code);

  return problem != NULL ? run_check_once (handle, code) : NULL;
}

/* Whether every byte can be had from the disk; a file that is not there can.
 * Sets errno. */
static gboolean
is_readable (const char *path)
{
  g_autofd int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  char buffer[64 * 1024];
  off_t offset = 0;
  ssize_t n;

  if (fd < 0)
    return errno == ENOENT;
  while ((n = pread (fd, buffer, sizeof buffer, offset)) > 0)
    offset += n;

  return n == 0;
}

/**
 * tc_store_recovery_is_readable:
 * @error: TC_ERROR
 *
 * Before anything is called damaged, the disk must give all of it.
 *
 * Returns: whether it does
 */
gboolean
tc_store_recovery_is_readable (TcStoreDb  *db,
                               GError    **error)
{
  g_autofree char *wal = g_strconcat (db->path, WAL_SUFFIX, NULL);
  int saved_errno;

  if (is_readable (db->path) && is_readable (wal))
    return TRUE;
  saved_errno = errno;
  tc_error_set_from_errno (error, saved_errno, "Could not read the database “%s”", db->path);

  return FALSE;
}

/**
 * tc_store_recovery_check:
 * @error: set if the check could not be made
 *
 * Checks all of the database.
 *
 * Returns: (transfer full) (nullable): what is damaged; NULL if nothing is, or
 *   with @error
 */
char *
tc_store_recovery_check (TcStoreDb  *db,
                         GError    **error)
{
  int code;
  g_autofree char *problem = run_check (db->handle, &code);

  code &= 0xff;
  if (problem == NULL)
    return NULL;
  if (code != SQLITE_ROW && code != SQLITE_CORRUPT && code != SQLITE_NOTADB)
    {
      tc_store_db_set_error (db, "Could not check the database", error);
      return NULL;
    }

  return tc_store_recovery_is_readable (db, error) ? g_steal_pointer (&problem) : NULL;
}

static int
query_int (sqlite3    *handle,
           const char *sql)
{
  sqlite3_stmt *statement = NULL;
  int value = -1;

  if (sqlite3_prepare_v2 (handle, sql, -1, &statement, NULL) == SQLITE_OK &&
      sqlite3_step (statement) == SQLITE_ROW)
    value = sqlite3_column_int (statement, 0);
  sqlite3_finalize (statement);

  return value;
}

/**
 * tc_store_recovery_check_file:
 * @path: a copy of the database that nobody has open
 *
 * Checks it without writing anything beside it.
 *
 * Returns: (transfer full) (nullable): why it cannot be used; NULL if it can
 */
char *
tc_store_recovery_check_file (const char *path)
{
  sqlite3 *handle = tc_store_db_open_copy (path);
  char *problem;
  int code;

  problem = run_check (handle, &code);
  if (problem == NULL && query_int (handle, "PRAGMA application_id") != TC_STORE_APPLICATION_ID)
    problem = g_strdup ("it is of another program");
  sqlite3_close (handle);

  return problem;
}

/* A copy that is good, but not for this program, is left for the next one. */
static gboolean
is_usable (const char *path)
{
  g_autofree char *problem = tc_store_recovery_check_file (path);
  sqlite3 *handle = tc_store_db_open_copy (path);
  int version = query_int (handle, "PRAGMA user_version");

  sqlite3_close (handle);

  return problem == NULL && version <= tc_store_schema_get_migrations ()->n_versions;
}

static gboolean
move_aside (TcStoreDb  *db,
            Note       *note,
            GError    **error)
{
  g_autofree char *wal = g_strconcat (db->path, WAL_SUFFIX, NULL);
  g_autofree char *shm = g_strconcat (db->path, SHM_SUFFIX, NULL);
  g_autofree char *damaged_wal = g_strconcat (note->damaged, WAL_SUFFIX, NULL);

  /* Moved already; what is there now is the restored one. */
  if (exists (note->damaged))
    return TRUE;

  /* The log first: it must never lie beside a database it is not of. The shared
   * memory is only an index of it. */
  if (exists (wal) && !tc_store_recovery_move (wal, damaged_wal, error))
    return FALSE;
  g_unlink (shm);

  return !exists (db->path) || tc_store_recovery_move (db->path, note->damaged, error);
}

/* Copies a candidate to where it is checked, and from there into place. */
static gboolean
try_restore (TcStoreDb   *db,
             const char  *candidate,
             gboolean    *is_restored,
             GError     **error)
{
  g_autofree char *restoring = g_strconcat (db->path, RESTORING_SUFFIX, NULL);
  g_autoptr(GFile) from = g_file_new_for_path (candidate);
  g_autoptr(GFile) to = g_file_new_for_path (restoring);
  g_autoptr(GError) local_error = NULL;

  *is_restored = FALSE;
  if (!g_file_copy (from, to, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, &local_error))
    {
      TcError code = g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_NO_SPACE)
                     ? TC_ERROR_NO_SPACE : TC_ERROR_FAILED;

      g_unlink (restoring);
      g_set_error (error, TC_ERROR, code, "Could not restore “%s”: %s",
                   candidate, local_error->message);
      return FALSE;
    }

  if (!is_usable (restoring))
    {
      g_unlink (restoring);
      return TRUE;
    }
  g_chmod (restoring, 0600);
  *is_restored = tc_store_recovery_move (restoring, db->path, error);

  return *is_restored;
}

static char *
dup_message (Note       *note,
             const char *what_now)
{
  g_autofree char *aside = exists (note->damaged)
    ? g_strdup_printf (" It was moved to “%s”.", note->damaged) : g_strdup ("");

  return g_strdup_printf ("The database of Training Center was damaged: %s.%s %s Your runs are "
                          "not affected; what is missing is read again from their folders.",
                          note->problem, aside, what_now);
}

/* Puts the best there is in place of the damaged file. */
static char *
restore_best (TcStoreDb  *db,
              Note       *note,
              GError    **error)
{
  g_autofree char *damaged_wal = g_strconcat (note->damaged, WAL_SUFFIX, NULL);
  g_autoptr(GPtrArray) backups = tc_store_backup_list (db->path);
  gboolean is_restored = FALSE;

  /* Only the log may be bad, or not belong here; nothing is newer then. */
  if (get_size (damaged_wal) > 0 && g_file_test (note->damaged, G_FILE_TEST_IS_REGULAR) &&
      !try_restore (db, note->damaged, &is_restored, error))
    return NULL;
  if (is_restored)
    return dup_message (note, "It is used again without its journal, which was the bad part.");

  for (guint i = 0; i < backups->len; i++)
    {
      g_autofree char *date = tc_store_backup_dup_date (backups->pdata[i]);
      g_autofree char *what_now = g_strdup_printf ("The backup of %s took its place.", date);

      if (!try_restore (db, backups->pdata[i], &is_restored, error))
        return NULL;
      if (is_restored)
        return dup_message (note, what_now);
    }

  return dup_message (note, "There was no good backup, so an empty one took its place.");
}

/**
 * tc_store_recovery_resume:
 * @error: TC_ERROR; everything stays where it is, and the next start goes on
 *
 * Does what the note says is to be done, if there is one. The database is
 * disconnected.
 *
 * Returns: whether the database can be opened now
 */
gboolean
tc_store_recovery_resume (TcStoreDb  *db,
                          GError    **error)
{
  g_autoptr(GError) local_error = NULL;
  g_autoptr(Note) note = note_load (db, &local_error);
  g_autofree char *path = g_strconcat (db->path, NOTE_SUFFIX, NULL);

  if (note == NULL)
    {
      if (!exists (path))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  if (note->message == NULL)
    {
      if (!move_aside (db, note, error))
        return FALSE;
      note->message = restore_best (db, note, error);
      if (note->message == NULL)
        return FALSE;
      /* An empty database may be created now without asking why it is so. */
      if (!exists (db->path) && !tc_store_mark_set (db, TC_STORE_MARK_NEW, NULL, error))
        return FALSE;
      if (!note_save (note, db, error))
        return FALSE;
    }
  g_set_str (&db->recovery_message, note->message);

  return TRUE;
}

/**
 * tc_store_recovery_start:
 * @problem: what is wrong, for people
 * @error: TC_ERROR
 *
 * Gives the database up. From here on an interruption is resumed.
 *
 * Returns: whether the note is on the disk
 */
gboolean
tc_store_recovery_start (TcStoreDb   *db,
                         const char  *problem,
                         GError     **error)
{
  g_autoptr(Note) note = g_new0 (Note, 1);

  /* The log stays as it is, as evidence. */
  if (db->handle != NULL)
    tc_store_db_keep_wal (db, TRUE);
  tc_store_db_disconnect (db);

  /* The callers' positions in the files of their runs may be ahead of what
   * replaces the database; until they have asked for their cursor again, they
   * cannot ingest (tc_store_ingest_run()). */
  if (db->was_open)
    {
      g_clear_pointer (&db->resynced, g_hash_table_unref);
      db->resynced = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
    }

  note->at_us = tc_clock_get_realtime (db->clock);
  note->damaged = dup_damaged_path (db->path, note->at_us);
  note->problem = g_strdup (problem);

  return note_save (note, db, error);
}

/**
 * tc_store_recovery_finish:
 * @error: TC_ERROR
 *
 * Puts what happened where people read it, and the note away. The database is
 * connected and has its tables.
 *
 * Returns: whether the recovery is over
 */
gboolean
tc_store_recovery_finish (TcStoreDb  *db,
                          GError    **error)
{
  g_autofree char *path = g_strconcat (db->path, NOTE_SUFFIX, NULL);
  g_autoptr(Note) note = note_load (db, NULL);
  sqlite3_stmt *statement;

  if (note == NULL || note->message == NULL)
    return TRUE;

  statement = tc_store_db_prepare (db, SQL_INSERT_EVENT, error);
  if (statement == NULL)
    return FALSE;
  tc_store_db_bind_text (statement, 1, note->message);
  sqlite3_bind_int64 (statement, 2, note->at_us);
  if (!tc_store_db_finish (db, statement, error))
    return FALSE;
  g_unlink (path);

  return TRUE;
}

/**
 * tc_store_recovery_has_wal:
 *
 * Returns: whether a log with anything in it lies beside the database
 */
gboolean
tc_store_recovery_has_wal (TcStoreDb *db)
{
  g_autofree char *wal = g_strconcat (db->path, WAL_SUFFIX, NULL);

  return get_size (wal) > 0;
}

/**
 * tc_store_recovery_set_aside_wal:
 * @error: TC_ERROR
 *
 * A database that was closed in an orderly way has no log. One that lies there
 * nevertheless is of another database, and SQLite would read it into ours.
 *
 * Returns: whether there is none now
 */
gboolean
tc_store_recovery_set_aside_wal (TcStoreDb  *db,
                                 GError    **error)
{
  g_autofree char *wal = g_strconcat (db->path, WAL_SUFFIX, NULL);
  g_autofree char *damaged = NULL;
  g_autofree char *aside = NULL;

  if (!tc_store_recovery_has_wal (db))
    return TRUE;

  damaged = dup_damaged_path (db->path, tc_clock_get_realtime (db->clock));
  aside = g_strconcat (damaged, WAL_SUFFIX, NULL);
  if (!tc_store_recovery_move (wal, aside, error))
    return FALSE;

  g_free (db->recovery_message);
  db->recovery_message =
    g_strdup_printf ("A journal of another database lay beside that of Training Center. It was "
                     "moved to “%s” and not used.", aside);

  return TRUE;
}
