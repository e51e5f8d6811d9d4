/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The providers' own lists of models, each in its shape, made into one. Pure;
 * any thread.
 */

#include <json-glib/json-glib.h>

#include "tc-provider.h"

G_BEGIN_DECLS

JsonObject *tc_model_list_read (const TcProvider  *provider,
                                const char        *body,
                                gsize              length,
                                GError           **error);

G_END_DECLS
