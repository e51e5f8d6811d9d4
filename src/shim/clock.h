/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#pragma once

#include <stdint.h>

#define TC_NS_PER_SECOND INT64_C (1000000000)
#define TC_NS_PER_MS     INT64_C (1000000)

/* The same moment on three clocks, in microseconds. BOOTTIME counts time
 * spent suspended and MONOTONIC does not: their difference is the suspension. */
typedef struct
{
  int64_t realtime_us;  /* since the epoch, UTC */
  int64_t boottime_us;
  int64_t monotonic_us;
} TcStamp;

int64_t tc_clock_monotonic_ns (void);
void    tc_clock_stamp        (TcStamp *stamp);
