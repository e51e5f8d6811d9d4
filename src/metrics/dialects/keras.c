/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Keras 2 and 3. The line "Epoch 1/10" before these is user-scripts'.
 *
 *      12/100 [==>...........] - ETA: 5s - loss: 0.5123 - accuracy: 0.8100
 *     100/100 ━━━━━━━━━━━━━━━━ 5s 50ms/step - accuracy: 0.81 - loss: 0.51 - val_loss: 0.6
 */

#include "tc-dialect-pairs.h"

static gboolean
keras_parse (TcDialectContext    *context,
             const TcDialectLine *line)
{
  TcCursor cursor = tc_dialect_cursor (line);
  TcDialectPairs pairs;
  gboolean complete;
  int batch;
  int batches;

  if (!tc_cursor_take_ratio (&cursor, &batch, &batches) || batches == 0)
    return FALSE;
  tc_cursor_skip_blanks (&cursor);
  if (!tc_cursor_take (&cursor, "[") && !tc_cursor_take (&cursor, "\342\224\201"))
    return FALSE;
  if (!tc_cursor_find (&cursor, " - "))
    return FALSE;

  complete = batch == batches;
  tc_dialect_batch (context, batch, batches, line->offset);
  if (tc_dialect_take_pairs (context, &cursor,
                             complete ? TC_SERIES_TRAIN_LOSS : TC_SERIES_BATCH_LOSS, &pairs))
    tc_dialect_put_pairs (context, &pairs, tc_dialect_get_x (context), line->offset);

  return TRUE;
}

const TcDialect tc_dialect_keras = { "keras", "0123456789", keras_parse };
