/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Streams in Anthropic's format, read. Events and deltas of kinds that came
 * later say nothing to anybody here. */

#include "config.h"

#include "tc-json.h"
#include "tc-stream-private.h"

static void
read_start (TcStreamReader *self,
            JsonObject     *root)
{
  JsonObject *message = tc_json_get_object (root, "message");

  /* The input is known now; of the output this is the first token or so. */
  tc_wire_read_anthropic_usage (tc_json_get_object (message, "usage"), &self->usage);
  tc_stream_reader_start (self, tc_json_get_string (message, "id", NULL),
                          tc_json_get_string (message, "model", NULL));
}

static gboolean
read_block (TcStreamReader *self,
            JsonObject     *root)
{
  JsonObject *block = tc_json_get_object (root, "content_block");
  const char *type = tc_json_get_string (block, "type", "");
  JsonObject *input = tc_json_get_object (block, "input");
  g_autofree char *args = NULL;

  if (g_str_equal (type, "text"))
    tc_stream_reader_say (self, TC_EVENT_TEXT, tc_json_get_string (block, "text", NULL));
  else if (g_str_equal (type, "thinking"))
    tc_stream_reader_say (self, TC_EVENT_THINKING, tc_json_get_string (block, "thinking", NULL));
  if (!g_str_equal (type, "tool_use"))
    return TRUE;
  if (!tc_stream_reader_add_tool (self, tc_json_get_int (root, "index", -1),
                                  tc_json_get_string (block, "id", NULL)))
    return FALSE;
  tc_stream_reader_begin_tool (self, self->tools->len - 1, tc_json_get_string (block, "name", NULL));
  /* It begins as {}; whoever sends all at once has more. */
  if (input != NULL && json_object_get_size (input) > 0)
    args = tc_json_object_to_string (input, FALSE);
  tc_stream_reader_add_args (self, self->tools->len - 1, args);

  return TRUE;
}

static void
read_delta (TcStreamReader *self,
            JsonObject     *root)
{
  JsonObject *delta = tc_json_get_object (root, "delta");
  const char *type = tc_json_get_string (delta, "type", "");
  int tool = tc_stream_reader_find_tool (self, tc_json_get_int (root, "index", -1));

  if (g_str_equal (type, "text_delta"))
    tc_stream_reader_say (self, TC_EVENT_TEXT, tc_json_get_string (delta, "text", NULL));
  else if (g_str_equal (type, "thinking_delta"))
    tc_stream_reader_say (self, TC_EVENT_THINKING, tc_json_get_string (delta, "thinking", NULL));
  else if (g_str_equal (type, "signature_delta"))
    tc_stream_reader_say (self, TC_EVENT_SIGNATURE, tc_json_get_string (delta, "signature", NULL));
  else if (g_str_equal (type, "input_json_delta") && tool >= 0)
    tc_stream_reader_add_args (self, (guint) tool, tc_json_get_string (delta, "partial_json", NULL));
}

/* The counts are those of the whole message so far, not of a piece. */
static void
read_message_delta (TcStreamReader *self,
                    JsonObject     *root)
{
  JsonObject *usage = tc_json_get_object (root, "usage");
  const char *reason = tc_json_get_string (tc_json_get_object (root, "delta"), "stop_reason", NULL);
  gboolean is_good = usage != NULL && tc_wire_read_anthropic_usage (usage, &self->usage);

  if (reason != NULL)
    tc_stream_reader_set_finish (self, tc_wire_finish_from_anthropic (reason));
  if (usage != NULL)
    tc_stream_reader_set_usage (self, is_good, self->is_finished && tc_json_has (usage, "output_tokens"));
}

/** tc_stream_read_anthropic: */
gboolean
tc_stream_read_anthropic (TcStreamReader *self,
                          JsonObject     *root)
{
  const char *type = tc_json_get_string (root, "type", "");

  if (g_str_equal (type, "message_start"))
    read_start (self, root);
  else if (g_str_equal (type, "content_block_start"))
    return read_block (self, root);
  else if (g_str_equal (type, "content_block_delta"))
    read_delta (self, root);
  else if (g_str_equal (type, "message_delta"))
    read_message_delta (self, root);
  else if (g_str_equal (type, "message_stop"))
    tc_stream_reader_end (self);

  return TRUE;
}
