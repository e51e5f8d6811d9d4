/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The OpenAPI document of the API, as it is built into the engine.
 */

#include <glib.h>

G_BEGIN_DECLS

GBytes *tc_api_openapi_get_document (void);

G_END_DECLS
