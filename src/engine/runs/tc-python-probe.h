/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Asks a Python which one it is and which PyTorch it has, once: the answer is
 * kept until something is installed there. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char *program;  /* (owned) absolute */
  char *version;  /* (owned) "3.11.2" */
  char *torch;    /* (owned) (nullable) "2.6.0"; NULL without PyTorch */
} TcPythonFacts;

void           tc_python_facts_free   (TcPythonFacts        *self);
gboolean       tc_python_refuse       (const char           *python,
                                       GError              **error);
void           tc_python_probe_async  (const char           *python,
                                       const char * const   *environment,
                                       const char           *cache_dir,
                                       GCancellable         *cancellable,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);
TcPythonFacts *tc_python_probe_finish (GAsyncResult         *result,
                                       GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcPythonFacts, tc_python_facts_free)

G_END_DECLS
