/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Streams in Ollama's own format, written. A tool call is written as a whole,
 * so that its pieces are held until the end. */

#include "config.h"

#include <string.h>

#include "tc-json.h"
#include "tc-stream-private.h"

/* Of all calls of an answer together. */
#define MAX_ARGS_BYTES (1024 * 1024)

static void
write_line (GString    *out,
            JsonObject *object)
{
  g_autofree char *text = tc_json_object_to_string (object, FALSE);

  g_string_append (out, text);
  g_string_append_c (out, '\n');
}

/* A line of an answer; its message has no text yet. */
static JsonObject *
new_line (TcStreamWriter *self)
{
  JsonObject *line = json_object_new ();
  g_autofree char *time = tc_wire_dup_time ();
  JsonObject *message;

  json_object_set_string_member (line, "model", self->model);
  json_object_set_string_member (line, "created_at", time);
  message = tc_wire_add_object (line, "message");
  json_object_set_string_member (message, "role", "assistant");
  json_object_set_string_member (message, "content", "");

  return line;
}

static void
write_text (TcStreamWriter *self,
            const char     *field,
            const char     *text,
            GString        *out)
{
  g_autoptr(JsonObject) line = new_line (self);

  json_object_set_string_member (tc_json_get_object (line, "message"), field, text);
  json_object_set_boolean_member (line, "done", FALSE);
  write_line (out, line);
}

static void
write_call (TcStreamWriter *self,
            TcStreamCall   *call,
            guint           index,
            GString        *out)
{
  g_autoptr(JsonObject) line = new_line (self);
  JsonArray *calls = tc_wire_add_array (tc_json_get_object (line, "message"), "tool_calls");
  JsonObject *object = tc_wire_append_object (calls);
  JsonObject *function;

  json_object_set_string_member (object, "id", call->id);
  function = tc_wire_add_object (object, "function");
  json_object_set_int_member (function, "index", index);
  json_object_set_string_member (function, "name", call->name);
  json_object_set_member (function, "arguments", tc_wire_parse_arguments (call->args->str));
  json_object_set_boolean_member (line, "done", FALSE);
  call->is_written = TRUE;
  write_line (out, line);
}

static void
write_calls (TcStreamWriter *self,
             GString        *out)
{
  for (guint i = 0; i < self->tools->len; i++)
    {
      TcStreamCall *call = tc_stream_writer_get_call (self, i);

      if (!call->is_written)
        write_call (self, call, i, out);
    }
}

static void
write_error (const TcChatError *error,
             GString           *out)
{
  g_autoptr(JsonObject) object = tc_wire_build_error (TC_PROVIDER_WIRE_OLLAMA, error);

  write_line (out, object);
}

static void
hold_args (TcStreamWriter    *self,
           const TcChatEvent *event,
           GString           *out)
{
  TcStreamCall *call = tc_stream_writer_get_call (self, event->index);
  g_autoptr(TcChatError) error = NULL;

  if (call == NULL || call->is_written)
    return;
  self->args_bytes += strlen (event->text);
  if (self->args_bytes <= MAX_ARGS_BYTES)
    {
      g_string_append (call->args, event->text);
      return;
    }
  error = tc_chat_error_new (TC_CHAT_ERROR_SERVER, 200, "The arguments of a tool call are too long.");
  write_error (error, out);
  self->is_ended = TRUE;
}

static void
write_end (TcStreamWriter *self,
           GString        *out)
{
  g_autoptr(JsonObject) line = new_line (self);

  json_object_set_boolean_member (line, "done", TRUE);
  json_object_set_string_member (line, "done_reason", tc_wire_finish_to_ollama (self->finish));
  json_object_set_int_member (line, "total_duration",
                              (g_get_monotonic_time () - self->started_us) * 1000);
  tc_wire_add_ollama_usage (line, &self->usage);
  write_calls (self, out);
  write_line (out, line);
}

/** tc_stream_write_ollama: */
void
tc_stream_write_ollama (TcStreamWriter    *self,
                        const TcChatEvent *event,
                        GString           *out)
{
  switch (event->kind)
    {
    case TC_EVENT_TEXT:
      write_text (self, "content", event->text, out);
      break;
    case TC_EVENT_THINKING:
      write_text (self, "thinking", event->text, out);
      break;
    case TC_EVENT_TOOL_START:
      tc_stream_writer_add_call (self, event);
      break;
    case TC_EVENT_TOOL_ARGS:
      hold_args (self, event, out);
      break;
    case TC_EVENT_ERROR:
      write_error (event->error, out);
      break;
    case TC_EVENT_END:
      write_end (self, out);
      break;
    case TC_EVENT_START:
    case TC_EVENT_SIGNATURE:
    case TC_EVENT_FINISH:
    case TC_EVENT_USAGE:
    default:
      break;
    }
}
