/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The built-in watchdog of one active run: it owns the rules, the signs of
 * life, the forecast of the disk and the limits, and emits what is worth
 * telling. Make one when the child runs, drop it when the run has ended; it has
 * one timer, and none before start() and after stop(). Main thread only.
 *
 * Signals:
 *  finding (TcEvent *event, gboolean wants_stop)  the event is borrowed;
 *      whether a wish to stop is followed is the session's decision
 */

#include <glib-object.h>

#include "tc-clock.h"
#include "tc-point.h"

G_BEGIN_DECLS

/* Where it looks. A NULL member stands for the real thing. */
typedef struct
{
  const char *proc_root;   /* "/proc" */
  const char *nvml;        /* "libnvidia-ml.so.1"; "" for none */
  guint       interval_s;  /* between two looks; 0 stands for 60 */
  gboolean  (*get_free) (const char *path,
                         guint64    *free_bytes,
                         gpointer    user_data);
  gpointer    user_data;   /* for get_free */
} TcWatchdogSources;

#define TC_TYPE_WATCHDOG (tc_watchdog_get_type ())
G_DECLARE_FINAL_TYPE (TcWatchdog, tc_watchdog, TC, WATCHDOG, GObject)

TcWatchdog *tc_watchdog_new             (TcClock                 *clock,
                                         const char              *run_dir,
                                         guint64                  session_id,
                                         GPid                     child,
                                         gint64                   child_start_time);
TcWatchdog *tc_watchdog_new_full        (TcClock                 *clock,
                                         const char              *run_dir,
                                         guint64                  session_id,
                                         GPid                     child,
                                         gint64                   child_start_time,
                                         const TcWatchdogSources *sources);
void        tc_watchdog_start           (TcWatchdog              *self);
void        tc_watchdog_stop            (TcWatchdog              *self);
void        tc_watchdog_tick            (TcWatchdog              *self);

void        tc_watchdog_push_point      (TcWatchdog              *self,
                                         const TcPoint           *point);
void        tc_watchdog_push_points     (TcWatchdog              *self,
                                         const TcPoint           *points,
                                         guint                    n_points);
void        tc_watchdog_replay_points   (TcWatchdog              *self,
                                         const TcPoint           *points,
                                         guint                    n_points);
void        tc_watchdog_note_log        (TcWatchdog              *self,
                                         gint64                   bytes);
void        tc_watchdog_note_checkpoint (TcWatchdog              *self,
                                         gint64                   bytes);
void        tc_watchdog_set_remaining   (TcWatchdog              *self,
                                         gint64                   remaining_us);
void        tc_watchdog_set_paused      (TcWatchdog              *self,
                                         gboolean                 is_paused);

G_END_DECLS
