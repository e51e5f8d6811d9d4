/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Requests and answers in Ollama's own format, written. */

#include "config.h"

#include <math.h>
#include <string.h>

#include "tc-json.h"
#include "tc-wire-private.h"

/* What Ollama has room for without being asked, on the smallest graphics card,
 * and what is not asked for even if a prompt is longer. */
#define DEFAULT_CONTEXT 4096
#define MAX_CONTEXT 262144

/* Of an answer whose length nobody limits. */
#define USUAL_ANSWER 2048

/* On the safe side: most texts have four. */
#define BYTES_PER_TOKEN 3

static JsonObject *
add_message (JsonArray  *messages,
             const char *role,
             const char *text)
{
  JsonObject *message = tc_wire_append_object (messages);

  json_object_set_string_member (message, "role", role);
  json_object_set_string_member (message, "content", text != NULL ? text : "");

  return message;
}

static gboolean
add_image (JsonObject        *object,
           const TcChatPart  *part,
           GError           **error)
{
  JsonArray *images = tc_json_get_array (object, "images");

  if (part->data == NULL)
    return tc_wire_fail (error, "Ollama does not fetch images; send the image itself (base64).");
  if (images == NULL)
    images = tc_wire_add_array (object, "images");
  json_array_add_string_element (images, part->data);

  return TRUE;
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
  tc_wire_set_text (call, "id", part->id);
  function = tc_wire_add_object (call, "function");
  json_object_set_string_member (function, "name", part->name != NULL ? part->name : "");
  json_object_set_member (function, "arguments", tc_wire_parse_arguments (part->text));
}

/* The name of the tool whose call has this id. */
static const char *
find_tool (const TcChatRequest *request,
           const char          *id)
{
  for (guint i = 0; i < request->messages->len; i++)
    {
      const TcChatMessage *message = g_ptr_array_index (request->messages, i);

      for (guint j = 0; j < message->parts->len; j++)
        {
          const TcChatPart *part = g_ptr_array_index (message->parts, j);

          if (part->kind == TC_PART_TOOL_CALL && g_strcmp0 (part->id, id) == 0)
            return part->name;
        }
    }

  return NULL;
}

static void
add_results (JsonArray           *messages,
             const TcChatRequest *request,
             const TcChatMessage *message)
{
  for (guint i = 0; i < message->parts->len; i++)
    {
      const TcChatPart *part = g_ptr_array_index (message->parts, i);
      JsonObject *object;

      if (part->kind != TC_PART_TOOL_RESULT)
        continue;
      object = add_message (messages, "tool", part->text);
      tc_wire_set_text (object, "tool_name", find_tool (request, part->id));
      tc_wire_set_text (object, "tool_call_id", part->id);
    }
}

/* Everything of a message but results of tools. */
static gboolean
fill_message (JsonObject           *object,
              const TcChatMessage  *message,
              GError              **error)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_autoptr(GString) thinking = g_string_new (NULL);

  for (guint i = 0; i < message->parts->len; i++)
    {
      const TcChatPart *part = g_ptr_array_index (message->parts, i);

      if (part->kind == TC_PART_TEXT)
        g_string_append (text, part->text != NULL ? part->text : "");
      else if (part->kind == TC_PART_THINKING)
        g_string_append (thinking, part->text != NULL ? part->text : "");
      else if (part->kind == TC_PART_TOOL_CALL)
        add_call (object, part);
      else if (part->kind == TC_PART_IMAGE && !add_image (object, part, error))
        return FALSE;
    }
  json_object_set_string_member (object, "content", text->str);
  if (thinking->len > 0)
    json_object_set_string_member (object, "thinking", thinking->str);

  return TRUE;
}

static gboolean
has_more_than_results (const TcChatMessage *message)
{
  for (guint i = 0; i < message->parts->len; i++)
    {
      const TcChatPart *part = g_ptr_array_index (message->parts, i);

      if (part->kind != TC_PART_TOOL_RESULT)
        return TRUE;
    }

  return message->parts->len == 0;
}

static gboolean
add_messages (JsonObject           *root,
              const TcChatRequest  *request,
              GError              **error)
{
  JsonArray *messages = tc_wire_add_array (root, "messages");
  g_autofree char *system = tc_wire_dup_system (request, request->tools->len > 0, FALSE);

  if (system != NULL)
    add_message (messages, "system", system);
  for (guint i = 0; i < request->messages->len; i++)
    {
      const TcChatMessage *message = g_ptr_array_index (request->messages, i);
      const char *role = message->role == TC_CHAT_USER ? "user" : "assistant";

      add_results (messages, request, message);
      if (has_more_than_results (message) &&
          !fill_message (add_message (messages, role, NULL), message, error))
        return FALSE;
    }

  return TRUE;
}

/* Ollama has no choice of tools: what must not be called is not shown. */
static void
add_tools (JsonObject          *root,
           const TcChatRequest *request)
{
  JsonArray *tools = json_array_new ();

  for (guint i = 0; i < request->tools->len; i++)
    {
      const TcChatTool *tool = g_ptr_array_index (request->tools, i);
      JsonObject *object;
      JsonObject *function;

      if (request->tool_choice == TC_TOOL_CHOICE_NONE ||
          (request->tool_choice == TC_TOOL_CHOICE_NAMED && g_strcmp0 (tool->name, request->tool_name) != 0))
        continue;
      object = tc_wire_append_object (tools);
      json_object_set_string_member (object, "type", "function");
      function = tc_wire_add_object (object, "function");
      json_object_set_string_member (function, "name", tool->name);
      tc_wire_set_text (function, "description", tool->description);
      tc_wire_set_copy (function, "parameters", tool->schema);
    }
  if (json_array_get_length (tools) > 0)
    json_object_set_array_member (root, "tools", json_array_ref (tools));
  json_array_unref (tools);
}

/* Ollama cuts a prompt that does not fit, without a word, and loads the model
 * anew for each other size: so a power of two, and only when it is needed. */
static void
add_context (JsonObject          *options,
             JsonObject          *root,
             const TcChatRequest *request)
{
  g_autofree char *text = tc_json_object_to_string (root, FALSE);
  gint64 answer = request->max_tokens > 0 ? request->max_tokens : USUAL_ANSWER;
  gint64 needed = (gint64) strlen (text) / BYTES_PER_TOKEN + MIN (answer, MAX_CONTEXT);
  gint64 context = DEFAULT_CONTEXT;

  while (context < needed && context < MAX_CONTEXT)
    context *= 2;
  if (context > DEFAULT_CONTEXT)
    json_object_set_int_member (options, "num_ctx", context);
}

static void
add_options (JsonObject          *root,
             const TcChatRequest *request)
{
  JsonObject *options = json_object_new ();
  JsonArray *stop;

  add_context (options, root, request);
  if (request->max_tokens > 0)
    json_object_set_int_member (options, "num_predict", request->max_tokens);
  if (isfinite (request->temperature))
    json_object_set_double_member (options, "temperature", MAX (request->temperature, 0.0));
  if (isfinite (request->top_p))
    json_object_set_double_member (options, "top_p", CLAMP (request->top_p, 0.0, 1.0));
  if (request->seed >= 0)
    json_object_set_int_member (options, "seed", request->seed);
  stop = request->stop != NULL ? tc_wire_add_array (options, "stop") : NULL;
  for (guint i = 0; stop != NULL && request->stop[i] != NULL; i++)
    json_array_add_string_element (stop, request->stop[i]);
  json_object_set_object_member (root, "options", options);
}

/* One family takes words, the others yes or no; a model that does not think at
 * all refuses a yes. */
static void
add_think (JsonObject          *root,
           const TcChatRequest *request)
{
  const char *effort = request->effort;

  if (effort == NULL)
    return;
  if (g_str_has_prefix (request->model, "gpt-oss"))
    {
      if (g_str_equal (effort, "none") || g_str_equal (effort, "minimal"))
        effort = "low";
      else if (g_str_equal (effort, "xhigh") || g_str_equal (effort, "max"))
        effort = "high";
      json_object_set_string_member (root, "think", effort);
    }
  else
    json_object_set_boolean_member (root, "think", !g_str_equal (effort, "none"));
}

/** tc_wire_build_ollama_request: Returns: (transfer full) (nullable): the body of a request */
JsonObject *
tc_wire_build_ollama_request (const TcChatRequest  *request,
                              GError              **error)
{
  g_autoptr(JsonObject) root = json_object_new ();

  json_object_set_string_member (root, "model", request->model);
  if (!add_messages (root, request, error))
    return NULL;
  add_tools (root, request);
  add_options (root, request);
  add_think (root, request);
  if (request->format == TC_FORMAT_JSON)
    json_object_set_string_member (root, "format", "json");
  else if (request->format == TC_FORMAT_SCHEMA)
    tc_wire_set_copy (root, "format", request->schema);
  json_object_set_boolean_member (root, "truncate", FALSE);
  json_object_set_boolean_member (root, "stream", request->is_stream);

  return g_steal_pointer (&root);
}

/** tc_wire_build_ollama_reply: Returns: (transfer full): the answer for a client of that format */
JsonObject *
tc_wire_build_ollama_reply (const TcChatReply *reply)
{
  JsonObject *root = json_object_new ();
  g_autofree char *time = tc_wire_dup_time ();
  TcChatMessage said = { TC_CHAT_ASSISTANT, reply->parts };
  JsonObject *message;

  json_object_set_string_member (root, "model", reply->model != NULL ? reply->model : "");
  json_object_set_string_member (root, "created_at", time);
  message = tc_wire_add_object (root, "message");
  json_object_set_string_member (message, "role", "assistant");
  fill_message (message, &said, NULL);
  json_object_set_boolean_member (root, "done", TRUE);
  json_object_set_string_member (root, "done_reason", tc_wire_finish_to_ollama (reply->finish));
  tc_wire_add_ollama_usage (root, &reply->usage);

  return root;
}
