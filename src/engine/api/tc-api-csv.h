/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Metrics as comma-separated values, one point a line: series,x,value. A pure
 * function; any thread.
 */

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

char *tc_api_metrics_to_csv (JsonObject *metrics);

G_END_DECLS
