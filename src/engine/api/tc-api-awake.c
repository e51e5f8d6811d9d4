/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Whether the computer is kept from suspending while a training runs. */

#include "config.h"

#include "tc-api-private.h"
#include "tc-api-routes.h"
#include "tc-json.h"

/** tc_api_set_inhibitor: @inhibitor: (transfer none): keeps the computer awake */
void
tc_api_set_inhibitor (TcApi       *self,
                      TcInhibitor *inhibitor)
{
  g_set_object (&self->inhibitor, inhibitor);
}

static void
reply (TcApiRequest *request)
{
  TcInhibitor *inhibitor = request->api->inhibitor;
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *answer = json_object_new ();

  json_object_set_boolean_member (answer, "enabled", tc_inhibitor_get_enabled (inhibitor));
  json_object_set_boolean_member (answer, "held", tc_inhibitor_is_held (inhibitor));
  json_node_take_object (node, answer);
  tc_api_request_reply_json (request, SOUP_STATUS_OK, node);
}

static gboolean
begin (TcApiRequest *request)
{
  if (request->api->inhibitor != NULL)
    return TRUE;
  tc_api_request_reply_fail (request, 503, "unavailable", "This engine keeps no computer awake.");

  return FALSE;
}

/** tc_api_handle_awake: GET /api/awake */
void
tc_api_handle_awake (TcApiRequest *request)
{
  if (begin (request))
    reply (request);
}

/** tc_api_handle_awake_set: PUT /api/awake */
void
tc_api_handle_awake_set (TcApiRequest *request)
{
  JsonObject *body = tc_api_request_get_body (request);
  g_autoptr(GError) error = NULL;

  if (!begin (request))
    return;
  if (body == NULL || !json_object_has_member (body, "enabled") ||
      json_node_get_value_type (json_object_get_member (body, "enabled")) != G_TYPE_BOOLEAN)
    {
      tc_api_request_reply_fail (request, 400, "usage", "Send {\"enabled\": true} or {\"enabled\": false}.");
      return;
    }
  if (!tc_inhibitor_set_enabled (request->api->inhibitor, tc_json_get_boolean (body, "enabled", TRUE), &error))
    {
      tc_api_request_reply_error (request, error);
      return;
    }
  reply (request);
}
