/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-error.h"
#include "tc-store-backup.h"
#include "tc-store-open.h"
#include "tc-store-thread.h"

/* More would make the first of them wait too long for its answer. */
#define MAX_JOBS_PER_BATCH 256

struct _TcStoreThread {
  GThread              *thread;     /* (owned) */
  GMainContext         *context;    /* (owned) where answers are given */
  TcStoreRecoveredFunc  recovered;  /* called in context */
  gpointer              user_data;

  GMutex                mutex;
  GCond                 cond;
  GQueue                jobs;       /* (owned) (mutex mutex) TcStoreJob, oldest first */
  gboolean              is_closing; /* (mutex mutex) */
  gboolean              is_opened;  /* (mutex mutex) whether open_error is final */
  GError               *open_error; /* (owned) (nullable) (mutex mutex) */
  char                 *open_message; /* (owned) (nullable) (mutex mutex) */

  TcStoreDb            *db;         /* (owned) the thread's */
};

/* What travels back to the main context. */
typedef struct {
  TcStoreThread *thread;   /* (owned) for its callback */
  GPtrArray     *jobs;     /* (owned) (element-type TcStoreJob) */
  char          *message;  /* (owned) (nullable) */
} Delivery;

static void
thread_clear (gpointer data)
{
  TcStoreThread *self = data;

  g_assert (self->thread == NULL);
  g_assert (g_queue_is_empty (&self->jobs));

  g_clear_pointer (&self->db, tc_store_db_free);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_error (&self->open_error);
  g_clear_pointer (&self->open_message, g_free);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
}

static void
delivery_free (gpointer data)
{
  Delivery *self = data;

  g_ptr_array_unref (self->jobs);
  g_free (self->message);
  g_atomic_rc_box_release_full (self->thread, thread_clear);
  g_free (self);
}

static gboolean
on_delivery (gpointer data)
{
  Delivery *self = data;

  /* First: whoever is answered may ask whether something happened. Nobody is
   * told once the store is closed. */
  if (self->message != NULL && self->thread->recovered != NULL)
    self->thread->recovered (self->message, self->thread->user_data);
  for (guint i = 0; i < self->jobs->len; i++)
    tc_store_job_answer (self->jobs->pdata[i]);

  return G_SOURCE_REMOVE;
}

/* Takes the jobs: they hold the last references to objects of the main
 * context, and must not be freed here. */
static void
deliver (TcStoreThread *self,
         GPtrArray     *jobs)
{
  g_autoptr(GSource) source = NULL;
  Delivery *delivery;

  if (jobs->len == 0 && self->db->recovery_message == NULL)
    {
      g_ptr_array_unref (jobs);
      return;
    }

  delivery = g_new0 (Delivery, 1);
  delivery->thread = g_atomic_rc_box_acquire (self);
  delivery->jobs = jobs;
  delivery->message = g_steal_pointer (&self->db->recovery_message);

  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "[tc] store answers");
  g_source_set_callback (source, on_delivery, delivery, delivery_free);
  g_source_attach (source, self->context);
}

/* The next job, and if it writes, the writes that wait behind it. Returns
 * FALSE when the thread shall end. */
static gboolean
take_batch (TcStoreThread *self,
            GPtrArray     *batch)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  gboolean is_write = FALSE;

  while (g_queue_is_empty (&self->jobs) && !self->is_closing && self->db->backup == NULL)
    g_cond_wait (&self->cond, &self->mutex);

  while (!g_queue_is_empty (&self->jobs) && batch->len < MAX_JOBS_PER_BATCH)
    {
      TcStoreJob *next = g_queue_peek_head (&self->jobs);

      if (batch->len > 0 && !(is_write && next->operation->is_write))
        break;
      is_write = next->operation->is_write;
      g_ptr_array_add (batch, g_queue_pop_head (&self->jobs));
    }

  return batch->len > 0 || !self->is_closing;
}

/* A full disk gets no better by trying: the next one is due in a day. */
static void
give_up_backup (TcStoreThread *self,
                GError        *error)
{
  g_clear_pointer (&self->db->backup, tc_store_backup_free);
  if (!g_error_matches (error, TC_ERROR, TC_ERROR_BUSY))
    self->db->last_backup_us = tc_clock_get_realtime (self->db->clock);
  g_message ("%s", error->message);
}

static void
start_backup (TcStoreThread *self)
{
  TcStoreDb *db = self->db;
  g_autoptr(GError) error = NULL;

  if (db->backup != NULL || db->handle == NULL || db->needs_check || !tc_store_backup_is_due (db))
    return;

  db->backup = tc_store_backup_new (db, &error);
  if (db->backup == NULL)
    give_up_backup (self, error);
}

static void
continue_backup (TcStoreThread *self)
{
  g_autoptr(GError) error = NULL;
  gboolean is_done = FALSE;

  if (self->db->backup == NULL)
    return;

  if (!tc_store_backup_step (self->db->backup, &is_done, &error))
    give_up_backup (self, error);
  else if (is_done)
    g_clear_pointer (&self->db->backup, tc_store_backup_free);
}

/* The database was not closed in an orderly way, or its copy is not good. A
 * restored one is checked as well, so there may be two rounds. */
static void
check (TcStoreThread *self)
{
  TcStoreDb *db = self->db;

  while (db->handle != NULL && db->needs_check)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *problem = NULL;

      if (tc_store_db_check (db, &error))
        return;
      problem = g_strdup (error->message);
      if (!g_error_matches (error, TC_ERROR, TC_ERROR_CORRUPT))
        {
          /* The disk fails, which is no reason to give the database up. The
           * mark stays, and with it the check at the next start. */
          tc_store_db_keep_wal (db, FALSE);
          g_message ("%s", problem);
          return;
        }
      g_clear_error (&error);
      if (!tc_store_db_recover (db, problem, &error))
        g_message ("%s", error->message);
    }
}

static gboolean
open_database (TcStoreThread *self)
{
  g_autoptr(GError) error = NULL;
  gboolean is_open = tc_store_db_open (self->db, &error);
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  self->open_error = g_steal_pointer (&error);
  self->open_message = g_steal_pointer (&self->db->recovery_message);
  self->is_opened = TRUE;
  g_cond_broadcast (&self->cond);

  return is_open;
}

static gpointer
run_thread (gpointer data)
{
  TcStoreThread *self = data;
  gboolean is_running = open_database (self);

  if (is_running)
    check (self);

  while (is_running)
    {
      GPtrArray *batch = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_store_job_free);
      gboolean had_check = self->db->needs_check;

      start_backup (self);
      is_running = take_batch (self, batch);
      tc_store_batch_run (batch, self->db);
      deliver (self, batch);
      continue_backup (self);
      if (!had_check)
        check (self);
    }
  tc_store_db_close (self->db);

  return NULL;
}

/**
 * tc_store_thread_new:
 * @db: (transfer full): not connected yet
 * @recovered: called when a damaged database was replaced later on
 * @message: (out) (nullable): what was recovered at once, for people
 * @error: of tc_store_db_open()
 *
 * Starts the thread and waits until it has opened the database.
 *
 * Returns: (transfer full) (nullable): the thread
 */
TcStoreThread *
tc_store_thread_new (TcStoreDb             *db,
                     TcStoreRecoveredFunc   recovered,
                     gpointer               user_data,
                     char                 **message,
                     GError               **error)
{
  TcStoreThread *self = g_atomic_rc_box_new0 (TcStoreThread);
  GError *open_error = NULL;

  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  g_queue_init (&self->jobs);
  self->context = g_main_context_ref_thread_default ();
  self->recovered = recovered;
  self->user_data = user_data;
  self->db = db;
  self->thread = g_thread_new ("tc-store", run_thread, self);

  g_mutex_lock (&self->mutex);
  while (!self->is_opened)
    g_cond_wait (&self->cond, &self->mutex);
  open_error = g_steal_pointer (&self->open_error);
  *message = g_steal_pointer (&self->open_message);
  g_mutex_unlock (&self->mutex);

  if (open_error == NULL)
    return self;

  g_clear_pointer (message, g_free);
  g_propagate_error (error, open_error);
  tc_store_thread_stop (self);

  return NULL;
}

/**
 * tc_store_thread_push:
 * @operation: a static description of what to do
 * @data: (transfer full): what to do it with
 * @task: (transfer full): answered in the main context
 */
void
tc_store_thread_push (TcStoreThread          *self,
                      const TcStoreOperation *operation,
                      gpointer                data,
                      GTask                  *task)
{
  TcStoreJob *job = tc_store_job_new (operation, data, task);

  g_mutex_lock (&self->mutex);
  g_assert (!self->is_closing);
  g_queue_push_tail (&self->jobs, job);
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
}

/**
 * tc_store_thread_stop:
 * @self: (transfer full): the thread
 *
 * Waits until all jobs are done and the database is closed. The answers that
 * were not given yet are given when the main context runs again.
 */
void
tc_store_thread_stop (TcStoreThread *self)
{
  tc_store_db_set_closing (self->db);

  g_mutex_lock (&self->mutex);
  self->is_closing = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);

  g_clear_pointer (&self->thread, g_thread_join);
  self->recovered = NULL;
  g_atomic_rc_box_release_full (self, thread_clear);
}
