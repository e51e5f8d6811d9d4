/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* A request to a provider, signed in its own way. tc_http_get_finish() ends it.
 */

#include "tc-http.h"
#include "tc-provider.h"

G_BEGIN_DECLS

void tc_provider_request_async (TcHttp               *http,
                                const TcProvider     *provider,
                                const char           *url,
                                const char           *secret,
                                GCancellable         *cancellable,
                                GAsyncReadyCallback   callback,
                                gpointer              user_data);

G_END_DECLS
