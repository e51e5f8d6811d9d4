/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Requests and answers in Anthropic's format, written. The format is strict:
 * users and assistants take turns, each tool call is answered in the next turn,
 * no text is empty; and its models refuse each something else. */

#include "config.h"

#include <math.h>
#include <string.h>

#include "tc-json.h"
#include "tc-wire-model.h"
#include "tc-wire-private.h"
#include "tc-wire-schema.h"

/* The format wants a cap; this is for who said none. */
#define DEFAULT_MAX_TOKENS 8192

#define MAX_USER_BYTES 256

/* What one of the two says at once. Results of tools go first. */
typedef struct
{
  TcChatRole  role;
  JsonArray  *results; /* (owned) */
  JsonArray  *blocks;  /* (owned) */
  GPtrArray  *calls;   /* (owned) (element-type char*) ids that wait for their result */
} Turn;

static void
free_turn (gpointer data)
{
  Turn *turn = data;

  json_array_unref (turn->results);
  json_array_unref (turn->blocks);
  g_ptr_array_unref (turn->calls);
  g_free (turn);
}

static Turn *
add_turn (GPtrArray  *turns,
          TcChatRole  role)
{
  Turn *last = turns->len > 0 ? g_ptr_array_index (turns, turns->len - 1) : NULL;

  if (last != NULL && last->role == role)
    return last;
  last = g_new0 (Turn, 1);
  last->role = role;
  last->results = json_array_new ();
  last->blocks = json_array_new ();
  last->calls = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (turns, last);

  return last;
}

static JsonObject *
add_block (JsonArray  *blocks,
           const char *type)
{
  JsonObject *block = tc_wire_append_object (blocks);

  json_object_set_string_member (block, "type", type);

  return block;
}

/* Text without a letter is refused. */
static void
add_text (Turn       *turn,
          const char *text)
{
  if (text == NULL || text[strspn (text, " \t\r\n")] == '\0')
    return;
  json_object_set_string_member (add_block (turn->blocks, "text"), "text", text);
}

/* Ids of other providers may hold what this one does not take. */
static char *
dup_id (const char *id)
{
  char *clean = g_strdup (id != NULL && id[0] != '\0' ? id : "call");

  return g_strcanon (clean, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-", '_');
}

static void
add_image (Turn             *turn,
           const TcChatPart *part)
{
  JsonObject *source = tc_wire_add_object (add_block (turn->blocks, "image"), "source");

  json_object_set_string_member (source, "type", part->data != NULL ? "base64" : "url");
  if (part->data != NULL)
    {
      json_object_set_string_member (source, "media_type",
                                     part->media_type != NULL ? part->media_type : "image/png");
      json_object_set_string_member (source, "data", part->data);
    }
  else
    json_object_set_string_member (source, "url", part->url != NULL ? part->url : "");
}

/* Thinking without a signature cannot be shown again. */
static void
add_thinking (Turn             *turn,
              const TcChatPart *part)
{
  JsonObject *block;

  if (part->data != NULL)
    {
      block = add_block (turn->blocks, "redacted_thinking");
      json_object_set_string_member (block, "data", part->data);
    }
  else if (part->signature != NULL && part->signature[0] != '\0')
    {
      block = add_block (turn->blocks, "thinking");
      json_object_set_string_member (block, "thinking", part->text != NULL ? part->text : "");
      json_object_set_string_member (block, "signature", part->signature);
    }
}

static void
add_tool_call (Turn             *turn,
               const TcChatPart *part)
{
  JsonObject *block = add_block (turn->blocks, "tool_use");
  g_autofree char *id = dup_id (part->id);

  json_object_set_string_member (block, "id", id);
  json_object_set_string_member (block, "name", part->name != NULL ? part->name : "");
  json_object_set_member (block, "input", tc_wire_parse_arguments (part->text));
  g_ptr_array_add (turn->calls, g_steal_pointer (&id));
}

static void
add_result (Turn       *turn,
            const char *id,
            const char *text,
            gboolean    is_error)
{
  JsonObject *block = add_block (turn->results, "tool_result");

  json_object_set_string_member (block, "tool_use_id", id);
  json_object_set_string_member (block, "content", text != NULL ? text : "");
  if (is_error)
    json_object_set_boolean_member (block, "is_error", TRUE);
}

/* A result that nobody waits for is refused; its text is not lost. */
static void
add_tool_result (GPtrArray        *turns,
                 Turn             *turn,
                 const TcChatPart *part)
{
  Turn *before = turns->len > 1 ? g_ptr_array_index (turns, turns->len - 2) : NULL;
  g_autofree char *id = dup_id (part->id);
  guint index = 0;

  if (before == NULL || !g_ptr_array_find_with_equal_func (before->calls, id, g_str_equal, &index))
    {
      add_text (turn, part->text);
      return;
    }
  g_ptr_array_remove_index (before->calls, index);
  add_result (turn, id, part->text, part->is_error);
}

static void
add_part (GPtrArray        *turns,
          TcChatRole        role,
          const TcChatPart *part)
{
  Turn *turn = add_turn (turns, role);

  switch (part->kind)
    {
    case TC_PART_TEXT:
      add_text (turn, part->text);
      break;
    case TC_PART_IMAGE:
      add_image (turn, part);
      break;
    case TC_PART_THINKING:
      add_thinking (turn, part);
      break;
    case TC_PART_TOOL_CALL:
      add_tool_call (turn, part);
      break;
    case TC_PART_TOOL_RESULT:
    default:
      add_tool_result (turns, turn, part);
      break;
    }
}

static gboolean
is_said (const TcChatPart *part)
{
  if (part->kind == TC_PART_TEXT)
    return part->text != NULL && part->text[strspn (part->text, " \t\r\n")] != '\0';
  if (part->kind == TC_PART_THINKING)
    return part->data != NULL || (part->signature != NULL && part->signature[0] != '\0');

  return TRUE;
}

/* Calls that were never answered are refused too. */
static void
answer_calls (GPtrArray *turns)
{
  for (guint i = 0; i < turns->len; i++)
    {
      Turn *turn = g_ptr_array_index (turns, i);
      Turn *next = i + 1 < turns->len ? g_ptr_array_index (turns, i + 1) : NULL;

      if (turn->calls->len == 0)
        continue;
      if (next == NULL)
        next = add_turn (turns, TC_CHAT_USER);
      for (guint j = 0; j < turn->calls->len; j++)
        add_result (next, g_ptr_array_index (turn->calls, j), "The tool gave no result.", TRUE);
    }
}

static GPtrArray *
build_turns (const TcChatRequest *request)
{
  GPtrArray *turns = g_ptr_array_new_with_free_func (free_turn);

  for (guint i = 0; i < request->messages->len; i++)
    {
      const TcChatMessage *message = g_ptr_array_index (request->messages, i);

      for (guint j = 0; j < message->parts->len; j++)
        {
          const TcChatPart *part = g_ptr_array_index (message->parts, j);

          if (!is_said (part))
            continue;
          if (turns->len == 0 && message->role == TC_CHAT_ASSISTANT)
            add_text (add_turn (turns, TC_CHAT_USER), TC_WIRE_GO_ON);
          add_part (turns, message->role, part);
        }
    }
  if (turns->len == 0)
    add_text (add_turn (turns, TC_CHAT_USER), TC_WIRE_GO_ON);
  answer_calls (turns);

  return turns;
}

/* A last turn of the assistant is to be gone on with. Newer models refuse that,
 * older ones refuse white space at its end. */
static void
mend_end (GPtrArray  *turns,
          const char *model)
{
  Turn *last = g_ptr_array_index (turns, turns->len - 1);
  guint n = json_array_get_length (last->blocks);
  JsonObject *block;
  g_autofree char *text = NULL;

  if (last->role != TC_CHAT_ASSISTANT || n == 0)
    return;
  if (!tc_wire_model_takes_prefill (model))
    {
      add_text (add_turn (turns, TC_CHAT_USER),
                "Go on exactly where you stopped, without repeating anything.");
      return;
    }
  block = json_array_get_object_element (last->blocks, n - 1);
  if (!tc_json_has (block, "text"))
    return;
  text = g_strchomp (g_strdup (tc_json_get_string (block, "text", "")));
  json_object_set_string_member (block, "text", text);
}

static void
add_messages (JsonObject          *root,
              const TcChatRequest *request)
{
  JsonArray *messages = tc_wire_add_array (root, "messages");
  g_autoptr(GPtrArray) turns = build_turns (request);

  mend_end (turns, request->model);
  for (guint i = 0; i < turns->len; i++)
    {
      Turn *turn = g_ptr_array_index (turns, i);
      JsonObject *message = tc_wire_append_object (messages);
      JsonArray *content;

      json_object_set_string_member (message, "role", turn->role == TC_CHAT_USER ? "user" : "assistant");
      content = tc_wire_add_array (message, "content");
      for (guint j = 0; j < json_array_get_length (turn->results); j++)
        json_array_add_element (content, json_array_dup_element (turn->results, j));
      for (guint j = 0; j < json_array_get_length (turn->blocks); j++)
        json_array_add_element (content, json_array_dup_element (turn->blocks, j));
    }
}

static void
add_tool (JsonArray  *tools,
          const char *name,
          const char *description,
          JsonNode   *schema)
{
  JsonObject *tool = tc_wire_append_object (tools);
  JsonObject *input;

  json_object_set_string_member (tool, "name", name);
  tc_wire_set_text (tool, "description", description);
  if (schema != NULL && tc_json_has (json_node_get_object (schema), "type"))
    tc_wire_set_copy (tool, "input_schema", schema);
  else
    {
      input = tc_wire_add_object (tool, "input_schema");
      json_object_set_string_member (input, "type", "object");
      if (schema != NULL && tc_json_has (json_node_get_object (schema), "properties"))
        tc_wire_set_copy (input, "properties",
                          json_object_get_member (json_node_get_object (schema), "properties"));
    }
}

/* A conversation in which tools were used needs to name them, also when they
 * are no longer offered. */
static void
add_used_tools (JsonArray           *tools,
                const TcChatRequest *request)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < request->messages->len; i++)
    {
      const TcChatMessage *message = g_ptr_array_index (request->messages, i);

      for (guint j = 0; j < message->parts->len; j++)
        {
          const TcChatPart *part = g_ptr_array_index (message->parts, j);

          if (part->kind == TC_PART_TOOL_CALL && part->name != NULL && g_hash_table_add (seen, part->name))
            add_tool (tools, part->name, NULL, NULL);
        }
    }
}

static void
add_tool_choice (JsonObject          *root,
                 const TcChatRequest *request)
{
  static const char *const words[] = { "auto", "auto", "any", "none", "tool" };
  gboolean is_forced = request->tool_choice == TC_TOOL_CHOICE_ANY ||
                       request->tool_choice == TC_TOOL_CHOICE_NAMED;
  const char *word = words[request->tool_choice];
  JsonObject *choice;

  if (request->tool_choice == TC_TOOL_CHOICE_DEFAULT && !request->one_tool_at_a_time)
    return;
  if (is_forced && !tc_wire_model_takes_forced_tool (request->model))
    word = "auto";
  choice = tc_wire_add_object (root, "tool_choice");
  json_object_set_string_member (choice, "type", word);
  if (g_str_equal (word, "tool"))
    tc_wire_set_text (choice, "name", request->tool_name);
  if (request->one_tool_at_a_time && !g_str_equal (word, "none"))
    json_object_set_boolean_member (choice, "disable_parallel_tool_use", TRUE);
}

static void
add_tools (JsonObject          *root,
           const TcChatRequest *request)
{
  JsonArray *tools;

  if (request->tools->len == 0 && !tc_wire_has_tool_parts (request))
    return;
  tools = tc_wire_add_array (root, "tools");
  for (guint i = 0; i < request->tools->len; i++)
    {
      const TcChatTool *tool = g_ptr_array_index (request->tools, i);

      add_tool (tools, tool->name, tool->description, tool->schema);
    }
  if (request->tools->len == 0)
    add_used_tools (tools, request);
  else
    add_tool_choice (root, request);
  if (json_array_get_length (tools) == 0)
    json_object_remove_member (root, "tools");
}

/* One of the two only: some models refuse both at once. */
static void
add_sampling (JsonObject          *root,
              const TcChatRequest *request)
{
  if (!tc_wire_model_takes_sampling (tc_provider_get (TC_PROVIDER_CLAUDE), request->model, request->effort))
    return;
  if (isfinite (request->temperature))
    json_object_set_double_member (root, "temperature", CLAMP (request->temperature, 0.0, 1.0));
  else if (isfinite (request->top_p))
    json_object_set_double_member (root, "top_p", CLAMP (request->top_p, 0.0, 1.0));
}

static void
add_output_config (JsonObject          *root,
                   const TcChatRequest *request)
{
  gboolean is_off = g_strcmp0 (request->effort, "none") == 0 &&
                    !tc_wire_model_always_thinks (request->model);
  const char *effort = NULL;
  JsonObject *config = json_object_new ();
  JsonObject *format;

  if (is_off && tc_wire_model_may_think (request->model))
    json_object_set_string_member (tc_wire_add_object (root, "thinking"), "type", "disabled");
  if (request->effort != NULL && !is_off)
    effort = tc_wire_model_get_effort (tc_provider_get (TC_PROVIDER_CLAUDE), request->model,
                                       request->effort);
  tc_wire_set_text (config, "effort", effort);
  if (request->format == TC_FORMAT_SCHEMA && request->schema != NULL)
    {
      format = tc_wire_add_object (config, "format");
      json_object_set_string_member (format, "type", "json_schema");
      json_object_set_member (format, "schema", tc_wire_schema_close (request->schema, TC_SCHEMA_CHECKS_NONE));
    }
  if (json_object_get_size (config) > 0)
    json_object_set_object_member (root, "output_config", config);
  else
    json_object_unref (config);
}

/* A user's id must not be a name or an address. */
static void
add_user (JsonObject *root,
          const char *user)
{
  if (user == NULL || user[0] == '\0' || strchr (user, '@') != NULL || strlen (user) > MAX_USER_BYTES)
    return;
  json_object_set_string_member (tc_wire_add_object (root, "metadata"), "user_id", user);
}

static void
add_stop (JsonObject *root,
          GStrv       stop)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; stop != NULL && stop[i] != NULL; i++)
    {
      if (stop[i][strspn (stop[i], " \t\r\n")] != '\0')
        json_array_add_string_element (array, stop[i]);
    }
  if (json_array_get_length (array) > 0)
    json_object_set_array_member (root, "stop_sequences", array);
  else
    json_array_unref (array);
}

/** tc_wire_build_anthropic_request: Returns: (transfer full): the body of a request */
JsonObject *
tc_wire_build_anthropic_request (const TcChatRequest *request)
{
  JsonObject *root = json_object_new ();
  gboolean in_words = !tc_wire_model_takes_forced_tool (request->model) && request->tools->len > 0;
  g_autofree char *system = tc_wire_dup_system (request, in_words, TRUE);

  json_object_set_string_member (root, "model", request->model);
  json_object_set_int_member (root, "max_tokens",
                              request->max_tokens > 0 ? request->max_tokens : DEFAULT_MAX_TOKENS);
  tc_wire_set_text (root, "system", system);
  add_messages (root, request);
  add_tools (root, request);
  add_sampling (root, request);
  add_stop (root, request->stop);
  add_output_config (root, request);
  add_user (root, request->user);
  if (request->is_stream)
    json_object_set_boolean_member (root, "stream", TRUE);

  return root;
}

static void
add_reply_part (Turn             *turn,
                const TcChatPart *part)
{
  JsonObject *block;

  if (part->kind == TC_PART_TEXT && part->text != NULL && part->text[0] != '\0')
    json_object_set_string_member (add_block (turn->blocks, "text"), "text", part->text);
  else if (part->kind == TC_PART_THINKING && part->data != NULL)
    add_thinking (turn, part);
  else if (part->kind == TC_PART_THINKING)
    {
      block = add_block (turn->blocks, "thinking");
      json_object_set_string_member (block, "thinking", part->text != NULL ? part->text : "");
      json_object_set_string_member (block, "signature", part->signature != NULL ? part->signature : "");
    }
  else if (part->kind == TC_PART_TOOL_CALL)
    add_tool_call (turn, part);
}

/** tc_wire_build_anthropic_reply: Returns: (transfer full): the answer for a client of that format */
JsonObject *
tc_wire_build_anthropic_reply (const TcChatReply *reply)
{
  JsonObject *root = json_object_new ();
  g_autoptr(GPtrArray) turns = g_ptr_array_new_with_free_func (free_turn);
  Turn *turn = add_turn (turns, TC_CHAT_ASSISTANT);
  g_autofree char *id = reply->id != NULL && g_str_has_prefix (reply->id, "msg_")
                          ? g_strdup (reply->id)
                          : tc_wire_new_id ("msg_");

  for (guint i = 0; i < reply->parts->len; i++)
    add_reply_part (turn, g_ptr_array_index (reply->parts, i));
  json_object_set_string_member (root, "id", id);
  json_object_set_string_member (root, "type", "message");
  json_object_set_string_member (root, "role", "assistant");
  json_object_set_string_member (root, "model", reply->model != NULL ? reply->model : "");
  json_object_set_array_member (root, "content", json_array_ref (turn->blocks));
  json_object_set_null_member (root, "stop_reason");
  tc_wire_set_text (root, "stop_reason", tc_wire_finish_to_anthropic (reply->finish));
  json_object_set_null_member (root, "stop_sequence");
  tc_wire_add_anthropic_usage (root, &reply->usage);

  return root;
}
