/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-stream-private.h"

static void
free_call (gpointer data)
{
  TcStreamCall *call = data;

  g_free (call->id);
  g_free (call->name);
  g_string_free (call->args, TRUE);
  g_free (call);
}

/** tc_stream_writer_add_call: Returns: (transfer none) (nullable): a new call; NULL: too many */
TcStreamCall *
tc_stream_writer_add_call (TcStreamWriter    *self,
                           const TcChatEvent *event)
{
  TcStreamCall *call;

  if (self->tools->len >= TC_WIRE_MAX_TOOL_CALLS)
    return NULL;
  call = g_new0 (TcStreamCall, 1);
  call->id = event->id != NULL ? g_strdup (event->id) : tc_wire_new_id ("call_");
  call->name = g_strdup (event->name != NULL ? event->name : "");
  call->args = g_string_new (NULL);
  g_ptr_array_add (self->tools, call);

  return call;
}

/** tc_stream_writer_get_call: Returns: (transfer none) (nullable): the call of that index */
TcStreamCall *
tc_stream_writer_get_call (TcStreamWriter *self,
                           guint           index)
{
  return index < self->tools->len ? g_ptr_array_index (self->tools, index) : NULL;
}

/**
 * tc_stream_writer_new:
 * @wire: of the client
 * @model: what the client asked for; used until the provider says its name
 * @wants_usage: whether an OpenAI client asked for the usage; the other formats
 *   always have it
 *
 * Returns: (transfer full): a writer at the start of an answer
 */
TcStreamWriter *
tc_stream_writer_new (TcProviderWire  wire,
                      const char     *model,
                      gboolean        wants_usage)
{
  TcStreamWriter *self = g_new0 (TcStreamWriter, 1);

  self->wire = wire;
  self->model = g_strdup (model != NULL ? model : "");
  self->wants_usage = wants_usage;
  self->started_us = g_get_monotonic_time ();
  self->usage = TC_USAGE_NONE;
  self->tools = g_ptr_array_new_with_free_func (free_call);
  self->tool_blocks = g_array_new (FALSE, FALSE, sizeof (guint));
  self->thought = g_string_new (NULL);
  self->thoughts = json_array_new ();

  return self;
}

/** tc_stream_writer_free: */
void
tc_stream_writer_free (TcStreamWriter *self)
{
  g_free (self->id);
  g_free (self->model);
  g_ptr_array_unref (self->tools);
  g_array_unref (self->tool_blocks);
  g_string_free (self->thought, TRUE);
  json_array_unref (self->thoughts);
  g_free (self);
}

/* What a message is called, before anything else is written. */
static void
take_names (TcStreamWriter    *self,
            const TcChatEvent *event)
{
  const char *prefix = self->wire == TC_PROVIDER_WIRE_ANTHROPIC ? "msg_" : "chatcmpl-";

  if (self->is_started)
    return;
  if (event->kind == TC_EVENT_START && event->text != NULL)
    g_set_str (&self->model, event->text);
  if (event->kind == TC_EVENT_START && event->id != NULL && g_str_has_prefix (event->id, prefix))
    g_set_str (&self->id, event->id);
  if (self->id == NULL)
    self->id = tc_wire_new_id (prefix);
}

/**
 * tc_stream_writer_write:
 * @event: the next, from a reader of any format
 * @out: where to append
 *
 * After TC_EVENT_END or TC_EVENT_ERROR the answer is over: whatever comes then
 * is ignored.
 */
void
tc_stream_writer_write (TcStreamWriter    *self,
                        const TcChatEvent *event,
                        GString           *out)
{
  if (self->is_ended)
    return;
  if (event->kind == TC_EVENT_START || event->kind == TC_EVENT_USAGE)
    self->usage = event->usage;
  if (event->kind == TC_EVENT_FINISH)
    self->finish = event->finish;
  take_names (self, event);
  switch (self->wire)
    {
    case TC_PROVIDER_WIRE_OPENAI:
      tc_stream_write_openai (self, event, out);
      break;
    case TC_PROVIDER_WIRE_OLLAMA:
      tc_stream_write_ollama (self, event, out);
      break;
    case TC_PROVIDER_WIRE_ANTHROPIC:
    default:
      tc_stream_write_anthropic (self, event, out);
      break;
    }
  self->is_started = TRUE;
  self->is_ended |= event->kind == TC_EVENT_END || event->kind == TC_EVENT_ERROR;
}

/** tc_stream_writer_get_content_type: Returns: (transfer none): for the answer's header */
const char *
tc_stream_writer_get_content_type (TcStreamWriter *self)
{
  return self->wire == TC_PROVIDER_WIRE_OLLAMA ? "application/x-ndjson" : "text/event-stream; charset=utf-8";
}
