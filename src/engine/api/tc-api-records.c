/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What the store has about a session: metrics, gates, verdicts, checkpoints,
 * events. */

#include "config.h"

#include <string.h>

#include "tc-api-private.h"
#include "tc-api-routes.h"
#include "tc-api-csv.h"

#define POINTS_MAX 10000000

/* Sessions that were removed from the list may still have records, but nobody
 * has an id of theirs to ask with; an unknown id is a mistake. */
static gboolean
check_session (TcApiRequest *request)
{
  if (tc_api_request_find_session (request) != NULL)
    return TRUE;
  tc_api_request_reply_no_session (request);
  return FALSE;
}

static gboolean
wants_csv (TcApiRequest *request)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (request->message);
  const char *accept = soup_message_headers_get_list (headers, "Accept");

  return g_strcmp0 (tc_api_request_get_query (request, "format"), "csv") == 0 ||
         (accept != NULL && g_str_has_prefix (accept, "text/csv"));
}

static void
on_metrics (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  TcApiRequest *request = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;
  char *text;

  node = tc_store_load_metrics_finish (TC_STORE (source), result, &error);
  if (node == NULL)
    {
      tc_api_request_reply_error (request, error);
      return;
    }
  if (!wants_csv (request))
    {
      tc_api_request_reply_json (request, SOUP_STATUS_OK, g_steal_pointer (&node));
      return;
    }
  text = tc_api_metrics_to_csv (json_node_get_object (node));
  tc_api_request_reply_text (request, SOUP_STATUS_OK, "text/csv; charset=utf-8", text, strlen (text));
}

/** tc_api_handle_metrics: GET /api/training/metrics/:id */
void
tc_api_handle_metrics (TcApiRequest *request)
{
  guint64 max_points;

  if (!tc_api_request_get_number (request, "max_points", 0, POINTS_MAX, &max_points))
    {
      tc_api_request_reply_fail (request, 400, "usage",
                                 "“max_points” is a whole number; 0 means all.");
      return;
    }
  if (check_session (request))
    tc_store_load_metrics_async (request->api->store, request->id,
                                 tc_api_request_get_query (request, "series"),
                                 (guint) max_points, request->cancellable, on_metrics, request);
}

typedef struct
{
  TcApiRequest *request; /* (owned) */
  const char   *kind;    /* static */
} RecordsQuery;

static void
on_records (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autofree RecordsQuery *query = user_data;
  g_autoptr (GError) error = NULL;
  JsonNode *records;
  JsonObject *answer;

  records = tc_store_load_records_finish (TC_STORE (source), result, &error);
  if (records == NULL)
    {
      tc_api_request_reply_error (query->request, error);
      return;
    }
  answer = json_object_new ();
  json_object_set_member (answer, query->kind, records);
  tc_api_request_reply_object (query->request, SOUP_STATUS_OK, answer);
}

static void
load_records (TcApiRequest *request,
              const char   *kind)
{
  RecordsQuery *query = g_new0 (RecordsQuery, 1);

  query->request = request;
  query->kind = kind;
  tc_store_load_records_async (request->api->store, kind, request->id, request->cancellable,
                               on_records, query);
}

/** tc_api_handle_gates: GET /api/training/gates/:id */
void
tc_api_handle_gates (TcApiRequest *request)
{
  if (check_session (request))
    load_records (request, "gates");
}

/** tc_api_handle_verdicts: GET /api/training/verdicts/:id */
void
tc_api_handle_verdicts (TcApiRequest *request)
{
  if (check_session (request))
    load_records (request, "verdicts");
}

/** tc_api_handle_checkpoints: GET /api/training/checkpoints/:id */
void
tc_api_handle_checkpoints (TcApiRequest *request)
{
  if (check_session (request))
    load_records (request, "checkpoints");
}

/** tc_api_handle_events: GET /api/training/events/:id */
void
tc_api_handle_events (TcApiRequest *request)
{
  if (check_session (request))
    load_records (request, "events");
}

/** tc_api_handle_all_events: GET /api/events */
void
tc_api_handle_all_events (TcApiRequest *request)
{
  load_records (request, "events");
}
