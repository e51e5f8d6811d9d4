/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "tc-check-config.h"
#include "tc-corpus-probe.h"
#include "tc-error.h"
#include "tc-file.h"
#include "tc-launch.h"
#include "tc-log-parser.h"
#include "tc-python-probe.h"
#include "tc-python.h"

static gboolean
refuse (GError     **error,
        const char  *format,
        const char  *path)
{
  g_set_error (error, TC_ERROR, TC_ERROR_INVALID, format, path);

  return FALSE;
}

static gboolean
check_script (const char  *script,
              GError     **error)
{
  if (!g_path_is_absolute (script))
    return refuse (error, "“%s” must be an absolute path", script);
  if (!g_file_test (script, G_FILE_TEST_EXISTS))
    return refuse (error, "There is no script %s", script);
  if (!g_file_test (script, G_FILE_TEST_IS_REGULAR))
    return refuse (error, "%s is not a file; give the script itself", script);
  if (g_access (script, R_OK) != 0)
    return refuse (error, "The script %s cannot be read; allow it with chmod u+r", script);
  if (!g_str_has_suffix (script, ".py") && g_access (script, X_OK) != 0)
    return refuse (error, "The script %s is not executable; allow it with chmod u+x", script);

  return TRUE;
}

static gboolean
check_workdir (const char  *path,
               GError     **error)
{
  if (!g_path_is_absolute (path))
    return refuse (error, "“%s” must be an absolute path", path);
  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return refuse (error, "There is no folder %s to work in", path);
  if (g_access (path, W_OK | X_OK) != 0)
    return refuse (error, "The folder %s cannot be written to; choose another", path);

  return TRUE;
}

/* A command is found the way the shim's execvp will find it. */
static gboolean
is_found (const char *word,
          const char *python)
{
  g_autofree char *environment = tc_python_dup_environment (python);
  g_autofree char *own = environment != NULL ? g_build_filename (environment, "bin", word, NULL) : NULL;
  g_autofree char *program = g_find_program_in_path (word);

  return program != NULL || (own != NULL && g_file_test (own, G_FILE_TEST_IS_EXECUTABLE));
}

static gboolean
check_command (const char  *command,
               const char  *workdir,
               const char  *python,
               GError     **error)
{
  g_auto(GStrv) words = NULL;
  g_autoptr(GError) local_error = NULL;

  if (!g_shell_parse_argv (command, NULL, &words, &local_error))
    {
      g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "The command cannot be read: %s",
                   local_error->message);
      return FALSE;
    }
  if (strchr (words[0], '{') != NULL || (words[0][0] == '.' && workdir != NULL))
    return TRUE;

  return is_found (words[0], python) || refuse (error, "There is no program “%s” that could be run", words[0]);
}

static gboolean
check_regex (const char  *regex,
             GError     **error)
{
  g_autoptr(TcLogParser) parser = tc_log_parser_new (regex, error);

  return parser != NULL;
}

/**
 * tc_check_config:
 * @trainer_dir: where the bundled scripts are
 * @error: TC_ERROR_INVALID with a sentence that says what is wrong with which
 *   file
 *
 * Returns: whether a session with @config could start now
 */
gboolean
tc_check_config (TcSessionConfig  *config,
                 const char       *trainer_dir,
                 GError          **error)
{
  g_autofree char *script = tc_launch_dup_script (config, trainer_dir);

  if (script != NULL && !check_script (script, error))
    return FALSE;
  if (config->python != NULL && !tc_python_refuse (config->python, error))
    return FALSE;
  if (config->command != NULL && !check_command (config->command, config->workdir, config->python, error))
    return FALSE;
  if (config->corpus_file != NULL && !tc_corpus_refuse (config->corpus_file, error))
    return FALSE;
  if (config->workdir != NULL && !check_workdir (config->workdir, error))
    return FALSE;
  if (config->progress_regex != NULL && !check_regex (config->progress_regex, error))
    return FALSE;
  if (config->resume_from != NULL && !g_file_test (config->resume_from, G_FILE_TEST_EXISTS))
    return refuse (error, "There is no checkpoint %s to resume from", config->resume_from);

  return TRUE;
}
