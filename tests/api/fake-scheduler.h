/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What the test server can do with the stand-in beyond tc-scheduler.h.
 */

#include "tc-scheduler.h"

G_BEGIN_DECLS

void fake_scheduler_set_state (TcScheduler    *self,
                               TcSession      *session,
                               TcSessionState  state);

G_END_DECLS
