/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Which headers pass the gateway, in each direction. Lists of what may, not of
 * what may not: keys, cookies and where a request came from stay behind. Any
 * thread.
 */

#include "tc-grant.h"
#include "tc-http-head.h"

G_BEGIN_DECLS

void tc_gateway_headers_append_request (GString          *out,
                                        const TcGrant    *grant,
                                        const TcHttpHead *client,
                                        gboolean          is_stream);
void tc_gateway_headers_append_answer  (GString          *out,
                                        const TcHttpHead *provider);

G_END_DECLS
