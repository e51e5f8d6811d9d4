/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The way of one request: understood and priced, held in the book, sent, and
 * the answer passed on as it comes.
 *
 *   prepare ──▶ hold ──▶ send ──▶ head ──▶ stream … ──▶ settle
 *      │          │        │       └─────▶ answer  ──▶ settle, or release if it is an error
 *      ▼          ▼        ▼
 *     4xx        402      502, 504; the client gone: settled with a careful guess */

#include "config.h"

#include <string.h>

#include "tc-error.h"
#include "tc-gateway-exchange.h"
#include "tc-gateway-headers.h"

static void
exchange_unref (TcGatewayExchange *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->call, tc_upstream_call_free);
  g_clear_pointer (&self->reader, tc_stream_reader_free);
  g_clear_pointer (&self->writer, tc_stream_writer_free);
  g_clear_pointer (&self->filter, tc_gateway_filter_free);
  g_clear_pointer (&self->mask, tc_gateway_mask_free);
  g_clear_pointer (&self->answer, g_byte_array_unref);
  if (self->headers != NULL)
    g_string_free (self->headers, TRUE);
  if (self->out != NULL)
    g_string_free (self->out, TRUE);
  g_free (self->body);
  tc_grant_unref (self->grant);
  tc_gateway_conn_unref (self->conn);
  g_object_unref (self->gateway);
  g_free (self);
}

/* The client has its answer, or is gone. Whatever is still on is let go. */
static void
finish (TcGatewayExchange *self)
{
  if (self->is_over)
    return;
  self->is_over = TRUE;
  g_queue_remove (&self->gateway->exchanges, self);
  g_clear_pointer (&self->call, tc_upstream_call_free);
  exchange_unref (self);
}

/* It ends without a proper answer. What has left may have cost money. */
static void
settle_unfinished (TcGatewayExchange *self,
                   const char        *why)
{
  gint64 text_bytes = self->answer != NULL ? self->answer->len : 0;
  const TcUsage *usage = NULL;

  if (self->reader != NULL)
    {
      usage = tc_stream_reader_get_usage (self->reader);
      text_bytes = tc_stream_reader_get_text_bytes (self->reader);
    }
  if (self->call != NULL && tc_upstream_call_was_sent (self->call) &&
      (self->status == 0 || self->status == 200))
    tc_gateway_exchange_settle (self, usage, text_bytes, NULL);
  else
    tc_gateway_exchange_release (self, why);
}

static void
refuse (TcGatewayExchange *self,
        guint              status,
        const char        *code,
        const char        *message)
{
  tc_gateway_refuse (self->conn, self->wire, status, code, message);
  finish (self);
}

/* The provider's fault. In mid-stream all that can be said is that it is over. */
static void
give_up (TcGatewayExchange *self,
         guint              status,
         const char        *code,
         const char        *message)
{
  tc_gateway_report (self->gateway, self->grant->session_id, TC_SEVERITY_WARNING, "provider", message);
  settle_unfinished (self, message);
  if (self->reader == NULL)
    {
      refuse (self, status, code, message);
      return;
    }
  tc_gateway_exchange_end_stream (self, TRUE);
  finish (self);
}

static void
on_gone (TcGatewayConn *conn,
         gpointer       user_data)
{
  TcGatewayExchange *self = user_data;

  settle_unfinished (self, "The client hung up before it was sent.");
  finish (self);
}

static void
on_drained (TcGatewayConn *conn,
            gpointer       user_data)
{
  TcGatewayExchange *self = user_data;

  if (self->call != NULL)
    tc_upstream_call_set_paused (self->call, FALSE);
}

static const TcGatewayAnswerFuncs answer_funcs = { .gone = on_gone, .drained = on_drained };

static void
on_head (TcUpstreamCall   *call,
         const TcHttpHead *head,
         gpointer          user_data)
{
  TcGatewayExchange *self = user_data;
  const char *encoding = tc_http_head_get (head, "Content-Encoding");
  const char *title = self->grant->provider->title;
  g_autofree char *message = NULL;

  self->status = head->status;
  if (head->status >= 300 && head->status < 400)
    message = g_strdup_printf ("%s sent the call on to another address. That is not followed, because "
                               "the key would go there too; check the key's base URL.", title);
  else if (head->status > 200 && head->status < 300)
    message = g_strdup_printf ("%s sent no answer (status %u).", title, head->status);
  else if (encoding != NULL && g_ascii_strcasecmp (encoding, "identity") != 0)
    message = g_strdup_printf ("%s sent a compressed answer, which it was asked not to.", title);
  if (message != NULL)
    {
      give_up (self, 502, "bad_answer", message);
      return;
    }

  self->headers = g_string_sized_new (512);
  tc_gateway_headers_append_answer (self->headers, head);
  if (self->is_stream && head->status == 200)
    tc_gateway_exchange_begin_stream (self);
  else
    self->answer = g_byte_array_new ();
}

static void
on_data (TcUpstreamCall *call,
         const char     *bytes,
         gsize           length,
         gpointer        user_data)
{
  TcGatewayExchange *self = user_data;
  gboolean is_slow = FALSE;

  if (self->reader != NULL)
    {
      if (!tc_gateway_exchange_stream (self, bytes, length, &is_slow))
        give_up (self, 502, "bad_answer", "The provider's stream makes no sense.");
      else if (is_slow)
        tc_upstream_call_set_paused (call, TRUE);
    }
  else if (self->answer->len + length > TC_GATEWAY_ANSWER_MAX_BYTES)
    give_up (self, 502, "bad_answer", "The provider's answer is too long to be one.");
  else
    g_byte_array_append (self->answer, (const guint8 *) bytes, (guint) length);
}

static void
on_end (TcUpstreamCall *call,
        gpointer        user_data)
{
  TcGatewayExchange *self = user_data;

  if (self->reader != NULL)
    {
      tc_gateway_exchange_end_stream (self, FALSE);
      finish (self);
    }
  else if (tc_gateway_exchange_answer (self))
    finish (self);
  else
    give_up (self, 502, "bad_answer", "The provider's answer makes no sense.");
}

static void
on_failed (TcUpstreamCall          *call,
           const TcUpstreamFailure *failure,
           gpointer                 user_data)
{
  TcGatewayExchange *self = user_data;

  switch (failure->problem)
    {
    case TC_UPSTREAM_TIMEOUT:
      give_up (self, 504, "timeout", failure->message);
      break;
    case TC_UPSTREAM_BAD_ANSWER:
      give_up (self, 502, "bad_answer", failure->message);
      break;
    case TC_UPSTREAM_UNSAFE:
      give_up (self, 502, "unsafe", failure->message);
      break;
    case TC_UPSTREAM_UNREACHABLE:
    case TC_UPSTREAM_CUT_OFF:
    default:
      give_up (self, 502, "unreachable", failure->message);
      break;
    }
}

static const TcUpstreamFuncs upstream_funcs = {
  .head = on_head, .data = on_data, .end = on_end, .failed = on_failed,
};

static void
send_upstream (TcGatewayExchange *self)
{
  g_autofree char *url = tc_provider_build_url (self->grant->provider, self->grant->base_url, self->path);
  GString *headers = g_string_sized_new (1024);
  TcUpstreamRequest request = { "POST", url, headers, self->body, self->length, 0 };

  tc_gateway_headers_append_request (headers, self->grant, tc_gateway_conn_get_head (self->conn),
                                     self->is_stream);
  self->call = tc_upstream_send (self->gateway->upstream, &request, &upstream_funcs, self);
  explicit_bzero (headers->str, headers->allocated_len);
  g_string_free (headers, TRUE);

  self->sent_bytes = (gint64) self->length;
  g_clear_pointer (&self->body, g_free);
  tc_gateway_conn_drop_body (self->conn);
  if (self->call == NULL)
    give_up (self, 502, "unreachable", "The address of the provider makes no sense; check the key's base URL.");
}

static void
on_held (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  TcGatewayExchange *self = user_data;
  g_autoptr (GError) error = NULL;

  self->ledger_call = tc_ledger_hold_finish (TC_LEDGER (object), result, &error);
  if (self->is_over)
    tc_gateway_exchange_release (self, "The client hung up before it was sent.");
  else if (error == NULL)
    send_upstream (self);
  else if (g_error_matches (error, TC_ERROR, TC_ERROR_PERMISSION))
    {
      tc_gateway_report (self->gateway, self->grant->session_id, TC_SEVERITY_WARNING, "budget",
                         error->message);
      refuse (self, 402, "budget_exceeded", error->message);
    }
  else
    refuse (self, 503, "ledger", "What calls cost cannot be written down, so nothing was sent.");
  exchange_unref (self);
}

static void
hold (TcGatewayExchange *self)
{
  TcLedgerCall call = {
    .session_id = self->grant->session_id,
    .attempt = self->grant->attempt,
    .origin = TC_CALL_SCRIPT,
    .provider = self->grant->provider->word,
    .key_id = self->grant->key_id,
    .model = self->facts->id,
    .is_stream = self->is_stream,
    .is_free = tc_price_is_free (&self->facts->price),
    .hold = self->hold,
    .session_limit = self->grant->limit,
  };

  g_ref_count_inc (&self->ref_count);
  tc_ledger_hold_async (self->gateway->ledger, &call, NULL, on_held, self);
}

static TcGatewayExchange *
exchange_new (TcGateway      *gateway,
              TcGatewayConn  *conn,
              TcGrant        *grant,
              TcProviderWire  wire)
{
  TcGatewayExchange *self = g_new0 (TcGatewayExchange, 1);

  g_ref_count_init (&self->ref_count);
  self->gateway = g_object_ref (gateway);
  self->conn = tc_gateway_conn_ref (conn);
  self->grant = tc_grant_ref (grant);
  self->wire = wire;
  self->is_native = wire == grant->provider->wire;
  self->path = tc_wire_get_path (grant->provider);
  g_queue_push_tail (&gateway->exchanges, self);
  tc_gateway_conn_watch (conn, &answer_funcs, self);
  return self;
}

/* Returns FALSE when it has been answered already. */
static gboolean
prepare (TcGatewayExchange *self)
{
  const char *code = NULL;
  g_autofree char *message = NULL;
  guint status = tc_gateway_exchange_prepare (self, &code, &message);

  if (status == 0)
    return TRUE;
  if (status == 403)
    tc_ledger_note_refusal (self->gateway->ledger, self->grant->session_id, status, message);
  refuse (self, status, code, message);
  return FALSE;
}

/**
 * tc_gateway_proxy_chat:
 * @wire: the format of the request
 *
 * Passes a chat on, and answers the connection.
 */
void
tc_gateway_proxy_chat (TcGateway      *self,
                       TcGatewayConn  *conn,
                       TcGrant        *grant,
                       TcProviderWire  wire)
{
  TcGatewayExchange *exchange = exchange_new (self, conn, grant, wire);

  exchange->is_metered = TRUE;
  if (prepare (exchange))
    hold (exchange);
}

/**
 * tc_gateway_proxy_count:
 *
 * Passes a count of tokens on, which Anthropic answers without charging.
 */
void
tc_gateway_proxy_count (TcGateway     *self,
                        TcGatewayConn *conn,
                        TcGrant       *grant)
{
  TcGatewayExchange *exchange;

  if (grant->provider->wire != TC_PROVIDER_WIRE_ANTHROPIC)
    {
      tc_gateway_refuse (conn, TC_PROVIDER_WIRE_ANTHROPIC, 404, "not_found",
                         "The run's provider does not count tokens.");
      return;
    }
  exchange = exchange_new (self, conn, grant, TC_PROVIDER_WIRE_ANTHROPIC);
  exchange->path = "/v1/messages/count_tokens";
  if (prepare (exchange))
    send_upstream (exchange);
}

/**
 * tc_gateway_cancel_exchanges:
 * @session_id: 0: all
 *
 * Cuts off what is on.
 */
void
tc_gateway_cancel_exchanges (TcGateway *self,
                             guint64    session_id)
{
  GList *next;

  for (GList *link = self->exchanges.head; link != NULL; link = next)
    {
      TcGatewayExchange *exchange = link->data;

      next = link->next;
      if (session_id != 0 && exchange->grant->session_id != session_id)
        continue;
      settle_unfinished (exchange, "The run ended before it was sent.");
      tc_gateway_conn_abort (exchange->conn);
      finish (exchange);
    }
}
