/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The secrets that a log must not show: the keyring is asked once for each that
 * has not passed through it yet, and whoever shows a log does not wait long. */

#include "config.h"

#include "tc-error.h"
#include "tc-key-pool-private.h"

#define PATIENCE_MS 5000

/* A keyring that is locked is not asked again at every look at a log. */
#define PAUSE_US (30 * G_TIME_SPAN_SECOND)

static void ask_next (TcKeyPool *self);

static const TcApiKey *
find_unseen (TcKeyPool *self)
{
  for (guint i = 0; i < self->keys->len; i++)
    {
      const TcApiKey *key = g_ptr_array_index (self->keys, i);

      if (key->secret_id != NULL && !tc_keyring_has_seen (self->keyring, key->secret_id) &&
          !g_hash_table_contains (self->lost, key->secret_id))
        return key;
    }

  return NULL;
}

static void
answer (TcKeyPool *self,
        gboolean   is_complete)
{
  g_autoptr (GPtrArray) learners = g_steal_pointer (&self->learners);

  self->learners = g_ptr_array_new_with_free_func (g_object_unref);
  g_clear_handle_id (&self->patience_id, g_source_remove);
  if (!is_complete)
    self->unlearned_us = g_get_monotonic_time ();
  for (guint i = 0; i < learners->len; i++)
    g_task_return_boolean (learners->pdata[i], is_complete);
}

static gboolean
on_patience_over (gpointer user_data)
{
  TcKeyPool *self = user_data;

  self->patience_id = 0;
  answer (self, FALSE);

  return G_SOURCE_REMOVE;
}

typedef struct
{
  TcKeyPool *self;      /* (owned) */
  char      *secret_id; /* (owned) */
} Look;

static void
on_seen (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  Look *look = user_data;
  TcKeyPool *self = look->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (TcSecret) secret = tc_keyring_look_up_finish (TC_KEYRING (object), result, &error);

  self->is_learning = FALSE;
  /* What the keyring does not have any more, nobody can tell. */
  if (g_error_matches (error, TC_ERROR, TC_ERROR_NOT_FOUND))
    g_hash_table_add (self->lost, g_steal_pointer (&look->secret_id));
  if (secret == NULL && !g_error_matches (error, TC_ERROR, TC_ERROR_NOT_FOUND))
    answer (self, FALSE);
  else if (self->learners->len > 0)
    ask_next (self);
  g_free (look->secret_id);
  g_free (look);
  g_object_unref (self);
}

static void
ask_next (TcKeyPool *self)
{
  const TcApiKey *key = find_unseen (self);
  Look *look;

  if (key == NULL)
    {
      answer (self, TRUE);
      return;
    }
  look = g_new0 (Look, 1);
  look->self = g_object_ref (self);
  look->secret_id = g_strdup (key->secret_id);
  self->is_learning = TRUE;
  tc_keyring_look_up_async (self->keyring, look->secret_id, on_seen, look);
}

/**
 * tc_key_pool_learn_async:
 *
 * Has the redactor know the secrets of all keys, within five seconds.
 */
void
tc_key_pool_learn_async (TcKeyPool           *self,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_return_if_fail (TC_IS_KEY_POOL (self));

  g_task_set_source_tag (task, tc_key_pool_learn_async);
  if (find_unseen (self) == NULL)
    g_task_return_boolean (task, TRUE);
  else if (self->unlearned_us != 0 && g_get_monotonic_time () - self->unlearned_us < PAUSE_US)
    g_task_return_boolean (task, FALSE);
  else
    {
      g_ptr_array_add (self->learners, g_steal_pointer (&task));
      if (self->patience_id == 0)
        self->patience_id = g_timeout_add (PATIENCE_MS, on_patience_over, self);
      if (!self->is_learning)
        ask_next (self);
    }
}

/**
 * tc_key_pool_learn_finish:
 *
 * Returns: whether the redactor knows them all; if not, the keyring is locked,
 *   say, and only what looks like a key is masked for sure
 */
gboolean
tc_key_pool_learn_finish (TcKeyPool    *self,
                          GAsyncResult *result)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), NULL);
}

/** tc_key_pool_get_redactor: Returns: (transfer none): see tc_keyring_get_redactor() */
TcRedactor *
tc_key_pool_get_redactor (TcKeyPool *self)
{
  g_return_val_if_fail (TC_IS_KEY_POOL (self), NULL);

  return tc_keyring_get_redactor (self->keyring);
}
