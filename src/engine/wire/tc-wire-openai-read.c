/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Requests in OpenAI's format, read. What the neutral form cannot hold and what
 * would change the answer's meaning is refused; penalties and hints are left
 * out, for the other formats have nothing like them. */

#include "config.h"

#include <math.h>

#include "tc-json.h"
#include "tc-wire-private.h"

static gboolean
read_part (JsonObject     *object,
           TcChatMessage  *message,
           GError        **error)
{
  const char *type = tc_json_get_string (object, "type", "");
  JsonObject *image = tc_json_get_object (object, "image_url");
  const char *url = tc_json_get_string (image, "url", NULL);

  if (g_str_equal (type, "text"))
    tc_chat_message_add (message, TC_PART_TEXT)->text = g_strdup (tc_json_get_string (object, "text", ""));
  else if (g_str_equal (type, "refusal"))
    tc_chat_message_add (message, TC_PART_TEXT)->text = g_strdup (tc_json_get_string (object, "refusal", ""));
  else if (g_str_equal (type, "image_url") && url != NULL)
    tc_wire_set_image_url (tc_chat_message_add (message, TC_PART_IMAGE), url);
  else
    return tc_wire_fail (error, "messages: a part of the kind “%s” cannot be passed on to another provider.",
                         type);

  return TRUE;
}

/* A string, parts or null. */
static gboolean
read_content (JsonObject     *object,
              TcChatMessage  *message,
              GError        **error)
{
  JsonArray *parts = tc_json_get_array (object, "content");
  const char *text = tc_json_get_string (object, "content", NULL);

  if (text != NULL)
    tc_chat_message_add (message, TC_PART_TEXT)->text = g_strdup (text);
  for (guint i = 0; parts != NULL && i < json_array_get_length (parts); i++)
    {
      if (!read_part (tc_wire_get_element (parts, i), message, error))
        return FALSE;
    }
  if (text == NULL && parts == NULL && tc_json_has (object, "content"))
    return tc_wire_fail (error, "messages: content must be a string or a list");

  return TRUE;
}

/* All text of a content that may hold nothing else. */
static char *
dup_text (JsonObject  *object,
          GError     **error)
{
  g_autoptr(TcChatRequest) scratch = tc_chat_request_new (NULL);
  TcChatMessage *message = tc_chat_request_add (scratch, TC_CHAT_USER, NULL);
  GString *text;

  if (!read_content (object, message, error))
    return NULL;
  text = g_string_new (NULL);
  for (guint i = 0; i < message->parts->len; i++)
    {
      const TcChatPart *part = g_ptr_array_index (message->parts, i);

      if (part->text != NULL)
        g_string_append (text, part->text);
    }

  return g_string_free_and_steal (text);
}

/* Thinking with its signature is ours to send and to get back; plain reasoning
 * is what most servers send. */
static void
read_thinking (JsonObject    *object,
               TcChatMessage *message)
{
  JsonArray *blocks = tc_json_get_array (object, "thinking_blocks");
  const char *plain = tc_json_get_string (object, "reasoning_content", NULL);

  for (guint i = 0; blocks != NULL && i < json_array_get_length (blocks); i++)
    {
      JsonObject *block = tc_wire_get_element (blocks, i);
      TcChatPart *part = tc_chat_message_add (message, TC_PART_THINKING);

      part->text = g_strdup (tc_json_get_string (block, "thinking", NULL));
      part->signature = g_strdup (tc_json_get_string (block, "signature", NULL));
      part->data = g_strdup (tc_json_get_string (block, "data", NULL));
    }
  if (blocks == NULL && plain == NULL)
    plain = tc_json_get_string (object, "reasoning", NULL);
  if (blocks == NULL && plain != NULL)
    tc_chat_message_add (message, TC_PART_THINKING)->text = g_strdup (plain);
}

static gboolean
read_tool_calls (JsonObject     *object,
                 TcChatMessage  *message,
                 GError        **error)
{
  JsonArray *calls = tc_json_get_array (object, "tool_calls");

  if (tc_json_has (object, "function_call"))
    return tc_wire_fail (error, "messages: “function_call” is not passed on; use “tool_calls”.");
  for (guint i = 0; calls != NULL && i < json_array_get_length (calls); i++)
    {
      JsonObject *call = tc_wire_get_element (calls, i);
      JsonObject *function = tc_json_get_object (call, "function");
      TcChatPart *part;

      if (function == NULL)
        return tc_wire_fail (error, "messages: a tool call without a function cannot be passed on.");
      part = tc_chat_message_add (message, TC_PART_TOOL_CALL);
      part->id = g_strdup (tc_json_get_string (call, "id", ""));
      part->name = g_strdup (tc_json_get_string (function, "name", ""));
      part->text = g_strdup (tc_json_get_string (function, "arguments", ""));
    }

  return TRUE;
}

static gboolean
read_said (JsonObject     *object,
           TcChatRequest  *request,
           GError        **error)
{
  TcChatMessage *message = tc_chat_request_add (request, TC_CHAT_ASSISTANT, NULL);
  const char *refusal = tc_json_get_string (object, "refusal", NULL);

  read_thinking (object, message);
  if (!read_content (object, message, error))
    return FALSE;
  if (refusal != NULL)
    tc_chat_message_add (message, TC_PART_TEXT)->text = g_strdup (refusal);

  return read_tool_calls (object, message, error);
}

static gboolean
read_message (JsonObject     *object,
              TcChatRequest  *request,
              GError        **error)
{
  const char *role = tc_json_get_string (object, "role", "");
  g_autofree char *text = NULL;
  TcChatPart *part;

  if (g_str_equal (role, "user"))
    return read_content (object, tc_chat_request_add (request, TC_CHAT_USER, NULL), error);
  if (g_str_equal (role, "assistant"))
    return read_said (object, request, error);
  if (!g_str_equal (role, "system") && !g_str_equal (role, "developer") && !g_str_equal (role, "tool"))
    return tc_wire_fail (error, "messages: the role “%s” is not known", role);
  text = dup_text (object, error);
  if (text == NULL)
    return FALSE;
  if (role[0] != 't')
    tc_wire_add_system (request, text);
  else
    {
      part = tc_chat_message_add (tc_chat_request_add (request, TC_CHAT_USER, NULL), TC_PART_TOOL_RESULT);
      part->id = g_strdup (tc_json_get_string (object, "tool_call_id", ""));
      part->text = g_steal_pointer (&text);
    }

  return TRUE;
}

static gboolean
read_tools (JsonObject     *body,
            TcChatRequest  *request,
            GError        **error)
{
  JsonArray *tools = tc_json_get_array (body, "tools");

  for (guint i = 0; tools != NULL && i < json_array_get_length (tools); i++)
    {
      JsonObject *function = tc_json_get_object (tc_wire_get_element (tools, i), "function");
      const char *name = tc_json_get_string (function, "name", NULL);

      if (name == NULL)
        return tc_wire_fail (error, "tools: only tools of the type “function” can be passed on to another "
                             "provider.");
      tc_chat_request_add_tool (request, name, tc_json_get_string (function, "description", NULL),
                                tc_wire_dup_member (function, "parameters"));
    }

  return TRUE;
}

static void
read_tool_choice (JsonObject    *body,
                  TcChatRequest *request)
{
  JsonObject *named = tc_json_get_object (body, "tool_choice");
  const char *word = tc_json_get_string (body, "tool_choice", "");
  const char *name = tc_json_get_string (tc_json_get_object (named, "function"), "name", NULL);

  if (g_str_equal (word, "auto"))
    request->tool_choice = TC_TOOL_CHOICE_AUTO;
  else if (g_str_equal (word, "required"))
    request->tool_choice = TC_TOOL_CHOICE_ANY;
  else if (g_str_equal (word, "none"))
    request->tool_choice = TC_TOOL_CHOICE_NONE;
  else if (name != NULL)
    {
      request->tool_choice = TC_TOOL_CHOICE_NAMED;
      request->tool_name = g_strdup (name);
    }
}

static void
read_format (JsonObject    *body,
             TcChatRequest *request)
{
  JsonObject *format = tc_json_get_object (body, "response_format");
  JsonObject *inner = tc_json_get_object (format, "json_schema");
  const char *type = tc_json_get_string (format, "type", "text");

  if (g_str_equal (type, "json_object"))
    request->format = TC_FORMAT_JSON;
  request->schema = tc_wire_dup_member (inner, "schema");
  request->schema_name = g_strdup (tc_json_get_string (inner, "name", NULL));
  if (request->schema != NULL)
    request->format = TC_FORMAT_SCHEMA;
}

static void
read_options (JsonObject    *body,
              TcChatRequest *request)
{
  const char *effort = tc_json_get_string (tc_json_get_object (body, "reasoning"), "effort", NULL);
  const char *user = tc_json_get_string (body, "user", NULL);

  request->temperature = tc_json_get_double (body, "temperature", NAN);
  request->top_p = tc_json_get_double (body, "top_p", NAN);
  request->seed = MAX (tc_json_get_int (body, "seed", -1), -1);
  request->stop = tc_wire_dup_stop (body, "stop");
  request->effort = g_strdup (tc_json_get_string (body, "reasoning_effort", effort));
  request->user = g_strdup (tc_json_get_string (body, "safety_identifier", user));
  request->one_tool_at_a_time = !tc_json_get_boolean (body, "parallel_tool_calls", TRUE);
  request->wants_usage = tc_json_get_boolean (tc_json_get_object (body, "stream_options"),
                                              "include_usage", FALSE);
}

/* What no other format can give. */
static gboolean
check_translatable (JsonObject  *body,
                    GError     **error)
{
  if (tc_json_get_int (body, "n", 1) > 1)
    return tc_wire_fail (error, "n: this provider gives one answer at a time.");
  if (tc_json_get_boolean (body, "logprobs", FALSE))
    return tc_wire_fail (error, "logprobs: this provider does not tell.");
  if (tc_json_has (body, "functions"))
    return tc_wire_fail (error, "functions: use “tools”.");
  if (tc_json_has (body, "audio"))
    return tc_wire_fail (error, "audio: this provider writes text only.");

  return TRUE;
}

/** tc_wire_read_openai_request: Returns: whether all of it could be read into @request */
gboolean
tc_wire_read_openai_request (JsonObject     *body,
                             TcChatRequest  *request,
                             GError        **error)
{
  JsonArray *messages = tc_json_get_array (body, "messages");

  if (messages == NULL)
    return tc_wire_fail (error, "messages: must be a list");
  if (!check_translatable (body, error) || !read_tools (body, request, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (messages); i++)
    {
      if (!read_message (tc_wire_get_element (messages, i), request, error))
        return FALSE;
    }
  read_tool_choice (body, request);
  read_format (body, request);
  read_options (body, request);

  return TRUE;
}
