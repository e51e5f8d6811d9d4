/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* A removed key can be had back for a while: until then its row and its secret
 * stay, and one setting says that it is removed and since when. After that the
 * secret is cleared first and the row last, so that no secret stays behind that
 * nobody knows of. */

#include "config.h"

#include <string.h>

#include "tc-error.h"
#include "tc-key-pool-private.h"
#include "tc-store-keys.h"

#define PURGE_SECONDS 5

void
tc_removed_key_free (gpointer removed)
{
  TcRemovedKey *self = removed;

  tc_api_key_free (self->key);
  g_free (self);
}

static TcRemovedKey *
find_removed (TcKeyPool *self,
              guint64    id)
{
  for (guint i = 0; i < self->removed->len; i++)
    {
      TcRemovedKey *removed = g_ptr_array_index (self->removed, i);

      if (removed->key->id == id)
        return removed;
    }

  return NULL;
}

/** tc_key_pool_lookup_removed: Returns: (transfer none) (nullable): a key that may be restored */
const TcApiKey *
tc_key_pool_lookup_removed (TcKeyPool *self,
                            guint64    id)
{
  TcRemovedKey *removed = find_removed (self, id);

  return removed != NULL ? removed->key : NULL;
}

/** tc_key_pool_get_n_removed: Returns: how many keys may be restored */
guint
tc_key_pool_get_n_removed (TcKeyPool *self)
{
  return self->removed->len;
}

/**
 * tc_key_pool_peek_removed:
 * @until_us: (out): UTC; when it is forgotten for good
 *
 * Returns: (transfer none): a key that may be restored
 */
const TcApiKey *
tc_key_pool_peek_removed (TcKeyPool *self,
                          guint      index,
                          gint64    *until_us)
{
  TcRemovedKey *removed;

  g_return_val_if_fail (index < self->removed->len, NULL);

  removed = g_ptr_array_index (self->removed, index);
  *until_us = removed->at_us + TC_KEY_RESTORE_US;

  return removed->key;
}

/* "3:1700000000000000 5:1700000100000000" */
static char *
dup_setting (TcKeyPool *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->removed->len; i++)
    {
      TcRemovedKey *removed = g_ptr_array_index (self->removed, i);

      g_string_append_printf (text, "%s%" G_GUINT64_FORMAT ":%" G_GINT64_FORMAT, i > 0 ? " " : "",
                              removed->key->id, removed->at_us);
    }

  return g_string_free_and_steal (text);
}

static void
save_setting (TcKeyPool           *self,
              GAsyncReadyCallback  callback,
              gpointer             user_data)
{
  g_autofree char *text = dup_setting (self);

  tc_store_set_setting_async (self->store, TC_KEY_POOL_REMOVED, text, NULL, callback, user_data);
}

/* ---- For good ---- */

typedef struct
{
  TcKeyPool *self;  /* (owned) */
  TcApiKey  *key;   /* (owned) */
  GTask     *task;  /* (owned) (nullable) who asked for it */
} Purge;

static void
purge_free (Purge *data)
{
  g_object_unref (data->self);
  tc_api_key_free (data->key);
  g_clear_object (&data->task);
  g_free (data);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Purge, purge_free)

static void
on_setting_saved (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  /* A number too many in it is of no consequence: numbers are not given twice. */
  if (!tc_store_set_setting_finish (TC_STORE (object), result, &error))
    g_message ("The list of removed keys could not be saved: %s", error->message);
}

static void
forget (TcKeyPool *self,
        guint64    id)
{
  TcRemovedKey *removed = find_removed (self, id);
  TcApiKey *key = tc_key_pool_find (self, id);

  g_hash_table_remove (self->looks, &id);
  if (removed != NULL)
    {
      g_ptr_array_remove (self->removed, removed);
      save_setting (self, on_setting_saved, NULL);
    }
  if (key != NULL)
    {
      g_ptr_array_remove (self->keys, key);
      tc_key_pool_emit (self, id, TC_KEY_REMOVED);
    }
}

static void
on_row_removed (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(Purge) data = user_data;
  g_autoptr(GError) error = NULL;

  if (tc_store_remove_key_finish (TC_STORE (object), result, &error))
    {
      forget (data->self, data->key->id);
      if (data->task != NULL)
        g_task_return_pointer (data->task, tc_api_key_copy (data->key), (GDestroyNotify) tc_api_key_free);
    }
  else if (data->task != NULL)
    g_task_return_error (data->task, g_steal_pointer (&error));
  else
    g_message ("A removed key stays in the database for now: %s", error->message);
}

static void
on_cleared (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(Purge) data = user_data;
  TcKeyPool *self = data->self;
  guint64 id = data->key->id;
  GError *error = NULL;

  if (tc_keyring_clear_finish (TC_KEYRING (object), result, &error))
    {
      tc_store_remove_key_async (self->store, id, NULL, on_row_removed, g_steal_pointer (&data));
      return;
    }
  if (data->task != NULL)
    {
      g_prefix_error (&error, "The key was not removed, or its secret would have stayed behind. ");
      g_task_return_error (data->task, error);
      return;
    }
  g_message ("The secret of a removed key stays in the keyring for now: %s", error->message);
  g_error_free (error);
}

/* @task: (transfer full) (nullable) */
static void
clear_key (TcKeyPool      *self,
           const TcApiKey *key,
           GTask          *task)
{
  Purge *data = g_new0 (Purge, 1);

  data->self = g_object_ref (self);
  data->key = tc_api_key_copy (key);
  data->task = task;
  if (key->secret_id != NULL)
    tc_keyring_clear_async (self->keyring, key->secret_id, on_cleared, data);
  else
    tc_store_remove_key_async (self->store, key->id, NULL, on_row_removed, data);
}

static gboolean
on_purge (gpointer user_data)
{
  TcKeyPool *self = user_data;
  gint64 now = tc_clock_get_realtime (self->clock);

  for (guint i = 0; i < self->removed->len; i++)
    {
      TcRemovedKey *removed = g_ptr_array_index (self->removed, i);

      if (now - removed->at_us >= TC_KEY_RESTORE_US || now < removed->at_us)
        clear_key (self, removed->key, NULL);
    }
  if (self->removed->len > 0)
    return G_SOURCE_CONTINUE;
  self->purge_id = 0;

  return G_SOURCE_REMOVE;
}

static void
begin_purging (TcKeyPool *self)
{
  if (self->purge_id == 0 && self->removed->len > 0)
    self->purge_id = g_timeout_add_seconds (PURGE_SECONDS, on_purge, self);
}

/* Returns: (transfer none) (nullable): the removed key of that name, whose row a
 *   new one could not take */
const TcApiKey *
tc_key_pool_find_removed_named (TcKeyPool  *self,
                                const char *provider,
                                const char *name)
{
  for (guint i = 0; i < self->removed->len; i++)
    {
      TcRemovedKey *removed = g_ptr_array_index (self->removed, i);

      if (g_strcmp0 (removed->key->provider, provider) == 0 && g_strcmp0 (removed->key->name, name) == 0)
        return removed->key;
    }

  return NULL;
}

/* Returns: whether @key is one that was removed; what is known of it is kept */
gboolean
tc_key_pool_take_over_removed (TcKeyPool      *self,
                               const TcApiKey *key)
{
  TcRemovedKey *removed = find_removed (self, key->id);

  if (removed == NULL)
    return FALSE;
  tc_api_key_free (removed->key);
  removed->key = tc_api_key_copy (key);

  return TRUE;
}

/* ---- Loading ---- */

static int
compare_ids (gconstpointer a,
             gconstpointer b)
{
  const TcApiKey *first = *(const TcApiKey *const *) a;
  const TcApiKey *second = *(const TcApiKey *const *) b;

  return first->id < second->id ? -1 : first->id > second->id;
}

static void
put_back (TcKeyPool    *self,
          TcRemovedKey *removed)
{
  g_ptr_array_add (self->keys, tc_api_key_copy (removed->key));
  g_ptr_array_sort (self->keys, compare_ids);
  g_ptr_array_remove (self->removed, removed);
}

static void
put_aside (TcKeyPool *self,
           guint64    id,
           gint64     at_us)
{
  for (guint i = 0; i < self->keys->len; i++)
    {
      TcApiKey *key = g_ptr_array_index (self->keys, i);
      TcRemovedKey *removed;

      if (key->id != id)
        continue;
      removed = g_new0 (TcRemovedKey, 1);
      removed->key = tc_api_key_copy (key);
      removed->at_us = at_us;
      g_ptr_array_remove_index (self->keys, i);
      g_ptr_array_add (self->removed, removed);
      return;
    }
}

void
tc_key_pool_sort_out (TcKeyPool  *self,
                      const char *removed)
{
  g_auto(GStrv) words = g_strsplit (removed != NULL ? removed : "", " ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      g_auto(GStrv) parts = g_strsplit (words[i], ":", 2);

      if (g_strv_length (parts) == 2)
        put_aside (self, g_ascii_strtoull (parts[0], NULL, 10), g_ascii_strtoll (parts[1], NULL, 10));
    }
  begin_purging (self);
}

/* ---- Removing, restoring ---- */

static void
return_not_found (GTask   *task,
                  guint64  id)
{
  g_task_return_new_error (task, TC_ERROR, TC_ERROR_NOT_FOUND,
                           "There is no key %" G_GUINT64_FORMAT "; “trainctl keys list” shows them.", id);
}

static void
on_put_aside (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  TcKeyPool *self = g_task_get_source_object (task);
  guint64 id = *(guint64 *) g_task_get_task_data (task);
  TcRemovedKey *removed = find_removed (self, id);
  GError *error = NULL;

  if (!tc_store_set_setting_finish (TC_STORE (object), result, &error))
    {
      if (removed != NULL)
        put_back (self, removed);
      g_task_return_error (task, error);
      return;
    }
  begin_purging (self);
  tc_key_pool_emit (self, id, TC_KEY_REMOVED);
  if (removed != NULL)
    g_task_return_pointer (task, tc_api_key_copy (removed->key), (GDestroyNotify) tc_api_key_free);
  else
    return_not_found (task, id);
}

/**
 * tc_key_pool_remove_async:
 * @for_good: now, with its secret, or not at all; otherwise it can be restored
 *   for TC_KEY_RESTORE_US
 *
 * Takes a key out of the pool.
 */
void
tc_key_pool_remove_async (TcKeyPool           *self,
                          guint64              id,
                          gboolean             for_good,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, NULL, callback, user_data);
  const TcApiKey *key = tc_key_pool_find (self, id);

  g_task_set_source_tag (task, tc_key_pool_remove_async);
  if (key == NULL && for_good)
    key = tc_key_pool_lookup_removed (self, id);
  if (key == NULL)
    {
      return_not_found (task, id);
      return;
    }
  if (for_good)
    {
      clear_key (self, key, g_steal_pointer (&task));
      return;
    }
  g_task_set_task_data (task, g_memdup2 (&id, sizeof id), g_free);
  put_aside (self, id, tc_clock_get_realtime (self->clock));
  save_setting (self, on_put_aside, g_steal_pointer (&task));
}

static void
on_restored (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  TcKeyPool *self = g_task_get_source_object (task);
  guint64 id = *(guint64 *) g_task_get_task_data (task);
  const TcApiKey *key = tc_key_pool_find (self, id);
  GError *error = NULL;

  if (!tc_store_set_setting_finish (TC_STORE (object), result, &error))
    {
      put_aside (self, id, tc_clock_get_realtime (self->clock));
      g_task_return_error (task, error);
      return;
    }
  tc_key_pool_emit (self, id, TC_KEY_RESTORED);
  if (key != NULL)
    g_task_return_pointer (task, tc_api_key_copy (key), (GDestroyNotify) tc_api_key_free);
  else
    return_not_found (task, id);
}

/**
 * tc_key_pool_restore_async:
 *
 * Puts a key that was removed back into the pool.
 */
void
tc_key_pool_restore_async (TcKeyPool           *self,
                           guint64              id,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, NULL, callback, user_data);
  TcRemovedKey *removed = find_removed (self, id);

  g_task_set_source_tag (task, tc_key_pool_restore_async);
  if (removed == NULL && tc_key_pool_find (self, id) != NULL)
    {
      g_task_return_new_error (task, TC_ERROR, TC_ERROR_CONFLICT,
                               "Key %" G_GUINT64_FORMAT " is there; it was not removed.", id);
      return;
    }
  if (removed == NULL)
    {
      g_task_return_new_error (task, TC_ERROR, TC_ERROR_NOT_FOUND,
                               "Key %" G_GUINT64_FORMAT " is forgotten for good, or never was. Add it again "
                               "with “trainctl keys add”.", id);
      return;
    }
  g_task_set_task_data (task, g_memdup2 (&id, sizeof id), g_free);
  put_back (self, removed);
  save_setting (self, on_restored, g_steal_pointer (&task));
}
