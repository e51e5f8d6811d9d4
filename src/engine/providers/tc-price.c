/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-price.h"

/* What a million tokens cost in one tier, with what is not known of the caches
 * put as the price of input. */
typedef struct
{
  TcMoney input;
  TcMoney output;
  TcMoney cache_read;
  TcMoney cache_write;
} Tier;

static gboolean
is_known (TcMoney price)
{
  return price >= 0;
}

static TcMoney
choose (TcMoney price,
        TcMoney fallback)
{
  return is_known (price) ? price : fallback;
}

static Tier
get_base (const TcPrice *self)
{
  Tier tier = {
    self->input, self->output,
    choose (self->cache_read, self->input), choose (self->cache_write, self->input)
  };

  return tier;
}

/* A tier that says nothing of a part leaves it at the base price. */
static Tier
get_long (const TcPrice *self)
{
  Tier base = get_base (self);
  Tier tier = { choose (self->long_input, base.input), choose (self->long_output, base.output), 0, 0 };

  tier.cache_read = choose (self->long_cache_read,
                            is_known (self->cache_read) ? base.cache_read : tier.input);
  tier.cache_write = choose (self->long_cache_write,
                             is_known (self->cache_write) ? base.cache_write : tier.input);

  return tier;
}

static gint64
add_tokens (gint64 a,
            gint64 b)
{
  gint64 sum;

  return __builtin_add_overflow (MAX (a, 0), MAX (b, 0), &sum) ? G_MAXINT64 : sum;
}

/* Sums are of millionths of micro-dollars and rounded up once, at the end. */
typedef unsigned __int128 Sum;

#define SUM_MAX ((Sum) G_MAXINT64 * 1000000)

/* Counts that nobody can have used cost as much as money can say, rather than
 * little: the sum stays at SUM_MAX. */
static Sum
add_cost (Sum     sum,
          gint64  tokens,
          TcMoney per_million)
{
  Sum cost = (Sum) MAX (tokens, 0) * (Sum) per_million;

  return cost > SUM_MAX - sum ? SUM_MAX : sum + cost;
}

static TcMoney
round_up (Sum sum)
{
  return (TcMoney) ((sum + 999999) / 1000000);
}

/**
 * tc_price_is_known:
 *
 * Returns: whether what a call costs can be said: both input and output have a
 *   price
 */
gboolean
tc_price_is_known (const TcPrice *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return is_known (self->input) && is_known (self->output);
}

/**
 * tc_price_is_free:
 *
 * Returns: whether no call can cost anything; what is not known is not free
 */
gboolean
tc_price_is_free (const TcPrice *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->input == 0 && self->output == 0 && self->cache_read <= 0 &&
         self->cache_write <= 0 && self->long_input <= 0 && self->long_output <= 0 &&
         self->long_cache_read <= 0 && self->long_cache_write <= 0;
}

/**
 * tc_price_for:
 * @usage: what a call used
 *
 * What the provider said it cost is taken as it is. Else the counts are
 * multiplied with the price of the tier that the whole prompt falls in,
 * whatever was cached of it, and the sum is rounded up to a millionth of a
 * dollar. One that does not fit is G_MAXINT64.
 *
 * Returns: micro-dollars, or TC_MONEY_UNKNOWN without a price
 */
TcMoney
tc_price_for (const TcPrice *self,
              const TcUsage *usage)
{
  gint64 prompt;
  Tier tier;
  Sum sum = 0;

  g_return_val_if_fail (self != NULL && usage != NULL, TC_MONEY_UNKNOWN);

  if (is_known (usage->exact))
    return usage->exact;
  if (!tc_price_is_known (self))
    return TC_MONEY_UNKNOWN;

  prompt = add_tokens (add_tokens (usage->input, usage->cache_read), usage->cache_write);
  tier = self->long_from > 0 && prompt > self->long_from ? get_long (self) : get_base (self);
  sum = add_cost (sum, usage->input, tier.input);
  sum = add_cost (sum, usage->cache_read, tier.cache_read);
  sum = add_cost (sum, usage->cache_write, tier.cache_write);
  sum = add_cost (sum, usage->output, tier.output);

  return round_up (sum);
}

/* The most one byte of a prompt can cost as a token, written to a cache or not. */
static TcMoney
bound_tier (const Tier *tier,
            gint64      input_bytes,
            gint64      max_output)
{
  TcMoney dearest = MAX (tier->input, MAX (tier->cache_read, tier->cache_write));

  return round_up (add_cost (add_cost (0, input_bytes, dearest), max_output, tier->output));
}

/**
 * tc_price_bound:
 * @input_bytes: of the request's body; a token has at least one byte
 * @max_output: tokens that the answer has at most
 *
 * Returns: micro-dollars that such a call cannot cost more than, in the
 *   dearest tier that so many bytes can reach; TC_MONEY_UNKNOWN without a price
 */
TcMoney
tc_price_bound (const TcPrice *self,
                gint64         input_bytes,
                gint64         max_output)
{
  Tier tier;
  TcMoney bound;

  g_return_val_if_fail (self != NULL, TC_MONEY_UNKNOWN);

  if (!tc_price_is_known (self))
    return TC_MONEY_UNKNOWN;
  tier = get_base (self);
  bound = bound_tier (&tier, input_bytes, max_output);
  if (self->long_from > 0 && input_bytes > self->long_from)
    {
      tier = get_long (self);
      bound = MAX (bound, bound_tier (&tier, input_bytes, max_output));
    }

  return bound;
}
