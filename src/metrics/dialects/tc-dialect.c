/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-dialect.h"

#include <string.h>

#include "tc-text.h"

/* What of a line is shown to people. */
#define MAX_SHOWN_BYTES 4096

static char *
dup_shown (const char *text,
           gsize       length)
{
  return tc_text_sanitize (text, (gssize) length, MAX_SHOWN_BYTES, TC_TEXT_SINGLE_LINE);
}

/* Where on the x axis something of now stands: in epochs if the script counts
 * them, else in its steps. */
double
tc_dialect_get_x (TcDialectContext *context)
{
  const TcDialectState *state = &context->state;

  if (state->epoch > 0 && state->batches > 0)
    return state->epoch - 1 + (double) state->batch / state->batches;
  if (state->epoch > 0)
    return state->epoch;

  return (double) state->step;
}

void
tc_dialect_point (TcDialectContext *context,
                  guint             series,
                  double            x,
                  double            value,
                  gint64            offset)
{
  TcPoint point = {
    .series = series,
    .x = x,
    .value = value,
    .kind = tc_point_kind_of (value),
    .offset = offset,
  };

  if (series == TC_SERIES_NONE || context->sink->point == NULL)
    return;

  point.name = tc_series_table_get_name (context->table, series);
  context->sink->point (&point, context->user_data);
}

/* Says that an epoch runs now; nothing if that was known. A total of 0 is not
 * known. */
void
tc_dialect_epoch (TcDialectContext *context,
                  int               epoch,
                  int               total_epochs,
                  gint64            offset)
{
  TcDialectState *state = &context->state;

  if (total_epochs == 0)
    total_epochs = state->total_epochs;
  if (epoch == state->epoch && total_epochs == state->total_epochs)
    return;

  if (epoch != state->epoch)
    {
      state->batch = 0;
      state->batches = 0;
    }
  state->epoch = epoch;
  state->total_epochs = total_epochs;

  if (context->sink->epoch != NULL)
    context->sink->epoch (epoch, total_epochs, offset, context->user_data);
}

void
tc_dialect_batch (TcDialectContext *context,
                  int               batch,
                  int               batches,
                  gint64            offset)
{
  TcDialectState *state = &context->state;

  if (batch == state->batch && batches == state->batches)
    return;

  state->batch = batch;
  state->batches = batches;
  if (context->sink->batch != NULL)
    context->sink->batch (state->epoch, batch, batches, offset, context->user_data);
}

void
tc_dialect_model (TcDialectContext *context,
                  gint64            parameters,
                  gint64            offset)
{
  if (context->sink->model != NULL)
    context->sink->model (parameters, NULL, offset, context->user_data);
}

void
tc_dialect_checkpoint (TcDialectContext *context,
                       const char       *path,
                       gsize             length,
                       gboolean          best,
                       gint64            offset)
{
  g_autofree char *shown = NULL;
  TcParsedCheckpoint checkpoint = {
    .epoch = context->state.epoch,
    .best = best,
    .bytes = -1,
    .val_loss = tc_point_kind_to_double (TC_POINT_NAN),
    .offset = offset,
  };

  if (context->sink->checkpoint == NULL || length == 0)
    return;

  checkpoint.path = shown = dup_shown (path, length);
  context->sink->checkpoint (&checkpoint, context->user_data);
}

/* Tells the result of a gate; epoch 0 is that of the gate that is open. */
void
tc_dialect_gate (TcDialectContext *context,
                 int               epoch,
                 const char       *result,
                 const char       *text,
                 gssize            length,
                 gint64            offset)
{
  g_autofree char *shown = NULL;
  TcParsedGate gate = { .result = result, .offset = offset };

  gate.epoch = epoch != 0 ? epoch : context->state.gate_epoch;
  if (gate.epoch == 0)
    gate.epoch = context->state.epoch;
  context->state.gate_epoch = 0;

  if (context->sink->gate == NULL)
    return;

  gate.text = shown = dup_shown (text, length < 0 ? strlen (text) : (gsize) length);
  context->sink->gate (&gate, context->user_data);
}

void
tc_dialect_message (TcDialectContext *context,
                    const char       *severity,
                    const char       *text,
                    gsize             length,
                    gint64            offset)
{
  g_autofree char *shown = NULL;

  if (context->sink->message == NULL || length == 0)
    return;

  shown = dup_shown (text, length);
  context->sink->message (severity, shown, offset, context->user_data);
}

/* Tells why the run fails: a code, how well founded that is, the line, and a
 * sentence. */
void
tc_dialect_reason (TcDialectContext    *context,
                   const char          *code,
                   int                  weight,
                   const TcDialectLine *line,
                   const char          *format,
                   ...)
{
  g_autofree char *detail = NULL;
  g_autofree char *raw = NULL;
  g_autofree char *text = NULL;
  TcParsedReason reason = { .code = code, .weight = weight, .offset = line->offset };
  va_list args;

  if (context->sink->reason == NULL)
    return;

  va_start (args, format);
  raw = g_strdup_vprintf (format, args);
  va_end (args);

  reason.text = text = dup_shown (raw, strlen (raw));
  reason.detail = detail = dup_shown (line->text, line->length);
  context->sink->reason (&reason, context->user_data);
}

/* Tells, once, how the script says it ends. */
void
tc_dialect_end (TcDialectContext    *context,
                const char          *status,
                const TcDialectLine *line)
{
  g_autofree char *shown = NULL;

  if (context->state.said_end)
    return;

  context->state.said_end = TRUE;
  if (context->sink->end == NULL)
    return;

  shown = dup_shown (line->text, line->length);
  context->sink->end (status, shown, line->offset, context->user_data);
}

/* Tells a failed gate whose reasons are complete now. */
void
tc_dialect_close_gate (TcDialectContext *context)
{
  GString *text = g_steal_pointer (&context->gate_text);
  int epoch = context->state.gate_epoch;
  TcDialectLine line;

  if (text == NULL)
    return;

  if (epoch == 0)
    epoch = context->state.epoch;
  if (text->len == 0)
    g_string_append (text, "The quality gate failed");

  line = (TcDialectLine) { text->str, text->len, 0, context->gate_offset };
  tc_dialect_gate (context, epoch, "fail", text->str, (gssize) text->len, line.offset);
  tc_dialect_reason (context, "gate", 90, &line,
                     "The quality gate of epoch %d failed: %s", epoch, text->str);
  g_string_free (text, TRUE);
}

/* The reason code for what a script says when it gives up. */
const char *
tc_dialect_guess_code (const TcCursor *text)
{
  static const struct { const char *word; const char *code; } words[] = {
    { "NaN", "nan" },
    { "nan", "nan" },
    { "not finite", "nan" },
    { "non-finite", "nan" },
    { "uality gate", "gate" },
    { "QUALITY GATE", "gate" },
    { "xamples", "dataset" },
    { "orpus", "dataset" },
    { "oss", "diverged" },
    { "iverge", "diverged" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (tc_cursor_contains (text, words[i].word))
        return words[i].code;
    }

  return "exit-code";
}
