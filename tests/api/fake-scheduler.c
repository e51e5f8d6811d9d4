/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* A stand-in for the scheduler with the same functions and signals. It starts
 * no process; it keeps to the contract of tc-scheduler.h, so that the API can
 * be tested without a run. Answers come from the main loop, never at once. */

#include "config.h"

#include "fake-scheduler.h"
#include "tc-error.h"

struct _TcScheduler
{
  GObject   parent_instance;

  TcStore  *store;  /* (owned) */
  TcPaths  *paths;  /* (owned) */
  TcClock  *clock;  /* (owned) */
  TcQueue  *queue;  /* (owned) */
  guint64   last_id;
  gboolean  is_paused;

  TcSession *removed; /* (owned) (nullable) the last one */
};

G_DEFINE_FINAL_TYPE (TcScheduler, tc_scheduler, G_TYPE_OBJECT)

static void
tc_scheduler_finalize (GObject *object)
{
  TcScheduler *self = TC_SCHEDULER (object);

  g_clear_object (&self->removed);
  g_clear_object (&self->store);
  g_clear_object (&self->paths);
  g_clear_object (&self->queue);
  g_clear_pointer (&self->clock, tc_clock_unref);

  G_OBJECT_CLASS (tc_scheduler_parent_class)->finalize (object);
}

static void
add_signal (const char *name,
            guint       n_types,
            GType       first,
            GType       second,
            GType       third)
{
  g_signal_new (name, TC_TYPE_SCHEDULER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                n_types, first, second, third);
}

static void
tc_scheduler_class_init (TcSchedulerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tc_scheduler_finalize;

  add_signal ("session-added", 1, TC_TYPE_SESSION, 0, 0);
  add_signal ("session-changed", 1, TC_TYPE_SESSION, 0, 0);
  add_signal ("session-removed", 1, G_TYPE_UINT64, 0, 0);
  add_signal ("points", 2, G_TYPE_UINT64, G_TYPE_POINTER, 0);
  add_signal ("record", 3, G_TYPE_STRING, G_TYPE_UINT64, G_TYPE_POINTER);
  add_signal ("log", 2, G_TYPE_UINT64, G_TYPE_INT64, 0);
  add_signal ("queue-changed", 0, 0, 0, 0);
}

static void
tc_scheduler_init (TcScheduler *self)
{
  self->queue = tc_queue_new ();
  self->is_paused = TRUE;
}

TcScheduler *
tc_scheduler_new (TcStore *store,
                  TcPaths *paths,
                  TcClock *clock)
{
  TcScheduler *self = g_object_new (TC_TYPE_SCHEDULER, NULL);

  self->store = g_object_ref (store);
  self->paths = g_object_ref (paths);
  self->clock = tc_clock_ref (clock);
  return self;
}

TcQueue *
tc_scheduler_get_queue (TcScheduler *self)
{
  return self->queue;
}

/* Masking is tested with the real one. */
TcRedactor *
tc_scheduler_get_redactor (TcScheduler *self)
{
  return NULL;
}

gboolean
tc_scheduler_get_paused (TcScheduler *self)
{
  return self->is_paused;
}

guint
tc_scheduler_get_n_active (TcScheduler *self)
{
  guint active = 0;

  for (guint i = 0; i < tc_queue_get_n (self->queue); i++)
    if (tc_session_state_is_active (tc_session_get_state (tc_queue_peek (self->queue, i))))
      active++;
  return active;
}

char *
tc_scheduler_dup_run_dir (TcScheduler *self,
                          guint64      id)
{
  g_autofree char *name = g_strdup_printf ("%" G_GUINT64_FORMAT, id);

  return tc_paths_dup_run_dir (self->paths, name);
}

void
fake_scheduler_set_state (TcScheduler    *self,
                          TcSession      *session,
                          TcSessionState  state)
{
  tc_session_set_state (session, state, tc_clock_get_realtime (self->clock));
  g_signal_emit_by_name (self, "session-changed", session);
}

static void
on_saved (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  TcScheduler *self = g_task_get_source_object (task);
  GPtrArray *sessions = g_task_get_task_data (task);

  if (!tc_store_save_sessions_finish (TC_STORE (source), result, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  for (guint i = 0; i < sessions->len; i++)
    {
      tc_queue_add (self->queue, g_ptr_array_index (sessions, i));
      g_signal_emit_by_name (self, "session-added", g_ptr_array_index (sessions, i));
    }
  g_task_return_pointer (task, g_ptr_array_ref (sessions), (GDestroyNotify) g_ptr_array_unref);
}

static void
on_annotated (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (tc_store_save_sessions_finish (TC_STORE (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
tc_scheduler_report (TcScheduler *self,
                     guint64      id,
                     TcSeverity   severity,
                     const char  *kind,
                     const char  *text)
{
  g_error ("Nothing here has anything to report: %s", text);
}

void
tc_scheduler_annotate_async (TcScheduler         *self,
                             guint64              id,
                             const char * const  *tags,
                             const char          *note,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_autoptr (GPtrArray) sessions = g_ptr_array_new ();
  TcSession *session = tc_queue_lookup (self->queue, id);
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, tc_scheduler_annotate_async);
  if (session == NULL)
    {
      g_task_return_new_error (task, TC_ERROR, TC_ERROR_NOT_FOUND, "There is no such session.");
      g_object_unref (task);
      return;
    }
  if (tags != NULL)
    tc_session_set_tags (session, tags);
  if (note != NULL)
    tc_session_set_note (session, note);
  g_signal_emit_by_name (self, "session-changed", session);
  g_ptr_array_add (sessions, session);
  tc_store_save_sessions_async (self->store, sessions, NULL, on_annotated, task);
}

gboolean
tc_scheduler_annotate_finish (TcScheduler   *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
tc_scheduler_set_budget_async (TcScheduler         *self,
                               guint64              id,
                               gint64               budget,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr (GPtrArray) sessions = g_ptr_array_new ();
  TcSession *session = tc_queue_lookup (self->queue, id);
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, tc_scheduler_set_budget_async);
  if (session == NULL)
    {
      g_task_return_new_error (task, TC_ERROR, TC_ERROR_NOT_FOUND, "There is no such session.");
      g_object_unref (task);
      return;
    }
  tc_session_set_budget (session, budget);
  g_ptr_array_add (sessions, session);
  tc_store_save_sessions_async (self->store, sessions, NULL, on_annotated, task);
}

gboolean
tc_scheduler_set_budget_finish (TcScheduler   *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
tc_scheduler_add_async (TcScheduler         *self,
                        GPtrArray           *configs,
                        gboolean             chain,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  GPtrArray *sessions = g_ptr_array_new_with_free_func (g_object_unref);

  g_task_set_source_tag (task, tc_scheduler_add_async);
  g_task_set_task_data (task, sessions, (GDestroyNotify) g_ptr_array_unref);
  for (guint i = 0; i < configs->len; i++)
    {
      g_autoptr (TcSessionConfig) config = tc_session_config_copy (g_ptr_array_index (configs, i));
      TcSession *session;

      if (chain && i > 0)
        config->after = self->last_id;
      session = tc_session_new (++self->last_id, config);
      tc_session_set_position (session, self->last_id);
      g_ptr_array_add (sessions, session);
    }
  tc_store_save_sessions_async (self->store, sessions, NULL, on_saved, task);
}

GPtrArray *
tc_scheduler_add_finish (TcScheduler   *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
become (TcScheduler     *self,
        TcSession       *session,
        TcSessionState   state,
        GError         **error)
{
  TcSessionState now = tc_session_get_state (session);

  if (tc_session_state_can_become (now, state))
    fake_scheduler_set_state (self, session, state);
  else
    g_set_error (error, TC_ERROR, TC_ERROR_CONFLICT, "Session %" G_GUINT64_FORMAT
                 " is %s and cannot become %s.", tc_session_get_id (session),
                 tc_session_state_to_string (now), tc_session_state_to_string (state));
}

static void
remove_session (TcScheduler  *self,
                TcSession    *session,
                GError      **error)
{
  guint64 id = tc_session_get_id (session);

  if (tc_session_state_is_active (tc_session_get_state (session)))
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_CONFLICT,
                           "The session is active; cancel it first.");
      return;
    }
  g_set_object (&self->removed, session);
  tc_queue_remove (self->queue, session);
  g_signal_emit_by_name (self, "session-removed", id);
}

static void
do_session_verb (TcScheduler  *self,
                 TcVerb        verb,
                 TcSession    *session,
                 const char   *argument,
                 GError      **error)
{
  switch (verb)
    {
    case TC_VERB_CANCEL:
      become (self, session, TC_SESSION_CANCELLED, error);
      break;
    case TC_VERB_SUSPEND:
      become (self, session, TC_SESSION_PAUSED, error);
      break;
    case TC_VERB_RESUME:
      become (self, session, TC_SESSION_RUNNING, error);
      break;
    case TC_VERB_RETRY:
      become (self, session, TC_SESSION_QUEUED, error);
      break;
    case TC_VERB_REMOVE:
      remove_session (self, session, error);
      break;
    case TC_VERB_MOVE:
      tc_queue_move (self->queue, session, (guint) g_ascii_strtoull (argument, NULL, 10) - 1);
      g_signal_emit_by_name (self, "queue-changed");
      break;
    case TC_VERB_RESTORE:
    case TC_VERB_START:
    case TC_VERB_PAUSE:
    default:
      g_assert_not_reached ();
    }
}

static void
do_queue_verb (TcScheduler *self,
               TcVerb       verb)
{
  self->is_paused = verb == TC_VERB_PAUSE;
  g_signal_emit_by_name (self, "queue-changed");
}

void
tc_scheduler_command_async (TcScheduler         *self,
                            TcVerb               verb,
                            guint64              id,
                            const char          *argument,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (TcSession) session = NULL;
  GError *error = NULL;

  g_task_set_source_tag (task, tc_scheduler_command_async);
  if (verb == TC_VERB_START || verb == TC_VERB_PAUSE)
    {
      do_queue_verb (self, verb);
      g_task_return_boolean (task, TRUE);
      return;
    }

  if (verb == TC_VERB_RESTORE && self->removed != NULL && tc_session_get_id (self->removed) == id)
    {
      tc_queue_add (self->queue, self->removed);
      g_signal_emit_by_name (self, "session-added", self->removed);
      g_clear_object (&self->removed);
      g_task_return_boolean (task, TRUE);
      return;
    }

  session = verb == TC_VERB_RESTORE ? NULL : tc_queue_lookup (self->queue, id);
  if (session == NULL)
    {
      g_task_return_new_error (task, TC_ERROR, TC_ERROR_NOT_FOUND,
                               "There is no session %" G_GUINT64_FORMAT ".", id);
      return;
    }
  g_object_ref (session);
  do_session_verb (self, verb, session, argument, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

gboolean
tc_scheduler_command_finish (TcScheduler   *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
