/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The keyring inside of a Flatpak: libsecret's encrypted file, whose password
 * the portal keeps. Each call reads the file anew under a lock, and begins again
 * when somebody else has written it meanwhile, so that nobody's key is lost. One
 * main context; whoever calls sees to the time limit and cancels.
 */

#include <libsecret/secret.h>

G_BEGIN_DECLS

typedef enum
{
  TC_SECRET_FILE_STORE,
  TC_SECRET_FILE_LOOK_UP,
  TC_SECRET_FILE_CLEAR,
} TcSecretFileVerb;

typedef struct
{
  TcSecretFileVerb    verb;
  const SecretSchema *schema;
  GHashTable         *attributes;
  const char         *label;  /* to store */
  SecretValue        *value;  /* to store */
} TcSecretFileCall;

gboolean     tc_secret_file_is_used (void);
void         tc_secret_file_async   (const TcSecretFileCall *call,
                                     GCancellable           *cancellable,
                                     GAsyncReadyCallback     callback,
                                     gpointer                user_data);
SecretValue *tc_secret_file_finish  (GAsyncResult           *result,
                                     GError                **error);

G_END_DECLS
