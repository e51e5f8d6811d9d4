/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-json.h"
#include "tc-model-price.h"

/* TC_MONEY_UNKNOWN when it is not there, or no amount. */
static TcMoney
read_amount (JsonObject *row,
             const char *member)
{
  TcMoney amount;

  if (!tc_money_parse (tc_json_get_string (row, member, ""), &amount, NULL) || amount < 0)
    return TC_MONEY_UNKNOWN;

  return amount;
}

/* What becomes of an amount when another one goes from @from to @to; a rate of
 * zero scales nothing, so there the dearer of both is taken. */
static TcMoney
scale (TcMoney amount,
       TcMoney from,
       TcMoney to)
{
  __int128 product;

  if (amount == TC_MONEY_UNKNOWN || from == TC_MONEY_UNKNOWN || to == TC_MONEY_UNKNOWN)
    return TC_MONEY_UNKNOWN;
  if (from == 0)
    return MAX (amount, to);
  product = ((__int128) amount * to + from - 1) / from;

  return product > G_MAXINT64 ? G_MAXINT64 : (TcMoney) product;
}

static void
read_long (JsonObject *row,
           TcPrice    *price)
{
  JsonObject *tier = tc_json_get_object (row, "long_prompt");
  gint64 from = tc_json_get_int (tier, "from_tokens", 0);
  TcMoney input = read_amount (tier, "input");
  TcMoney output = read_amount (tier, "output");

  if (from < 1 || input == TC_MONEY_UNKNOWN || output == TC_MONEY_UNKNOWN)
    return;
  /* TcPrice counts from the last token of the short tier; 0 means none. */
  price->long_from = MAX (from - 1, 1);
  price->long_input = input;
  price->long_output = output;
  price->long_cache_read = read_amount (tier, "cache_read");
  price->long_cache_write = read_amount (tier, "cache_write");
  if (price->long_cache_read == TC_MONEY_UNKNOWN)
    price->long_cache_read = scale (price->cache_read, price->input, input);
  if (price->long_cache_write == TC_MONEY_UNKNOWN)
    price->long_cache_write = scale (price->cache_write, price->input, input);
}

static gboolean
read_row (JsonObject *row,
          TcPrice    *price)
{
  *price = TC_PRICE_UNKNOWN;
  price->input = read_amount (row, "input");
  price->output = read_amount (row, "output");
  if (price->input == TC_MONEY_UNKNOWN || price->output == TC_MONEY_UNKNOWN)
    {
      *price = TC_PRICE_UNKNOWN;
      return FALSE;
    }
  price->cache_read = read_amount (row, "cache_read");
  price->cache_write = read_amount (row, "cache_write");
  read_long (row, price);

  return TRUE;
}

/**
 * tc_model_price_find:
 * @model: (nullable): with its price rows
 * @today: "2026-11-22"
 * @found: (out): unknown when there is none
 *
 * Looks for the row that holds on a day: the last one that has begun.
 *
 * Returns: whether the price is known
 */
gboolean
tc_model_price_find (JsonObject   *model,
                     const char   *today,
                     TcModelPrice *found)
{
  JsonArray *rows = tc_json_get_array (model, "prices");
  JsonObject *best = NULL;

  *found = (TcModelPrice) { TC_PRICE_UNKNOWN, NULL, NULL };
  for (guint i = 0; rows != NULL && i < json_array_get_length (rows); i++)
    {
      JsonNode *node = json_array_get_element (rows, i);
      JsonObject *row = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *from = row == NULL ? "9" : tc_json_get_string (row, "valid_from", "");

      if (strcmp (from, today) <= 0 &&
          (best == NULL || strcmp (from, tc_json_get_string (best, "valid_from", "")) >= 0))
        best = row;
    }
  if (best == NULL || !read_row (best, &found->price))
    return FALSE;
  found->valid_from = tc_json_get_string (best, "valid_from", NULL);
  found->source = tc_json_get_string (best, "source", NULL);

  return TRUE;
}

/* The provider told no long tier: the one that was collected, as much dearer. */
static void
scale_long (TcPrice       *price,
            const TcPrice *known)
{
  if (known->long_from == 0 || price->long_from != 0)
    return;
  price->long_from = known->long_from;
  price->long_input = scale (price->input, known->input, known->long_input);
  price->long_output = scale (price->output, known->output, known->long_output);
  price->long_cache_read = scale (price->cache_read, known->input, known->long_input);
  price->long_cache_write = scale (price->cache_write, known->input, known->long_input);
}

/**
 * tc_model_price_overlay:
 * @known: (inout): what was collected, perhaps unknown
 * @live: the provider's entry, in the form of a row
 * @day: the day on which it was asked for
 *
 * Puts what a provider asks by its own word over what was collected, unless
 * that has begun later.
 *
 * Returns: whether the provider's word holds
 */
gboolean
tc_model_price_overlay (TcModelPrice *known,
                        JsonObject   *live,
                        const char   *day)
{
  TcPrice price;

  if (!read_row (live, &price) ||
      (known->valid_from != NULL && strcmp (known->valid_from, day) > 0))
    return FALSE;
  if (price.cache_write == TC_MONEY_UNKNOWN)
    price.cache_write = scale (known->price.cache_write, known->price.input, price.input);
  scale_long (&price, &known->price);
  known->price = price;
  known->valid_from = NULL;
  known->source = "the provider's own list";

  return TRUE;
}

static void
set_amount (JsonObject *out,
            const char *member,
            TcMoney     amount)
{
  g_autofree char *text = amount == TC_MONEY_UNKNOWN ? NULL : tc_money_format (amount);

  if (text != NULL)
    json_object_set_string_member (out, member, text[0] == '$' ? text + 1 : text);
}

/**
 * tc_model_price_to_json:
 *
 * Returns: (transfer full): a row, with all of the long tier written out
 */
JsonObject *
tc_model_price_to_json (const TcModelPrice *self)
{
  const TcPrice *price = &self->price;
  JsonObject *out = json_object_new ();

  set_amount (out, "input", price->input);
  set_amount (out, "output", price->output);
  set_amount (out, "cache_read", price->cache_read);
  set_amount (out, "cache_write", price->cache_write);
  if (price->long_from > 0)
    {
      JsonObject *tier = json_object_new ();

      json_object_set_int_member (tier, "from_tokens", price->long_from + 1);
      set_amount (tier, "input", price->long_input);
      set_amount (tier, "output", price->long_output);
      set_amount (tier, "cache_read", price->long_cache_read);
      set_amount (tier, "cache_write", price->long_cache_write);
      json_object_set_object_member (out, "long_prompt", tier);
    }
  if (self->valid_from != NULL)
    json_object_set_string_member (out, "valid_from", self->valid_from);
  if (self->source != NULL)
    json_object_set_string_member (out, "source", self->source);

  return out;
}
