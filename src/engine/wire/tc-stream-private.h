/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What the readers and writers of the three formats share with
 * tc-stream-reader.c and tc-stream-writer.c.
 */

#include "tc-wire-private.h"

G_BEGIN_DECLS

typedef struct
{
  gint64  key;     /* the provider's number of it */
  char   *id;      /* (owned) */
  guint   is_begun : 1; /* TC_EVENT_TOOL_START is out */
} TcStreamTool;

struct _TcStreamReader
{
  const TcProvider *provider;
  char             *secret;     /* (owned) (nullable) wiped when freed */
  TcStreamFunc      func;
  gpointer          user_data;
  struct _TcSse    *sse;        /* (owned) */

  TcUsage           usage;
  gint64            text_bytes;
  gint64            usage_at;   /* text_bytes when usage came; -1: it did not */
  GArray           *tools;      /* (owned) (element-type TcStreamTool) */
  gboolean          is_started;
  gboolean          is_finished;
  gboolean          is_refused;
  gboolean          is_broken;  /* the provider's own word for "broken off" came */
  gboolean          is_ended;
  gboolean          has_error;
  GError           *problem;    /* (owned) (nullable) */
};

/* One message of the stream; FALSE and self->problem when it is garbage. */
gboolean tc_stream_read_anthropic (TcStreamReader *self,
                                   JsonObject     *root);
gboolean tc_stream_read_openai    (TcStreamReader *self,
                                   JsonObject     *root);
gboolean tc_stream_read_ollama    (TcStreamReader *self,
                                   JsonObject     *root);

void     tc_stream_reader_start     (TcStreamReader *self,
                                     const char     *id,
                                     const char     *model);
void     tc_stream_reader_say       (TcStreamReader *self,
                                     TcChatEventKind kind,
                                     const char     *text);
gboolean tc_stream_reader_add_tool  (TcStreamReader *self,
                                     gint64          key,
                                     const char     *id);
void     tc_stream_reader_begin_tool (TcStreamReader *self,
                                     guint           index,
                                     const char     *name);
int      tc_stream_reader_find_tool (TcStreamReader *self,
                                     gint64          key);
void     tc_stream_reader_add_args  (TcStreamReader *self,
                                     guint           index,
                                     const char     *text);
void     tc_stream_reader_set_finish (TcStreamReader *self,
                                     TcFinish        finish);
void     tc_stream_reader_set_usage (TcStreamReader *self,
                                     gboolean        is_good,
                                     gboolean        is_final);
void     tc_stream_reader_end       (TcStreamReader *self);

struct _TcStreamWriter
{
  TcProviderWire  wire;
  char           *id;          /* (owned) */
  char           *model;       /* (owned) */
  gboolean        wants_usage;
  gint64          started_us;

  TcUsage         usage;
  TcFinish        finish;
  gboolean        is_started;
  gboolean        is_ended;

  /* Anthropic: the block that is open, and how many there were. */
  TcPartKind      block;
  gboolean        has_block;
  guint           n_blocks;
  GArray         *tool_blocks; /* (owned) (element-type guint) block of each tool */

  /* OpenAI: thinking and its signatures, which a client gets as a whole. */
  GString        *thought;     /* (owned) of the block that has no signature yet */
  JsonArray      *thoughts;    /* (owned) */
  gsize           thought_bytes;

  /* OpenAI: tools whose arguments have begun. Ollama: those not written yet. */
  GPtrArray      *tools;       /* (owned) (element-type TcStreamCall) */
  gsize           args_bytes;
};

typedef struct
{
  char    *id;         /* (owned) */
  char    *name;       /* (owned) */
  GString *args;       /* (owned) */
  gboolean has_args;
  gboolean is_written;
} TcStreamCall;

void     tc_stream_write_anthropic  (TcStreamWriter    *self,
                                     const TcChatEvent *event,
                                     GString           *out);
void     tc_stream_write_openai     (TcStreamWriter    *self,
                                     const TcChatEvent *event,
                                     GString           *out);
void     tc_stream_write_ollama     (TcStreamWriter    *self,
                                     const TcChatEvent *event,
                                     GString           *out);
TcStreamCall *tc_stream_writer_add_call (TcStreamWriter    *self,
                                     const TcChatEvent *event);
TcStreamCall *tc_stream_writer_get_call (TcStreamWriter    *self,
                                     guint              index);

G_END_DECLS
