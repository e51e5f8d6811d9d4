/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What looks like a key to one of the known providers, whoever's it is: as it
 * is, which is also how it looks in an address, and inside of base64. */

#include <string.h>

#include "tc-redactor-private.h"

typedef struct
{
  const char *prefix;
  guint       min;      /* characters behind it */
  gboolean    is_blob;  /* those are letters and digits, and not all small letters:
                         * else the "sk-" of "task-…" would begin a key */
} Shape;

static const Shape shapes[] = {
  { "sk-ant-", 12, FALSE },
  { "sk-proj-", 12, FALSE },
  { "sk-svcacct-", 12, FALSE },
  { "sk-admin-", 12, FALSE },
  { "sk-or-v1-", 12, FALSE },
  { "sk-", 20, TRUE },
  { "xai-", 16, TRUE },
  { "gsk_", 20, TRUE },
  { "pplx-", 20, TRUE },
  { "AIza", 30, FALSE },
  { "hf_", 20, TRUE },
  { "nvapi-", 20, FALSE },
  { "r8_", 20, TRUE },
  { "ghp_", 30, TRUE },
  { "github_pat_", 20, FALSE },
};

/* At the end of what is there, so much behind the prefix is a key already. */
#define MIN_CUT 4

/* Characters of a key as they were read, and how many bytes they took. */
typedef struct
{
  char     text[TC_REDACTOR_MAX_SHAPE];
  gsize    used[TC_REDACTOR_MAX_SHAPE];
  gsize    n;
  gboolean is_open; /* the bytes ended, not the key */
} Reading;

static gboolean
is_key_char (guchar c)
{
  return g_ascii_isalnum (c) || c == '-' || c == '_';
}

/* Of a character of base64, in either alphabet; -1: it is none. */
int
tc_redactor_get_value (char c)
{
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  if (c == '+' || c == '-')
    return 62;

  return c == '/' || c == '_' ? 63 : -1;
}

/* How many characters of base64 are right before the view, up to @enough. */
static gsize
count_before (const TcRedactorView *view,
              gsize                 enough)
{
  gsize n = 0;

  while (n < enough && n < view->n_before && tc_redactor_get_value (*(view->bytes - n - 1)) >= 0)
    n++;

  return n;
}

/* Steps over the end of a line where base64 is wrapped: lines are long there. */
void
tc_redactor_step_wrap (TcRedactorStep       *step,
                       const TcRedactorView *view)
{
  gsize at = step->at;
  gsize in_line = step->in_line;

  if (at == 0 || at >= view->length || (view->bytes[at] != '\n' && view->bytes[at] != '\r'))
    return;
  if (!step->has_wrapped && view->n_before != TC_REDACTOR_UNKNOWN)
    in_line += count_before (view, TC_REDACTOR_MIN_LINE);
  if (in_line < TC_REDACTOR_MIN_LINE && (step->has_wrapped || view->n_before != TC_REDACTOR_UNKNOWN))
    return;
  if (view->bytes[at] == '\r')
    at++;
  if (at < view->length && view->bytes[at] != '\n')
    return;
  *step = (TcRedactorStep) { MIN (at + 1, view->length), 0, TRUE };
}

static void
read_plain (const TcRedactorView *view,
            Reading              *reading)
{
  gsize n = 0;

  while (n < TC_REDACTOR_MAX_SHAPE && n < view->length && is_key_char ((guchar) view->bytes[n]))
    {
      reading->text[n] = view->bytes[n];
      reading->used[n] = n + 1;
      n++;
    }
  reading->n = n;
  reading->is_open = n == view->length && n < TC_REDACTOR_MAX_SHAPE;
}

/* @skip: bits before the first whole character */
static void
read_base64 (const TcRedactorView *view,
             guint                 skip,
             Reading              *reading)
{
  TcRedactorStep step = { 0 };
  guint bits = 0;
  guint n_bits = 0;

  reading->n = 0;
  reading->is_open = FALSE;
  while (reading->n < TC_REDACTOR_MAX_SHAPE)
    {
      int value;

      tc_redactor_step_wrap (&step, view);
      reading->is_open = step.at == view->length;
      if (reading->is_open || (value = tc_redactor_get_value (view->bytes[step.at])) < 0)
        return;
      step.at++;
      step.in_line++;
      bits = (bits << 6 | (guint) value) & 0x3fff;
      n_bits += 6;
      if (skip > 0 && n_bits >= skip)
        {
          n_bits -= skip;
          skip = 0;
        }
      if (skip > 0 || n_bits < 8)
        continue;
      n_bits -= 8;
      if (!is_key_char ((bits >> n_bits) & 0xff))
        return;
      reading->text[reading->n] = (char) ((bits >> n_bits) & 0xff);
      reading->used[reading->n++] = step.at;
    }
}

static gboolean
is_mixed (const char *text,
          gsize       length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_islower (text[i]))
      return TRUE;

  return FALSE;
}

/* Whether the characters behind the prefix are those of a key; of one that is cut
 * off, how many must be there. */
static gboolean
is_body (const Shape *shape,
         const char  *body,
         gsize        run,
         gsize        min)
{
  return run >= min && (!shape->is_blob || is_mixed (body, run));
}

/* How many of the characters count. */
static gsize
measure_run (const Shape *shape,
             const char  *body,
             gsize        n)
{
  gsize run = 0;

  while (run < n && (!shape->is_blob || g_ascii_isalnum (body[run])))
    run++;

  return run;
}

/* Whether what was read is a key of this shape. @skip: characters of the prefix
 * that were not read whole. */
static gboolean
is_key (const Shape    *shape,
        const Reading  *reading,
        gsize           skip,
        TcRedactorView *view)
{
  gsize n_prefix = strlen (shape->prefix) - skip;
  const char *body = reading->text + n_prefix;
  gsize n, run;
  gboolean is_good, may_become;

  if (memcmp (reading->text, shape->prefix + skip, MIN (reading->n, n_prefix)) != 0)
    return FALSE;
  n = reading->n - MIN (reading->n, n_prefix);
  run = measure_run (shape, body, n);
  is_good = is_body (shape, body, run, shape->min);
  may_become = reading->is_open && run == n;
  if (view->end == TC_REDACTOR_MORE && reading->is_open && (is_good || may_become))
    {
      view->undecided = TRUE;
      return FALSE;
    }

  return is_good || (view->end == TC_REDACTOR_CUT && may_become && is_body (shape, body, run, MIN_CUT));
}

/* By the first byte, which shapes may begin there: as they are, and in base64
 * behind so many bytes modulo three. Bit i is that of shapes[i]. */
typedef struct
{
  guint32 plain[256];
  guint32 base64[3][256];
} Table;

/* How many bits of the first character of a key its first whole character of
 * base64 leaves. */
static const guint skips[] = { 0, 4, 6 };

static void
fill_table (Table *table)
{
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      guint a = (guchar) shapes[i].prefix[0];
      guint b = (guchar) shapes[i].prefix[1];
      const int values[] = { (int) (a >> 2), (int) ((a & 15) << 2 | b >> 6), (int) (a & 63) };

      table->plain[a] |= 1u << i;
      for (guint before = 0; before < 3; before++)
        for (guint c = 0; c < 256; c++)
          if (tc_redactor_get_value ((char) c) == values[before])
            table->base64[before][c] |= 1u << i;
    }
}

static const Table *
get_table (void)
{
  static gsize once = 0;
  static Table table;

  if (g_once_init_enter (&once))
    {
      fill_table (&table);
      g_once_init_leave (&once, 1);
    }

  return &table;
}

/* @second: -1 for any */
void
tc_redactor_note_pair (TcRedactorPairs *pairs,
                       guchar           first,
                       int              second)
{
  for (int c = 0; c < 256; c++)
    if (second < 0 || c == second)
      pairs->bits[first][c >> 5] |= 1u << (c & 31);
}

/* Base64 may be wrapped behind its first character. */
static void
note_base64_pair (TcRedactorPairs *pairs,
                  guint            first,
                  guint            second)
{
  for (int a = 0; a < 256; a++)
    {
      if (tc_redactor_get_value ((char) a) != (int) first)
        continue;
      tc_redactor_note_pair (pairs, (guchar) a, '\n');
      tc_redactor_note_pair (pairs, (guchar) a, '\r');
      for (int b = 0; b < 256; b++)
        if (tc_redactor_get_value ((char) b) == (int) second)
          tc_redactor_note_pair (pairs, (guchar) a, b);
    }
}

/* Notes with what something that looks like a key may begin. */
void
tc_redactor_note_shapes (TcRedactorPairs *pairs)
{
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      guint a = (guchar) shapes[i].prefix[0];
      guint b = (guchar) shapes[i].prefix[1];

      tc_redactor_note_pair (pairs, (guchar) a, (int) b);
      note_base64_pair (pairs, a >> 2, (a & 3) << 4 | b >> 4);
      note_base64_pair (pairs, (a & 15) << 2 | b >> 6, b & 63);
      note_base64_pair (pairs, a & 63, b >> 2);
    }
}

/* @may_be: the shapes that begin with this byte */
static gsize
match_plain (TcRedactorView *view,
             guint32         may_be)
{
  gsize found = 0;
  Reading reading;

  for (guint i = 0; may_be != 0; i++, may_be >>= 1)
    {
      const char *prefix = shapes[i].prefix;

      if ((may_be & 1) == 0 || memcmp (view->bytes, prefix, MIN (view->length, strlen (prefix))) != 0)
        continue;
      read_plain (view, &reading);
      if (is_key (&shapes[i], &reading, 0, view))
        found = reading.used[reading.n - 1];
    }

  return found;
}

/* @before: bytes of the encoded text before the key, modulo three */
static gsize
match_base64 (TcRedactorView *view,
              guint           before,
              guint32         may_be)
{
  gsize found = 0;
  Reading reading;

  if (may_be != 0)
    read_base64 (view, skips[before], &reading);
  for (guint i = 0; may_be != 0; i++, may_be >>= 1)
    if ((may_be & 1) != 0 && is_key (&shapes[i], &reading, before > 0 ? 1 : 0, view))
      found = MAX (found, reading.used[reading.n - 1]);

  return found;
}

/* What looks like a key at the start of @view. Returns its length, or 0. */
gsize
tc_redactor_match_shape (TcRedactorView *view)
{
  const Table *table = get_table ();
  guchar c = (guchar) view->bytes[0];
  gsize found = match_plain (view, table->plain[c]);

  for (guint before = 0; before < 3; before++)
    found = MAX (found, match_base64 (view, before, table->base64[before][c]));

  return found;
}
