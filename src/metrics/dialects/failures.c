/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What a run that dies leaves behind: the last line of a Python traceback, the
 * complaint of argparse, the word of a shell. The point is a sentence a person
 * can act on, with the line it was read from.
 */

#include "tc-dialect.h"

#include <string.h>

/* How much is known: the cause has a name; some exception ended the script;
 * some exception was printed, but perhaps caught. */
#define WEIGHT_KNOWN     90
#define WEIGHT_TRACEBACK 60
#define WEIGHT_PRINTED   30

#define PYTORCH "torch"

static const struct
{
  const char *needle;
  const char *code;
  const char *text;
} known[] = {
  { "num_samples should be a positive integer", "dataset",
    "The corpus gave no training examples" },
  { "DefaultCPUAllocator: can't allocate memory", "oom", "Ran out of main memory" },
  { "DefaultCPUAllocator: not enough memory", "oom", "Ran out of main memory" },
  { "Cannot allocate memory", "oom", "Ran out of main memory" },
  { "MemoryError", "oom", "Ran out of main memory" },
  { "No space left on device", "exit-code", "The disk is full" },
  { "Disk quota exceeded", "exit-code", "The disk quota is used up" },
  { "FloatingPointError", "nan", "The numbers got out of range" },
  { "loss is nan", "nan", "The loss is not a number any more" },
  { "loss is NaN", "nan", "The loss is not a number any more" },
  { "Loss is NaN", "nan", "The loss is not a number any more" },
  { "Loss is nan", "nan", "The loss is not a number any more" },
  { "NaN loss", "nan", "The loss is not a number any more" },
  { "no kernel image is available", "exit-code",
    "This PyTorch was not built for this GPU" },
  { "Found no NVIDIA driver", "exit-code", "No NVIDIA driver was found" },
  { "KeyboardInterrupt", "signal", "The script was interrupted" },
};

/* "64.00 MiB" without what says nothing: "64 MiB". */
static char *
dup_amount (TcCursor cursor)
{
  const char *end = cursor.at;
  const char *unit;
  double amount;

  if (!tc_cursor_take_number (&cursor, &amount))
    return NULL;

  end = cursor.at;
  tc_cursor_skip_blanks (&cursor);
  unit = cursor.at;
  while (cursor.at < cursor.end && g_ascii_isalpha (*cursor.at))
    cursor.at++;
  if (cursor.at == unit || end == unit || cursor.at - unit > 5)
    return NULL;

  return g_strdup_printf ("%.4g %.*s", amount, (int) (cursor.at - unit), unit);
}

static gboolean
parse_cuda_oom (TcDialectContext    *context,
                const TcDialectLine *line)
{
  TcCursor cursor = tc_dialect_cursor (line);
  g_autofree char *amount = NULL;

  if (!tc_cursor_contains (&cursor, "CUDA out of memory") &&
      !tc_cursor_contains (&cursor, "CUDA error: out of memory") &&
      !tc_cursor_contains (&cursor, "HIP out of memory") &&
      !tc_cursor_contains (&cursor, "cuda.OutOfMemoryError") &&
      !tc_cursor_contains (&cursor, "torch.OutOfMemoryError"))
    return FALSE;

  if (tc_cursor_find (&cursor, "Tried to allocate "))
    amount = dup_amount (cursor);

  if (amount != NULL)
    tc_dialect_reason (context, "cuda-oom", WEIGHT_KNOWN, line,
                       "Ran out of GPU memory: %s more were needed", amount);
  else
    tc_dialect_reason (context, "cuda-oom", WEIGHT_KNOWN, line, "Ran out of GPU memory");

  return TRUE;
}

static gboolean
parse_module (TcDialectContext    *context,
              const TcDialectLine *line)
{
  TcCursor cursor = tc_dialect_cursor (line);
  const char *close;

  if (!tc_cursor_take (&cursor, "ModuleNotFoundError:"))
    return FALSE;

  if (tc_cursor_find (&cursor, "'") &&
      (close = memchr (cursor.at, '\'', tc_cursor_left (&cursor))) != NULL)
    {
      gsize length = close - cursor.at;

      if (length == strlen (PYTORCH) && memcmp (cursor.at, PYTORCH, length) == 0)
        tc_dialect_reason (context, "launch", WEIGHT_KNOWN, line,
                           "This Python has no PyTorch: choose another in Preferences → Python");
      else
        tc_dialect_reason (context, "launch", WEIGHT_KNOWN, line,
                           "The Python module “%.*s” is missing: install it for this Python, or choose "
                           "another in Preferences → Python", (int) length, cursor.at);
    }
  else
    tc_dialect_reason (context, "launch", WEIGHT_KNOWN, line, "A Python module is missing");

  return TRUE;
}

static gboolean
parse_assertion (TcDialectContext    *context,
                 const TcDialectLine *line)
{
  TcCursor cursor = tc_dialect_cursor (line);

  if (!tc_cursor_take (&cursor, "AssertionError"))
    return FALSE;

  tc_cursor_take (&cursor, ":");
  tc_cursor_skip_blanks (&cursor);
  if (cursor.at < cursor.end)
    tc_dialect_reason (context, "exit-code", WEIGHT_TRACEBACK, line,
                       "A check in the script failed: %.*s",
                       (int) tc_cursor_left (&cursor), cursor.at);
  else
    tc_dialect_reason (context, "exit-code", WEIGHT_TRACEBACK, line,
                       "A check in the script failed");

  return TRUE;
}

static gboolean
parse_known (TcDialectContext    *context,
             const TcDialectLine *line)
{
  TcCursor cursor = tc_dialect_cursor (line);

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    {
      if (tc_cursor_contains (&cursor, known[i].needle))
        {
          tc_dialect_reason (context, known[i].code, WEIGHT_KNOWN, line, "%s", known[i].text);
          return TRUE;
        }
    }

  return FALSE;
}

static void
parse_exception (TcDialectContext    *context,
                 const TcDialectLine *line,
                 int                  weight)
{
  if (parse_cuda_oom (context, line) || parse_module (context, line) ||
      parse_known (context, line) || parse_assertion (context, line))
    return;

  tc_dialect_reason (context, "exit-code", weight, line, "%.*s",
                     (int) MIN (line->length, 1000), line->text);
}

/* The length of the name of an exception the line starts with, as in
 * "torch.OutOfMemoryError: …"; 0 if it starts with none. */
static gsize
exception_length (const TcDialectLine *line,
                  gboolean             in_traceback)
{
  static const char *const ends[] = { "Error", "Exception", "Interrupt", "Exit", "Iteration" };
  gsize n = 0;

  while (n < line->length &&
         (g_ascii_isalnum (line->text[n]) || line->text[n] == '_' || line->text[n] == '.'))
    n++;
  if (n == 0 || g_ascii_isdigit (line->text[0]))
    return 0;

  /* Behind the frames of a traceback any "Name: text" is one. */
  if (n < line->length && line->text[n] != ':')
    return 0;
  if (in_traceback && n < line->length)
    return n;

  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      gsize length = strlen (ends[i]);

      if (n >= length && memcmp (line->text + n - length, ends[i], length) == 0)
        return n;
    }

  return 0;
}

/* A line while a traceback is being printed. Returns whether it is part of
 * it. */
gboolean
tc_dialect_traceback (TcDialectContext    *context,
                      const TcDialectLine *line)
{
  if (line->indent > 0)
    return TRUE;
  if (exception_length (line, TRUE) == 0)
    return FALSE;

  context->state.in_traceback = FALSE;
  parse_exception (context, line, WEIGHT_TRACEBACK);

  return TRUE;
}

/* "train.py: error: unrecognized arguments: --provider xai", of argparse, which
 * shows the usage first. */
static gboolean
parse_usage (TcDialectContext    *context,
             const TcDialectLine *line)
{
  TcCursor cursor = tc_dialect_cursor (line);

  while (cursor.at < cursor.end && *cursor.at != ':' && *cursor.at != ' ')
    cursor.at++;
  if (!context->state.saw_usage &&
      (cursor.at - line->text < 3 || memcmp (cursor.at - 3, ".py", 3) != 0))
    return FALSE;
  if (!tc_cursor_take (&cursor, ": error: "))
    return FALSE;

  context->state.saw_usage = FALSE;

  if (tc_cursor_take (&cursor, "unrecognized arguments: "))
    tc_dialect_reason (context, "launch", WEIGHT_KNOWN, line,
                       "The script does not know these arguments: %.*s",
                       (int) tc_cursor_left (&cursor), cursor.at);
  else
    tc_dialect_reason (context, "launch", WEIGHT_KNOWN, line,
                       "The script was called in a wrong way: %.*s",
                       (int) tc_cursor_left (&cursor), cursor.at);

  return TRUE;
}

static gboolean
parse_words (TcDialectContext    *context,
             const TcDialectLine *line)
{
  TcCursor cursor = tc_dialect_cursor (line);

  if (tc_cursor_take (&cursor, "usage: "))
    context->state.saw_usage = TRUE;
  else if (tc_cursor_take (&cursor, "Killed") && cursor.at == cursor.end)
    tc_dialect_reason (context, "signal", WEIGHT_PRINTED, line, "The process was killed");
  else if (tc_cursor_take (&cursor, "Segmentation fault") ||
           tc_cursor_take (&cursor, "Fatal Python error:"))
    tc_dialect_reason (context, "signal", WEIGHT_TRACEBACK, line, "The script crashed");
  else if (tc_cursor_take (&cursor, "python3: can't open file") ||
           tc_cursor_take (&cursor, "python: can't open file"))
    tc_dialect_reason (context, "launch", WEIGHT_KNOWN, line, "The script is not there");
  else
    return FALSE;

  return TRUE;
}

static gboolean
failures_parse (TcDialectContext    *context,
                const TcDialectLine *line)
{
  TcCursor cursor = tc_dialect_cursor (line);

  if (line->indent > 0)
    return FALSE;

  if (tc_cursor_take (&cursor, "Traceback (most recent call last)"))
    {
      context->state.in_traceback = TRUE;
      return TRUE;
    }

  if (exception_length (line, FALSE) > 0)
    {
      parse_exception (context, line, WEIGHT_PRINTED);
      return TRUE;
    }

  return parse_usage (context, line) || parse_words (context, line);
}

const TcDialect tc_dialect_failures = { "failures", NULL, failures_parse };
