/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"

#define TC_INDEX_GAP (UINT64_C (1) << 63)

/* One record of output.idx: 32 bytes, little-endian. log_offset is the size of
 * output.log before the bytes that arrived at that moment. With TC_INDEX_GAP
 * set, boottime_us is instead the number of bytes dropped at that offset. */
typedef struct
{
  uint64_t log_offset;
  int64_t  realtime_us;
  int64_t  boottime_us;
  int64_t  monotonic_us;
} TcIndexRecord;

int  tc_index_open       (int dir_fd);
bool tc_index_add        (int fd, uint64_t log_offset, const TcStamp *stamp);
bool tc_index_add_gap    (int fd, uint64_t log_offset, const TcStamp *stamp, uint64_t dropped);
