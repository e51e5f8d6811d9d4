/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-ledger-private.h"

/**
 * tc_ledger_job_new:
 * @operation: a static description
 * @data: (transfer full): its argument
 * @task: (transfer full) (nullable): what to answer
 *
 * Returns: (transfer full): a job
 */
TcLedgerJob *
tc_ledger_job_new (const TcLedgerOperation *operation,
                   TcLedger                *ledger,
                   gpointer                 data,
                   GTask                   *task)
{
  TcLedgerJob *self = g_new0 (TcLedgerJob, 1);

  self->operation = operation;
  self->ledger = g_object_ref (ledger);
  self->data = data;
  self->task = task;

  return self;
}

/**
 * tc_ledger_job_free:
 *
 * On the main thread: it may hold the last reference to what belongs there.
 */
void
tc_ledger_job_free (gpointer data)
{
  TcLedgerJob *self = data;

  if (self->data != NULL && self->operation->free_data != NULL)
    self->operation->free_data (self->data);
  g_clear_error (&self->error);
  g_free (self->message);
  g_clear_object (&self->task);
  g_object_unref (self->ledger);
  g_free (self);
}

/**
 * tc_ledger_jobs_new:
 *
 * Returns: (transfer full) (element-type TcLedgerJob): owns what is put into it
 */
GPtrArray *
tc_ledger_jobs_new (void)
{
  return g_ptr_array_new_with_free_func (tc_ledger_job_free);
}

static void
answer (TcLedgerJob *job)
{
  /* First: whoever is answered may ask whether something happened. */
  if (job->message != NULL)
    tc_ledger_tell_recovery (job->ledger, job->message);

  if (job->operation->answer != NULL)
    job->operation->answer (job);
  else if (job->task != NULL && job->error != NULL)
    g_task_return_error (job->task, g_steal_pointer (&job->error));
  else if (job->task != NULL)
    g_task_return_boolean (job->task, TRUE);
}

static gboolean
on_delivery (gpointer data)
{
  GPtrArray *jobs = data;

  for (guint i = 0; i < jobs->len; i++)
    answer (jobs->pdata[i]);

  return G_SOURCE_REMOVE;
}

/**
 * tc_ledger_jobs_deliver:
 * @jobs: (transfer full) (element-type TcLedgerJob): what is done
 * @context: of the main thread
 *
 * Has the answers given there.
 */
void
tc_ledger_jobs_deliver (GPtrArray    *jobs,
                        GMainContext *context)
{
  g_autoptr (GSource) source = NULL;

  if (jobs->len == 0)
    {
      g_ptr_array_unref (jobs);
      return;
    }

  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "[tc] ledger answers");
  g_source_set_callback (source, on_delivery, jobs, (GDestroyNotify) g_ptr_array_unref);
  g_source_attach (source, context);
}
