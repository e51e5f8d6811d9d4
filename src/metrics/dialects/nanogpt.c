/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* nanoGPT and its many children.
 *
 *     number of parameters: 29.94M
 *     iter 100: loss 2.3421, time 12.34ms, mfu 30.12%
 *     step 250: train loss 2.1000, val loss 2.2000
 *     saving checkpoint to out-shakespeare
 */

#include "tc-dialect.h"

/* "loss 2.34" behind an optional comma. */
static gboolean
take_named (TcCursor   *cursor,
            const char *name,
            double     *value)
{
  TcCursor at = *cursor;

  while (at.at < at.end && (tc_cursor_is_blank (*at.at) || *at.at == ','))
    at.at++;
  if (!tc_cursor_take (&at, name))
    return FALSE;
  tc_cursor_skip_blanks (&at);
  if (!tc_cursor_take_number (&at, value))
    return FALSE;

  *cursor = at;

  return TRUE;
}

static gboolean
take_step (TcCursor *cursor,
           gint64   *step)
{
  tc_cursor_skip_blanks (cursor);

  return tc_cursor_take_int (cursor, step) && tc_cursor_take (cursor, ":");
}

static gboolean
parse_iter (TcDialectContext    *context,
            TcCursor             cursor,
            const TcDialectLine *line)
{
  double value;
  gint64 step;

  if (!take_step (&cursor, &step) || !take_named (&cursor, "loss", &value))
    return FALSE;

  context->state.step = step;
  tc_dialect_point (context, TC_SERIES_BATCH_LOSS, (double) step, value, line->offset);

  return TRUE;
}

static gboolean
parse_step (TcDialectContext    *context,
            TcCursor             cursor,
            const TcDialectLine *line)
{
  double value;
  gint64 step;

  if (!take_step (&cursor, &step) || !take_named (&cursor, "train loss", &value))
    return FALSE;

  context->state.step = step;
  tc_dialect_point (context, TC_SERIES_TRAIN_LOSS, (double) step, value, line->offset);
  if (take_named (&cursor, "val loss", &value))
    tc_dialect_point (context, TC_SERIES_VAL_LOSS, (double) step, value, line->offset);

  return TRUE;
}

static gboolean
parse_parameters (TcDialectContext    *context,
                  TcCursor             cursor,
                  const TcDialectLine *line)
{
  double millions;

  tc_cursor_skip_blanks (&cursor);
  if (!tc_cursor_take_number (&cursor, &millions) || !tc_cursor_take (&cursor, "M") ||
      !(millions >= 0 && millions < 1e9))
    return FALSE;

  tc_dialect_model (context, (gint64) (millions * 1e6 + 0.5), line->offset);

  return TRUE;
}

static gboolean
nanogpt_parse (TcDialectContext    *context,
               const TcDialectLine *line)
{
  TcCursor cursor = tc_dialect_cursor (line);

  if (tc_cursor_take (&cursor, "iter "))
    return parse_iter (context, cursor, line);
  if (tc_cursor_take (&cursor, "step "))
    return parse_step (context, cursor, line);
  if (tc_cursor_take (&cursor, "number of parameters:"))
    return parse_parameters (context, cursor, line);
  if (tc_cursor_take (&cursor, "saving checkpoint to "))
    {
      tc_dialect_checkpoint (context, cursor.at, tc_cursor_left (&cursor), FALSE, line->offset);
      return TRUE;
    }

  return FALSE;
}

const TcDialect tc_dialect_nanogpt = { "nanogpt", "isn", nanogpt_parse };
