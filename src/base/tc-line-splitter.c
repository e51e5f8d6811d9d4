/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-line-splitter.h"

#include <string.h>

/* Invariants between two calls:
 * - kept holds the first TC_LINE_MAX_BYTES of the bytes from text_start up to
 *   offset, without a \r that is held back;
 * - held_cr: the last byte was a \r behind a line, and its kind is not known;
 * - swallow_lf: flush_progress() gave that line away already, so a \n that
 *   comes next belongs to it;
 * - line_start == text_start unless updates have been coalesced. */
struct _TcLineSplitter
{
  TcLineSplitterFlags flags;
  gint64      offset;       /* of the next byte to be pushed */
  gint64      line_start;
  gint64      text_start;
  gboolean    held_cr;
  gboolean    swallow_lf;
  GByteArray *kept;         /* (owned) */

  /* COALESCE only: the last update that had text. */
  GByteArray *last;         /* (owned) */
  gboolean    last_truncated;
  guint       updates;
};

typedef struct
{
  TcLineFunc func;
  gpointer   user_data;
} Output;

/**
 * tc_line_splitter_new:
 * @flags: whether updates are told one by one
 * @offset: the offset of the first byte that will be pushed, at a line's start
 *
 * Returns: (transfer full): a splitter
 */
TcLineSplitter *
tc_line_splitter_new (TcLineSplitterFlags flags,
                      gint64              offset)
{
  TcLineSplitter *self = g_new0 (TcLineSplitter, 1);

  self->flags = flags;
  self->kept = g_byte_array_new ();
  self->last = g_byte_array_new ();
  tc_line_splitter_reset (self, offset);

  return self;
}

/**
 * tc_line_splitter_free:
 * @self: (transfer full): a splitter
 */
void
tc_line_splitter_free (TcLineSplitter *self)
{
  g_return_if_fail (self != NULL);

  g_byte_array_unref (self->kept);
  g_byte_array_unref (self->last);
  g_free (self);
}

static void
begin_line (TcLineSplitter *self)
{
  self->line_start = self->offset;
  self->text_start = self->offset;
  self->updates = 0;
  self->last_truncated = FALSE;
  g_byte_array_set_size (self->kept, 0);
  g_byte_array_set_size (self->last, 0);
}

/**
 * tc_line_splitter_reset:
 * @self: a splitter
 * @offset: the offset of the next byte
 *
 * Forgets an unfinished line, as after a gap in the stream.
 */
void
tc_line_splitter_reset (TcLineSplitter *self,
                        gint64          offset)
{
  g_return_if_fail (self != NULL);

  self->offset = offset;
  self->held_cr = FALSE;
  self->swallow_lf = FALSE;
  begin_line (self);
}

static void
keep (TcLineSplitter *self,
      const char     *bytes,
      gsize           length)
{
  gsize room = TC_LINE_MAX_BYTES - self->kept->len;

  if (length > 0 && room > 0)
    g_byte_array_append (self->kept, (const guint8 *) bytes, (guint) MIN (length, room));
}

/* The current text is an update that something overwrites. */
static void
coalesce (TcLineSplitter *self,
          const char     *text,
          gsize           length,
          gboolean        truncated)
{
  self->updates++;
  self->last_truncated = truncated;
  g_byte_array_set_size (self->last, 0);
  g_byte_array_append (self->last, (const guint8 *) text, (guint) length);
  g_byte_array_set_size (self->kept, 0);
  self->text_start = self->offset;
}

/* Gives out the line that ends at self->offset, whose text is the given one
 * and whose last byte of text is before text_end. */
static void
emit (TcLineSplitter *self,
      const char     *text,
      gsize           length,
      gint64          text_end,
      TcLineEnd       line_end,
      const Output   *output)
{
  gint64 full_length = text_end - self->text_start;
  gboolean coalescing = (self->flags & TC_LINE_SPLITTER_COALESCE) != 0;
  TcLine line = {
    .text = text,
    .length = MIN (length, TC_LINE_MAX_BYTES),
    .start = self->line_start,
    .end = self->offset,
    .line_end = line_end,
    .truncated = full_length > TC_LINE_MAX_BYTES,
    .updates = self->updates,
  };

  if (line_end == TC_LINE_END_CR && full_length == 0)
    {
      /* \r\r: nothing to show, and in a coalesced line no update. */
      self->text_start = self->offset;
      if (!coalescing)
        self->line_start = self->offset;
      return;
    }

  if (line_end == TC_LINE_END_CR && coalescing)
    {
      coalesce (self, line.text, line.length, line.truncated);
      return;
    }

  /* "50 %\r100 %\r\n": the last update is what stays on the screen. */
  if (full_length == 0 && self->updates > 0)
    {
      line.text = (const char *) self->last->data;
      line.length = self->last->len;
      line.truncated = self->last_truncated;
      line.updates--;
    }

  output->func (&line, output->user_data);
  begin_line (self);
}

static void
emit_kept (TcLineSplitter *self,
           gint64          text_end,
           TcLineEnd       line_end,
           const Output   *output)
{
  /* An array that never held anything has no data, and text is never NULL. */
  const char *text = self->kept->len > 0 ? (const char *) self->kept->data : "";

  emit (self, text, self->kept->len, text_end, line_end, output);
}

/* Looks at the first byte of a chunk when the last one ended with \r. Returns
 * how many bytes of it that took. */
static gsize
settle_cr (TcLineSplitter *self,
           char            next,
           const Output   *output)
{
  gboolean is_lf = next == '\n';
  gint64 text_end = self->offset - 1;

  if (is_lf)
    self->offset++;

  if (self->held_cr)
    emit_kept (self, text_end, is_lf ? TC_LINE_END_CRLF : TC_LINE_END_CR, output);
  else if (is_lf)
    begin_line (self);

  self->held_cr = FALSE;
  self->swallow_lf = FALSE;

  return is_lf ? 1 : 0;
}

/* Where the next byte c of [from, end) is, or end. cached is the last answer,
 * which stays true until from has passed it: without it a chunk of nothing but
 * \r would be searched for \n once a byte. */
static inline const char *
find_next (const char *from,
           const char *end,
           const char *cached,
           char        c)
{
  if (cached >= from)
    return cached;

  cached = memchr (from, c, (gsize) (end - from));

  return cached != NULL ? cached : end;
}

/* Takes the segment [at, stop) with the line end at stop. */
static const char *
take_line (TcLineSplitter *self,
           const char     *at,
           const char     *stop,
           const char     *end,
           const Output   *output)
{
  gsize length = (gsize) (stop - at);
  TcLineEnd line_end = TC_LINE_END_LF;
  const char *next = stop + 1;
  gint64 text_end;

  if (*stop == '\r')
    {
      line_end = next < end && *next == '\n' ? TC_LINE_END_CRLF : TC_LINE_END_CR;
      if (line_end == TC_LINE_END_CRLF)
        next++;
    }

  text_end = self->offset + (stop - at);
  self->offset += next - at;

  /* A \r at the end of the chunk waits for what follows it. */
  if (line_end == TC_LINE_END_CR && next == end)
    {
      keep (self, at, length);
      self->held_cr = TRUE;
    }
  else if (self->kept->len == 0)
    {
      emit (self, at, length, text_end, line_end, output);
    }
  else
    {
      keep (self, at, length);
      emit_kept (self, text_end, line_end, output);
    }

  return next;
}

/**
 * tc_line_splitter_push:
 * @self: a splitter
 * @bytes: the next bytes of the stream
 * @length: how many
 * @func: (scope call): called for each line that is complete
 * @user_data: for @func
 *
 * The text of a line is valid during the call only.
 */
void
tc_line_splitter_push (TcLineSplitter *self,
                       const char     *bytes,
                       gsize           length,
                       TcLineFunc      func,
                       gpointer        user_data)
{
  Output output = { func, user_data };
  const char *end = bytes + length;
  const char *at = bytes;
  const char *lf = NULL;
  const char *cr = NULL;

  g_return_if_fail (self != NULL && func != NULL);

  if (length == 0)
    return;
  if (self->held_cr || self->swallow_lf)
    at += settle_cr (self, *at, &output);

  while (at < end)
    {
      const char *stop;

      lf = find_next (at, end, lf, '\n');
      cr = find_next (at, end, cr, '\r');
      stop = MIN (lf, cr);
      if (stop == end)
        {
          keep (self, at, (gsize) (end - at));
          self->offset += end - at;
          break;
        }
      at = take_line (self, at, stop, end, &output);
    }
}

/**
 * tc_line_splitter_flush_progress:
 * @self: a splitter
 * @func: (scope call): called for the line, if there is one
 * @user_data: for @func
 *
 * Gives out a line held back because its \r was the last byte so far. Does
 * nothing when updates are coalesced: there a \r never ends a line.
 */
void
tc_line_splitter_flush_progress (TcLineSplitter *self,
                                 TcLineFunc      func,
                                 gpointer        user_data)
{
  Output output = { func, user_data };

  g_return_if_fail (self != NULL && func != NULL);

  if (!self->held_cr || (self->flags & TC_LINE_SPLITTER_COALESCE) != 0)
    return;

  /* An empty text may still become the empty line of a \r\n. */
  if (self->offset - 1 == self->text_start)
    return;

  emit_kept (self, self->offset - 1, TC_LINE_END_CR, &output);
  self->held_cr = FALSE;
  self->swallow_lf = TRUE;
}

/**
 * tc_line_splitter_finish:
 * @self: a splitter
 * @func: (scope call): called for the last line, if it has no line end
 * @user_data: for @func
 *
 * The stream has ended: gives out what is left.
 */
void
tc_line_splitter_finish (TcLineSplitter *self,
                         TcLineFunc      func,
                         gpointer        user_data)
{
  Output output = { func, user_data };
  gboolean held_cr;

  g_return_if_fail (self != NULL && func != NULL);

  held_cr = self->held_cr;
  self->held_cr = FALSE;
  self->swallow_lf = FALSE;

  if (held_cr)
    emit_kept (self, self->offset - 1, TC_LINE_END_CR, &output);
  if (self->offset > self->text_start || self->updates > 0)
    emit_kept (self, self->offset, TC_LINE_END_NONE, &output);
  begin_line (self);
}

/**
 * tc_line_splitter_get_offset:
 * @self: a splitter
 *
 * Returns: the offset behind the last byte pushed
 */
gint64
tc_line_splitter_get_offset (TcLineSplitter *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->offset;
}

/**
 * tc_line_splitter_get_line_start:
 * @self: a splitter
 *
 * Returns: the offset of the first byte that no line given out covers: where
 *   another splitter can take over
 */
gint64
tc_line_splitter_get_line_start (TcLineSplitter *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->line_start;
}
