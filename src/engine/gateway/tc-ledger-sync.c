/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-error.h"
#include "tc-ledger-sync.h"

/* What is committed may be lost in a power cut for so long, and the sync itself;
 * commits of that time share it. */
#define SYNC_DELAY_MS 30

/* A disk that fails is asked again so often. */
#define RETRY_MS 1000

/* The log is moved into the database when it has so many pages. */
#define CHECKPOINT_PAGES 1000

struct _TcLedgerSync
{
  GThread      *thread;     /* (owned) */
  TcStoreDb    *db;         /* (owned) the thread's, connected */
  GMainContext *context;    /* (owned) where answers are given */

  GMutex        mutex;
  GCond         cond;
  GPtrArray    *jobs;       /* (owned) (mutex mutex) (element-type TcLedgerJob) to be answered */
  gint64        due_us;     /* (mutex mutex) monotonic; 0: nothing to sync */
  guint         n_pages;    /* (mutex mutex) of the log */
  gboolean      is_closing; /* (mutex mutex) */

  gboolean      is_suspect; /* the thread's: a sync has failed */
};

/* What there is to do at a time. */
typedef struct
{
  GPtrArray *jobs;    /* (owned) (element-type TcLedgerJob) */
  gboolean   is_full; /* the log is to be moved */
} Round;

/* The log as this connection has it open: one sync of a file is for all that
 * was written to it, by whomever. */
static gboolean
sync_log (TcStoreDb  *db,
          GError    **error)
{
  sqlite3_file *file = NULL;
  int code = sqlite3_file_control (db->handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);

  if (code == SQLITE_OK && file != NULL && file->pMethods != NULL)
    code = file->pMethods->xSync (file, SQLITE_SYNC_NORMAL);
  else
    code = SQLITE_ERROR;
  if (code == SQLITE_OK)
    return TRUE;
  g_set_error (error, TC_ERROR, TC_ERROR_FAILED, "Could not write “%s” through to the disk: %s",
               db->path, sqlite3_errstr (code));

  return FALSE;
}

/* Returns FALSE when the thread shall end. */
static gboolean
wait_for_round (TcLedgerSync *self,
                Round        *round)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  while (!self->is_closing && self->jobs->len == 0)
    {
      if (self->due_us == 0)
        g_cond_wait (&self->cond, &self->mutex);
      else if (!g_cond_wait_until (&self->cond, &self->mutex, self->due_us))
        break;
    }
  if (self->due_us == 0 && self->jobs->len == 0)
    return FALSE;

  round->jobs = g_steal_pointer (&self->jobs);
  round->is_full = self->n_pages >= CHECKPOINT_PAGES;
  self->jobs = tc_ledger_jobs_new ();
  self->due_us = 0;

  return TRUE;
}

static void
fail_round (TcLedgerSync *self,
            Round        *round,
            const GError *error)
{
  for (guint i = 0; i < round->jobs->len; i++)
    {
      TcLedgerJob *job = round->jobs->pdata[i];

      if (job->error == NULL)
        job->error = g_error_copy (error);
    }
  g_message ("%s", error->message);

  g_mutex_lock (&self->mutex);
  if (!self->is_closing)
    self->due_us = g_get_monotonic_time () + RETRY_MS * 1000;
  g_mutex_unlock (&self->mutex);
}

/* Passive: it waits for nobody and nobody waits for it. Returns whether all of
 * the log is in the database, and that on the disk. */
static gboolean
move_log (TcLedgerSync *self)
{
  int n_pages = 0, n_moved = 0;

  if (sqlite3_wal_checkpoint_v2 (self->db->handle, "main", SQLITE_CHECKPOINT_PASSIVE,
                                 &n_pages, &n_moved) != SQLITE_OK || n_pages != n_moved)
    return FALSE;
  g_mutex_lock (&self->mutex);
  self->n_pages = 0;
  g_mutex_unlock (&self->mutex);

  return TRUE;
}

/* A system tells once that it could not write, then takes what it could not
 * write for written. So after a failure the log is not believed until all of it
 * has reached the disk in another place. */
static gboolean
sync_all (TcLedgerSync  *self,
          GError       **error)
{
  gboolean was_suspect = self->is_suspect;

  self->is_suspect = TRUE;
  if (!sync_log (self->db, error))
    return FALSE;
  if (was_suspect && !move_log (self))
    {
      g_set_error (error, TC_ERROR, TC_ERROR_FAILED, "Could not write “%s” through to the disk",
                   self->db->path);
      return FALSE;
    }
  self->is_suspect = FALSE;

  return TRUE;
}

static gpointer
run_thread (gpointer data)
{
  TcLedgerSync *self = data;
  Round round;

  while (wait_for_round (self, &round))
    {
      g_autoptr (GError) error = NULL;

      if (!sync_all (self, &error))
        fail_round (self, &round, error);
      tc_ledger_jobs_deliver (round.jobs, self->context);
      if (round.is_full && error == NULL)
        move_log (self);
    }
  tc_store_db_disconnect (self->db);

  return NULL;
}

/**
 * tc_ledger_sync_new:
 * @db: (transfer full): connected, and has read from the log
 * @context: where jobs are answered
 *
 * Returns: (transfer full): a thread that waits
 */
TcLedgerSync *
tc_ledger_sync_new (TcStoreDb    *db,
                    GMainContext *context)
{
  TcLedgerSync *self = g_new0 (TcLedgerSync, 1);

  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->db = db;
  self->context = g_main_context_ref (context);
  self->jobs = tc_ledger_jobs_new ();
  self->thread = g_thread_new ("tc-ledger-sync", run_thread, self);

  return self;
}

/**
 * tc_ledger_sync_want:
 * @n_pages: that the log has now
 * @jobs: (transfer full) (element-type TcLedgerJob): to be answered when all
 *   that was committed before is on the disk; if there are any, that is done
 *   at once
 *
 * Something was committed.
 */
void
tc_ledger_sync_want (TcLedgerSync *self,
                     guint         n_pages,
                     GPtrArray    *jobs)
{
  gboolean is_news;

  g_mutex_lock (&self->mutex);
  /* A thread that sleeps until it is time need not hear that it still is. */
  is_news = self->due_us == 0 || jobs->len > 0;
  self->n_pages = n_pages;
  if (self->due_us == 0)
    self->due_us = g_get_monotonic_time () + SYNC_DELAY_MS * 1000;
  g_ptr_array_extend_and_steal (self->jobs, jobs);
  g_mutex_unlock (&self->mutex);
  if (is_news)
    g_cond_signal (&self->cond);
}

/**
 * tc_ledger_sync_stop:
 * @self: (transfer full): the thread
 *
 * Waits until everything is on the disk, or cannot get there.
 */
void
tc_ledger_sync_stop (TcLedgerSync *self)
{
  g_mutex_lock (&self->mutex);
  self->is_closing = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
  g_thread_join (self->thread);

  g_ptr_array_unref (self->jobs);
  g_main_context_unref (self->context);
  tc_store_db_free (self->db);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self);
}
