/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* How busy the NVIDIA GPUs are that a run computes on, asked of the driver's
 * own library (NVML), which is opened when it is there. Without it, or with
 * one that answers errors, the answer is "unknown"; nothing is ever spawned.
 * One owner, one thread.
 */

#include <glib.h>

typedef struct _TcWatchGpu TcWatchGpu;

TcWatchGpu *tc_watch_gpu_new         (const char   *library);
void        tc_watch_gpu_free        (TcWatchGpu   *self);
gboolean    tc_watch_gpu_is_present  (TcWatchGpu   *self);
int         tc_watch_gpu_get_percent (TcWatchGpu   *self,
                                      const GArray *pids); /* (element-type GPid) */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcWatchGpu, tc_watch_gpu_free)
