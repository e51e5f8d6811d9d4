/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The Trainer of Hugging Face transformers, and trl's: Python dictionaries.
 *
 *       Num Epochs = 3
 *     {'loss': 0.5123, 'grad_norm': 1.2, 'learning_rate': 5e-05, 'epoch': 0.4}
 *     {'eval_loss': 0.61, 'eval_runtime': 3.2, 'epoch': 1.0}
 *     Saving model checkpoint to output/checkpoint-500
 */

#include "tc-dialect-pairs.h"

#include <math.h>
#include <string.h>

#define MAX_FIELDS 32

typedef struct
{
  const char *name;
  gsize       length;
  double      value;
} Field;

static gboolean
take_quoted (TcCursor    *cursor,
             const char **text,
             gsize       *length)
{
  const char *close;
  char quote;

  if (cursor->at >= cursor->end || (*cursor->at != '\'' && *cursor->at != '"'))
    return FALSE;

  quote = *cursor->at;
  close = memchr (cursor->at + 1, quote, tc_cursor_left (cursor) - 1);
  if (close == NULL)
    return FALSE;

  *text = cursor->at + 1;
  *length = (gsize) (close - *text);
  cursor->at = close + 1;

  return TRUE;
}

/* A value that is a number, also as a string ('0.5', as newer versions print
 * it); anything else is passed over. */
static gboolean
take_value (TcCursor *cursor,
            double   *value)
{
  const char *text;
  gsize length;

  if (take_quoted (cursor, &text, &length))
    {
      TcCursor inner = { text, text + length };

      return tc_cursor_take_number (&inner, value) && inner.at == inner.end;
    }
  if (tc_cursor_take_number (cursor, value))
    return TRUE;

  while (cursor->at < cursor->end && *cursor->at != ',' && *cursor->at != '}')
    cursor->at++;

  return FALSE;
}

/* Reads the dictionary. Returns the number of fields, 0 if it is none. */
static guint
take_fields (TcCursor *cursor,
             Field    *fields)
{
  guint n = 0;

  while (n < MAX_FIELDS)
    {
      Field *field = &fields[n];

      tc_cursor_skip_blanks (cursor);
      if (!take_quoted (cursor, &field->name, &field->length) ||
          !tc_cursor_take (cursor, ":"))
        return 0;
      tc_cursor_skip_blanks (cursor);
      if (take_value (cursor, &field->value))
        n++;
      tc_cursor_skip_blanks (cursor);
      if (tc_cursor_take (cursor, "}"))
        return n;
      if (!tc_cursor_take (cursor, ","))
        return 0;
    }

  return n;
}

static gboolean
is_named (const Field *field,
          const char  *name)
{
  return field->length == strlen (name) && memcmp (field->name, name, field->length) == 0;
}

static gboolean
ends_with (const Field *field,
           const char  *end)
{
  gsize length = strlen (end);

  return field->length >= length &&
         memcmp (field->name + field->length - length, end, length) == 0;
}

static const Field *
find_field (const Field *fields,
            guint        n,
            const char  *name)
{
  for (guint i = 0; i < n; i++)
    {
      if (is_named (&fields[i], name))
        return &fields[i];
    }

  return NULL;
}

static void
put_fields (TcDialectContext *context,
            const Field      *fields,
            guint             n,
            double            x,
            gint64            offset)
{
  for (guint i = 0; i < n; i++)
    {
      const Field *field = &fields[i];

      /* How long an evaluation took says nothing about the model. */
      if (is_named (field, "epoch") || ends_with (field, "_runtime") ||
          ends_with (field, "_per_second"))
        continue;

      tc_dialect_point (context,
                        tc_dialect_series (context, field->name, field->length,
                                           TC_SERIES_TRAIN_LOSS),
                        x, field->value, offset);
    }
}

static gboolean
parse_dictionary (TcDialectContext    *context,
                  TcCursor             cursor,
                  const TcDialectLine *line)
{
  Field fields[MAX_FIELDS];
  const Field *epoch;
  guint n = take_fields (&cursor, fields);
  double x = tc_dialect_get_x (context);

  if (n == 0)
    return FALSE;

  epoch = find_field (fields, n, "epoch");
  if (epoch != NULL && epoch->value >= 0 && epoch->value < 1e9)
    {
      x = epoch->value;
      tc_dialect_epoch (context, MAX (1, (int) ceil (x)), 0, line->offset);
    }

  /* The summary at the end repeats an average over the whole run. */
  if (find_field (fields, n, "train_runtime") == NULL)
    put_fields (context, fields, n, x, line->offset);

  return TRUE;
}

static gboolean
parse_count (TcDialectContext    *context,
             TcCursor             cursor,
             gboolean             is_epochs,
             const TcDialectLine *line)
{
  gint64 count;

  tc_cursor_skip_blanks (&cursor);
  if (!tc_cursor_take (&cursor, "="))
    return FALSE;
  tc_cursor_skip_blanks (&cursor);
  if (!tc_cursor_take_int (&cursor, &count) || (is_epochs && count > G_MAXINT))
    return FALSE;

  if (is_epochs)
    context->state.total_epochs = (int) count;
  else
    tc_dialect_model (context, count, line->offset);

  return TRUE;
}

static gboolean
hf_trainer_parse (TcDialectContext    *context,
                  const TcDialectLine *line)
{
  TcCursor cursor = tc_dialect_cursor (line);

  if (tc_cursor_take (&cursor, "{'"))
    {
      cursor.at--;
      return parse_dictionary (context, cursor, line);
    }
  if (tc_cursor_take (&cursor, "Num Epochs"))
    return parse_count (context, cursor, TRUE, line);
  if (tc_cursor_take (&cursor, "Number of trainable parameters"))
    return parse_count (context, cursor, FALSE, line);
  if (tc_cursor_take (&cursor, "Saving model checkpoint to "))
    {
      tc_dialect_checkpoint (context, cursor.at, tc_cursor_left (&cursor), FALSE, line->offset);
      return TRUE;
    }

  return FALSE;
}

const TcDialect tc_dialect_hf_trainer = { "hf-trainer", "{NS", hf_trainer_parse };
