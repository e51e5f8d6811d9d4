/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* A locked keyring: the question for its password, and what becomes possible
 * when it is open, whoever has opened it. */

#include "config.h"

#include "tc-key-pool-private.h"

/* ---- Keys that were held back ---- */

static void
on_checked (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcApiKey) key = tc_key_pool_change_finish (TC_KEY_POOL (object), result, &error);

  if (key == NULL)
    g_message ("A key could not be checked: %s", error->message);
}

/* Sessions that wait for one of them are told with the key's change. */
static void
check_held_back (TcKeyPool *self)
{
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint64));

  for (guint i = 0; i < self->keys->len; i++)
    {
      const TcApiKey *key = g_ptr_array_index (self->keys, i);

      if (key->state == TC_KEY_NO_SECRET)
        g_array_append_val (ids, key->id);
    }
  for (guint i = 0; i < ids->len; i++)
    tc_key_pool_check_async (self, g_array_index (ids, guint64, i), on_checked, NULL);
}

void
tc_key_pool_on_locked_changed (TcKeyPool *self)
{
  tc_key_pool_emit_keyring (self);
  if (tc_keyring_is_locked (self->keyring))
    return;
  self->unlearned_us = 0;
  check_held_back (self);
}

/** tc_key_pool_is_locked: Returns: whether the keyring waits for its password, as far as is known */
gboolean
tc_key_pool_is_locked (TcKeyPool *self)
{
  g_return_val_if_fail (TC_IS_KEY_POOL (self), FALSE);

  return tc_keyring_is_locked (self->keyring);
}

/** tc_key_pool_is_unlocking: Returns: whether a person is asked for it now */
gboolean
tc_key_pool_is_unlocking (TcKeyPool *self)
{
  g_return_val_if_fail (TC_IS_KEY_POOL (self), FALSE);

  return self->unlocking != NULL;
}

/* ---- The question ---- */

static void ask (TcKeyPool *self);

static void
on_unlocked (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(TcKeyPool) self = user_data;
  g_autoptr(GPtrArray) unlockers = NULL;
  g_autoptr(GError) error = NULL;
  gboolean is_open = tc_keyring_unlock_finish (TC_KEYRING (object), result, &error);

  g_clear_object (&self->unlocking);
  /* Somebody came after the last one had gone. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) && self->unlockers->len > 0)
    {
      ask (self);
      return;
    }
  unlockers = g_steal_pointer (&self->unlockers);
  self->unlockers = g_ptr_array_new_with_free_func (g_object_unref);
  if (!is_open)
    g_message ("The keyring was not unlocked: %s", error->message);
  /* Otherwise they were checked as it became known that it is open. */
  else if (!self->asked_locked)
    check_held_back (self);
  tc_key_pool_emit_keyring (self);
  for (guint i = 0; i < unlockers->len; i++)
    if (error != NULL)
      g_task_return_error (unlockers->pdata[i], g_error_copy (error));
    else
      g_task_return_boolean (unlockers->pdata[i], TRUE);
}

static void
ask (TcKeyPool *self)
{
  self->unlocking = g_cancellable_new ();
  self->asked_locked = tc_keyring_is_locked (self->keyring);
  tc_key_pool_emit_keyring (self);
  tc_keyring_unlock_async (self->keyring, self->unlocking, on_unlocked, g_object_ref (self));
}

/* The last one who waited has gone: nobody needs the question any more. */
static gboolean
on_gave_up (GCancellable *cancellable,
            gpointer      user_data)
{
  GTask *task = user_data;
  TcKeyPool *self = g_task_get_source_object (task);
  g_autoptr(GTask) keep = g_object_ref (task);

  if (!g_ptr_array_remove (self->unlockers, task))
    return G_SOURCE_REMOVE;
  g_task_return_new_error_literal (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Nobody waits for it any more.");
  if (self->unlockers->len == 0 && self->unlocking != NULL)
    g_cancellable_cancel (self->unlocking);

  return G_SOURCE_REMOVE;
}

static void
destroy_source (gpointer source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

static void
follow (GTask *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  GSource *source;

  if (cancellable == NULL)
    return;
  source = g_cancellable_source_new (cancellable);
  g_source_set_callback (source, G_SOURCE_FUNC (on_gave_up), task, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  g_task_set_task_data (task, source, destroy_source);
}

/**
 * tc_key_pool_unlock_async:
 * @cancellable: (nullable): ends the waiting; nobody needs the question when it was the last
 *
 * Has the person at the desktop asked for the keyring's password, for minutes
 * if need be.
 */
void
tc_key_pool_unlock_async (TcKeyPool           *self,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (TC_IS_KEY_POOL (self));

  g_task_set_source_tag (task, tc_key_pool_unlock_async);
  g_task_set_check_cancellable (task, FALSE);
  g_ptr_array_add (self->unlockers, task);
  follow (task);
  if (self->unlocking == NULL)
    ask (self);
}

/**
 * tc_key_pool_unlock_finish:
 * @error: TC_ERROR with a sentence: PERMISSION the person said no; UNAVAILABLE
 *   nobody could be asked; or G_IO_ERROR_CANCELLED
 *
 * Returns: whether the keyring is open
 */
gboolean
tc_key_pool_unlock_finish (TcKeyPool     *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
