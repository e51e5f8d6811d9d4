/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Our trainer and the user's production scripts: banners, one line a fact.
 *
 *     EPOCH 47/200 (Phase 1)
 *       Batch 10/17, Loss: 20.9214\r
 *     Train Loss: 2.3421
 *     Epoch time: 86.3s
 *     ✓ Saved: checkpoints/phase1_BEST_epoch47.pt
 *     QUALITY GATE: Epoch 5
 *     ❌ ABORT: Training loss diverged (19.7567 > 15.0)
 */

#include "tc-dialect-pairs.h"

#define CHECK   "\342\234\223"  /* U+2713 ✓ */
#define WARNING "\342\232\240"  /* U+26A0 ⚠ */
#define CROSS   "\342\235\214"  /* U+274C ❌ */

static gboolean
parse_epoch (TcDialectContext    *context,
             TcCursor             cursor,
             const TcDialectLine *line)
{
  int epoch;
  int total;
  gint64 phase;

  if (!tc_cursor_take_ratio (&cursor, &epoch, &total))
    return FALSE;

  context->state.gate_epoch = 0;
  tc_dialect_epoch (context, epoch, total, line->offset);
  tc_cursor_skip_blanks (&cursor);
  if (tc_cursor_take (&cursor, "(Phase ") && tc_cursor_take_int (&cursor, &phase) &&
      phase > 0 && phase < 100 && context->sink->phase != NULL)
    context->sink->phase ((int) phase, line->offset, context->user_data);

  return TRUE;
}

static gboolean
parse_batch (TcDialectContext    *context,
             TcCursor             cursor,
             const TcDialectLine *line)
{
  TcDialectPairs pairs;
  int batch;
  int batches;

  if (!tc_cursor_take_ratio (&cursor, &batch, &batches))
    return FALSE;

  tc_dialect_batch (context, batch, batches, line->offset);
  if (tc_dialect_take_pairs (context, &cursor, TC_SERIES_BATCH_LOSS, &pairs))
    tc_dialect_put_pairs (context, &pairs, tc_dialect_get_x (context), line->offset);

  return TRUE;
}

/* One number of a whole epoch. */
static gboolean
parse_value (TcDialectContext    *context,
             TcCursor             cursor,
             guint                series,
             const TcDialectLine *line)
{
  double x = context->state.epoch > 0 ? context->state.epoch : tc_dialect_get_x (context);
  double value;

  tc_cursor_skip_blanks (&cursor);
  if (!tc_cursor_take_number (&cursor, &value))
    return FALSE;

  tc_dialect_point (context, series, x, value, line->offset);

  return TRUE;
}

static gboolean
parse_parameters (TcDialectContext    *context,
                  TcCursor             cursor,
                  const TcDialectLine *line)
{
  gint64 parameters;

  tc_cursor_skip_blanks (&cursor);
  if (!tc_cursor_take_int (&cursor, &parameters))
    return FALSE;

  tc_dialect_model (context, parameters, line->offset);

  return TRUE;
}

static gboolean
parse_gate_header (TcDialectContext    *context,
                   TcCursor             cursor,
                   const TcDialectLine *line)
{
  gint64 epoch;

  tc_cursor_skip_blanks (&cursor);
  if (!tc_cursor_take_nocase (&cursor, "epoch"))
    return FALSE;
  tc_cursor_skip_blanks (&cursor);
  if (!tc_cursor_take_int (&cursor, &epoch) || epoch > G_MAXINT)
    return FALSE;

  context->state.gate_epoch = (int) epoch;

  return TRUE;
}

/* "Quality gate PASSED for epoch 5", behind its sign. */
static gboolean
parse_gate_result (TcDialectContext    *context,
                   TcCursor             cursor,
                   const char          *result,
                   const TcDialectLine *line)
{
  TcCursor number = cursor;
  gint64 epoch = 0;

  if (!tc_cursor_contains (&cursor, "uality gate") && !tc_cursor_contains (&cursor, "UALITY GATE"))
    return FALSE;

  if (tc_cursor_find (&number, "epoch "))
    tc_cursor_take_int (&number, &epoch);
  if (tc_cursor_contains (&cursor, "SKIPPED") || tc_cursor_contains (&cursor, "skipped"))
    result = "skipped";
  tc_dialect_gate (context, (int) CLAMP (epoch, 0, G_MAXINT), result,
                   cursor.at, (gssize) tc_cursor_left (&cursor), line->offset);

  return TRUE;
}

static gboolean
parse_check (TcDialectContext    *context,
             TcCursor             cursor,
             const TcDialectLine *line)
{
  TcCursor path = cursor;

  if (tc_cursor_take (&path, "Saved:"))
    {
      tc_cursor_skip_blanks (&path);
      tc_dialect_checkpoint (context, path.at, tc_cursor_left (&path),
                             tc_cursor_contains (&path, "BEST") || tc_cursor_contains (&path, "best"),
                             line->offset);
      return TRUE;
    }
  if (tc_cursor_take (&path, "Model parameters:"))
    return parse_parameters (context, path, line);
  if (tc_cursor_contains (&cursor, "COMPLETED SUCCESSFULLY"))
    {
      tc_dialect_end (context, "completed", line);
      return TRUE;
    }

  return parse_gate_result (context, cursor, "pass", line);
}

static gboolean
parse_warning (TcDialectContext    *context,
               TcCursor             cursor,
               const TcDialectLine *line)
{
  if (tc_cursor_take (&cursor, "INTERRUPTED:"))
    tc_dialect_end (context, "interrupted", line);
  /* A gate without a checkpoint has tested nothing. */
  else if (tc_cursor_contains (&cursor, "heckpoint not found") && context->state.gate_epoch != 0)
    tc_dialect_gate (context, 0, "skipped", cursor.at, (gssize) tc_cursor_left (&cursor),
                     line->offset);
  else if (!parse_gate_result (context, cursor, "warn", line))
    tc_dialect_message (context, "warning", cursor.at, tc_cursor_left (&cursor), line->offset);

  return TRUE;
}

static gboolean
parse_abort (TcDialectContext    *context,
             TcCursor             cursor,
             const TcDialectLine *line)
{
  const char *code = tc_dialect_guess_code (&cursor);

  tc_cursor_skip_blanks (&cursor);
  tc_dialect_reason (context, code, 85, line, "%.*s",
                     (int) tc_cursor_left (&cursor), cursor.at);
  tc_dialect_end (context, g_str_equal (code, "gate") ? "quality_failed" : "aborted", line);

  return TRUE;
}

static gboolean
parse_cross (TcDialectContext    *context,
             TcCursor             cursor,
             const TcDialectLine *line)
{
  if (tc_cursor_take (&cursor, "ABORT:") || tc_cursor_take (&cursor, "TRAINING ABORTED:"))
    return parse_abort (context, cursor, line);

  if (tc_cursor_take (&cursor, "PHASE ") && tc_cursor_contains (&cursor, "FAILED"))
    {
      tc_dialect_end (context, "aborted", line);
      return TRUE;
    }

  /* "❌ QUALITY GATE FAILED:" with a list of reasons is the other dialect. */
  if (line->text[line->length - 1] == ':')
    return FALSE;

  if (parse_gate_result (context, cursor, "fail", line))
    tc_dialect_reason (context, "gate", 80, line, "%.*s",
                       (int) tc_cursor_left (&cursor), cursor.at);
  else
    tc_dialect_message (context, "error", cursor.at, tc_cursor_left (&cursor), line->offset);

  return TRUE;
}

/* Lines with a sign in front: ✓, ⚠ (perhaps in its colourful form) or ❌. */
static gboolean
parse_sign (TcDialectContext    *context,
            TcCursor             cursor,
            const TcDialectLine *line)
{
  gboolean (*parse) (TcDialectContext *, TcCursor, const TcDialectLine *) = NULL;

  if (tc_cursor_take (&cursor, CHECK))
    parse = parse_check;
  else if (tc_cursor_take (&cursor, WARNING))
    parse = parse_warning;
  else if (tc_cursor_take (&cursor, CROSS))
    parse = parse_cross;
  else
    return FALSE;

  tc_cursor_take (&cursor, "\357\270\217");
  tc_cursor_skip_blanks (&cursor);

  return parse (context, cursor, line);
}

static gboolean
parse_phase (TcDialectContext    *context,
             TcCursor             cursor,
             const TcDialectLine *line)
{
  gint64 phase;

  if (!tc_cursor_take_int (&cursor, &phase) || phase < 1 || phase > 99 ||
      !tc_cursor_take (&cursor, ": "))
    return FALSE;

  if (context->sink->phase != NULL)
    context->sink->phase ((int) phase, line->offset, context->user_data);

  return TRUE;
}

static gboolean
helix_parse (TcDialectContext    *context,
             const TcDialectLine *line)
{
  TcCursor cursor = tc_dialect_cursor (line);

  switch (line->text[0])
    {
    case 'E':
      if (tc_cursor_take (&cursor, "EPOCH "))
        return parse_epoch (context, cursor, line);
      return tc_cursor_take (&cursor, "Epoch time:") &&
             parse_value (context, cursor, TC_SERIES_EPOCH_SECONDS, line);
    case 'B':
      return tc_cursor_take (&cursor, "Batch ") && parse_batch (context, cursor, line);
    case 'T':
      if (tc_cursor_take (&cursor, "Train Loss:"))
        return parse_value (context, cursor, TC_SERIES_TRAIN_LOSS, line);
      return tc_cursor_take (&cursor, "Total parameters:") &&
             parse_parameters (context, cursor, line);
    case 'V':
      return tc_cursor_take (&cursor, "Val Loss:") &&
             parse_value (context, cursor, TC_SERIES_VAL_LOSS, line);
    case 'P':
      return tc_cursor_take (&cursor, "Phase ") && parse_phase (context, cursor, line);
    case 'Q':
      return tc_cursor_take (&cursor, "QUALITY GATE:") &&
             parse_gate_header (context, cursor, line);
    default:
      return parse_sign (context, cursor, line);
    }
}

const TcDialect tc_dialect_helix = { "helix", "EBTVPQ\342", helix_parse };
