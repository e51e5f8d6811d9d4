/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Asks a provider whether a key is good, without spending a token. Never
 * fails: not to have found out is a verdict as well. One main context.
 */

#include "tc-http.h"
#include "tc-provider-verdict.h"

G_BEGIN_DECLS

void          tc_provider_check_async  (TcHttp               *http,
                                        const TcProvider     *provider,
                                        const char           *base_url,
                                        const char           *secret,
                                        GCancellable         *cancellable,
                                        GAsyncReadyCallback   callback,
                                        gpointer              user_data);
TcKeyVerdict *tc_provider_check_finish (TcHttp               *http,
                                        GAsyncResult         *result,
                                        GError              **error);

G_END_DECLS
