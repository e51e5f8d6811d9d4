/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-series-table.h"

#include <string.h>

#include "tc-text.h"

static const char *const known_names[TC_SERIES_N_KNOWN] = {
  [TC_SERIES_TRAIN_LOSS] = "train_loss",
  [TC_SERIES_VAL_LOSS] = "val_loss",
  [TC_SERIES_BATCH_LOSS] = "batch_loss",
  [TC_SERIES_LR] = "lr",
  [TC_SERIES_GRAD_NORM] = "grad_norm",
  [TC_SERIES_TOKENS_PER_SECOND] = "tokens_per_second",
  [TC_SERIES_EPOCH_SECONDS] = "epoch_seconds",
  [TC_SERIES_ETA_SECONDS] = "eta_seconds",
  [TC_SERIES_ACCURACY] = "accuracy",
  [TC_SERIES_PERPLEXITY] = "perplexity",
};

struct _TcSeriesTable
{
  GHashTable *ids;    /* (owned) name, owned by names → id + 1 */
  GPtrArray  *names;  /* (owned) (element-type utf8) by id */
};

static guint
add (TcSeriesTable *self,
     const char    *name)
{
  char *copy = g_strdup (name);

  g_ptr_array_add (self->names, copy);
  g_hash_table_insert (self->ids, copy, GUINT_TO_POINTER (self->names->len));

  return self->names->len - 1;
}

/**
 * tc_series_table_new:
 *
 * Returns: (transfer full): a table that has the known names
 */
TcSeriesTable *
tc_series_table_new (void)
{
  TcSeriesTable *self = g_new0 (TcSeriesTable, 1);

  self->ids = g_hash_table_new (g_str_hash, g_str_equal);
  self->names = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < TC_SERIES_N_KNOWN; i++)
    add (self, known_names[i]);

  return self;
}

/**
 * tc_series_table_free:
 * @self: (transfer full): a table
 */
void
tc_series_table_free (TcSeriesTable *self)
{
  g_return_if_fail (self != NULL);

  g_hash_table_unref (self->ids);
  g_ptr_array_unref (self->names);
  g_free (self);
}

/* Cut to TC_SERIES_MAX_CHARS characters and made harmless. */
static char *
dup_clean_name (const char *name,
                gsize       length)
{
  g_autofree char *clean = NULL;

  clean = tc_text_sanitize (name, (gssize) length, TC_SERIES_MAX_CHARS * 4, TC_TEXT_SINGLE_LINE);

  return g_utf8_substring (clean, 0, MIN (g_utf8_strlen (clean, -1), TC_SERIES_MAX_CHARS));
}

/**
 * tc_series_table_intern:
 * @self: a table
 * @name: a name, need not be nul-terminated, nor UTF-8
 * @length: its length in bytes
 *
 * Returns: the number of the series; TC_SERIES_NONE if @name is empty or new
 *   and there are TC_SERIES_MAX_NAMES already
 */
guint
tc_series_table_intern (TcSeriesTable *self,
                        const char    *name,
                        gsize          length)
{
  char buffer[TC_SERIES_MAX_CHARS + 1];
  g_autofree char *clean = NULL;
  gpointer found;

  g_return_val_if_fail (self != NULL && name != NULL, TC_SERIES_NONE);

  /* The usual case, a name seen before, allocates nothing. */
  if (length <= TC_SERIES_MAX_CHARS)
    {
      memcpy (buffer, name, length);
      buffer[length] = '\0';
      found = g_hash_table_lookup (self->ids, buffer);
      if (found != NULL && strlen (buffer) == length)
        return GPOINTER_TO_UINT (found) - 1;
    }

  clean = dup_clean_name (name, length);
  if (*clean == '\0')
    return TC_SERIES_NONE;

  found = g_hash_table_lookup (self->ids, clean);
  if (found != NULL)
    return GPOINTER_TO_UINT (found) - 1;
  if (self->names->len >= TC_SERIES_MAX_NAMES)
    return TC_SERIES_NONE;

  return add (self, clean);
}

/**
 * tc_series_table_get_name:
 * @self: a table
 * @series: a number it gave, or a TcSeriesId
 *
 * Returns: (transfer none): its name; lives as long as @self
 */
const char *
tc_series_table_get_name (TcSeriesTable *self,
                          guint          series)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (series < self->names->len, NULL);

  return g_ptr_array_index (self->names, series);
}

/**
 * tc_series_table_get_length:
 * @self: a table
 *
 * Returns: how many names it has; the numbers are those below
 */
guint
tc_series_table_get_length (TcSeriesTable *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->names->len;
}
