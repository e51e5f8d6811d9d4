/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The checkpoints of all sessions: what there is, and what is put aside. */

#include "config.h"

#include "tc-api-body.h"
#include "tc-api-private.h"
#include "tc-api-routes.h"
#include "tc-error.h"
#include "tc-json.h"

#define IDS_MAX 100000
#define LAST_MAX 10000

/* {"type":"checkpoints"}: who shows them asks again. */
static void
on_changed (TcCheckpointKeeper *checkpoints,
            TcApi              *self)
{
  g_autoptr (JsonObject) event = json_object_new ();
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), event);

  json_object_set_string_member (event, "type", "checkpoints");
  tc_api_events_send (self->events, node);
}

/** tc_api_set_checkpoints: @checkpoints: (transfer none): what does the work on them */
void
tc_api_set_checkpoints (TcApi              *self,
                        TcCheckpointKeeper *checkpoints)
{
  g_set_object (&self->checkpoints, checkpoints);
  g_signal_connect_object (checkpoints, "changed", G_CALLBACK (on_changed), self, 0);
}

static void
on_done (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  TcApiRequest *request = user_data;
  g_autoptr (GError) error = NULL;
  JsonObject *answer = tc_checkpoint_keeper_do_finish (TC_CHECKPOINT_KEEPER (source), result, &error);

  if (answer == NULL)
    tc_api_request_reply_error (request, error);
  else
    tc_api_request_reply_object (request, SOUP_STATUS_OK, answer);
}

/* Also when the client leaves, what was begun is carried out. */
static void
start (TcApiRequest    *request,
       TcCheckpointJob *job)
{
  if (request->api->checkpoints == NULL)
    tc_api_request_reply_fail (request, 503, "unavailable", "This engine was started without checkpoints.");
  else
    tc_checkpoint_keeper_do_async (request->api->checkpoints, job, NULL, on_done, request);
}

/** tc_api_handle_all_checkpoints: GET /api/checkpoints?session=ID */
void
tc_api_handle_all_checkpoints (TcApiRequest *request)
{
  g_autoptr (TcCheckpointJob) job = tc_checkpoint_job_new (TC_CHECKPOINT_LIST, 0);
  const char *session = tc_api_request_get_query (request, "session");

  if (session != NULL && !tc_api_parse_id (session, &job->session_id))
    {
      tc_api_request_reply_fail (request, 400, "usage", "“session” is the number of a session.");
      return;
    }
  request->id = job->session_id;
  if (session != NULL && tc_api_request_find_session (request) == NULL)
    tc_api_request_reply_no_session (request);
  else
    start (request, job);
}

/* Adds the "ids" of the body to @job. */
static gboolean
read_ids (TcApiRequest    *request,
          TcCheckpointJob *job)
{
  JsonObject *body = tc_api_request_get_body (request);
  JsonArray *ids = body != NULL && json_object_get_size (body) == 1 ? tc_json_get_array (body, "ids") : NULL;
  guint n = ids != NULL ? json_array_get_length (ids) : 0;

  job->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < MIN (n, IDS_MAX); i++)
    {
      JsonNode *node = json_array_get_element (ids, i);
      gint64 id = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64
                  ? json_node_get_int (node) : 0;

      if (id < 1)
        return FALSE;
      g_array_append_val (job->ids, id);
    }

  return n > 0 && n <= IDS_MAX;
}

static void
move_some (TcApiRequest     *request,
           TcCheckpointVerb  verb)
{
  g_autoptr (TcCheckpointJob) job = tc_checkpoint_job_new (verb, 0);

  if (read_ids (request, job))
    start (request, job);
  else
    tc_api_request_reply_fail (request, 400, "invalid",
                               "Send {\"ids\": [N, …]} with the numbers of checkpoints.");
}

/** tc_api_handle_checkpoints_remove: POST /api/checkpoints/remove */
void
tc_api_handle_checkpoints_remove (TcApiRequest *request)
{
  move_some (request, TC_CHECKPOINT_REMOVE);
}

/** tc_api_handle_checkpoints_restore: POST /api/checkpoints/restore */
void
tc_api_handle_checkpoints_restore (TcApiRequest *request)
{
  move_some (request, TC_CHECKPOINT_RESTORE);
}

static gboolean
is_boolean (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN;
}

static gboolean
read_keep (JsonObject       *body,
           TcCheckpointJob  *job,
           GError          **error)
{
  static const char *const known[] = { "last", "session_id", "dry_run", NULL };
  gint64 last = tc_json_get_int (body, "last", -1);
  const char *session = tc_json_get_string (body, "session_id", NULL);
  JsonObjectIter iter;
  const char *member;

  json_object_iter_init (&iter, body);
  while (json_object_iter_next (&iter, &member, NULL))
    if (!g_strv_contains (known, member))
      {
        g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "“%s” is not known here.", member);
        return FALSE;
      }
  if (last < 0 || last > LAST_MAX ||
      (tc_json_has (body, "session_id") && (session == NULL || !tc_api_parse_id (session, &job->session_id))) ||
      (tc_json_has (body, "dry_run") && !is_boolean (json_object_get_member (body, "dry_run"))))
    {
      g_set_error (error, TC_ERROR, TC_ERROR_INVALID,
                   "Send {\"last\": N} with N from 0 to %d, and if you like \"session_id\" and \"dry_run\".", LAST_MAX);
      return FALSE;
    }
  job->last = (guint) last;
  job->dry_run = tc_json_get_boolean (body, "dry_run", FALSE);

  return TRUE;
}

/** tc_api_handle_checkpoints_keep: POST /api/checkpoints/keep */
void
tc_api_handle_checkpoints_keep (TcApiRequest *request)
{
  g_autoptr (TcCheckpointJob) job = tc_checkpoint_job_new (TC_CHECKPOINT_KEEP, 0);
  JsonObject *body = tc_api_request_get_body (request);
  g_autoptr (JsonObject) empty = json_object_new ();
  g_autoptr (GError) error = NULL;

  if (read_keep (body != NULL ? body : empty, job, &error))
    start (request, job);
  else
    tc_api_request_reply_error (request, error);
}

static void
on_purged (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  TcApiRequest *request = user_data;
  g_autoptr (GError) error = NULL;
  gint64 bytes = tc_checkpoint_keeper_purge_finish (TC_CHECKPOINT_KEEPER (source), result, &error);
  JsonObject *answer;

  if (bytes < 0)
    {
      tc_api_request_reply_error (request, error);
      return;
    }
  answer = json_object_new ();
  json_object_set_int_member (answer, "bytes", bytes);
  tc_api_request_reply_object (request, SOUP_STATUS_OK, answer);
}

/** tc_api_handle_checkpoints_purge: POST /api/checkpoints/purge */
void
tc_api_handle_checkpoints_purge (TcApiRequest *request)
{
  if (request->api->checkpoints == NULL)
    tc_api_request_reply_fail (request, 503, "unavailable", "This engine was started without checkpoints.");
  else
    tc_checkpoint_keeper_purge_async (request->api->checkpoints, 0, on_purged, request);
}
