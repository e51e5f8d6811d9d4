/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-python.h"

#include <glib/gstdio.h>
#include <unistd.h>

/* What python3 -m venv leaves in the folder that it makes. */
#define ENVIRONMENT_MARK "pyvenv.cfg"

/**
 * tc_python_check:
 * @python: a program, or the folder of a virtual environment
 *
 * Returns: what is wrong with it, as far as its files say
 */
TcPythonProblem
tc_python_check (const char *python)
{
  g_autofree char *program = tc_python_dup_program (python);

  if (!g_path_is_absolute (python))
    return TC_PYTHON_NOT_ABSOLUTE;
  if (!g_file_test (python, G_FILE_TEST_EXISTS))
    return TC_PYTHON_MISSING;
  if (!g_file_test (program, G_FILE_TEST_IS_REGULAR))
    return TC_PYTHON_NO_ENVIRONMENT;
  if (g_access (program, X_OK) != 0)
    return TC_PYTHON_NOT_EXECUTABLE;

  return TC_PYTHON_FINE;
}

/** tc_python_dup_program: Returns: (transfer full): what is to be executed; "python3" when none was chosen */
char *
tc_python_dup_program (const char *python)
{
  if (python == NULL)
    return g_strdup ("python3");
  if (g_file_test (python, G_FILE_TEST_IS_DIR))
    return g_build_filename (python, "bin", "python3", NULL);

  return g_strdup (python);
}

/**
 * tc_python_dup_environment:
 * @python: (nullable): a program, or the folder of a virtual environment
 *
 * Returns: (transfer full) (nullable): the folder of the virtual environment
 *   that it belongs to
 */
char *
tc_python_dup_environment (const char *python)
{
  g_autofree char *folder = NULL;
  g_autofree char *parent = NULL;
  g_autofree char *mark = NULL;

  if (python == NULL)
    return NULL;
  if (g_file_test (python, G_FILE_TEST_IS_DIR))
    return g_canonicalize_filename (python, "/");

  /* Not the file that a link leads to: that is the system's Python. */
  folder = g_path_get_dirname (python);
  parent = g_path_get_dirname (folder);
  mark = g_build_filename (parent, ENVIRONMENT_MARK, NULL);

  return g_file_test (mark, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer (&parent) : NULL;
}
