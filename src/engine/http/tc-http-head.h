/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* A strict reader of HTTP/1 heads, of requests and of answers, and of the
 * framing of their bodies. For the API it stands in front of libsoup's reader,
 * which forgives a lot: two Hosts, two lengths, bare line feeds, folded lines.
 * Whatever two readers could understand differently is refused here, so nothing
 * can be smuggled past the gate. The gateway has no other reader. Pure
 * functions over bytes; nothing is kept; any thread.
 */

#include <glib.h>

G_BEGIN_DECLS

#define TC_HTTP_HEAD_MAX_BYTES   (16 * 1024)
#define TC_HTTP_HEAD_MAX_LINE    (8 * 1024)
#define TC_HTTP_HEAD_MAX_HEADERS 64
#define TC_HTTP_BODY_MAX_BYTES   (1024 * 1024)

/* Providers say more about themselves than clients do. */
#define TC_HTTP_ANSWER_MAX_BYTES   (64 * 1024)
#define TC_HTTP_ANSWER_MAX_HEADERS 128

typedef struct
{
  char *name;  /* points into the head's copy; as sent, compare without case */
  char *value; /* likewise; without the blanks around it */
} TcHttpHeader;

typedef enum
{
  TC_HTTP_FRAMING_NONE,
  TC_HTTP_FRAMING_LENGTH,
  TC_HTTP_FRAMING_CHUNKED,
  TC_HTTP_FRAMING_CLOSE,   /* of answers: until the connection ends */
} TcHttpFraming;

typedef struct
{
  char         *text;    /* (owned) the copy everything below points into */
  const char   *method;  /* of a request */
  const char   *target;  /* of a request: always begins with '/' or is "*" */
  guint         status;  /* of an answer */
  guint         minor;   /* HTTP/1.minor */
  TcHttpHeader  headers[TC_HTTP_ANSWER_MAX_HEADERS];
  guint         n_headers;
  TcHttpFraming framing;
  gsize         length;  /* of the body, with TC_HTTP_FRAMING_LENGTH */
  gsize         max_body; /* payload bytes it may have; 0: TC_HTTP_BODY_MAX_BYTES */
} TcHttpHead;

/* How a body is going; see tc_http_body_feed(). */
typedef struct
{
  TcHttpFraming framing;
  gsize         left;    /* of the body, or of the chunk */
  gsize         max;     /* payload bytes it may have; 0: TC_HTTP_BODY_MAX_BYTES */
  gsize         total;   /* payload bytes seen so far */
  guint         state;   /* of the chunk reader */
  guint         digits;  /* of the chunk size being read */
} TcHttpBody;

gssize      tc_http_head_find_end (const char       *bytes,
                                   gsize             length);
guint       tc_http_head_parse    (TcHttpHead       *self,
                                   const char       *bytes,
                                   gsize             length,
                                   const char      **reason);
guint       tc_http_head_parse_limited (TcHttpHead *self,
                                   const char       *bytes,
                                   gsize             length,
                                   gsize             max_body,
                                   const char      **reason);
gboolean    tc_http_answer_parse  (TcHttpHead       *self,
                                   const char       *bytes,
                                   gsize             length,
                                   gsize             max_body,
                                   const char      **reason);
void        tc_http_head_clear    (TcHttpHead       *self);
guint       tc_http_head_count    (const TcHttpHead *self,
                                   const char       *name);
const char *tc_http_head_get      (const TcHttpHead *self,
                                   const char       *name);
gboolean    tc_http_head_has_word (const TcHttpHead *self,
                                   const char       *name,
                                   const char       *word);

void        tc_http_body_init     (TcHttpBody       *self,
                                   const TcHttpHead *head);
gboolean    tc_http_body_is_done  (const TcHttpBody *self);
guint       tc_http_body_feed     (TcHttpBody       *self,
                                   const char       *bytes,
                                   gsize             length,
                                   gsize            *used,
                                   const char      **reason);
guint       tc_http_body_read     (TcHttpBody       *self,
                                   const char       *bytes,
                                   gsize             length,
                                   gsize            *used,
                                   GByteArray       *payload,
                                   const char      **reason);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TcHttpHead, tc_http_head_clear)

G_END_DECLS
