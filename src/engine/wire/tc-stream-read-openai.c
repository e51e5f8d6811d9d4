/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Streams in OpenAI's format, read, as loosely as the servers that speak it
 * write it: ids and numbers of tool calls missing or repeated, the usage
 * anywhere or nowhere, reasoning under two names. */

#include "config.h"

#include <string.h>

#include "tc-json.h"
#include "tc-stream-private.h"

static TcStreamTool *
get_tool (TcStreamReader *self,
          int             index)
{
  return &g_array_index (self->tools, TcStreamTool, index);
}

/* Whether a piece begins another call than the one it would go to: it has an
 * id of its own, or names a tool where calls have no numbers. */
static gboolean
is_another (const TcStreamTool *tool,
            const char         *id,
            const char         *name,
            gboolean            has_number)
{
  if (id[0] != '\0')
    return !g_str_equal (tool->id, id);

  return !has_number && name[0] != '\0' && tool->is_begun;
}

/* A piece belongs to the call of its number; without one, and without a name or
 * an id, to the last. */
static int
place_piece (TcStreamReader *self,
             JsonObject     *piece,
             guint           position)
{
  const char *id = tc_json_get_string (piece, "id", "");
  const char *name = tc_json_get_string (tc_json_get_object (piece, "function"), "name", "");
  gint64 number = tc_json_get_int (piece, "index", -1);
  gboolean has_number = number >= 0;
  int found = tc_stream_reader_find_tool (self, has_number ? number : position);

  if (found < 0 && !has_number && name[0] == '\0' && id[0] == '\0')
    found = (int) self->tools->len - 1;
  if (found >= 0 && !is_another (get_tool (self, found), id, name, has_number))
    return found;
  if (!tc_stream_reader_add_tool (self, has_number ? number : position, id))
    return -1;

  return (int) self->tools->len - 1;
}

static gboolean
read_tool_calls (TcStreamReader *self,
                 JsonArray      *pieces)
{
  for (guint i = 0; i < json_array_get_length (pieces); i++)
    {
      JsonObject *piece = tc_wire_get_element (pieces, i);
      JsonObject *function = tc_json_get_object (piece, "function");
      const char *name = tc_json_get_string (function, "name", NULL);
      g_autofree char *whole = tc_wire_dup_json (function, "arguments");
      int index = place_piece (self, piece, i);

      if (index < 0)
        return FALSE;
      if (name != NULL && name[0] != '\0')
        tc_stream_reader_begin_tool (self, (guint) index, name);
      tc_stream_reader_add_args (self, (guint) index,
                                 tc_json_get_string (function, "arguments", whole));
    }

  return TRUE;
}

/* Thinking as our own writer sends it: with the signature it needs later. */
static void
read_thinking_blocks (TcStreamReader *self,
                      JsonArray      *blocks)
{
  for (guint i = 0; i < json_array_get_length (blocks); i++)
    tc_stream_reader_say (self, TC_EVENT_SIGNATURE,
                          tc_json_get_string (tc_wire_get_element (blocks, i), "signature", NULL));
}

static gboolean
read_choice (TcStreamReader *self,
             JsonObject     *choice)
{
  JsonObject *delta = tc_json_get_object (choice, "delta");
  JsonArray *tools = tc_json_get_array (delta, "tool_calls");
  JsonArray *blocks = tc_json_get_array (delta, "thinking_blocks");
  const char *refusal = tc_json_get_string (delta, "refusal", "");
  const char *reason = tc_json_get_string (choice, "finish_reason", NULL);

  tc_stream_reader_say (self, TC_EVENT_THINKING,
                        tc_json_get_string (delta, "reasoning_content",
                                            tc_json_get_string (delta, "reasoning", NULL)));
  if (blocks != NULL)
    read_thinking_blocks (self, blocks);
  tc_stream_reader_say (self, TC_EVENT_TEXT, tc_json_get_string (delta, "content", NULL));
  tc_stream_reader_say (self, TC_EVENT_TEXT, refusal);
  self->is_refused |= refusal[0] != '\0';
  if (tools != NULL && !read_tool_calls (self, tools))
    return FALSE;
  if (reason != NULL && reason[0] != '\0')
    tc_stream_reader_set_finish (self, self->is_refused ? TC_FINISH_REFUSAL
                                                        : tc_wire_finish_from_openai (reason));

  return TRUE;
}

/* Further answers ("n") are counted, but nobody is told of them. */
static void
count_choice (TcStreamReader *self,
              JsonObject     *choice)
{
  const char *text = tc_json_get_string (tc_json_get_object (choice, "delta"), "content", "");

  self->text_bytes += (gint64) strlen (text);
}

static gboolean
read_choices (TcStreamReader *self,
              JsonArray      *choices)
{
  for (guint i = 0; choices != NULL && i < json_array_get_length (choices); i++)
    {
      JsonObject *choice = tc_wire_get_element (choices, i);

      if (tc_json_get_int (choice, "index", 0) > 0)
        count_choice (self, choice);
      else if (!read_choice (self, choice))
        return FALSE;
    }

  return TRUE;
}

/** tc_stream_read_openai: */
gboolean
tc_stream_read_openai (TcStreamReader *self,
                       JsonObject     *root)
{
  JsonArray *choices = tc_json_get_array (root, "choices");
  JsonObject *usage = tc_json_get_object (root, "usage");
  gboolean is_only = choices == NULL || json_array_get_length (choices) == 0;
  gboolean is_good;

  tc_stream_reader_start (self, tc_json_get_string (root, "id", NULL),
                          tc_json_get_string (root, "model", NULL));
  if (!read_choices (self, choices))
    return FALSE;
  if (usage == NULL)
    return TRUE;
  is_good = tc_wire_read_openai_usage (self->provider, usage, &self->usage);
  tc_stream_reader_set_usage (self, is_good, (is_only || self->is_finished) &&
                                             tc_json_has (usage, "completion_tokens"));

  return TRUE;
}
