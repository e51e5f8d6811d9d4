/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* A copy of the ledger a day, in backups/ beside it. Made on a connection of
 * its own in a thread of its own: neither calls nor the disk of the log wait. */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "tc-error.h"
#include "tc-file.h"
#include "tc-ledger-db.h"
#include "tc-ledger-private.h"
#include "tc-store-backup.h"
#include "tc-store-recovery.h"

#define DAY_US (24 * 60 * 60 * (gint64) G_USEC_PER_SEC)

/* The same names as the store's, so that its functions list and thin them. */
static char *
dup_path (TcStoreDb  *db,
          const char *folder)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (tc_clock_get_realtime (db->clock) / G_USEC_PER_SEC);
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%dT%H%M%SZ");
  g_autofree char *name = g_path_get_basename (db->path);

  if (g_str_has_suffix (name, ".db"))
    name[strlen (name) - strlen (".db")] = '\0';

  return g_strdup_printf ("%s/%s-%s.db", folder, name, stamp);
}

static gboolean
copy_to (TcStoreDb   *db,
         const char  *partial,
         GError     **error)
{
  sqlite3_stmt *statement = tc_store_db_prepare (db, "VACUUM INTO ?1", error);

  if (statement == NULL)
    return FALSE;
  tc_store_db_bind_text (statement, 1, partial);

  return tc_store_db_finish (db, statement, error);
}

static int
on_progress (void *data)
{
  TcStoreDb *db = data;

  return g_atomic_int_get (&db->is_closing);
}

static gboolean
make_backup (TcStoreDb  *db,
             GError    **error)
{
  g_autofree char *parent = g_path_get_dirname (db->path);
  g_autofree char *folder = g_build_filename (parent, "backups", NULL);
  g_autofree char *path = dup_path (db, folder);
  g_autofree char *partial = g_build_filename (folder, "ledger.partial", NULL);

  if (!tc_file_make_dir (folder, error))
    return FALSE;
  /* What a crash left of an earlier one. */
  g_unlink (partial);
  if (!tc_store_db_connect (db, error))
    return FALSE;
  sqlite3_progress_handler (db->handle, 10000, on_progress, db);
  if (!copy_to (db, partial, error))
    return FALSE;
  g_chmod (partial, 0600);
  if (!tc_ledger_db_is_whole (partial))
    {
      g_set_error (error, TC_ERROR, TC_ERROR_CORRUPT, "The copy of “%s” is not whole", db->path);
      return FALSE;
    }
  if (!tc_store_recovery_move (partial, path, error))
    return FALSE;
  tc_store_backup_thin (db->path, tc_clock_get_realtime (db->clock));

  return TRUE;
}

static gpointer
run_backup (gpointer data)
{
  TcStoreDb *db = data;
  g_autoptr (GError) error = NULL;

  if (!make_backup (db, &error) && !g_atomic_int_get (&db->is_closing))
    g_message ("The book of money was not backed up: %s", error->message);
  tc_store_db_disconnect (db);

  return NULL;
}

static gboolean
is_due (TcLedger *self)
{
  gint64 now_us = tc_clock_get_realtime (self->clock);

  if (self->last_backup_us == 0)
    {
      g_autoptr (TcStoreDb) db = tc_store_db_new (self->path, self->clock);

      tc_store_backup_is_due (db);
      self->last_backup_us = db->last_backup_us;
    }

  /* A date in the future is a clock that was wrong once. */
  return ABS (now_us - self->last_backup_us) >= DAY_US;
}

/**
 * tc_ledger_stop_backup:
 *
 * Ends a backup that is being made; the next one is due as if there had been
 * none.
 */
void
tc_ledger_stop_backup (TcLedger *self)
{
  if (self->backup_thread == NULL)
    return;
  tc_store_db_set_closing (self->backup_db);
  g_clear_pointer (&self->backup_thread, g_thread_join);
  g_clear_pointer (&self->backup_db, tc_store_db_free);
}

/**
 * tc_ledger_back_up:
 *
 * Starts a backup if the last one is a day old and there is anything to keep.
 * Nobody waits for it.
 */
void
tc_ledger_back_up (TcLedger *self)
{
  if (self->thread == NULL || self->book->next_id == 1 || !is_due (self))
    return;
  self->last_backup_us = tc_clock_get_realtime (self->clock);
  /* That of yesterday. */
  tc_ledger_stop_backup (self);
  self->backup_db = tc_store_db_new (self->path, self->clock);
  self->backup_thread = g_thread_new ("tc-ledger-copy", run_backup, self->backup_db);
}
