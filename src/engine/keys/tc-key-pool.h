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

/* How long a removed key may be restored, across restarts of the engine. */
#define TC_KEY_RESTORE_US (10 * 60 * G_TIME_SPAN_SECOND)

typedef enum
{
  TC_KEY_ADDED,
  TC_KEY_CHANGED,  /* its name or its state */
  TC_KEY_REPLACED, /* its secret */
  TC_KEY_REMOVED,
  TC_KEY_RESTORED,
} TcKeyNews;

/* Signals:
 *  changed         (guint64 id, guint news) TcKeyNews of a key, once it is durable
 *  keyring-changed () see tc_key_pool_is_locked() and tc_key_pool_is_unlocking()
 */
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

const TcApiKey *tc_key_pool_find_named    (TcKeyPool            *self,
                                           const char           *provider,
                                           const char           *name);
gboolean        tc_key_pool_is_fresh      (TcKeyPool            *self,
                                           const TcApiKey       *key,
                                           gint64                max_age_us);
guint           tc_key_pool_get_n_removed (TcKeyPool            *self);
const TcApiKey *tc_key_pool_peek_removed  (TcKeyPool            *self,
                                           guint                 index,
                                           gint64               *until_us);
const TcApiKey *tc_key_pool_lookup_removed (TcKeyPool           *self,
                                           guint64               id);

/* Which runs use which key, told by whoever gives them out; key 0: none. */
void            tc_key_pool_note_use      (TcKeyPool            *self,
                                           guint64               session_id,
                                           guint64               key_id);
guint64         tc_key_pool_get_use       (TcKeyPool            *self,
                                           guint64               session_id);

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
                                           gboolean              for_good,
                                           GAsyncReadyCallback   callback,
                                           gpointer              user_data);
void            tc_key_pool_restore_async (TcKeyPool            *self,
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

/* The secret itself, for the gateway; within the keyring's five seconds. */
void            tc_key_pool_look_up_async  (TcKeyPool           *self,
                                            guint64              id,
                                            GAsyncReadyCallback  callback,
                                            gpointer             user_data);
TcSecret       *tc_key_pool_look_up_finish (TcKeyPool           *self,
                                            GAsyncResult        *result,
                                            GError             **error);

const char     *tc_key_pool_get_warning    (TcKeyPool           *self);

/* A keyring that is locked, and the question for its password: one at a time,
 * whoever asks for it meanwhile gets the same answer. Then its keys are checked. */
gboolean        tc_key_pool_is_locked      (TcKeyPool           *self);
gboolean        tc_key_pool_is_unlocking   (TcKeyPool           *self);
void            tc_key_pool_unlock_async   (TcKeyPool           *self,
                                            GCancellable        *cancellable,
                                            GAsyncReadyCallback  callback,
                                            gpointer             user_data);
gboolean        tc_key_pool_unlock_finish  (TcKeyPool           *self,
                                            GAsyncResult        *result,
                                            GError             **error);

/* What logs must not show: masks the secrets that this process has seen, and what
 * looks like a key. Learning asks the keyring for the others. */
TcRedactor     *tc_key_pool_get_redactor   (TcKeyPool           *self);
void            tc_key_pool_learn_async    (TcKeyPool           *self,
                                            GAsyncReadyCallback  callback,
                                            gpointer             user_data);
gboolean        tc_key_pool_learn_finish   (TcKeyPool           *self,
                                            GAsyncResult        *result);

/* What a provider says about its models, asked with the best of its keys. */
void            tc_key_pool_fetch_models_async  (TcKeyPool            *self,
                                                 const TcProvider     *provider,
                                                 GAsyncReadyCallback   callback,
                                                 gpointer              user_data);
TcHttpAnswer   *tc_key_pool_fetch_models_finish (TcKeyPool            *self,
                                                 GAsyncResult         *result,
                                                 GError              **error);

G_END_DECLS
