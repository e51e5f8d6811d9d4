/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The engine itself: what it is, how to make it leave, what it offers. */

#include "config.h"

#include <unistd.h>

#include "tc-api-openapi.h"
#include "tc-api-private.h"
#include "tc-api-routes.h"

static guint
count_queued (TcQueue *queue)
{
  guint n = tc_queue_get_n (queue);
  guint queued = 0;

  for (guint i = 0; i < n; i++)
    if (tc_session_get_state (tc_queue_peek (queue, i)) == TC_SESSION_QUEUED)
      queued++;
  return queued;
}

static JsonObject *
describe_ways_in (TcApi *api)
{
  JsonObject *ways = json_object_new ();
  guint16 port = tc_api_get_tcp_port (api);

  if (port == 0)
    json_object_set_null_member (ways, "tcp");
  else
    {
      JsonObject *tcp = json_object_new ();

      json_object_set_int_member (tcp, "port", port);
      json_object_set_object_member (ways, "tcp", tcp);
    }
  return ways;
}

/** tc_api_handle_engine: GET /api/engine */
void
tc_api_handle_engine (TcApiRequest *request)
{
  TcApi *api = request->api;
  JsonObject *answer = json_object_new ();
  g_autofree char *started_at = tc_clock_format_iso8601 (api->started_at_us);
  gint64 uptime_us = tc_clock_get_boottime (api->clock) - api->started_us;

  json_object_set_string_member (answer, "name", "training-center-engine");
  json_object_set_string_member (answer, "version", TC_VERSION);
  json_object_set_int_member (answer, "pid", getpid ());
  json_object_set_string_member (answer, "started_at", started_at);
  json_object_set_double_member (answer, "uptime_seconds", uptime_us / 1e6);
  json_object_set_boolean_member (answer, "paused", tc_scheduler_get_paused (api->scheduler));
  json_object_set_int_member (answer, "active", tc_scheduler_get_n_active (api->scheduler));
  json_object_set_int_member (answer, "queued",
                              count_queued (tc_scheduler_get_queue (api->scheduler)));
  json_object_set_object_member (answer, "api", describe_ways_in (api));
  tc_api_request_reply_object (request, SOUP_STATUS_OK, answer);
}

static void
on_stop_answered (TcApi *api)
{
  g_signal_emit_by_name (api, "stop-requested");
}

/** tc_api_handle_engine_stop: POST /api/engine/stop; heard once the answer is out */
void
tc_api_handle_engine_stop (TcApiRequest *request)
{
  JsonObject *answer = json_object_new ();

  g_signal_connect_object (request->message, "finished", G_CALLBACK (on_stop_answered),
                           request->api, G_CONNECT_SWAPPED);
  json_object_set_boolean_member (answer, "ok", TRUE);
  tc_api_request_reply_object (request, SOUP_STATUS_OK, answer);
}

/** tc_api_handle_openapi: GET /api/openapi.json */
void
tc_api_handle_openapi (TcApiRequest *request)
{
  g_autoptr (GBytes) document = tc_api_openapi_get_document ();
  gsize length = g_bytes_get_size (document);

  tc_api_request_reply_text (request, SOUP_STATUS_OK, "application/json",
                             g_memdup2 (g_bytes_get_data (document, NULL), length), length);
}
