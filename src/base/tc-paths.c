/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-paths.h"

#include <string.h>

#include "tc-error.h"
#include "tc-file.h"

struct _TcPaths
{
  GObject  parent_instance;

  /* All (owned), set once. */
  char    *data_dir;
  char    *runs_dir;
  char    *state_dir;
  char    *config_dir;
  char    *runtime_dir;
  char    *socket_path;
  char    *database_path;
  char    *ledger_path;
  char    *engine_log_path;
  char    *trainer_dir;
  char    *supervise_dir;
  char    *libexec_dir;
  char    *shim_path;
  char    *engine_path;
};

G_DEFINE_FINAL_TYPE (TcPaths, tc_paths, G_TYPE_OBJECT)

/* What of a path fits in a sockaddr_un, with its nul. */
#define SOCKET_PATH_SIZE 108

static void
tc_paths_finalize (GObject *object)
{
  TcPaths *self = TC_PATHS (object);

  g_free (self->data_dir);
  g_free (self->runs_dir);
  g_free (self->state_dir);
  g_free (self->config_dir);
  g_free (self->runtime_dir);
  g_free (self->socket_path);
  g_free (self->database_path);
  g_free (self->ledger_path);
  g_free (self->engine_log_path);
  g_free (self->trainer_dir);
  g_free (self->supervise_dir);
  g_free (self->libexec_dir);
  g_free (self->shim_path);
  g_free (self->engine_path);

  G_OBJECT_CLASS (tc_paths_parent_class)->finalize (object);
}

static void
tc_paths_class_init (TcPathsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tc_paths_finalize;
}

static void
tc_paths_init (TcPaths *self)
{
}

/* The value of an environment variable, or else the fallback. A relative path
 * would mean something else in every process, so it does not count. */
static char *
dup_override (const char *variable,
              const char *fallback)
{
  const char *value = g_getenv (variable);

  if (value != NULL && g_path_is_absolute (value))
    return g_strdup (value);

  return g_strdup (fallback);
}

static void
fill_programs (TcPaths *self)
{
  g_autofree char *shim = NULL;
  g_autofree char *engine = NULL;
  g_autofree char *beside = NULL;
  g_autofree char *supervise = NULL;

  self->libexec_dir = dup_override ("TRAINING_CENTER_LIBEXEC_DIR", TC_LIBEXECDIR);
  self->trainer_dir = dup_override ("TRAINING_CENTER_TRAINER_DIR",
                                    TC_PKGDATADIR "/trainer");
  /* Both come from one folder, installed or not. */
  beside = g_build_filename (self->trainer_dir, "..", "supervise", NULL);
  supervise = g_canonicalize_filename (beside, "/");
  self->supervise_dir = dup_override ("TRAINING_CENTER_SUPERVISE_DIR", supervise);
  shim = g_build_filename (self->libexec_dir, "training-center-shim", NULL);
  self->shim_path = dup_override ("TRAINING_CENTER_SHIM", shim);
  engine = g_build_filename (self->libexec_dir, "training-center-engine", NULL);
  self->engine_path = dup_override ("TRAINING_CENTER_ENGINE", engine);
}

static TcPaths *
tc_paths_new (const char *data_home,
              const char *state_home,
              const char *config_home,
              const char *runtime_home)
{
  TcPaths *self = g_object_new (TC_TYPE_PATHS, NULL);

  self->data_dir = g_build_filename (data_home, "training-center", NULL);
  self->runs_dir = g_build_filename (self->data_dir, "runs", NULL);
  self->database_path = g_build_filename (self->data_dir, "training-center.db", NULL);
  self->ledger_path = g_build_filename (self->data_dir, "ledger.db", NULL);
  self->state_dir = g_build_filename (state_home, "training-center", NULL);
  self->engine_log_path = g_build_filename (self->state_dir, "engine.log", NULL);
  self->config_dir = g_build_filename (config_home, "training-center", NULL);

  if (runtime_home != NULL)
    self->runtime_dir = g_build_filename (runtime_home, "training-center", NULL);
  else
    self->runtime_dir = g_build_filename (self->data_dir, "run", NULL);
  self->socket_path = g_build_filename (self->runtime_dir, "engine.sock", NULL);

  fill_programs (self);

  return self;
}

/**
 * tc_paths_new_from_environment:
 *
 * Takes the XDG folders of the user. Without XDG_RUNTIME_DIR the runtime folder
 * is run/ in the data folder. TRAINING_CENTER_TRAINER_DIR,
 * TRAINING_CENTER_SUPERVISE_DIR (else supervise/ beside the trainer),
 * TRAINING_CENTER_SHIM, TRAINING_CENTER_ENGINE and TRAINING_CENTER_LIBEXEC_DIR,
 * if absolute, override where the installed parts are looked for.
 *
 * Returns: (transfer full): the paths; nothing is created yet
 */
TcPaths *
tc_paths_new_from_environment (void)
{
  const char *runtime = g_getenv ("XDG_RUNTIME_DIR");

  /* GLib's own fallback would be the cache folder, which may be swept. */
  if (runtime != NULL && g_path_is_absolute (runtime))
    runtime = g_get_user_runtime_dir ();
  else
    runtime = NULL;

  return tc_paths_new (g_get_user_data_dir (), g_get_user_state_dir (),
                       g_get_user_config_dir (), runtime);
}

/**
 * tc_paths_new_for_root:
 * @root: an absolute path
 *
 * For tests and for second instances: everything under one folder, as
 * data/, state/, config/ and run/ of it.
 *
 * Returns: (transfer full): the paths; nothing is created yet
 */
TcPaths *
tc_paths_new_for_root (const char *root)
{
  g_autofree char *data = NULL;
  g_autofree char *state = NULL;
  g_autofree char *config = NULL;
  g_autofree char *runtime = NULL;

  g_return_val_if_fail (root != NULL && g_path_is_absolute (root), NULL);

  data = g_build_filename (root, "data", NULL);
  state = g_build_filename (root, "state", NULL);
  config = g_build_filename (root, "config", NULL);
  runtime = g_build_filename (root, "run", NULL);

  return tc_paths_new (data, state, config, runtime);
}

/**
 * tc_paths_ensure_dirs:
 * @self: the paths
 * @error: return location
 *
 * Makes the folders, each with mode 0700, and checks that they are ours and
 * that the socket's path fits into a socket address.
 *
 * Returns: whether all are there
 */
gboolean
tc_paths_ensure_dirs (TcPaths  *self,
                      GError  **error)
{
  g_return_val_if_fail (TC_IS_PATHS (self), FALSE);

  if (strlen (self->socket_path) >= SOCKET_PATH_SIZE)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_INVALID,
                   "The path of the socket is too long (%d characters at most): “%s”",
                   SOCKET_PATH_SIZE - 1, self->socket_path);
      return FALSE;
    }

  return tc_file_make_dir (self->data_dir, error) &&
         tc_file_make_dir (self->runs_dir, error) &&
         tc_file_make_dir (self->state_dir, error) &&
         tc_file_make_dir (self->config_dir, error) &&
         tc_file_make_dir (self->runtime_dir, error);
}

/**
 * tc_paths_dup_run_dir:
 * @self: the paths
 * @session_id: a decimal number, such as "17"
 *
 * Returns: (transfer full) (nullable): the run folder of a session; NULL if
 *   @session_id is not a decimal number, so that no id leads out of runs/
 */
char *
tc_paths_dup_run_dir (TcPaths    *self,
                      const char *session_id)
{
  g_return_val_if_fail (TC_IS_PATHS (self), NULL);
  g_return_val_if_fail (session_id != NULL, NULL);

  if (*session_id == '\0' || strlen (session_id) > 20 ||
      session_id[strspn (session_id, "0123456789")] != '\0')
    return NULL;

  return g_build_filename (self->runs_dir, session_id, NULL);
}

/**
 * tc_paths_get_data_dir:
 * @self: the paths
 *
 * Returns: (transfer none): the folder of everything that must last
 */
const char *
tc_paths_get_data_dir (TcPaths *self)
{
  g_return_val_if_fail (TC_IS_PATHS (self), NULL);

  return self->data_dir;
}

/**
 * tc_paths_get_runs_dir:
 * @self: the paths
 *
 * Returns: (transfer none): the folder of the run folders
 */
const char *
tc_paths_get_runs_dir (TcPaths *self)
{
  g_return_val_if_fail (TC_IS_PATHS (self), NULL);

  return self->runs_dir;
}

/**
 * tc_paths_get_state_dir:
 * @self: the paths
 *
 * Returns: (transfer none): the folder of logs and other state
 */
const char *
tc_paths_get_state_dir (TcPaths *self)
{
  g_return_val_if_fail (TC_IS_PATHS (self), NULL);

  return self->state_dir;
}

/**
 * tc_paths_get_config_dir:
 * @self: the paths
 *
 * Returns: (transfer none): the folder of settings
 */
const char *
tc_paths_get_config_dir (TcPaths *self)
{
  g_return_val_if_fail (TC_IS_PATHS (self), NULL);

  return self->config_dir;
}

/**
 * tc_paths_get_runtime_dir:
 * @self: the paths
 *
 * Returns: (transfer none): the folder of sockets, gone after a logout
 */
const char *
tc_paths_get_runtime_dir (TcPaths *self)
{
  g_return_val_if_fail (TC_IS_PATHS (self), NULL);

  return self->runtime_dir;
}

/**
 * tc_paths_get_socket_path:
 * @self: the paths
 *
 * Returns: (transfer none): where the engine listens
 */
const char *
tc_paths_get_socket_path (TcPaths *self)
{
  g_return_val_if_fail (TC_IS_PATHS (self), NULL);

  return self->socket_path;
}

/**
 * tc_paths_get_database_path:
 * @self: the paths
 *
 * Returns: (transfer none): the index, an SQLite file
 */
const char *
tc_paths_get_database_path (TcPaths *self)
{
  g_return_val_if_fail (TC_IS_PATHS (self), NULL);

  return self->database_path;
}

/** tc_paths_get_ledger_path: Returns: (transfer none): the book of what calls to providers cost */
const char *
tc_paths_get_ledger_path (TcPaths *self)
{
  g_return_val_if_fail (TC_IS_PATHS (self), NULL);

  return self->ledger_path;
}

/**
 * tc_paths_get_engine_log_path:
 * @self: the paths
 *
 * Returns: (transfer none): the engine's own log
 */
const char *
tc_paths_get_engine_log_path (TcPaths *self)
{
  g_return_val_if_fail (TC_IS_PATHS (self), NULL);

  return self->engine_log_path;
}

/**
 * tc_paths_get_trainer_dir:
 * @self: the paths
 *
 * Returns: (transfer none): the folder of the training scripts
 */
const char *
tc_paths_get_trainer_dir (TcPaths *self)
{
  g_return_val_if_fail (TC_IS_PATHS (self), NULL);

  return self->trainer_dir;
}

/**
 * tc_paths_get_supervise_dir:
 * @self: the paths
 *
 * Returns: where the bundled prompt and schema of supervisors are
 */
const char *
tc_paths_get_supervise_dir (TcPaths *self)
{
  g_return_val_if_fail (TC_IS_PATHS (self), NULL);

  return self->supervise_dir;
}

/**
 * tc_paths_get_libexec_dir:
 * @self: the paths
 *
 * Returns: (transfer none): the folder of the programs nobody starts by hand
 */
const char *
tc_paths_get_libexec_dir (TcPaths *self)
{
  g_return_val_if_fail (TC_IS_PATHS (self), NULL);

  return self->libexec_dir;
}

/**
 * tc_paths_get_shim_path:
 * @self: the paths
 *
 * Returns: (transfer none): the shim's program
 */
const char *
tc_paths_get_shim_path (TcPaths *self)
{
  g_return_val_if_fail (TC_IS_PATHS (self), NULL);

  return self->shim_path;
}

/**
 * tc_paths_get_engine_path:
 * @self: the paths
 *
 * Returns: (transfer none): the engine's program
 */
const char *
tc_paths_get_engine_path (TcPaths *self)
{
  g_return_val_if_fail (TC_IS_PATHS (self), NULL);

  return self->engine_path;
}
