/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-error.h"
#include "tc-sse.h"

/* A line ends with LF, CR or CRLF. A CR ends it at once; a LF that follows
 * belongs to it, also when it comes with the next piece. */
struct _TcSse
{
  TcSseKind  kind;
  TcSseFunc  func;
  gpointer   user_data;

  GString   *line;        /* (owned) what has come of it */
  GString   *name;        /* (owned) */
  GString   *data;        /* (owned) */
  gboolean   has_data;
  gboolean   is_after_cr;
  gboolean   is_begun;    /* the byte order mark, if any, is behind us */
};

/**
 * tc_sse_new:
 * @func: called for each message that has data
 *
 * Returns: (transfer full): a splitter at the start of a stream
 */
TcSse *
tc_sse_new (TcSseKind kind,
            TcSseFunc func,
            gpointer  user_data)
{
  TcSse *self = g_new0 (TcSse, 1);

  self->kind = kind;
  self->func = func;
  self->user_data = user_data;
  self->line = g_string_new (NULL);
  self->name = g_string_new (NULL);
  self->data = g_string_new (NULL);

  return self;
}

/** tc_sse_free: */
void
tc_sse_free (TcSse *self)
{
  g_string_free (self->line, TRUE);
  g_string_free (self->name, TRUE);
  g_string_free (self->data, TRUE);
  g_free (self);
}

static void
emit (TcSse *self)
{
  TcSseMessage message = { self->name->str, self->data->str, self->data->len };

  if (self->has_data)
    self->func (&message, self->user_data);
  g_string_truncate (self->name, 0);
  g_string_truncate (self->data, 0);
  self->has_data = FALSE;
}

/* The field of a line, and its value without the one space it may begin with. */
static void
take_field (TcSse      *self,
            const char *line,
            gsize       length)
{
  const char *end = line + length;
  const char *colon = memchr (line, ':', length);
  gsize name_length = colon != NULL ? (gsize) (colon - line) : length;
  const char *value = colon != NULL ? colon + 1 : end;

  if (value < end && *value == ' ')
    value++;
  if (name_length == 4 && memcmp (line, "data", 4) == 0)
    {
      if (self->has_data)
        g_string_append_c (self->data, '\n');
      g_string_append_len (self->data, value, end - value);
      self->has_data = TRUE;
    }
  else if (name_length == 5 && memcmp (line, "event", 5) == 0)
    {
      g_string_truncate (self->name, 0);
      g_string_append_len (self->name, value, end - value);
    }
}

static void
end_line (TcSse *self)
{
  const char *line = self->line->str;
  gsize length = self->line->len;

  if (!self->is_begun && g_str_has_prefix (line, "\xef\xbb\xbf"))
    {
      line += 3;
      length -= 3;
    }
  self->is_begun = TRUE;
  if (self->kind == TC_SSE_LINES)
    {
      g_string_append_len (self->data, line, length);
      self->has_data = length > 0;
      emit (self);
    }
  else if (length > 0)
    take_field (self, line, length);
  else
    emit (self);
  g_string_truncate (self->line, 0);
}

static gboolean
take_text (TcSse       *self,
           const char  *bytes,
           gsize        length,
           GError     **error)
{
  if (self->line->len + self->data->len + length > TC_SSE_MAX_BYTES)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_INVALID,
                   "A message of the stream is longer than %d bytes.", TC_SSE_MAX_BYTES);
      return FALSE;
    }
  g_string_append_len (self->line, bytes, length);

  return TRUE;
}

/**
 * tc_sse_feed:
 * @error: TC_ERROR_INVALID if a message is too long; nothing more may be fed
 *
 * Returns: whether the stream is in order so far
 */
gboolean
tc_sse_feed (TcSse       *self,
             const char  *bytes,
             gsize        length,
             GError     **error)
{
  const char *at = bytes;
  const char *end = bytes + length;

  while (at < end)
    {
      const char *text = at;

      if (self->is_after_cr && *at == '\n')
        text = ++at;
      self->is_after_cr = FALSE;
      while (at < end && *at != '\n' && *at != '\r')
        at++;
      if (!take_text (self, text, at - text, error))
        return FALSE;
      if (at == end)
        break;
      self->is_after_cr = *at++ == '\r';
      end_line (self);
    }

  return TRUE;
}

/** tc_sse_finish: The stream is over; what has no end gets one. */
void
tc_sse_finish (TcSse *self)
{
  if (self->line->len > 0)
    end_line (self);
  emit (self);
}
