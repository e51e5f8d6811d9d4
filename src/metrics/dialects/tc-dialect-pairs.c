/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-dialect-pairs.h"

#include <string.h>

/* The names scripts use for what we have a name for. Blanks and dashes count
 * as underscores, capitals as small letters. */
static const struct
{
  const char *name;
  guint       series;
} aliases[] = {
  { "train_loss", TC_SERIES_TRAIN_LOSS },
  { "training_loss", TC_SERIES_TRAIN_LOSS },
  { "train_loss_epoch", TC_SERIES_TRAIN_LOSS },
  { "loss_epoch", TC_SERIES_TRAIN_LOSS },
  { "avg_loss", TC_SERIES_TRAIN_LOSS },
  { "average_loss", TC_SERIES_TRAIN_LOSS },
  { "val_loss", TC_SERIES_VAL_LOSS },
  { "valid_loss", TC_SERIES_VAL_LOSS },
  { "validation_loss", TC_SERIES_VAL_LOSS },
  { "eval_loss", TC_SERIES_VAL_LOSS },
  { "val_loss_epoch", TC_SERIES_VAL_LOSS },
  { "batch_loss", TC_SERIES_BATCH_LOSS },
  { "train_loss_step", TC_SERIES_BATCH_LOSS },
  { "loss_step", TC_SERIES_BATCH_LOSS },
  { "lr", TC_SERIES_LR },
  { "learning_rate", TC_SERIES_LR },
  { "grad_norm", TC_SERIES_GRAD_NORM },
  { "gradient_norm", TC_SERIES_GRAD_NORM },
  { "gnorm", TC_SERIES_GRAD_NORM },
  { "norm", TC_SERIES_GRAD_NORM },
  { "tokens_per_second", TC_SERIES_TOKENS_PER_SECOND },
  { "tok/s", TC_SERIES_TOKENS_PER_SECOND },
  { "tokens/s", TC_SERIES_TOKENS_PER_SECOND },
  { "tokens/sec", TC_SERIES_TOKENS_PER_SECOND },
  { "epoch_seconds", TC_SERIES_EPOCH_SECONDS },
  { "epoch_time", TC_SERIES_EPOCH_SECONDS },
  { "eta_seconds", TC_SERIES_ETA_SECONDS },
  { "accuracy", TC_SERIES_ACCURACY },
  { "acc", TC_SERIES_ACCURACY },
  { "train_accuracy", TC_SERIES_ACCURACY },
  { "mean_token_accuracy", TC_SERIES_ACCURACY },
  { "perplexity", TC_SERIES_PERPLEXITY },
  { "ppl", TC_SERIES_PERPLEXITY },
};

/* Words that stand before a number and name no measurement. */
static const char *const ignored[] = {
  "epoch", "batch", "step", "steps", "iter", "iteration", "eta", "time", "v_num",
  "phase", "elapsed", "remaining", "total", "global_step", "train_runtime", "eval_runtime",
};

/* Brings a name into the form of the tables. Returns its length, 0 if it is no
 * name. */
static gsize
normalise (const char *name,
           gsize       length,
           char       *out,
           gsize       size)
{
  gsize n = 0;

  for (gsize i = 0; i < length; i++)
    {
      char c = name[i];

      if (n + 1 >= size)
        break;
      if (c == ' ' || c == '-' || c == '\t')
        c = '_';
      if (c == '_' && (n == 0 || out[n - 1] == '_'))
        continue;
      out[n++] = g_ascii_tolower (c);
    }
  while (n > 0 && out[n - 1] == '_')
    n--;
  out[n] = '\0';

  return n;
}

/* The series of a name as a script writes it. "loss" alone is what loss_series
 * says: of a batch or of an epoch. TC_SERIES_NONE: it names no measurement. */
guint
tc_dialect_series (TcDialectContext *context,
                   const char       *name,
                   gsize             length,
                   guint             loss_series)
{
  char key[TC_SERIES_MAX_CHARS + 1];
  gsize n = normalise (name, length, key, sizeof key);

  if (n == 0 || !(g_ascii_isalpha (key[0]) || (guchar) key[0] >= 0x80))
    return TC_SERIES_NONE;
  if (strcmp (key, "loss") == 0)
    return loss_series;

  for (gsize i = 0; i < G_N_ELEMENTS (aliases); i++)
    {
      if (strcmp (key, aliases[i].name) == 0)
        return aliases[i].series;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (ignored); i++)
    {
      if (strcmp (key, ignored[i]) == 0)
        return TC_SERIES_NONE;
    }

  return tc_series_table_intern (context->table, key, n);
}

/* Whether a name is one we have a series for. */
gboolean
tc_dialect_series_is_known (const char *name,
                            gsize       length)
{
  char key[TC_SERIES_MAX_CHARS + 1];

  normalise (name, length, key, sizeof key);
  if (strcmp (key, "loss") == 0)
    return TRUE;

  for (gsize i = 0; i < G_N_ELEMENTS (aliases); i++)
    {
      if (strcmp (key, aliases[i].name) == 0)
        return TRUE;
    }

  return FALSE;
}

static gboolean
is_name_byte (char c)
{
  return g_ascii_isalnum (c) || c == '_' || c == ' ' || c == '-' || c == '/' || c == '.' ||
         (guchar) c >= 0x80;
}

/* Where the name in front of the ':' or '=' at mark starts. A dash with a blank
 * beside it parts two fields: "5s - loss: 0.5". */
static const char *
name_start (const char *from,
            const char *mark)
{
  const char *end = mark;

  while (mark > from && is_name_byte (mark[-1]) &&
         !(mark[-1] == '-' && mark < end && *mark == ' '))
    mark--;
  while (*mark == ' ' || *mark == '-' || *mark == '/' || *mark == '.')
    mark++;

  return mark;
}

static const char *
find_mark (const TcCursor *cursor)
{
  const char *at = cursor->at;

  while (at < cursor->end && *at != ':' && *at != '=')
    at++;

  return at < cursor->end ? at : NULL;
}

/* Takes every "name: number" or "name=number" of the rest of the line; text
 * between them is passed over. Returns whether there was any. */
gboolean
tc_dialect_take_pairs (TcDialectContext *context,
                       TcCursor         *cursor,
                       guint             loss_series,
                       TcDialectPairs   *pairs)
{
  const char *mark;

  pairs->length = 0;

  while (pairs->length < TC_DIALECT_MAX_PAIRS && (mark = find_mark (cursor)) != NULL)
    {
      const char *name = name_start (cursor->at, mark);
      double value;
      guint series;
      TcCursor number = { mark + 1, cursor->end };

      tc_cursor_skip_blanks (&number);
      if (name >= mark || !tc_cursor_take_number (&number, &value))
        {
          cursor->at = mark + 1;
          continue;
        }

      cursor->at = number.at;
      series = tc_dialect_series (context, name, (gsize) (mark - name), loss_series);
      if (series != TC_SERIES_NONE)
        pairs->pairs[pairs->length++] = (TcDialectPair) { series, value };
    }

  return pairs->length > 0;
}

void
tc_dialect_put_pairs (TcDialectContext     *context,
                      const TcDialectPairs *pairs,
                      double                x,
                      gint64                offset)
{
  for (guint i = 0; i < pairs->length; i++)
    tc_dialect_point (context, pairs->pairs[i].series, x, pairs->pairs[i].value, offset);
}
