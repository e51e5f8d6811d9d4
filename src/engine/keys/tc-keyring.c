/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tc-keyring.h"

typedef struct
{
  TcRedactor *redactor; /* (owned) of every secret that passed through here */
  GHashTable *seen;     /* (owned) their names */
  char       *warning;  /* (owned) (nullable) */
  gboolean    is_locked;
} TcKeyringPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (TcKeyring, tc_keyring, G_TYPE_OBJECT)

static guint locked_signal;

static void
tc_keyring_finalize (GObject *object)
{
  TcKeyringPrivate *priv = tc_keyring_get_instance_private (TC_KEYRING (object));

  tc_redactor_free (priv->redactor);
  g_hash_table_unref (priv->seen);
  g_free (priv->warning);

  G_OBJECT_CLASS (tc_keyring_parent_class)->finalize (object);
}

static void
tc_keyring_class_init (TcKeyringClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tc_keyring_finalize;

  locked_signal = g_signal_new ("locked-changed", TC_TYPE_KEYRING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
}

static void
tc_keyring_init (TcKeyring *self)
{
  TcKeyringPrivate *priv = tc_keyring_get_instance_private (self);

  priv->redactor = tc_redactor_new ();
  tc_redactor_add_shapes (priv->redactor);
  priv->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static void
see (TcKeyring  *self,
     const char *id,
     const char *secret)
{
  TcKeyringPrivate *priv = tc_keyring_get_instance_private (self);

  tc_redactor_add_digest (priv->redactor, secret, -1);
  g_hash_table_add (priv->seen, g_strdup (id));
}

/**
 * tc_keyring_get_redactor:
 *
 * Returns: (transfer none): masks what looks like a key, and every secret that
 *   was stored or looked up here, for as long as this lives; it keeps none. For
 *   masking in place, in any thread
 */
TcRedactor *
tc_keyring_get_redactor (TcKeyring *self)
{
  TcKeyringPrivate *priv = tc_keyring_get_instance_private (self);

  g_return_val_if_fail (TC_IS_KEYRING (self), NULL);

  return priv->redactor;
}

/** tc_keyring_get_warning: Returns: (nullable): what is wrong with how it keeps secrets, for people */
const char *
tc_keyring_get_warning (TcKeyring *self)
{
  TcKeyringPrivate *priv = tc_keyring_get_instance_private (self);

  g_return_val_if_fail (TC_IS_KEYRING (self), NULL);

  return priv->warning;
}

/** tc_keyring_set_warning: @warning: (nullable): a sentence; for what derives from this */
void
tc_keyring_set_warning (TcKeyring  *self,
                        const char *warning)
{
  TcKeyringPrivate *priv = tc_keyring_get_instance_private (self);

  g_return_if_fail (TC_IS_KEYRING (self));

  if (g_set_str (&priv->warning, warning) && warning != NULL)
    g_warning ("%s", warning);
}

/** tc_keyring_is_locked: Returns: whether it waits for its password, as far as is known */
gboolean
tc_keyring_is_locked (TcKeyring *self)
{
  TcKeyringPrivate *priv = tc_keyring_get_instance_private (self);

  g_return_val_if_fail (TC_IS_KEYRING (self), FALSE);

  return priv->is_locked;
}

/** tc_keyring_set_locked: what was just seen of it; for what derives from this */
void
tc_keyring_set_locked (TcKeyring *self,
                       gboolean   is_locked)
{
  TcKeyringPrivate *priv = tc_keyring_get_instance_private (self);

  g_return_if_fail (TC_IS_KEYRING (self));

  if (priv->is_locked == is_locked)
    return;
  priv->is_locked = is_locked;
  g_signal_emit (self, locked_signal, 0);
}

/** tc_keyring_has_seen: Returns: whether the redactor knows the secret of that name */
gboolean
tc_keyring_has_seen (TcKeyring  *self,
                     const char *id)
{
  TcKeyringPrivate *priv = tc_keyring_get_instance_private (self);

  g_return_val_if_fail (TC_IS_KEYRING (self), FALSE);

  return g_hash_table_contains (priv->seen, id);
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
  see (self, id, secret);
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
  g_task_set_task_data (task, g_strdup (id), g_free);
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
  TcSecret *secret = g_task_propagate_pointer (G_TASK (result), error);

  if (secret != NULL)
    see (self, g_task_get_task_data (G_TASK (result)), secret->text);

  return secret;
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

/**
 * tc_keyring_unlock_async:
 * @cancellable: (nullable): ends the waiting
 *
 * Has a person asked for the keyring's password, which takes as long as that.
 * One that is open is left open without asking.
 */
void
tc_keyring_unlock_async (TcKeyring           *self,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tc_keyring_unlock_async);
  if (TC_KEYRING_GET_CLASS (self)->unlock != NULL)
    {
      TC_KEYRING_GET_CLASS (self)->unlock (self, task);
      return;
    }
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

/**
 * tc_keyring_unlock_finish:
 * @error: TC_ERROR with a sentence: PERMISSION the person said no; UNAVAILABLE
 *   nobody could be asked; or G_IO_ERROR_CANCELLED
 *
 * Returns: whether it is open
 */
gboolean
tc_keyring_unlock_finish (TcKeyring     *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
