/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Requests and answers in Ollama's own format, read. */

#include "config.h"

#include <math.h>

#include "tc-json.h"
#include "tc-wire-private.h"

/* Ollama's tool calls need no ids; the other formats cannot do without. The
 * calls that wait for a result, in order. */
typedef struct
{
  TcChatRequest *request;
  GPtrArray     *waiting; /* (element-type TcChatPart) borrowed */
  guint          n_calls;
} Reading;

static const char *
guess_media_type (const char *base64)
{
  if (g_str_has_prefix (base64, "/9j/"))
    return "image/jpeg";
  if (g_str_has_prefix (base64, "R0lG"))
    return "image/gif";
  if (g_str_has_prefix (base64, "UklG"))
    return "image/webp";

  return "image/png";
}

static gboolean
read_images (JsonObject     *object,
             TcChatMessage  *message,
             GError        **error)
{
  g_auto(GStrv) images = tc_json_dup_strv (object, "images");

  if (images == NULL && tc_json_has (object, "images"))
    return tc_wire_fail (error, "messages: images must be base64 strings");
  for (guint i = 0; images != NULL && images[i] != NULL; i++)
    {
      TcChatPart *part = tc_chat_message_add (message, TC_PART_IMAGE);

      part->media_type = g_strdup (guess_media_type (images[i]));
      part->data = g_strdup (images[i]);
    }

  return TRUE;
}

static void
read_calls (Reading       *self,
            JsonObject    *object,
            TcChatMessage *message)
{
  JsonArray *calls = tc_json_get_array (object, "tool_calls");

  for (guint i = 0; calls != NULL && i < json_array_get_length (calls); i++)
    {
      JsonObject *call = tc_wire_get_element (calls, i);
      JsonObject *function = tc_json_get_object (call, "function");
      TcChatPart *part = tc_chat_message_add (message, TC_PART_TOOL_CALL);

      part->id = g_strdup (tc_json_get_string (call, "id", NULL));
      if (part->id == NULL)
        part->id = g_strdup_printf ("call_%u", self->n_calls);
      self->n_calls++;
      part->name = g_strdup (tc_json_get_string (function, "name", ""));
      part->text = tc_wire_dup_json (function, "arguments");
      g_ptr_array_add (self->waiting, part);
    }
}

/* The call a result belongs to: by id, else by name, else the next one. */
static char *
take_waiting (Reading    *self,
              JsonObject *object)
{
  const char *id = tc_json_get_string (object, "tool_call_id", NULL);
  const char *name = tc_json_get_string (object, "tool_name", tc_json_get_string (object, "name", NULL));
  guint found = id == NULL ? 0 : self->waiting->len;
  char *taken;

  for (guint i = self->waiting->len; i > 0; i--)
    {
      const TcChatPart *part = g_ptr_array_index (self->waiting, i - 1);

      if (id != NULL ? g_str_equal (part->id, id) : name != NULL && g_str_equal (part->name, name))
        found = i - 1;
    }
  if (found >= self->waiting->len)
    return g_strdup (id != NULL ? id : "");
  taken = g_strdup (((const TcChatPart *) g_ptr_array_index (self->waiting, found))->id);
  g_ptr_array_remove_index (self->waiting, found);

  return taken;
}

static gboolean
read_message (Reading     *self,
              JsonObject  *object,
              GError     **error)
{
  const char *role = tc_json_get_string (object, "role", "");
  const char *text = tc_json_get_string (object, "content", "");
  const char *thinking = tc_json_get_string (object, "thinking", "");
  TcChatMessage *message;
  TcChatPart *part;

  if (g_str_equal (role, "system"))
    {
      tc_wire_add_system (self->request, text);
      return TRUE;
    }
  if (!g_str_equal (role, "user") && !g_str_equal (role, "assistant") && !g_str_equal (role, "tool"))
    return tc_wire_fail (error, "messages: the role “%s” is not known", role);
  message = tc_chat_request_add (self->request, role[0] == 'a' ? TC_CHAT_ASSISTANT : TC_CHAT_USER, NULL);
  if (role[0] == 't')
    {
      part = tc_chat_message_add (message, TC_PART_TOOL_RESULT);
      part->id = take_waiting (self, object);
      part->text = g_strdup (text);
      return TRUE;
    }
  if (thinking[0] != '\0')
    tc_chat_message_add (message, TC_PART_THINKING)->text = g_strdup (thinking);
  if (text[0] != '\0')
    tc_chat_message_add (message, TC_PART_TEXT)->text = g_strdup (text);
  read_calls (self, object, message);

  return read_images (object, message, error);
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
        return tc_wire_fail (error, "tools: a tool has a function with a name");
      tc_chat_request_add_tool (request, name, tc_json_get_string (function, "description", NULL),
                                tc_wire_dup_member (function, "parameters"));
    }

  return TRUE;
}

static void
read_options (JsonObject    *body,
              TcChatRequest *request)
{
  JsonObject *options = tc_json_get_object (body, "options");
  JsonNode *think = json_object_get_member (body, "think");

  request->temperature = tc_json_get_double (options, "temperature", NAN);
  request->top_p = tc_json_get_double (options, "top_p", NAN);
  request->seed = MAX (tc_json_get_int (options, "seed", -1), -1);
  request->stop = tc_wire_dup_stop (options, "stop");
  request->effort = g_strdup (tc_json_get_string (body, "think", NULL));
  if (think != NULL && json_node_get_value_type (think) == G_TYPE_BOOLEAN)
    request->effort = g_strdup (json_node_get_boolean (think) ? "medium" : "none");
  if (g_strcmp0 (tc_json_get_string (body, "format", NULL), "json") == 0)
    request->format = TC_FORMAT_JSON;
  request->schema = tc_wire_dup_member (body, "format");
  if (request->schema != NULL)
    request->format = TC_FORMAT_SCHEMA;
  request->wants_usage = TRUE;
}

/** tc_wire_read_ollama_request: Returns: whether all of it could be read into @request */
gboolean
tc_wire_read_ollama_request (JsonObject     *body,
                             TcChatRequest  *request,
                             GError        **error)
{
  g_autoptr(GPtrArray) waiting = g_ptr_array_new ();
  Reading self = { request, waiting, 0 };
  JsonArray *messages = tc_json_get_array (body, "messages");

  if (messages == NULL)
    return tc_wire_fail (error, "messages: must be a list");
  if (!read_tools (body, request, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (messages); i++)
    {
      if (!read_message (&self, tc_wire_get_element (messages, i), error))
        return FALSE;
    }
  read_options (body, request);

  return TRUE;
}

/** tc_wire_read_ollama_reply: Returns: whether it is an answer */
gboolean
tc_wire_read_ollama_reply (JsonObject   *body,
                           TcChatReply  *reply,
                           GError      **error)
{
  JsonObject *message = tc_json_get_object (body, "message");
  JsonArray *calls = tc_json_get_array (message, "tool_calls");
  const char *text = tc_json_get_string (message, "content", "");
  const char *thinking = tc_json_get_string (message, "thinking", "");
  gboolean is_done = tc_json_get_boolean (body, "done", FALSE);

  if (message == NULL)
    return tc_wire_fail (error, "The answer has no “message”.");
  reply->model = g_strdup (tc_json_get_string (body, "model", NULL));
  if (thinking[0] != '\0')
    tc_chat_reply_add (reply, TC_PART_THINKING)->text = g_strdup (thinking);
  if (text[0] != '\0')
    tc_chat_reply_add (reply, TC_PART_TEXT)->text = g_strdup (text);
  for (guint i = 0; calls != NULL && i < MIN (json_array_get_length (calls), TC_WIRE_MAX_TOOL_CALLS); i++)
    {
      JsonObject *call = tc_wire_get_element (calls, i);
      JsonObject *function = tc_json_get_object (call, "function");
      TcChatPart *part = tc_chat_reply_add (reply, TC_PART_TOOL_CALL);

      part->id = g_strdup (tc_json_get_string (call, "id", NULL));
      if (part->id == NULL)
        part->id = tc_wire_new_id ("call_");
      part->name = g_strdup (tc_json_get_string (function, "name", ""));
      part->text = tc_wire_dup_json (function, "arguments");
    }
  if (is_done)
    reply->finish = tc_wire_finish_from_ollama (tc_json_get_string (body, "done_reason", NULL));
  if (reply->finish == TC_FINISH_STOP && calls != NULL && json_array_get_length (calls) > 0)
    reply->finish = TC_FINISH_TOOL_CALLS;
  reply->usage.is_reported = tc_wire_read_ollama_usage (body, &reply->usage) && is_done;

  return TRUE;
}
