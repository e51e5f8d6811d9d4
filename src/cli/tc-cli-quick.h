/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* One blocking request to the engine over its socket, for the one command that
 * must cost no more than a task spooler's: loading and starting libsoup takes
 * 3 to 4 ms, all of `tsp` takes 1. Everything else goes through TcClient.
 */

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  TC_CLI_QUICK_DONE,    /* there is an answer */
  TC_CLI_QUICK_REFUSED, /* nobody listens; nothing was sent */
  TC_CLI_QUICK_LOST,    /* sent, but no answer came */
} TcCliQuick;

TcCliQuick tc_cli_quick_post     (const char  *socket_path,
                                  const char  *target,
                                  const char  *body,
                                  guint       *status,
                                  char       **answer);
char      *tc_cli_quick_find     (const char  *json,
                                  const char  *member);

G_END_DECLS
