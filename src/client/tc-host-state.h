/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* How this computer is off while it trains: whether it runs on its battery, and
 * how much room is left where the runs lie. Followed live. One main context.
 */

#include <gio/gio.h>

#include "tc-paths.h"

G_BEGIN_DECLS

#define TC_TYPE_HOST_STATE (tc_host_state_get_type ())
G_DECLARE_FINAL_TYPE (TcHostState, tc_host_state, TC, HOST_STATE, GObject)

/* Signal: changed () when there is something else to show */
TcHostState *tc_host_state_new         (TcPaths     *paths);
gboolean     tc_host_state_on_battery  (TcHostState *self);
gboolean     tc_host_state_is_disk_low (TcHostState *self,
                                        guint64     *free_bytes);

G_END_DECLS
