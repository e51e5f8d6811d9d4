/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Which path does what, and the small answers the gateway gives by itself. */

#include "config.h"

#include <string.h>

#include "tc-gateway-private.h"
#include "tc-json.h"

#define JSON_HEADER "Content-Type: application/json\r\n"

typedef void (*RouteFunc) (TcGateway     *self,
                           TcGatewayConn *conn,
                           TcGrant       *grant,
                           const char    *path);

typedef struct
{
  const char *method;
  const char *path; /* ends with "*": what begins so */
  RouteFunc   func;
} Route;

/* Whose words an error is written in when nothing else is known. */
static TcProviderWire
wire_for (const char *path)
{
  if (path != NULL && strstr (path, "/v1/messages") != NULL)
    return TC_PROVIDER_WIRE_ANTHROPIC;
  if (path != NULL && strstr (path, "/api/") != NULL)
    return TC_PROVIDER_WIRE_OLLAMA;
  return TC_PROVIDER_WIRE_OPENAI;
}

static TcChatErrorKind
kind_for (guint status)
{
  switch (status)
    {
    case 401:
      return TC_CHAT_ERROR_AUTH;
    case 402:
      return TC_CHAT_ERROR_MONEY;
    case 403:
      return TC_CHAT_ERROR_PERMISSION;
    case 404:
      return TC_CHAT_ERROR_NOT_FOUND;
    case 408:
    case 504:
      return TC_CHAT_ERROR_TIMEOUT;
    case 413:
      return TC_CHAT_ERROR_TOO_LARGE;
    case 429:
      return TC_CHAT_ERROR_RATE_LIMITED;
    default:
      return status >= 500 ? TC_CHAT_ERROR_SERVER : TC_CHAT_ERROR_INVALID;
    }
}

static char *
write_refusal (TcProviderWire  wire,
               guint           status,
               const char     *code,
               const char     *message)
{
  g_autoptr (TcChatError) error = tc_chat_error_new (kind_for (status), status, message);

  g_set_str (&error->code, code);
  return tc_wire_write_error (wire, error);
}

/**
 * tc_gateway_write_refusal:
 * @target: (nullable): of the request
 *
 * Returns: (transfer full): the body of a refusal, in the words of the format
 *   that @target belongs to
 */
char *
tc_gateway_write_refusal (const char *target,
                          guint       status,
                          const char *code,
                          const char *message)
{
  return write_refusal (wire_for (target), status, code, message);
}

/**
 * tc_gateway_refuse:
 *
 * Answers with an error of our own. What the same request will meet again says
 * so, because clients try again by themselves.
 */
void
tc_gateway_refuse (TcGatewayConn  *conn,
                   TcProviderWire  wire,
                   guint           status,
                   const char     *code,
                   const char     *message)
{
  g_autofree char *body = write_refusal (wire, status, code, message);

  tc_gateway_conn_reply (conn, status,
                         status < 500 || strcmp (code, "unsafe") == 0
                                      ? JSON_HEADER "x-training-center-error: 1\r\n"
                                        "x-should-retry: false\r\n"
                                      : JSON_HEADER "x-training-center-error: 1\r\n",
                         body, strlen (body));
}

static void
reply_object (TcGatewayConn *conn,
              JsonObject    *object)
{
  g_autofree char *body = tc_json_object_to_string (object, FALSE);

  tc_gateway_conn_reply (conn, 200, JSON_HEADER, body, strlen (body));
  json_object_unref (object);
}

static void
handle_messages (TcGateway     *self,
                 TcGatewayConn *conn,
                 TcGrant       *grant,
                 const char    *path)
{
  tc_gateway_proxy_chat (self, conn, grant, TC_PROVIDER_WIRE_ANTHROPIC);
}

static void
handle_completions (TcGateway     *self,
                    TcGatewayConn *conn,
                    TcGrant       *grant,
                    const char    *path)
{
  tc_gateway_proxy_chat (self, conn, grant, TC_PROVIDER_WIRE_OPENAI);
}

static void
handle_ollama (TcGateway     *self,
               TcGatewayConn *conn,
               TcGrant       *grant,
               const char    *path)
{
  tc_gateway_proxy_chat (self, conn, grant, TC_PROVIDER_WIRE_OLLAMA);
}

static void
handle_count (TcGateway     *self,
              TcGatewayConn *conn,
              TcGrant       *grant,
              const char    *path)
{
  tc_gateway_proxy_count (self, conn, grant);
}

static JsonObject *
model_to_json (const TcModelFacts *facts,
               const TcGrant      *grant,
               gboolean            is_anthropic)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "id", facts->id);
  if (is_anthropic)
    {
      json_object_set_string_member (object, "type", "model");
      json_object_set_string_member (object, "display_name", facts->name);
      json_object_set_string_member (object, "created_at", "1970-01-01T00:00:00Z");
    }
  else
    {
      json_object_set_string_member (object, "object", "model");
      json_object_set_int_member (object, "created", 0);
      json_object_set_string_member (object, "owned_by", grant->provider->word);
    }
  return object;
}

static gboolean
wants_anthropic (TcGatewayConn *conn)
{
  return tc_http_head_count (tc_gateway_conn_get_head (conn), "anthropic-version") > 0;
}

/* GET /v1/models: only what the run may ask. */
static void
handle_models (TcGateway     *self,
               TcGatewayConn *conn,
               TcGrant       *grant,
               const char    *path)
{
  gboolean is_anthropic = wants_anthropic (conn);
  JsonObject *answer = json_object_new ();
  JsonArray *data = json_array_new ();
  guint n = grant->models->len;

  for (guint i = 0; i < n; i++)
    json_array_add_object_element (data, model_to_json (g_ptr_array_index (grant->models, i), grant,
                                                        is_anthropic));
  json_object_set_array_member (answer, "data", data);
  if (is_anthropic)
    {
      json_object_set_boolean_member (answer, "has_more", FALSE);
      if (n > 0)
        {
          const TcModelFacts *first = g_ptr_array_index (grant->models, 0);
          const TcModelFacts *last = g_ptr_array_index (grant->models, n - 1);

          json_object_set_string_member (answer, "first_id", first->id);
          json_object_set_string_member (answer, "last_id", last->id);
        }
    }
  else
    json_object_set_string_member (answer, "object", "list");
  reply_object (conn, answer);
}

static void
handle_model (TcGateway     *self,
              TcGatewayConn *conn,
              TcGrant       *grant,
              const char    *path)
{
  g_autofree char *name = g_uri_unescape_string (path + strlen ("/v1/models/"), NULL);
  const TcModelFacts *facts = name == NULL ? NULL : tc_grant_find_model (grant, name);
  gboolean is_anthropic = wants_anthropic (conn);

  if (facts == NULL)
    tc_gateway_refuse (conn, is_anthropic ? TC_PROVIDER_WIRE_ANTHROPIC : TC_PROVIDER_WIRE_OPENAI,
                       404, "model_not_found", "This run may not ask such a model.");
  else
    reply_object (conn, model_to_json (facts, grant, is_anthropic));
}

/* GET /api/tags */
static void
handle_tags (TcGateway     *self,
             TcGatewayConn *conn,
             TcGrant       *grant,
             const char    *path)
{
  JsonObject *answer = json_object_new ();
  JsonArray *models = json_array_new ();

  for (guint i = 0; i < grant->models->len; i++)
    {
      const TcModelFacts *facts = g_ptr_array_index (grant->models, i);
      JsonObject *object = json_object_new ();

      json_object_set_string_member (object, "name", facts->id);
      json_object_set_string_member (object, "model", facts->id);
      json_object_set_string_member (object, "modified_at", "1970-01-01T00:00:00Z");
      json_object_set_int_member (object, "size", 0);
      json_object_set_string_member (object, "digest", "");
      json_object_set_object_member (object, "details", json_object_new ());
      json_array_add_object_element (models, object);
    }
  json_object_set_array_member (answer, "models", models);
  reply_object (conn, answer);
}

/* GET /api/version: what we understand, not what we are. */
static void
handle_version (TcGateway     *self,
                TcGatewayConn *conn,
                TcGrant       *grant,
                const char    *path)
{
  JsonObject *answer = json_object_new ();

  json_object_set_string_member (answer, "version", "0.33.0");
  reply_object (conn, answer);
}

/* POST /api/show: as much as clients look at before they chat. */
static void
handle_show (TcGateway     *self,
             TcGatewayConn *conn,
             TcGrant       *grant,
             const char    *path)
{
  gsize length;
  const char *body = tc_gateway_conn_get_body (conn, &length);
  g_autoptr (JsonObject) object = tc_json_parse_object (body, (gssize) length, TC_JSON_DEFAULT, NULL);
  const char *name = tc_json_get_string (object, "model", tc_json_get_string (object, "name", ""));
  const TcModelFacts *facts = tc_grant_find_model (grant, name);
  JsonObject *answer, *info;
  JsonArray *capabilities;

  if (facts == NULL)
    {
      tc_gateway_refuse (conn, TC_PROVIDER_WIRE_OLLAMA, 404, "not_found",
                         "This run may not ask such a model.");
      return;
    }
  answer = json_object_new ();
  info = json_object_new ();
  capabilities = json_array_new ();
  json_object_set_string_member (info, "general.architecture", "model");
  if (facts->context > 0)
    json_object_set_int_member (info, "model.context_length", facts->context);
  json_array_add_string_element (capabilities, "completion");
  json_object_set_string_member (answer, "modelfile", "");
  json_object_set_string_member (answer, "template", "");
  json_object_set_object_member (answer, "details", json_object_new ());
  json_object_set_object_member (answer, "model_info", info);
  json_object_set_array_member (answer, "capabilities", capabilities);
  reply_object (conn, answer);
}

/* GET / and HEAD /: clients of Ollama look whether it is there. */
static void
handle_root (TcGateway     *self,
             TcGatewayConn *conn,
             TcGrant       *grant,
             const char    *path)
{
  static const char text[] = "Ollama is running";

  tc_gateway_conn_reply (conn, 200, "Content-Type: text/plain\r\n", text, strlen (text));
}

static void
set_money (JsonObject *object,
           const char *name,
           TcMoney     amount)
{
  g_autofree char *text = amount == TC_MONEY_UNKNOWN ? NULL : tc_money_format (amount);

  if (text != NULL)
    json_object_set_string_member (object, name, text + 1);
  else
    json_object_set_null_member (object, name);
}

/* GET /v1/spend: dollars as text, because they are exact. */
static void
handle_spend (TcGateway     *self,
              TcGatewayConn *conn,
              TcGrant       *grant,
              const char    *path)
{
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, grant->session_id);
  JsonObject *answer = json_object_new ();
  TcLedgerRoom room;

  tc_ledger_get_room (self->ledger, grant->session_id, grant->provider->word, grant->limit, &room);
  json_object_set_string_member (answer, "session_id", id);
  set_money (answer, "spent_usd", room.spent);
  set_money (answer, "held_usd", room.held);
  set_money (answer, "left_usd", room.left);
  reply_object (conn, answer);
}

static const Route routes[] = {
  { "POST", "/v1/messages", handle_messages },
  { "POST", "/v1/chat/completions", handle_completions },
  { "POST", "/api/chat", handle_ollama },
  { "POST", "/v1/messages/count_tokens", handle_count },
  { "GET", "/v1/models", handle_models },
  { "GET", "/v1/models/*", handle_model },
  { "GET", "/api/tags", handle_tags },
  { "GET", "/api/version", handle_version },
  { "POST", "/api/show", handle_show },
  { "GET", "/v1/spend", handle_spend },
  { "GET", "/", handle_root },
  { "HEAD", "/", handle_root },
};

static gboolean
is_match (const Route *route,
          const char  *method,
          const char  *path)
{
  gsize length = strlen (route->path);

  if (strcmp (route->method, method) != 0)
    return FALSE;
  return route->path[length - 1] == '*' ? strncmp (path, route->path, length - 1) == 0
                                        : strcmp (path, route->path) == 0;
}

/**
 * tc_gateway_handle:
 * @user_data: the gateway
 *
 * Answers a request that the gate has let pass.
 */
void
tc_gateway_handle (TcGatewayConn *conn,
                   gpointer       user_data)
{
  TcGateway *self = user_data;
  const TcHttpHead *head = tc_gateway_conn_get_head (conn);
  const char *target;
  TcGrant *grant = tc_gateway_find_grant (self, head, &target);
  g_autofree char *path = NULL;

  /* The run may have ended while its request was on the way. */
  if (grant == NULL)
    {
      tc_gateway_refuse (conn, wire_for (head->target), 401, "unauthorized",
                         "The run that this token belonged to has ended.");
      return;
    }
  path = g_strndup (target, strcspn (target, "?"));
  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    if (is_match (&routes[i], head->method, path))
      {
        routes[i].func (self, conn, grant, path);
        return;
      }
  tc_gateway_refuse (conn, wire_for (path), 404, "not_found",
                     "Training Center passes on /v1/messages, /v1/chat/completions and /api/chat "
                     "only; there is nothing else behind this address.");
}
