/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The keys to providers. A secret comes in the body of a request over the Unix
 * socket and in no other way, is wiped where we hold it, and never goes out. */

#include "config.h"

#include <string.h>

#include "tc-api-body.h"
#include "tc-api-private.h"
#include "tc-api-routes.h"
#include "tc-api-stream.h"
#include "tc-error.h"
#include "tc-json.h"
#include "tc-key-pool.h"

#define NO_KEYS "This engine was started without keys."

/* The sessions that have not ended and name the key, or use it now. */
static JsonArray *
list_uses (TcApi   *api,
           guint64  key_id)
{
  TcQueue *queue = tc_scheduler_get_queue (api->scheduler);
  JsonArray *sessions = json_array_new ();

  for (guint i = 0; i < tc_queue_get_n (queue); i++)
    {
      TcSession *session = tc_queue_peek (queue, i);

      if (!tc_session_state_is_final (tc_session_get_state (session)) &&
          (tc_session_get_config (session)->key_id == key_id ||
           tc_key_pool_get_use (api->keys, tc_session_get_id (session)) == key_id))
        {
          g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, tc_session_get_id (session));

          json_array_add_string_element (sessions, id);
        }
    }

  return sessions;
}

static JsonNode *
key_to_json (TcApi          *api,
             const TcApiKey *key)
{
  JsonNode *node = tc_api_key_to_json (key);

  JsonArray *sessions = list_uses (api, key->id);

  json_object_set_int_member (json_node_get_object (node), "used_by", json_array_get_length (sessions));
  json_object_set_array_member (json_node_get_object (node), "sessions", sessions);

  return node;
}

static JsonNode *
removed_to_json (TcApi          *api,
                 const TcApiKey *key,
                 gint64          until_us)
{
  g_autofree char *until = tc_clock_format_iso8601 (until_us);
  JsonNode *node = key_to_json (api, key);

  json_object_set_string_member (json_node_get_object (node), "restore_until", until);

  return node;
}

/* {"type":"key","key":{…}}, or {"type":"key","key_id":"3","removed":true} */
static void
on_key_changed (TcKeyPool *keys,
                guint64    id,
                guint      news,
                TcApi     *self)
{
  const TcApiKey *key = tc_key_pool_lookup (keys, id);
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, id);
  g_autoptr (JsonObject) event = json_object_new ();
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), event);

  json_object_set_string_member (event, "type", "key");
  json_object_set_string_member (event, "key_id", text);
  json_object_set_boolean_member (event, "removed", key == NULL);
  if (key != NULL)
    json_object_set_member (event, "key", key_to_json (self, key));
  tc_api_events_send (self->events, node);
}

static JsonObject *
describe_keyring (TcKeyPool *keys)
{
  JsonObject *keyring = json_object_new ();

  json_object_set_boolean_member (keyring, "locked", tc_key_pool_is_locked (keys));
  json_object_set_boolean_member (keyring, "unlocking", tc_key_pool_is_unlocking (keys));

  return keyring;
}

/* {"type":"keyring","keyring":{"locked":true,"unlocking":false}} */
static void
on_keyring_changed (TcKeyPool *keys,
                    TcApi     *self)
{
  g_autoptr (JsonObject) event = json_object_new ();
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), event);

  json_object_set_string_member (event, "type", "keyring");
  json_object_set_object_member (event, "keyring", describe_keyring (keys));
  tc_api_events_send (self->events, node);
}

/** tc_api_set_keys: @keys: (transfer none): what the requests about keys are carried out by */
void
tc_api_set_keys (TcApi     *self,
                 TcKeyPool *keys)
{
  g_set_object (&self->keys, keys);
  g_signal_connect_object (keys, "changed", G_CALLBACK (on_key_changed), self, 0);
  g_signal_connect_object (keys, "keyring-changed", G_CALLBACK (on_keyring_changed), self, 0);
}

static void
wipe (gconstpointer memory,
      gsize         length)
{
  explicit_bzero ((gpointer) memory, length);
}

/* The body is ours, and nobody reads it again: its copies are of no use. */
static void
wipe_body (TcApiRequest *request)
{
  SoupMessageBody *body = soup_server_message_get_request_body (request->message);
  g_autoptr (GBytes) bytes = soup_message_body_flatten (body);
  const char *secret = tc_json_get_string (tc_api_request_get_body (request), "secret", NULL);

  if (secret != NULL)
    wipe (secret, strlen (secret));
  if (g_bytes_get_size (bytes) > 0)
    wipe (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  soup_message_body_truncate (body);
}

/* Texts only, and none but those in @known. */
static gboolean
check_body (TcApiRequest       *request,
            const char *const  *known,
            GError            **error)
{
  JsonObject *body = tc_api_request_get_body (request);
  JsonObjectIter iter;
  const char *member;
  JsonNode *node;

  if (body == NULL)
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID, "Send a JSON object.");
      return FALSE;
    }
  json_object_iter_init_ordered (&iter, body);
  while (json_object_iter_next_ordered (&iter, &member, &node))
    {
      if (!g_strv_contains (known, member))
        {
          g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "“%s” is not known here.", member);
          return FALSE;
        }
      if (!JSON_NODE_HOLDS_NULL (node) &&
          (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING))
        {
          g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "“%s” is a text.", member);
          return FALSE;
        }
    }
  return TRUE;
}

/* Whether the request may go on; else it has been answered. */
static gboolean
begin (TcApiRequest      *request,
       const char *const *known)
{
  g_autoptr (GError) error = NULL;

  if (request->api->keys == NULL)
    tc_api_request_reply_fail (request, 503, "unavailable", NO_KEYS);
  else if (known != NULL && !check_body (request, known, &error))
    {
      if (tc_api_request_get_body (request) != NULL)
        wipe_body (request);
      tc_api_request_reply_error (request, error);
    }
  else
    return TRUE;
  return FALSE;
}

static void
add_warning (JsonObject *answer,
             TcKeyPool  *keys)
{
  const char *warning = tc_key_pool_get_warning (keys);

  if (warning != NULL)
    json_object_set_string_member (answer, "keyring_warning", warning);
}

static void
reply_key (TcApiRequest *request,
           guint         status,
           TcKeyPool    *keys,
           GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TcApiKey) key = tc_key_pool_change_finish (keys, result, &error);
  JsonObject *answer;

  if (key == NULL)
    {
      tc_api_request_reply_error (request, error);
      return;
    }
  answer = json_object_new ();
  json_object_set_member (answer, "key", key_to_json (request->api, key));
  add_warning (answer, keys);
  tc_api_request_reply_object (request, status, answer);
}

static void
on_changed (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  reply_key (user_data, SOUP_STATUS_OK, TC_KEY_POOL (source), result);
}

static void
on_added (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  reply_key (user_data, SOUP_STATUS_CREATED, TC_KEY_POOL (source), result);
}

/** tc_api_handle_keys_list: GET /api/keys/list */
void
tc_api_handle_keys_list (TcApiRequest *request)
{
  TcApi *api = request->api;
  JsonObject *answer;
  JsonArray *list, *removed;

  if (!begin (request, NULL))
    return;
  answer = json_object_new ();
  list = json_array_new ();
  removed = json_array_new ();
  for (guint i = 0; i < tc_key_pool_get_n (api->keys); i++)
    json_array_add_element (list, key_to_json (api, tc_key_pool_peek (api->keys, i)));
  for (guint i = 0; i < tc_key_pool_get_n_removed (api->keys); i++)
    {
      gint64 until;
      const TcApiKey *key = tc_key_pool_peek_removed (api->keys, i, &until);

      json_array_add_element (removed, removed_to_json (api, key, until));
    }
  json_object_set_array_member (answer, "keys", list);
  json_object_set_array_member (answer, "removed", removed);
  json_object_set_object_member (answer, "keyring", describe_keyring (api->keys));
  add_warning (answer, api->keys);
  tc_api_request_reply_object (request, SOUP_STATUS_OK, answer);
}

/** tc_api_handle_keys_add: POST /api/keys/add */
void
tc_api_handle_keys_add (TcApiRequest *request)
{
  static const char *const known[] = { "provider", "name", "base_url", "secret", NULL };
  g_autoptr (TcApiKey) draft = tc_api_key_new ();
  JsonObject *body;

  if (!begin (request, known))
    return;
  body = tc_api_request_get_body (request);
  draft->provider = g_strdup (tc_json_get_string (body, "provider", ""));
  draft->name = g_strdup (tc_json_get_string (body, "name", ""));
  draft->base_url = g_strdup (tc_json_get_string (body, "base_url", NULL));
  tc_key_pool_add_async (request->api->keys, draft, tc_json_get_string (body, "secret", NULL),
                         on_added, request);
  wipe_body (request);
}

/** tc_api_handle_keys_replace: POST /api/keys/replace/:id */
void
tc_api_handle_keys_replace (TcApiRequest *request)
{
  static const char *const known[] = { "secret", NULL };
  const char *secret;

  if (!begin (request, known))
    return;
  secret = tc_json_get_string (tc_api_request_get_body (request), "secret", NULL);
  tc_key_pool_replace_async (request->api->keys, request->id, secret, on_changed, request);
  wipe_body (request);
}

/** tc_api_handle_keys_rename: POST /api/keys/rename/:id */
void
tc_api_handle_keys_rename (TcApiRequest *request)
{
  static const char *const known[] = { "name", NULL };
  const char *name;

  if (!begin (request, known))
    return;
  name = tc_json_get_string (tc_api_request_get_body (request), "name", NULL);
  tc_key_pool_rename_async (request->api->keys, request->id, name, on_changed, request);
}

/** tc_api_handle_keys_check: POST /api/keys/check/:id */
void
tc_api_handle_keys_check (TcApiRequest *request)
{
  if (begin (request, NULL))
    tc_key_pool_check_async (request->api->keys, request->id, on_changed, request);
}

static void
on_put_aside (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  TcApiRequest *request = user_data;
  TcKeyPool *keys = TC_KEY_POOL (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (TcApiKey) key = tc_key_pool_change_finish (keys, result, &error);
  JsonObject *answer;
  gint64 until = 0;

  if (key == NULL)
    {
      tc_api_request_reply_error (request, error);
      return;
    }
  for (guint i = 0; i < tc_key_pool_get_n_removed (keys); i++)
    if (tc_key_pool_peek_removed (keys, i, &until)->id == key->id)
      break;
  answer = json_object_new ();
  json_object_set_member (answer, "key", removed_to_json (request->api, key, until));
  tc_api_request_reply_object (request, SOUP_STATUS_OK, answer);
}

/** tc_api_handle_keys_remove: DELETE /api/keys/:id, with now=1 for good */
void
tc_api_handle_keys_remove (TcApiRequest *request)
{
  gboolean for_good = g_strcmp0 (tc_api_request_get_query (request, "now"), "1") == 0;

  if (begin (request, NULL))
    tc_key_pool_remove_async (request->api->keys, request->id, for_good,
                              for_good ? on_changed : on_put_aside, request);
}

/** tc_api_handle_keys_restore: POST /api/keys/restore/:id */
void
tc_api_handle_keys_restore (TcApiRequest *request)
{
  if (begin (request, NULL))
    tc_key_pool_restore_async (request->api->keys, request->id, on_changed, request);
}

/* A question to a person, and who waits for the answer. */
typedef struct
{
  TcApiRequest *request;
  GSource      *leave;   /* (owned) (nullable) */
} Unlocking;

static gboolean
on_left (GSocket      *socket,
         GIOCondition  condition,
         gpointer      user_data)
{
  g_cancellable_cancel (user_data);

  return G_SOURCE_REMOVE;
}

static GSource *
watch_leaving (TcApiRequest *request)
{
  TcApiStream *stream = tc_api_stream_for_address (soup_server_message_get_remote_address (request->message));
  GSource *source;

  if (stream == NULL)
    return NULL;
  source = tc_api_stream_create_leave_source (stream);
  g_source_set_callback (source, G_SOURCE_FUNC (on_left), g_object_ref (request->cancellable), g_object_unref);
  g_source_attach (source, g_main_context_get_thread_default ());

  return source;
}

static void
on_unlocked (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autofree Unlocking *unlocking = user_data;
  TcApiRequest *request = unlocking->request;
  TcKeyPool *keys = TC_KEY_POOL (object);
  g_autoptr (GError) error = NULL;
  JsonObject *answer;

  if (unlocking->leave != NULL)
    g_source_destroy (unlocking->leave);
  g_clear_pointer (&unlocking->leave, g_source_unref);
  if (!tc_key_pool_unlock_finish (keys, result, &error))
    {
      tc_api_request_reply_error (request, error);
      return;
    }
  answer = json_object_new ();
  json_object_set_object_member (answer, "keyring", describe_keyring (keys));
  tc_api_request_reply_object (request, SOUP_STATUS_OK, answer);
}

/** tc_api_handle_keys_unlock: POST /api/keys/unlock; a client that leaves waits no more */
void
tc_api_handle_keys_unlock (TcApiRequest *request)
{
  Unlocking *unlocking;

  if (!begin (request, NULL))
    return;
  unlocking = g_new0 (Unlocking, 1);
  unlocking->request = request;
  unlocking->leave = watch_leaving (request);
  tc_key_pool_unlock_async (request->api->keys, request->cancellable, on_unlocked, unlocking);
}
