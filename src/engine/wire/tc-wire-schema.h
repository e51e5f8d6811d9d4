/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* JSON schemas as the providers' structured output wants them. Pure functions;
 * any thread.
 */

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Which limits on numbers, lengths and the like a provider checks itself. The
 * others are refused, so that the model is told of them in words. */
typedef enum
{
  TC_SCHEMA_CHECKS_ALL,
  TC_SCHEMA_CHECKS_SOME, /* not the length of texts, nor that elements differ */
  TC_SCHEMA_CHECKS_NONE,
} TcSchemaChecks;

JsonNode *tc_wire_schema_close     (JsonNode       *schema,
                                    TcSchemaChecks  checks);
gboolean  tc_wire_schema_is_strict (JsonNode       *schema);

G_END_DECLS
