/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What the store knows of keys to providers: never the keys themselves. As
 * everything of TcStore: called from the main thread, answered on it.
 */

#include "tc-api-key.h"
#include "tc-store.h"

G_BEGIN_DECLS

void       tc_store_load_keys_async   (TcStore              *self,
                                       GCancellable         *cancellable,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);
GPtrArray *tc_store_load_keys_finish  (TcStore              *self,
                                       GAsyncResult         *result,
                                       GError              **error);
void       tc_store_save_key_async    (TcStore              *self,
                                       const TcApiKey       *key,
                                       GCancellable         *cancellable,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);
gboolean   tc_store_save_key_finish   (TcStore              *self,
                                       GAsyncResult         *result,
                                       guint64              *id,
                                       GError              **error);
void       tc_store_remove_key_async  (TcStore              *self,
                                       guint64               id,
                                       GCancellable         *cancellable,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);
gboolean   tc_store_remove_key_finish (TcStore              *self,
                                       GAsyncResult         *result,
                                       GError              **error);

G_END_DECLS
