/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The first byte says in what pieces the rest arrives; the lines must be those
 * of the whole, lie one behind the other, and lose no byte of text. */

#include <string.h>

#include "fuzz.h"
#include "tc-line-splitter.h"

typedef struct
{
  const char *text;
  GString    *lines;
  gint64      covered;
} Check;

static void
on_line (const TcLine *line,
         gpointer      user_data)
{
  Check *check = user_data;

  g_assert (line->start >= check->covered);
  g_assert (line->end > line->start);
  g_assert (line->length <= TC_LINE_MAX_BYTES);
  /* What was skipped since the last line are ends of empty updates. */
  for (gint64 i = check->covered; i < line->start; i++)
    g_assert (check->text[i] == '\r' || check->text[i] == '\n');
  if (line->updates == 0 && !line->truncated && line->length > 0)
    g_assert (memmem (check->text + line->start, (size_t) (line->end - line->start),
                      line->text, line->length) != NULL);

  check->covered = line->end;
  g_string_append_printf (check->lines, "%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT ":%d:%u:",
                          line->start, line->end, line->line_end, line->updates);
  g_string_append_len (check->lines, line->text, (gssize) line->length);
  g_string_append_c (check->lines, '\n');
}

static GString *
split (const char          *text,
       size_t               size,
       size_t               step,
       TcLineSplitterFlags  flags)
{
  g_autoptr(TcLineSplitter) splitter = tc_line_splitter_new (flags, 0);
  Check check = { text, g_string_new (NULL), 0 };

  for (size_t at = 0; at < size; at += step)
    tc_line_splitter_push (splitter, text + at, MIN (step, size - at), on_line, &check);
  tc_line_splitter_finish (splitter, on_line, &check);
  g_assert (tc_line_splitter_get_offset (splitter) == (gint64) size);
  g_assert (tc_line_splitter_get_line_start (splitter) == (gint64) size);

  return check.lines;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  const char *text;

  if (size < 2)
    return 0;

  text = (const char *) data + 1;
  for (int flags = 0; flags <= TC_LINE_SPLITTER_COALESCE; flags++)
    {
      g_autoptr(GString) whole = split (text, size - 1, size, (TcLineSplitterFlags) flags);
      g_autoptr(GString) pieces = split (text, size - 1, data[0] % 64 + 1u,
                                         (TcLineSplitterFlags) flags);

      g_assert (g_string_equal (whole, pieces));
    }

  return 0;
}
