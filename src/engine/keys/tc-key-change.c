/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Each change of a key goes through the same steps, in this order, and leaves
 * out those it does not need: the secret from the keyring, the provider's word,
 * the secret into the keyring, what is known into the store. */

#include "config.h"

#include <string.h>

#include "tc-error.h"
#include "tc-key-pool-private.h"
#include "tc-provider-check.h"
#include "tc-store-keys.h"

#define NAME_MAX_CHARS 64
#define SECRET_MAX_BYTES 4096
/* Four characters of a shorter one would be too much of it. */
#define SHOWS_END_FROM 16

typedef struct
{
  TcApiKey *key;     /* (owned) as it is going to be */
  TcSecret *secret;  /* (owned) (nullable) wiped when it is not needed any more */
  gboolean  is_new_secret;
  gboolean  is_rename;
} Change;

static void
change_free (gpointer data)
{
  Change *self = data;

  g_clear_pointer (&self->secret, tc_secret_free);
  tc_api_key_free (self->key);
  g_free (self);
}

/* @key: (transfer full) */
static GTask *
change_new (TcKeyPool           *self,
            TcApiKey            *key,
            gpointer             source_tag,
            GAsyncReadyCallback  callback,
            gpointer             user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Change *change = g_new0 (Change, 1);

  g_task_set_source_tag (task, source_tag);
  change->key = key;
  g_task_set_task_data (task, change, change_free);

  return task;
}

static void
on_orphan_cleared (GObject      *object,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  if (!tc_keyring_clear_finish (TC_KEYRING (object), result, &error))
    g_message ("A secret without a key stays in the keyring: %s", error->message);
}

/* @error: (transfer full) */
static void
give_up (GTask  *task,
         GError *error)
{
  TcKeyPool *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);

  if (change->key->id == 0 && change->key->secret_id != NULL)
    tc_keyring_clear_async (self->keyring, change->key->secret_id, on_orphan_cleared, NULL);
  g_task_return_error (task, error);
}

/* Returns: whether @key is in the pool now, not removed meanwhile */
static gboolean
take_over (TcKeyPool *self,
           TcApiKey  *key,
           gboolean   is_new)
{
  for (guint i = 0; i < self->keys->len; i++)
    {
      TcApiKey *old = g_ptr_array_index (self->keys, i);

      if (old->id != key->id)
        continue;
      tc_api_key_free (old);
      self->keys->pdata[i] = tc_api_key_copy (key);
      return TRUE;
    }
  if (tc_key_pool_take_over_removed (self, key) || !is_new)
    return FALSE;
  g_ptr_array_add (self->keys, tc_api_key_copy (key));

  return TRUE;
}

static void
on_saved (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  TcKeyPool *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  gboolean is_new = change->key->id == 0;
  GError *error = NULL;
  guint64 id;

  if (!tc_store_save_key_finish (TC_STORE (object), result, &id, &error))
    {
      give_up (task, error);
      return;
    }
  change->key->id = id;
  if (take_over (self, change->key, is_new))
    tc_key_pool_emit (self, id, is_new ? TC_KEY_ADDED
                                       : change->is_new_secret ? TC_KEY_REPLACED : TC_KEY_CHANGED);
  g_task_return_pointer (task, tc_api_key_copy (change->key), (GDestroyNotify) tc_api_key_free);
}

/* While a provider thought, other changes of the same key may have ended: what
 * this one is not about stays as it is by now. */
static void
merge (Change         *change,
       const TcApiKey *now)
{
  if (!change->is_rename)
    g_set_str (&change->key->name, now->name);
  if (!change->is_new_secret)
    {
      g_set_str (&change->key->secret_id, now->secret_id);
      g_set_str (&change->key->last_four, now->last_four);
    }
  if (change->is_rename)
    {
      change->key->state = now->state;
      g_set_str (&change->key->state_text, now->state_text);
      change->key->checked_at_us = now->checked_at_us;
    }
}

static void
on_namesake_removed (GObject      *object,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  TcKeyPool *self = TC_KEY_POOL (object);
  Change *change = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(TcApiKey) namesake = tc_key_pool_change_finish (self, result, &error);

  if (namesake == NULL)
    give_up (task, error);
  else
    tc_store_save_key_async (self->store, change->key, NULL, on_saved, g_steal_pointer (&task));
}

/* @task: (transfer full) */
static void
save (GTask *task)
{
  TcKeyPool *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  const TcApiKey *namesake;
  const TcApiKey *now = tc_key_pool_find (self, change->key->id);

  g_clear_pointer (&change->secret, tc_secret_free);
  if (change->key->id != 0 && now == NULL)
    {
      g_task_return_new_error (task, TC_ERROR, TC_ERROR_NOT_FOUND, "The key was removed meanwhile.");
      g_object_unref (task);
      return;
    }
  if (now != NULL)
    merge (change, now);
  namesake = tc_key_pool_find_removed_named (self, change->key->provider, change->key->name);
  if (namesake != NULL)
    tc_key_pool_remove_async (self, namesake->id, TRUE, on_namesake_removed, task);
  else
    tc_store_save_key_async (self->store, change->key, NULL, on_saved, task);
}

static void
on_stored (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;

  if (!tc_keyring_store_finish (TC_KEYRING (object), result, &error))
    g_task_return_error (task, error);
  else
    save (g_steal_pointer (&task));
}

/* @task: (transfer full) */
static void
store_secret (GTask *task)
{
  TcKeyPool *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  TcApiKey *key = change->key;
  g_autofree char *label = NULL;

  if (key->secret_id == NULL)
    key->secret_id = g_uuid_string_random ();
  g_clear_pointer (&key->last_four, g_free);
  if (change->secret->length >= SHOWS_END_FROM)
    key->last_four = g_strdup (change->secret->text + change->secret->length - 4);
  label = g_strdup_printf ("Training Center: key to %s", tc_provider_find (key->provider)->title);
  tc_keyring_store_async (self->keyring, key->secret_id, label, change->secret->text, on_stored, task);
}

static void
on_checked (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  TcKeyPool *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(TcKeyVerdict) verdict = tc_provider_check_finish (TC_HTTP (object), result, &error);

  if (verdict == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (verdict->state == TC_KEY_WRONG && change->is_new_secret)
    {
      g_task_return_new_error (task, TC_ERROR, TC_ERROR_INVALID, "%s", verdict->text);
      return;
    }
  change->key->state = verdict->state;
  g_set_str (&change->key->state_text, verdict->text);
  change->key->checked_at_us = tc_clock_get_realtime (self->clock);
  if (change->is_new_secret && change->secret != NULL)
    store_secret (g_steal_pointer (&task));
  else
    save (g_steal_pointer (&task));
}

/* @task: (transfer full) */
static void
ask_provider (GTask *task)
{
  TcKeyPool *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);

  tc_provider_check_async (self->http, tc_provider_find (change->key->provider),
                           change->key->base_url,
                           change->secret != NULL ? change->secret->text : NULL,
                           NULL, on_checked, task);
}

static void
on_looked_up (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Change *change = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  change->secret = tc_keyring_look_up_finish (TC_KEYRING (object), result, &error);
  if (change->secret != NULL)
    {
      ask_provider (g_steal_pointer (&task));
      return;
    }
  change->key->state = TC_KEY_NO_SECRET;
  g_set_str (&change->key->state_text, error->message);
  save (g_steal_pointer (&task));
}

static gboolean
check_name (TcKeyPool   *self,
            const char  *provider,
            const char  *name,
            guint64      except,
            GError     **error)
{
  if (name == NULL || name[0] == '\0' || !g_utf8_validate (name, -1, NULL) ||
      g_utf8_strlen (name, -1) > NAME_MAX_CHARS)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "Give the key a name of up to %d characters.",
                   NAME_MAX_CHARS);
      return FALSE;
    }
  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    {
      if (g_unichar_isprint (g_utf8_get_char (p)))
        continue;
      g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID,
                           "A key's name has no control characters.");
      return FALSE;
    }
  if (tc_key_pool_has_name (self, provider, name, except))
    {
      g_set_error (error, TC_ERROR, TC_ERROR_EXISTS,
                   "There is a key “%s” for %s already. Choose another name, or put a new secret "
                   "into it with “trainctl keys replace”.", name, provider);
      return FALSE;
    }

  return TRUE;
}

/* A line end in a header would be a header of somebody else's making. */
static gboolean
check_secret (const TcProvider  *provider,
              const char        *secret,
              GError           **error)
{
  gsize length = secret != NULL ? strlen (secret) : 0;

  if (length == 0 && !provider->needs_secret)
    return TRUE;
  if (length == 0)
    g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "%s needs a key; get one at %s.",
                 provider->title, provider->keys_url);
  else if (length > SECRET_MAX_BYTES)
    g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID, "That is too long to be a key.");
  else
    {
      for (gsize i = 0; i < length; i++)
        {
          if (g_ascii_isgraph (secret[i]))
            continue;
          g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID,
                               "A key has no blanks, line ends or special characters. Copy it again, "
                               "whole and by itself.");
          return FALSE;
        }
      return TRUE;
    }

  return FALSE;
}

static gboolean
check_draft (TcKeyPool       *self,
             const TcApiKey  *draft,
             const char      *secret,
             GError         **error)
{
  const TcProvider *provider = tc_provider_find (draft->provider);

  if (provider == NULL)
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID,
                           "The provider is one of claude, openai, xai, qwen and compatible.");
      return FALSE;
    }
  if (provider->base_url == NULL && draft->base_url == NULL)
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID,
                           "Say where the server is with a base URL, such as "
                           "http://localhost:8000/v1.");
      return FALSE;
    }

  return check_name (self, draft->provider, draft->name, 0, error) &&
         (draft->base_url == NULL || tc_provider_check_base_url (draft->base_url, error)) &&
         check_secret (provider, secret, error);
}

/**
 * tc_key_pool_add_async:
 * @draft: provider, name and perhaps base_url of the new key; copied
 * @secret: (nullable): the key itself; copied, and the copies are wiped
 *
 * Checks a key with its provider and keeps it. A wrong one is refused; one that
 * could not be checked is kept with a state that says so.
 */
void
tc_key_pool_add_async (TcKeyPool           *self,
                       const TcApiKey      *draft,
                       const char          *secret,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  GTask *task = change_new (self, tc_api_key_copy (draft), tc_key_pool_add_async, callback, user_data);
  Change *change = g_task_get_task_data (task);
  GError *error = NULL;

  if (!check_draft (self, draft, secret, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  change->key->created_at_us = tc_clock_get_realtime (self->clock);
  change->is_new_secret = TRUE;
  if (secret != NULL && secret[0] != '\0')
    change->secret = tc_secret_new (secret);
  ask_provider (task);
}

/* Returns: (transfer full) (nullable): NULL when it has been answered that there is no such key */
static GTask *
change_known (TcKeyPool           *self,
              guint64              id,
              gpointer             source_tag,
              GAsyncReadyCallback  callback,
              gpointer             user_data)
{
  const TcApiKey *key = tc_key_pool_find (self, id);
  GTask *task = change_new (self, key != NULL ? tc_api_key_copy (key) : tc_api_key_new (), source_tag,
                            callback, user_data);

  if (key != NULL)
    return task;
  g_task_return_new_error (task, TC_ERROR, TC_ERROR_NOT_FOUND,
                           "There is no key %" G_GUINT64_FORMAT "; “trainctl keys list” shows them.", id);
  g_object_unref (task);

  return NULL;
}

/**
 * tc_key_pool_replace_async:
 * @secret: copied, and the copies are wiped
 *
 * Puts another secret into a key, after a check as for a new one.
 */
void
tc_key_pool_replace_async (TcKeyPool           *self,
                           guint64              id,
                           const char          *secret,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(GTask) task = change_known (self, id, tc_key_pool_replace_async, callback, user_data);
  Change *change = task == NULL ? NULL : g_task_get_task_data (task);
  GError *error = NULL;

  if (task == NULL)
    return;
  if (secret == NULL || secret[0] == '\0')
    g_task_return_new_error (task, TC_ERROR, TC_ERROR_INVALID, "Give the new key.");
  else if (!check_secret (tc_provider_find (change->key->provider), secret, &error))
    g_task_return_error (task, error);
  else
    {
      change->is_new_secret = TRUE;
      change->secret = tc_secret_new (secret);
      ask_provider (g_steal_pointer (&task));
    }
}

/** tc_key_pool_rename_async: gives a key another name */
void
tc_key_pool_rename_async (TcKeyPool           *self,
                          guint64              id,
                          const char          *name,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr(GTask) task = change_known (self, id, tc_key_pool_rename_async, callback, user_data);
  Change *change = task == NULL ? NULL : g_task_get_task_data (task);
  GError *error = NULL;

  if (task == NULL)
    return;
  if (!check_name (self, change->key->provider, name, id, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  change->is_rename = TRUE;
  g_set_str (&change->key->name, name);
  save (g_steal_pointer (&task));
}

/** tc_key_pool_check_async: asks the provider about a key, and keeps what it says */
void
tc_key_pool_check_async (TcKeyPool           *self,
                         guint64              id,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  GTask *task = change_known (self, id, tc_key_pool_check_async, callback, user_data);
  Change *change = task == NULL ? NULL : g_task_get_task_data (task);

  if (task == NULL)
    return;
  if (change->key->secret_id != NULL)
    tc_keyring_look_up_async (self->keyring, change->key->secret_id, on_looked_up, task);
  else
    ask_provider (task);
}

/**
 * tc_key_pool_change_finish:
 * @error: TC_ERROR with a sentence: INVALID, EXISTS, NOT_FOUND, or UNAVAILABLE
 *   when the keyring does not work
 *
 * Returns: (transfer full) (nullable): the key after the change
 */
TcApiKey *
tc_key_pool_change_finish (TcKeyPool     *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
