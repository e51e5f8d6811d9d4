/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The live view of one session, of several in turn, or of the queue. Blocks
 * until they have ended or somebody pressed Ctrl+C; the engine may be killed
 * and come back meanwhile.
 */

#include "tc-cli.h"

G_BEGIN_DECLS

typedef enum
{
  TC_WATCH_COMPLETED,   /* all that ended, ended well */
  TC_WATCH_NOT_ALL,     /* at least one failed or was cancelled */
  TC_WATCH_NOTHING,     /* there is nothing to watch */
  TC_WATCH_INTERRUPTED, /* Ctrl+C; what runs goes on */
  TC_WATCH_ERROR,       /* the error says why */
} TcWatchEnd;

TcWatchEnd tc_watch (TcCli    *cli,
                     GArray   *ids,
                     GError  **error);

G_END_DECLS
