/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What the shim wrote down about a run: exit.json, how it ended, and shim.json,
 * who is running it. Read as a stranger's JSON: half a file, a wrong type or a
 * number out of range is TC_ERROR_CORRUPT, a newer version TC_ERROR_NEWER, no
 * file TC_ERROR_NOT_FOUND. Never a guess. Plain values; any thread.
 */

#include <glib.h>

#define TC_EXIT_RECORD_MAX_BYTES (64 * 1024)

typedef struct
{
  gboolean has_exit_code;
  int      exit_code;          /* 0 … 255 */
  int      signal;             /* 0: none; without an exit code either, not known */
  gboolean core_dumped;
  gboolean oom_killed;
  gboolean oom_certain;        /* from the run's own cgroup, not guessed */
  char    *stopped_by;         /* (owned) (nullable) "user" "rule" "budget" "gate" "shutdown" */
  gboolean killed_after_grace;
  gboolean unkillable;
  gboolean log_ends_partial;
  guint    leftover_processes;
  gint64   log_bytes;
  gint64   dropped_bytes;
  gint64   started_at_us;      /* UTC; 0: not said */
  gint64   ended_at_us;        /* UTC; 0: not said */
  gint64   ended_boottime_us;
  double   user_seconds;
  double   system_seconds;
  gint64   max_rss_bytes;
  char    *boot_id;            /* (owned) (nullable) */
} TcExitRecord;

typedef struct
{
  GPid   shim_pid;
  gint64 shim_start_time;      /* field 22 of /proc/PID/stat */
  GPid   pump_pid;             /* 0: none */
  GPid   child_pid;            /* 0: not started yet */
  gint64 child_start_time;
  char  *boot_id;              /* (owned) (nullable) */
  gint64 started_at_us;        /* UTC */
  gint64 started_boottime_us;
  gint64 started_monotonic_us;
} TcShimRecord;

TcExitRecord *tc_exit_record_parse (const char    *data,
                                    gssize         length,
                                    GError       **error);
TcExitRecord *tc_exit_record_load  (const char    *run_dir,
                                    GError       **error);
void          tc_exit_record_free  (TcExitRecord  *self);

TcShimRecord *tc_shim_record_parse (const char    *data,
                                    gssize         length,
                                    GError       **error);
TcShimRecord *tc_shim_record_load  (const char    *run_dir,
                                    GError       **error);
void          tc_shim_record_free  (TcShimRecord  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcExitRecord, tc_exit_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcShimRecord, tc_shim_record_free)
