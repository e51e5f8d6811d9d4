/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The first two bytes say in what pieces the rest arrives and where the engine
 * is killed and started again; what is told must be the same as at once. */

#include "fuzz.h"
#include "tc-log-parser.h"
#include "tc-recorder.h"

static void
push (TcLogParser *parser,
      const char  *text,
      size_t       from,
      size_t       to,
      size_t       step,
      GString     *out)
{
  for (size_t at = from; at < to; at += step)
    tc_log_parser_push (parser, text + at, MIN (step, to - at), (gint64) at,
                        &tc_recorder_sink, out);
}

static GString *
parse (const char *text,
       size_t      size,
       size_t      step)
{
  g_autoptr(TcLogParser) parser = tc_log_parser_new (NULL, NULL);
  GString *out = g_string_new (NULL);

  push (parser, text, 0, size, step, out);
  tc_log_parser_finish (parser, &tc_recorder_sink, out);

  return out;
}

static GString *
parse_restarted (const char *text,
                 size_t      size,
                 size_t      kill_at)
{
  g_autoptr(TcLogParser) first = tc_log_parser_new (NULL, NULL);
  g_autoptr(TcLogParser) second = tc_log_parser_new (NULL, NULL);
  g_autofree char *state = NULL;
  GString *out = g_string_new (NULL);

  push (first, text, 0, kill_at, size, out);
  state = tc_log_parser_save_state (first);
  g_assert (tc_log_parser_load_state (second, state, NULL));
  push (second, text, (size_t) tc_log_parser_get_offset (first), size, size, out);
  tc_log_parser_finish (second, &tc_recorder_sink, out);

  return out;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr(GString) whole = NULL;
  g_autoptr(GString) pieces = NULL;
  g_autoptr(GString) restarted = NULL;
  const char *text;

  if (size < 3)
    return 0;

  text = (const char *) data + 2;
  size -= 2;
  whole = parse (text, size, size);
  pieces = parse (text, size, data[0] % 64 + 1u);
  restarted = parse_restarted (text, size, size * data[1] / 256);

  g_assert (g_utf8_validate_len (whole->str, whole->len, NULL));
  g_assert_cmpstr (whole->str, ==, pieces->str);
  g_assert_cmpstr (whole->str, ==, restarted->str);

  return 0;
}
