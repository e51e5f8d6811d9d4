/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* From the price rows of a model to the price of a day. Pure; any thread.
 *
 * A row is an object with valid_from (a day, "" for ever), input and output,
 * which may have cache_read, cache_write and long_prompt: {from_tokens, input,
 * output, cache_read, cache_write}, all in dollars for a million tokens. Prompts
 * of from_tokens and more cost as long_prompt says. Where that has no price for
 * the cache, the short one is scaled as the input is, rounded up: that is how
 * every provider with such a tier does it.
 */

#include <json-glib/json-glib.h>

#include "tc-price.h"

G_BEGIN_DECLS

typedef struct
{
  TcPrice     price;
  const char *valid_from; /* (nullable) borrowed from the row */
  const char *source;     /* (nullable) borrowed from the row, or static */
} TcModelPrice;

gboolean    tc_model_price_find    (JsonObject         *model,
                                    const char         *today,
                                    TcModelPrice       *found);
gboolean    tc_model_price_overlay (TcModelPrice       *known,
                                    JsonObject         *live,
                                    const char         *day);
JsonObject *tc_model_price_to_json (const TcModelPrice *self);

G_END_DECLS
