/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The words of the window for how a session was started and what it took. All
 * are (transfer full), and NULL when there is nothing to say.
 */

#include <json-glib/json-glib.h>

#include "tc-session.h"

G_BEGIN_DECLS

char *tc_details_text_dup_outcome   (JsonObject *outcome,
                                     const char *member);
char *tc_details_text_dup_attempt   (JsonObject *attempt);
char *tc_details_text_dup_still     (TcSession  *session,
                                     gint64      now_us);
char *tc_details_text_dup_left_out  (GStrv       options);

G_END_DECLS
