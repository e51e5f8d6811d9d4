/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Requests and answers in Anthropic's format, read. What the neutral form
 * cannot hold and what would change the answer's meaning is refused; hints such
 * as cache marks are left out. */

#include "config.h"

#include <math.h>

#include "tc-json.h"
#include "tc-wire-private.h"

static gboolean
read_image (JsonObject  *block,
            TcChatPart  *part,
            GError     **error)
{
  JsonObject *source = tc_json_get_object (block, "source");
  const char *type = tc_json_get_string (source, "type", "");

  if (g_str_equal (type, "url") && tc_json_has (source, "url"))
    part->url = g_strdup (tc_json_get_string (source, "url", ""));
  else if (g_str_equal (type, "base64") && tc_json_has (source, "data"))
    {
      part->media_type = g_strdup (tc_json_get_string (source, "media_type", "image/png"));
      part->data = g_strdup (tc_json_get_string (source, "data", ""));
    }
  else
    return tc_wire_fail (error, "An image of the kind “%s” cannot be passed on to another provider.", type);

  return TRUE;
}

/* A tool's result is text here; images in it follow as parts of their own. */
static gboolean
read_tool_result (JsonObject     *block,
                  TcChatMessage  *message,
                  GError        **error)
{
  TcChatPart *part = tc_chat_message_add (message, TC_PART_TOOL_RESULT);
  JsonArray *content = tc_json_get_array (block, "content");
  g_autoptr(GString) text = g_string_new (tc_json_get_string (block, "content", ""));

  part->id = g_strdup (tc_json_get_string (block, "tool_use_id", ""));
  part->is_error = tc_json_get_boolean (block, "is_error", FALSE);
  for (guint i = 0; content != NULL && i < json_array_get_length (content); i++)
    {
      JsonObject *inner = tc_wire_get_element (content, i);
      const char *type = tc_json_get_string (inner, "type", "");

      if (g_str_equal (type, "text"))
        g_string_append (text, tc_json_get_string (inner, "text", ""));
      else if (!g_str_equal (type, "image"))
        return tc_wire_fail (error, "“%s” in a tool's result cannot be passed on to another provider.", type);
      else if (!read_image (inner, tc_chat_message_add (message, TC_PART_IMAGE), error))
        return FALSE;
    }
  part->text = g_strdup (text->str);

  return TRUE;
}

/* A block of text, thinking or a tool call: what may be in answers too. */
static gboolean
read_said_block (JsonObject *block,
                 const char *type,
                 GPtrArray  *parts)
{
  TcChatPart *part = g_new0 (TcChatPart, 1);

  g_ptr_array_add (parts, part);
  part->kind = TC_PART_THINKING;
  if (g_str_equal (type, "text"))
    {
      part->kind = TC_PART_TEXT;
      part->text = g_strdup (tc_json_get_string (block, "text", ""));
    }
  else if (g_str_equal (type, "tool_use"))
    {
      part->kind = TC_PART_TOOL_CALL;
      part->id = g_strdup (tc_json_get_string (block, "id", ""));
      part->name = g_strdup (tc_json_get_string (block, "name", ""));
      part->text = tc_wire_dup_json (block, "input");
    }
  else if (g_str_equal (type, "redacted_thinking"))
    part->data = g_strdup (tc_json_get_string (block, "data", ""));
  else if (g_str_equal (type, "thinking"))
    {
      part->text = g_strdup (tc_json_get_string (block, "thinking", ""));
      part->signature = g_strdup (tc_json_get_string (block, "signature", NULL));
    }
  else
    {
      g_ptr_array_remove_index (parts, parts->len - 1);
      return FALSE;
    }

  return TRUE;
}

static gboolean
read_block (JsonObject     *block,
            TcChatMessage  *message,
            GError        **error)
{
  const char *type = tc_json_get_string (block, "type", "");
  JsonObject *source = tc_json_get_object (block, "source");

  if (read_said_block (block, type, message->parts))
    return TRUE;
  if (g_str_equal (type, "tool_result"))
    return read_tool_result (block, message, error);
  if (g_str_equal (type, "image"))
    return read_image (block, tc_chat_message_add (message, TC_PART_IMAGE), error);
  if (g_str_equal (type, "document") && g_str_equal (tc_json_get_string (source, "type", ""), "text"))
    {
      tc_chat_message_add (message, TC_PART_TEXT)->text = g_strdup (tc_json_get_string (source, "data", ""));
      return TRUE;
    }

  return tc_wire_fail (error, "messages: a block of the kind “%s” cannot be passed on to another provider.",
                       type);
}

/* A string, or blocks of text. */
static gboolean
read_system (JsonObject     *object,
             const char     *name,
             TcChatRequest  *request,
             GError        **error)
{
  JsonArray *blocks = tc_json_get_array (object, name);
  const char *text = tc_json_get_string (object, name, NULL);

  if (text != NULL)
    tc_wire_add_system (request, text);
  for (guint i = 0; blocks != NULL && i < json_array_get_length (blocks); i++)
    {
      text = tc_json_get_string (tc_wire_get_element (blocks, i), "text", NULL);
      if (text == NULL)
        return tc_wire_fail (error, "%s: must be text", name);
      tc_wire_add_system (request, text);
    }

  return TRUE;
}

static gboolean
read_message (JsonObject     *object,
              TcChatRequest  *request,
              GError        **error)
{
  const char *role = tc_json_get_string (object, "role", "");
  const char *text = tc_json_get_string (object, "content", NULL);
  JsonArray *blocks = tc_json_get_array (object, "content");
  TcChatMessage *message;

  if (g_str_equal (role, "system"))
    return read_system (object, "content", request, error);
  if (!g_str_equal (role, "user") && !g_str_equal (role, "assistant"))
    return tc_wire_fail (error, "messages: the role “%s” is not known", role);
  if (text == NULL && blocks == NULL)
    return tc_wire_fail (error, "messages: content must be a string or a list");
  message = tc_chat_request_add (request, role[0] == 'u' ? TC_CHAT_USER : TC_CHAT_ASSISTANT, text);
  for (guint i = 0; blocks != NULL && i < json_array_get_length (blocks); i++)
    {
      if (!read_block (tc_wire_get_element (blocks, i), message, error))
        return FALSE;
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
      JsonObject *tool = tc_wire_get_element (tools, i);
      const char *name = tc_json_get_string (tool, "name", NULL);

      if (name == NULL || !g_str_equal (tc_json_get_string (tool, "type", "custom"), "custom"))
        return tc_wire_fail (error, "tools: only tools with a name and a schema can be passed on to "
                             "another provider.");
      tc_chat_request_add_tool (request, name, tc_json_get_string (tool, "description", NULL),
                                tc_wire_dup_member (tool, "input_schema"));
    }

  return TRUE;
}

static void
read_tool_choice (JsonObject    *body,
                  TcChatRequest *request)
{
  JsonObject *choice = tc_json_get_object (body, "tool_choice");
  const char *type = tc_json_get_string (choice, "type", "");

  request->one_tool_at_a_time = tc_json_get_boolean (choice, "disable_parallel_tool_use", FALSE);
  if (g_str_equal (type, "auto"))
    request->tool_choice = TC_TOOL_CHOICE_AUTO;
  else if (g_str_equal (type, "any"))
    request->tool_choice = TC_TOOL_CHOICE_ANY;
  else if (g_str_equal (type, "none"))
    request->tool_choice = TC_TOOL_CHOICE_NONE;
  else if (g_str_equal (type, "tool"))
    {
      request->tool_choice = TC_TOOL_CHOICE_NAMED;
      request->tool_name = g_strdup (tc_json_get_string (choice, "name", ""));
    }
}

/* How hard to think is a word or, in older requests, a number of tokens. */
static const char *
find_effort (JsonObject *body)
{
  JsonObject *thinking = tc_json_get_object (body, "thinking");
  const char *type = tc_json_get_string (thinking, "type", "");
  const char *effort = tc_json_get_string (tc_json_get_object (body, "output_config"), "effort", NULL);
  gint64 budget = tc_json_get_int (thinking, "budget_tokens", 0);

  if (g_str_equal (type, "disabled"))
    return "none";
  if (effort != NULL || !g_str_equal (type, "enabled"))
    return effort;

  return budget < 4096 ? "low" : budget < 16384 ? "medium" : "high";
}

static void
read_options (JsonObject    *body,
              TcChatRequest *request)
{
  JsonObject *config = tc_json_get_object (body, "output_config");
  JsonObject *format = tc_json_get_object (config, "format");

  if (format == NULL)
    format = tc_json_get_object (body, "output_format");
  request->temperature = tc_json_get_double (body, "temperature", NAN);
  request->top_p = tc_json_get_double (body, "top_p", NAN);
  request->stop = tc_wire_dup_stop (body, "stop_sequences");
  request->effort = g_strdup (find_effort (body));
  request->user = g_strdup (tc_json_get_string (tc_json_get_object (body, "metadata"), "user_id", NULL));
  request->schema = tc_wire_dup_member (format, "schema");
  if (request->schema != NULL)
    request->format = TC_FORMAT_SCHEMA;
}

/** tc_wire_read_anthropic_request: Returns: whether all of it could be read into @request */
gboolean
tc_wire_read_anthropic_request (JsonObject     *body,
                                TcChatRequest  *request,
                                GError        **error)
{
  JsonArray *messages = tc_json_get_array (body, "messages");

  if (messages == NULL)
    return tc_wire_fail (error, "messages: must be a list");
  if (!read_system (body, "system", request, error) || !read_tools (body, request, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (messages); i++)
    {
      if (!read_message (tc_wire_get_element (messages, i), request, error))
        return FALSE;
    }
  read_tool_choice (body, request);
  read_options (body, request);

  return TRUE;
}

/** tc_wire_read_anthropic_reply: Returns: whether it is an answer */
gboolean
tc_wire_read_anthropic_reply (JsonObject   *body,
                              TcChatReply  *reply,
                              GError      **error)
{
  JsonArray *content = tc_json_get_array (body, "content");
  JsonObject *usage = tc_json_get_object (body, "usage");

  if (content == NULL)
    return tc_wire_fail (error, "The answer has no “content”.");
  reply->id = g_strdup (tc_json_get_string (body, "id", NULL));
  reply->model = g_strdup (tc_json_get_string (body, "model", NULL));
  /* Blocks of kinds that came later say nothing to anybody here. */
  for (guint i = 0; i < json_array_get_length (content); i++)
    {
      JsonObject *block = tc_wire_get_element (content, i);

      read_said_block (block, tc_json_get_string (block, "type", ""), reply->parts);
    }
  reply->finish = tc_wire_finish_from_anthropic (tc_json_get_string (body, "stop_reason", NULL));
  reply->usage.is_reported = tc_wire_read_anthropic_usage (usage, &reply->usage) &&
                             tc_json_has (usage, "output_tokens");

  return TRUE;
}
