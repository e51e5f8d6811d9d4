/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Answers in OpenAI's format, both ways. */

#include "config.h"

#include "tc-json.h"
#include "tc-wire-private.h"

static void
add_text (TcChatReply *reply,
          TcPartKind   kind,
          const char  *text)
{
  if (text != NULL && text[0] != '\0')
    tc_chat_reply_add (reply, kind)->text = g_strdup (text);
}

static void
add_call (TcChatReply *reply,
          const char  *id,
          JsonObject  *function)
{
  TcChatPart *part = tc_chat_reply_add (reply, TC_PART_TOOL_CALL);

  part->id = id != NULL && id[0] != '\0' ? g_strdup (id) : tc_wire_new_id ("call_");
  part->name = g_strdup (tc_json_get_string (function, "name", ""));
  part->text = g_strdup (tc_json_get_string (function, "arguments", NULL));
  /* Some servers do not write the object down as a string. */
  if (part->text == NULL)
    part->text = tc_wire_dup_json (function, "arguments");
}

static void
read_message (JsonObject  *message,
              TcChatReply *reply)
{
  JsonArray *calls = tc_json_get_array (message, "tool_calls");
  const char *reasoning = tc_json_get_string (message, "reasoning", NULL);

  add_text (reply, TC_PART_THINKING, tc_json_get_string (message, "reasoning_content", reasoning));
  add_text (reply, TC_PART_TEXT, tc_json_get_string (message, "content", NULL));
  for (guint i = 0; calls != NULL && i < MIN (json_array_get_length (calls), TC_WIRE_MAX_TOOL_CALLS); i++)
    {
      JsonObject *call = tc_wire_get_element (calls, i);

      add_call (reply, tc_json_get_string (call, "id", NULL), tc_json_get_object (call, "function"));
    }
  if (tc_json_get_object (message, "function_call") != NULL)
    add_call (reply, NULL, tc_json_get_object (message, "function_call"));
}

static gboolean
has_call (const TcChatReply *reply)
{
  const TcChatPart *last = reply->parts->len > 0 ? g_ptr_array_index (reply->parts, reply->parts->len - 1)
                                                 : NULL;

  return last != NULL && last->kind == TC_PART_TOOL_CALL;
}

/** tc_wire_read_openai_reply: Returns: whether it is an answer */
gboolean
tc_wire_read_openai_reply (const TcProvider  *provider,
                           JsonObject        *body,
                           TcChatReply       *reply,
                           GError           **error)
{
  JsonArray *choices = tc_json_get_array (body, "choices");
  JsonObject *usage = tc_json_get_object (body, "usage");
  JsonObject *first;
  JsonObject *message;

  if (choices == NULL || json_array_get_length (choices) == 0)
    return tc_wire_fail (error, "The answer has no “choices”.");
  first = tc_wire_get_element (choices, 0);
  message = tc_json_get_object (first, "message");
  if (message == NULL)
    return tc_wire_fail (error, "The answer has no “message”.");
  reply->id = g_strdup (tc_json_get_string (body, "id", NULL));
  reply->model = g_strdup (tc_json_get_string (body, "model", NULL));
  read_message (message, reply);
  reply->finish = tc_wire_finish_from_openai (tc_json_get_string (first, "finish_reason", NULL));
  if (reply->finish == TC_FINISH_STOP && has_call (reply))
    reply->finish = TC_FINISH_TOOL_CALLS;
  if (tc_json_get_string (message, "refusal", "")[0] != '\0')
    {
      add_text (reply, TC_PART_TEXT, tc_json_get_string (message, "refusal", NULL));
      reply->finish = TC_FINISH_REFUSAL;
    }
  reply->usage.is_reported = usage != NULL && tc_wire_read_openai_usage (provider, usage, &reply->usage) &&
                             tc_json_has (usage, "completion_tokens");

  return TRUE;
}

static void
build_thinking (JsonObject        *message,
                const TcChatReply *reply)
{
  g_autoptr(GString) plain = g_string_new (NULL);
  g_autoptr(JsonArray) blocks = json_array_new ();

  for (guint i = 0; i < reply->parts->len; i++)
    {
      const TcChatPart *part = g_ptr_array_index (reply->parts, i);
      JsonObject *block;

      if (part->kind != TC_PART_THINKING)
        continue;
      g_string_append (plain, part->text != NULL ? part->text : "");
      if (part->signature == NULL && part->data == NULL)
        continue;
      block = tc_wire_append_object (blocks);
      json_object_set_string_member (block, "type", part->data != NULL ? "redacted_thinking" : "thinking");
      tc_wire_set_text (block, "thinking", part->data != NULL ? NULL : part->text);
      tc_wire_set_text (block, "signature", part->signature);
      tc_wire_set_text (block, "data", part->data);
    }
  if (plain->len > 0)
    json_object_set_string_member (message, "reasoning_content", plain->str);
  if (json_array_get_length (blocks) > 0)
    json_object_set_array_member (message, "thinking_blocks", g_steal_pointer (&blocks));
}

static void
build_calls (JsonObject        *message,
             const TcChatReply *reply)
{
  JsonArray *calls = NULL;

  for (guint i = 0; i < reply->parts->len; i++)
    {
      const TcChatPart *part = g_ptr_array_index (reply->parts, i);
      JsonObject *call;
      JsonObject *function;

      if (part->kind != TC_PART_TOOL_CALL)
        continue;
      if (calls == NULL)
        calls = tc_wire_add_array (message, "tool_calls");
      call = tc_wire_append_object (calls);
      json_object_set_string_member (call, "id", part->id != NULL ? part->id : "");
      json_object_set_string_member (call, "type", "function");
      function = tc_wire_add_object (call, "function");
      json_object_set_string_member (function, "name", part->name != NULL ? part->name : "");
      json_object_set_string_member (function, "arguments",
                                     part->text != NULL && part->text[0] != '\0' ? part->text : "{}");
    }
}

/** tc_wire_build_openai_reply: Returns: (transfer full): the answer for a client of that format */
JsonObject *
tc_wire_build_openai_reply (const TcChatReply *reply)
{
  JsonObject *root = json_object_new ();
  g_autofree char *text = tc_chat_reply_dup_text (reply);
  g_autofree char *id = reply->id != NULL ? g_strdup (reply->id) : tc_wire_new_id ("chatcmpl-");
  JsonObject *choice;
  JsonObject *message;

  json_object_set_string_member (root, "id", id);
  json_object_set_string_member (root, "object", "chat.completion");
  json_object_set_int_member (root, "created", g_get_real_time () / G_USEC_PER_SEC);
  json_object_set_string_member (root, "model", reply->model != NULL ? reply->model : "");
  choice = tc_wire_append_object (tc_wire_add_array (root, "choices"));
  json_object_set_int_member (choice, "index", 0);
  message = tc_wire_add_object (choice, "message");
  json_object_set_string_member (message, "role", "assistant");
  if (text[0] != '\0' || !has_call (reply))
    json_object_set_string_member (message, "content", text);
  else
    json_object_set_null_member (message, "content");
  json_object_set_null_member (message, "refusal");
  build_thinking (message, reply);
  build_calls (message, reply);
  json_object_set_null_member (choice, "logprobs");
  tc_wire_set_text (choice, "finish_reason", tc_wire_finish_to_openai (reply->finish));
  if (reply->finish == TC_FINISH_NONE)
    json_object_set_null_member (choice, "finish_reason");
  if (reply->usage.is_reported)
    tc_wire_add_openai_usage (root, &reply->usage);

  return root;
}
