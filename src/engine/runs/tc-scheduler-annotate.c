/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What the owner of a session writes about it, and what it may spend: nothing of
 * its run has to be started anew for that, so it can be done in any state. */

#include "config.h"

#include "tc-error.h"
#include "tc-scheduler-private.h"

static void
on_saved (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;

  if (tc_store_save_sessions_finish (TC_STORE (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * tc_scheduler_annotate_async:
 * @tags: (nullable): what tc_session_parse_tags() gave; %NULL: as they are
 * @note: (nullable): "" takes it away; %NULL: as it is
 *
 * Done when it is on the disk.
 */
void
tc_scheduler_annotate_async (TcScheduler         *self,
                             guint64              id,
                             const char * const  *tags,
                             const char          *note,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autoptr(GPtrArray) sessions = g_ptr_array_new ();
  TcSession *session;

  g_return_if_fail (TC_IS_SCHEDULER (self));

  g_task_set_source_tag (task, tc_scheduler_annotate_async);
  session = tc_queue_lookup (self->queue, id);
  if (session == NULL)
    {
      g_task_return_new_error (task, TC_ERROR, TC_ERROR_NOT_FOUND,
                               "There is no session %" G_GUINT64_FORMAT, id);
      return;
    }
  if (tags != NULL)
    tc_session_set_tags (session, tags);
  if (note != NULL)
    tc_session_set_note (session, note);
  g_ptr_array_add (sessions, session);
  tc_store_save_sessions_async (self->store, sessions, NULL, on_saved, g_steal_pointer (&task));
}

/**
 * tc_scheduler_annotate_finish:
 * @error: TC_ERROR
 *
 * Returns: whether it is kept
 */
gboolean
tc_scheduler_annotate_finish (TcScheduler   *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, tc_scheduler_annotate_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * tc_scheduler_set_budget_async:
 * @budget: micro-dollars; TC_BUDGET_NONE: without one
 *
 * What the session may spend in all its runs. It binds the next call of a run
 * that is on; done when it is on the disk.
 */
void
tc_scheduler_set_budget_async (TcScheduler         *self,
                               guint64              id,
                               gint64               budget,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autoptr(GPtrArray) sessions = g_ptr_array_new ();
  TcSession *session;

  g_return_if_fail (TC_IS_SCHEDULER (self));

  g_task_set_source_tag (task, tc_scheduler_set_budget_async);
  session = tc_queue_lookup (self->queue, id);
  if (session == NULL)
    {
      g_task_return_new_error (task, TC_ERROR, TC_ERROR_NOT_FOUND,
                               "There is no session %" G_GUINT64_FORMAT, id);
      return;
    }
  tc_session_set_budget (session, budget);
  g_ptr_array_add (sessions, session);
  tc_store_save_sessions_async (self->store, sessions, NULL, on_saved, g_steal_pointer (&task));
}

/**
 * tc_scheduler_set_budget_finish:
 * @error: TC_ERROR
 *
 * Returns: whether it is kept
 */
gboolean
tc_scheduler_set_budget_finish (TcScheduler   *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (TC_IS_SCHEDULER (self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, tc_scheduler_set_budget_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
