/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* A provider's list of models, all pages of it. One main context. */

#include "tc-http.h"
#include "tc-provider.h"

G_BEGIN_DECLS

void          tc_model_fetch_async  (TcHttp               *http,
                                     const TcProvider     *provider,
                                     const char           *base_url,
                                     const char           *secret,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
TcHttpAnswer *tc_model_fetch_finish (TcHttp               *http,
                                     GAsyncResult         *result,
                                     GError              **error);

G_END_DECLS
