/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The Python that somebody chose: a program, or the folder of a virtual
 * environment. What can be said of it without running it; words are of those
 * who show them.
 */

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  TC_PYTHON_FINE,
  TC_PYTHON_NOT_ABSOLUTE,
  TC_PYTHON_MISSING,
  TC_PYTHON_NO_ENVIRONMENT,  /* a folder without a bin/python3 */
  TC_PYTHON_NOT_EXECUTABLE,
} TcPythonProblem;

TcPythonProblem tc_python_check           (const char *python);
char           *tc_python_dup_program     (const char *python);
char           *tc_python_dup_environment (const char *python);

G_END_DECLS
