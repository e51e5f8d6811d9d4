/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <errno.h>
#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#include "tc-check-config.h"
#include "tc-error.h"
#include "tc-launch.h"
#include "tc-python-probe.h"
#include "tc-run-folder.h"
#include "tc-script-probe.h"
#include "tc-start-run.h"

#define READY_SECONDS 20
#define READY_FD 3
#define READY_BYTES_MAX 1024

typedef struct {
  /* Input arguments. */
  TcSession     *session;    /* (owned) */
  TcPaths       *paths;      /* (owned) */
  char          *init_from;  /* (owned) (nullable) */
  GStrv          variables;  /* (owned) (nullable) */

  /* In-progress data. */
  char          *run_dir;    /* (owned) */
  TcPythonFacts *python;     /* (owned) (nullable) */
  TcLaunch      *launch;     /* (owned) all layers but the scope */
  gboolean       in_scope;   /* this try is made in a systemd scope */
  GInputStream  *ready;      /* (owned) (nullable) */
  GCancellable  *patience;   /* (owned) (nullable) cancelled when it takes too long */
  guint          timeout_id;
  char           answer[READY_BYTES_MAX];
} StartData;

static void on_python_known (GObject *object, GAsyncResult *result, gpointer user_data);
static void on_script_known (GObject *object, GAsyncResult *result, gpointer user_data);
static void on_ready (GObject *object, GAsyncResult *result, gpointer user_data);

static void
start_data_free (StartData *data)
{
  g_clear_handle_id (&data->timeout_id, g_source_remove);
  g_clear_pointer (&data->launch, tc_launch_free);
  g_clear_pointer (&data->python, tc_python_facts_free);
  g_clear_pointer (&data->variables, g_strfreev);
  g_clear_object (&data->ready);
  g_clear_object (&data->patience);
  g_clear_object (&data->session);
  g_clear_object (&data->paths);
  g_free (data->init_from);
  g_free (data->run_dir);
  g_free (data);
}

/* A scope of its own keeps a run alive when the unit ends that the engine
 * happens to live in: a desktop session, a terminal. */
static gboolean
has_scopes (void)
{
  g_autofree char *manager = g_build_filename (g_get_user_runtime_dir (), "systemd", "private", NULL);
  g_autofree char *program = g_find_program_in_path ("systemd-run");

  return program != NULL && g_file_test (manager, G_FILE_TEST_EXISTS);
}

static GTask *
new_task (TcSession           *session,
          TcPaths             *paths,
          const char          *init_from,
          GCancellable        *cancellable,
          GAsyncReadyCallback  callback,
          gpointer             user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, tc_session_get_id (session));
  StartData *data = g_new0 (StartData, 1);

  g_task_set_source_tag (task, tc_start_run_async);
  data->session = g_object_ref (session);
  data->paths = g_object_ref (paths);
  data->init_from = g_strdup (init_from);
  data->run_dir = tc_paths_dup_run_dir (paths, id);
  data->in_scope = has_scopes ();
  g_task_set_task_data (task, data, (GDestroyNotify) start_data_free);

  return task;
}

/* Which checkpoint an attempt begins from: a retry continues its own last one,
 * as long as that is still there. */
static const char *
choose_resume (TcSession *session)
{
  const char *const candidates[] = {
    tc_session_get_last_checkpoint (session), tc_session_get_best_checkpoint (session),
  };

  for (guint i = 0; i < G_N_ELEMENTS (candidates); i++)
    {
      if (tc_session_get_attempt (session) > 1 && candidates[i] != NULL &&
          g_file_test (candidates[i], G_FILE_TEST_EXISTS))
        return candidates[i];
    }

  return tc_session_get_config (session)->resume_from;
}

static gboolean
on_timeout (gpointer user_data)
{
  StartData *data = user_data;

  data->timeout_id = 0;
  g_cancellable_cancel (data->patience);

  return G_SOURCE_REMOVE;
}

static GSubprocess *
spawn_launch (StartData  *data,
              int         ready_fd,
              GError    **error)
{
  g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autofree char *scope = g_strdup_printf ("training-center-run-%" G_GUINT64_FORMAT "-%" G_GINT64_FORMAT,
                                            tc_session_get_id (data->session), g_get_real_time ());
  g_auto(GStrv) argv = tc_launch_dup_argv (data->launch, data->in_scope ? scope : NULL);

  g_subprocess_launcher_set_cwd (launcher, data->launch->cwd);
  g_subprocess_launcher_set_environ (launcher, data->launch->environment);
  g_subprocess_launcher_take_fd (launcher, ready_fd, READY_FD);

  return g_subprocess_launcher_spawnv (launcher, (const char *const *) argv, error);
}

/* Takes ownership of @task. */
static void
spawn (GTask *task)
{
  StartData *data = g_task_get_task_data (task);
  g_autoptr(GSubprocess) process = NULL;
  GError *error = NULL;
  int fds[2];

  if (g_unix_open_pipe (fds, FD_CLOEXEC, &error))
    {
      g_clear_object (&data->ready);
      data->ready = g_unix_input_stream_new (fds[0], TRUE);
      process = spawn_launch (data, fds[1], &error);
    }
  if (process == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }

  g_clear_object (&data->patience);
  data->patience = g_cancellable_new ();
  data->timeout_id = g_timeout_add_seconds (READY_SECONDS, on_timeout, data);
  g_input_stream_read_async (data->ready, data->answer, sizeof data->answer - 1,
                             G_PRIORITY_DEFAULT, data->patience, on_ready, task);
}

static void
return_refusal (GTask *task,
                gssize length)
{
  StartData *data = g_task_get_task_data (task);
  g_autofree char *answer = g_utf8_make_valid (data->answer, length);

  if (g_ascii_strtoll (answer + 1, NULL, 10) == EWOULDBLOCK)
    g_task_return_new_error (task, TC_ERROR, TC_ERROR_BUSY,
                             "Another supervisor is at work in %s", data->run_dir);
  else
    g_task_return_new_error (task, TC_ERROR, TC_ERROR_FAILED,
                             "The script could not be started: %s",
                             answer + strcspn (answer, " ") + (strchr (answer, ' ') != NULL));
}

static void
on_ready (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  StartData *data = g_task_get_task_data (task);
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (object), result, NULL);

  g_clear_handle_id (&data->timeout_id, g_source_remove);
  if (n > 0 && data->answer[0] == 'R')
    g_task_return_boolean (task, TRUE);
  else if (n > 0)
    return_refusal (task, n);
  else if (n == 0 && data->in_scope)
    {
      g_message ("No scope for session %" G_GUINT64_FORMAT "; it starts without one",
                 tc_session_get_id (data->session));
      data->in_scope = FALSE;
      spawn (g_steal_pointer (&task));
    }
  else
    g_task_return_new_error (task, TC_ERROR, TC_ERROR_FAILED,
                             "The run's supervisor did not start; see the engine's log");
}

/* Takes ownership of @task. */
static void
start_shim (GTask      *task,
            const char *sha256)
{
  StartData *data = g_task_get_task_data (task);
  TcSessionConfig *config = tc_session_get_config (data->session);
  GError *error = NULL;

  if (!tc_run_folder_prepare (data->run_dir, tc_session_get_attempt (data->session), &error) ||
      !tc_run_folder_write_spec (data->run_dir, data->session, data->launch, sha256, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }

  /* Only now: what the run is given to reach its provider is in no file. */
  tc_launch_add_variables (data->launch, (const char *const *) data->variables);
  tc_launch_add_shim (data->launch, tc_paths_get_shim_path (data->paths), data->run_dir,
                      config->grace_seconds, READY_FD);
  spawn (task);
}

/* Takes ownership of @task. */
static void
launch_with (GTask         *task,
             TcScriptFacts *facts)
{
  StartData *data = g_task_get_task_data (task);
  g_auto(GStrv) environment = g_get_environ ();
  GError *error = NULL;
  TcLaunchContext context = {
    .run_dir = data->run_dir,
    .trainer_dir = tc_paths_get_trainer_dir (data->paths),
    .resume_from = choose_resume (data->session),
    .init_from = data->init_from,
    .known_options = facts != NULL ? facts->options : NULL,
    .environment = (const char *const *) environment,
  };

  data->launch = tc_launch_new (data->session, &context, &error);
  if (data->launch == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  tc_launch_add_python (data->launch, tc_session_get_config (data->session)->python);
  data->launch->python = g_steal_pointer (&data->python);
  tc_session_set_left_out (data->session, (const char *const *) data->launch->left_out->pdata);
  start_shim (task, facts != NULL ? facts->sha256 : NULL);
}

static void
on_script_known (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(TcScriptFacts) facts = NULL;
  GError *error = NULL;

  facts = tc_script_probe_finish (result, &error);
  if (facts == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  launch_with (g_steal_pointer (&task), facts);
}

/* Takes ownership of @task. */
static void
ask_script (GTask *task)
{
  StartData *data = g_task_get_task_data (task);
  TcSessionConfig *config = tc_session_get_config (data->session);
  g_autofree char *script = tc_launch_dup_script (config, tc_paths_get_trainer_dir (data->paths));

  if (script != NULL)
    tc_script_probe_async (script, config->python, tc_paths_get_state_dir (data->paths),
                           g_task_get_cancellable (task), on_script_known, task);
  else
    launch_with (task, NULL);
}

/* A Python that does not answer is no reason not to try it: when it cannot run
 * the script either, it says why. */
static void
on_python_known (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  GTask *task = user_data;
  StartData *data = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  data->python = tc_python_probe_finish (result, &error);
  if (data->python == NULL)
    g_message ("Session %" G_GUINT64_FORMAT ": %s", tc_session_get_id (data->session), error->message);
  ask_script (task);
}

static GStrv
build_environment (TcSessionConfig *config)
{
  GStrv environment = g_get_environ ();

  for (guint i = 0; i < config->environment->len; i++)
    {
      TcSetting *setting = g_ptr_array_index (config->environment, i);

      environment = g_environ_setenv (environment, setting->key, setting->value, TRUE);
    }

  return environment;
}

/**
 * tc_start_run_async:
 * @session: the session, in state starting and with its attempt counted
 * @init_from: (nullable): the weights to begin with
 * @variables: (nullable): "NAME=VALUE" for the run's environment; they are put
 *   down nowhere
 *
 * Starts a run; it is on when this finishes.
 */
void
tc_start_run_async (TcSession           *session,
                    TcPaths             *paths,
                    const char          *init_from,
                    const char *const   *variables,
                    GCancellable        *cancellable,
                    GAsyncReadyCallback  callback,
                    gpointer             user_data)
{
  g_autoptr(GTask) task = new_task (session, paths, init_from, cancellable, callback, user_data);
  StartData *data = g_task_get_task_data (task);
  TcSessionConfig *config = tc_session_get_config (session);
  g_auto(GStrv) environment = build_environment (config);
  GError *error = NULL;

  data->variables = g_strdupv ((char **) variables);
  if (!tc_check_config (config, tc_paths_get_trainer_dir (paths), &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (config->python != NULL || tc_launch_uses_python (config, tc_paths_get_trainer_dir (paths)))
    tc_python_probe_async (config->python, (const char *const *) environment, tc_paths_get_state_dir (paths),
                           cancellable, on_python_known, g_steal_pointer (&task));
  else
    ask_script (g_steal_pointer (&task));
}

/**
 * tc_start_run_finish:
 * @error: why it could not be started, in a sentence
 *
 * Returns: whether the run is on
 */
gboolean
tc_start_run_finish (GAsyncResult  *result,
                     GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * tc_adopt_run_async:
 *
 * Starts a new supervisor for processes whose old one is gone. Finish with
 * tc_start_run_finish().
 */
void
tc_adopt_run_async (TcSession           *session,
                    TcPaths             *paths,
                    GCancellable        *cancellable,
                    GAsyncReadyCallback  callback,
                    gpointer             user_data)
{
  GTask *task = new_task (session, paths, NULL, cancellable, callback, user_data);
  StartData *data = g_task_get_task_data (task);
  TcLaunch *launch = g_new0 (TcLaunch, 1);
  g_autofree char *fd = g_strdup_printf ("%d", READY_FD);
  const char *const words[] = {
    tc_paths_get_shim_path (paths), "--run-dir", data->run_dir, "--ready-fd", fd, "--adopt",
  };

  data->launch = launch;
  launch->argv = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    g_ptr_array_add (launch->argv, g_strdup (words[i]));
  launch->cwd = g_strdup (data->run_dir);
  launch->environment = g_get_environ ();
  spawn (task);
}
