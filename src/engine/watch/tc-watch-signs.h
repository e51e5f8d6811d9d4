/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Tells a run that is stuck from one that is merely silent, slow, paused or
 * asleep. It is fed with signs of life and with three clocks, and never reads
 * either by itself. A stall is said only when every sign has been quiet for
 * max (10 min, 8 × the 99th percentile of past gaps between metric points), 30
 * min before the first point. Durations are counted on the monotonic clock; a
 * suspend (boottime − monotonic grows) gives five minutes of grace, a step of
 * the wall clock is mentioned and changes nothing. One owner, one thread.
 */

#include "tc-clock.h"
#include "tc-finding.h"

/* One look at the three clocks, µs. */
typedef struct
{
  gint64 monotonic;
  gint64 boottime;
  gint64 realtime;
} TcWatchMoment;

/* One look at a run. Counters only grow; what matters is that they change. */
typedef struct
{
  guint64  cpu_us;      /* CPU time of the whole tree so far */
  guint64  io_bytes;    /* read and written by the tree so far */
  guint64  files;       /* a digest of the run folder's sizes and times */
  int      gpu_percent; /* of the GPUs the tree computes on; -1: unknown */
  guint    n_processes; /* 0: the tree is gone, or could not be read */
  gboolean is_stopped;  /* its first process is stopped by a signal */
} TcWatchSample;

typedef struct _TcWatchSigns TcWatchSigns;

TcWatchSigns *tc_watch_signs_new        (const TcWatchMoment *now,
                                         gint64               interval_us);
void          tc_watch_signs_free       (TcWatchSigns        *self);
void          tc_watch_signs_note_log   (TcWatchSigns        *self,
                                         gint64               monotonic_us,
                                         gint64               bytes);
void          tc_watch_signs_note_point (TcWatchSigns        *self,
                                         gint64               monotonic_us);
void          tc_watch_signs_set_paused (TcWatchSigns        *self,
                                         const TcWatchMoment *now,
                                         gboolean             is_paused);
void          tc_watch_signs_push       (TcWatchSigns        *self,
                                         const TcWatchMoment *now,
                                         const TcWatchSample *sample,
                                         TcFindingFunc        func,
                                         gpointer             user_data);
gint64        tc_watch_signs_get_wait   (TcWatchSigns        *self,
                                         gint64               monotonic_us);
gint64        tc_watch_signs_get_limit  (TcWatchSigns        *self);

void          tc_watch_moment_read      (TcWatchMoment       *self,
                                         TcClock             *clock);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcWatchSigns, tc_watch_signs_free)
