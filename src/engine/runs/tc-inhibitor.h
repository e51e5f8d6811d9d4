/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Keeps the computer from suspending while a training runs: holds a lock of
 * logind, whoever looks at the training or not. The kernel lets it go with the
 * engine. Where there is no logind nothing is held. Main thread only.
 */

#include "tc-scheduler.h"

G_BEGIN_DECLS

#define TC_TYPE_INHIBITOR (tc_inhibitor_get_type ())
G_DECLARE_FINAL_TYPE (TcInhibitor, tc_inhibitor, TC, INHIBITOR, GObject)

TcInhibitor *tc_inhibitor_new         (TcScheduler  *scheduler,
                                       TcPaths      *paths);
void         tc_inhibitor_shutdown    (TcInhibitor  *self);
gboolean     tc_inhibitor_get_enabled (TcInhibitor  *self);
gboolean     tc_inhibitor_set_enabled (TcInhibitor  *self,
                                       gboolean      is_enabled,
                                       GError      **error);
gboolean     tc_inhibitor_is_held     (TcInhibitor  *self);

G_END_DECLS
