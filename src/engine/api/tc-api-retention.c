/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Whether old checkpoints are put aside after each session. */

#include "config.h"

#include "tc-api-private.h"
#include "tc-api-routes.h"
#include "tc-json.h"

/** tc_api_set_retention: @retention: (transfer none): puts old checkpoints aside */
void
tc_api_set_retention (TcApi       *self,
                      TcRetention *retention)
{
  g_set_object (&self->retention, retention);
}

static void
reply (TcApiRequest *request)
{
  TcRetention *retention = request->api->retention;
  JsonObject *answer = json_object_new ();

  json_object_set_boolean_member (answer, "enabled", tc_retention_get_enabled (retention));
  json_object_set_int_member (answer, "last", tc_retention_get_last (retention));
  tc_api_request_reply_object (request, SOUP_STATUS_OK, answer);
}

static gboolean
begin (TcApiRequest *request)
{
  if (request->api->retention != NULL)
    return TRUE;
  tc_api_request_reply_fail (request, 503, "unavailable", "This engine was started without checkpoints.");

  return FALSE;
}

/** tc_api_handle_retention: GET /api/checkpoints/retention */
void
tc_api_handle_retention (TcApiRequest *request)
{
  if (begin (request))
    reply (request);
}

static void
on_set (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  TcApiRequest *request = user_data;
  g_autoptr(GError) error = NULL;

  if (tc_retention_set_finish (TC_RETENTION (source), result, &error))
    reply (request);
  else
    tc_api_request_reply_error (request, error);
}

/* Whether @body has "enabled" and, as it likes, "last", and nothing else. */
static gboolean
read_body (JsonObject *body,
           guint       before,
           gboolean   *enabled,
           guint      *last)
{
  JsonNode *node = body != NULL ? json_object_get_member (body, "enabled") : NULL;
  gboolean has_last = body != NULL && tc_json_has (body, "last");
  gint64 value = has_last ? tc_json_get_int (body, "last", 0) : before;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN ||
      json_object_get_size (body) != (has_last ? 2 : 1) ||
      value < TC_RETENTION_LAST_MIN || value > TC_RETENTION_LAST_MAX)
    return FALSE;
  *enabled = json_node_get_boolean (node);
  *last = (guint) value;

  return TRUE;
}

/** tc_api_handle_retention_set: PUT /api/checkpoints/retention */
void
tc_api_handle_retention_set (TcApiRequest *request)
{
  TcRetention *retention = request->api->retention;
  gboolean enabled;
  guint last;

  if (!begin (request))
    return;
  if (read_body (tc_api_request_get_body (request), tc_retention_get_last (retention), &enabled, &last))
    tc_retention_set_async (retention, enabled, last, on_set, request);
  else
    tc_api_request_reply_fail (request, 400, "invalid",
                               "Send {\"enabled\": true, \"last\": N} with N from 1 to 10000, or {\"enabled\": false}.");
}
