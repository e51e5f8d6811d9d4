/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-error.h"
#include "tc-launch.h"
#include "tc-python.h"

/* Names that hold secrets, by their end. The engine may have been started from
 * a shell with keys in it; a training must not inherit them. */
static const char *const secret_suffixes[] = {
  "_API_KEY", "_TOKEN", "_SECRET", "_PASSWORD", "_SECRET_KEY", "_ACCESS_KEY",
};

/**
 * tc_environment_is_secret:
 * @name: a variable's name
 *
 * Returns: whether its value looks like a secret that runs must not inherit
 */
gboolean
tc_environment_is_secret (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (secret_suffixes); i++)
    {
      if (g_str_has_suffix (name, secret_suffixes[i]))
        return TRUE;
    }

  return FALSE;
}

/**
 * tc_launch_dup_script:
 * @trainer_dir: where the bundled scripts are
 *
 * Returns: (transfer full) (nullable): the script's path; NULL for a command
 */
char *
tc_launch_dup_script (TcSessionConfig *config,
                      const char      *trainer_dir)
{
  if (config->command != NULL)
    return NULL;
  if (config->script != NULL)
    return g_strdup (config->script);

  return g_build_filename (trainer_dir, TC_BUNDLED_SCRIPT, NULL);
}

/* Whether a command's first word asks for the Python there is. */
static gboolean
is_python (const char *word)
{
  return g_str_equal (word, "python3") || g_str_equal (word, "python");
}

/**
 * tc_launch_uses_python:
 * @trainer_dir: where the bundled scripts are
 *
 * Returns: whether what runs is begun by a Python
 */
gboolean
tc_launch_uses_python (TcSessionConfig *config,
                       const char      *trainer_dir)
{
  g_autofree char *script = tc_launch_dup_script (config, trainer_dir);
  g_auto(GStrv) words = NULL;

  if (script != NULL)
    return g_str_has_suffix (script, ".py");

  return g_shell_parse_argv (config->command, NULL, &words, NULL) && is_python (words[0]);
}

static void
add_argument (TcLaunch   *self,
              const char *text)
{
  g_ptr_array_add (self->argv, g_strdup (text));
}

/* Adds "--name value" if the script knows the option, else notes it. An empty
 * value is a switch. */
static void
add_option (TcLaunch              *self,
            const TcLaunchContext *context,
            const char            *name,
            const char            *value)
{
  g_autofree char *option = g_strconcat ("--", name, NULL);

  if (value == NULL)
    return;
  if (context->known_options != NULL && !g_hash_table_contains (context->known_options, option))
    {
      g_ptr_array_add (self->left_out, g_steal_pointer (&option));
      return;
    }
  g_ptr_array_add (self->argv, g_steal_pointer (&option));
  if (value[0] != '\0')
    add_argument (self, value);
}

static void
add_number (TcLaunch              *self,
            const TcLaunchContext *context,
            const char            *name,
            gint64                 value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, value);

  add_option (self, context, name, text);
}

static void
add_script_arguments (TcLaunch              *self,
                      TcSessionConfig       *config,
                      const TcLaunchContext *context)
{
  gboolean has_provider = !g_str_equal (config->provider, "none");

  add_number (self, context, "phase", tc_session_config_get_phase (config));
  add_number (self, context, "epochs", config->epochs);
  add_option (self, context, "corpus",
              config->corpus_file != NULL ? config->corpus_file : TC_BUNDLED_CORPUS);
  if (has_provider || context->known_options == NULL ||
      g_hash_table_contains (context->known_options, "--provider"))
    add_option (self, context, "provider", config->provider);
  add_option (self, context, "model", config->model);
  add_option (self, context, "target", config->target);
  if (config->seed >= 0)
    add_number (self, context, "seed", config->seed);
  for (guint i = 0; i < config->settings->len; i++)
    {
      TcSetting *setting = g_ptr_array_index (config->settings, i);

      add_option (self, context, setting->key, setting->value);
    }
  if (context->resume_from != NULL)
    add_option (self, context, "resume-from", context->resume_from);
  else
    add_option (self, context, "init-from", context->init_from);
}

/* The placeholders of a free-form command, each replaced inside one argument
 * after the shell-like split, so that a value never becomes two arguments. */
static char *
expand_placeholders (const char            *text,
                     TcSession             *session,
                     const TcLaunchContext *context)
{
  TcSessionConfig *config = tc_session_get_config (session);
  g_autofree char *epochs = g_strdup_printf ("%u", config->epochs);
  g_autofree char *phase = g_strdup_printf ("%u", tc_session_config_get_phase (config));
  g_autofree char *seed = g_strdup_printf ("%" G_GINT64_FORMAT, MAX (config->seed, 0));
  const char *const pairs[][2] = {
    { "{epochs}", epochs }, { "{phase}", phase }, { "{seed}", seed },
    { "{corpus}", config->corpus_file != NULL ? config->corpus_file : TC_BUNDLED_CORPUS },
    { "{provider}", config->provider }, { "{model}", config->model },
    { "{target}", config->target }, { "{run_dir}", context->run_dir },
    { "{resume_from}", context->resume_from },
  };
  GString *result = g_string_new (text);

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    g_string_replace (result, pairs[i][0], pairs[i][1] != NULL ? pairs[i][1] : "", 0);

  return g_string_free (result, FALSE);
}

static gboolean
add_command (TcLaunch               *self,
             TcSession              *session,
             const TcLaunchContext  *context,
             GError                **error)
{
  g_auto(GStrv) words = NULL;
  g_autoptr(GError) local_error = NULL;

  if (!g_shell_parse_argv (tc_session_get_config (session)->command, NULL, &words, &local_error))
    {
      g_set_error (error, TC_ERROR, TC_ERROR_INVALID,
                   "The command cannot be read: %s", local_error->message);
      return FALSE;
    }
  for (guint i = 0; words[i] != NULL; i++)
    g_ptr_array_add (self->argv, expand_placeholders (words[i], session, context));

  return TRUE;
}

static GStrv
build_environment (TcSession             *session,
                   const TcLaunchContext *context)
{
  TcSessionConfig *config = tc_session_get_config (session);
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, tc_session_get_id (session));
  g_autofree char *events = g_build_filename (context->run_dir, "events.jsonl", NULL);
  GStrv result = g_new0 (char *, 1);

  for (guint i = 0; context->environment != NULL && context->environment[i] != NULL; i++)
    {
      const char *equals = strchr (context->environment[i], '=');
      g_autofree char *name = equals != NULL
        ? g_strndup (context->environment[i], equals - context->environment[i]) : NULL;

      if (name != NULL && !tc_environment_is_secret (name))
        result = g_environ_setenv (result, name, equals + 1, TRUE);
    }
  result = g_environ_setenv (result, "PYTHONUNBUFFERED", "1", TRUE);
  result = g_environ_setenv (result, "PYTHONFAULTHANDLER", "1", TRUE);
  result = g_environ_setenv (result, "TRAINING_CENTER_SESSION_ID", id, TRUE);
  result = g_environ_setenv (result, "TRAINING_CENTER_RUN_DIR", context->run_dir, TRUE);
  result = g_environ_setenv (result, "TRAINING_CENTER_EVENTS", events, TRUE);
  for (guint i = 0; i < config->environment->len; i++)
    {
      TcSetting *setting = g_ptr_array_index (config->environment, i);

      result = g_environ_setenv (result, setting->key, setting->value, TRUE);
    }

  return result;
}

/**
 * tc_launch_new:
 * @session: what to run
 * @context: where, and with what
 * @error: TC_ERROR_INVALID when the command cannot be read
 *
 * Returns: (transfer full) (nullable): the bare command, without any layer
 */
TcLaunch *
tc_launch_new (TcSession              *session,
               const TcLaunchContext  *context,
               GError                **error)
{
  TcSessionConfig *config = tc_session_get_config (session);
  g_autoptr(TcLaunch) self = g_new0 (TcLaunch, 1);
  g_autofree char *script = tc_launch_dup_script (config, context->trainer_dir);

  self->argv = g_ptr_array_new_with_free_func (g_free);
  self->left_out = g_ptr_array_new_null_terminated (0, g_free, TRUE);
  self->cwd = g_strdup (config->workdir != NULL ? config->workdir : context->run_dir);
  self->environment = build_environment (session, context);

  if (config->command != NULL)
    {
      if (!add_command (self, session, context, error))
        return NULL;
    }
  else
    {
      if (g_str_has_suffix (script, ".py"))
        add_argument (self, "python3");
      add_argument (self, script);
      add_script_arguments (self, config, context);
    }

  return g_steal_pointer (&self);
}

/**
 * tc_launch_free:
 */
void
tc_launch_free (TcLaunch *self)
{
  g_clear_pointer (&self->argv, g_ptr_array_unref);
  g_clear_pointer (&self->left_out, g_ptr_array_unref);
  g_clear_pointer (&self->environment, g_strfreev);
  g_clear_pointer (&self->python, tc_python_facts_free);
  g_free (self->cwd);
  g_free (self);
}

/**
 * tc_launch_add_python:
 * @python: (nullable): a program, or the folder of a virtual environment
 *
 * Has the command run with this Python, as if it had been activated: the virtual
 * environment's programs are found before all others.
 */
void
tc_launch_add_python (TcLaunch   *self,
                      const char *python)
{
  g_autofree char *program = tc_python_dup_program (python);
  g_autofree char *environment = tc_python_dup_environment (python);
  const char *path = g_environ_getenv (self->environment, "PATH");

  if (python == NULL)
    return;
  if (is_python (g_ptr_array_index (self->argv, 0)))
    {
      g_free (g_ptr_array_index (self->argv, 0));
      g_ptr_array_index (self->argv, 0) = g_steal_pointer (&program);
    }
  self->environment = g_environ_unsetenv (self->environment, "PYTHONHOME");
  self->environment = g_environ_unsetenv (self->environment, "VIRTUAL_ENV");
  if (environment != NULL)
    {
      g_autofree char *folder = g_build_filename (environment, "bin", NULL);
      g_autofree char *folders = path != NULL && path[0] != '\0' ? g_strconcat (folder, ":", path, NULL) : g_strdup (folder);

      self->environment = g_environ_setenv (self->environment, "VIRTUAL_ENV", environment, TRUE);
      self->environment = g_environ_setenv (self->environment, "PATH", folders, TRUE);
    }
}

/**
 * tc_launch_add_shim:
 * @shim: path of the shim
 * @ready_fd: the descriptor the shim reports readiness on
 *
 * Makes the shim the parent of the command.
 */
void
tc_launch_add_shim (TcLaunch   *self,
                    const char *shim,
                    const char *run_dir,
                    guint       grace_seconds,
                    int         ready_fd)
{
  g_autofree char *grace = g_strdup_printf ("%u", grace_seconds);
  g_autofree char *fd = g_strdup_printf ("%d", ready_fd);
  const char *const words[] = {
    shim, "--run-dir", run_dir, "--grace", grace, "--ready-fd", fd, "--",
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    g_ptr_array_insert (self->argv, i, g_strdup (words[i]));
}

/**
 * tc_launch_add_variables:
 * @variables: (nullable): "NAME=VALUE", in place of what is there by that name
 */
void
tc_launch_add_variables (TcLaunch          *self,
                         const char *const *variables)
{
  for (guint i = 0; variables != NULL && variables[i] != NULL; i++)
    {
      const char *equals = strchr (variables[i], '=');
      g_autofree char *name = g_strndup (variables[i], equals - variables[i]);

      self->environment = g_environ_setenv (self->environment, name, equals + 1, TRUE);
    }
}

/**
 * tc_launch_dup_argv:
 * @scope: (nullable): name of a systemd scope to put everything into, so that
 *   it survives the unit the engine runs in
 *
 * Returns: (transfer full): the arguments as they would be executed now
 */
GStrv
tc_launch_dup_argv (TcLaunch   *self,
                    const char *scope)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  if (scope != NULL)
    {
      g_autofree char *unit = g_strconcat ("--unit=", scope, NULL);

      g_strv_builder_add_many (builder, "systemd-run", "--user", "--scope", "--quiet", "--collect",
                               unit, "--", NULL);
    }
  for (guint i = 0; i < self->argv->len; i++)
    g_strv_builder_add (builder, g_ptr_array_index (self->argv, i));

  return g_strv_builder_end (builder);
}
