/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-api-server.h"

#include <string.h>

#include "tc-json.h"

struct _TcApiServer
{
  GObject       parent_instance;

  TcClient     *client;       /* (owned) */
  GCancellable *cancellable;  /* (owned) of the question under way */
  guint         port;         /* 0: it does not listen */
  char         *token;        /* (owned) (nullable) while it does not listen */
  char         *problem;      /* (owned) (nullable) the engine's sentence */
};

G_DEFINE_FINAL_TYPE (TcApiServer, tc_api_server, G_TYPE_OBJECT)

static guint changed_signal;

/* {"listening","port"}, or {"url","token"} of one that was turned on. */
static void
read_answer (TcApiServer *self,
             JsonObject  *answer)
{
  const char *url = tc_json_get_string (answer, "url", NULL);
  const char *colon = url != NULL ? strrchr (url, ':') : NULL;
  guint64 port = 0;

  if (colon != NULL && g_ascii_string_to_unsigned (colon + 1, 10, 1, G_MAXUINT16, &port, NULL))
    g_set_str (&self->token, tc_json_get_string (answer, "token", NULL));
  else
    port = (guint64) CLAMP (tc_json_get_int (answer, "port", 0), 0, G_MAXUINT16);
  self->port = (guint) port;
  if (port == 0)
    g_clear_pointer (&self->token, g_free);
}

static void
on_answer (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(TcApiServer) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);
  g_autoptr(JsonNode) node = reply != NULL ? tc_reply_parse (reply, &error) : NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_set_str (&self->problem, error != NULL ? error->message : NULL);
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    read_answer (self, json_node_get_object (node));
  /* Somebody else turned it on: asking for any port tells the token it has. */
  if (self->port != 0 && self->token == NULL && self->problem == NULL)
    {
      tc_api_server_turn_on (self, 0);
      return;
    }
  g_signal_emit (self, changed_signal, 0);
}

/* What is asked last counts. */
static void
ask (TcApiServer *self,
     const char  *method,
     JsonNode    *body)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  tc_client_request_async (self->client, method, "/api/server", body, self->cancellable, on_answer,
                           g_object_ref (self));
}

static void
tc_api_server_dispose (GObject *object)
{
  TcApiServer *self = TC_API_SERVER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);
  g_clear_pointer (&self->token, g_free);
  g_clear_pointer (&self->problem, g_free);

  G_OBJECT_CLASS (tc_api_server_parent_class)->dispose (object);
}

static void
tc_api_server_class_init (TcApiServerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_api_server_dispose;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
tc_api_server_init (TcApiServer *self)
{
}

/**
 * tc_api_server_new:
 *
 * Returns: (transfer full): off until the engine says otherwise
 */
TcApiServer *
tc_api_server_new (TcClient *client)
{
  TcApiServer *self = g_object_new (TC_TYPE_API_SERVER, NULL);

  self->client = g_object_ref (client);
  ask (self, "GET", NULL);

  return self;
}

/** tc_api_server_is_on: Returns: whether it listens */
gboolean
tc_api_server_is_on (TcApiServer *self)
{
  g_return_val_if_fail (TC_IS_API_SERVER (self), FALSE);

  return self->port != 0;
}

/** tc_api_server_get_port: Returns: the port it listens on, 0 for none */
guint
tc_api_server_get_port (TcApiServer *self)
{
  g_return_val_if_fail (TC_IS_API_SERVER (self), 0);

  return self->port;
}

/** tc_api_server_get_token: Returns: (transfer none) (nullable): what other programs must send */
const char *
tc_api_server_get_token (TcApiServer *self)
{
  g_return_val_if_fail (TC_IS_API_SERVER (self), NULL);

  return self->token;
}

/** tc_api_server_get_problem: Returns: (transfer none) (nullable): why it could not be turned on or off */
const char *
tc_api_server_get_problem (TcApiServer *self)
{
  g_return_val_if_fail (TC_IS_API_SERVER (self), NULL);

  return self->problem;
}

/** tc_api_server_turn_on: @port: to listen on; 0 for any that is free */
void
tc_api_server_turn_on (TcApiServer *self,
                       guint        port)
{
  g_autoptr(JsonNode) body = json_node_new (JSON_NODE_OBJECT);
  JsonObject *request = json_object_new ();

  g_return_if_fail (TC_IS_API_SERVER (self));

  json_object_set_int_member (request, "port", port);
  json_node_take_object (body, request);
  ask (self, "POST", body);
}

/** tc_api_server_turn_off: nobody gets in by the port any more */
void
tc_api_server_turn_off (TcApiServer *self)
{
  g_return_if_fail (TC_IS_API_SERVER (self));

  ask (self, "DELETE", NULL);
}
