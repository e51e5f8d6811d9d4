/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-python-probe.h"

#include <glib/gstdio.h>
#include <string.h>

#include "tc-error.h"
#include "tc-file.h"
#include "tc-json.h"
#include "tc-python.h"

#define PROBE_SECONDS 15
#define ANSWER_BYTES_MAX (256 * 1024)

/* Importing PyTorch takes seconds; what is installed is written down beside it. */
static const char question[] =
  "import json, os, re, sys\n"
  "torch = None\n"
  "try:\n"
  "    from importlib import metadata, util\n"
  "    spec = util.find_spec('torch')\n"
  "    if spec is not None and spec.origin:\n"
  "        path = os.path.join(os.path.dirname(spec.origin), 'version.py')\n"
  "        if os.path.exists(path):\n"
  "            with open(path) as file:\n"
  "                found = re.search(r'__version__[^=\\n]*= *[\\'\"]([^\\'\"]+)', file.read())\n"
  "            torch = found.group(1) if found else None\n"
  "        torch = torch or metadata.version('torch')\n"
  "except Exception:\n"
  "    pass\n"
  "print(json.dumps({'version': '%d.%d.%d' % sys.version_info[:3], 'torch': torch,\n"
  "                  'paths': [path for path in sys.path if path]}))\n";

/* One question to one Python. */
typedef struct {
  /* Input arguments. */
  char        *program;     /* (owned) absolute */
  GStrv        environment; /* (owned) */
  char        *cache_file;  /* (owned) */

  /* In-progress data. */
  GSubprocess *process;     /* (owned) (nullable) */
  guint        timeout_id;
} ProbeData;

static void
probe_data_free (ProbeData *data)
{
  g_clear_handle_id (&data->timeout_id, g_source_remove);
  g_clear_object (&data->process);
  g_strfreev (data->environment);
  g_free (data->program);
  g_free (data->cache_file);
  g_free (data);
}

/** tc_python_facts_free: */
void
tc_python_facts_free (TcPythonFacts *self)
{
  g_free (self->program);
  g_free (self->version);
  g_free (self->torch);
  g_free (self);
}

/**
 * tc_python_refuse:
 * @python: a program, or the folder of a virtual environment
 * @error: TC_ERROR_INVALID with what is wrong with it and what to do
 *
 * Returns: FALSE if its files say already that it cannot run anything
 */
gboolean
tc_python_refuse (const char  *python,
                  GError     **error)
{
  static const char *const sentences[] = {
    [TC_PYTHON_NOT_ABSOLUTE] = "The Python “%s” must be an absolute path",
    [TC_PYTHON_MISSING] = "There is no Python %s; choose a python3 program or the folder of a virtual environment",
    [TC_PYTHON_NO_ENVIRONMENT] = "The folder %s has no bin/python3 and is no virtual environment; choose another, "
                                 "or make one with python3 -m venv",
    [TC_PYTHON_NOT_EXECUTABLE] = "The Python %s is not executable; allow it with chmod u+x or choose another",
  };
  TcPythonProblem problem = tc_python_check (python);

  if (problem == TC_PYTHON_FINE)
    return TRUE;
  g_set_error (error, TC_ERROR, TC_ERROR_INVALID, sentences[problem], python);

  return FALSE;
}

static gint64
get_change (const char *path)
{
  GStatBuf info;

  if (path == NULL || g_stat (path, &info) != 0)
    return 0;

  return (gint64) info.st_mtim.tv_sec * G_USEC_PER_SEC + info.st_mtim.tv_nsec / 1000;
}

/* A package that is installed or removed changes the folder that it is in. */
static JsonArray *
stamp_paths (const char *program,
             JsonArray  *paths)
{
  JsonArray *stamps = json_array_new ();

  json_array_add_int_element (stamps, get_change (program));
  for (guint i = 0; paths != NULL && i < json_array_get_length (paths); i++)
    {
      JsonNode *node = json_array_get_element (paths, i);

      json_array_add_int_element (stamps, get_change (JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL));
    }

  return stamps;
}

static gboolean
is_fresh (const char *program,
          JsonObject *answer)
{
  g_autoptr(JsonArray) now = stamp_paths (program, tc_json_get_array (answer, "paths"));
  JsonArray *then = tc_json_get_array (answer, "stamps");
  guint n = json_array_get_length (now);

  if (then == NULL || json_array_get_length (then) != n)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      if (!json_node_equal (json_array_get_element (now, i), json_array_get_element (then, i)))
        return FALSE;
    }

  return TRUE;
}

static TcPythonFacts *
read_facts (const char *program,
            JsonObject *answer)
{
  const char *version = tc_json_get_string (answer, "version", NULL);
  TcPythonFacts *facts;

  if (version == NULL || !g_str_has_prefix (version, "3."))
    return NULL;
  facts = g_new0 (TcPythonFacts, 1);
  facts->program = g_strdup (program);
  facts->version = g_strdup (version);
  facts->torch = g_strdup (tc_json_get_string (answer, "torch", NULL));

  return facts;
}

static void
keep_answer (ProbeData  *data,
             JsonObject *answer)
{
  g_autoptr(JsonNode) node = json_node_init_object (json_node_alloc (), answer);
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;

  json_object_set_array_member (answer, "stamps", stamp_paths (data->program, tc_json_get_array (answer, "paths")));
  text = tc_json_to_string (node, FALSE);
  if (!tc_file_write (data->cache_file, text, -1, TC_FILE_DEFAULT, &error))
    g_message ("%s: %s", data->cache_file, error->message);
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
on_answered (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  ProbeData *data = g_task_get_task_data (task);
  gboolean is_late = data->timeout_id == 0;
  g_autofree char *text = NULL;
  g_autoptr(JsonObject) answer = NULL;
  g_autoptr(TcPythonFacts) facts = NULL;

  g_clear_handle_id (&data->timeout_id, g_source_remove);
  if (g_subprocess_communicate_utf8_finish (G_SUBPROCESS (object), result, &text, NULL, NULL) &&
      text != NULL && strlen (text) < ANSWER_BYTES_MAX)
    answer = tc_json_parse_object (text, -1, TC_JSON_DEFAULT, NULL);
  if (answer != NULL)
    facts = read_facts (data->program, answer);
  if (facts != NULL)
    {
      keep_answer (data, answer);
      g_task_return_pointer (task, g_steal_pointer (&facts), (GDestroyNotify) tc_python_facts_free);
    }
  else
    g_task_return_new_error (task, TC_ERROR, TC_ERROR_INVALID,
                             is_late ? "The Python %s did not answer within 15 seconds; choose another, or try again"
                                     : "%s is no Python 3 that works; choose another program or virtual environment",
                             data->program);
}

/* Takes ownership of @task. */
static void
ask_python (GTask *task)
{
  ProbeData *data = g_task_get_task_data (task);
  g_autoptr(GSubprocessLauncher) launcher = NULL;
  g_autoptr(GError) error = NULL;

  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  /* Where no module lies about that Python would take for its own. */
  g_subprocess_launcher_set_cwd (launcher, "/");
  g_subprocess_launcher_set_environ (launcher, data->environment);
  data->process = g_subprocess_launcher_spawn (launcher, &error, data->program, "-c", question, NULL);
  if (data->process == NULL)
    {
      g_task_return_new_error (task, TC_ERROR, TC_ERROR_INVALID,
                               "%s cannot be executed and is no Python; choose another program or virtual environment",
                               data->program);
      g_object_unref (task);
      return;
    }
  data->timeout_id = g_timeout_add_seconds (PROBE_SECONDS, on_timeout, data);
  g_subprocess_communicate_utf8_async (data->process, NULL, g_task_get_cancellable (task), on_answered, task);
}

/* As execvp() finds it in the environment that it is executed in. */
static char *
find_program (const char  *name,
              const char  *path)
{
  g_auto(GStrv) folders = g_strsplit (path != NULL ? path : "/usr/local/bin:/usr/bin:/bin", ":", -1);

  if (g_path_is_absolute (name))
    return g_strdup (name);
  for (guint i = 0; folders[i] != NULL; i++)
    {
      g_autofree char *program = g_build_filename (folders[i], name, NULL);

      if (g_path_is_absolute (program) && g_file_test (program, G_FILE_TEST_IS_EXECUTABLE))
        return g_steal_pointer (&program);
    }

  return NULL;
}

static char *
build_cache_path (ProbeData  *data,
                  const char *cache_dir)
{
  const char *path = g_environ_getenv (data->environment, "PYTHONPATH");
  g_autofree char *key = g_strdup_printf ("%s:%s", data->program, path != NULL ? path : "");
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, key, -1);
  g_autofree char *name = g_strdup_printf ("python-%.32s.json", sum);

  return g_build_filename (cache_dir, name, NULL);
}

/**
 * tc_python_probe_async:
 * @python: (nullable): a program, or the folder of a virtual environment; NULL
 *   for the python3 that is found by its name
 * @environment: (nullable): what it is executed with; the engine's own if NULL
 * @cache_dir: folder where answers are kept
 *
 * Finds out which Python it is: from the cache, else by asking it for at most 15
 * seconds. Fails with a sentence for people when it is none.
 */
void
tc_python_probe_async (const char          *python,
                       const char * const  *environment,
                       const char          *cache_dir,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autofree char *name = tc_python_dup_program (python);
  g_autoptr(JsonObject) answer = NULL;
  TcPythonFacts *facts = NULL;
  ProbeData *data = g_new0 (ProbeData, 1);
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  GError *error = NULL;

  g_task_set_source_tag (task, tc_python_probe_async);
  g_task_set_task_data (task, data, (GDestroyNotify) probe_data_free);
  if (python != NULL && !tc_python_refuse (python, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  data->environment = environment != NULL ? g_strdupv ((char **) environment) : g_get_environ ();
  if (python != NULL)
    data->environment = g_environ_unsetenv (data->environment, "PYTHONHOME");
  data->program = find_program (name, g_environ_getenv (data->environment, "PATH"));
  if (data->program == NULL)
    {
      g_task_return_new_error (task, TC_ERROR, TC_ERROR_INVALID,
                               "There is no python3 here; install one, or choose a Python in the preferences");
      return;
    }
  data->cache_file = build_cache_path (data, cache_dir);
  answer = tc_json_load (data->cache_file, ANSWER_BYTES_MAX, TC_JSON_DEFAULT, NULL);
  if (answer != NULL && is_fresh (data->program, answer))
    facts = read_facts (data->program, answer);
  if (facts != NULL)
    g_task_return_pointer (task, facts, (GDestroyNotify) tc_python_facts_free);
  else
    ask_python (g_steal_pointer (&task));
}

/**
 * tc_python_probe_finish:
 * @error: TC_ERROR_INVALID with what is wrong with it and what to do
 *
 * Returns: (transfer full) (nullable): what it is
 */
TcPythonFacts *
tc_python_probe_finish (GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
