/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* HTTP and WebSocket to the engine over its Unix socket. Knows no sessions:
 * JSON goes in, an answer or the engine's own sentence as a GError comes out.
 * Made by TcClient; belongs to the main context it is used in.
 */

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

/* An answer with a status below 400. */
typedef struct
{
  guint   status;
  GBytes *bytes;      /* (owned) */
  gint64  log_offset; /* X-Log-Offset; -1: not there */
  gint64  log_size;   /* X-Log-Size; -1: not there */
  char   *log_masked; /* (owned) (nullable) X-Log-Masked */
} TcReply;

JsonNode *tc_reply_parse (TcReply  *self,
                          GError  **error);
void      tc_reply_free  (TcReply  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcReply, tc_reply_free)

#define TC_TYPE_TRANSPORT (tc_transport_get_type ())
G_DECLARE_FINAL_TYPE (TcTransport, tc_transport, TC, TRANSPORT, GObject)

TcTransport *tc_transport_new           (const char           *socket_path);
void         tc_transport_send_async    (TcTransport          *self,
                                         const char           *method,
                                         const char           *target,
                                         JsonNode             *body,
                                         GCancellable         *cancellable,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
TcReply     *tc_transport_send_finish   (TcTransport          *self,
                                         GAsyncResult         *result,
                                         GError              **error);
void         tc_transport_listen_async  (TcTransport          *self,
                                         const char           *target,
                                         GCancellable         *cancellable,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
SoupWebsocketConnection *
             tc_transport_listen_finish (TcTransport          *self,
                                         GAsyncResult         *result,
                                         GError              **error);

G_END_DECLS
