/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What the engine finds out about a Python: which one it is, and which PyTorch it
 * has. What was asked last counts. One main context.
 */

#include "tc-client.h"

G_BEGIN_DECLS

#define TC_TYPE_PYTHON_ANSWER (tc_python_answer_get_type ())
G_DECLARE_FINAL_TYPE (TcPythonAnswer, tc_python_answer, TC, PYTHON_ANSWER, GObject)

/* Signal: changed () when something was found out */
TcPythonAnswer *tc_python_answer_new         (TcClient       *client);
void            tc_python_answer_ask         (TcPythonAnswer *self,
                                              const char     *python);
gboolean        tc_python_answer_is_of       (TcPythonAnswer *self,
                                              const char     *python);
const char     *tc_python_answer_get_version (TcPythonAnswer *self);
const char     *tc_python_answer_get_torch   (TcPythonAnswer *self);
const char     *tc_python_answer_get_problem (TcPythonAnswer *self);

G_END_DECLS
