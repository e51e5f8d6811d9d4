/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The start of the engine: what the store knew, corrected by what the run
 * folders say. The folders are the truth. */

#include "config.h"

#include "tc-run-folder.h"
#include "tc-scheduler-private.h"
#include "tc-start-run.h"

/* A run without a supervisor, and without the means to start one (no memory,
 * no disk), is offered one again after so long. */
#define ADOPT_AGAIN_SECONDS 5

typedef struct {
  TcScheduler *self;     /* (owned) */
  TcSession   *session;  /* (owned) */
} AdoptData;

static void on_max_id_loaded (GObject *object, GAsyncResult *result, gpointer user_data);
static void on_setting_loaded (GObject *object, GAsyncResult *result, gpointer user_data);

static void
adopt_data_free (AdoptData *data)
{
  g_object_unref (data->self);
  g_object_unref (data->session);
  g_free (data);
}

static gboolean
on_adopt_again (gpointer user_data)
{
  AdoptData *data = user_data;

  if (!data->self->is_shut_down)
    tc_scheduler_attach (data->self, data->session);

  return G_SOURCE_REMOVE;
}

static void
on_adopted (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  AdoptData *data = user_data;
  TcScheduler *self = data->self;
  g_autoptr(GError) error = NULL;

  if (self->is_shut_down)
    {
      adopt_data_free (data);
      return;
    }
  if (!tc_start_run_finish (result, &error))
    {
      g_warning ("No new supervisor for session %" G_GUINT64_FORMAT ": %s",
                 tc_session_get_id (data->session), error->message);
      g_timeout_add_seconds_full (G_PRIORITY_DEFAULT, ADOPT_AGAIN_SECONDS, on_adopt_again, data,
                                  (GDestroyNotify) adopt_data_free);
      return;
    }
  tc_scheduler_tell (self, data->session, TC_SEVERITY_WARNING, "supervisor",
                     "The run's supervisor was killed and has been replaced. The training goes "
                     "on; how it ends will not be known exactly");
  tc_scheduler_attach (self, data->session);
  adopt_data_free (data);
}

/* Gives the run of @session, whose supervisor is gone, a new one. */
void
tc_scheduler_adopt_run (TcScheduler *self,
                        TcSession   *session)
{
  AdoptData *data = g_new0 (AdoptData, 1);

  data->self = g_object_ref (self);
  data->session = g_object_ref (session);
  tc_adopt_run_async (session, self->paths, NULL, on_adopted, data);
}

/* Brings @session into an active state, from wherever the store had it. */
static void
make_active (TcScheduler *self,
             TcSession   *session,
             guint        attempt)
{
  gint64 now = tc_scheduler_now (self);

  while (tc_session_get_attempt (session) < attempt)
    tc_session_begin_attempt (session, now);
  if (tc_session_state_is_active (tc_session_get_state (session)) &&
      tc_session_get_state (session) != TC_SESSION_STARTING)
    return;
  tc_session_set_state (session, TC_SESSION_QUEUED, now);
  tc_session_set_state (session, TC_SESSION_STARTING, now);
  tc_session_set_state (session, TC_SESSION_RUNNING, now);
}

/* Returns: the attempt the folder is at; 0 when nothing ever started there. */
static guint
get_folder_attempt (const char *run_dir,
                    TcSession  *session)
{
  g_autoptr(TcSession) found = NULL;
  g_autofree char *number = g_strdup_printf ("%u", tc_session_get_attempt (session));
  g_autofree char *later = g_build_filename (run_dir, "attempts", number, NULL);

  /* An ended session is where the store says, unless a later attempt has put
   * its records aside: one look instead of reading ten thousand files. */
  if (tc_session_state_is_final (tc_session_get_state (session)) &&
      !g_file_test (later, G_FILE_TEST_IS_DIR))
    return tc_session_get_attempt (session);

  found = tc_run_folder_load_session (run_dir, NULL);

  return found != NULL ? tc_session_get_attempt (found) : 0;
}

static void
reconcile (TcScheduler *self,
           TcSession   *session)
{
  g_autofree char *run_dir = tc_scheduler_dup_run_dir (self, tc_session_get_id (session));
  gboolean is_active = tc_session_state_is_active (tc_session_get_state (session));
  guint attempt = get_folder_attempt (run_dir, session);
  TcRunLiveness liveness;

  if (!is_active && attempt <= tc_session_get_attempt (session) &&
      (tc_session_state_is_final (tc_session_get_state (session)) ||
       !tc_run_folder_is_locked (run_dir)))
    return;

  liveness = tc_run_folder_get_liveness (run_dir);
  if (attempt < tc_session_get_attempt (session) || liveness == TC_RUN_NEVER_STARTED)
    {
      tc_session_set_state (session, TC_SESSION_QUEUED, tc_scheduler_now (self));
      tc_scheduler_save (self, session);
      return;
    }
  make_active (self, session, attempt);
  if (liveness == TC_RUN_ALIVE || tc_run_folder_child_is_alive (run_dir))
    tc_scheduler_resume_access (self, session);
  if (liveness == TC_RUN_SUPERVISOR_LOST && tc_run_folder_child_is_alive (run_dir))
    tc_scheduler_adopt_run (self, session);
  else
    tc_scheduler_attach (self, session);
}

/* The number of a removed session is not given again. */
static void
skip_removed (TcScheduler *self)
{
  g_autofree char *removed = g_build_filename (tc_paths_get_data_dir (self->paths), "removed", NULL);
  g_autoptr(GArray) ids = tc_run_folder_list_ids (removed);

  for (guint i = 0; i < ids->len; i++)
    self->last_id = MAX (self->last_id, g_array_index (ids, guint64, i));
}

static void
recover_unknown (TcScheduler *self)
{
  g_autoptr(GArray) ids = tc_run_folder_list_ids (tc_paths_get_runs_dir (self->paths));

  for (guint i = 0; i < ids->len; i++)
    {
      guint64 id = g_array_index (ids, guint64, i);
      g_autofree char *run_dir = tc_scheduler_dup_run_dir (self, id);
      g_autoptr(TcSession) session = NULL;
      g_autoptr(GError) error = NULL;

      self->last_id = MAX (self->last_id, id);
      if (tc_queue_lookup (self->queue, id) != NULL)
        continue;
      session = tc_run_folder_load_session (run_dir, &error);
      if (session == NULL)
        {
          g_message ("%s: %s", run_dir, error->message);
          continue;
        }
      if (tc_session_get_id (session) != id)
        {
          g_message ("%s: it belongs to another session", run_dir);
          continue;
        }
      g_message ("Session %" G_GUINT64_FORMAT " was found in its run folder only", id);
      tc_session_set_state (session, TC_SESSION_STARTING, tc_scheduler_now (self));
      tc_scheduler_adopt_session (self, session);
      tc_scheduler_save (self, session);
    }
}

static void
on_sessions_loaded (GObject      *object,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  TcScheduler *self = g_task_get_source_object (task);
  g_autoptr(GPtrArray) sessions = NULL;
  GError *error = NULL;

  sessions = tc_store_load_sessions_finish (TC_STORE (object), result, &error);
  if (sessions == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = 0; i < sessions->len; i++)
    if (!tc_scheduler_keep_removed (self, g_ptr_array_index (sessions, i)))
      tc_scheduler_adopt_session (self, g_ptr_array_index (sessions, i));
  skip_removed (self);
  recover_unknown (self);
  tc_store_load_max_id_async (self->store, NULL, on_max_id_loaded, g_steal_pointer (&task));
}

/* The number of a session that was removed without ever having run is in no
 * folder, and must not be given to another one either. */
static void
on_max_id_loaded (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  TcScheduler *self = g_task_get_source_object (task);
  GError *error = NULL;
  guint64 id;

  if (!tc_store_load_max_id_finish (TC_STORE (object), result, &id, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  self->last_id = MAX (self->last_id, id);
  tc_store_get_setting_async (self->store, "queue-paused", NULL, on_setting_loaded,
                              g_steal_pointer (&task));
}

static void
on_setting_loaded (GObject      *object,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  TcScheduler *self = g_task_get_source_object (task);
  g_autoptr(GPtrArray) sessions = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *value = tc_store_get_setting_finish (TC_STORE (object), result, NULL);

  self->is_paused = g_strcmp0 (value, "0") != 0;
  for (guint i = 0; i < tc_queue_get_n (self->queue); i++)
    g_ptr_array_add (sessions, g_object_ref (tc_queue_peek (self->queue, i)));
  for (guint i = 0; i < sessions->len; i++)
    reconcile (self, g_ptr_array_index (sessions, i));
  tc_scheduler_schedule (self);
  g_task_return_boolean (task, TRUE);
}

/**
 * tc_scheduler_load_async:
 *
 * Loads all sessions, corrects them by their run folders, follows the runs
 * that are on, takes in those that have ended, and starts what may start.
 */
void
tc_scheduler_load_async (TcScheduler         *self,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tc_scheduler_load_async);
  tc_store_load_sessions_async (self->store, cancellable, on_sessions_loaded,
                                g_steal_pointer (&task));
}

gboolean
tc_scheduler_load_finish (TcScheduler   *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
