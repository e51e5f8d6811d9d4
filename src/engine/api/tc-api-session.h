/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* A session as the API shows it: in full, with its run folder. Most sessions
 * of a long list have not changed since somebody last looked, so the text is
 * kept with the session until it changes. Main thread only.
 */

#include <json-glib/json-glib.h>

#include "tc-scheduler.h"

G_BEGIN_DECLS

const char *tc_api_session_get_text (TcScheduler *scheduler,
                                     TcSession   *session);
JsonNode   *tc_api_session_to_json  (TcScheduler *scheduler,
                                     TcSession   *session);

G_END_DECLS
