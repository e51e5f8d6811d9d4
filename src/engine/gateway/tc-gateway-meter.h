/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What is held for a call before it goes out, and what is charged when it is
 * over. Pure functions; any thread.
 */

#include "tc-catalogue.h"
#include "tc-ledger.h"

G_BEGIN_DECLS

/* Without a cap in the request and in the facts an answer is capped at this. */
#define TC_METER_DEFAULT_TOKENS 8192

/* A cap is lowered to what the money affords, but not below this. */
#define TC_METER_LEAST_TOKENS   256

/* A call as it will be sent. */
typedef struct
{
  gint64 bytes;      /* of its body */
  gint64 max_tokens; /* it asks for; 0: not said */
  gint64 n_choices;
} TcMeterRequest;

typedef struct
{
  gint64  max_tokens; /* to put into the request; 0: leave it as it is */
  TcMoney hold;       /* TC_MONEY_UNKNOWN: no price */
} TcMeterPlan;

typedef struct
{
  TcUsage      usage;
  TcMoney      cost;
  TcCostSource source;
} TcMeterBill;

void tc_meter_plan (const TcModelFacts   *facts,
                    const TcMeterRequest *request,
                    TcMoney               left,
                    TcMeterPlan          *plan);
void tc_meter_bill (const TcPrice        *price,
                    const TcUsage        *usage,
                    gint64                sent_bytes,
                    gint64                text_bytes,
                    TcMoney               hold,
                    TcMeterBill          *bill);

G_END_DECLS
