/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* One request of a client on its way to a provider and back: who asks whom in
 * which format, what is held for it, what has come. The flow is in
 * tc-gateway-proxy.c, the formats are in tc-gateway-translate.c.
 */

#include "tc-gateway-filter.h"
#include "tc-gateway-mask.h"
#include "tc-gateway-meter.h"
#include "tc-gateway-private.h"

G_BEGIN_DECLS

/* Of an answer that is no stream. */
#define TC_GATEWAY_ANSWER_MAX_BYTES (16 * 1024 * 1024)

typedef struct
{
  grefcount           ref_count;
  TcGateway          *gateway;     /* (owned) */
  TcGatewayConn      *conn;        /* (owned) */
  TcGrant            *grant;       /* (owned) */
  const TcModelFacts *facts;       /* of the grant */
  TcProviderWire      wire;        /* the client's */
  gboolean            is_native;   /* it is the provider's as well */
  gboolean            is_metered;
  gboolean            is_stream;   /* as asked for */
  gboolean            wants_usage; /* at the end of OpenAI's stream */
  const char         *path;        /* at the provider */

  char               *body;        /* (owned) (nullable) until it is sent */
  gsize               length;
  gint64              sent_bytes;
  TcMoney             hold;
  guint64             ledger_call; /* 0: nothing is held */
  TcUpstreamCall     *call;        /* (owned) (nullable) */

  guint               status;      /* of the answer; 0: none yet */
  GString            *headers;     /* (owned) (nullable) of the answer, for the client */
  GByteArray         *answer;      /* (owned) (nullable) of an answer that is no stream */
  TcStreamReader     *reader;      /* (owned) (nullable) of an answer that is one */
  TcStreamWriter     *writer;      /* (owned) (nullable) when it is translated */
  TcGatewayFilter    *filter;      /* (owned) (nullable) */
  TcGatewayMask      *mask;        /* (owned) (nullable) when a key was sent */
  GString            *out;         /* (owned) (nullable) for the client, within one call */
  gboolean            is_over;
} TcGatewayExchange;

guint    tc_gateway_exchange_prepare (TcGatewayExchange  *self,
                                      const char        **code,
                                      char              **message);
void     tc_gateway_exchange_settle  (TcGatewayExchange  *self,
                                      const TcUsage      *usage,
                                      gint64              text_bytes,
                                      char              **cost);
void     tc_gateway_exchange_release (TcGatewayExchange  *self,
                                      const char         *why);
gboolean tc_gateway_exchange_answer  (TcGatewayExchange  *self);

void     tc_gateway_exchange_begin_stream (TcGatewayExchange *self);
gboolean tc_gateway_exchange_stream  (TcGatewayExchange  *self,
                                      const char         *bytes,
                                      gsize               length,
                                      gboolean           *is_slow);
void     tc_gateway_exchange_end_stream (TcGatewayExchange *self,
                                      gboolean            is_cut);

G_END_DECLS
