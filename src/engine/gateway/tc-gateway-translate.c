/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What an exchange does with formats: requests are read so that their price is
 * known, and answers so that it is paid; between two formats both go through
 * the neutral one. */

#include "config.h"

#include <string.h>

#include "tc-gateway-exchange.h"
#include "tc-json.h"
#include "tc-redactor.h"

/* What tc_wire_prepare() may add to a request. */
#define ADDED_BYTES 96

/* Of a model whose context nobody knows, when what it reads is not in the request. */
#define DEFAULT_CONTEXT 200000

/* Writes the body anew from what was understood of it: of two members of one
 * name a provider could take the other one. */
static gboolean
write_native (TcGatewayExchange *self,
              JsonObject        *object,
              gint64             max_tokens)
{
  g_free (self->body);
  if (self->is_metered)
    tc_wire_prepare (self->grant->provider, object, max_tokens);
  self->body = tc_json_object_to_string (object, FALSE);
  self->length = strlen (self->body);
  return TRUE;
}

static gboolean
write_translated (TcGatewayExchange  *self,
                  TcChatRequest      *request,
                  gint64              max_tokens,
                  GError            **error)
{
  g_free (self->body);
  if (max_tokens > 0)
    request->max_tokens = max_tokens;
  self->body = tc_wire_write_request (self->grant->provider, request, error);
  self->length = self->body == NULL ? 0 : strlen (self->body);
  return self->body != NULL;
}

static gboolean
asks_for_usage (JsonObject *object)
{
  return tc_json_get_boolean (tc_json_get_object (object, "stream_options"), "include_usage", FALSE);
}

/* No token is shorter than a byte; but an image or a document that the provider
 * fetches itself has its bytes elsewhere, and fills a context at most. In text
 * the quotes would be escaped, so this is a member. */
static gint64
bound_bytes (TcGatewayExchange *self)
{
  gint64 bytes = (gint64) self->length + ADDED_BYTES;

  if (strstr (self->body, "\"url\":\"http") == NULL && strstr (self->body, "\"file_id\":\"") == NULL)
    return bytes;
  return MAX (bytes, self->facts->context > 0 ? self->facts->context : DEFAULT_CONTEXT);
}

static gboolean
plan (TcGatewayExchange    *self,
      JsonObject           *object,
      const TcWireSummary  *summary,
      GError              **error)
{
  g_autoptr (TcChatRequest) request = NULL;
  TcMeterRequest asked = { 0, summary->max_tokens, summary->n_choices };
  TcMeterPlan plan;
  TcLedgerRoom room;

  self->wants_usage = asks_for_usage (object);
  if (!self->is_native)
    {
      request = tc_wire_read_request (self->wire, object, error);
      if (request == NULL)
        return FALSE;
      request->wants_usage = TRUE;
    }
  if (self->is_native ? !write_native (self, object, 0) : !write_translated (self, request, 0, error))
    return FALSE;
  if (!self->is_metered)
    return TRUE;

  asked.bytes = bound_bytes (self);
  tc_ledger_get_room (self->gateway->ledger, self->grant->session_id, self->grant->provider->word,
                      self->grant->limit, &room);
  tc_meter_plan (self->facts, &asked, room.left, &plan);
  self->hold = plan.hold;
  if (plan.max_tokens == 0)
    return TRUE;
  return self->is_native ? write_native (self, object, plan.max_tokens)
                         : write_translated (self, request, plan.max_tokens, error);
}

static char *
describe_models (const TcGrant *grant)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < grant->models->len && i < 8; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
                            ((TcModelFacts *) g_ptr_array_index (grant->models, i))->id);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * tc_gateway_exchange_prepare:
 * @code: (out): a stable word when refused
 * @message: (out) (transfer full): why
 *
 * Understands the request and writes what goes to the provider.
 *
 * Returns: 0, or the HTTP status of a refusal
 */
guint
tc_gateway_exchange_prepare (TcGatewayExchange  *self,
                             const char        **code,
                             char              **message)
{
  g_auto (TcWireSummary) summary = { NULL };
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *body = tc_gateway_conn_get_body (self->conn, &length);

  *code = "invalid_request";
  object = tc_json_parse_object (body, (gssize) length, TC_JSON_DEFAULT, &error);
  if (object == NULL || !tc_wire_summarize (self->wire, object, &summary, &error))
    {
      *message = g_strdup (error->message);
      return 400;
    }

  self->is_stream = summary.is_stream && self->is_metered;
  self->facts = tc_grant_find_model (self->grant, summary.model);
  if (self->facts == NULL)
    {
      g_autofree char *models = describe_models (self->grant);
      g_autofree char *name = g_strndup (summary.model, 100);

      *code = "model_not_allowed";
      *message = g_strdup_printf ("This run may not ask the model “%s”. It may ask %s: %s.", name,
                                  self->grant->provider->title, models);
      return 403;
    }
  if (!plan (self, object, &summary, &error))
    {
      *message = g_strdup (error->message);
      return 400;
    }
  return 0;
}

/**
 * tc_gateway_exchange_settle:
 * @usage: (nullable): as reported
 * @text_bytes: of the answer, for a guess
 * @cost: (out) (optional) (transfer full): dollars as text, or "unknown"
 *
 * Charges what it cost.
 */
void
tc_gateway_exchange_settle (TcGatewayExchange  *self,
                            const TcUsage      *usage,
                            gint64              text_bytes,
                            char              **cost)
{
  TcMeterBill bill;

  if (self->ledger_call == 0)
    return;
  tc_meter_bill (&self->facts->price, usage, self->sent_bytes, text_bytes, self->hold, &bill);
  tc_ledger_settle (self->gateway->ledger, self->ledger_call, self->status, &bill.usage, bill.cost,
                    bill.source);
  self->ledger_call = 0;
  if (cost != NULL && bill.cost != TC_MONEY_UNKNOWN)
    {
      g_autofree char *text = tc_money_format (bill.cost);

      *cost = g_strdup (text + 1);
    }
  else if (cost != NULL)
    *cost = g_strdup ("unknown");
  if (bill.source == TC_COST_UNKNOWN)
    {
      g_autofree char *text = g_strdup_printf ("What %s costs is not known, so its calls are not counted "
                                               "in the budget.", self->facts->id);

      tc_gateway_report (self->gateway, self->grant->session_id, TC_SEVERITY_WARNING, "price", text);
    }
}

/** tc_gateway_exchange_release: it cost nothing */
void
tc_gateway_exchange_release (TcGatewayExchange *self,
                             const char        *why)
{
  if (self->ledger_call != 0)
    tc_ledger_release (self->gateway->ledger, self->ledger_call, self->status, why);
  self->ledger_call = 0;
}

/* Providers echo what they were sent, most of all in errors. Returns NULL when
 * the key is not in it. */
static char *
mask_secret (TcGatewayExchange *self,
             const char        *bytes,
             gsize              length,
             gsize             *masked_length)
{
  const TcSecret *secret = self->grant->secret;
  g_autoptr (TcRedactor) redactor = NULL;
  g_autoptr (GString) out = NULL;

  if (secret == NULL || secret->length < TC_REDACTOR_MIN_SECRET ||
      memmem (bytes, length, secret->text, secret->length) == NULL)
    return NULL;
  redactor = tc_redactor_new ();
  out = g_string_new (NULL);
  tc_redactor_add_secret (redactor, secret->text, (gssize) secret->length);
  tc_redactor_push (redactor, bytes, length, out);
  tc_redactor_finish (redactor, out);
  *masked_length = out->len;
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
reply (TcGatewayExchange *self,
       const char        *body,
       gsize              length)
{
  gsize masked_length = 0;
  g_autofree char *masked = mask_secret (self, body, length, &masked_length);

  if (masked != NULL)
    tc_gateway_conn_reply (self->conn, self->status, self->headers->str, masked, masked_length);
  else
    tc_gateway_conn_reply (self->conn, self->status, self->headers->str, body, length);
}

/* What the person in front of the run should do something about. */
static void
report_error (TcGatewayExchange *self,
              const TcChatError *error)
{
  const char *title = self->grant->provider->title;
  g_autofree char *text = NULL;
  const char *kind = "key";

  if (error->kind == TC_CHAT_ERROR_AUTH)
    text = g_strdup_printf ("%s refused the key: %s", title, error->message);
  else if (error->kind == TC_CHAT_ERROR_PERMISSION)
    text = g_strdup_printf ("%s does not let the key do this: %s", title, error->message);
  else if (error->kind == TC_CHAT_ERROR_MONEY)
    {
      kind = "credit";
      text = g_strdup_printf ("%s answers no more for want of money: %s", title, error->message);
    }
  if (text != NULL)
    tc_gateway_report (self->gateway, self->grant->session_id, TC_SEVERITY_ERROR, kind, text);
}

static void
answer_error (TcGatewayExchange *self)
{
  const char *bytes = (const char *) self->answer->data;
  const char *secret = self->grant->secret == NULL ? NULL : self->grant->secret->text;
  g_autoptr (TcChatError) error = NULL;
  g_autofree char *body = NULL;

  error = tc_wire_read_error (self->grant->provider, self->status, bytes, self->answer->len, secret);
  tc_gateway_exchange_release (self, error->message);
  report_error (self, error);
  if (self->is_native)
    {
      reply (self, bytes, self->answer->len);
      return;
    }
  body = tc_wire_write_error (self->wire, error);
  reply (self, body, strlen (body));
}

/* Of all that was generated, for a guess at what it cost. */
static gint64
count_text (const TcChatReply *reply)
{
  gint64 n = 0;

  for (guint i = 0; i < reply->parts->len; i++)
    {
      const TcChatPart *part = g_ptr_array_index (reply->parts, i);

      n += part->text == NULL ? 0 : (gint64) strlen (part->text);
    }
  return n;
}

/**
 * tc_gateway_exchange_answer:
 *
 * Charges for a whole answer and hands it to the client.
 *
 * Returns: %FALSE when it makes no sense; nothing is charged or said then
 */
gboolean
tc_gateway_exchange_answer (TcGatewayExchange *self)
{
  const char *bytes = (const char *) self->answer->data;
  g_autoptr (TcChatReply) chat = NULL;
  g_autofree char *body = NULL;
  g_autofree char *cost = NULL;

  if (self->status != 200)
    {
      answer_error (self);
      return TRUE;
    }
  if (!self->is_metered)
    {
      reply (self, bytes, self->answer->len);
      return TRUE;
    }

  chat = tc_wire_read_reply (self->grant->provider, bytes, self->answer->len, NULL);
  if (chat == NULL)
    return FALSE;
  tc_gateway_exchange_settle (self, &chat->usage, count_text (chat), &cost);
  g_string_append_printf (self->headers, "x-training-center-cost-usd: %s\r\n", cost);
  if (self->is_native)
    {
      reply (self, bytes, self->answer->len);
      return TRUE;
    }
  body = tc_wire_write_reply (self->wire, chat);
  reply (self, body, strlen (body));
  return TRUE;
}

static void
on_event (const TcChatEvent *event,
          gpointer           user_data)
{
  TcGatewayExchange *self = user_data;

  if (event->kind == TC_EVENT_ERROR)
    report_error (self, event->error);
  if (self->writer != NULL)
    tc_stream_writer_write (self->writer, event, self->out);
}

/** tc_gateway_exchange_begin_stream: the provider has begun one */
void
tc_gateway_exchange_begin_stream (TcGatewayExchange *self)
{
  const TcProvider *provider = self->grant->provider;
  const TcSecret *secret = self->grant->secret;

  self->out = g_string_sized_new (4096);
  self->reader = tc_stream_reader_new (provider, secret == NULL ? NULL : secret->text, on_event, self);
  if (secret != NULL && secret->length >= TC_REDACTOR_MIN_SECRET)
    self->mask = tc_gateway_mask_new (secret->text, secret->length);
  if (self->is_native)
    {
      if (provider->wire == TC_PROVIDER_WIRE_OPENAI && !self->wants_usage)
        self->filter = tc_gateway_filter_new ();
    }
  else
    {
      self->writer = tc_stream_writer_new (self->wire, self->facts->id, self->wants_usage);
      g_string_truncate (self->headers, 0);
      g_string_append_printf (self->headers, "Content-Type: %s\r\n",
                              tc_stream_writer_get_content_type (self->writer));
    }
  g_string_append (self->headers, "Cache-Control: no-cache\r\n");
  tc_gateway_conn_begin (self->conn, 200, self->headers->str);
}

static gboolean
pass_on (TcGatewayExchange *self,
         const char        *bytes,
         gsize              length)
{
  g_autoptr (GString) masked = NULL;

  if (self->mask == NULL)
    return tc_gateway_conn_write (self->conn, bytes, length);
  masked = g_string_sized_new (length);
  tc_gateway_mask_push (self->mask, bytes, length, masked);
  return tc_gateway_conn_write (self->conn, masked->str, masked->len);
}

/* What waited for more. */
static void
pass_rest (TcGatewayExchange *self)
{
  g_autoptr (GString) rest = g_string_new (NULL);

  if (self->mask != NULL)
    tc_gateway_mask_finish (self->mask, rest);
  if (rest->len > 0)
    tc_gateway_conn_write (self->conn, rest->str, rest->len);
}

/**
 * tc_gateway_exchange_stream:
 * @is_slow: (out): the client does not keep up
 *
 * Passes a piece of a stream on before looking what it was.
 *
 * Returns: %FALSE when it makes no sense
 */
gboolean
tc_gateway_exchange_stream (TcGatewayExchange *self,
                            const char        *bytes,
                            gsize              length,
                            gboolean          *is_slow)
{
  gboolean keeps_up = TRUE;

  g_string_truncate (self->out, 0);
  if (self->filter != NULL)
    {
      tc_gateway_filter_push (self->filter, bytes, length, self->out);
      keeps_up = pass_on (self, self->out->str, self->out->len);
    }
  else if (self->is_native)
    keeps_up = pass_on (self, bytes, length);
  if (!tc_stream_reader_feed (self->reader, bytes, length, NULL))
    return FALSE;
  if (self->writer != NULL && self->out->len > 0)
    keeps_up = pass_on (self, self->out->str, self->out->len);
  *is_slow = !keeps_up;
  return TRUE;
}

/**
 * tc_gateway_exchange_end_stream:
 * @is_cut: the provider broke off; the client is shown that
 *
 * Charges for a stream and ends it for the client.
 */
void
tc_gateway_exchange_end_stream (TcGatewayExchange *self,
                                gboolean           is_cut)
{
  g_string_truncate (self->out, 0);
  tc_stream_reader_finish (self->reader);
  tc_gateway_exchange_settle (self, tc_stream_reader_get_usage (self->reader),
                              tc_stream_reader_get_text_bytes (self->reader), NULL);
  if (self->filter != NULL)
    tc_gateway_filter_finish (self->filter, self->out);
  if (self->out->len > 0)
    pass_on (self, self->out->str, self->out->len);
  pass_rest (self);
  if (is_cut && self->is_native)
    tc_gateway_conn_abort (self->conn);
  else
    tc_gateway_conn_end (self->conn);
}
