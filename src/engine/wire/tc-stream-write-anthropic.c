/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Streams in Anthropic's format, written: a block for each text, thinking and
 * tool call, one open at a time, and the reason and the usage together at the
 * end, whichever order they came in. */

#include "config.h"

#include "tc-json.h"
#include "tc-stream-private.h"

static void
write_event (GString    *out,
             JsonObject *object)
{
  g_autofree char *text = tc_json_object_to_string (object, FALSE);

  g_string_append_printf (out, "event: %s\ndata: ", tc_json_get_string (object, "type", ""));
  g_string_append (out, text);
  g_string_append (out, "\n\n");
}

static JsonObject *
new_event (const char *type)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "type", type);

  return object;
}

static void
write_start (TcStreamWriter *self,
             GString        *out)
{
  g_autoptr(JsonObject) object = new_event ("message_start");
  JsonObject *message = tc_wire_add_object (object, "message");

  json_object_set_string_member (message, "id", self->id);
  json_object_set_string_member (message, "type", "message");
  json_object_set_string_member (message, "role", "assistant");
  json_object_set_string_member (message, "model", self->model);
  tc_wire_add_array (message, "content");
  json_object_set_null_member (message, "stop_reason");
  json_object_set_null_member (message, "stop_sequence");
  tc_wire_add_anthropic_usage (message, &self->usage);
  write_event (out, object);
}

static void
close_block (TcStreamWriter *self,
             GString        *out)
{
  g_autoptr(JsonObject) object = NULL;

  if (!self->has_block)
    return;
  self->has_block = FALSE;
  object = new_event ("content_block_stop");
  json_object_set_int_member (object, "index", self->n_blocks - 1);
  write_event (out, object);
}

static JsonObject *
open_block (TcStreamWriter *self,
            TcPartKind      kind,
            GString        *out)
{
  static const char *const types[] = { "text", "", "thinking", "tool_use", "" };
  JsonObject *object;
  JsonObject *block;

  close_block (self, out);
  object = new_event ("content_block_start");
  json_object_set_int_member (object, "index", self->n_blocks++);
  block = tc_wire_add_object (object, "content_block");
  json_object_set_string_member (block, "type", types[kind]);
  self->block = kind;
  self->has_block = TRUE;

  return object;
}

static void
write_delta (guint       index,
             const char *type,
             const char *field,
             const char *text,
             GString    *out)
{
  g_autoptr(JsonObject) object = new_event ("content_block_delta");
  JsonObject *delta;

  json_object_set_int_member (object, "index", index);
  delta = tc_wire_add_object (object, "delta");
  json_object_set_string_member (delta, "type", type);
  json_object_set_string_member (delta, field, text);
  write_event (out, object);
}

static void
write_text (TcStreamWriter    *self,
            const TcChatEvent *event,
            TcPartKind         kind,
            GString           *out)
{
  gboolean is_text = kind == TC_PART_TEXT;

  if (!self->has_block || self->block != kind)
    {
      g_autoptr(JsonObject) start = open_block (self, kind, out);
      JsonObject *block = tc_json_get_object (start, "content_block");

      json_object_set_string_member (block, is_text ? "text" : "thinking", "");
      if (!is_text)
        json_object_set_string_member (block, "signature", "");
      write_event (out, start);
    }
  write_delta (self->n_blocks - 1, is_text ? "text_delta" : "thinking_delta",
               is_text ? "text" : "thinking", event->text, out);
}

static void
write_signature (TcStreamWriter    *self,
                 const TcChatEvent *event,
                 GString           *out)
{
  if (self->has_block && self->block == TC_PART_THINKING)
    write_delta (self->n_blocks - 1, "signature_delta", "signature", event->text, out);
}

static void
write_tool (TcStreamWriter    *self,
            const TcChatEvent *event,
            GString           *out)
{
  g_autoptr(JsonObject) start = open_block (self, TC_PART_TOOL_CALL, out);
  JsonObject *block = tc_json_get_object (start, "content_block");
  guint index = self->n_blocks - 1;

  json_object_set_string_member (block, "id", event->id != NULL ? event->id : "");
  json_object_set_string_member (block, "name", event->name != NULL ? event->name : "");
  tc_wire_add_object (block, "input");
  write_event (out, start);
  g_array_append_val (self->tool_blocks, index);
}

static void
write_args (TcStreamWriter    *self,
            const TcChatEvent *event,
            GString           *out)
{
  if (event->index < self->tool_blocks->len)
    write_delta (g_array_index (self->tool_blocks, guint, event->index), "input_json_delta",
                 "partial_json", event->text, out);
}

static void
write_end (TcStreamWriter *self,
           GString        *out)
{
  g_autoptr(JsonObject) object = new_event ("message_delta");
  g_autoptr(JsonObject) stop = new_event ("message_stop");
  JsonObject *delta = tc_wire_add_object (object, "delta");
  const char *reason = tc_wire_finish_to_anthropic (self->finish);

  json_object_set_string_member (delta, "stop_reason", reason != NULL ? reason : "end_turn");
  json_object_set_null_member (delta, "stop_sequence");
  tc_wire_add_anthropic_usage (object, &self->usage);
  close_block (self, out);
  write_event (out, object);
  write_event (out, stop);
}

static void
write_error (const TcChatEvent *event,
             GString           *out)
{
  g_autoptr(JsonObject) object = tc_wire_build_error (TC_PROVIDER_WIRE_ANTHROPIC, event->error);

  write_event (out, object);
}

/** tc_stream_write_anthropic: */
void
tc_stream_write_anthropic (TcStreamWriter    *self,
                           const TcChatEvent *event,
                           GString           *out)
{
  if (!self->is_started && event->kind != TC_EVENT_ERROR)
    write_start (self, out);
  switch (event->kind)
    {
    case TC_EVENT_TEXT:
      write_text (self, event, TC_PART_TEXT, out);
      break;
    case TC_EVENT_THINKING:
      write_text (self, event, TC_PART_THINKING, out);
      break;
    case TC_EVENT_SIGNATURE:
      write_signature (self, event, out);
      break;
    case TC_EVENT_TOOL_START:
      write_tool (self, event, out);
      break;
    case TC_EVENT_TOOL_ARGS:
      write_args (self, event, out);
      break;
    case TC_EVENT_ERROR:
      write_error (event, out);
      break;
    case TC_EVENT_END:
      write_end (self, out);
      break;
    case TC_EVENT_START:
    case TC_EVENT_FINISH:
    case TC_EVENT_USAGE:
    default:
      break;
    }
}
