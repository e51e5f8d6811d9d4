/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What request bodies mean. Pure functions of the parsed JSON, so that they
 * can be tested and fuzzed without a server; any thread.
 */

#include <json-glib/json-glib.h>

#include "tc-session-config.h"

G_BEGIN_DECLS

GPtrArray *tc_api_body_to_configs (JsonObject  *body,
                                   gboolean    *chain,
                                   GError     **error);
gint64     tc_api_body_to_number  (JsonObject  *body,
                                   const char  *member,
                                   gint64       minimum,
                                   gint64       maximum,
                                   GError     **error);

G_END_DECLS
