/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Turns what is known about a run into lines for a terminal of a given width.
 * Pure: the same input gives the same lines.
 */

#include "tc-cli-text.h"
#include "tc-watch-run.h"

G_BEGIN_DECLS

typedef struct
{
  TcWatchRun *run;
  guint       index;        /* of the session among those watched, from 1 */
  guint       total;        /* how many are watched */
  gboolean    is_paused;    /* the queue starts nothing more */
  const char *problem;      /* (nullable) why the engine does not answer */
  gint64      now_us;       /* UTC */
  GTimeZone  *zone;         /* (nullable) */
  guint       width;        /* columns */
  gboolean    has_colours;
} TcWatchView;

GPtrArray *tc_watch_view_render (const TcWatchView *view);

G_END_DECLS
