/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-error.h"
#include "tc-store-batch.h"
#include "tc-store-open.h"

/**
 * tc_store_job_new:
 * @operation: a static description
 * @data: (transfer full): its argument
 * @task: (transfer full): what to answer
 *
 * Returns: (transfer full): a job
 */
TcStoreJob *
tc_store_job_new (const TcStoreOperation *operation,
                  gpointer                data,
                  GTask                  *task)
{
  TcStoreJob *self = g_new0 (TcStoreJob, 1);

  self->operation = operation;
  self->data = data;
  self->task = task;

  return self;
}

static void
reset (TcStoreJob *self)
{
  if (self->operation->free_result != NULL)
    g_clear_pointer (&self->result, self->operation->free_result);
  g_clear_error (&self->error);
}

/**
 * tc_store_job_free:
 *
 * In the main context, unless it was never run.
 */
void
tc_store_job_free (TcStoreJob *self)
{
  reset (self);
  if (self->operation->free_data != NULL)
    g_clear_pointer (&self->data, self->operation->free_data);
  g_clear_object (&self->task);
  g_free (self);
}

/**
 * tc_store_job_answer:
 *
 * Gives the result to whoever asked. In the main context.
 */
void
tc_store_job_answer (TcStoreJob *self)
{
  if (self->error != NULL)
    g_task_return_error (self->task, g_steal_pointer (&self->error));
  else if (self->operation->free_result == NULL)
    g_task_return_boolean (self->task, TRUE);
  else
    g_task_return_pointer (self->task, g_steal_pointer (&self->result),
                           self->operation->free_result);
}

static gboolean
run_job (TcStoreJob *self,
         TcStoreDb  *db)
{
  reset (self);
  if (g_cancellable_set_error_if_cancelled (g_task_get_cancellable (self->task), &self->error))
    return FALSE;

  return self->operation->run (db, self->data, &self->result, &self->error);
}

static gboolean
may_wait (TcStoreDb    *db,
          const GError *error)
{
  return g_error_matches (error, TC_ERROR, TC_ERROR_BUSY) &&
         !g_atomic_int_get (&db->is_closing);
}

/* However long another program holds the database: the callers do not wait in
 * here, and their writes must not get lost. */
static gboolean
exec_patiently (TcStoreDb   *db,
                const char  *sql,
                GError     **error)
{
  g_autoptr(GError) local_error = NULL;

  while (!tc_store_db_exec (db, sql, &local_error))
    {
      if (!may_wait (db, local_error))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      g_clear_error (&local_error);
    }

  return TRUE;
}

/* What was learnt of tables that are as before again is wrong. */
static void
roll_back (TcStoreDb  *db,
           const char *sql)
{
  g_clear_pointer (&db->sessions, g_hash_table_unref);
  if (!sqlite3_get_autocommit (db->handle))
    tc_store_db_exec (db, sql, NULL);
}

/* Returns FALSE when the whole transaction is of no use: SQLite gives it up by
 * itself when the disk is full, for example; or the database is damaged. */
static gboolean
run_in_savepoint (TcStoreJob *job,
                  TcStoreDb  *db)
{
  if (!tc_store_db_exec (db, "SAVEPOINT job", &job->error))
    return FALSE;
  if (!run_job (job, db))
    roll_back (db, "ROLLBACK TO job");
  if (g_error_matches (job->error, TC_ERROR, TC_ERROR_CORRUPT))
    return FALSE;

  return !sqlite3_get_autocommit (db->handle) && tc_store_db_exec (db, "RELEASE job", NULL);
}

/* Returns FALSE if nothing of it is in the database and each job has to be run
 * by itself to find out which of them it was. */
static gboolean
run_together (GPtrArray *jobs,
              TcStoreDb *db)
{
  if (!exec_patiently (db, "BEGIN IMMEDIATE", NULL))
    return FALSE;

  for (guint i = 0; i < jobs->len; i++)
    if (!run_in_savepoint (jobs->pdata[i], db))
      {
        roll_back (db, "ROLLBACK");
        return FALSE;
      }

  if (exec_patiently (db, "COMMIT", NULL))
    return TRUE;
  roll_back (db, "ROLLBACK");

  return FALSE;
}

static void
run_write (TcStoreJob *job,
           TcStoreDb  *db)
{
  reset (job);
  if (!exec_patiently (db, "BEGIN IMMEDIATE", &job->error))
    return;
  if (!run_job (job, db) || !exec_patiently (db, "COMMIT", &job->error))
    roll_back (db, "ROLLBACK");
}

static void
run_read (TcStoreJob *job,
          TcStoreDb  *db)
{
  do
    run_job (job, db);
  while (may_wait (db, job->error));
}

static void
run_once (TcStoreJob *job,
          TcStoreDb  *db)
{
  reset (job);
  /* A recovery that failed for want of space, say, may work by now. */
  if (db->handle == NULL && !tc_store_db_open (db, &job->error))
    return;

  if (job->operation->is_write)
    run_write (job, db);
  else
    run_read (job, db);
}

static gboolean
found_damage (TcStoreJob *job,
              TcStoreDb  *db)
{
  return db->handle != NULL && g_error_matches (job->error, TC_ERROR, TC_ERROR_CORRUPT);
}

static void
run_alone (TcStoreJob *job,
           TcStoreDb  *db)
{
  g_autoptr(GError) damage = NULL;

  run_once (job, db);
  if (!found_damage (job, db))
    return;

  reset (job);
  if (!tc_store_db_verify (db, &job->error))
    return;

  /* The check has not found it; but if it happens again, it is so. */
  run_once (job, db);
  if (!found_damage (job, db))
    return;
  damage = g_steal_pointer (&job->error);
  if (tc_store_db_recover (db, damage->message, &job->error))
    run_once (job, db);
}

/**
 * tc_store_batch_run:
 * @jobs: (element-type TcStoreJob): writes only, or a single one
 *
 * Runs the jobs; afterwards each has its result or error. When a job finds
 * the database damaged, it is replaced and the jobs are run on the new one.
 */
void
tc_store_batch_run (GPtrArray *jobs,
                    TcStoreDb *db)
{
  if (jobs->len > 1 && db->handle != NULL && run_together (jobs, db))
    return;

  for (guint i = 0; i < jobs->len; i++)
    run_alone (jobs->pdata[i], db);
}
