/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The way in over a loopback port: whether, on and off. Only whoever is on the
 * Unix socket may ask, so that a token cannot be traded for another. */

#include "config.h"

#include "tc-api-body.h"
#include "tc-api-private.h"
#include "tc-api-routes.h"

static void
reply_state (TcApiRequest *request)
{
  JsonObject *answer = json_object_new ();
  guint16 port = tc_api_get_tcp_port (request->api);

  json_object_set_boolean_member (answer, "listening", port != 0);
  if (port == 0)
    json_object_set_null_member (answer, "port");
  else
    json_object_set_int_member (answer, "port", port);
  tc_api_request_reply_object (request, SOUP_STATUS_OK, answer);
}

/** tc_api_handle_server_get: GET /api/server */
void
tc_api_handle_server_get (TcApiRequest *request)
{
  reply_state (request);
}

/** tc_api_handle_server_start: POST /api/server */
void
tc_api_handle_server_start (TcApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *token = NULL;
  g_autofree char *url = NULL;
  JsonObject *answer;
  gint64 port;

  port = tc_api_body_to_number (tc_api_request_get_body (request), "port", 0, G_MAXUINT16,
                                &error);
  if (port < 0 || !tc_api_listen_tcp (request->api, (guint16) port, &token, &error))
    {
      tc_api_request_reply_error (request, error);
      return;
    }

  answer = json_object_new ();
  url = g_strdup_printf ("http://127.0.0.1:%u", tc_api_get_tcp_port (request->api));
  json_object_set_string_member (answer, "url", url);
  json_object_set_string_member (answer, "token", token);
  tc_api_request_reply_object (request, SOUP_STATUS_OK, answer);
}

/** tc_api_handle_server_stop: DELETE /api/server */
void
tc_api_handle_server_stop (TcApiRequest *request)
{
  tc_api_unlisten_tcp (request->api);
  reply_state (request);
}
