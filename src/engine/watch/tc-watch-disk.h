/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Says in time that the disk will be full: from how fast the free space goes
 * and from the size and pace of the checkpoints. Pure; the numbers come from
 * statvfs() through whoever owns it. One owner, one thread.
 */

#include "tc-finding.h"

typedef struct _TcWatchDisk TcWatchDisk;

TcWatchDisk *tc_watch_disk_new             (void);
void         tc_watch_disk_free            (TcWatchDisk   *self);
void         tc_watch_disk_note_checkpoint (TcWatchDisk   *self,
                                            gint64         monotonic_us,
                                            gint64         bytes);
void         tc_watch_disk_set_remaining   (TcWatchDisk   *self,
                                            gint64         remaining_us);
void         tc_watch_disk_push            (TcWatchDisk   *self,
                                            gint64         monotonic_us,
                                            guint64        free_bytes,
                                            TcFindingFunc  func,
                                            gpointer       user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcWatchDisk, tc_watch_disk_free)
