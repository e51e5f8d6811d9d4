/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The framing of a body: where it ends, counted while it passes. Chunks are
 * read strictly (hexadecimal size, CR LF, no extensions, no trailers). */

#include "config.h"

#include "tc-http-head.h"

enum
{
  CHUNK_SIZE,
  CHUNK_SIZE_LF,
  CHUNK_DATA,
  CHUNK_DATA_CR,
  CHUNK_DATA_LF,
  CHUNK_LAST_SIZE_LF,
  CHUNK_LAST_CR,
  CHUNK_LAST_LF,
  CHUNK_DONE,
};

/**
 * tc_http_body_init:
 * @self: (out caller-allocates): the reader
 * @head: the head of the request whose body follows
 */
void
tc_http_body_init (TcHttpBody       *self,
                   const TcHttpHead *head)
{
  *self = (TcHttpBody) { .framing = head->framing, .max = head->max_body };
  if (head->framing == TC_HTTP_FRAMING_LENGTH)
    self->left = head->length;
}

/**
 * tc_http_body_is_done:
 *
 * Returns: whether the body has been fed to its end
 */
gboolean
tc_http_body_is_done (const TcHttpBody *self)
{
  if (self->framing == TC_HTTP_FRAMING_CHUNKED)
    return self->state == CHUNK_DONE;
  return self->framing != TC_HTTP_FRAMING_CLOSE && self->left == 0;
}

static gboolean
expect (TcHttpBody *self,
        char        c,
        char        wanted,
        guint       next)
{
  self->state = next;
  return c == wanted;
}

/* One digit of a chunk's size, or the CR behind it. Six digits hold every size
 * that the cap lets through, so nothing can overflow. */
static gboolean
feed_size (TcHttpBody *self,
           char        c)
{
  int digit = g_ascii_xdigit_value (c);

  if (digit >= 0 && self->digits < 6)
    {
      self->left = self->left * 16 + (gsize) digit;
      self->digits++;
      return TRUE;
    }
  if (c != '\r' || self->digits == 0)
    return FALSE;

  self->digits = 0;
  self->state = self->left == 0 ? CHUNK_LAST_SIZE_LF : CHUNK_SIZE_LF;
  return TRUE;
}

static gboolean
feed_framing (TcHttpBody *self,
              char        c)
{
  switch (self->state)
    {
    case CHUNK_SIZE:
      return feed_size (self, c);
    case CHUNK_SIZE_LF:
      return expect (self, c, '\n', CHUNK_DATA);
    case CHUNK_DATA_CR:
      return expect (self, c, '\r', CHUNK_DATA_LF);
    case CHUNK_DATA_LF:
      return expect (self, c, '\n', CHUNK_SIZE);
    case CHUNK_LAST_SIZE_LF:
      return expect (self, c, '\n', CHUNK_LAST_CR);
    case CHUNK_LAST_CR:
      return expect (self, c, '\r', CHUNK_LAST_LF);
    case CHUNK_LAST_LF:
      return expect (self, c, '\n', CHUNK_DONE);
    default:
      return FALSE;
    }
}

/* Takes what is payload from the front of @bytes. */
static gsize
take_payload (TcHttpBody *self,
              const char *bytes,
              gsize       length,
              GByteArray *payload)
{
  gsize n = self->framing == TC_HTTP_FRAMING_CLOSE ? length : MIN (length, self->left);

  self->total += n;
  if (self->framing != TC_HTTP_FRAMING_CLOSE)
    self->left -= n;
  if (payload != NULL)
    g_byte_array_append (payload, (const guint8 *) bytes, (guint) n);
  if (self->left == 0 && self->framing == TC_HTTP_FRAMING_CHUNKED)
    self->state = CHUNK_DATA_CR;
  return n;
}

/**
 * tc_http_body_read:
 * @self: the reader
 * @bytes: what has arrived
 * @length: its length
 * @used: (out): how many of them belong to this body and are in order
 * @payload: (nullable): where its payload is appended, without the framing
 * @reason: (out): a sentence for the client, static, when refused
 *
 * Returns: 0, or the HTTP status of the refusal
 */
guint
tc_http_body_read (TcHttpBody  *self,
                   const char  *bytes,
                   gsize        length,
                   gsize       *used,
                   GByteArray  *payload,
                   const char **reason)
{
  gsize max = self->max != 0 ? self->max : TC_HTTP_BODY_MAX_BYTES;
  gsize i = 0;
  guint status = 0;

  while (i < length && status == 0 && !tc_http_body_is_done (self))
    {
      if (self->framing != TC_HTTP_FRAMING_CHUNKED || self->state == CHUNK_DATA)
        i += take_payload (self, bytes + i, length - i, payload);
      else if (feed_framing (self, bytes[i]))
        i++;
      else
        {
          *reason = "The chunks of the body are not well formed.";
          status = 400;
        }

      if (status == 0 && self->total + self->left > max)
        {
          *reason = "The body is larger than is accepted here.";
          status = 413;
        }
    }

  *used = i;
  return status;
}

/**
 * tc_http_body_feed:
 *
 * As tc_http_body_read(), for those who pass the bytes on with their framing.
 *
 * Returns: 0, or the HTTP status of the refusal
 */
guint
tc_http_body_feed (TcHttpBody  *self,
                   const char  *bytes,
                   gsize        length,
                   gsize       *used,
                   const char **reason)
{
  return tc_http_body_read (self, bytes, length, used, NULL, reason);
}
