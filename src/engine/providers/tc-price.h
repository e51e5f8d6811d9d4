/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What tokens cost at one model, and what a call used. Plain values, pure
 * functions; any thread.
 */

#include "tc-money.h"

G_BEGIN_DECLS

/* An amount of money nobody knows. Never summed, never shown as 0. */
#define TC_MONEY_UNKNOWN G_MININT64

/* Micro-dollars for a million tokens each; TC_MONEY_UNKNOWN where not known.
 * All unknown: the model has no price row. All 0: it is free. */
typedef struct
{
  TcMoney input;
  TcMoney output;
  TcMoney cache_read;       /* unknown: counted as input */
  TcMoney cache_write;      /* unknown: counted as input */
  gint64  long_from;        /* prompts of more tokens than this cost the row below; 0: no such tier */
  TcMoney long_input;
  TcMoney long_output;
  TcMoney long_cache_read;
  TcMoney long_cache_write;
} TcPrice;

/* Token counts of one call as billed, whatever the provider calls them:
 * input excludes what was read from or written to a cache; output includes
 * reasoning. Never negative. */
typedef struct
{
  gint64   input;
  gint64   cache_read;
  gint64   cache_write;
  gint64   output;
  TcMoney  exact;       /* what the provider says the call cost; TC_MONEY_UNKNOWN: it does not say */
  gboolean is_reported; /* FALSE: nothing was reported, or only a part; the counts are a lower bound */
} TcUsage;

#define TC_PRICE_UNKNOWN ((TcPrice) { TC_MONEY_UNKNOWN, TC_MONEY_UNKNOWN, TC_MONEY_UNKNOWN, TC_MONEY_UNKNOWN, \
                                      0, TC_MONEY_UNKNOWN, TC_MONEY_UNKNOWN, TC_MONEY_UNKNOWN, TC_MONEY_UNKNOWN })
#define TC_USAGE_NONE ((TcUsage) { 0, 0, 0, 0, TC_MONEY_UNKNOWN, FALSE })

gboolean tc_price_is_known (const TcPrice *self);
gboolean tc_price_is_free  (const TcPrice *self);
TcMoney  tc_price_for      (const TcPrice *self,
                            const TcUsage *usage);
TcMoney  tc_price_bound    (const TcPrice *self,
                            gint64         input_bytes,
                            gint64         max_output);

G_END_DECLS
