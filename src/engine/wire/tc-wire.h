/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The wire formats: Anthropic's messages, OpenAI's chat completions, Ollama's
 * native chat. Each is read and written both ways, for a request, an answer, an
 * error and a stream, so that a client of any of them can be served by a
 * provider of any other. Pure functions over bytes; what comes in is not
 * trusted. Any thread.
 */

#include "tc-chat-event.h"
#include "tc-provider.h"

G_BEGIN_DECLS

/* What is to be known of a request that is passed on as it is. */
typedef struct
{
  char     *model;      /* (owned) */
  gboolean  is_stream;
  gint64    max_tokens; /* 0: not said */
  gint64    n_choices;  /* "n"; at least 1 */
} TcWireSummary;

/* POST path at the provider's base URL, "/v1/messages" … */
const char    *tc_wire_get_path       (const TcProvider    *provider);

/* Requests */
gboolean       tc_wire_summarize      (TcProviderWire       wire,
                                       JsonObject          *body,
                                       TcWireSummary       *summary,
                                       GError             **error);
void           tc_wire_summary_clear  (TcWireSummary       *self);
void           tc_wire_prepare        (const TcProvider    *provider,
                                       JsonObject          *body,
                                       gint64               max_tokens);
TcChatRequest *tc_wire_read_request   (TcProviderWire       wire,
                                       JsonObject          *body,
                                       GError             **error);
char          *tc_wire_write_request  (const TcProvider    *provider,
                                       const TcChatRequest *request,
                                       GError             **error);

/* Answers */
TcChatReply   *tc_wire_read_reply     (const TcProvider    *provider,
                                       const char          *body,
                                       gsize                length,
                                       GError             **error);
char          *tc_wire_write_reply    (TcProviderWire       wire,
                                       const TcChatReply   *reply);

/* Errors. header_value: what the answer's header of that name says. */
TcChatError   *tc_wire_read_error     (const TcProvider    *provider,
                                       guint                status,
                                       const char          *body,
                                       gsize                length,
                                       const char          *secret);
void           tc_wire_read_retry     (TcChatError         *error,
                                       const char          *retry_after_ms,
                                       const char          *retry_after,
                                       const char          *x_should_retry,
                                       gint64               now_us);
char          *tc_wire_write_error    (TcProviderWire       wire,
                                       const TcChatError   *error);

/* Streams. The reader is fed bytes as they come, in any pieces, and calls back
 * for each event; the writer turns events into bytes for a client. */
typedef struct _TcStreamReader TcStreamReader;
typedef struct _TcStreamWriter TcStreamWriter;

typedef void (*TcStreamFunc) (const TcChatEvent *event,
                              gpointer           user_data);

TcStreamReader *tc_stream_reader_new      (const TcProvider  *provider,
                                           const char        *secret,
                                           TcStreamFunc       func,
                                           gpointer           user_data);
gboolean        tc_stream_reader_feed     (TcStreamReader    *self,
                                           const char        *bytes,
                                           gsize              length,
                                           GError           **error);
void            tc_stream_reader_finish   (TcStreamReader    *self);
const TcUsage  *tc_stream_reader_get_usage (TcStreamReader   *self);
gint64          tc_stream_reader_get_text_bytes (TcStreamReader *self);
gboolean        tc_stream_reader_is_complete (TcStreamReader *self);
void            tc_stream_reader_free     (TcStreamReader    *self);

TcStreamWriter *tc_stream_writer_new      (TcProviderWire     wire,
                                           const char        *model,
                                           gboolean           wants_usage);
void            tc_stream_writer_write    (TcStreamWriter    *self,
                                           const TcChatEvent *event,
                                           GString           *out);
const char     *tc_stream_writer_get_content_type (TcStreamWriter *self);
void            tc_stream_writer_free     (TcStreamWriter    *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TcWireSummary, tc_wire_summary_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcStreamReader, tc_stream_reader_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcStreamWriter, tc_stream_writer_free)

G_END_DECLS
