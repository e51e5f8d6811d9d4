/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Tags and a note on a session, by its owner. */

#include "config.h"

#include "tc-api-private.h"
#include "tc-api-routes.h"
#include "tc-error.h"
#include "tc-json.h"

static void
on_annotated (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  TcApiRequest *request = user_data;
  g_autoptr (GError) error = NULL;
  TcSession *session;
  JsonObject *answer;

  if (!tc_scheduler_annotate_finish (TC_SCHEDULER (source), result, &error))
    {
      tc_api_request_reply_error (request, error);
      return;
    }
  session = tc_api_request_find_session (request);
  if (session == NULL)
    {
      tc_api_request_reply_no_session (request);
      return;
    }
  answer = json_object_new ();
  json_object_set_boolean_member (answer, "ok", TRUE);
  json_object_set_member (answer, "session", tc_api_session_to_json (request->api->scheduler, session));
  tc_api_request_reply_object (request, SOUP_STATUS_OK, answer);
}

static gboolean
is_text_list (JsonArray *array)
{
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
        return FALSE;
    }

  return TRUE;
}

/* Sets @tags to what shall be; it stays NULL if the request says nothing of tags. */
static gboolean
parse_tags (JsonObject  *body,
            GStrv       *tags,
            GError     **error)
{
  JsonArray *array = tc_json_get_array (body, "tags");
  g_auto(GStrv) words = NULL;

  if (!tc_json_has (body, "tags"))
    return TRUE;
  if (array == NULL || !is_text_list (array))
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID,
                           "“tags” is a list of texts, such as [\"baseline\"]");
      return FALSE;
    }
  words = tc_json_dup_strv (body, "tags");
  *tags = tc_session_parse_tags ((const char *const *) words, error);

  return *tags != NULL;
}

static gboolean
parse_note (JsonObject   *body,
            const char  **note,
            GError      **error)
{
  *note = tc_json_get_string (body, "note", NULL);
  if (*note != NULL)
    return tc_session_check_note (*note, error);
  if (!json_object_has_member (body, "note"))
    return TRUE;
  g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID, "“note” is a text; an empty one takes the note away");

  return FALSE;
}

static gboolean
check_members (JsonObject  *body,
               GError     **error)
{
  JsonObjectIter iter;
  const char *member;
  JsonNode *node;

  json_object_iter_init (&iter, body);
  while (json_object_iter_next (&iter, &member, &node))
    {
      if (g_str_equal (member, "tags") || g_str_equal (member, "note"))
        continue;
      g_set_error (error, TC_ERROR, TC_ERROR_INVALID,
                   "“%s” is unknown; a session has “tags” and a “note”", member);
      return FALSE;
    }
  if (json_object_get_size (body) > 0)
    return TRUE;
  g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID, "Send “tags”, a “note”, or both");

  return FALSE;
}

/** tc_api_handle_annotate: POST /api/training/annotate/:id */
void
tc_api_handle_annotate (TcApiRequest *request)
{
  JsonObject *body = tc_api_request_get_body (request);
  g_autoptr (GError) error = NULL;
  g_auto(GStrv) tags = NULL;
  const char *note = NULL;

  if (body == NULL)
    tc_api_request_reply_fail (request, 400, "usage", "Send a JSON object.");
  else if (!check_members (body, &error) || !parse_tags (body, &tags, &error) ||
           !parse_note (body, &note, &error))
    tc_api_request_reply_error (request, error);
  else
    tc_scheduler_annotate_async (request->api->scheduler, request->id, (const char *const *) tags, note,
                                 on_annotated, request);
}
