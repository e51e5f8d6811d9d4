/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-key-pool-private.h"
#include "tc-store-keys.h"

#define HTTP_TIMEOUT_MS 10000
#define HTTP_MAX_BYTES (4 * 1024 * 1024)

/* One key every few seconds, so that a start of the engine is no storm. */
#define STAGGER_MS 2000
#define STALE_US (24 * 60 * 60 * G_TIME_SPAN_SECOND)

G_DEFINE_FINAL_TYPE (TcKeyPool, tc_key_pool, G_TYPE_OBJECT)

static guint changed_signal;
static guint keyring_signal;

static void
tc_key_pool_dispose (GObject *object)
{
  TcKeyPool *self = TC_KEY_POOL (object);

  tc_key_pool_shutdown (self);
  g_clear_object (&self->store);
  g_clear_object (&self->keyring);
  g_clear_object (&self->http);
  g_clear_pointer (&self->clock, tc_clock_unref);
  g_clear_pointer (&self->keys, g_ptr_array_unref);
  g_clear_pointer (&self->removed, g_ptr_array_unref);
  g_clear_pointer (&self->uses, g_hash_table_unref);
  g_clear_pointer (&self->looks, g_hash_table_unref);
  g_clear_pointer (&self->lost, g_hash_table_unref);
  g_clear_pointer (&self->learners, g_ptr_array_unref);
  g_clear_pointer (&self->unlockers, g_ptr_array_unref);
  g_clear_object (&self->unlocking);

  G_OBJECT_CLASS (tc_key_pool_parent_class)->dispose (object);
}

static void
tc_key_pool_class_init (TcKeyPoolClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_key_pool_dispose;

  /**
   * TcKeyPool::changed:
   * @id: a key's
   * @news: TcKeyNews
   */
  changed_signal = g_signal_new ("changed", TC_TYPE_KEY_POOL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 2, G_TYPE_UINT64, G_TYPE_UINT);
  /** TcKeyPool::keyring-changed: it is locked or open now, or its password is asked for */
  keyring_signal = g_signal_new ("keyring-changed", TC_TYPE_KEY_POOL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
tc_key_pool_init (TcKeyPool *self)
{
  self->keys = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_api_key_free);
  self->removed = g_ptr_array_new_with_free_func (tc_removed_key_free);
  self->uses = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->looks = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->lost = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->learners = g_ptr_array_new_with_free_func (g_object_unref);
  self->unlockers = g_ptr_array_new_with_free_func (g_object_unref);
  self->http = tc_http_new (HTTP_TIMEOUT_MS, HTTP_MAX_BYTES);
}

void
tc_key_pool_emit (TcKeyPool *self,
                  guint64    id,
                  TcKeyNews  news)
{
  g_signal_emit (self, changed_signal, 0, id, (guint) news);
}

void
tc_key_pool_emit_keyring (TcKeyPool *self)
{
  g_signal_emit (self, keyring_signal, 0);
}

/**
 * tc_key_pool_new:
 *
 * Returns: (transfer full): a pool that knows no keys until it is loaded
 */
TcKeyPool *
tc_key_pool_new (TcStore   *store,
                 TcKeyring *keyring,
                 TcClock   *clock)
{
  TcKeyPool *self = g_object_new (TC_TYPE_KEY_POOL, NULL);

  self->store = g_object_ref (store);
  self->keyring = g_object_ref (keyring);
  self->clock = tc_clock_ref (clock);
  g_signal_connect_object (keyring, "locked-changed", G_CALLBACK (tc_key_pool_on_locked_changed), self,
                           G_CONNECT_SWAPPED);

  return self;
}

/** tc_key_pool_get_warning: Returns: (nullable): what is wrong with the keyring, for people, as far as is known */
const char *
tc_key_pool_get_warning (TcKeyPool *self)
{
  g_return_val_if_fail (TC_IS_KEY_POOL (self), NULL);

  return tc_keyring_get_warning (self->keyring);
}

/** tc_key_pool_shutdown: does nothing more by itself */
void
tc_key_pool_shutdown (TcKeyPool *self)
{
  if (self->unlocking != NULL)
    g_cancellable_cancel (self->unlocking);
  g_clear_handle_id (&self->timer_id, g_source_remove);
  g_clear_handle_id (&self->purge_id, g_source_remove);
  g_clear_handle_id (&self->patience_id, g_source_remove);
}

static void
on_background_checked (GObject      *object,
                       GAsyncResult *result,
                       gpointer      user_data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcApiKey) key = tc_key_pool_change_finish (TC_KEY_POOL (object), result, &error);

  if (key != NULL && key->state != TC_KEY_VALID)
    g_message ("The key “%s” of %s is %s", key->name, key->provider,
               tc_key_state_to_string (key->state));
  else if (key == NULL)
    g_message ("A key could not be checked: %s", error->message);
}

/* Returns: whether @key was not looked at for long; the attempt counts, so that
 *   one that fails is not tried again and again */
static gboolean
is_stale (TcKeyPool      *self,
          const TcApiKey *key,
          gint64          now)
{
  const gint64 *look = g_hash_table_lookup (self->looks, &key->id);
  gint64 last = look != NULL ? MAX (*look, key->checked_at_us) : key->checked_at_us;

  return now - last >= STALE_US || now < last;
}

static gboolean
on_timer (gpointer user_data)
{
  TcKeyPool *self = user_data;
  gint64 now = tc_clock_get_realtime (self->clock);

  for (guint i = 0; i < self->keys->len; i++)
    {
      TcApiKey *key = g_ptr_array_index (self->keys, i);

      if (!is_stale (self, key, now))
        continue;
      g_hash_table_insert (self->looks, g_memdup2 (&key->id, sizeof key->id), g_memdup2 (&now, sizeof now));
      tc_key_pool_check_async (self, key->id, on_background_checked, NULL);
      return G_SOURCE_CONTINUE;
    }
  self->timer_id = 0;

  return G_SOURCE_REMOVE;
}

static void
on_removed_known (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  TcKeyPool *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autofree char *removed = tc_store_get_setting_finish (TC_STORE (object), result, &error);

  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  tc_key_pool_sort_out (self, removed);
  if (self->keys->len > 0)
    self->timer_id = g_timeout_add (STAGGER_MS, on_timer, self);
  g_task_return_boolean (task, TRUE);
}

static void
on_loaded (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  TcKeyPool *self = g_task_get_source_object (task);
  GError *error = NULL;
  GPtrArray *keys = tc_store_load_keys_finish (TC_STORE (object), result, &error);

  if (keys == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_ptr_array_unref (self->keys);
  self->keys = keys;
  tc_store_get_setting_async (self->store, TC_KEY_POOL_REMOVED, NULL, on_removed_known,
                              g_steal_pointer (&task));
}

/**
 * tc_key_pool_load_async:
 *
 * Loads what is known of the keys, and then checks in the background those that
 * were not checked for a day.
 */
void
tc_key_pool_load_async (TcKeyPool           *self,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, tc_key_pool_load_async);
  tc_store_load_keys_async (self->store, NULL, on_loaded, task);
}

/**
 * tc_key_pool_load_finish:
 * @error: TC_ERROR of the store
 *
 * Returns: whether the keys are known
 */
gboolean
tc_key_pool_load_finish (TcKeyPool     *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/** tc_key_pool_get_n: Returns: how many keys there are */
guint
tc_key_pool_get_n (TcKeyPool *self)
{
  return self->keys->len;
}

/** tc_key_pool_peek: Returns: (transfer none): a key, valid until the next change */
const TcApiKey *
tc_key_pool_peek (TcKeyPool *self,
                  guint      index)
{
  g_return_val_if_fail (index < self->keys->len, NULL);

  return g_ptr_array_index (self->keys, index);
}

TcApiKey *
tc_key_pool_find (TcKeyPool *self,
                  guint64    id)
{
  for (guint i = 0; i < self->keys->len; i++)
    {
      TcApiKey *key = g_ptr_array_index (self->keys, i);

      if (key->id == id)
        return key;
    }

  return NULL;
}

/** tc_key_pool_lookup: Returns: (transfer none) (nullable): valid until the next change */
const TcApiKey *
tc_key_pool_lookup (TcKeyPool *self,
                    guint64    id)
{
  return tc_key_pool_find (self, id);
}

/** tc_key_pool_find_named: Returns: (transfer none) (nullable): valid until the next change */
const TcApiKey *
tc_key_pool_find_named (TcKeyPool  *self,
                        const char *provider,
                        const char *name)
{
  for (guint i = 0; i < self->keys->len; i++)
    {
      TcApiKey *key = g_ptr_array_index (self->keys, i);

      if (g_strcmp0 (key->provider, provider) == 0 && g_strcmp0 (key->name, name) == 0)
        return key;
    }

  return NULL;
}

/** tc_key_pool_is_fresh: Returns: whether @key was checked less than @max_age_us ago */
gboolean
tc_key_pool_is_fresh (TcKeyPool      *self,
                      const TcApiKey *key,
                      gint64          max_age_us)
{
  gint64 age = tc_clock_get_realtime (self->clock) - key->checked_at_us;

  return age >= 0 && age < max_age_us;
}

/** tc_key_pool_note_use: says which key a run uses from now on; 0 for none */
void
tc_key_pool_note_use (TcKeyPool *self,
                      guint64    session_id,
                      guint64    key_id)
{
  if (key_id == 0)
    g_hash_table_remove (self->uses, &session_id);
  else
    g_hash_table_insert (self->uses, g_memdup2 (&session_id, sizeof session_id),
                         g_memdup2 (&key_id, sizeof key_id));
}

/** tc_key_pool_get_use: Returns: the key that a run uses; 0 for none */
guint64
tc_key_pool_get_use (TcKeyPool *self,
                     guint64    session_id)
{
  const guint64 *key_id = g_hash_table_lookup (self->uses, &session_id);

  return key_id != NULL ? *key_id : 0;
}

gboolean
tc_key_pool_has_name (TcKeyPool  *self,
                      const char *provider,
                      const char *name,
                      guint64     except)
{
  for (guint i = 0; i < self->keys->len; i++)
    {
      TcApiKey *key = g_ptr_array_index (self->keys, i);

      if (key->id != except && g_strcmp0 (key->provider, provider) == 0 &&
          g_strcmp0 (key->name, name) == 0)
        return TRUE;
    }

  return FALSE;
}
