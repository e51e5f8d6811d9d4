/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Requests that the pool makes for others, so that a secret never leaves it. */

#include "config.h"

#include "tc-error.h"
#include "tc-key-pool-private.h"
#include "tc-model-fetch.h"

typedef struct
{
  const TcProvider *provider;
  char             *base_url; /* (owned) (nullable) */
  TcSecret         *secret;   /* (owned) (nullable) */
} Fetch;

static void
fetch_free (gpointer data)
{
  Fetch *self = data;

  g_clear_pointer (&self->secret, tc_secret_free);
  g_free (self->base_url);
  g_free (self);
}

/* One that works, before one of which that is not known. */
static const TcApiKey *
find_best (TcKeyPool        *self,
           const TcProvider *provider)
{
  const TcApiKey *best = NULL;

  for (guint i = 0; i < self->keys->len; i++)
    {
      const TcApiKey *key = g_ptr_array_index (self->keys, i);

      if (g_strcmp0 (key->provider, provider->word) == 0 &&
          (best == NULL || (best->state != TC_KEY_VALID && key->state == TC_KEY_VALID)))
        best = key;
    }

  return best;
}

static void
on_answered (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  TcHttpAnswer *answer = tc_model_fetch_finish (TC_HTTP (object), result, &error);

  if (answer == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, answer, (GDestroyNotify) tc_http_answer_free);
}

/* @task: (transfer full) */
static void
ask (GTask *task)
{
  TcKeyPool *self = g_task_get_source_object (task);
  Fetch *fetch = g_task_get_task_data (task);

  tc_model_fetch_async (self->http, fetch->provider, fetch->base_url,
                        fetch->secret != NULL ? fetch->secret->text : NULL, NULL, on_answered, task);
}

static void
on_looked_up (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Fetch *fetch = g_task_get_task_data (task);
  GError *error = NULL;

  fetch->secret = tc_keyring_look_up_finish (TC_KEYRING (object), result, &error);
  if (fetch->secret == NULL)
    g_task_return_error (task, error);
  else
    ask (g_steal_pointer (&task));
}

/**
 * tc_key_pool_fetch_models_async:
 *
 * Asks a provider for its list of models; costs no tokens.
 */
void
tc_key_pool_fetch_models_async (TcKeyPool           *self,
                                const TcProvider    *provider,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, NULL, callback, user_data);
  const TcApiKey *key = find_best (self, provider);
  Fetch *fetch = g_new0 (Fetch, 1);

  g_task_set_source_tag (task, tc_key_pool_fetch_models_async);
  g_task_set_task_data (task, fetch, fetch_free);
  fetch->provider = provider;
  if (key == NULL && (provider->needs_secret || provider->base_url == NULL))
    {
      g_task_return_new_error (task, TC_ERROR, TC_ERROR_NOT_FOUND,
                               "There is no key; add one with “trainctl keys add --provider %s”.",
                               provider->word);
      return;
    }
  fetch->base_url = g_strdup (key != NULL ? key->base_url : NULL);
  if (key != NULL && key->secret_id != NULL)
    tc_keyring_look_up_async (self->keyring, key->secret_id, on_looked_up, g_steal_pointer (&task));
  else
    ask (g_steal_pointer (&task));
}

/**
 * tc_key_pool_fetch_models_finish:
 * @error: TC_ERROR with a sentence: NOT_FOUND there is no key; UNAVAILABLE
 *
 * Returns: (transfer full) (nullable): a success as it came
 */
TcHttpAnswer *
tc_key_pool_fetch_models_finish (TcKeyPool     *self,
                                 GAsyncResult  *result,
                                 GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_secret (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  TcSecret *secret = tc_keyring_look_up_finish (TC_KEYRING (object), result, &error);

  if (secret != NULL)
    g_task_return_pointer (task, secret, (GDestroyNotify) tc_secret_free);
  else
    g_task_return_error (task, error);
}

/**
 * tc_key_pool_look_up_async:
 *
 * Asks the keyring for the secret of a key.
 */
void
tc_key_pool_look_up_async (TcKeyPool           *self,
                           guint64              id,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, NULL, callback, user_data);
  const TcApiKey *key = tc_key_pool_find (self, id);

  g_task_set_source_tag (task, tc_key_pool_look_up_async);
  if (key == NULL)
    g_task_return_new_error (task, TC_ERROR, TC_ERROR_NOT_FOUND, "There is no key %" G_GUINT64_FORMAT ".",
                             id);
  else if (key->secret_id == NULL)
    g_task_return_pointer (task, NULL, NULL);
  else
    tc_keyring_look_up_async (self->keyring, key->secret_id, on_secret, g_steal_pointer (&task));
}

/**
 * tc_key_pool_look_up_finish:
 * @error: TC_ERROR with a sentence: NOT_FOUND; UNAVAILABLE the keyring does not work
 *
 * Returns: (transfer full) (nullable): the secret; NULL without an error when
 *   the key has none
 */
TcSecret *
tc_key_pool_look_up_finish (TcKeyPool     *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
