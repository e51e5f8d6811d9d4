/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-json-scanner.h"

#include <math.h>
#include <string.h>

/* What may come next. The grammar is a small automaton over these and the
 * stack of open containers, kept as bits of is_object. */
enum
{
  EXPECT_VALUE,           /* at the top, after ':' or after ',' in an array */
  EXPECT_FIRST_OR_CLOSE,  /* after '[' */
  EXPECT_KEY_OR_CLOSE,    /* after '{' */
  EXPECT_COMMA_OR_CLOSE,  /* after a value in a container */
  EXPECT_END,             /* after the value at the top */
  EXPECT_NOTHING,         /* after an error or the end */
};

static TcJsonToken
fail (TcJsonScanner *self,
      const char    *problem)
{
  self->problem = problem;
  self->problem_offset = (gsize) (self->at - self->begin);
  self->expect = EXPECT_NOTHING;

  return TC_JSON_TOKEN_ERROR;
}

static void
skip_blanks (TcJsonScanner *self)
{
  while (self->at < self->end &&
         (*self->at == ' ' || *self->at == '\t' || *self->at == '\n' || *self->at == '\r'))
    self->at++;
}

/* A value is complete: what may follow depends on where it stands. */
static TcJsonToken
value_done (TcJsonScanner *self,
            TcJsonToken    token)
{
  self->expect = self->depth > 0 ? EXPECT_COMMA_OR_CLOSE : EXPECT_END;

  return token;
}

static TcJsonToken
open_container (TcJsonScanner *self,
                gboolean       is_object)
{
  guint64 bit;

  if (self->depth >= TC_JSON_MAX_DEPTH)
    return fail (self, "nested too deeply");

  bit = G_GUINT64_CONSTANT (1) << self->depth;
  if (is_object)
    self->is_object |= bit;
  else
    self->is_object &= ~bit;

  self->depth++;
  self->at++;
  self->expect = is_object ? EXPECT_KEY_OR_CLOSE : EXPECT_FIRST_OR_CLOSE;

  return is_object ? TC_JSON_TOKEN_OBJECT_BEGIN : TC_JSON_TOKEN_ARRAY_BEGIN;
}

static gboolean
in_object (const TcJsonScanner *self)
{
  return self->depth > 0 && (self->is_object >> (self->depth - 1) & 1) != 0;
}

static TcJsonToken
close_container (TcJsonScanner *self)
{
  gboolean is_object = in_object (self);

  if (*self->at != (is_object ? '}' : ']'))
    return fail (self, is_object ? "expected “,” or “}”" : "expected “,” or “]”");

  self->at++;
  self->depth--;

  return value_done (self, is_object ? TC_JSON_TOKEN_OBJECT_END : TC_JSON_TOKEN_ARRAY_END);
}

/* The length of an escape sequence at at[0] == '\\', or 0. */
static gsize
escape_length (const char *at,
               const char *end)
{
  if (end - at < 2)
    return 0;
  if (at[1] != '\0' && strchr ("\"\\/bfnrt", at[1]) != NULL)
    return 2;
  if (at[1] != 'u' || end - at < 6)
    return 0;

  for (int i = 2; i < 6; i++)
    {
      if (!g_ascii_isxdigit (at[i]))
        return 0;
    }

  return 6;
}

static gboolean
scan_string (TcJsonScanner *self)
{
  const char *start = ++self->at;
  gboolean is_ascii = TRUE;

  self->has_escapes = FALSE;
  while (self->at < self->end && *self->at != '"')
    {
      guchar c = (guchar) *self->at;
      gsize step = 1;

      if (c == '\\')
        {
          step = escape_length (self->at, self->end);
          self->has_escapes = TRUE;
        }
      else if (c < 0x20)
        {
          step = 0;
        }
      else if (c >= 0x80)
        {
          is_ascii = FALSE;
        }

      if (step == 0)
        {
          fail (self, c == '\\' ? "invalid escape" : "control character in a string");
          return FALSE;
        }
      self->at += step;
    }

  if (self->at >= self->end)
    {
      fail (self, "the string has no end");
      return FALSE;
    }

  self->text = start;
  self->length = (gsize) (self->at - start);
  if (!is_ascii && !g_utf8_validate_len (start, self->length, NULL))
    {
      fail (self, "the string is not UTF-8");
      return FALSE;
    }

  self->at++;

  return TRUE;
}

static TcJsonToken
scan_key (TcJsonScanner *self)
{
  if (*self->at != '"')
    return fail (self, "expected a member's name in double quotes");
  if (!scan_string (self))
    return TC_JSON_TOKEN_ERROR;

  skip_blanks (self);
  if (self->at >= self->end || *self->at != ':')
    return fail (self, "expected “:”");

  self->at++;
  self->expect = EXPECT_VALUE;

  return TC_JSON_TOKEN_KEY;
}

static gboolean
scan_digits (TcJsonScanner *self)
{
  const char *start = self->at;

  while (self->at < self->end && g_ascii_isdigit (*self->at))
    self->at++;

  return self->at > start;
}

static gboolean
take_byte (TcJsonScanner *self,
           char           c)
{
  if (self->at >= self->end || *self->at != c)
    return FALSE;

  self->at++;

  return TRUE;
}

/* Checks the shape -?(0|[1-9][0-9]*)(.[0-9]+)?([eE][+-]?[0-9]+)? */
static gboolean
scan_number_shape (TcJsonScanner *self,
                   gboolean      *is_integer)
{
  *is_integer = TRUE;

  take_byte (self, '-');
  if (!take_byte (self, '0') && !scan_digits (self))
    return FALSE;

  if (take_byte (self, '.'))
    {
      *is_integer = FALSE;
      if (!scan_digits (self))
        return FALSE;
    }

  if (take_byte (self, 'e') || take_byte (self, 'E'))
    {
      *is_integer = FALSE;
      if (!take_byte (self, '+'))
        take_byte (self, '-');
      if (!scan_digits (self))
        return FALSE;
    }

  /* 012, 0x10 and 1.2.3 end here with something glued on. */
  return self->at >= self->end ||
         (!g_ascii_isalnum (*self->at) && *self->at != '.');
}

/* g_ascii_strtod() wants a nul behind the number. */
static double
number_to_double (const char *text,
                  gsize       length)
{
  char buffer[128];
  g_autofree char *copy = NULL;

  if (length >= sizeof buffer)
    {
      copy = g_strndup (text, length);
      return g_ascii_strtod (copy, NULL);
    }

  memcpy (buffer, text, length);
  buffer[length] = '\0';

  return g_ascii_strtod (buffer, NULL);
}

static gboolean
number_to_int (const char *text,
               gsize       length,
               gint64     *value)
{
  gboolean negative = text[0] == '-';
  gint64 sum = 0;

  for (gsize i = negative ? 1 : 0; i < length; i++)
    {
      int digit = negative ? -(text[i] - '0') : text[i] - '0';

      if (__builtin_mul_overflow (sum, 10, &sum) ||
          __builtin_add_overflow (sum, digit, &sum))
        return FALSE;
    }

  *value = sum;

  return TRUE;
}

static TcJsonToken
scan_number (TcJsonScanner *self)
{
  const char *start = self->at;
  gboolean is_integer;

  if (!scan_number_shape (self, &is_integer))
    return fail (self, "not a number as JSON writes them");

  self->text = start;
  self->length = (gsize) (self->at - start);

  /* -0 is a value only a double can hold. */
  if (is_integer && !(self->length == 2 && start[0] == '-' && start[1] == '0'))
    {
      if (!number_to_int (start, self->length, &self->int_value))
        return fail (self, "the integer is out of range");
      self->double_value = (double) self->int_value;
      return value_done (self, TC_JSON_TOKEN_INT);
    }

  self->double_value = number_to_double (start, self->length);
  if (!isfinite (self->double_value))
    return fail (self, "the number is out of range");

  return value_done (self, TC_JSON_TOKEN_DOUBLE);
}

static gboolean
take_word (TcJsonScanner *self,
           const char    *word)
{
  gsize length = strlen (word);

  if ((gsize) (self->end - self->at) < length || memcmp (self->at, word, length) != 0)
    return FALSE;
  if ((gsize) (self->end - self->at) > length &&
      (g_ascii_isalnum (self->at[length]) || self->at[length] == '_'))
    return FALSE;

  self->text = self->at;
  self->length = length;
  self->at += length;

  return TRUE;
}

static gboolean
take_non_finite (TcJsonScanner *self)
{
  if (!self->allow_non_finite)
    return FALSE;

  if (take_word (self, "NaN") || take_word (self, "nan"))
    self->double_value = NAN;
  else if (take_word (self, "Infinity") || take_word (self, "inf"))
    self->double_value = INFINITY;
  else if (take_word (self, "-Infinity") || take_word (self, "-inf"))
    self->double_value = -INFINITY;
  else
    return FALSE;

  return TRUE;
}

static TcJsonToken
scan_word (TcJsonScanner *self)
{
  if (take_word (self, "null"))
    return value_done (self, TC_JSON_TOKEN_NULL);

  self->int_value = 1;
  if (take_word (self, "true"))
    return value_done (self, TC_JSON_TOKEN_BOOLEAN);
  self->int_value = 0;
  if (take_word (self, "false"))
    return value_done (self, TC_JSON_TOKEN_BOOLEAN);
  if (take_non_finite (self))
    return value_done (self, TC_JSON_TOKEN_DOUBLE);

  return fail (self, "expected a value");
}

static TcJsonToken
scan_value (TcJsonScanner *self)
{
  switch (*self->at)
    {
    case '{':
      return open_container (self, TRUE);
    case '[':
      return open_container (self, FALSE);
    case '"':
      return scan_string (self) ? value_done (self, TC_JSON_TOKEN_STRING)
                                : TC_JSON_TOKEN_ERROR;
    case '-':
      if (take_non_finite (self))
        return value_done (self, TC_JSON_TOKEN_DOUBLE);
      return scan_number (self);
    default:
      return g_ascii_isdigit (*self->at) ? scan_number (self) : scan_word (self);
    }
}

/* After a value in a container: its end, or a comma and the next part. */
static TcJsonToken
scan_after_value (TcJsonScanner *self)
{
  if (*self->at != ',')
    return close_container (self);

  self->at++;
  skip_blanks (self);
  if (self->at >= self->end)
    return fail (self, "the text ends too early");

  return in_object (self) ? scan_key (self) : scan_value (self);
}

/**
 * tc_json_scanner_init:
 * @self: uninitialised memory
 * @data: the text, kept by the caller as long as @self is used; need not be
 *   nul-terminated; one leading byte order mark is skipped
 * @length: its length in bytes
 * @allow_non_finite: whether NaN, nan, Infinity, inf and their negatives are
 *   numbers
 */
void
tc_json_scanner_init (TcJsonScanner *self,
                      const char    *data,
                      gsize          length,
                      gboolean       allow_non_finite)
{
  memset (self, 0, sizeof *self);
  self->begin = data;
  self->at = data;
  self->end = data + length;
  self->allow_non_finite = allow_non_finite;
  self->expect = EXPECT_VALUE;

  if (length >= 3 && memcmp (data, "\xef\xbb\xbf", 3) == 0)
    self->at += 3;
}

/**
 * tc_json_scanner_next:
 * @self: a scanner
 *
 * Returns: the next token; TC_JSON_TOKEN_END when the text is complete;
 *   TC_JSON_TOKEN_ERROR, now and ever after, when it is not JSON
 */
TcJsonToken
tc_json_scanner_next (TcJsonScanner *self)
{
  skip_blanks (self);

  if (self->at >= self->end)
    {
      if (self->expect != EXPECT_END)
        return fail (self, self->problem != NULL ? self->problem : "the text ends too early");
      return TC_JSON_TOKEN_END;
    }

  switch (self->expect)
    {
    case EXPECT_VALUE:
      return scan_value (self);
    case EXPECT_FIRST_OR_CLOSE:
      return *self->at == ']' ? close_container (self) : scan_value (self);
    case EXPECT_KEY_OR_CLOSE:
      return *self->at == '}' ? close_container (self) : scan_key (self);
    case EXPECT_COMMA_OR_CLOSE:
      return scan_after_value (self);
    default:
      return fail (self, self->problem != NULL ? self->problem
                                               : "something follows the value");
    }
}

/**
 * tc_json_scanner_skip:
 * @self: a scanner
 * @token: the token it gave last, the first of a value
 *
 * Goes on to the end of the value: for an object or array its closing token,
 * for anything else nothing is to be done.
 *
 * Returns: whether the value was well-formed
 */
gboolean
tc_json_scanner_skip (TcJsonScanner *self,
                      TcJsonToken    token)
{
  int outside = self->depth - 1;

  if (token != TC_JSON_TOKEN_OBJECT_BEGIN && token != TC_JSON_TOKEN_ARRAY_BEGIN)
    return token != TC_JSON_TOKEN_ERROR;

  while (self->depth > outside)
    {
      if (tc_json_scanner_next (self) == TC_JSON_TOKEN_ERROR)
        return FALSE;
    }

  return TRUE;
}

/**
 * tc_json_scanner_is:
 * @self: a scanner at a key or a string
 * @text: what to compare with
 *
 * Returns: whether the token is @text, written without escapes
 */
gboolean
tc_json_scanner_is (const TcJsonScanner *self,
                    const char          *text)
{
  gsize length = strlen (text);

  return self->length == length && memcmp (self->text, text, length) == 0;
}

static guint
read_hex4 (const char *at)
{
  guint value = 0;

  for (int i = 0; i < 4; i++)
    value = value << 4 | (guint) g_ascii_xdigit_value (at[i]);

  return value;
}

/* Reads \uXXXX, or a pair of them, at at; the shape is known to be right. What
 * a C string or UTF-8 cannot hold becomes U+FFFD. */
static const char *
read_unicode_escape (const char *at,
                     const char *end,
                     gunichar   *c)
{
  guint high = read_hex4 (at + 2);

  at += 6;
  *c = high;
  if (high >= 0xd800 && high < 0xdc00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u')
    {
      guint low = read_hex4 (at + 2);

      if (low >= 0xdc00 && low < 0xe000)
        {
          *c = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
          return at + 6;
        }
    }

  if (*c == 0 || (*c >= 0xd800 && *c < 0xe000))
    *c = 0xfffd;

  return at;
}

/* Decodes one escape at at into out, of at least 6 bytes. */
static const char *
decode_escape (const char *at,
               const char *end,
               char       *out,
               int        *out_length)
{
  static const char from[] = "bfnrt";
  static const char to[] = "\b\f\n\r\t";
  const char *known;
  gunichar c;

  if (at[1] == 'u')
    {
      at = read_unicode_escape (at, end, &c);
      *out_length = g_unichar_to_utf8 (c, out);
      return at;
    }

  known = strchr (from, at[1]);
  out[0] = known != NULL ? to[known - from] : at[1];
  *out_length = 1;

  return at + 2;
}

/**
 * tc_json_scanner_copy:
 * @self: a scanner at a key or a string
 * @buffer: (out caller-allocates): where the text goes, nul-terminated
 * @size: its size, at least 1
 *
 * Copies the token with its escapes undone, as far as whole characters fit.
 * \u0000 and lone surrogates become U+FFFD.
 *
 * Returns: the number of bytes written, without the nul
 */
gsize
tc_json_scanner_copy (const TcJsonScanner *self,
                      char                *buffer,
                      gsize                size)
{
  const char *at = self->text;
  const char *end = self->text + self->length;
  gsize done = 0;

  while (at < end)
    {
      char piece[6];
      int piece_length;
      const char *next;

      if (*at == '\\')
        {
          next = decode_escape (at, end, piece, &piece_length);
        }
      else
        {
          next = g_utf8_next_char (at);
          piece_length = (int) (next - at);
          memcpy (piece, at, (gsize) piece_length);
        }

      if (done + (gsize) piece_length + 1 > size)
        break;
      memcpy (buffer + done, piece, (gsize) piece_length);
      done += (gsize) piece_length;
      at = next;
    }
  buffer[done] = '\0';

  return done;
}

/**
 * tc_json_scanner_dup:
 * @self: a scanner at a key or a string
 *
 * Returns: (transfer full): the token with its escapes undone
 */
char *
tc_json_scanner_dup (const TcJsonScanner *self)
{
  char *text;

  if (!self->has_escapes)
    return g_strndup (self->text, self->length);

  /* Undoing an escape never makes the text longer. */
  text = g_malloc (self->length + 1);
  tc_json_scanner_copy (self, text, self->length + 1);

  return text;
}
