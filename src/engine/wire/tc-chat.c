/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <math.h>

#include "tc-chat.h"

static void
free_part (gpointer data)
{
  TcChatPart *part = data;

  g_free (part->text);
  g_free (part->id);
  g_free (part->name);
  g_free (part->signature);
  g_free (part->media_type);
  g_free (part->data);
  g_free (part->url);
  g_free (part);
}

static void
free_message (gpointer data)
{
  TcChatMessage *message = data;

  g_ptr_array_unref (message->parts);
  g_free (message);
}

static void
free_tool (gpointer data)
{
  TcChatTool *tool = data;

  g_free (tool->name);
  g_free (tool->description);
  g_clear_pointer (&tool->schema, json_node_unref);
  g_free (tool);
}

static TcChatPart *
add_part (GPtrArray  *parts,
          TcPartKind  kind)
{
  TcChatPart *part = g_new0 (TcChatPart, 1);

  part->kind = kind;
  g_ptr_array_add (parts, part);

  return part;
}

/**
 * tc_chat_request_new:
 * @model: the provider's id
 *
 * Returns: (transfer full): a request that asks nothing yet and leaves all that
 *   can be left to the provider
 */
TcChatRequest *
tc_chat_request_new (const char *model)
{
  TcChatRequest *self = g_new0 (TcChatRequest, 1);

  self->model = g_strdup (model);
  self->messages = g_ptr_array_new_with_free_func (free_message);
  self->tools = g_ptr_array_new_with_free_func (free_tool);
  self->temperature = NAN;
  self->top_p = NAN;
  self->seed = -1;

  return self;
}

/**
 * tc_chat_request_add:
 * @text: (nullable): the message's text; NULL for a message without a part yet
 *
 * Returns: (transfer none): the message, now the last one
 */
TcChatMessage *
tc_chat_request_add (TcChatRequest *self,
                     TcChatRole     role,
                     const char    *text)
{
  TcChatMessage *message = g_new0 (TcChatMessage, 1);

  message->role = role;
  message->parts = g_ptr_array_new_with_free_func (free_part);
  if (text != NULL)
    tc_chat_message_add (message, TC_PART_TEXT)->text = g_strdup (text);
  g_ptr_array_add (self->messages, message);

  return message;
}

/**
 * tc_chat_request_add_tool:
 * @description: (nullable): for the model
 * @schema: (nullable) (transfer full): the JSON schema of its arguments
 *
 * Returns: (transfer none): the tool, now the last one
 */
TcChatTool *
tc_chat_request_add_tool (TcChatRequest *self,
                          const char    *name,
                          const char    *description,
                          JsonNode      *schema)
{
  TcChatTool *tool = g_new0 (TcChatTool, 1);

  tool->name = g_strdup (name);
  tool->description = g_strdup (description);
  tool->schema = schema;
  g_ptr_array_add (self->tools, tool);

  return tool;
}

/** tc_chat_request_free: */
void
tc_chat_request_free (TcChatRequest *self)
{
  g_free (self->model);
  g_free (self->system);
  g_ptr_array_unref (self->messages);
  g_ptr_array_unref (self->tools);
  g_free (self->tool_name);
  g_strfreev (self->stop);
  g_free (self->schema_name);
  g_clear_pointer (&self->schema, json_node_unref);
  g_free (self->effort);
  g_free (self->user);
  g_free (self);
}

/** tc_chat_message_add: Returns: (transfer none): a new part, empty, now the last one */
TcChatPart *
tc_chat_message_add (TcChatMessage *self,
                     TcPartKind     kind)
{
  return add_part (self->parts, kind);
}

/** tc_chat_reply_new: Returns: (transfer full): an answer without a part */
TcChatReply *
tc_chat_reply_new (void)
{
  TcChatReply *self = g_new0 (TcChatReply, 1);

  self->parts = g_ptr_array_new_with_free_func (free_part);
  self->usage = TC_USAGE_NONE;

  return self;
}

/** tc_chat_reply_add: Returns: (transfer none): a new part, empty, now the last one */
TcChatPart *
tc_chat_reply_add (TcChatReply *self,
                   TcPartKind   kind)
{
  return add_part (self->parts, kind);
}

/** tc_chat_reply_dup_text: Returns: (transfer full): what it says, without thinking and tool calls */
char *
tc_chat_reply_dup_text (const TcChatReply *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->parts->len; i++)
    {
      const TcChatPart *part = g_ptr_array_index (self->parts, i);

      if (part->kind == TC_PART_TEXT && part->text != NULL)
        g_string_append (text, part->text);
    }

  return g_string_free_and_steal (text);
}

/** tc_chat_reply_free: */
void
tc_chat_reply_free (TcChatReply *self)
{
  g_free (self->id);
  g_free (self->model);
  g_ptr_array_unref (self->parts);
  g_free (self);
}
