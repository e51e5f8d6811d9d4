/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The user's other scripts, and the many PyTorch scripts that print alike:
 *
 *     Epoch 1/10 | Batch 10/37 | Loss: 0.3941
 *     Epoch [2/5], Step [100/600], Loss: 0.2168
 *     Epoch 3/10 - train_loss: 0.51 - val_loss: 0.62
 *     ❌ QUALITY GATE FAILED:
 *       - Character collapse detected
 */

#include "tc-dialect-pairs.h"

#define CROSS "\342\235\214"  /* U+274C ❌ */

/* "1/10" or "[1/10]" behind a word. */
static gboolean
take_count (TcCursor *cursor,
            int      *part,
            int      *whole)
{
  TcCursor at = *cursor;

  tc_cursor_take (&at, ":");
  tc_cursor_skip_blanks (&at);
  tc_cursor_take (&at, "[");
  if (!tc_cursor_take_ratio (&at, part, whole))
    return FALSE;
  tc_cursor_take (&at, "]");

  *cursor = at;

  return TRUE;
}

static void
skip_separators (TcCursor *cursor)
{
  while (cursor->at < cursor->end &&
         (tc_cursor_is_blank (*cursor->at) || *cursor->at == '|' || *cursor->at == ',' ||
          *cursor->at == '-' || *cursor->at == ':'))
    cursor->at++;
}

static gboolean
take_batch (TcCursor *cursor,
            int      *batch,
            int      *batches)
{
  TcCursor at = *cursor;

  if (!tc_cursor_take_nocase (&at, "batch") && !tc_cursor_take_nocase (&at, "step") &&
      !tc_cursor_take_nocase (&at, "iter"))
    return FALSE;
  if (!take_count (&at, batch, batches))
    return FALSE;

  *cursor = at;

  return TRUE;
}

static gboolean
parse_epoch (TcDialectContext    *context,
             TcCursor             cursor,
             const TcDialectLine *line)
{
  TcDialectPairs pairs;
  guint loss_series = TC_SERIES_TRAIN_LOSS;
  int epoch;
  int total;
  int batch;
  int batches;

  if (!take_count (&cursor, &epoch, &total))
    return FALSE;

  tc_dialect_epoch (context, epoch, total, line->offset);
  skip_separators (&cursor);
  if (take_batch (&cursor, &batch, &batches))
    {
      tc_dialect_batch (context, batch, batches, line->offset);
      loss_series = TC_SERIES_BATCH_LOSS;
    }

  if (tc_dialect_take_pairs (context, &cursor, loss_series, &pairs))
    tc_dialect_put_pairs (context, &pairs,
                          loss_series == TC_SERIES_BATCH_LOSS ? tc_dialect_get_x (context) : epoch,
                          line->offset);

  return TRUE;
}

/* Remembers that a list of reasons follows, see tc_dialect_close_gate(). */
static gboolean
parse_gate_failed (TcDialectContext    *context,
                   TcCursor             cursor,
                   const TcDialectLine *line)
{
  tc_cursor_skip_blanks (&cursor);
  if (!tc_cursor_take (&cursor, "QUALITY GATE FAILED:"))
    return FALSE;

  context->gate_text = g_string_new (NULL);
  context->gate_offset = line->offset;

  return TRUE;
}

static gboolean
user_scripts_parse (TcDialectContext    *context,
                    const TcDialectLine *line)
{
  TcCursor cursor = tc_dialect_cursor (line);

  if (tc_cursor_take (&cursor, "Epoch"))
    return parse_epoch (context, cursor, line);
  if (tc_cursor_take (&cursor, CROSS))
    return parse_gate_failed (context, cursor, line);

  return FALSE;
}

const TcDialect tc_dialect_user_scripts = { "user-scripts", "E\342", user_scripts_parse };
