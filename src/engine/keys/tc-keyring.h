/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Where secrets are kept, as the pool of keys sees it: store, look up, clear,
 * each by a random name. What keeps them derives from this; there is none that
 * writes plain text, and no way to fall back on one. One main context.
 */

#include <gio/gio.h>

#include "tc-redactor.h"

G_BEGIN_DECLS

/* A secret in memory of its own: not swapped out where the system allows that,
 * in no core dump, in no forked child; wiped when it is freed. */
typedef struct
{
  char  *text;   /* (owned) */
  gsize  length;

  /*< private >*/
  gsize  size;   /* of its pages */
} TcSecret;

TcSecret *tc_secret_new  (const char *text);
void      tc_secret_free (TcSecret   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcSecret, tc_secret_free)

#define TC_TYPE_KEYRING (tc_keyring_get_type ())
G_DECLARE_DERIVABLE_TYPE (TcKeyring, tc_keyring, TC, KEYRING, GObject)

/* Each answers the task, whose data are taken: store and clear with TRUE, look_up with a TcSecret;
 * or with TC_ERROR_UNAVAILABLE and a sentence. */
struct _TcKeyringClass
{
  GObjectClass parent_class;

  void (*store)   (TcKeyring  *self,
                   const char *id,
                   const char *label,
                   const char *secret,
                   GTask      *task);
  void (*look_up) (TcKeyring  *self,
                   const char *id,
                   GTask      *task);
  void (*clear)   (TcKeyring  *self,
                   const char *id,
                   GTask      *task);
  void (*unlock)  (TcKeyring  *self,    /* (nullable) NULL: is never locked; TRUE */
                   GTask      *task);
};

/* Signal: locked-changed () see tc_keyring_is_locked() */

TcRedactor *tc_keyring_get_redactor (TcKeyring            *self);
const char *tc_keyring_get_warning  (TcKeyring            *self);
void      tc_keyring_set_warning    (TcKeyring            *self,
                                     const char           *warning);
gboolean  tc_keyring_is_locked      (TcKeyring            *self);
void      tc_keyring_set_locked     (TcKeyring            *self,
                                     gboolean              is_locked);
gboolean  tc_keyring_has_seen       (TcKeyring            *self,
                                     const char           *id);
void      tc_keyring_store_async    (TcKeyring            *self,
                                     const char           *id,
                                     const char           *label,
                                     const char           *secret,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
gboolean  tc_keyring_store_finish   (TcKeyring            *self,
                                     GAsyncResult         *result,
                                     GError              **error);
void      tc_keyring_look_up_async  (TcKeyring            *self,
                                     const char           *id,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
TcSecret *tc_keyring_look_up_finish (TcKeyring            *self,
                                     GAsyncResult         *result,
                                     GError              **error);
void      tc_keyring_clear_async    (TcKeyring            *self,
                                     const char           *id,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
gboolean  tc_keyring_clear_finish   (TcKeyring            *self,
                                     GAsyncResult         *result,
                                     GError              **error);
void      tc_keyring_unlock_async   (TcKeyring            *self,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
gboolean  tc_keyring_unlock_finish  (TcKeyring            *self,
                                     GAsyncResult         *result,
                                     GError              **error);

G_END_DECLS
