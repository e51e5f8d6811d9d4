/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Tokens as each format counts them. Anthropic counts what came from a cache
 * apart from the input, OpenAI counts it in; all but xAI count reasoning as
 * output. */

#include "config.h"

#include <math.h>

#include "tc-json.h"
#include "tc-wire-private.h"

/* xAI counts money in these: 10^10 to the dollar. */
#define TICKS_PER_MICRO_DOLLAR 10000

/* What is missing or null leaves the count as it was. */
static gboolean
read_count (JsonObject *object,
            const char *name,
            gint64     *count)
{
  gint64 value;

  if (!tc_json_has (object, name))
    return TRUE;
  value = tc_json_get_int (object, name, -1);
  if (value < 0 || value > TC_WIRE_MAX_COUNT)
    return FALSE;
  *count = value;

  return TRUE;
}

/**
 * tc_wire_read_anthropic_usage:
 * @object: (nullable): a "usage"
 * @usage: changed where the counts are there
 *
 * Returns: FALSE if there is none or it makes no sense; nothing is changed then
 */
gboolean
tc_wire_read_anthropic_usage (JsonObject *object,
                              TcUsage    *usage)
{
  TcUsage new = *usage;

  if (object == NULL ||
      !read_count (object, "input_tokens", &new.input) ||
      !read_count (object, "cache_read_input_tokens", &new.cache_read) ||
      !read_count (object, "cache_creation_input_tokens", &new.cache_write) ||
      !read_count (object, "output_tokens", &new.output))
    return FALSE;
  *usage = new;

  return TRUE;
}

/* The dollars are a double by now; what is off by its rounding only is exact. */
static gboolean
read_dollars (JsonObject *object,
              TcMoney    *cost)
{
  double micro;

  if (!tc_json_has (object, "cost"))
    return TRUE;
  micro = tc_json_get_double (object, "cost", -1) * TC_MONEY_DOLLAR;
  if (!(micro >= 0 && micro <= TC_WIRE_MAX_COUNT))
    return FALSE;
  *cost = (TcMoney) (fabs (micro - round (micro)) < 1e-6 ? round (micro) : ceil (micro));

  return TRUE;
}

static gboolean
read_exact (JsonObject *object,
            TcMoney    *cost)
{
  gint64 ticks = -1;

  if (!tc_json_has (object, "cost_in_usd_ticks"))
    return read_dollars (object, cost);
  ticks = tc_json_get_int (object, "cost_in_usd_ticks", -1);
  if (ticks < 0 || ticks / TICKS_PER_MICRO_DOLLAR > TC_WIRE_MAX_COUNT)
    return FALSE;
  *cost = ticks / TICKS_PER_MICRO_DOLLAR + (ticks % TICKS_PER_MICRO_DOLLAR != 0);

  return TRUE;
}

/* xAI leaves reasoning out of the output; others count it in. The total tells
 * which it is, where there is one. */
static gint64
count_output (const TcProvider *provider,
              gint64            prompt,
              gint64            completion,
              gint64            reasoning,
              gint64            total)
{
  gboolean is_apart = total == prompt + completion + reasoning ||
                      (provider->id == TC_PROVIDER_XAI && total != prompt + completion);

  return is_apart ? completion + reasoning : completion;
}

/** tc_wire_read_openai_usage: As tc_wire_read_anthropic_usage(), for OpenAI's format. */
gboolean
tc_wire_read_openai_usage (const TcProvider *provider,
                           JsonObject       *object,
                           TcUsage          *usage)
{
  JsonObject *input = tc_json_get_object (object, "prompt_tokens_details");
  JsonObject *output = tc_json_get_object (object, "completion_tokens_details");
  TcMoney exact = usage->exact;
  gint64 prompt = -1;
  gint64 completion = -1;
  gint64 total = -1;
  gint64 reasoning = 0;
  gint64 cached = 0;
  gint64 written = 0;

  if (!read_count (object, "prompt_tokens", &prompt) ||
      !read_count (object, "completion_tokens", &completion) ||
      !read_count (object, "total_tokens", &total) ||
      !read_count (object, "prompt_cache_hit_tokens", &cached) ||
      !read_count (input, "cached_tokens", &cached) ||
      !read_count (input, "cache_write_tokens", &written) ||
      !read_count (output, "reasoning_tokens", &reasoning) ||
      !read_exact (object, &exact) || prompt < 0)
    return FALSE;
  completion = MAX (completion, 0);
  usage->cache_read = MIN (cached, prompt);
  usage->cache_write = MIN (written, prompt - usage->cache_read);
  usage->input = prompt - usage->cache_read - usage->cache_write;
  usage->output = count_output (provider, prompt, completion, reasoning, total);
  usage->exact = exact;

  return TRUE;
}

/** tc_wire_read_ollama_usage: As tc_wire_read_anthropic_usage(), from Ollama's last line. */
gboolean
tc_wire_read_ollama_usage (JsonObject *object,
                           TcUsage    *usage)
{
  TcUsage new = *usage;

  /* It leaves counters out that are zero. */
  new.input = 0;
  new.output = 0;
  if (!read_count (object, "prompt_eval_count", &new.input) ||
      !read_count (object, "eval_count", &new.output))
    return FALSE;
  *usage = new;

  return TRUE;
}

/** tc_wire_add_anthropic_usage: Adds the member "usage", which the format cannot do without. */
void
tc_wire_add_anthropic_usage (JsonObject    *parent,
                             const TcUsage *usage)
{
  JsonObject *object = tc_wire_add_object (parent, "usage");

  json_object_set_int_member (object, "input_tokens", usage->input);
  json_object_set_int_member (object, "cache_creation_input_tokens", usage->cache_write);
  json_object_set_int_member (object, "cache_read_input_tokens", usage->cache_read);
  json_object_set_int_member (object, "output_tokens", usage->output);
}

/** tc_wire_add_openai_usage: Adds the member "usage"; to be left out if nothing was reported. */
void
tc_wire_add_openai_usage (JsonObject    *parent,
                          const TcUsage *usage)
{
  JsonObject *object = tc_wire_add_object (parent, "usage");
  gint64 prompt = usage->input + usage->cache_read + usage->cache_write;
  JsonObject *details;

  json_object_set_int_member (object, "prompt_tokens", prompt);
  json_object_set_int_member (object, "completion_tokens", usage->output);
  json_object_set_int_member (object, "total_tokens", prompt + usage->output);
  details = tc_wire_add_object (object, "prompt_tokens_details");
  json_object_set_int_member (details, "cached_tokens", usage->cache_read);
  json_object_set_int_member (details, "cache_write_tokens", usage->cache_write);
}

/** tc_wire_add_ollama_usage: Adds the counters, if they were reported. */
void
tc_wire_add_ollama_usage (JsonObject    *parent,
                          const TcUsage *usage)
{
  if (!usage->is_reported)
    return;
  json_object_set_int_member (parent, "prompt_eval_count",
                              usage->input + usage->cache_read + usage->cache_write);
  json_object_set_int_member (parent, "eval_count", usage->output);
}
