/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-gateway-meter.h"

/* No token is shorter than a byte, so this is what a call costs at most. */
static TcMoney
bound (const TcModelFacts   *facts,
       const TcMeterRequest *request,
       gint64                max_tokens)
{
  gint64 n = MAX (request->n_choices, 1);

  if (max_tokens > G_MAXINT64 / n)
    return G_MAXINT64;
  return tc_price_bound (&facts->price, request->bytes, max_tokens * n);
}

/* The largest cap whose bound fits into @left. The bound rises with the cap, so
 * halving finds it whatever tiers a price has. */
static gint64
afford (const TcModelFacts   *facts,
        const TcMeterRequest *request,
        gint64                max_tokens,
        TcMoney               left)
{
  gint64 fits = 0, too_much = max_tokens;

  while (too_much - fits > 1)
    {
      gint64 middle = fits + (too_much - fits) / 2;

      if (bound (facts, request, middle) <= left)
        fits = middle;
      else
        too_much = middle;
    }
  return fits;
}

/**
 * tc_meter_plan:
 * @facts: of the model
 * @left: of the money; %TC_MONEY_UNKNOWN: nothing limits it
 * @plan: (out): what to hold. If it is more than @left even so, the call does
 *   not fit, and the ledger will say so.
 */
void
tc_meter_plan (const TcModelFacts   *facts,
               const TcMeterRequest *request,
               TcMoney               left,
               TcMeterPlan          *plan)
{
  gint64 max_tokens = request->max_tokens;
  gint64 affordable;

  *plan = (TcMeterPlan) { 0, TC_MONEY_UNKNOWN };
  if (!tc_price_is_known (&facts->price))
    return;
  if (tc_price_is_free (&facts->price))
    {
      plan->hold = 0;
      return;
    }

  if (max_tokens <= 0)
    max_tokens = facts->max_output > 0 ? facts->max_output : TC_METER_DEFAULT_TOKENS;
  /* A bound holds only if somebody keeps to it. */
  if (request->max_tokens <= 0 && facts->max_output <= 0)
    plan->max_tokens = max_tokens;
  plan->hold = bound (facts, request, max_tokens);
  if (left == TC_MONEY_UNKNOWN || plan->hold == TC_MONEY_UNKNOWN || plan->hold <= left)
    return;

  affordable = afford (facts, request, max_tokens, left);
  if (affordable < TC_METER_LEAST_TOKENS)
    return;
  plan->max_tokens = affordable;
  plan->hold = bound (facts, request, affordable);
}

static gint64
tokens_for (gint64 bytes)
{
  return bytes / 4 + (bytes % 4 != 0);
}

/**
 * tc_meter_bill:
 * @price: of the model
 * @usage: (nullable): what the provider reported
 * @sent_bytes: of the request's body
 * @text_bytes: of the answer's text that has arrived
 * @hold: the most it can have cost; a guess is never more
 * @bill: (out): what to charge
 *
 * What the provider says it cost comes first, then its counts times the price,
 * then a careful guess at what it did not say.
 */
void
tc_meter_bill (const TcPrice *price,
               const TcUsage *usage,
               gint64         sent_bytes,
               gint64         text_bytes,
               TcMoney        hold,
               TcMeterBill   *bill)
{
  bill->usage = usage != NULL ? *usage : TC_USAGE_NONE;

  if (bill->usage.exact != TC_MONEY_UNKNOWN && bill->usage.exact >= 0)
    {
      bill->cost = bill->usage.exact;
      bill->source = TC_COST_EXACT;
      return;
    }
  bill->source = TC_COST_COMPUTED;
  if (!bill->usage.is_reported)
    {
      if (bill->usage.input + bill->usage.cache_read + bill->usage.cache_write == 0)
        bill->usage.input = tokens_for (sent_bytes);
      bill->usage.output = MAX (bill->usage.output, tokens_for (text_bytes));
      bill->source = TC_COST_ESTIMATED;
    }
  bill->cost = tc_price_is_known (price) ? tc_price_for (price, &bill->usage) : TC_MONEY_UNKNOWN;
  if (bill->cost == TC_MONEY_UNKNOWN)
    bill->source = TC_COST_UNKNOWN;
  else if (bill->source == TC_COST_ESTIMATED && hold != TC_MONEY_UNKNOWN)
    bill->cost = MIN (bill->cost, hold);
}
