/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-error.h"
#include "tc-json.h"
#include "tc-sse.h"
#include "tc-stream-private.h"

static void
emit (TcStreamReader  *self,
      TcChatEventKind  kind,
      const char      *text)
{
  TcChatEvent event = { kind };

  event.text = text;
  event.usage = self->usage;
  self->func (&event, self->user_data);
}

/** tc_stream_reader_start: The first message; what others say later is ignored. */
void
tc_stream_reader_start (TcStreamReader *self,
                        const char     *id,
                        const char     *model)
{
  TcChatEvent event = { TC_EVENT_START };

  if (self->is_started)
    return;
  self->is_started = TRUE;
  event.id = id;
  event.text = model;
  event.usage = self->usage;
  self->func (&event, self->user_data);
}

/** tc_stream_reader_say: A piece of text of some kind; none and an empty one are ignored. */
void
tc_stream_reader_say (TcStreamReader  *self,
                      TcChatEventKind  kind,
                      const char      *text)
{
  if (text == NULL || text[0] == '\0')
    return;
  if (kind != TC_EVENT_SIGNATURE)
    self->text_bytes += (gint64) strlen (text);
  emit (self, kind, text);
}

/**
 * tc_stream_reader_add_tool:
 * @key: the provider's number of the call
 * @id: (nullable): NULL or empty to make one up
 *
 * Returns: whether there is room for another
 */
gboolean
tc_stream_reader_add_tool (TcStreamReader *self,
                           gint64          key,
                           const char     *id)
{
  TcStreamTool tool = { key, NULL, FALSE };

  if (self->tools->len >= TC_WIRE_MAX_TOOL_CALLS)
    return tc_wire_fail (&self->problem, "The stream calls more than %d tools.", TC_WIRE_MAX_TOOL_CALLS);
  tool.id = id != NULL && id[0] != '\0' ? g_strdup (id) : tc_wire_new_id ("call_");
  g_array_append_val (self->tools, tool);

  return TRUE;
}

/** tc_stream_reader_begin_tool: The name is known, or will not come. */
void
tc_stream_reader_begin_tool (TcStreamReader *self,
                             guint           index,
                             const char     *name)
{
  TcStreamTool *tool = &g_array_index (self->tools, TcStreamTool, index);
  TcChatEvent event = { TC_EVENT_TOOL_START, index };

  if (tool->is_begun)
    return;
  tool->is_begun = TRUE;
  event.id = tool->id;
  event.name = name != NULL ? name : "";
  event.usage = self->usage;
  self->text_bytes += (gint64) strlen (event.name);
  self->func (&event, self->user_data);
}

/** tc_stream_reader_find_tool: Returns: our index of the last call of that number, or -1 */
int
tc_stream_reader_find_tool (TcStreamReader *self,
                            gint64          key)
{
  for (guint i = self->tools->len; i > 0; i--)
    {
      if (g_array_index (self->tools, TcStreamTool, i - 1).key == key)
        return (int) i - 1;
    }

  return -1;
}

/** tc_stream_reader_add_args: A piece of the arguments of a call. */
void
tc_stream_reader_add_args (TcStreamReader *self,
                           guint           index,
                           const char     *text)
{
  TcChatEvent event = { TC_EVENT_TOOL_ARGS, index, text };

  if (text == NULL || text[0] == '\0')
    return;
  tc_stream_reader_begin_tool (self, index, NULL);
  event.usage = self->usage;
  self->text_bytes += (gint64) strlen (text);
  self->func (&event, self->user_data);
}

/** tc_stream_reader_set_finish: Why the answer ended; said once. */
void
tc_stream_reader_set_finish (TcStreamReader *self,
                             TcFinish        finish)
{
  TcChatEvent event = { TC_EVENT_FINISH };

  if (finish == TC_FINISH_NONE)
    self->is_broken = TRUE;
  if (finish == TC_FINISH_NONE || self->is_finished)
    return;
  self->is_finished = TRUE;
  /* Counts that came a message earlier are whole if nothing was said since. */
  if (self->usage_at == self->text_bytes)
    self->usage.is_reported = TRUE;
  event.finish = finish == TC_FINISH_STOP && self->tools->len > 0 ? TC_FINISH_TOOL_CALLS : finish;
  event.usage = self->usage;
  self->func (&event, self->user_data);
}

/**
 * tc_stream_reader_set_usage:
 * @is_good: whether self->usage was changed; FALSE: what came was nonsense
 * @is_final: nothing will be said after this
 */
void
tc_stream_reader_set_usage (TcStreamReader *self,
                            gboolean        is_good,
                            gboolean        is_final)
{
  self->usage.is_reported = is_good && is_final;
  if (!is_good)
    return;
  self->usage_at = self->text_bytes;
  emit (self, TC_EVENT_USAGE, NULL);
}

static void
emit_error (TcStreamReader    *self,
            const TcChatError *error)
{
  TcChatEvent event = { TC_EVENT_ERROR };

  if (self->has_error || self->is_ended)
    return;
  self->has_error = TRUE;
  event.error = error;
  event.usage = self->usage;
  self->func (&event, self->user_data);
}

static void
emit_cut_off (TcStreamReader *self)
{
  g_autofree char *message = g_strdup_printf ("The answer of %s broke off.", self->provider->title);
  g_autoptr(TcChatError) error = tc_chat_error_new (TC_CHAT_ERROR_CUT_OFF, 200, message);

  emit_error (self, error);
}

/** tc_stream_reader_end: The terminator came. */
void
tc_stream_reader_end (TcStreamReader *self)
{
  if (self->is_broken && !self->is_finished)
    emit_cut_off (self);
  if (self->is_ended || self->has_error)
    return;
  tc_stream_reader_set_finish (self, TC_FINISH_STOP);
  self->is_ended = TRUE;
  emit (self, TC_EVENT_END, NULL);
}

static gboolean
read_object (TcStreamReader *self,
             JsonObject     *root)
{
  g_autoptr(TcChatError) error = NULL;

  if (tc_json_has (root, "error"))
    {
      error = tc_wire_read_error_object (self->provider, 200, root, self->secret);
      emit_error (self, error);
      return TRUE;
    }
  switch (self->provider->wire)
    {
    case TC_PROVIDER_WIRE_OPENAI:
      return tc_stream_read_openai (self, root);
    case TC_PROVIDER_WIRE_OLLAMA:
      return tc_stream_read_ollama (self, root);
    case TC_PROVIDER_WIRE_ANTHROPIC:
    default:
      return tc_stream_read_anthropic (self, root);
    }
}

/* A provider may cut a character in two; others would show a mark for it. */
static JsonObject *
parse (TcStreamReader     *self,
       const TcSseMessage *message)
{
  g_autofree char *repaired = NULL;

  if (g_utf8_validate_len (message->data, message->length, NULL))
    return tc_json_parse_object (message->data, (gssize) message->length, TC_JSON_ALLOW_NON_FINITE,
                                 &self->problem);
  repaired = g_utf8_make_valid (message->data, (gssize) message->length);

  return tc_json_parse_object (repaired, -1, TC_JSON_ALLOW_NON_FINITE, &self->problem);
}

static gboolean
is_blank (const TcSseMessage *message)
{
  return message->data[strspn (message->data, " \t\r\n")] == '\0';
}

static void
on_message (const TcSseMessage *message,
            gpointer            user_data)
{
  TcStreamReader *self = user_data;
  g_autoptr(JsonObject) root = NULL;

  if (self->problem != NULL || self->is_ended || self->has_error || is_blank (message))
    return;
  if (self->provider->wire == TC_PROVIDER_WIRE_OPENAI && g_str_has_prefix (message->data, "[DONE]"))
    {
      tc_stream_reader_end (self);
      return;
    }
  root = parse (self, message);
  if (root != NULL)
    read_object (self, root);
}

static void
clear_tool (gpointer data)
{
  g_clear_pointer (&((TcStreamTool *) data)->id, g_free);
}

/**
 * tc_stream_reader_new:
 * @provider: whose stream it is
 * @secret: (nullable): the key that was sent, to keep it out of errors; copied,
 *   and wiped when the reader is freed
 * @func: called for each event; must not free the reader
 *
 * Returns: (transfer full): a reader at the start of a stream
 */
TcStreamReader *
tc_stream_reader_new (const TcProvider *provider,
                      const char       *secret,
                      TcStreamFunc      func,
                      gpointer          user_data)
{
  TcStreamReader *self = g_new0 (TcStreamReader, 1);
  TcSseKind kind = provider->wire == TC_PROVIDER_WIRE_OLLAMA ? TC_SSE_LINES : TC_SSE_EVENTS;

  self->provider = provider;
  self->secret = g_strdup (secret);
  self->func = func;
  self->user_data = user_data;
  self->usage = TC_USAGE_NONE;
  self->usage_at = -1;
  self->sse = tc_sse_new (kind, on_message, self);
  self->tools = g_array_new (FALSE, FALSE, sizeof (TcStreamTool));
  g_array_set_clear_func (self->tools, clear_tool);

  return self;
}

/** tc_stream_reader_free: */
void
tc_stream_reader_free (TcStreamReader *self)
{
  if (self->secret != NULL)
    explicit_bzero (self->secret, strlen (self->secret));
  g_free (self->secret);
  tc_sse_free (self->sse);
  g_array_unref (self->tools);
  g_clear_error (&self->problem);
  g_free (self);
}

/**
 * tc_stream_reader_feed:
 * @bytes: the next of the body
 * @error: TC_ERROR_INVALID: it is no stream of this format. No event tells of
 *   it, and nothing more may be fed
 *
 * Returns: whether the stream is in order so far; an error that the provider
 *   reports in it is an event
 */
gboolean
tc_stream_reader_feed (TcStreamReader  *self,
                       const char      *bytes,
                       gsize            length,
                       GError         **error)
{
  if (self->problem == NULL)
    tc_sse_feed (self->sse, bytes, length, &self->problem);
  if (self->problem == NULL)
    return TRUE;
  self->has_error = TRUE;
  g_propagate_error (error, g_error_copy (self->problem));

  return FALSE;
}

/**
 * tc_stream_reader_finish:
 *
 * The body is over. What was held back comes out; if the answer is not whole
 * and no error was reported yet, an event TC_EVENT_ERROR of the kind
 * TC_CHAT_ERROR_CUT_OFF tells.
 */
void
tc_stream_reader_finish (TcStreamReader *self)
{
  if (self->problem != NULL)
    return;
  tc_sse_finish (self->sse);
  /* A last message that was cut in the middle is no message. */
  g_clear_error (&self->problem);
  if (self->is_finished)
    tc_stream_reader_end (self);
  if (!self->is_ended)
    emit_cut_off (self);
}

/** tc_stream_reader_get_usage: Returns: (transfer none): what was reported so far */
const TcUsage *
tc_stream_reader_get_usage (TcStreamReader *self)
{
  return &self->usage;
}

/** tc_stream_reader_get_text_bytes: Returns: bytes of text, thinking and tool calls so far */
gint64
tc_stream_reader_get_text_bytes (TcStreamReader *self)
{
  return self->text_bytes;
}

/** tc_stream_reader_is_complete: Returns: whether the answer came to its own end */
gboolean
tc_stream_reader_is_complete (TcStreamReader *self)
{
  return self->is_ended && !self->has_error;
}
