/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-model-refresh.h"

/* An engine that was started for one command has left by then. */
#define FIRST_LOOK_SECONDS 10

/* One provider at a time, so that the start of a day is no storm. */
#define LOOK_INTERVAL_SECONDS 15
#define REST_SECONDS 3600

#define LIST_MAX_AGE_US (G_GINT64_CONSTANT (24 * 3600) * G_USEC_PER_SEC)
/* What Ollama has changes by a command, and to ask it costs nothing. */
#define LOCAL_MAX_AGE_US (G_GINT64_CONSTANT (1800) * G_USEC_PER_SEC)

struct _TcModelRefresh
{
  GObject      parent_instance;

  TcKeyPool   *keys;      /* (owned) */
  TcCatalogue *catalogue; /* (owned) */
  guint        look_id;   /* 0: not looking */
  guint        next;      /* provider to look at next */
};

enum
{
  SIGNAL_LISTED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (TcModelRefresh, tc_model_refresh, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

/* One question to one provider. */
typedef struct
{
  TcModelRefresh   *refresh;  /* (owned) */
  const TcProvider *provider;
  GTask            *task;     /* (owned) (nullable) who waits for it */
} Question;

static void
tc_model_refresh_dispose (GObject *object)
{
  TcModelRefresh *self = TC_MODEL_REFRESH (object);

  g_clear_handle_id (&self->look_id, g_source_remove);
  g_clear_object (&self->keys);
  g_clear_object (&self->catalogue);

  G_OBJECT_CLASS (tc_model_refresh_parent_class)->dispose (object);
}

static void
tc_model_refresh_class_init (TcModelRefreshClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_model_refresh_dispose;
  signals[SIGNAL_LISTED] = g_signal_new ("listed", TC_TYPE_MODEL_REFRESH, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
tc_model_refresh_init (TcModelRefresh *self)
{
}

/**
 * tc_model_refresh_has_way:
 *
 * Returns: whether there is a key to ask a provider with, or none is needed
 */
gboolean
tc_model_refresh_has_way (TcModelRefresh   *self,
                          const TcProvider *provider)
{
  if (!provider->needs_secret && provider->base_url != NULL)
    return TRUE;
  for (guint i = 0; i < tc_key_pool_get_n (self->keys); i++)
    {
      if (g_strcmp0 (tc_key_pool_peek (self->keys, i)->provider, provider->word) == 0)
        return TRUE;
    }

  return FALSE;
}

/* The last one to go answers. */
static void
release (GTask *task)
{
  guint n_pending = GPOINTER_TO_UINT (g_task_get_task_data (task)) - 1;

  g_task_set_task_data (task, GUINT_TO_POINTER (n_pending), NULL);
  if (n_pending == 0)
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
on_listed (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Question *question = user_data;
  TcCatalogue *catalogue = question->refresh->catalogue;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcHttpAnswer) answer = tc_key_pool_fetch_models_finish (TC_KEY_POOL (source), result, &error);

  /* Gone when it was shut down meanwhile. */
  if (catalogue != NULL &&
      (answer == NULL ||
       !tc_catalogue_take_list (catalogue, question->provider, answer->body, answer->length, &error)))
    tc_catalogue_take_problem (catalogue, question->provider, error->message);
  else if (catalogue != NULL)
    g_signal_emit (question->refresh, signals[SIGNAL_LISTED], 0, question->provider->word);
  if (question->task != NULL)
    release (question->task);
  g_object_unref (question->refresh);
  g_free (question);
}

/* @task: (transfer full) (nullable) */
static void
ask (TcModelRefresh   *self,
     const TcProvider *provider,
     GTask            *task)
{
  Question *question = g_new0 (Question, 1);

  question->refresh = g_object_ref (self);
  question->provider = provider;
  question->task = task;
  tc_key_pool_fetch_models_async (self->keys, provider, on_listed, question);
}

/* What a server of the user's own has nobody knows before it was asked, and
 * without a list there is nothing to choose from. */
static void
on_key_changed (TcKeyPool      *keys,
                guint64         id,
                guint           news,
                TcModelRefresh *self)
{
  const TcApiKey *key = tc_key_pool_lookup (keys, id);
  const TcProvider *provider = key != NULL ? tc_provider_find (key->provider) : NULL;

  if (provider == NULL || key->state != TC_KEY_VALID || news == TC_KEY_REMOVED ||
      (provider->id != TC_PROVIDER_COMPATIBLE && provider->id != TC_PROVIDER_QWEN))
    return;
  if (news != TC_KEY_CHANGED || !tc_catalogue_is_list_fresh (self->catalogue, provider, LIST_MAX_AGE_US))
    ask (self, provider, NULL);
}

static gboolean
on_look (gpointer user_data)
{
  TcModelRefresh *self = user_data;
  guint wait_seconds = LOOK_INTERVAL_SECONDS;

  while (self->next < TC_PROVIDER_N)
    {
      const TcProvider *provider = tc_provider_get (self->next++);
      gint64 max_age_us = provider->id == TC_PROVIDER_QWEN ? LOCAL_MAX_AGE_US : LIST_MAX_AGE_US;

      if (!tc_model_refresh_has_way (self, provider) ||
          tc_catalogue_is_list_fresh (self->catalogue, provider, max_age_us))
        continue;
      ask (self, provider, NULL);
      break;
    }
  if (self->next >= TC_PROVIDER_N)
    {
      self->next = 0;
      wait_seconds = REST_SECONDS;
    }
  self->look_id = g_timeout_add_seconds (wait_seconds, on_look, self);

  return G_SOURCE_REMOVE;
}

/** tc_model_refresh_new: Returns: (transfer full): it asks nobody yet */
TcModelRefresh *
tc_model_refresh_new (TcKeyPool   *keys,
                      TcCatalogue *catalogue)
{
  TcModelRefresh *self = g_object_new (TC_TYPE_MODEL_REFRESH, NULL);

  self->keys = g_object_ref (keys);
  self->catalogue = g_object_ref (catalogue);
  g_signal_connect_object (keys, "changed", G_CALLBACK (on_key_changed), self, 0);

  return self;
}

/** tc_model_refresh_start: begins to look after the lists in the background */
void
tc_model_refresh_start (TcModelRefresh *self)
{
  g_return_if_fail (TC_IS_MODEL_REFRESH (self));

  if (self->look_id == 0)
    self->look_id = g_timeout_add_seconds (FIRST_LOOK_SECONDS, on_look, self);
}

/** tc_model_refresh_shutdown: looks no more */
void
tc_model_refresh_shutdown (TcModelRefresh *self)
{
  g_clear_handle_id (&self->look_id, g_source_remove);
}

/**
 * tc_model_refresh_ask_async:
 * @only: (nullable): one provider, or all
 *
 * Asks now, all at the same time. What came of it is in the catalogue: a list,
 * or the problem in words.
 */
void
tc_model_refresh_ask_async (TcModelRefresh      *self,
                            const TcProvider    *only,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, tc_model_refresh_ask_async);
  g_task_set_task_data (task, GUINT_TO_POINTER (1 + (only != NULL ? 1 : TC_PROVIDER_N)), NULL);
  for (guint i = 0; i < TC_PROVIDER_N; i++)
    {
      if (only == NULL || only->id == i)
        ask (self, tc_provider_get (i), g_object_ref (task));
    }
  release (task);
}

/** tc_model_refresh_ask_finish: */
void
tc_model_refresh_ask_finish (TcModelRefresh *self,
                             GAsyncResult   *result)
{
  g_return_if_fail (g_task_is_valid (result, self));

  g_task_propagate_boolean (G_TASK (result), NULL);
}
