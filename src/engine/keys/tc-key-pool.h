/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The keys to providers: what is known of them in the store, the secrets in
 * the keyring, and whether the provider still takes them. A secret is in memory
 * only while it is needed and is wiped then; it is in no text that leaves here.
 * Main thread only.
 */

#include "tc-api-key.h"
#include "tc-clock.h"
#include "tc-http.h"
#include "tc-keyring.h"
#include "tc-provider.h"
#include "tc-store.h"

G_BEGIN_DECLS

#define TC_TYPE_KEY_POOL (tc_key_pool_get_type ())
G_DECLARE_FINAL_TYPE (TcKeyPool, tc_key_pool, TC, KEY_POOL, GObject)

TcKeyPool      *tc_key_pool_new           (TcStore              *store,
                                           TcKeyring            *keyring,
                                           TcClock              *clock);
void            tc_key_pool_shutdown      (TcKeyPool            *self);

void            tc_key_pool_load_async    (TcKeyPool            *self,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
gboolean        tc_key_pool_load_finish   (TcKeyPool            *self,
                                           GAsyncResult         *result,
                                           GError              **error);
guint           tc_key_pool_get_n         (TcKeyPool            *self);
const TcApiKey *tc_key_pool_peek          (TcKeyPool            *self,
                                           guint                 index);
const TcApiKey *tc_key_pool_lookup        (TcKeyPool            *self,
                                           guint64               id);

/* Changes; all end in tc_key_pool_change_finish(). */
void            tc_key_pool_add_async     (TcKeyPool            *self,
                                           const TcApiKey       *draft,
                                           const char           *secret,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
void            tc_key_pool_replace_async (TcKeyPool            *self,
                                           guint64               id,
                                           const char           *secret,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
void            tc_key_pool_rename_async  (TcKeyPool            *self,
                                           guint64               id,
                                           const char           *name,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
void            tc_key_pool_remove_async  (TcKeyPool            *self,
                                           guint64               id,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
void            tc_key_pool_check_async   (TcKeyPool            *self,
                                           guint64               id,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
TcApiKey       *tc_key_pool_change_finish (TcKeyPool            *self,
                                           GAsyncResult         *result,
                                           GError              **error);

/* What a provider says about its models, asked with the best of its keys. */
void            tc_key_pool_fetch_models_async  (TcKeyPool            *self,
                                                 const TcProvider     *provider,
                                                 GAsyncReadyCallback   callback,
                                                 gpointer              user_data);
TcHttpAnswer   *tc_key_pool_fetch_models_finish (TcKeyPool            *self,
                                                 GAsyncResult         *result,
                                                 GError              **error);

G_END_DECLS
