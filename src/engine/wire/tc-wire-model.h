/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What single models refuse in a request, told by their ids: it follows the
 * vendors' notes and is no guess for ids of nobody we know. Pure functions; any
 * thread.
 */

#include "tc-provider.h"

G_BEGIN_DECLS

gboolean    tc_wire_model_takes_sampling    (const TcProvider *provider,
                                             const char       *model,
                                             const char       *effort);
gboolean    tc_wire_model_takes_stop        (const TcProvider *provider,
                                             const char       *model);
gboolean    tc_wire_model_takes_prefill     (const char       *model);
gboolean    tc_wire_model_takes_forced_tool (const char       *model);
gboolean    tc_wire_model_always_thinks     (const char       *model);
gboolean    tc_wire_model_may_think         (const char       *model);
const char *tc_wire_model_get_effort        (const TcProvider *provider,
                                             const char       *model,
                                             const char       *effort);

G_END_DECLS
