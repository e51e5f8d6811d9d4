/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Bars of tqdm, and of Lightning, which draws them with tqdm.
 *
 *     Epoch 3:  45%|████▌     | 45/100 [00:10<00:12,  4.40it/s, v_num=0, train_loss=0.512]
 *     Epoch 3/10:  45%|████▌     | 45/100 [00:10<00:12, 4.40it/s, loss=0.512]
 *       5%|▌         | 100/2000 [00:30<09:30,  3.33it/s]
 */

#include "tc-dialect-pairs.h"

#include <string.h>

/* Whether a line has the "%|" that only such bars have. */
gboolean
tc_dialect_is_bar (const char *text,
                   gsize       length)
{
  const char *end = text + length;
  const char *at = text;

  while ((at = memchr (at, '%', (gsize) (end - at))) != NULL)
    {
      if (++at < end && *at == '|')
        return TRUE;
    }

  return FALSE;
}

/* What stands in front of the per cent decides whose progress it is: of the
 * training, or of a download, a validation, a tokenizer. */
static gboolean
is_training (TcCursor head)
{
  static const char *const words[] = { "epoch", "train", "step" };

  tc_cursor_skip_blanks (&head);
  if (head.at >= head.end || g_ascii_isdigit (*head.at))
    return TRUE;

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (tc_cursor_take_nocase (&head, words[i]))
        return TRUE;
    }

  return FALSE;
}

static void
parse_epoch (TcDialectContext *context,
             TcCursor          head,
             const TcCursor   *tail,
             gint64            offset)
{
  TcDialectState *state = &context->state;
  gint64 epoch;
  int total = 0;
  int part;

  tc_cursor_skip_blanks (&head);
  if (!tc_cursor_take_nocase (&head, "epoch"))
    return;
  tc_cursor_skip_blanks (&head);

  if (tc_cursor_take_ratio (&head, &part, &total))
    {
      tc_dialect_epoch (context, part, total, offset);
      return;
    }
  if (!tc_cursor_take_int (&head, &epoch) || epoch >= G_MAXINT)
    return;

  /* Lightning, known by its v_num, counts from 0. */
  if (epoch == 0 || tc_cursor_contains (tail, "v_num="))
    state->counts_from_zero = TRUE;
  tc_dialect_epoch (context, (int) epoch + (state->counts_from_zero ? 1 : 0), 0, offset);
}

static gboolean
progress_bar_parse (TcDialectContext    *context,
                    const TcDialectLine *line)
{
  TcCursor cursor = tc_dialect_cursor (line);
  TcCursor head = cursor;
  TcDialectPairs pairs;
  int part;
  int whole;

  if (!tc_cursor_find (&cursor, "%|"))
    return FALSE;
  head.end = cursor.at - 2;
  if (!tc_cursor_find (&cursor, "|") || !tc_cursor_take_ratio (&cursor, &part, &whole))
    return FALSE;
  if (!is_training (head))
    return TRUE;

  parse_epoch (context, head, &cursor, line->offset);
  tc_dialect_batch (context, part, whole, line->offset);
  if (context->state.epoch == 0)
    context->state.step = part;

  tc_cursor_find (&cursor, "[");
  if (tc_dialect_take_pairs (context, &cursor, TC_SERIES_BATCH_LOSS, &pairs))
    tc_dialect_put_pairs (context, &pairs, tc_dialect_get_x (context), line->offset);

  return TRUE;
}

const TcDialect tc_dialect_progress_bar = { "progress-bar", "", progress_bar_parse };
