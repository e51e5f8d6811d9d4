/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The models that can be chosen, and what they cost; and those that Ollama
 * fetches. */

#include "config.h"

#include "tc-api-private.h"
#include "tc-api-routes.h"
#include "tc-error.h"
#include "tc-json.h"

#define NO_MODELS "This engine was started without models."

/* A refresh for a client, which may be of one provider. */
typedef struct
{
  TcApiRequest     *request; /* (owned) */
  const TcProvider *only;    /* (nullable) */
} Refresh;

/** tc_api_set_catalogue: @catalogue: (transfer none): what the requests about models are answered from */
void
tc_api_set_catalogue (TcApi       *self,
                      TcCatalogue *catalogue)
{
  g_set_object (&self->catalogue, catalogue);
}

/* {"type":"models","provider":"compatible"}: who shows them asks again. */
static void
on_listed (TcApi      *self,
           const char *provider)
{
  g_autoptr (JsonNode) event = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "type", "models");
  json_object_set_string_member (object, "provider", provider);
  json_node_take_object (event, object);
  tc_api_events_send (self->events, event);
}

/** tc_api_set_refresh: @refresh: (transfer none): brings the catalogue up to date */
void
tc_api_set_refresh (TcApi          *self,
                    TcModelRefresh *refresh)
{
  g_set_object (&self->refresh, refresh);
  g_signal_connect_object (refresh, "listed", G_CALLBACK (on_listed), self, G_CONNECT_SWAPPED);
}

static void
on_pull_changed (TcApi    *self,
                 JsonNode *pull)
{
  g_autoptr (JsonNode) event = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "type", "pull");
  json_object_set_member (object, "pull", json_node_copy (pull));
  json_node_take_object (event, object);
  tc_api_events_send (self->events, event);
}

/* The list has one more now. */
static void
on_pulled (TcApi      *self,
           const char *model)
{
  if (self->refresh != NULL)
    tc_model_refresh_ask_async (self->refresh, tc_provider_get (TC_PROVIDER_QWEN), NULL, NULL);
}

/** tc_api_set_pulls: @pulls: (transfer none): lets Ollama fetch models */
void
tc_api_set_pulls (TcApi        *self,
                  TcModelPulls *pulls)
{
  g_set_object (&self->pulls, pulls);
  g_signal_connect_object (pulls, "changed", G_CALLBACK (on_pull_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (pulls, "pulled", G_CALLBACK (on_pulled), self, G_CONNECT_SWAPPED);
}

/* A model that could be used if only there were a key is not to be chosen. */
static void
add_ways (TcApi    *self,
          JsonNode *answer)
{
  JsonArray *providers = tc_json_get_array (json_node_get_object (answer), "providers");

  for (guint i = 0; providers != NULL && i < json_array_get_length (providers); i++)
    {
      JsonObject *object = json_array_get_object_element (providers, i);
      const TcProvider *provider = tc_provider_find (tc_json_get_string (object, "provider", ""));

      json_object_set_boolean_member (object, "has_key", tc_model_refresh_has_way (self->refresh, provider));
    }
}

static void
reply_models (TcApiRequest     *request,
              const TcProvider *only)
{
  JsonNode *answer = tc_catalogue_to_json (request->api->catalogue, only);

  add_ways (request->api, answer);
  tc_api_request_reply_json (request, SOUP_STATUS_OK, answer);
}

static void
on_refreshed (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autofree Refresh *refresh = user_data;

  tc_model_refresh_ask_finish (TC_MODEL_REFRESH (source), result);
  reply_models (refresh->request, refresh->only);
}

/** tc_api_handle_models: GET /api/models */
void
tc_api_handle_models (TcApiRequest *request)
{
  const char *word = tc_api_request_get_query (request, "provider");
  const char *again = tc_api_request_get_query (request, "refresh");
  const TcProvider *only = word != NULL ? tc_provider_find (word) : NULL;
  Refresh *refresh;

  if (request->api->catalogue == NULL || request->api->refresh == NULL)
    {
      tc_api_request_reply_fail (request, 503, "unavailable", NO_MODELS);
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
      reply_models (request, only);
      return;
    }
  refresh = g_new0 (Refresh, 1);
  refresh->request = request;
  refresh->only = only;
  tc_model_refresh_ask_async (request->api->refresh, only, on_refreshed, refresh);
}

/* Where the user's Ollama is: the keys to Ollama are no secrets but places. */
static const char *
get_ollama_url (TcApi *self)
{
  for (guint i = 0; self->keys != NULL && i < tc_key_pool_get_n (self->keys); i++)
    {
      const TcApiKey *key = tc_key_pool_peek (self->keys, i);

      if (g_strcmp0 (key->provider, tc_provider_get (TC_PROVIDER_QWEN)->word) == 0 && key->base_url != NULL)
        return key->base_url;
    }

  return NULL;
}

/** tc_api_handle_pull: POST /api/models/pull */
void
tc_api_handle_pull (TcApiRequest *request)
{
  JsonObject *body = tc_api_request_get_body (request);
  const char *model = tc_json_get_string (body, "model", NULL);
  g_autoptr (GError) error = NULL;
  JsonObject *answer;
  JsonNode *pull;

  if (request->api->pulls == NULL)
    {
      tc_api_request_reply_fail (request, 503, "unavailable", NO_MODELS);
      return;
    }
  if (model == NULL)
    {
      tc_api_request_reply_fail (request, 400, "usage", "Send a JSON object with the “model” to pull.");
      return;
    }
  pull = tc_model_pulls_start (request->api->pulls, get_ollama_url (request->api), model, &error);
  if (pull == NULL)
    {
      tc_api_request_reply_error (request, error);
      return;
    }
  answer = json_object_new ();
  json_object_set_member (answer, "pull", pull);
  tc_api_request_reply_object (request, SOUP_STATUS_CREATED, answer);
}

/** tc_api_handle_pulls: GET /api/models/pulls */
void
tc_api_handle_pulls (TcApiRequest *request)
{
  if (request->api->pulls == NULL)
    tc_api_request_reply_fail (request, 503, "unavailable", NO_MODELS);
  else
    tc_api_request_reply_json (request, SOUP_STATUS_OK, tc_model_pulls_to_json (request->api->pulls));
}

/** tc_api_handle_pull_cancel: DELETE /api/models/pulls/:id */
void
tc_api_handle_pull_cancel (TcApiRequest *request)
{
  g_autoptr (GError) error = NULL;

  if (request->api->pulls == NULL)
    tc_api_request_reply_fail (request, 503, "unavailable", NO_MODELS);
  else if (!tc_model_pulls_cancel (request->api->pulls, request->id, &error))
    tc_api_request_reply_error (request, error);
  else
    tc_api_request_reply_json (request, SOUP_STATUS_OK, tc_model_pulls_to_json (request->api->pulls));
}
