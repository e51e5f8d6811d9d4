/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "statement-crash.h"

#include <glib.h>
#include <signal.h>
#include <sqlite3.h>

static int n_left;

static int
on_statement (unsigned  type,
              void     *context,
              void     *statement,
              void     *sql)
{
  if (g_atomic_int_dec_and_test (&n_left))
    raise (SIGKILL);

  return 0;
}

static int
on_connection (sqlite3                          *handle,
               const char                      **message,
               const struct sqlite3_api_routines *api)
{
  return sqlite3_trace_v2 (handle, SQLITE_TRACE_STMT, on_statement, NULL);
}

/**
 * statement_crash_install:
 * @n: 1 for the first statement
 *
 * Before any connection is made.
 */
void
statement_crash_install (int n)
{
  n_left = n;
  sqlite3_auto_extension ((void (*) (void)) on_connection);
}
