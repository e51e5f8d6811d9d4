/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* A live view where nothing can be redrawn: each fact becomes one line, once.
 * No I/O. One owner.
 */

#include "tc-watch-run.h"

G_BEGIN_DECLS

typedef struct
{
  guint64        session_id;  /* 0: none yet */
  guint          attempt;
  TcSessionState state;
  guint          epoch;       /* up to here all are told */
  GHashTable    *gates;       /* (owned) (nullable) told ones, by epoch */
  guint          n_events;
} TcWatchPlain;

void  tc_watch_plain_clear  (TcWatchPlain *self);
void  tc_watch_plain_skip   (TcWatchPlain *self,
                             TcWatchRun   *run);
char *tc_watch_plain_update (TcWatchPlain *self,
                             TcWatchRun   *run);

G_END_DECLS
