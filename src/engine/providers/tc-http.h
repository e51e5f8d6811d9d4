/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Small requests to servers that are not trusted: no redirects, no content
 * decoding, a cap on bytes and on time, broken TLS is the end. What goes into a
 * request is never logged. One main context.
 */

#include <gio/gio.h>

G_BEGIN_DECLS

#define TC_TYPE_HTTP (tc_http_get_type ())
G_DECLARE_FINAL_TYPE (TcHttp, tc_http, TC, HTTP, GObject)

typedef struct
{
  guint  status;
  char  *body;   /* (owned) length bytes and a nul */
  gsize  length;
} TcHttpAnswer;

TcHttp       *tc_http_new           (guint                 timeout_ms,
                                     gsize                 max_bytes);
void          tc_http_get_async     (TcHttp               *self,
                                     const char           *url,
                                     const char *const    *headers,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
TcHttpAnswer *tc_http_get_finish    (TcHttp               *self,
                                     GAsyncResult         *result,
                                     GError              **error);
void          tc_http_answer_free   (TcHttpAnswer         *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcHttpAnswer, tc_http_answer_free)

G_END_DECLS
