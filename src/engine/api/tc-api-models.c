/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The models that can be chosen, and what they cost. */

#include "config.h"

#include "tc-api-private.h"
#include "tc-api-routes.h"

/* One refresh: the providers are asked at the same time. */
typedef struct
{
  TcApiRequest     *request; /* (owned) */
  const TcProvider *only;    /* (nullable) */
  guint             n_pending;
} Refresh;

typedef struct
{
  Refresh          *refresh;
  const TcProvider *provider;
} Question;

/** tc_api_set_catalogue: @catalogue: (transfer none): what the requests about models are answered from */
void
tc_api_set_catalogue (TcApi       *self,
                      TcCatalogue *catalogue)
{
  g_set_object (&self->catalogue, catalogue);
}

static void
release (Refresh *refresh)
{
  if (--refresh->n_pending > 0)
    return;
  tc_api_request_reply_json (refresh->request, SOUP_STATUS_OK,
                             tc_catalogue_to_json (refresh->request->api->catalogue, refresh->only));
  g_free (refresh);
}

static void
on_listed (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autofree Question *question = user_data;
  TcCatalogue *catalogue = question->refresh->request->api->catalogue;
  g_autoptr (GError) error = NULL;
  g_autoptr (TcHttpAnswer) answer = tc_key_pool_fetch_models_finish (TC_KEY_POOL (source), result, &error);

  if (answer == NULL ||
      !tc_catalogue_take_list (catalogue, question->provider, answer->body, answer->length, &error))
    tc_catalogue_take_problem (catalogue, question->provider, error->message);
  release (question->refresh);
}

static void
ask (Refresh    *refresh,
     TcKeyPool  *keys)
{
  refresh->n_pending = 1;
  for (guint i = 0; i < TC_PROVIDER_N; i++)
    {
      Question *question;

      if (refresh->only != NULL && refresh->only->id != i)
        continue;
      question = g_new0 (Question, 1);
      question->refresh = refresh;
      question->provider = tc_provider_get (i);
      refresh->n_pending++;
      tc_key_pool_fetch_models_async (keys, question->provider, on_listed, question);
    }
  release (refresh);
}

/** tc_api_handle_models: GET /api/models */
void
tc_api_handle_models (TcApiRequest *request)
{
  const char *word = tc_api_request_get_query (request, "provider");
  const char *again = tc_api_request_get_query (request, "refresh");
  const TcProvider *only = word != NULL ? tc_provider_find (word) : NULL;
  Refresh *refresh;

  if (request->api->catalogue == NULL || request->api->keys == NULL)
    {
      tc_api_request_reply_fail (request, 503, "unavailable", "This engine was started without models.");
      return;
    }
  if (word != NULL && only == NULL)
    {
      tc_api_request_reply_fail (request, 400, "usage",
                                 "The provider is one of claude, openai, xai, qwen and compatible.");
      return;
    }
  if (g_strcmp0 (again, "1") != 0)
    {
      tc_api_request_reply_json (request, SOUP_STATUS_OK,
                                 tc_catalogue_to_json (request->api->catalogue, only));
      return;
    }
  refresh = g_new0 (Refresh, 1);
  refresh->request = request;
  refresh->only = only;
  ask (refresh, request->api->keys);
}
