/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-error.h"
#include "tc-ledger-db.h"
#include "tc-ledger-sync.h"
#include "tc-ledger-thread.h"

/* More would make the first of them wait too long for its answer. */
#define MAX_JOBS_PER_BATCH 256

/* What must get in and could not, for a full disk say, is tried again so often. */
#define RETRY_US (G_USEC_PER_SEC / 2)

/* A disk that damages what is written to it again and again cannot be helped. */
#define MAX_RECOVERIES 3

struct _TcLedgerThread
{
  GThread      *thread;     /* (owned) */
  GMainContext *context;    /* (owned) where answers are given */
  TcLedgerSync *sync;       /* (owned) (nullable) */

  GMutex        mutex;
  GCond         cond;
  GQueue        jobs;       /* (owned) (mutex mutex) TcLedgerJob, oldest first */
  gboolean      is_closing; /* (mutex mutex) */

  /* The thread's own. */
  TcStoreDb    *db;         /* (owned) */
  GQueue        late;       /* (owned) TcLedgerJob that must get in and could not yet */
  gint64        retry_us;   /* monotonic; when to try them again */
  GError       *late_error; /* (owned) (nullable) why not */
  int           n_pages;    /* of the log */
  guint         n_recoveries;
};

static gboolean
is_retried (TcLedgerJob *job)
{
  return (job->operation->flags & TC_LEDGER_RETRIED) != 0;
}

/* Waits for work. Returns FALSE when this is the last of it. */
static gboolean
take_batch (TcLedgerThread *self,
            GPtrArray      *batch)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  gboolean is_time = FALSE;

  while (g_queue_is_empty (&self->jobs) && !self->is_closing && !is_time)
    {
      if (g_queue_is_empty (&self->late))
        g_cond_wait (&self->cond, &self->mutex);
      else
        is_time = !g_cond_wait_until (&self->cond, &self->mutex, self->retry_us);
    }
  if (g_get_monotonic_time () >= self->retry_us || self->is_closing)
    while (!g_queue_is_empty (&self->late))
      g_ptr_array_add (batch, g_queue_pop_head (&self->late));
  while (!g_queue_is_empty (&self->jobs) && batch->len < MAX_JOBS_PER_BATCH)
    {
      TcLedgerJob *job = g_queue_pop_head (&self->jobs);

      /* What came later is written later. */
      if (is_retried (job) && !g_queue_is_empty (&self->late))
        g_queue_push_tail (&self->late, job);
      else
        g_ptr_array_add (batch, job);
    }

  return !self->is_closing || !g_queue_is_empty (&self->jobs);
}

static gboolean
run_job (TcLedgerJob *job,
         TcStoreDb   *db)
{
  g_clear_error (&job->error);

  return job->operation->run == NULL || job->operation->run (db, job->data, &job->error);
}

static void
roll_back (TcStoreDb *db)
{
  if (db->handle != NULL && !sqlite3_get_autocommit (db->handle))
    tc_store_db_exec (db, "ROLLBACK", NULL);
}

/* Returns FALSE if nothing of it is in the database. */
static gboolean
run_together (TcLedgerThread *self,
              GPtrArray      *batch)
{
  if (self->db->handle == NULL || !tc_store_db_exec (self->db, "BEGIN IMMEDIATE", NULL))
    return FALSE;
  for (guint i = 0; i < batch->len; i++)
    {
      if (!run_job (batch->pdata[i], self->db))
        {
          roll_back (self->db);
          return FALSE;
        }
    }
  if (tc_store_db_exec (self->db, "COMMIT", NULL))
    return TRUE;
  roll_back (self->db);

  return FALSE;
}

static gboolean
run_once (TcLedgerThread *self,
          TcLedgerJob    *job)
{
  if (job->operation->run == NULL)
    return TRUE;
  if (self->db->handle == NULL)
    {
      g_set_error_literal (&job->error, TC_ERROR, TC_ERROR_CORRUPT, "The book of money cannot be opened");
      return FALSE;
    }
  if (!tc_store_db_exec (self->db, "BEGIN IMMEDIATE", &job->error))
    return FALSE;
  if (run_job (job, self->db) && tc_store_db_exec (self->db, "COMMIT", &job->error))
    return TRUE;
  roll_back (self->db);

  return FALSE;
}

static int
on_commit (void       *data,
           sqlite3    *handle,
           const char *schema,
           int         n_pages)
{
  TcLedgerThread *self = data;

  self->n_pages = n_pages;

  return SQLITE_OK;
}

/* Opens the database anew, which sets a damaged one aside. What the main thread
 * has in memory is not touched: it knows better. Calls that are under way are
 * unsettled in the new one until they end. */
static gboolean
recover (TcLedgerThread  *self,
         TcLedgerJob     *job,
         GError         **error)
{
  g_autoptr (TcLedgerBook) book = tc_ledger_book_new ();
  TcStoreDb *second;

  self->n_recoveries++;
  g_clear_pointer (&self->sync, tc_ledger_sync_stop);
  if (self->db->handle != NULL)
    tc_store_db_keep_wal (self->db, TRUE);
  tc_store_db_disconnect (self->db);
  if (!tc_ledger_db_open (self->db, book, &job->message, error))
    return FALSE;
  sqlite3_wal_hook (self->db->handle, on_commit, self);
  second = tc_ledger_db_open_second (self->db, error);
  if (second == NULL)
    return FALSE;
  self->sync = tc_ledger_sync_new (second, self->context);

  return TRUE;
}

static gboolean
run_alone (TcLedgerThread *self,
           TcLedgerJob    *job)
{
  if (run_once (self, job))
    return TRUE;
  if (!g_error_matches (job->error, TC_ERROR, TC_ERROR_CORRUPT) || self->n_recoveries >= MAX_RECOVERIES)
    return FALSE;
  g_clear_error (&job->error);
  if (recover (self, job, &job->error))
    return run_once (self, job);

  return FALSE;
}

/* A job that the database refuses will be refused for ever. */
static gboolean
is_hopeless (TcLedgerJob *job)
{
  return g_error_matches (job->error, TC_ERROR, TC_ERROR_INVALID);
}

static void
put_off (TcLedgerThread *self,
         TcLedgerJob    *job)
{
  if (self->late_error == NULL)
    g_message ("%s; what calls have cost is kept in memory until it works", job->error->message);
  g_clear_error (&self->late_error);
  self->late_error = g_steal_pointer (&job->error);
  self->retry_us = g_get_monotonic_time () + RETRY_US;
  g_queue_push_tail (&self->late, job);
}

/* Each by itself, to find out which of them it was. */
static void
run_each (TcLedgerThread *self,
          GPtrArray      *batch,
          GPtrArray      *done)
{
  for (guint i = 0; i < batch->len; i++)
    {
      TcLedgerJob *job = batch->pdata[i];

      g_clear_error (&job->error);
      if (is_retried (job) && !g_queue_is_empty (&self->late))
        g_queue_push_tail (&self->late, job);
      else if (!run_alone (self, job) && is_retried (job) && !is_hopeless (job))
        put_off (self, job);
      else
        g_ptr_array_add (done, job);
    }
}

/* A barrier is for all that came before it. */
static void
check_barriers (TcLedgerThread *self,
                GPtrArray      *done)
{
  if (g_queue_is_empty (&self->late))
    {
      g_clear_error (&self->late_error);
      return;
    }
  for (guint i = 0; i < done->len; i++)
    {
      TcLedgerJob *job = done->pdata[i];

      if ((job->operation->flags & TC_LEDGER_BARRIER) != 0 && self->late_error != NULL)
        g_set_error (&job->error, self->late_error->domain, self->late_error->code, "%s",
                     self->late_error->message);
    }
}

/* Answers what is done: at once, or when it is on the disk. */
static void
hand_out (TcLedgerThread *self,
          GPtrArray      *done)
{
  GPtrArray *now = tc_ledger_jobs_new ();
  GPtrArray *synced = tc_ledger_jobs_new ();

  for (guint i = 0; i < done->len; i++)
    {
      TcLedgerJob *job = done->pdata[i];
      gboolean waits = (job->operation->flags & TC_LEDGER_SYNCED) != 0 && job->error == NULL;

      if (waits && self->sync == NULL)
        g_set_error_literal (&job->error, TC_ERROR, TC_ERROR_CORRUPT, "The book of money cannot be opened");
      if (job->error != NULL && job->task == NULL)
        g_message ("%s", job->error->message);
      g_ptr_array_add (waits ? synced : now, job);
    }
  tc_ledger_jobs_deliver (now, self->context);
  if (self->sync != NULL)
    tc_ledger_sync_want (self->sync, (guint) self->n_pages, synced);
  else
    tc_ledger_jobs_deliver (synced, self->context);
}

static void
run_batch (TcLedgerThread *self,
           GPtrArray      *batch)
{
  g_autoptr (GPtrArray) done = g_ptr_array_new ();

  if (run_together (self, batch))
    g_ptr_array_extend (done, batch, NULL, NULL);
  else
    run_each (self, batch, done);
  check_barriers (self, done);
  hand_out (self, done);
}

/* What could not be written costs all that was held for it, which the next
 * engine sees: nothing is forgotten, but too much may be counted. */
static void
give_up_late (TcLedgerThread *self)
{
  GPtrArray *lost;

  if (g_queue_is_empty (&self->late))
    return;
  g_message ("%u notes of what calls have cost could not be written: %s", self->late.length,
             self->late_error != NULL ? self->late_error->message : "the disk does not take them");
  lost = tc_ledger_jobs_new ();
  while (!g_queue_is_empty (&self->late))
    g_ptr_array_add (lost, g_queue_pop_head (&self->late));
  tc_ledger_jobs_deliver (lost, self->context);
}

static gpointer
run_thread (gpointer data)
{
  TcLedgerThread *self = data;
  gboolean is_running = TRUE;

  sqlite3_wal_hook (self->db->handle, on_commit, self);
  while (is_running)
    {
      g_autoptr (GPtrArray) batch = g_ptr_array_new ();

      is_running = take_batch (self, batch);
      if (batch->len > 0)
        run_batch (self, batch);
    }
  give_up_late (self);
  g_clear_pointer (&self->sync, tc_ledger_sync_stop);
  if (self->db->handle != NULL)
    tc_ledger_db_close (self->db);

  return NULL;
}

static void
thread_free (TcLedgerThread *self)
{
  g_clear_error (&self->late_error);
  tc_store_db_free (self->db);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self);
}

/**
 * tc_ledger_thread_new:
 * @book: what was in the database is added to it
 * @message: (out) (nullable): what was recovered, for people
 * @error: TC_ERROR
 *
 * Opens the database, which blocks, and starts the thread.
 *
 * Returns: (transfer full) (nullable): the thread
 */
TcLedgerThread *
tc_ledger_thread_new (const char    *path,
                      TcClock       *clock,
                      TcLedgerBook  *book,
                      char         **message,
                      GError       **error)
{
  TcLedgerThread *self = g_new0 (TcLedgerThread, 1);
  TcStoreDb *second;

  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  g_queue_init (&self->jobs);
  g_queue_init (&self->late);
  self->context = g_main_context_ref_thread_default ();
  self->db = tc_store_db_new (path, clock);
  if (!tc_ledger_db_open (self->db, book, message, error))
    {
      thread_free (self);
      return NULL;
    }
  second = tc_ledger_db_open_second (self->db, error);
  if (second == NULL)
    {
      tc_ledger_db_close (self->db);
      thread_free (self);
      return NULL;
    }
  self->sync = tc_ledger_sync_new (second, self->context);
  self->thread = g_thread_new ("tc-ledger", run_thread, self);

  return self;
}

/**
 * tc_ledger_thread_push:
 * @job: (transfer full): what to do
 */
void
tc_ledger_thread_push (TcLedgerThread *self,
                       TcLedgerJob    *job)
{
  g_mutex_lock (&self->mutex);
  g_queue_push_tail (&self->jobs, job);
  g_mutex_unlock (&self->mutex);
  /* Behind the lock: who wakes up to it held goes to sleep again. */
  g_cond_signal (&self->cond);
}

/**
 * tc_ledger_thread_stop:
 * @self: (transfer full): the thread
 *
 * Waits until all jobs are done and on the disk, and the database is closed.
 */
void
tc_ledger_thread_stop (TcLedgerThread *self)
{
  tc_store_db_set_closing (self->db);
  g_mutex_lock (&self->mutex);
  self->is_closing = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
  g_thread_join (self->thread);
  thread_free (self);
}
