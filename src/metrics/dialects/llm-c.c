/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* llm.c, its C and CUDA programs.
 *
 *     step   10/100 | loss 4.300000 (+1.20z)| norm 1.2000 (+0.10z)| lr 3.00e-04 | 123.45 ms | 45.6% bf16 MFU | 123456 tok/s
 *     val loss 3.293000
 */

#include "tc-dialect.h"

#include <string.h>

/* A field between two strokes: "loss 4.3 (+1.2z)", or "123456 tok/s". */
static void
parse_field (TcDialectContext *context,
             TcCursor          field,
             double            x,
             gint64            offset)
{
  static const struct { const char *name; guint series; } names[] = {
    { "loss ", TC_SERIES_TRAIN_LOSS },
    { "train loss ", TC_SERIES_TRAIN_LOSS },
    { "norm ", TC_SERIES_GRAD_NORM },
    { "lr ", TC_SERIES_LR },
  };
  double value;

  tc_cursor_skip_blanks (&field);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      if (!tc_cursor_take (&field, names[i].name))
        continue;
      tc_cursor_skip_blanks (&field);
      if (tc_cursor_take_number (&field, &value))
        tc_dialect_point (context, names[i].series, x, value, offset);
      return;
    }

  if (tc_cursor_take_number (&field, &value))
    {
      tc_cursor_skip_blanks (&field);
      if (tc_cursor_take (&field, "tok/s"))
        tc_dialect_point (context, TC_SERIES_TOKENS_PER_SECOND, x, value, offset);
    }
}

static gboolean
parse_step (TcDialectContext    *context,
            TcCursor             cursor,
            const TcDialectLine *line)
{
  int step;
  int steps;

  if (!tc_cursor_take_ratio (&cursor, &step, &steps))
    return FALSE;
  tc_cursor_skip_blanks (&cursor);
  if (!tc_cursor_take (&cursor, "|"))
    return FALSE;

  context->state.step = step;
  tc_dialect_batch (context, step, steps, line->offset);

  while (cursor.at < cursor.end)
    {
      const char *stroke = memchr (cursor.at, '|', tc_cursor_left (&cursor));
      TcCursor field = { cursor.at, stroke != NULL ? stroke : cursor.end };

      parse_field (context, field, step, line->offset);
      cursor.at = stroke != NULL ? stroke + 1 : cursor.end;
    }

  return TRUE;
}

static gboolean
llm_c_parse (TcDialectContext    *context,
             const TcDialectLine *line)
{
  TcCursor cursor = tc_dialect_cursor (line);
  double value;

  if (tc_cursor_take (&cursor, "step "))
    return parse_step (context, cursor, line);
  if (!tc_cursor_take (&cursor, "val loss "))
    return FALSE;

  tc_cursor_skip_blanks (&cursor);
  if (!tc_cursor_take_number (&cursor, &value))
    return FALSE;
  tc_dialect_point (context, TC_SERIES_VAL_LOSS, (double) context->state.step, value,
                    line->offset);

  return TRUE;
}

const TcDialect tc_dialect_llm_c = { "llm.c", "sv", llm_c_parse };
