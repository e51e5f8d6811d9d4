/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Streams in Ollama's own format, read: a tool call comes as a whole. */

#include "config.h"

#include "tc-json.h"
#include "tc-stream-private.h"

static gboolean
read_tool_calls (TcStreamReader *self,
                 JsonArray      *calls)
{
  for (guint i = 0; i < json_array_get_length (calls); i++)
    {
      JsonObject *call = tc_wire_get_element (calls, i);
      JsonObject *function = tc_json_get_object (call, "function");
      g_autofree char *args = tc_wire_dup_json (function, "arguments");
      guint index = self->tools->len;

      if (!tc_stream_reader_add_tool (self, index, tc_json_get_string (call, "id", NULL)))
        return FALSE;
      tc_stream_reader_begin_tool (self, index, tc_json_get_string (function, "name", NULL));
      tc_stream_reader_add_args (self, index, args);
    }

  return TRUE;
}

/** tc_stream_read_ollama: */
gboolean
tc_stream_read_ollama (TcStreamReader *self,
                       JsonObject     *root)
{
  JsonObject *message = tc_json_get_object (root, "message");
  JsonArray *calls = tc_json_get_array (message, "tool_calls");

  tc_stream_reader_start (self, NULL, tc_json_get_string (root, "model", NULL));
  tc_stream_reader_say (self, TC_EVENT_THINKING, tc_json_get_string (message, "thinking", NULL));
  tc_stream_reader_say (self, TC_EVENT_TEXT, tc_json_get_string (message, "content", NULL));
  if (calls != NULL && !read_tool_calls (self, calls))
    return FALSE;
  if (!tc_json_get_boolean (root, "done", FALSE))
    return TRUE;
  tc_stream_reader_set_finish (self, tc_wire_finish_from_ollama (tc_json_get_string (root, "done_reason",
                                                                                     NULL)));
  tc_stream_reader_set_usage (self, tc_wire_read_ollama_usage (root, &self->usage), TRUE);
  tc_stream_reader_end (self);

  return TRUE;
}
