/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Streams in OpenAI's format, written: each event is a chunk of its own. */

#include "config.h"

#include <string.h>

#include "tc-json.h"
#include "tc-stream-private.h"

/* Of all thinking of an answer together; more is not kept for its signature. */
#define MAX_THOUGHT_BYTES (1024 * 1024)

static void
write_data (GString    *out,
            JsonObject *object)
{
  g_autofree char *text = tc_json_object_to_string (object, FALSE);

  g_string_append (out, "data: ");
  g_string_append (out, text);
  g_string_append (out, "\n\n");
}

/* A chunk; its choices are still empty. */
static JsonObject *
new_chunk (TcStreamWriter *self)
{
  JsonObject *chunk = json_object_new ();

  json_object_set_string_member (chunk, "id", self->id);
  json_object_set_string_member (chunk, "object", "chat.completion.chunk");
  json_object_set_int_member (chunk, "created", g_get_real_time () / G_USEC_PER_SEC);
  json_object_set_string_member (chunk, "model", self->model);
  tc_wire_add_array (chunk, "choices");
  if (self->wants_usage)
    json_object_set_null_member (chunk, "usage");

  return chunk;
}

/* Takes delta. */
static void
write_chunk (TcStreamWriter *self,
             JsonObject     *delta,
             const char     *reason,
             GString        *out)
{
  g_autoptr(JsonObject) chunk = new_chunk (self);
  JsonObject *choice = tc_wire_append_object (tc_json_get_array (chunk, "choices"));

  json_object_set_int_member (choice, "index", 0);
  json_object_set_object_member (choice, "delta", delta);
  json_object_set_null_member (choice, "logprobs");
  json_object_set_null_member (choice, "finish_reason");
  tc_wire_set_text (choice, "finish_reason", reason);
  write_data (out, chunk);
}

static void
write_start (TcStreamWriter *self,
             GString        *out)
{
  JsonObject *delta = json_object_new ();

  json_object_set_string_member (delta, "role", "assistant");
  json_object_set_string_member (delta, "content", "");
  write_chunk (self, delta, NULL, out);
}

static void
write_text (TcStreamWriter *self,
            const char     *field,
            const char     *text,
            GString        *out)
{
  JsonObject *delta = json_object_new ();

  json_object_set_string_member (delta, field, text);
  write_chunk (self, delta, NULL, out);
}

static void
write_thinking (TcStreamWriter    *self,
                const TcChatEvent *event,
                GString           *out)
{
  self->thought_bytes += strlen (event->text);
  if (self->thought_bytes <= MAX_THOUGHT_BYTES)
    g_string_append (self->thought, event->text);
  write_text (self, "reasoning_content", event->text, out);
}

/* A provider takes thinking back only word for word. Clients make one text of
 * the pieces or keep the last, so that they get it whole, at the end. */
static void
hold_signature (TcStreamWriter    *self,
                const TcChatEvent *event)
{
  JsonObject *block;

  if (self->thought_bytes > MAX_THOUGHT_BYTES)
    return;
  block = tc_wire_append_object (self->thoughts);
  json_object_set_string_member (block, "type", "thinking");
  json_object_set_string_member (block, "thinking", self->thought->str);
  json_object_set_string_member (block, "signature", event->text);
  g_string_truncate (self->thought, 0);
}

static JsonObject *
new_call (JsonObject *delta,
          guint       index)
{
  JsonObject *call = tc_wire_append_object (tc_wire_add_array (delta, "tool_calls"));

  json_object_set_int_member (call, "index", index);

  return call;
}

static void
write_tool (TcStreamWriter    *self,
            const TcChatEvent *event,
            GString           *out)
{
  TcStreamCall *known = tc_stream_writer_add_call (self, event);
  JsonObject *delta;
  JsonObject *call;
  JsonObject *function;

  if (known == NULL)
    return;
  delta = json_object_new ();
  call = new_call (delta, self->tools->len - 1);
  json_object_set_string_member (call, "id", known->id);
  json_object_set_string_member (call, "type", "function");
  function = tc_wire_add_object (call, "function");
  json_object_set_string_member (function, "name", known->name);
  json_object_set_string_member (function, "arguments", "");
  write_chunk (self, delta, NULL, out);
}

static void
write_args (TcStreamWriter *self,
            guint           index,
            const char     *text,
            GString        *out)
{
  TcStreamCall *known = tc_stream_writer_get_call (self, index);
  JsonObject *delta;

  if (known == NULL)
    return;
  known->has_args = TRUE;
  delta = json_object_new ();
  json_object_set_string_member (tc_wire_add_object (new_call (delta, index), "function"),
                                 "arguments", text);
  write_chunk (self, delta, NULL, out);
}

/* A client parses the arguments; a call without any has an empty object. */
static void
write_finish (TcStreamWriter *self,
              GString        *out)
{
  const char *reason = tc_wire_finish_to_openai (self->finish);
  JsonObject *delta = json_object_new ();

  for (guint i = 0; i < self->tools->len; i++)
    {
      if (!tc_stream_writer_get_call (self, i)->has_args)
        write_args (self, i, "{}", out);
    }
  if (json_array_get_length (self->thoughts) > 0)
    json_object_set_array_member (delta, "thinking_blocks", json_array_ref (self->thoughts));
  write_chunk (self, delta, reason != NULL ? reason : "stop", out);
}

static void
write_end (TcStreamWriter *self,
           GString        *out)
{
  g_autoptr(JsonObject) chunk = NULL;

  if (self->finish == TC_FINISH_NONE)
    write_finish (self, out);
  if (self->wants_usage && self->usage.is_reported)
    {
      chunk = new_chunk (self);
      tc_wire_add_openai_usage (chunk, &self->usage);
      write_data (out, chunk);
    }
  g_string_append (out, "data: [DONE]\n\n");
}

static void
write_error (const TcChatEvent *event,
             GString           *out)
{
  g_autoptr(JsonObject) object = tc_wire_build_error (TC_PROVIDER_WIRE_OPENAI, event->error);

  write_data (out, object);
  g_string_append (out, "data: [DONE]\n\n");
}

/** tc_stream_write_openai: */
void
tc_stream_write_openai (TcStreamWriter    *self,
                        const TcChatEvent *event,
                        GString           *out)
{
  if (!self->is_started && event->kind != TC_EVENT_ERROR)
    write_start (self, out);
  switch (event->kind)
    {
    case TC_EVENT_TEXT:
      write_text (self, "content", event->text, out);
      break;
    case TC_EVENT_THINKING:
      write_thinking (self, event, out);
      break;
    case TC_EVENT_SIGNATURE:
      hold_signature (self, event);
      break;
    case TC_EVENT_TOOL_START:
      write_tool (self, event, out);
      break;
    case TC_EVENT_TOOL_ARGS:
      write_args (self, event->index, event->text, out);
      break;
    case TC_EVENT_FINISH:
      write_finish (self, out);
      break;
    case TC_EVENT_ERROR:
      write_error (event, out);
      break;
    case TC_EVENT_END:
      write_end (self, out);
      break;
    case TC_EVENT_START:
    case TC_EVENT_USAGE:
    default:
      break;
    }
}
