/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What sessions are expected to take, and what they took. */

#include "config.h"

#include "tc-api-body.h"
#include "tc-api-private.h"
#include "tc-api-routes.h"

/** tc_api_set_estimator: @estimator: (transfer none): what the requests about estimates are answered from */
void
tc_api_set_estimator (TcApi       *self,
                      TcEstimator *estimator)
{
  g_set_object (&self->estimator, estimator);
}

static gboolean
begin (TcApiRequest *request)
{
  if (request->api->estimator != NULL)
    return TRUE;
  tc_api_request_reply_fail (request, 503, "unavailable", "This engine was started without estimates.");
  return FALSE;
}

static void
on_estimated (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  TcApiRequest *request = user_data;
  g_autoptr (GError) error = NULL;
  JsonNode *answer = tc_estimator_estimate_finish (TC_ESTIMATOR (source), result, &error);

  if (answer == NULL)
    tc_api_request_reply_error (request, error);
  else
    tc_api_request_reply_json (request, SOUP_STATUS_OK, answer);
}

/** tc_api_handle_estimate: POST /api/training/estimate */
void
tc_api_handle_estimate (TcApiRequest *request)
{
  const char *measure = tc_api_request_get_query (request, "measure");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) configs = NULL;
  gboolean chain;

  if (!begin (request))
    return;
  if (request->body == NULL)
    {
      tc_api_request_reply_fail (request, 400, "usage", "Send what would be trained as a JSON object.");
      return;
    }
  configs = tc_api_body_to_configs (tc_api_request_get_body (request), &chain, &error);
  if (configs == NULL)
    {
      tc_api_request_reply_error (request, error);
      return;
    }
  tc_estimator_estimate_async (request->api->estimator, configs, g_strcmp0 (measure, "1") == 0,
                               request->cancellable, on_estimated, request);
}

static void
on_loaded (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  TcApiRequest *request = user_data;
  g_autoptr (GError) error = NULL;
  JsonNode *answer = tc_estimator_load_finish (TC_ESTIMATOR (source), result, &error);
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, request->id);

  if (answer == NULL)
    {
      tc_api_request_reply_error (request, error);
      return;
    }
  json_object_set_string_member (json_node_get_object (answer), "session_id", id);
  tc_api_request_reply_json (request, SOUP_STATUS_OK, answer);
}

/** tc_api_handle_estimate_get: GET /api/training/estimate/:id */
void
tc_api_handle_estimate_get (TcApiRequest *request)
{
  if (!begin (request))
    return;
  if (tc_api_request_find_session (request) == NULL)
    {
      tc_api_request_reply_no_session (request);
      return;
    }
  tc_estimator_load_async (request->api->estimator, request->id, request->cancellable, on_loaded, request);
}
