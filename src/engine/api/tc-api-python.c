/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Which Python a session would run with. */

#include "config.h"

#include "tc-api-private.h"
#include "tc-api-routes.h"
#include "tc-json.h"
#include "tc-python-probe.h"

static void
on_known (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  TcApiRequest *request = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TcPythonFacts) facts = tc_python_probe_finish (result, &error);
  JsonObject *answer;

  if (facts == NULL)
    {
      tc_api_request_reply_error (request, error);
      return;
    }
  answer = json_object_new ();
  json_object_set_string_member (answer, "program", facts->program);
  json_object_set_string_member (answer, "version", facts->version);
  json_object_set_string_member (answer, "torch", facts->torch);
  tc_api_request_reply_object (request, SOUP_STATUS_OK, answer);
}

/** tc_api_handle_python: POST /api/python, for it executes what it is asked about */
void
tc_api_handle_python (TcApiRequest *request)
{
  JsonObject *body = tc_api_request_get_body (request);
  const char *python = tc_json_get_string (body, "python", NULL);

  if (body == NULL || !json_object_has_member (body, "python") || json_object_get_size (body) != 1 ||
      (python == NULL && !json_object_get_null_member (body, "python")))
    {
      tc_api_request_reply_fail (request, 400, "usage",
                                 "Send {\"python\":\"/absolute/path\"}, or null for the system's.");
      return;
    }
  tc_python_probe_async (python, NULL, tc_paths_get_state_dir (request->api->paths), NULL, on_known, request);
}
