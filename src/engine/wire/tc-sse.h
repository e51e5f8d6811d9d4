/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Cuts a stream of server-sent events, or of JSON lines, into its messages,
 * whatever the pieces it comes in. Holds at most one message of TC_SSE_MAX_BYTES.
 * One owner, one thread.
 */

#include <glib.h>

G_BEGIN_DECLS

#define TC_SSE_MAX_BYTES (1024 * 1024)

typedef enum
{
  TC_SSE_EVENTS, /* text/event-stream */
  TC_SSE_LINES,  /* application/x-ndjson */
} TcSseKind;

typedef struct
{
  const char *name;   /* of the event; "" if it has none */
  const char *data;   /* nul-terminated */
  gsize       length; /* of data */
} TcSseMessage;

typedef void (*TcSseFunc) (const TcSseMessage *message,
                           gpointer            user_data);

typedef struct _TcSse TcSse;

TcSse    *tc_sse_new    (TcSseKind    kind,
                         TcSseFunc    func,
                         gpointer     user_data);
gboolean  tc_sse_feed   (TcSse       *self,
                         const char  *bytes,
                         gsize        length,
                         GError     **error);
void      tc_sse_finish (TcSse       *self);
void      tc_sse_free   (TcSse       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcSse, tc_sse_free)

G_END_DECLS
