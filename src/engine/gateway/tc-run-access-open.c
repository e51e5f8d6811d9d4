/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The steps from a session whose turn it is to a way to its provider: a key, the
 * provider's word on it, its secret; or that Ollama runs and has the model. A
 * key that does not work makes room for the next one. */

#include "config.h"

#include <string.h>

#include "tc-error.h"
#include "tc-key-choice.h"
#include "tc-ollama.h"
#include "tc-run-access-private.h"

/* A key that worked so lately is not asked about again. */
#define FRESH_US (5 * 60 * G_TIME_SPAN_SECOND)

/* After so long no further key is tried: one can take forty seconds itself. */
#define PATIENCE_US (15 * G_USEC_PER_SEC)

typedef struct
{
  TcSession        *session;  /* (owned) */
  const TcProvider *provider;
  GArray           *tried;    /* (owned) (element-type guint64) keys that did not work */
  TcApiKey         *key;      /* (owned) (nullable) the one being tried */
  TcSecret         *secret;   /* (owned) (nullable) */
  char             *problem;  /* (owned) (nullable) of a key, that its state does not tell */
  gboolean          is_remote; /* Ollama lends the model from elsewhere */
  gint64            deadline; /* monotonic */
} Opening;

static void try_next_key (GTask *task);

static void
opening_free (gpointer data)
{
  Opening *self = data;

  g_object_unref (self->session);
  g_array_unref (self->tried);
  g_clear_pointer (&self->key, tc_api_key_free);
  g_clear_pointer (&self->secret, tc_secret_free);
  g_free (self->problem);
  g_free (self);
}

/* @task: (transfer full) */
static void
return_waiting (GTask      *task,
                const char *sentence)
{
  g_task_return_new_error (task, TC_ERROR, TC_ERROR_UNAVAILABLE, "%s", sentence);
  g_object_unref (task);
}

/* Nobody uses what Ollama lends from its cloud for nothing. */
static void
forget_price (TcGrant *grant)
{
  for (guint i = 0; i < grant->models->len; i++)
    {
      TcModelFacts *facts = g_ptr_array_index (grant->models, i);

      if (tc_price_is_free (&facts->price))
        facts->price = TC_PRICE_UNKNOWN;
    }
}

/* @task: (transfer full) */
static void
open_way (GTask *task)
{
  TcRunAccess *self = g_task_get_source_object (task);
  Opening *opening = g_task_get_task_data (task);
  g_autoptr(TcGrant) grant = NULL;
  g_autofree char *token = NULL;

  if (g_task_return_error_if_cancelled (task))
    {
      g_object_unref (task);
      return;
    }
  grant = tc_run_access_make_grant (self, opening->session, tc_session_get_attempt (opening->session) + 1,
                                    opening->key, g_steal_pointer (&opening->secret));
  if (opening->is_remote)
    forget_price (grant);
  token = tc_gateway_open_run (self->gateway, grant);
  tc_run_access_add_run (self, opening->session, grant);
  g_task_return_pointer (task, tc_gateway_dup_environment (self->gateway, token),
                         (GDestroyNotify) g_strfreev);
  explicit_bzero (token, strlen (token));
  g_object_unref (task);
}

/* @task: (transfer full) */
static void
give_up_key (GTask      *task,
             const char *problem)
{
  Opening *opening = g_task_get_task_data (task);

  g_set_str (&opening->problem, problem);
  g_array_append_val (opening->tried, opening->key->id);
  g_clear_pointer (&opening->key, tc_api_key_free);
  g_clear_pointer (&opening->secret, tc_secret_free);
  try_next_key (task);
}

static void
on_probed (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  GTask *task = user_data;
  TcRunAccess *self = g_task_get_source_object (task);
  Opening *opening = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(TcOllamaProbe) probe = tc_ollama_probe_finish (TC_HTTP (object), result, &error);
  g_autofree char *sentence = NULL;

  if (probe != NULL && probe->state == TC_OLLAMA_READY)
    {
      g_clear_pointer (&self->ollama, g_free);
      opening->is_remote = probe->is_remote;
      open_way (task);
      return;
    }
  sentence = g_strdup_printf ("Waiting for Ollama: %s", probe != NULL ? probe->text : error->message);
  /* A model that is missing is the matter of those who want that model. */
  if (probe == NULL || probe->state != TC_OLLAMA_MODEL_MISSING)
    {
      g_set_str (&self->ollama, sentence);
      self->ollama_at_us = g_get_monotonic_time ();
    }
  return_waiting (task, sentence);
}

/* @task: (transfer full) */
static void
probe_ollama (GTask *task)
{
  TcRunAccess *self = g_task_get_source_object (task);
  Opening *opening = g_task_get_task_data (task);

  tc_ollama_probe_async (self->http, opening->key != NULL ? opening->key->base_url : NULL,
                         opening->secret != NULL ? opening->secret->text : NULL,
                         tc_session_get_config (opening->session)->model, g_task_get_cancellable (task),
                         on_probed, task);
}

static void
on_looked_up (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  GTask *task = user_data;
  Opening *opening = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  opening->secret = tc_key_pool_look_up_finish (TC_KEY_POOL (object), result, &error);
  if (error != NULL)
    give_up_key (task, error->message);
  else if (opening->provider->id == TC_PROVIDER_QWEN)
    probe_ollama (task);
  else
    open_way (task);
}

/* @task: (transfer full) */
static void
look_up (GTask *task)
{
  TcRunAccess *self = g_task_get_source_object (task);
  Opening *opening = g_task_get_task_data (task);

  tc_key_pool_look_up_async (self->keys, opening->key->id, on_looked_up, task);
}

static void
on_checked (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  GTask *task = user_data;
  Opening *opening = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(TcApiKey) key = tc_key_pool_change_finish (TC_KEY_POOL (object), result, &error);

  if (key == NULL)
    give_up_key (task, error->message);
  else if (!tc_key_choice_is_usable (tc_session_get_config (opening->session), key))
    give_up_key (task, NULL);
  else
    look_up (task);
}

/* @task: (transfer full) */
static void
give_up (GTask *task)
{
  TcRunAccess *self = g_task_get_source_object (task);
  Opening *opening = g_task_get_task_data (task);
  TcSessionConfig *config = tc_session_get_config (opening->session);
  g_autofree char *sentence = NULL;

  if (opening->problem != NULL)
    sentence = g_strdup_printf ("Waiting for a valid %s key: %s", opening->provider->title, opening->problem);
  else
    sentence = tc_key_choice_dup_obstacle (self->keys, config);
  return_waiting (task, sentence);
}

/* @task: (transfer full) */
static void
try_next_key (GTask *task)
{
  TcRunAccess *self = g_task_get_source_object (task);
  Opening *opening = g_task_get_task_data (task);
  TcSessionConfig *config = tc_session_get_config (opening->session);
  const TcApiKey *key;

  key = tc_key_choice_find (self->keys, config, opening->tried);
  /* Ollama is where its key says, if there is one; whether it answers is asked
   * anyway. */
  if (key == NULL && opening->provider->id == TC_PROVIDER_QWEN && opening->tried->len == 0)
    key = tc_key_choice_find_best (self->keys, config);
  if (key == NULL && opening->provider->id == TC_PROVIDER_QWEN && opening->tried->len == 0 &&
      config->key_id == 0)
    {
      probe_ollama (task);
      return;
    }
  if (key == NULL || g_get_monotonic_time () > opening->deadline)
    {
      give_up (task);
      return;
    }
  opening->key = tc_api_key_copy (key);
  if (opening->provider->id == TC_PROVIDER_QWEN ||
      (key->state == TC_KEY_VALID && tc_key_pool_is_fresh (self->keys, key, FRESH_US)))
    look_up (task);
  else
    tc_key_pool_check_async (self->keys, key->id, on_checked, task);
}

/* Begins with what is known, then asks.
 * @task: (transfer full) */
void
tc_run_access_go_on (GTask *task)
{
  Opening *opening = g_task_get_task_data (task);
  g_autofree char *obstacle = tc_access_dup_obstacle (g_task_get_source_object (task), opening->session);

  if (obstacle != NULL)
    return_waiting (task, obstacle);
  else
    try_next_key (task);
}

/* Implements TcAccess::open_async. */
void
tc_run_access_open_async (TcAccess            *access,
                          TcSession           *session,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  TcRunAccess *self = TC_RUN_ACCESS (access);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Opening *opening = g_new0 (Opening, 1);

  g_task_set_source_tag (task, tc_run_access_open_async);
  /* What was opened is told, so that it is closed; until then see open_way(). */
  g_task_set_check_cancellable (task, FALSE);
  opening->session = g_object_ref (session);
  opening->provider = tc_provider_find (tc_session_get_config (session)->provider);
  opening->tried = g_array_new (FALSE, FALSE, sizeof (guint64));
  opening->deadline = g_get_monotonic_time () + PATIENCE_US;
  g_task_set_task_data (task, opening, opening_free);

  if (opening->provider == NULL)
    {
      g_task_return_pointer (task, g_new0 (char *, 1), (GDestroyNotify) g_strfreev);
      g_object_unref (task);
      return;
    }
  if (self->early != NULL)
    g_ptr_array_add (self->early, task);
  else
    tc_run_access_go_on (task);
}

/* Implements TcAccess::open_finish. */
GStrv
tc_run_access_open_finish (TcAccess      *access,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, access), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
