/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Keeps a storm of findings from becoming a storm of events: at most one alarm
 * and one all-clear of a kind in five minutes. What is withheld is counted and
 * told with the next one that passes; the latest one withheld comes out when
 * the five minutes are over, so that the last thing said is true. One owner,
 * one thread.
 */

#include "tc-finding.h"

#define TC_WATCH_LIMIT_US (5 * 60 * G_USEC_PER_SEC)

typedef struct _TcWatchLimits TcWatchLimits;

TcWatchLimits *tc_watch_limits_new   (void);
void           tc_watch_limits_free  (TcWatchLimits   *self);
void           tc_watch_limits_push  (TcWatchLimits   *self,
                                      const TcFinding *finding,
                                      gint64           monotonic_us,
                                      TcFindingFunc    func,
                                      gpointer         user_data);
void           tc_watch_limits_flush (TcWatchLimits   *self,
                                      gint64           monotonic_us,
                                      TcFindingFunc    func,
                                      gpointer         user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcWatchLimits, tc_watch_limits_free)
