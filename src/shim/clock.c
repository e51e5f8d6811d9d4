/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <time.h>

#include "clock.h"

static int64_t
read_clock_ns (clockid_t clock)
{
  struct timespec now;

  if (clock_gettime (clock, &now) != 0)
    return 0;

  return (int64_t) now.tv_sec * TC_NS_PER_SECOND + now.tv_nsec;
}

/* Returns the monotonic clock in nanoseconds. Every deadline of the shim is on
 * this clock: setting the wall clock or suspending the machine must not end a
 * grace period early. */
int64_t
tc_clock_monotonic_ns (void)
{
  return read_clock_ns (CLOCK_MONOTONIC);
}

/* Stores the present moment, in microseconds, on all three clocks in stamp. */
void
tc_clock_stamp (TcStamp *stamp)
{
  stamp->realtime_us = read_clock_ns (CLOCK_REALTIME) / 1000;
  stamp->boottime_us = read_clock_ns (CLOCK_BOOTTIME) / 1000;
  stamp->monotonic_us = read_clock_ns (CLOCK_MONOTONIC) / 1000;
}
