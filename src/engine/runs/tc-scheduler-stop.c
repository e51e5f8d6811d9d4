/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What other parts of the engine say of a session, and stopping one for a
 * reason that is not the user's wish. */

#include "config.h"

#include "tc-error.h"
#include "tc-scheduler-private.h"

/**
 * tc_scheduler_emit_record:
 * @kind: "verdict"
 * @id: of the session
 * @record: as the store gives it
 *
 * Emits ::record for something that somebody else has stored.
 */
void
tc_scheduler_emit_record (TcScheduler *self,
                          const char  *kind,
                          guint64      id,
                          JsonNode    *record)
{
  g_return_if_fail (TC_IS_SCHEDULER (self));

  g_signal_emit_by_name (self, "record", kind, id, record);
}

static void
on_stop_sent (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;

  if (!tc_run_command_finish (TC_RUN (object), result, &error))
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_reason_saved (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  TcScheduler *self = g_task_get_source_object (task);
  TcSession *session = g_task_get_task_data (task);
  TcRun *run = tc_scheduler_get_run (self, tc_session_get_id (session));
  g_autofree char *command = NULL;

  /* The stop is what counts; without its reason it is still the right thing. */
  tc_store_save_sessions_finish (TC_STORE (object), result, NULL);
  if (run == NULL)
    {
      g_task_return_new_error_literal (task, TC_ERROR, TC_ERROR_CONFLICT, "It has ended by itself");
      return;
    }
  command = g_strdup_printf ("stop rule %u", tc_session_get_config (session)->grace_seconds);
  tc_run_command_async (run, command, g_task_get_cancellable (task), on_stop_sent,
                        g_steal_pointer (&task));
}

/**
 * tc_scheduler_stop_async:
 * @id: of the session
 * @code: why, as a word: "verdict"
 * @text: why, as a sentence
 *
 * Stops a run; its session fails with that reason. The reason is the session's
 * before the stop is sent: the engine that takes in the end may be another one.
 * Fails with TC_ERROR_NOT_FOUND, or TC_ERROR_CONFLICT when the session does not
 * run or is being stopped for another reason.
 */
void
tc_scheduler_stop_async (TcScheduler         *self,
                         guint64              id,
                         const char          *code,
                         const char          *text,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr(GPtrArray) sessions = g_ptr_array_new ();
  TcSession *session;

  g_return_if_fail (TC_IS_SCHEDULER (self));

  g_task_set_source_tag (task, tc_scheduler_stop_async);
  session = tc_queue_lookup (self->queue, id);
  if (session == NULL)
    {
      g_task_return_new_error (task, TC_ERROR, TC_ERROR_NOT_FOUND,
                               "There is no session %" G_GUINT64_FORMAT, id);
      return;
    }
  if (tc_scheduler_get_run (self, id) == NULL ||
      !tc_session_state_is_active (tc_session_get_state (session)))
    {
      g_task_return_new_error_literal (task, TC_ERROR, TC_ERROR_CONFLICT, "It does not run any more");
      return;
    }
  if (tc_session_get_reason_code (session) != NULL)
    {
      g_task_return_new_error (task, TC_ERROR, TC_ERROR_CONFLICT, "It is being stopped already: %s",
                               tc_session_get_reason (session));
      return;
    }

  tc_session_set_reason (session, code, text, NULL);
  g_task_set_task_data (task, g_object_ref (session), g_object_unref);
  g_ptr_array_add (sessions, session);
  tc_store_save_sessions_async (self->store, sessions, NULL, on_reason_saved,
                                g_steal_pointer (&task));
}

/**
 * tc_scheduler_stop_finish:
 * @error: TC_ERROR
 *
 * Returns: whether the run was told to stop
 */
gboolean
tc_scheduler_stop_finish (TcScheduler   *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
