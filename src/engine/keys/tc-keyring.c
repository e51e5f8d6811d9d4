/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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

/* Told once: what it says is true from then on. */
static void
tell_swap (int problem)
{
  static gsize is_told = 0;

  if (!g_once_init_enter (&is_told))
    return;
  g_message ("Keys may be swapped to the disk, since memory cannot be locked here: %s", g_strerror (problem));
  g_once_init_leave (&is_told, 1);
}

/** tc_secret_new: Returns: (transfer full): a copy of @text */
TcSecret *
tc_secret_new (const char *text)
{
  TcSecret *self = g_new0 (TcSecret, 1);
  gsize page = (gsize) sysconf (_SC_PAGESIZE);

  self->length = strlen (text);
  self->size = (self->length / page + 1) * page;
  self->text = mmap (NULL, self->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (self->text == MAP_FAILED)
    g_error ("No memory for a key: %s", g_strerror (errno));
  madvise (self->text, self->size, MADV_DONTDUMP);
  madvise (self->text, self->size, MADV_WIPEONFORK);
  if (mlock (self->text, self->size) != 0)
    tell_swap (errno);
  memcpy (self->text, text, self->length);

  return self;
}

/** tc_secret_free: wipes it */
void
tc_secret_free (TcSecret *self)
{
  explicit_bzero (self->text, self->length);
  munmap (self->text, self->size);
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
