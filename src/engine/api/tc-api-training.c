/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* One session: how it goes, and what can be done with it. */

#include "config.h"

#include "tc-api-private.h"
#include "tc-api-routes.h"

/** tc_api_handle_status: GET /api/training/status/:id */
void
tc_api_handle_status (TcApiRequest *request)
{
  TcSession *session = tc_api_request_find_session (request);
  JsonNode *answer;

  if (session == NULL)
    {
      tc_api_request_reply_no_session (request);
      return;
    }
  answer = tc_session_to_status_json (session);
  json_object_set_member (json_node_get_object (answer), "session",
                          tc_api_session_to_json (request->api->scheduler, session));
  tc_api_request_reply_json (request, SOUP_STATUS_OK, answer);
}

static void
on_commanded (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  TcApiRequest *request = user_data;
  g_autoptr (GError) error = NULL;
  TcSession *session;
  JsonObject *answer;

  if (!tc_scheduler_command_finish (TC_SCHEDULER (source), result, &error))
    {
      tc_api_request_reply_error (request, error);
      return;
    }

  session = tc_api_request_find_session (request);
  answer = json_object_new ();
  json_object_set_boolean_member (answer, "ok", TRUE);
  if (session != NULL)
    json_object_set_member (answer, "session", tc_api_session_to_json (request->api->scheduler, session));
  else
    json_object_set_null_member (answer, "session");
  tc_api_request_reply_object (request, SOUP_STATUS_OK, answer);
}

static void
command (TcApiRequest *request,
         TcVerb        verb)
{
  tc_scheduler_command_async (request->api->scheduler, verb, request->id, NULL, NULL,
                              on_commanded, request);
}

/** tc_api_handle_cancel: POST /api/training/cancel/:id */
void
tc_api_handle_cancel (TcApiRequest *request)
{
  command (request, TC_VERB_CANCEL);
}

/** tc_api_handle_suspend: POST /api/training/suspend/:id */
void
tc_api_handle_suspend (TcApiRequest *request)
{
  command (request, TC_VERB_SUSPEND);
}

/** tc_api_handle_resume: POST /api/training/resume/:id */
void
tc_api_handle_resume (TcApiRequest *request)
{
  command (request, TC_VERB_RESUME);
}

/** tc_api_handle_retry: POST /api/training/retry/:id */
void
tc_api_handle_retry (TcApiRequest *request)
{
  command (request, TC_VERB_RETRY);
}

/** tc_api_handle_restore: POST /api/training/restore/:id */
void
tc_api_handle_restore (TcApiRequest *request)
{
  command (request, TC_VERB_RESTORE);
}
