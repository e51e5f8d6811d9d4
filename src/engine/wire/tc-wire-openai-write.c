/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Requests in OpenAI's format, written: for OpenAI and xAI, whose models refuse
 * each something else, and for servers that are only like them. */

#include "config.h"

#include <math.h>
#include <string.h>

#include "tc-json.h"
#include "tc-wire-model.h"
#include "tc-wire-private.h"
#include "tc-wire-schema.h"

#define MAX_SCHEMA_NAME_BYTES 64
#define MAX_STOPS 4

static JsonObject *
add_message (JsonArray  *messages,
             const char *role)
{
  JsonObject *message = tc_wire_append_object (messages);

  json_object_set_string_member (message, "role", role);

  return message;
}

static void
add_user_part (JsonArray        *content,
               const TcChatPart *part)
{
  JsonObject *object = tc_wire_append_object (content);
  g_autofree char *url = NULL;

  if (part->kind == TC_PART_IMAGE)
    {
      url = tc_wire_dup_image_url (part);
      json_object_set_string_member (object, "type", "image_url");
      json_object_set_string_member (tc_wire_add_object (object, "image_url"), "url", url);
    }
  else
    {
      json_object_set_string_member (object, "type", "text");
      json_object_set_string_member (object, "text", part->text != NULL ? part->text : "");
    }
}

/* A lone text is a string, which every server takes. Results of tools are
 * messages of their own and go first: they answer the message before. */
static void
add_user_message (JsonArray           *messages,
                  const TcChatMessage *message)
{
  JsonArray *content = json_array_new ();
  const TcChatPart *only = NULL;
  guint n = 0;
  JsonObject *object;

  for (guint i = 0; i < message->parts->len; i++)
    {
      const TcChatPart *part = g_ptr_array_index (message->parts, i);

      if (part->kind == TC_PART_TOOL_RESULT)
        {
          object = add_message (messages, "tool");
          json_object_set_string_member (object, "tool_call_id", part->id != NULL ? part->id : "");
          json_object_set_string_member (object, "content", part->text != NULL ? part->text : "");
          continue;
        }
      add_user_part (content, part);
      only = part;
      n++;
    }
  object = n > 0 ? add_message (messages, "user") : NULL;
  if (n == 1 && only->kind == TC_PART_TEXT)
    json_object_set_string_member (object, "content", only->text != NULL ? only->text : "");
  else if (n > 0)
    json_object_set_array_member (object, "content", json_array_ref (content));
  json_array_unref (content);
}

static void
add_call (JsonObject       *object,
          const TcChatPart *part)
{
  JsonArray *calls = tc_json_get_array (object, "tool_calls");
  JsonObject *call;
  JsonObject *function;

  if (calls == NULL)
    calls = tc_wire_add_array (object, "tool_calls");
  call = tc_wire_append_object (calls);
  json_object_set_string_member (call, "id", part->id != NULL ? part->id : "");
  json_object_set_string_member (call, "type", "function");
  function = tc_wire_add_object (call, "function");
  json_object_set_string_member (function, "name", part->name != NULL ? part->name : "");
  json_object_set_string_member (function, "arguments",
                                 part->text != NULL && part->text[0] != '\0' ? part->text : "{}");
}

/* Thinking is left out: no provider of this format takes it back. */
static void
add_said_message (JsonArray           *messages,
                  const TcChatMessage *message)
{
  JsonObject *object = add_message (messages, "assistant");
  g_autoptr(GString) text = g_string_new (NULL);

  json_object_set_null_member (object, "content");
  for (guint i = 0; i < message->parts->len; i++)
    {
      const TcChatPart *part = g_ptr_array_index (message->parts, i);

      if (part->kind == TC_PART_TEXT && part->text != NULL)
        g_string_append (text, part->text);
      else if (part->kind == TC_PART_TOOL_CALL)
        add_call (object, part);
    }
  if (text->len > 0 || !tc_json_has (object, "tool_calls"))
    json_object_set_string_member (object, "content", text->str);
}

static void
add_messages (JsonObject          *root,
              const TcChatRequest *request)
{
  JsonArray *messages = tc_wire_add_array (root, "messages");
  g_autofree char *system = tc_wire_dup_system (request, FALSE, FALSE);

  if (system != NULL)
    json_object_set_string_member (add_message (messages, "system"), "content", system);
  for (guint i = 0; i < request->messages->len; i++)
    {
      const TcChatMessage *message = g_ptr_array_index (request->messages, i);

      if (message->role == TC_CHAT_USER)
        add_user_message (messages, message);
      else
        add_said_message (messages, message);
    }
}

static void
add_tool_choice (JsonObject          *root,
                 const TcChatRequest *request)
{
  static const char *const words[] = { NULL, "auto", "required", "none", NULL };
  JsonObject *choice;

  tc_wire_set_text (root, "tool_choice", words[request->tool_choice]);
  if (request->tool_choice == TC_TOOL_CHOICE_NAMED)
    {
      choice = tc_wire_add_object (root, "tool_choice");
      json_object_set_string_member (choice, "type", "function");
      tc_wire_set_text (tc_wire_add_object (choice, "function"), "name", request->tool_name);
    }
  if (request->one_tool_at_a_time)
    json_object_set_boolean_member (root, "parallel_tool_calls", FALSE);
}

static void
add_tools (JsonObject          *root,
           const TcChatRequest *request)
{
  JsonArray *tools;

  if (request->tools->len == 0)
    return;
  tools = tc_wire_add_array (root, "tools");
  for (guint i = 0; i < request->tools->len; i++)
    {
      const TcChatTool *tool = g_ptr_array_index (request->tools, i);
      JsonObject *object = tc_wire_append_object (tools);
      JsonObject *function;

      json_object_set_string_member (object, "type", "function");
      function = tc_wire_add_object (object, "function");
      json_object_set_string_member (function, "name", tool->name);
      tc_wire_set_text (function, "description", tool->description);
      tc_wire_set_copy (function, "parameters", tool->schema);
    }
  add_tool_choice (root, request);
}

/* Reasoning models know one name of the cap, old servers the other; a server
 * that is only like OpenAI gets both. */
static void
add_cap (const TcProvider    *provider,
         JsonObject          *root,
         const TcChatRequest *request)
{
  if (request->max_tokens <= 0)
    return;
  json_object_set_int_member (root, "max_completion_tokens", request->max_tokens);
  if (provider->id == TC_PROVIDER_COMPATIBLE)
    json_object_set_int_member (root, "max_tokens", request->max_tokens);
}

static void
add_stop (const TcProvider    *provider,
          JsonObject          *root,
          const TcChatRequest *request)
{
  JsonArray *array;

  if (request->stop == NULL || !tc_wire_model_takes_stop (provider, request->model))
    return;
  array = tc_wire_add_array (root, "stop");
  for (guint i = 0; request->stop[i] != NULL && i < MAX_STOPS; i++)
    json_array_add_string_element (array, request->stop[i]);
}

static void
add_options (const TcProvider    *provider,
             JsonObject          *root,
             const TcChatRequest *request)
{
  gboolean takes_sampling = tc_wire_model_takes_sampling (provider, request->model, request->effort);

  add_cap (provider, root, request);
  if (takes_sampling && isfinite (request->temperature))
    json_object_set_double_member (root, "temperature", CLAMP (request->temperature, 0.0, 2.0));
  if (takes_sampling && isfinite (request->top_p))
    json_object_set_double_member (root, "top_p", CLAMP (request->top_p, 0.0, 1.0));
  if (request->seed >= 0)
    json_object_set_int_member (root, "seed", request->seed);
  add_stop (provider, root, request);
  if (request->effort != NULL)
    tc_wire_set_text (root, "reasoning_effort",
                      tc_wire_model_get_effort (provider, request->model, request->effort));
  tc_wire_set_text (root, "user", request->user);
}

/* A name is mandatory and may hold letters, digits, "_" and "-" only. */
static char *
dup_schema_name (const char *name)
{
  char *clean = g_strndup (name != NULL && name[0] != '\0' ? name : "answer", MAX_SCHEMA_NAME_BYTES);

  return g_strcanon (clean, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-", '_');
}

static TcSchemaChecks
get_checks (const TcProvider *provider)
{
  if (provider->id == TC_PROVIDER_XAI)
    return TC_SCHEMA_CHECKS_NONE;

  return provider->id == TC_PROVIDER_OPENAI ? TC_SCHEMA_CHECKS_SOME : TC_SCHEMA_CHECKS_ALL;
}

static void
add_format (const TcProvider    *provider,
            JsonObject          *root,
            const TcChatRequest *request)
{
  g_autofree char *name = dup_schema_name (request->schema_name);
  gboolean is_strict;
  JsonObject *format;
  JsonObject *inner;

  if (request->format == TC_FORMAT_TEXT || (request->format == TC_FORMAT_SCHEMA && request->schema == NULL))
    return;
  format = tc_wire_add_object (root, "response_format");
  if (request->format == TC_FORMAT_JSON)
    {
      json_object_set_string_member (format, "type", "json_object");
      return;
    }
  is_strict = tc_wire_schema_is_strict (request->schema);
  json_object_set_string_member (format, "type", "json_schema");
  inner = tc_wire_add_object (format, "json_schema");
  json_object_set_string_member (inner, "name", name);
  json_object_set_boolean_member (inner, "strict", is_strict);
  if (is_strict)
    json_object_set_member (inner, "schema", tc_wire_schema_close (request->schema, get_checks (provider)));
  else
    tc_wire_set_copy (inner, "schema", request->schema);
}

/** tc_wire_build_openai_request: Returns: (transfer full): the body of a request */
JsonObject *
tc_wire_build_openai_request (const TcProvider    *provider,
                              const TcChatRequest *request)
{
  JsonObject *root = json_object_new ();

  json_object_set_string_member (root, "model", request->model);
  add_messages (root, request);
  add_tools (root, request);
  add_options (provider, root, request);
  add_format (provider, root, request);
  if (!request->is_stream)
    return root;
  json_object_set_boolean_member (root, "stream", TRUE);
  json_object_set_boolean_member (tc_wire_add_object (root, "stream_options"), "include_usage", TRUE);

  return root;
}
