/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-text.h"

#include <string.h>

/* A string sequence (a title, a clipboard, an image) longer than this was
 * probably never meant as one; better show the rest than swallow a log. */
#define MAX_STRING_LENGTH 4096
#define MAX_CSI_LENGTH    256

typedef enum
{
  STATE_TEXT,
  STATE_ESCAPE,        /* behind ESC */
  STATE_INTERMEDIATE,  /* behind ESC and a byte of 0x20-0x2f */
  STATE_CSI,           /* behind ESC [ */
  STATE_STRING,        /* behind ESC ] P X ^ or _ */
  STATE_STRING_ESCAPE, /* behind an ESC in a string: is it its end? */
} State;

struct _TcTextSanitizer
{
  TcTextFlags flags;
  State       state;
  guint       sequence_length;
  gboolean    after_cr;

  /* The UTF-8 character being read. */
  guint       needed;      /* bytes still to come */
  gunichar    partial;
  guchar      lower;       /* bounds of the next byte */
  guchar      upper;
};

/**
 * tc_text_sanitizer_new:
 * @flags: how to treat line ends
 *
 * Returns: (transfer full): a sanitiser at the start of a text
 */
TcTextSanitizer *
tc_text_sanitizer_new (TcTextFlags flags)
{
  TcTextSanitizer *self = g_new0 (TcTextSanitizer, 1);

  self->flags = flags;

  return self;
}

/**
 * tc_text_sanitizer_free:
 * @self: (transfer full): a sanitiser
 */
void
tc_text_sanitizer_free (TcTextSanitizer *self)
{
  g_free (self);
}

static gboolean
is_bidi_control (gunichar c)
{
  return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
         c == 0x200e || c == 0x200f || c == 0x061c;
}

static void
put_line_end (TcTextSanitizer *self,
              gunichar         c,
              GString         *out)
{
  /* \r\n is one line end. */
  if (c == '\n' && self->after_cr)
    {
      self->after_cr = FALSE;
      return;
    }

  self->after_cr = c == '\r';
  g_string_append_c (out, (self->flags & TC_TEXT_SINGLE_LINE) != 0 ? ' ' : '\n');
}

static void
put_text (TcTextSanitizer *self,
          gunichar         c,
          GString         *out)
{
  if (c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029)
    {
      put_line_end (self, c, out);
      return;
    }

  self->after_cr = FALSE;
  if (c == '\t')
    g_string_append_c (out, (self->flags & TC_TEXT_SINGLE_LINE) != 0 ? ' ' : '\t');
  else if (c == 0)
    g_string_append (out, "\357\277\275");
  else if (c < 0x20 || (c >= 0x7f && c < 0xa0))
    return;
  else if (is_bidi_control (c))
    g_string_append_printf (out, "[U+%04X]", c);
  else
    g_string_append_unichar (out, c);
}

static State
begin_sequence (TcTextSanitizer *self,
                State            state)
{
  self->sequence_length = 0;

  return state;
}

/* Each step_ function takes a character in one state and returns whether it
 * used it up; if not, the new state gets it. */
static gboolean
step_text (TcTextSanitizer *self,
           gunichar         c,
           GString         *out)
{
  if (c == 0x1b)
    self->state = begin_sequence (self, STATE_ESCAPE);
  else if (c == 0x9b)
    self->state = begin_sequence (self, STATE_CSI);
  else if (c == 0x90 || c == 0x98 || (c >= 0x9d && c <= 0x9f))
    self->state = begin_sequence (self, STATE_STRING);
  else
    put_text (self, c, out);

  return TRUE;
}

static gboolean
step_escape (TcTextSanitizer *self,
             gunichar         c)
{
  if (c == 0x1b)
    return TRUE;

  if (c == '[')
    self->state = begin_sequence (self, STATE_CSI);
  else if (c == ']' || c == 'P' || c == 'X' || c == '^' || c == '_')
    self->state = begin_sequence (self, STATE_STRING);
  else if (c >= 0x20 && c <= 0x2f)
    self->state = begin_sequence (self, STATE_INTERMEDIATE);
  else
    self->state = STATE_TEXT;

  /* ESC and one character is a whole sequence, unless that character is a
   * control or no ASCII: then the ESC stood alone. */
  return c >= 0x20 && c < 0x7f;
}

static gboolean
step_csi (TcTextSanitizer *self,
          gunichar         c,
          gunichar         first_final)
{
  if (c >= 0x20 && c < first_final && self->sequence_length < MAX_CSI_LENGTH)
    {
      self->sequence_length++;
      return TRUE;
    }

  self->state = STATE_TEXT;

  return c >= first_final && c < 0x7f;
}

static gboolean
step_string (TcTextSanitizer *self,
             gunichar         c)
{
  if (c == 0x1b)
    {
      self->state = STATE_STRING_ESCAPE;
      return TRUE;
    }

  /* A line end is never part of a string: a script that died in the middle of
   * one must not take the rest of the log with it. */
  if (c == '\n' || c == '\r' || self->sequence_length++ >= MAX_STRING_LENGTH)
    {
      self->state = STATE_TEXT;
      return FALSE;
    }

  if (c == 0x07 || c == 0x9c || c == 0x18 || c == 0x1a)
    self->state = STATE_TEXT;

  return TRUE;
}

static gboolean
step_string_escape (TcTextSanitizer *self,
                    gunichar         c)
{
  self->state = c == '\\' ? STATE_TEXT : STATE_ESCAPE;

  return c == '\\';
}

static gboolean
step (TcTextSanitizer *self,
      gunichar         c,
      GString         *out)
{
  switch (self->state)
    {
    case STATE_ESCAPE:
      return step_escape (self, c);
    case STATE_INTERMEDIATE:
      return step_csi (self, c, 0x30);
    case STATE_CSI:
      return step_csi (self, c, 0x40);
    case STATE_STRING:
      return step_string (self, c);
    case STATE_STRING_ESCAPE:
      return step_string_escape (self, c);
    case STATE_TEXT:
    default:
      return step_text (self, c, out);
    }
}

static void
feed (TcTextSanitizer *self,
      gunichar         c,
      GString         *out)
{
  /* Every state that does not use a character up leads towards STATE_TEXT,
   * which uses all. */
  while (!step (self, c, out))
    ;
}

static void
begin_character (TcTextSanitizer *self,
                 guchar           byte,
                 GString         *out)
{
  self->lower = 0x80;
  self->upper = 0xbf;

  if (byte < 0x80)
    {
      feed (self, byte, out);
    }
  else if (byte >= 0xc2 && byte <= 0xdf)
    {
      self->needed = 1;
      self->partial = byte & 0x1f;
    }
  else if (byte >= 0xe0 && byte <= 0xef)
    {
      self->needed = 2;
      self->partial = byte & 0x0f;
      self->lower = byte == 0xe0 ? 0xa0 : 0x80;
      self->upper = byte == 0xed ? 0x9f : 0xbf;
    }
  else if (byte >= 0xf0 && byte <= 0xf4)
    {
      self->needed = 3;
      self->partial = byte & 0x07;
      self->lower = byte == 0xf0 ? 0x90 : 0x80;
      self->upper = byte == 0xf4 ? 0x8f : 0xbf;
    }
  else
    {
      feed (self, 0xfffd, out);
    }
}

static void
feed_byte (TcTextSanitizer *self,
           guchar           byte,
           GString         *out)
{
  if (self->needed == 0)
    {
      begin_character (self, byte, out);
      return;
    }

  if (byte < self->lower || byte > self->upper)
    {
      self->needed = 0;
      feed (self, 0xfffd, out);
      begin_character (self, byte, out);
      return;
    }

  self->lower = 0x80;
  self->upper = 0xbf;
  self->partial = self->partial << 6 | (byte & 0x3f);
  if (--self->needed == 0)
    feed (self, self->partial, out);
}

/* Most of any log is plain ASCII: copies a run of it at once. */
static gsize
copy_plain (TcTextSanitizer *self,
            const char      *bytes,
            gsize            length,
            GString         *out)
{
  gsize n = 0;

  if (self->state != STATE_TEXT || self->needed != 0)
    return 0;

  while (n < length && (guchar) (bytes[n] - 0x20) < 0x5f)
    n++;
  if (n > 0)
    {
      self->after_cr = FALSE;
      g_string_append_len (out, bytes, (gssize) n);
    }

  return n;
}

/**
 * tc_text_sanitizer_push:
 * @self: a sanitiser
 * @bytes: the next bytes
 * @length: how many
 * @out: where the harmless text is appended
 *
 * Bytes that are not UTF-8 and nul become U+FFFD. Escape sequences and control
 * characters vanish; \t and line ends stay (or become spaces); characters that
 * change the direction of text become "[U+202E]". An unfinished character or
 * sequence waits for the next call.
 */
void
tc_text_sanitizer_push (TcTextSanitizer *self,
                        const char      *bytes,
                        gsize            length,
                        GString         *out)
{
  gsize at = 0;

  g_return_if_fail (self != NULL && out != NULL);

  while (at < length)
    {
      at += copy_plain (self, bytes + at, length - at, out);
      if (at < length)
        feed_byte (self, (guchar) bytes[at++], out);
    }
}

/**
 * tc_text_sanitizer_finish:
 * @self: a sanitiser
 * @out: where the harmless text is appended
 *
 * The text has ended: a character that is not complete becomes U+FFFD. @self is
 * then at the start of a text again.
 */
void
tc_text_sanitizer_finish (TcTextSanitizer *self,
                          GString         *out)
{
  g_return_if_fail (self != NULL && out != NULL);

  if (self->needed > 0)
    feed (self, 0xfffd, out);

  self->needed = 0;
  self->state = STATE_TEXT;
  self->after_cr = FALSE;
}

/* Cuts to at most max_bytes, between characters, and says so. */
static void
cut (GString *text,
     gsize    max_bytes)
{
  static const char ellipsis[] = "…";
  gsize length = max_bytes;

  if (text->len <= max_bytes)
    return;

  if (max_bytes >= sizeof ellipsis - 1)
    length -= sizeof ellipsis - 1;
  while (length > 0 && ((guchar) text->str[length] & 0xc0) == 0x80)
    length--;

  g_string_truncate (text, length);
  if (length + sizeof ellipsis - 1 <= max_bytes)
    g_string_append (text, ellipsis);
}

/**
 * tc_text_sanitize:
 * @bytes: foreign bytes
 * @length: how many, or -1 if nul-terminated
 * @max_bytes: of the answer; a longer one ends with "…"
 * @flags: how to treat line ends
 *
 * Returns: (transfer full): text that is safe to show, see
 *   tc_text_sanitizer_push()
 */
char *
tc_text_sanitize (const char  *bytes,
                  gssize       length,
                  gsize        max_bytes,
                  TcTextFlags  flags)
{
  TcTextSanitizer sanitizer = { .flags = flags };
  GString *out = g_string_new (NULL);
  gsize size;
  gsize at = 0;

  g_return_val_if_fail (bytes != NULL || length == 0, NULL);

  /* In pieces, so that 200 MB cost no more than what is shown of them. */
  size = length < 0 ? strlen (bytes) : (gsize) length;
  while (at < size && out->len <= max_bytes)
    {
      gsize piece = MIN (size - at, 4096);

      tc_text_sanitizer_push (&sanitizer, bytes + at, piece, out);
      at += piece;
    }
  if (at >= size)
    tc_text_sanitizer_finish (&sanitizer, out);
  cut (out, max_bytes);

  return g_string_free_and_steal (out);
}
