/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Keys that somebody wrote into a session's command: nobody is told them, and a
 * command that comes back as it was told is the one that was meant.
 */

#include <json-glib/json-glib.h>

#include "tc-scheduler.h"

G_BEGIN_DECLS

void     tc_api_mask_command     (TcScheduler  *scheduler,
                                  JsonObject   *session);
gboolean tc_api_restore_commands (TcScheduler  *scheduler,
                                  GPtrArray    *configs,
                                  GError      **error);

G_END_DECLS
