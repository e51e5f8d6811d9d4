/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* JSON schemas as the providers' structured output wants them. Pure functions;
 * any thread.
 */

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

JsonNode *tc_wire_schema_close     (JsonNode *schema,
                                    gboolean  describe_limits);
gboolean  tc_wire_schema_is_strict (JsonNode *schema);

G_END_DECLS
