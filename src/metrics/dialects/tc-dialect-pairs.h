/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Measurements as scripts write them in a row, names with numbers:
 * "train loss: 0.5 | lr=1e-4 - accuracy: 0.8". Shared by the dialects that have
 * such rows. Lives on the stack.
 */

#include "tc-dialect.h"

G_BEGIN_DECLS

#define TC_DIALECT_MAX_PAIRS 16

typedef struct
{
  guint  series;
  double value;
} TcDialectPair;

typedef struct
{
  TcDialectPair pairs[TC_DIALECT_MAX_PAIRS];
  guint         length;
} TcDialectPairs;

guint    tc_dialect_series      (TcDialectContext    *context,
                                 const char          *name,
                                 gsize                length,
                                 guint                loss_series);
gboolean tc_dialect_series_is_known (const char       *name,
                                     gsize             length);
gboolean tc_dialect_take_pairs  (TcDialectContext    *context,
                                 TcCursor            *cursor,
                                 guint                loss_series,
                                 TcDialectPairs      *pairs);
void     tc_dialect_put_pairs   (TcDialectContext     *context,
                                 const TcDialectPairs *pairs,
                                 double                x,
                                 gint64                offset);

G_END_DECLS
