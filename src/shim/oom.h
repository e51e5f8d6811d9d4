/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Counters of the kernel's out-of-memory kills, read before and after. */
typedef struct
{
  char    cgroup_file[1024]; /* memory.events (v2) or memory.oom_control (v1); "" = none */
  int64_t cgroup_kills;
  int64_t system_kills;
} TcOom;

void tc_oom_begin (TcOom *oom);
void tc_oom_judge (const TcOom *oom, bool failed, bool foreign_sigkill, bool *killed, bool *certain);
