/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Whether a session is to be stopped: that cannot be undone, so it is asked for.
 */

#include <adwaita.h>

G_BEGIN_DECLS

#define TC_STOP_RESPONSE "stop"

AdwDialog *tc_stop_question_new (void);

G_END_DECLS
