/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What the supervisor's verdicts cost, and the teacher's pairs. */

#include "config.h"

#include "tc-estimate-make.h"

/* The report is capped at 12 KB; early ones have little to tell. */
#define REPORT_LEAST 1500
#define REPORT_MOST (12 * 1024)
/* Bytes a token: JSON has many short ones, prose few. */
#define BYTES_A_TOKEN_MOST 4.5
#define BYTES_A_TOKEN_LEAST 2.5
/* A verdict is about a kilobyte of JSON; a model that reasons thinks before it answers. */
#define ANSWER_LEAST 150
#define ANSWER_MOST 4000
/* With fewer the sizes say more than the calls do. */
#define CALLS_FEWEST 3
#define CALLS_LESS 0.9
#define CALLS_MORE 1.25
/* An answer that cannot be read is asked for once more. */
#define REPAIRED_SHARE 0.1

/* Of the teacher of data/trainer/helix/teacher.py: pairs a call asks for, how
 * many calls it makes when many pairs are no good, and what it reads and
 * writes. */
#define TEACHER_PAIRS_MOST 24
#define TEACHER_PAIRS_LEAST 20
#define TEACHER_CALLS(pairs) (2 + 4 * (((pairs) + TEACHER_PAIRS_LEAST - 1) / TEACHER_PAIRS_LEAST))
#define TEACHER_READS_LEAST 400
#define TEACHER_READS_MOST 2000
#define TEACHER_WRITES_LEAST 500
#define TEACHER_WRITES_MOST 4096

typedef struct
{
  TcMoney low;
  TcMoney high;
} Cost;

static TcMoney
price_of (const TcPrice *price,
          double         input,
          double         output)
{
  TcUsage usage = TC_USAGE_NONE;

  usage.input = (gint64) input;
  usage.output = (gint64) output;
  usage.is_reported = TRUE;

  return tc_price_for (price, &usage);
}

/* What one verdict costs by what earlier ones by the same model read and wrote,
 * at today's price. */
static Cost
cost_from_calls (const TcEstimateFacts *facts)
{
  Cost cost = { G_MAXINT64, 0 };

  for (guint i = 0; i < facts->calls->len; i++)
    {
      const TcUsage *usage = &g_array_index (facts->calls, TcUsage, i);
      TcMoney one = tc_price_for (&facts->price, usage);

      cost.low = MIN (cost.low, one);
      cost.high = MAX (cost.high, one);
    }
  cost.low = (TcMoney) (cost.low * CALLS_LESS);
  cost.high = (TcMoney) (cost.high * CALLS_MORE);

  return cost;
}

static Cost
cost_from_sizes (const TcEstimateFacts *facts)
{
  double read_low = (facts->prompt_bytes + REPORT_LEAST) / BYTES_A_TOKEN_MOST;
  double read_high = (facts->prompt_bytes + REPORT_MOST) / BYTES_A_TOKEN_LEAST;

  return (Cost) { price_of (&facts->price, read_low, ANSWER_LEAST),
                  price_of (&facts->price, read_high, ANSWER_MOST) };
}

/* What asking for more examples costs, before the training begins. */
static Cost
cost_of_teacher (TcEstimate            *self,
                 const TcEstimateFacts *facts,
                 gint64                 pairs)
{
  g_autofree char *text = tc_estimate_dup_setting (facts->config, "teach-budget");
  gint64 fewest = (pairs + TEACHER_PAIRS_MOST - 1) / TEACHER_PAIRS_MOST;
  gint64 most = TEACHER_CALLS (pairs);
  Cost cost;
  TcMoney cap;

  cost.low = fewest * price_of (&facts->price, TEACHER_READS_LEAST, TEACHER_WRITES_LEAST);
  cost.high = most * price_of (&facts->price, TEACHER_READS_MOST, TEACHER_WRITES_MOST);
  if (text != NULL && tc_money_parse (text, &cap, NULL))
    {
      cost.low = MIN (cost.low, cap);
      cost.high = MIN (cost.high, cap);
    }
  tc_estimate_assume (self, "The teacher is asked %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " times for %" G_GINT64_FORMAT
                      " pairs, and has answered none of it before: what it answered once costs nothing again.",
                      fewest, most, pairs);

  return cost;
}

static gint64
get_pairs (TcSessionConfig *config)
{
  g_autofree char *text = tc_estimate_dup_setting (config, "teach-pairs");
  guint64 pairs;

  return text != NULL && g_ascii_string_to_unsigned (text, 10, 0, 1000000, &pairs, NULL) ? (gint64) pairs : 0;
}

static void
check_money (TcEstimate            *self,
             const TcEstimateFacts *facts)
{
  const TcRange *range = &self->ranges[TC_ESTIMATE_MONEY];
  g_autofree char *high = tc_money_format (range->high);
  g_autofree char *low = tc_money_format (range->low);
  g_autofree char *left = NULL;

  if (facts->money_left == TC_MONEY_UNKNOWN || range->high <= facts->money_left)
    return;
  left = tc_money_format (MAX (facts->money_left, 0));
  if (range->low > facts->money_left)
    tc_estimate_warn (self, "The budget is too small: at least %s are expected, and %s are left.", low, left);
  else
    tc_estimate_warn (self, "The budget may not last: up to %s are expected, and %s are left.", high, left);
}

static void
set_free (TcEstimate *self,
          const char *basis)
{
  tc_estimate_set (self, TC_ESTIMATE_MONEY, 0, 0, basis);
}

static void
make_from_price (TcEstimate            *self,
                 const TcEstimateFacts *facts)
{
  gboolean has_calls = facts->calls != NULL && facts->calls->len >= CALLS_FEWEST;
  Cost cost = has_calls ? cost_from_calls (facts) : cost_from_sizes (facts);
  double low = (double) cost.low * self->n_verdicts;
  double high = (double) cost.high * self->n_verdicts * (has_calls ? 1 : 1 + REPAIRED_SHARE);
  gint64 pairs = get_pairs (facts->config);
  g_autofree char *basis = NULL;

  if (pairs > 0)
    {
      Cost teacher = cost_of_teacher (self, facts, pairs);

      low += (double) teacher.low;
      high += (double) teacher.high;
    }
  if (has_calls)
    basis = g_strdup_printf ("%u earlier verdicts, %s", facts->calls->len, facts->price_basis);
  else
    basis = g_strdup (facts->price_basis);
  tc_estimate_set (self, TC_ESTIMATE_MONEY, low, high, basis);
  if (!has_calls && self->n_verdicts > 0)
    tc_estimate_assume (self, "Of each of %u verdicts: %.0f to %.0f tokens read, %d to %d written; a model that reasons at "
                        "length writes more.", self->n_verdicts,
                        (facts->prompt_bytes + REPORT_LEAST) / BYTES_A_TOKEN_MOST,
                        (facts->prompt_bytes + REPORT_MOST) / BYTES_A_TOKEN_LEAST, ANSWER_LEAST, ANSWER_MOST);
  check_money (self, facts);
}

/** tc_estimate_make_money: sets what the session will pay its provider */
void
tc_estimate_make_money (TcEstimate            *self,
                        const TcEstimateFacts *facts)
{
  TcSessionConfig *config = facts->config;

  self->n_verdicts = facts->is_supervised ? tc_estimate_count_verdicts (config) : 0;
  if (!facts->is_supervised)
    set_free (self, "no provider is asked");
  else if (tc_price_is_known (&facts->price) && tc_price_is_free (&facts->price))
    set_free (self, "runs on this machine");
  else if (!tc_price_is_known (&facts->price) && (self->n_verdicts > 0 || get_pairs (config) > 0))
    tc_estimate_set_unknown (self, TC_ESTIMATE_MONEY, "the price of the model is not known");
  else if (!tc_price_is_known (&facts->price))
    set_free (self, "no verdicts are asked for");
  else
    make_from_price (self, facts);
  if (facts->is_supervised && config->command != NULL)
    tc_estimate_assume (self, "The script itself calls no model through the gateway.");
}
