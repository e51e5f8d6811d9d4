/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-pull-list.h"

#include "tc-json.h"
#include "tc-sentence.h"

struct _TcPullList
{
  GObject       parent_instance;

  TcClient     *client;       /* (owned) */
  GHashTable   *pulls;        /* (owned) model → TcPull, the last one of it */
  GCancellable *cancellable;  /* (owned) (nullable) of the question on its way */
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_FAILED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (TcPullList, tc_pull_list, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static void
pull_free (gpointer data)
{
  TcPull *pull = data;

  g_free (pull->model);
  g_free (pull->problem);
  g_free (pull);
}

static void
take_pull (TcPullList *self,
           JsonObject *json)
{
  const char *model = tc_json_get_string (json, "model", NULL);
  guint64 id = g_ascii_strtoull (tc_json_get_string (json, "id", "0"), NULL, 10);
  TcPull *pull = model != NULL ? g_hash_table_lookup (self->pulls, model) : NULL;

  if (model == NULL || (pull != NULL && pull->id > id))
    return;
  pull = g_new0 (TcPull, 1);
  pull->id = id;
  pull->model = g_strdup (model);
  pull->is_active = g_str_equal (tc_json_get_string (json, "state", ""), "pulling");
  pull->completed = MAX (tc_json_get_int (json, "completed", 0), 0);
  pull->total = MAX (tc_json_get_int (json, "total", 0), 0);
  pull->eta = tc_json_get_double (json, "eta_seconds", -1);
  pull->problem = tc_sentence_dup_local (tc_json_get_string (json, "problem", NULL));
  g_hash_table_replace (self->pulls, pull->model, pull);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, pull->model);
}

static void
on_loaded (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(TcPullList) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);
  g_autoptr(JsonNode) node = reply != NULL ? tc_reply_parse (reply, &error) : NULL;
  JsonArray *pulls;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node) || self->client == NULL)
    return;
  pulls = tc_json_get_array (json_node_get_object (node), "pulls");
  for (guint i = 0; pulls != NULL && i < json_array_get_length (pulls); i++)
    {
      JsonNode *pull = json_array_get_element (pulls, i);

      if (JSON_NODE_HOLDS_OBJECT (pull))
        take_pull (self, json_node_get_object (pull));
    }
}

static void
on_state_changed (TcClient   *client,
                  GParamSpec *pspec,
                  TcPullList *self)
{
  if (tc_client_get_state (client) != TC_CLIENT_CONNECTED)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  /* Another engine counts from 1 again, and knows nothing of what was. */
  g_hash_table_remove_all (self->pulls);
  self->cancellable = g_cancellable_new ();
  tc_client_request_async (client, "GET", "/api/models/pulls", NULL, self->cancellable, on_loaded,
                           g_object_ref (self));
}

static void
on_news (TcClient   *client,
         const char *type,
         JsonObject *event,
         TcPullList *self)
{
  JsonObject *pull = tc_json_get_object (event, "pull");

  if (g_str_equal (type, "pull") && pull != NULL)
    take_pull (self, pull);
}

static void
tc_pull_list_dispose (GObject *object)
{
  TcPullList *self = TC_PULL_LIST (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (tc_pull_list_parent_class)->dispose (object);
}

static void
tc_pull_list_finalize (GObject *object)
{
  g_hash_table_unref (TC_PULL_LIST (object)->pulls);

  G_OBJECT_CLASS (tc_pull_list_parent_class)->finalize (object);
}

static void
tc_pull_list_class_init (TcPullListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_pull_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_pull_list_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
tc_pull_list_init (TcPullList *self)
{
  self->pulls = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, pull_free);
}

/**
 * tc_pull_list_new:
 *
 * Returns: (transfer full): what is pulled for the engine behind @client
 */
TcPullList *
tc_pull_list_new (TcClient *client)
{
  TcPullList *self = g_object_new (TC_TYPE_PULL_LIST, NULL);

  self->client = g_object_ref (client);
  g_signal_connect_object (client, "notify::state", G_CALLBACK (on_state_changed), self, 0);
  g_signal_connect_object (client, "news", G_CALLBACK (on_news), self, 0);
  on_state_changed (client, NULL, self);

  return self;
}

/** tc_pull_list_find: Returns: (transfer none) (nullable): the last pull of @model, until ::changed */
const TcPull *
tc_pull_list_find (TcPullList *self,
                   const char *model)
{
  g_return_val_if_fail (TC_IS_PULL_LIST (self), NULL);

  return g_hash_table_lookup (self->pulls, model);
}

static void
on_asked (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(TcPullList) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);
  g_autoptr(JsonNode) node = reply != NULL ? tc_reply_parse (reply, &error) : NULL;
  JsonObject *pull = NULL;

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    pull = tc_json_get_object (json_node_get_object (node), "pull");
  if (error != NULL)
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error->message);
  else if (pull != NULL && tc_pull_list_find (self, tc_json_get_string (pull, "model", "")) == NULL)
    take_pull (self, pull);
}

/** tc_pull_list_start: @model: to be fetched by Ollama; ::changed or ::failed follows */
void
tc_pull_list_start (TcPullList *self,
                    const char *model)
{
  g_autoptr(JsonNode) body = json_node_new (JSON_NODE_OBJECT);
  JsonObject *request = json_object_new ();

  g_return_if_fail (TC_IS_PULL_LIST (self));

  json_object_set_string_member (request, "model", model);
  json_node_take_object (body, request);
  tc_client_request_async (self->client, "POST", "/api/models/pull", body, NULL, on_asked,
                           g_object_ref (self));
}

/** tc_pull_list_cancel: @model: that is on its way; what came stays with Ollama */
void
tc_pull_list_cancel (TcPullList *self,
                     const char *model)
{
  const TcPull *pull = tc_pull_list_find (self, model);
  g_autofree char *target = NULL;

  if (pull == NULL || !pull->is_active)
    return;
  target = g_strdup_printf ("/api/models/pulls/%" G_GUINT64_FORMAT, pull->id);
  tc_client_request_async (self->client, "DELETE", target, NULL, NULL, on_asked, g_object_ref (self));
}
