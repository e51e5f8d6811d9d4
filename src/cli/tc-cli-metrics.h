/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Points as the API writes them: [x, value], where a value that is no number
 * is a word. Pure functions.
 */

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

gboolean  tc_cli_metrics_point  (JsonNode  *node,
                                 double    *x,
                                 double    *value);
GArray   *tc_cli_metrics_values (JsonArray *points);

G_END_DECLS
