/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-keyring.h"

G_DEFINE_ABSTRACT_TYPE (TcKeyring, tc_keyring, G_TYPE_OBJECT)

static void
tc_keyring_class_init (TcKeyringClass *klass)
{
}

static void
tc_keyring_init (TcKeyring *self)
{
}

/** tc_secret_new: Returns: (transfer full): a copy of @text */
TcSecret *
tc_secret_new (const char *text)
{
  TcSecret *self = g_new0 (TcSecret, 1);

  self->text = g_strdup (text);
  self->length = strlen (text);

  return self;
}

/** tc_secret_free: wipes it */
void
tc_secret_free (TcSecret *self)
{
  explicit_bzero (self->text, self->length);
  g_free (self->text);
  g_free (self);
}

/**
 * tc_keyring_store_async:
 * @id: names the secret
 * @label: what the desktop's own tools show
 * @secret: copied by whoever needs it longer
 *
 * Keeps a secret, in place of the one of that name.
 */
void
tc_keyring_store_async (TcKeyring           *self,
                        const char          *id,
                        const char          *label,
                        const char          *secret,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, tc_keyring_store_async);
  TC_KEYRING_GET_CLASS (self)->store (self, id, label, secret, task);
}

/**
 * tc_keyring_store_finish:
 * @error: TC_ERROR_UNAVAILABLE with a sentence
 *
 * Returns: whether it is kept
 */
gboolean
tc_keyring_store_finish (TcKeyring     *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/** tc_keyring_look_up_async: asks for a secret */
void
tc_keyring_look_up_async (TcKeyring           *self,
                          const char          *id,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, tc_keyring_look_up_async);
  TC_KEYRING_GET_CLASS (self)->look_up (self, id, task);
}

/**
 * tc_keyring_look_up_finish:
 * @error: TC_ERROR: NOT_FOUND it is not there; UNAVAILABLE; with a sentence
 *
 * Returns: (transfer full) (nullable): the secret
 */
TcSecret *
tc_keyring_look_up_finish (TcKeyring     *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/** tc_keyring_clear_async: forgets a secret; one that is not there is no error */
void
tc_keyring_clear_async (TcKeyring           *self,
                        const char          *id,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, tc_keyring_clear_async);
  TC_KEYRING_GET_CLASS (self)->clear (self, id, task);
}

/**
 * tc_keyring_clear_finish:
 * @error: TC_ERROR_UNAVAILABLE with a sentence
 *
 * Returns: whether it is gone
 */
gboolean
tc_keyring_clear_finish (TcKeyring     *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
