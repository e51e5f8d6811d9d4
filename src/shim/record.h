/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "clock.h"
#include "rundir.h"

#define TC_BOOT_ID_SIZE 64

/* Who is who in a run: the content of shim.json. */
typedef struct
{
  pid_t    pump_pid;
  uint64_t pump_start_time;
  pid_t    child_pid;
  uint64_t child_start_time;
  char     boot_id[TC_BOOT_ID_SIZE];
  TcStamp  started;
} TcIdentity;

/* How a run ended: the content of exit.json. */
typedef struct
{
  bool          known;      /* the status below was learnt by waiting for the process */
  int           status;     /* as of wait(); only when known */
  bool          oom_killed;
  bool          oom_certain;
  const char   *stopped_by; /* a constant, or NULL */
  bool          killed_after_grace;
  bool          unkillable;
  int           leftover_processes;
  uint64_t      dropped_bytes;
  int64_t       user_us;
  int64_t       system_us;
  int64_t       max_rss_bytes;
  TcStamp       ended;
} TcExitRecord;

void tc_record_boot_id        (char boot_id[TC_BOOT_ID_SIZE]);
bool tc_record_read_identity  (const TcRunDir *dir, TcIdentity *identity);
int  tc_record_write_identity (const TcRunDir *dir, const TcIdentity *identity, bool durable);
void tc_record_add_usage      (TcExitRecord *record, const struct rusage *usage);
int  tc_record_write_exit     (const TcRunDir *dir, const TcIdentity *identity, const TcExitRecord *record);
