/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The names of a run's series, each with a small number. Known names have the
 * same number in every run; free names (a user's regex, a Hugging Face
 * callback) get the next one, until the cap: a script that makes up a name a
 * step must not fill the memory. Names are cut to 64 characters and made
 * printable. One owner, one thread.
 */

#include <glib.h>

G_BEGIN_DECLS

#define TC_SERIES_MAX_NAMES 1000
#define TC_SERIES_MAX_CHARS 64
#define TC_SERIES_NONE      G_MAXUINT

typedef enum
{
  TC_SERIES_TRAIN_LOSS,
  TC_SERIES_VAL_LOSS,
  TC_SERIES_BATCH_LOSS,
  TC_SERIES_LR,
  TC_SERIES_GRAD_NORM,
  TC_SERIES_TOKENS_PER_SECOND,
  TC_SERIES_EPOCH_SECONDS,
  TC_SERIES_ETA_SECONDS,
  TC_SERIES_ACCURACY,
  TC_SERIES_PERPLEXITY,
  TC_SERIES_N_KNOWN,
} TcSeriesId;

typedef struct _TcSeriesTable TcSeriesTable;

TcSeriesTable *tc_series_table_new        (void);
void           tc_series_table_free       (TcSeriesTable *self);
guint          tc_series_table_intern     (TcSeriesTable *self,
                                           const char    *name,
                                           gsize          length);
const char    *tc_series_table_get_name   (TcSeriesTable *self,
                                           guint          series);
guint          tc_series_table_get_length (TcSeriesTable *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcSeriesTable, tc_series_table_free)

G_END_DECLS
