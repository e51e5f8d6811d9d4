/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Adds up what the processes of a run have used, from /proc: CPU time, bytes
 * read and written, and whether all of them are stopped. A run is its child,
 * the descendants of that child, and whatever shares the child's session.
 * Totals keep what processes that have ended used until the last look. The
 * folder is a parameter, so that a test can write one. One owner, one thread.
 */

#include "tc-watch-signs.h"

typedef struct _TcWatchProc TcWatchProc;

TcWatchProc *tc_watch_proc_new      (const char    *proc_root,
                                     GPid           child,
                                     gint64         child_start_time);
void         tc_watch_proc_free     (TcWatchProc   *self);
void         tc_watch_proc_sample   (TcWatchProc   *self,
                                     TcWatchSample *sample);
GArray      *tc_watch_proc_get_pids (TcWatchProc   *self); /* (element-type GPid) */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcWatchProc, tc_watch_proc_free)
