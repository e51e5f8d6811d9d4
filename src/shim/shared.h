/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* One page shared by the reaper and every pump it starts. It holds what must
 * outlive a killed pump; what must outlive the reaper is in the run folder. */
typedef struct
{
  _Atomic uint64_t dropped_bytes;    /* all gaps of this start together */
  _Atomic uint64_t gap_bytes;        /* the present gap, not yet in the index */
  _Atomic uint64_t gap_offset;       /* where in the log it is */
  _Atomic int64_t  blocked_since_ns; /* first failed write to the log; 0 = fine */
  _Atomic int64_t  indexed_at_ns;    /* last index record */
  _Atomic int64_t  ballast_tried_ns; /* last attempt to get the ballast back */
  _Atomic bool     disk_full;        /* the log cannot grow, or only on the ballast */
  _Atomic bool     ballast_released;
  _Atomic bool     finishing;        /* every writer is gone: drain and leave */
  _Atomic bool     give_up;          /* do not wait for space any more */
} TcShared;
