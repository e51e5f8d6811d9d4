/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "tc-error.h"
#include "tc-file.h"
#include "tc-python.h"
#include "tc-script-probe.h"

#define PROBE_SECONDS 30
#define SCRIPT_BYTES_MAX (4 * 1024 * 1024)
#define HELP_BYTES_MAX (1024 * 1024)

/* One question to one script. */
typedef struct {
  /* Input arguments. */
  char          *script;      /* (owned) */
  char          *program;     /* (owned) the Python that runs it, if it is one for Python */
  char          *cache_file;  /* (owned) */

  /* In-progress data. */
  GSubprocess   *process;     /* (owned) (nullable) */
  guint          timeout_id;

  /* Results. */
  TcScriptFacts *facts;       /* (owned) */
} ProbeData;

static void on_help_read (GObject *object, GAsyncResult *result, gpointer user_data);

static void
probe_data_free (ProbeData *data)
{
  g_clear_handle_id (&data->timeout_id, g_source_remove);
  g_clear_object (&data->process);
  g_clear_pointer (&data->facts, tc_script_facts_free);
  g_free (data->script);
  g_free (data->program);
  g_free (data->cache_file);
  g_free (data);
}

/**
 * tc_script_facts_free:
 */
void
tc_script_facts_free (TcScriptFacts *self)
{
  g_clear_pointer (&self->options, g_hash_table_unref);
  g_free (self->sha256);
  g_free (self);
}

/**
 * tc_script_parse_help:
 * @help: what a script printed for --help
 *
 * Returns: (transfer full) (element-type utf8): the set of all "--option" words
 */
GHashTable *
tc_script_parse_help (const char *help)
{
  GHashTable *options = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const char *p = help;

  while ((p = strstr (p, "--")) != NULL)
    {
      gsize length = 2;

      while (g_ascii_isalnum (p[length]) || p[length] == '-' || p[length] == '_')
        length++;
      if (length > 2 && g_ascii_isalpha (p[2]))
        g_hash_table_add (options, g_strndup (p, length));
      p += length;
    }

  return options;
}

static gboolean
on_timeout (gpointer user_data)
{
  ProbeData *data = user_data;

  data->timeout_id = 0;
  g_subprocess_force_exit (data->process);

  return G_SOURCE_REMOVE;
}

static void
ask_script (GTask *task)
{
  ProbeData *data = g_task_get_task_data (task);
  g_autoptr(GSubprocessLauncher) launcher = NULL;
  g_autoptr(GError) error = NULL;
  gboolean is_python = g_str_has_suffix (data->script, ".py");

  /* Somewhere harmless: a script that ignores --help may start to write. */
  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                        G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_subprocess_launcher_set_cwd (launcher, g_get_tmp_dir ());
  if (is_python)
    data->process = g_subprocess_launcher_spawn (launcher, &error, data->program, data->script,
                                                 "--help", NULL);
  else
    data->process = g_subprocess_launcher_spawn (launcher, &error, data->script, "--help", NULL);
  if (data->process == NULL)
    {
      g_task_return_new_error (task, TC_ERROR, TC_ERROR_INVALID,
                               "%s cannot be executed: %s", data->script, error->message);
      g_object_unref (task);
      return;
    }

  data->timeout_id = g_timeout_add_seconds (PROBE_SECONDS, on_timeout, data);
  g_subprocess_communicate_utf8_async (data->process, NULL, g_task_get_cancellable (task),
                                       on_help_read, task);
}

static void
on_help_read (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  ProbeData *data = g_task_get_task_data (task);
  g_autofree char *help = NULL;
  g_autoptr(GError) error = NULL;

  g_clear_handle_id (&data->timeout_id, g_source_remove);
  if (!g_subprocess_communicate_utf8_finish (G_SUBPROCESS (object), result, &help, NULL, &error))
    g_message ("%s --help: %s", data->script, error->message);

  /* A script that fails or says nothing of use is given everything. */
  if (help != NULL && g_subprocess_get_if_exited (data->process) &&
      g_subprocess_get_exit_status (data->process) == 0 && strlen (help) < HELP_BYTES_MAX)
    {
      g_autoptr(GHashTable) options = tc_script_parse_help (help);

      if (g_hash_table_contains (options, "--epochs") || g_hash_table_contains (options, "--help"))
        {
          if (!tc_file_write (data->cache_file, help, -1, TC_FILE_DEFAULT, &error))
            g_message ("%s: %s", data->cache_file, error->message);
          data->facts->options = g_steal_pointer (&options);
        }
    }

  g_task_return_pointer (task, g_steal_pointer (&data->facts),
                         (GDestroyNotify) tc_script_facts_free);
}

/* The newest change among the Python files beside the script and one folder
 * down: the options may be declared in a package next to it. */
static gint64
newest_change (const char *folder,
               gboolean    descend)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  gint64 newest = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      GStatBuf info;

      if (g_str_has_suffix (name, ".py") && g_stat (path, &info) == 0)
        newest = MAX (newest, (gint64) info.st_mtime);
      else if (descend && name[0] != '.' && g_file_test (path, G_FILE_TEST_IS_DIR))
        newest = MAX (newest, newest_change (path, FALSE));
    }

  return newest;
}

static char *
build_cache_path (const char *script,
                  const char *python,
                  const char *sha256,
                  const char *cache_dir)
{
  g_autofree char *folder = g_path_get_dirname (script);
  g_autofree char *own = python != NULL ? g_strdup_printf ("-%x", g_str_hash (python)) : g_strdup ("");
  g_autofree char *name = g_strdup_printf ("help-%.32s-%" G_GINT64_FORMAT "%s.txt", sha256,
                                           newest_change (folder, TRUE), own);

  return g_build_filename (cache_dir, name, NULL);
}

/**
 * tc_script_probe_async:
 * @script: path of a script
 * @python: (nullable): the Python of the session, if one was chosen
 * @cache_dir: folder where answers are kept
 *
 * Finds out which options @script knows: from the cache, else by running it
 * with --help for at most 30 seconds.
 */
void
tc_script_probe_async (const char          *script,
                       const char          *python,
                       const char          *cache_dir,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  ProbeData *data = g_new0 (ProbeData, 1);
  g_autofree char *bytes = NULL;
  g_autofree char *help = NULL;
  g_autofree char *real_path = realpath (script, NULL);
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  GError *error = NULL;
  gsize length;

  g_task_set_source_tag (task, tc_script_probe_async);
  g_task_set_task_data (task, data, (GDestroyNotify) probe_data_free);
  data->script = g_strdup (script);
  data->program = tc_python_dup_program (python);

  bytes = tc_file_read (real_path != NULL ? real_path : script, SCRIPT_BYTES_MAX, &length, &error);
  if (bytes == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  data->facts = g_new0 (TcScriptFacts, 1);
  data->facts->sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *) bytes, length);
  data->cache_file = build_cache_path (data->script, python, data->facts->sha256, cache_dir);

  help = tc_file_read (data->cache_file, HELP_BYTES_MAX, NULL, NULL);
  if (help != NULL)
    {
      data->facts->options = tc_script_parse_help (help);
      g_task_return_pointer (task, g_steal_pointer (&data->facts),
                             (GDestroyNotify) tc_script_facts_free);
      return;
    }

  ask_script (g_steal_pointer (&task));
}

/**
 * tc_script_probe_finish:
 *
 * Returns: (transfer full) (nullable): what the script knows
 */
TcScriptFacts *
tc_script_probe_finish (GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
