/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "tc-error.h"
#include "tc-file.h"
#include "tc-store-backup.h"
#include "tc-store-recovery.h"

#define BACKUP_FOLDER "backups"
#define BACKUP_SUFFIX ".db"
#define PARTIAL_SUFFIX ".partial"
#define STAMP_FORMAT "%Y%m%dT%H%M%SZ"
#define STAMP_LENGTH 16

#define DAY_US (24 * 60 * 60 * (gint64) G_USEC_PER_SEC)

/* Pages a slice: about a millisecond in which nothing else is answered. */
#define PAGES_PER_STEP 256

struct _TcStoreBackup {
  TcStoreDb      *db;         /* (unowned) */
  sqlite3        *target;     /* (owned) */
  sqlite3_backup *backup;     /* (owned) */
  char           *partial;    /* (owned) (nullable) removed unless renamed */
  char           *path;       /* (owned) */
  gint64          started_us; /* UTC */
};

static char *
dup_folder (const char *db_path)
{
  g_autofree char *parent = g_path_get_dirname (db_path);

  return g_build_filename (parent, BACKUP_FOLDER, NULL);
}

/* "training-center-" of "/…/training-center.db" */
static char *
dup_prefix (const char *db_path)
{
  g_autofree char *name = g_path_get_basename (db_path);

  if (g_str_has_suffix (name, BACKUP_SUFFIX))
    name[strlen (name) - strlen (BACKUP_SUFFIX)] = '\0';

  return g_strconcat (name, "-", NULL);
}

static GDateTime *
parse_date (const char *backup_path)
{
  g_autofree char *stamp = NULL;
  gsize length = strlen (backup_path);
  gsize tail = STAMP_LENGTH + strlen (BACKUP_SUFFIX);

  if (length < tail || !g_str_has_suffix (backup_path, BACKUP_SUFFIX))
    return NULL;
  stamp = g_strndup (backup_path + length - tail, STAMP_LENGTH);

  return g_date_time_new_from_iso8601 (stamp, NULL);
}

/* Newest first: the names sort as their dates do. */
static int
compare_backups (gconstpointer a,
                 gconstpointer b)
{
  return -strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * tc_store_backup_list:
 * @db_path: the database they are of
 *
 * Returns: (transfer full) (element-type filename): the backups, newest first
 */
GPtrArray *
tc_store_backup_list (const char *db_path)
{
  g_autofree char *folder = dup_folder (db_path);
  g_autofree char *prefix = dup_prefix (db_path);
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autoptr(GDateTime) date = parse_date (name);

      if (date != NULL && g_str_has_prefix (name, prefix))
        g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
    }
  g_ptr_array_sort (paths, compare_backups);

  return paths;
}

/**
 * tc_store_backup_dup_date:
 * @backup_path: of tc_store_backup_list()
 *
 * Returns: (transfer full): when it was made, for people, in local time
 */
char *
tc_store_backup_dup_date (const char *backup_path)
{
  g_autoptr(GDateTime) date = parse_date (backup_path);
  g_autoptr(GDateTime) local = date != NULL ? g_date_time_to_local (date) : NULL;

  return local != NULL ? g_date_time_format (local, "%-d %B %Y, %H:%M") : g_strdup ("?");
}

/**
 * tc_store_backup_thin:
 * @now_us: UTC
 *
 * Keeps five: the two newest, the oldest of those between two days and a week,
 * and between a week and a month, and the newest that is older. Keeping the
 * oldest of the middle groups lets one grow into the next group.
 */
void
tc_store_backup_thin (const char *db_path,
                      gint64      now_us)
{
  g_autoptr(GPtrArray) paths = tc_store_backup_list (db_path);
  const char *keep[3] = { NULL, NULL, NULL };

  for (guint i = 2; i < paths->len; i++)
    {
      const char *path = paths->pdata[i];
      g_autoptr(GDateTime) date = parse_date (path);
      gint64 age_us = now_us - g_date_time_to_unix (date) * G_USEC_PER_SEC;

      if (age_us >= 30 * DAY_US)
        keep[2] = keep[2] != NULL ? keep[2] : path;
      else if (age_us >= 7 * DAY_US)
        keep[1] = path;
      else
        keep[0] = path;
    }

  for (guint i = 2; i < paths->len; i++)
    if (paths->pdata[i] != keep[0] && paths->pdata[i] != keep[1] && paths->pdata[i] != keep[2])
      g_unlink (paths->pdata[i]);
}

/**
 * tc_store_backup_is_due:
 *
 * Returns: whether the newest backup is older than a day
 */
gboolean
tc_store_backup_is_due (TcStoreDb *db)
{
  gint64 now_us = tc_clock_get_realtime (db->clock);

  if (db->last_backup_us == 0)
    {
      g_autoptr(GPtrArray) paths = tc_store_backup_list (db->path);
      g_autoptr(GDateTime) date = paths->len > 0 ? parse_date (paths->pdata[0]) : NULL;

      if (date != NULL)
        db->last_backup_us = g_date_time_to_unix (date) * G_USEC_PER_SEC;
    }

  /* A date in the future is a clock that was wrong once. */
  return now_us - db->last_backup_us >= DAY_US || db->last_backup_us - now_us >= DAY_US;
}

static gboolean
open_target (TcStoreBackup  *self,
             GError        **error)
{
  g_autofd int fd = g_open (self->partial, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

  if (fd < 0)
    {
      int saved_errno = errno;

      tc_error_set_from_errno (error, saved_errno, "Could not create “%s”", self->partial);
      return FALSE;
    }

  /* Neither journal nor sync: a half-written copy is thrown away. */
  if (sqlite3_open_v2 (self->partial, &self->target,
                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK &&
      sqlite3_exec (self->target, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF",
                    NULL, NULL, NULL) == SQLITE_OK)
    self->backup = sqlite3_backup_init (self->target, "main", self->db->handle, "main");

  if (self->backup == NULL)
    g_set_error (error, TC_ERROR, TC_ERROR_FAILED, "Could not back up to “%s”: %s",
                 self->partial, sqlite3_errmsg (self->target));

  return self->backup != NULL;
}

/**
 * tc_store_backup_new:
 * @db: connected; outlives the backup, and is not disconnected meanwhile
 * @error: TC_ERROR
 *
 * Returns: (transfer full) (nullable): a backup that has copied nothing yet
 */
TcStoreBackup *
tc_store_backup_new (TcStoreDb  *db,
                     GError    **error)
{
  g_autoptr(TcStoreBackup) self = g_new0 (TcStoreBackup, 1);
  g_autofree char *folder = dup_folder (db->path);
  g_autofree char *prefix = dup_prefix (db->path);
  g_autoptr(GDateTime) now = NULL;
  g_autofree char *stamp = NULL;

  self->db = db;
  self->started_us = tc_clock_get_realtime (db->clock);
  now = g_date_time_new_from_unix_utc (self->started_us / G_USEC_PER_SEC);
  stamp = g_date_time_format (now, STAMP_FORMAT);

  if (!tc_file_make_dir (folder, error))
    return NULL;
  self->path = g_strdup_printf ("%s/%s%s%s", folder, prefix, stamp, BACKUP_SUFFIX);
  /* One name for all: what a crash left of an earlier one is written over. */
  self->partial = g_strdup_printf ("%s/%s%s", folder, prefix, PARTIAL_SUFFIX + 1);

  return open_target (self, error) ? g_steal_pointer (&self) : NULL;
}

static void
close_target (TcStoreBackup *self)
{
  g_clear_pointer (&self->backup, sqlite3_backup_finish);
  g_clear_pointer (&self->target, sqlite3_close);
}

/* The copy is complete: is it good, and will it survive a power cut? */
static gboolean
keep_target (TcStoreBackup  *self,
             GError        **error)
{
  g_autofree char *problem = NULL;

  close_target (self);
  problem = tc_store_recovery_check_file (self->partial);
  if (problem != NULL)
    {
      /* The original would fail the same check; let the thread make it. */
      self->db->needs_check = TRUE;
      g_set_error (error, TC_ERROR, TC_ERROR_CORRUPT,
                   "The backup of “%s” is not good: %s", self->db->path, problem);
      return FALSE;
    }
  if (!tc_store_recovery_move (self->partial, self->path, error))
    return FALSE;

  g_clear_pointer (&self->partial, g_free);
  self->db->last_backup_us = self->started_us;
  tc_store_backup_thin (self->db->path, self->started_us);

  return TRUE;
}

/**
 * tc_store_backup_step:
 * @is_done: (out): whether it is complete and in place
 * @error: TC_ERROR; the backup is to be freed then
 *
 * Copies a slice. Changes made between two steps are in the copy as well.
 *
 * Returns: whether it worked
 */
gboolean
tc_store_backup_step (TcStoreBackup  *self,
                      gboolean       *is_done,
                      GError        **error)
{
  int code = sqlite3_backup_step (self->backup, PAGES_PER_STEP);

  *is_done = code == SQLITE_DONE;
  if (code == SQLITE_DONE)
    return keep_target (self, error);
  if (code == SQLITE_OK)
    return TRUE;
  if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_BUSY,
                   "Could not back up “%s”: another program uses it", self->db->path);
      return FALSE;
    }

  g_set_error (error, TC_ERROR,
               code == SQLITE_FULL ? TC_ERROR_NO_SPACE : TC_ERROR_FAILED,
               "Could not back up to “%s”: %s", self->path, sqlite3_errstr (code));

  return FALSE;
}

/**
 * tc_store_backup_free:
 *
 * Gives up what is not complete.
 */
void
tc_store_backup_free (TcStoreBackup *self)
{
  close_target (self);
  if (self->partial != NULL)
    g_unlink (self->partial);
  g_free (self->partial);
  g_free (self->path);
  g_free (self);
}

/**
 * tc_store_backup_now:
 * @error: TC_ERROR
 *
 * Makes a whole backup.
 *
 * Returns: whether there is one now
 */
gboolean
tc_store_backup_now (TcStoreDb  *db,
                     GError    **error)
{
  g_autoptr(TcStoreBackup) self = tc_store_backup_new (db, error);
  gboolean is_done = FALSE;

  while (self != NULL && !is_done)
    if (!tc_store_backup_step (self, &is_done, error))
      return FALSE;

  return is_done;
}
