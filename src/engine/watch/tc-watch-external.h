/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The script's own training_watchdog.py, run beside it: started low in
 * priority and in a process group of its own, in UTC (it compares UTC with
 * local time), read line by line, restarted at most three times when it dies
 * or hangs, killed when the run ends or the object goes. Only news is emitted:
 * warnings, errors and changes, not the block it prints every minute. No
 * script, no watchdog: not an error. Main thread only.
 *
 * Signals:
 *  finding (TcEvent *event, gboolean wants_stop)  kind "watchdog"; wants_stop
 *      is always FALSE: a script we do not know stops nothing
 */

#include <gio/gio.h>

#include "tc-clock.h"

G_BEGIN_DECLS

#define TC_TYPE_WATCH_EXTERNAL (tc_watch_external_get_type ())
G_DECLARE_FINAL_TYPE (TcWatchExternal, tc_watch_external, TC, WATCH_EXTERNAL, GObject)

TcWatchExternal *tc_watch_external_new        (TcClock            *clock,
                                               guint64             session_id,
                                               const char * const *interpreter,
                                               const char         *script,
                                               const char         *status_file,
                                               guint               interval_s);
gboolean         tc_watch_external_start      (TcWatchExternal    *self);
void             tc_watch_external_stop       (TcWatchExternal    *self);
gboolean         tc_watch_external_is_running (TcWatchExternal    *self);
GPid             tc_watch_external_get_pid    (TcWatchExternal    *self);
void             tc_watch_external_tick       (TcWatchExternal    *self);

G_END_DECLS
