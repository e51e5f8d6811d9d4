/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What people ask of the scheduler: add sessions, and the verbs of TcVerb. */

#include "config.h"

#include "tc-check-config.h"
#include "tc-error.h"
#include "tc-python-probe.h"
#include "tc-scheduler-private.h"

/* Closer together than this, places between two sessions run out of digits. */
#define POSITION_GAP_MIN 1e-6

/* ---- Adding ---- */

static gboolean
check_after (TcScheduler      *self,
             TcSessionConfig  *config,
             GError          **error)
{
  if (config->after == 0 || tc_queue_lookup (self->queue, config->after) != NULL)
    return TRUE;

  g_set_error (error, TC_ERROR, TC_ERROR_INVALID,
               "There is no session %" G_GUINT64_FORMAT " to follow", config->after);

  return FALSE;
}

static double
get_end_position (TcScheduler *self)
{
  guint n = tc_queue_get_n (self->queue);

  return n > 0 ? tc_session_get_position (tc_queue_peek (self->queue, n - 1)) : 0;
}

/* Returns: (transfer full): sessions with new ids, behind all others */
static GPtrArray *
make_sessions (TcScheduler *self,
               GPtrArray   *configs,
               gboolean     chain)
{
  GPtrArray *sessions = g_ptr_array_new_with_free_func (g_object_unref);
  double position = get_end_position (self);
  gint64 now = tc_scheduler_now (self);

  for (guint i = 0; i < configs->len; i++)
    {
      g_autoptr(TcSessionConfig) config = tc_session_config_copy (g_ptr_array_index (configs, i));
      TcSession *session;

      if (chain && i > 0)
        config->after = self->last_id;
      session = tc_session_new (++self->last_id, config);
      tc_session_set_position (session, ++position);
      tc_session_set_created_at (session, now);
      g_ptr_array_add (sessions, session);
    }

  return sessions;
}

static void
on_added (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  TcScheduler *self = g_task_get_source_object (task);
  GPtrArray *sessions = g_task_get_task_data (task);
  GError *error = NULL;

  if (!tc_store_save_sessions_finish (TC_STORE (object), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = 0; i < sessions->len; i++)
    tc_scheduler_adopt_session (self, g_ptr_array_index (sessions, i));
  g_task_return_pointer (task, g_ptr_array_ref (sessions), (GDestroyNotify) g_ptr_array_unref);
  tc_scheduler_schedule (self);
}

/* What is to be added, while its Pythons are asked whether they are some. */
typedef struct {
  GPtrArray *configs; /* (owned) (element-type TcSessionConfig) */
  gboolean   chain;
  guint      next;    /* the first that is not known to be fine */
} Adding;

static void
adding_free (gpointer data)
{
  Adding *adding = data;

  g_ptr_array_unref (adding->configs);
  g_free (adding);
}

static void ask_pythons (GTask *task);

static void
on_python_known (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Adding *adding = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(TcPythonFacts) facts = tc_python_probe_finish (result, &error);

  if (facts == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  adding->next++;
  ask_pythons (g_steal_pointer (&task));
}

/* Each Python once, then the sessions go to the disk. Takes ownership of @task. */
static void
ask_pythons (GTask *task)
{
  TcScheduler *self = g_task_get_source_object (task);
  Adding *adding = g_task_get_task_data (task);
  const char *last = NULL;
  GPtrArray *sessions;

  for (; adding->next < adding->configs->len; adding->next++)
    {
      TcSessionConfig *config = g_ptr_array_index (adding->configs, adding->next);

      if (adding->next > 0)
        last = ((TcSessionConfig *) g_ptr_array_index (adding->configs, adding->next - 1))->python;
      if (config->python == NULL || g_strcmp0 (config->python, last) == 0)
        continue;
      tc_python_probe_async (config->python, NULL, tc_paths_get_state_dir (self->paths),
                             g_task_get_cancellable (task), on_python_known, task);
      return;
    }

  sessions = make_sessions (self, adding->configs, adding->chain);
  g_task_set_task_data (task, sessions, (GDestroyNotify) g_ptr_array_unref);
  tc_store_save_sessions_async (self->store, sessions, g_task_get_cancellable (task), on_added, task);
}

/**
 * tc_scheduler_add_async:
 * @configs: (element-type TcSessionConfig): one or more, all or none are queued
 * @chain: each follows the one before it
 */
void
tc_scheduler_add_async (TcScheduler         *self,
                        GPtrArray           *configs,
                        gboolean             chain,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  Adding *adding;
  GError *error = NULL;

  g_return_if_fail (TC_IS_SCHEDULER (self));

  g_task_set_source_tag (task, tc_scheduler_add_async);
  for (guint i = 0; i < configs->len; i++)
    {
      TcSessionConfig *config = g_ptr_array_index (configs, i);

      if (!tc_session_config_validate (config, &error) ||
          !tc_check_config (config, tc_paths_get_trainer_dir (self->paths), &error) ||
          !check_after (self, config, &error))
        {
          g_task_return_error (task, error);
          return;
        }
    }

  adding = g_new0 (Adding, 1);
  adding->configs = g_ptr_array_ref (configs);
  adding->chain = chain;
  g_task_set_task_data (task, adding, adding_free);
  ask_pythons (g_steal_pointer (&task));
}

GPtrArray *
tc_scheduler_add_finish (TcScheduler   *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- The queue's verbs ---- */

static void
on_setting_saved (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  TcScheduler *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!tc_store_set_setting_finish (TC_STORE (object), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_return_boolean (task, TRUE);
  tc_scheduler_schedule (self);
}

static void
set_paused (TcScheduler *self,
            gboolean     is_paused,
            GTask       *task)
{
  self->is_paused = is_paused;
  if (!is_paused)
    tc_scheduler_forget_waits (self);
  tc_scheduler_emit_queue_changed (self);
  tc_store_set_setting_async (self->store, "queue-paused", is_paused ? "1" : "0", NULL,
                              on_setting_saved, g_object_ref (task));
}

/* ---- A session's verbs ---- */

static void
refuse (GTask      *task,
        TcSession  *session,
        const char *what)
{
  g_task_return_new_error (task, TC_ERROR, TC_ERROR_CONFLICT,
                           "Session %" G_GUINT64_FORMAT " is %s and cannot be %s",
                           tc_session_get_id (session),
                           tc_session_state_to_string (tc_session_get_state (session)), what);
}

static void
on_command_done (GObject      *object,
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
cancel (TcScheduler *self,
        TcSession   *session,
        GTask       *task)
{
  guint64 id = tc_session_get_id (session);
  TcSessionState state = tc_session_get_state (session);
  TcRun *run = tc_scheduler_get_run (self, id);
  g_autofree char *command = NULL;

  if (state == TC_SESSION_QUEUED || state == TC_SESSION_BLOCKED ||
      tc_scheduler_cancel_opening (self, session))
    {
      tc_session_set_state (session, TC_SESSION_CANCELLED, tc_scheduler_now (self));
      tc_scheduler_save (self, session);
      g_task_return_boolean (task, TRUE);
      tc_scheduler_schedule (self);
    }
  else if (run == NULL && tc_session_state_is_active (state))
    {
      g_hash_table_add (self->cancelled, g_memdup2 (&id, sizeof id));
      g_task_return_boolean (task, TRUE);
    }
  else if (run != NULL && tc_session_state_is_active (state))
    {
      command = g_strdup_printf ("stop user %u", tc_session_get_config (session)->grace_seconds);
      tc_run_command_async (run, command, NULL, on_command_done, g_object_ref (task));
    }
  else
    refuse (task, session, "stopped");
}

static void
on_suspended (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  TcScheduler *self = g_task_get_source_object (task);
  TcRun *run = TC_RUN (object);
  TcSession *session = tc_run_get_session (run);
  gboolean suspend = GPOINTER_TO_INT (g_task_get_task_data (task));
  GError *error = NULL;

  if (!tc_run_command_finish (run, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  tc_run_set_paused (run, suspend);
  tc_session_set_state (session, suspend ? TC_SESSION_PAUSED : TC_SESSION_RUNNING,
                        tc_scheduler_now (self));
  tc_scheduler_tell (self, session, TC_SEVERITY_INFO, suspend ? "pause" : "resume",
                     suspend ? "The session was paused." : "The session goes on.");
  tc_scheduler_save (self, session);
  g_task_return_boolean (task, TRUE);
}

static void
suspend_or_resume (TcScheduler *self,
                   TcSession   *session,
                   gboolean     suspend,
                   GTask       *task)
{
  TcRun *run = tc_scheduler_get_run (self, tc_session_get_id (session));
  TcSessionState needed = suspend ? TC_SESSION_RUNNING : TC_SESSION_PAUSED;

  if (run == NULL || tc_session_get_state (session) != needed)
    {
      refuse (task, session, suspend ? "suspended" : "resumed");
      return;
    }
  g_task_set_task_data (task, GINT_TO_POINTER (suspend), NULL);
  tc_run_command_async (run, suspend ? "pause" : "resume", NULL, on_suspended,
                        g_object_ref (task));
}

static void
retry (TcScheduler *self,
       TcSession   *session,
       GTask       *task)
{
  TcSessionState state = tc_session_get_state (session);

  if (state != TC_SESSION_FAILED && state != TC_SESSION_CANCELLED && state != TC_SESSION_SKIPPED)
    {
      refuse (task, session, "retried");
      return;
    }
  tc_session_set_state (session, TC_SESSION_QUEUED, tc_scheduler_now (self));
  tc_session_set_reason (session, NULL, NULL, NULL);
  tc_scheduler_save (self, session);
  g_task_return_boolean (task, TRUE);
  tc_scheduler_schedule (self);
}

static void
remove_session (TcScheduler *self,
                TcSession   *session,
                GTask       *task)
{
  if (tc_session_state_is_active (tc_session_get_state (session)))
    refuse (task, session, "removed; cancel it first");
  else
    tc_scheduler_remove_session (self, session, task);
}

static gboolean
is_waiting (TcSession *session)
{
  TcSessionState state = tc_session_get_state (session);

  return state == TC_SESSION_QUEUED || state == TC_SESSION_BLOCKED;
}

/* Returns: the index, in the queue without @session, of place @place among
 *   those that wait */
static guint
find_index (TcScheduler *self,
            TcSession   *session,
            guint64      place)
{
  guint waiting = 0;
  guint index = 0;
  guint last = 0;

  for (guint i = 0; i < tc_queue_get_n (self->queue); i++)
    {
      TcSession *other = tc_queue_peek (self->queue, i);

      if (other == session)
        continue;
      if (is_waiting (other) && ++waiting == place)
        return index;
      index++;
      if (is_waiting (other))
        last = index;
    }

  return last;
}

static void
on_moved (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  TcScheduler *self = g_task_get_source_object (task);
  GPtrArray *moved = g_task_get_task_data (task);
  GError *error = NULL;

  if (!tc_store_save_sessions_finish (TC_STORE (object), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = 0; i < moved->len; i++)
    tc_scheduler_emit_changed (self, g_ptr_array_index (moved, i));
  tc_scheduler_emit_queue_changed (self);
  g_task_return_boolean (task, TRUE);
  tc_scheduler_schedule (self);
}

/* After many moves to one spot all places are numbered anew. */
static gboolean
number_anew (TcScheduler *self,
             guint        index)
{
  TcSession *moved = tc_queue_peek (self->queue, index);
  TcSession *before = index > 0 ? tc_queue_peek (self->queue, index - 1) : NULL;

  if (before == NULL ||
      tc_session_get_position (moved) - tc_session_get_position (before) > POSITION_GAP_MIN)
    return FALSE;
  for (guint i = 0; i < tc_queue_get_n (self->queue); i++)
    tc_session_set_position (tc_queue_peek (self->queue, i), i + 1);

  return TRUE;
}

static void
move (TcScheduler *self,
      TcSession   *session,
      const char  *argument,
      GTask       *task)
{
  GPtrArray *changed;
  guint64 place;
  guint index;

  if (!is_waiting (session))
    {
      refuse (task, session, "moved");
      return;
    }
  if (argument == NULL ||
      !g_ascii_string_to_unsigned (argument, 10, 1, G_MAXINT32, &place, NULL))
    {
      g_task_return_new_error_literal (task, TC_ERROR, TC_ERROR_INVALID,
                                       "The place must be a number from 1");
      return;
    }
  index = find_index (self, session, place);
  tc_queue_move (self->queue, session, index);
  changed = g_ptr_array_new_with_free_func (g_object_unref);
  g_task_set_task_data (task, changed, (GDestroyNotify) g_ptr_array_unref);
  g_ptr_array_add (changed, g_object_ref (session));
  if (number_anew (self, index))
    {
      g_ptr_array_set_size (changed, 0);
      for (guint i = 0; i < tc_queue_get_n (self->queue); i++)
        g_ptr_array_add (changed, g_object_ref (tc_queue_peek (self->queue, i)));
    }
  tc_store_save_sessions_async (self->store, changed, NULL, on_moved, g_object_ref (task));
}

static void
command_session (TcScheduler *self,
                 TcVerb       verb,
                 TcSession   *session,
                 const char  *argument,
                 GTask       *task)
{
  switch (verb)
    {
    case TC_VERB_CANCEL:
      cancel (self, session, task);
      break;
    case TC_VERB_SUSPEND:
      suspend_or_resume (self, session, TRUE, task);
      break;
    case TC_VERB_RESUME:
      suspend_or_resume (self, session, FALSE, task);
      break;
    case TC_VERB_RETRY:
      retry (self, session, task);
      break;
    case TC_VERB_REMOVE:
      remove_session (self, session, task);
      break;
    case TC_VERB_MOVE:
      move (self, session, argument, task);
      break;
    case TC_VERB_RESTORE:
    case TC_VERB_START:
    case TC_VERB_PAUSE:
    default:
      g_return_if_reached ();
    }
}

/**
 * tc_scheduler_command_async:
 * @id: the session; 0 for the queue's own verbs
 * @argument: (nullable): the place, for TC_VERB_MOVE
 */
void
tc_scheduler_command_async (TcScheduler         *self,
                            TcVerb               verb,
                            guint64              id,
                            const char          *argument,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  TcSession *session;

  g_return_if_fail (TC_IS_SCHEDULER (self));

  g_task_set_source_tag (task, tc_scheduler_command_async);
  if (verb == TC_VERB_START || verb == TC_VERB_PAUSE)
    {
      set_paused (self, verb == TC_VERB_PAUSE, task);
      return;
    }
  if (verb == TC_VERB_RESTORE)
    {
      tc_scheduler_restore_session (self, id, task);
      return;
    }
  session = tc_queue_lookup (self->queue, id);
  if (session == NULL)
    {
      g_task_return_new_error (task, TC_ERROR, TC_ERROR_NOT_FOUND,
                               "There is no session %" G_GUINT64_FORMAT, id);
      return;
    }
  command_session (self, verb, session, argument, task);
}

gboolean
tc_scheduler_command_finish (TcScheduler   *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
