/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The way from a training to a provider: a loopback HTTP endpoint that takes
 * the run's token, puts the key in its place, holds and settles the money, and
 * passes bytes on as they come. A run's token is worth nothing outside it. The
 * engine's own calls take the same way, without HTTP in front. Main thread only.
 *
 *   /v1/messages            Anthropic's format      ANTHROPIC_BASE_URL = http://127.0.0.1:PORT
 *   /v1/chat/completions    OpenAI's format         OPENAI_BASE_URL    = http://127.0.0.1:PORT/v1
 *   /api/chat               Ollama's format         OLLAMA_HOST        = http://127.0.0.1:PORT/run/TOKEN
 *   /v1/models, /api/tags   what the run may ask
 *   /v1/spend               {"session_id","spent_usd","held_usd","left_usd"}
 *
 * The token comes as "Authorization: Bearer", as "x-api-key", or for clients
 * that send neither (Ollama's) as the first part of the path.
 */

#include "tc-chat.h"
#include "tc-grant.h"
#include "tc-ledger.h"

G_BEGIN_DECLS

#define TC_TYPE_GATEWAY (tc_gateway_get_type ())
G_DECLARE_FINAL_TYPE (TcGateway, tc_gateway, TC, GATEWAY, GObject)

/* Signals:
 *  problem (guint64 session_id, TcSeverity severity, const char *kind, const char *text)
 *          what the person in front of the run should know, once a kind and run:
 *          refused by budget, key refused, provider gone, price unknown */
TcGateway   *tc_gateway_new          (TcLedger             *ledger,
                                      TcClock              *clock);
gboolean     tc_gateway_listen       (TcGateway            *self,
                                      guint16               wanted_port,
                                      GError              **error);
void         tc_gateway_set_stall    (TcGateway            *self,
                                      guint                 stall_ms);
guint16      tc_gateway_get_port     (TcGateway            *self);
void         tc_gateway_shutdown     (TcGateway            *self);

/* The token is given once and kept as a hash only; resume finds the hash of an
 * earlier engine in the ledger: FALSE when there is none. */
char        *tc_gateway_open_run     (TcGateway            *self,
                                      TcGrant              *grant);
gboolean     tc_gateway_resume_run   (TcGateway            *self,
                                      TcGrant              *grant);
guint64      tc_gateway_get_run_key  (TcGateway            *self,
                                      guint64               session_id,
                                      guint                 attempt);
void         tc_gateway_close_run    (TcGateway            *self,
                                      guint64               session_id);
GStrv        tc_gateway_dup_environment (TcGateway         *self,
                                      const char           *token);

/* A call of the engine itself, in the provider's format, metered like any
 * other, tried again as the official clients do. Fails with TC_ERROR_PERMISSION
 * (a budget), TC_ERROR_UNAVAILABLE or TC_ERROR_INVALID and a sentence; what it
 * cost until then is told also when it fails. */
void         tc_gateway_chat_async   (TcGateway            *self,
                                      TcGrant              *grant,
                                      const TcChatRequest  *request,
                                      guint                 timeout_ms,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
TcChatReply *tc_gateway_chat_finish  (TcGateway            *self,
                                      GAsyncResult         *result,
                                      TcMoney              *cost,
                                      GError              **error);

G_END_DECLS
