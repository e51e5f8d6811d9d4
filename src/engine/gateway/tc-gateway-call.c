/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The engine's own calls. They are priced, held and settled like a script's,
 * and tried again as the vendors' own clients do it: twice, after what the
 * provider asks for or half a second that doubles, never when it is about
 * money. */

#include "config.h"

#include <string.h>

#include "tc-error.h"
#include "tc-gateway-exchange.h"
#include "tc-gateway-headers.h"

#define RETRIES_MAX      2
#define RETRY_FIRST_MS   500
#define RETRY_LONGEST_MS 8000
#define RETRY_ASKED_MS   60000

typedef struct
{
  TcGrant            *grant;    /* (owned) */
  const TcModelFacts *facts;    /* of the grant */
  char               *body;     /* (owned) */
  gsize               length;
  TcMoney             hold;
  gint64              deadline; /* monotonic µs */
  guint               n_retries;
  guint               delay_id;
  gulong              cancel_id;

  guint64             ledger_call;
  TcUpstreamCall     *call;     /* (owned) (nullable) */
  guint               status;
  GByteArray         *answer;   /* (owned) (nullable) */
  char               *retry[3]; /* (owned) (nullable) headers: after-ms, after, should */
  TcMoney             cost;     /* of all tries */
  gboolean            is_over;
} Chat;

static void
clear_answer (Chat *chat)
{
  chat->status = 0;
  g_clear_pointer (&chat->call, tc_upstream_call_free);
  g_clear_pointer (&chat->answer, g_byte_array_unref);
  for (guint i = 0; i < G_N_ELEMENTS (chat->retry); i++)
    g_clear_pointer (&chat->retry[i], g_free);
}

static void
chat_free (gpointer data)
{
  Chat *self = data;

  clear_answer (self);
  tc_grant_unref (self->grant);
  g_free (self->body);
  g_free (self);
}

static void
release (GTask      *task,
         const char *why)
{
  TcGateway *gateway = g_task_get_source_object (task);
  Chat *chat = g_task_get_task_data (task);

  if (chat->ledger_call != 0)
    tc_ledger_release (gateway->ledger, chat->ledger_call, chat->status, why);
  chat->ledger_call = 0;
}

static void
settle (GTask         *task,
        const TcUsage *usage)
{
  TcGateway *gateway = g_task_get_source_object (task);
  Chat *chat = g_task_get_task_data (task);
  TcMeterBill bill;

  if (chat->ledger_call == 0)
    return;
  tc_meter_bill (&chat->facts->price, usage, (gint64) chat->length,
                 chat->answer == NULL ? 0 : chat->answer->len, chat->hold, &bill);
  tc_ledger_settle (gateway->ledger, chat->ledger_call, chat->status, &bill.usage, bill.cost, bill.source);
  chat->ledger_call = 0;
  if (bill.cost == TC_MONEY_UNKNOWN || chat->cost == TC_MONEY_UNKNOWN ||
      !tc_money_add (chat->cost, bill.cost, &chat->cost))
    chat->cost = TC_MONEY_UNKNOWN;
}

/* What is on ends here; @task is given up. */
static void
finish (GTask       *task,
        TcChatReply *reply,
        GError      *error)
{
  Chat *chat = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  chat->is_over = TRUE;
  g_clear_handle_id (&chat->delay_id, g_source_remove);
  g_clear_pointer (&chat->call, tc_upstream_call_free);
  if (chat->cancel_id != 0)
    g_signal_handler_disconnect (cancellable, chat->cancel_id);
  chat->cancel_id = 0;
  if (reply != NULL)
    g_task_return_pointer (task, reply, (GDestroyNotify) tc_chat_reply_free);
  else
    g_task_return_error (task, error);
  g_object_unref (task);
}

static void start (GTask *task);

static gboolean
on_delay_over (gpointer user_data)
{
  GTask *task = user_data;
  Chat *chat = g_task_get_task_data (task);

  chat->delay_id = 0;
  clear_answer (chat);
  start (task);
  return G_SOURCE_REMOVE;
}

static gint64
choose_delay (const Chat *chat,
              gint64      asked_ms)
{
  gint64 own = MIN ((gint64) RETRY_FIRST_MS << chat->n_retries, RETRY_LONGEST_MS);

  if (asked_ms >= 0 && asked_ms <= RETRY_ASKED_MS)
    return asked_ms;
  return own - (gint64) (own * 0.25 * g_random_double ());
}

/* Whether it is tried again; else the caller gives up. */
static gboolean
try_again (GTask  *task,
           gint64  asked_ms)
{
  Chat *chat = g_task_get_task_data (task);
  gint64 delay = choose_delay (chat, asked_ms);

  if (chat->n_retries >= RETRIES_MAX || g_get_monotonic_time () + delay * 1000 >= chat->deadline)
    return FALSE;
  chat->n_retries++;
  g_clear_pointer (&chat->call, tc_upstream_call_free);
  chat->delay_id = g_timeout_add ((guint) delay, on_delay_over, task);
  return TRUE;
}

static void
on_head (TcUpstreamCall   *call,
         const TcHttpHead *head,
         gpointer          user_data)
{
  static const char *const names[] = { "retry-after-ms", "retry-after", "x-should-retry" };
  Chat *chat = g_task_get_task_data (user_data);

  chat->status = head->status;
  chat->answer = g_byte_array_new ();
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_set_str (&chat->retry[i], tc_http_head_get (head, names[i]));
}

static void
on_data (TcUpstreamCall *call,
         const char     *bytes,
         gsize           length,
         gpointer        user_data)
{
  GTask *task = user_data;
  Chat *chat = g_task_get_task_data (task);

  g_byte_array_append (chat->answer, (const guint8 *) bytes, (guint) length);
  if (chat->answer->len <= TC_GATEWAY_ANSWER_MAX_BYTES)
    return;
  settle (task, NULL);
  finish (task, NULL, g_error_new (TC_ERROR, TC_ERROR_UNAVAILABLE, "The answer of %s is too long to be one.",
                                   chat->grant->provider->title));
}

static void
take_error (GTask *task)
{
  TcGateway *gateway = g_task_get_source_object (task);
  Chat *chat = g_task_get_task_data (task);
  const TcProvider *provider = chat->grant->provider;
  g_autoptr (TcChatError) error = NULL;

  error = tc_wire_read_error (provider, chat->status, (const char *) chat->answer->data,
                              chat->answer->len,
                              chat->grant->secret == NULL ? NULL : chat->grant->secret->text);
  tc_wire_read_retry (error, chat->retry[0], chat->retry[1], chat->retry[2],
                      tc_clock_get_realtime (gateway->clock));
  release (task, error->message);
  if (tc_chat_error_may_retry (error) && try_again (task, error->retry_after_ms))
    return;
  finish (task, NULL, g_error_new (TC_ERROR, error->kind == TC_CHAT_ERROR_INVALID ? TC_ERROR_INVALID
                                                                                  : TC_ERROR_UNAVAILABLE,
                                   "%s: %s", provider->title, error->message));
}

static void
on_end (TcUpstreamCall *call,
        gpointer        user_data)
{
  GTask *task = user_data;
  Chat *chat = g_task_get_task_data (task);
  TcChatReply *reply;

  if (chat->status != 200)
    {
      take_error (task);
      return;
    }
  reply = tc_wire_read_reply (chat->grant->provider, (const char *) chat->answer->data,
                              chat->answer->len, NULL);
  settle (task, reply == NULL ? NULL : &reply->usage);
  if (reply != NULL)
    finish (task, reply, NULL);
  else
    finish (task, NULL, g_error_new (TC_ERROR, TC_ERROR_INVALID, "The answer of %s makes no sense.",
                                     chat->grant->provider->title));
}

static void
on_failed (TcUpstreamCall          *call,
           const TcUpstreamFailure *failure,
           gpointer                 user_data)
{
  GTask *task = user_data;
  Chat *chat = g_task_get_task_data (task);

  if (failure->was_sent && (chat->status == 0 || chat->status == 200))
    settle (task, NULL);
  else
    release (task, failure->message);
  if (failure->problem != TC_UPSTREAM_UNSAFE && failure->problem != TC_UPSTREAM_BAD_ANSWER &&
      try_again (task, -1))
    return;
  finish (task, NULL, g_error_new_literal (TC_ERROR, TC_ERROR_UNAVAILABLE, failure->message));
}

static const TcUpstreamFuncs upstream_funcs = {
  .head = on_head, .data = on_data, .end = on_end, .failed = on_failed,
};

static void
send_chat (GTask *task)
{
  TcGateway *gateway = g_task_get_source_object (task);
  Chat *chat = g_task_get_task_data (task);
  const TcProvider *provider = chat->grant->provider;
  g_autofree char *url = tc_provider_build_url (provider, chat->grant->base_url, tc_wire_get_path (provider));
  GString *headers = g_string_sized_new (1024);
  TcUpstreamRequest request = {
    "POST", url, headers, chat->body, chat->length,
    (guint) MAX ((chat->deadline - g_get_monotonic_time ()) / 1000, 1)
  };

  tc_gateway_headers_append_request (headers, chat->grant, NULL, FALSE);
  chat->call = tc_upstream_send (gateway->upstream, &request, &upstream_funcs, task);
  explicit_bzero (headers->str, headers->allocated_len);
  g_string_free (headers, TRUE);
  if (chat->call != NULL)
    return;
  release (task, "The address makes no sense.");
  finish (task, NULL, g_error_new_literal (TC_ERROR, TC_ERROR_INVALID,
                                           "The address of the provider makes no sense; check the key's "
                                           "base URL."));
}

static void
on_held (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Chat *chat = g_task_get_task_data (task);
  GError *error = NULL;

  chat->ledger_call = tc_ledger_hold_finish (TC_LEDGER (object), result, &error);
  if (chat->is_over)
    {
      release (task, "It was given up before it was sent.");
      g_clear_error (&error);
    }
  else if (error != NULL)
    finish (task, NULL, error);
  else
    send_chat (task);
}

static void
start (GTask *task)
{
  TcGateway *gateway = g_task_get_source_object (task);
  Chat *chat = g_task_get_task_data (task);
  TcLedgerCall call = {
    .session_id = chat->grant->session_id,
    .attempt = chat->grant->attempt,
    .origin = TC_CALL_SUPERVISOR,
    .provider = chat->grant->provider->word,
    .key_id = chat->grant->key_id,
    .model = chat->facts->id,
    .is_free = tc_price_is_free (&chat->facts->price),
    .hold = chat->hold,
    .session_limit = chat->grant->limit,
  };

  tc_ledger_hold_async (gateway->ledger, &call, NULL, on_held, g_object_ref (task));
}

static void
on_cancelled (GCancellable *cancellable,
              gpointer      user_data)
{
  GTask *task = user_data;
  Chat *chat = g_task_get_task_data (task);

  if (chat->call != NULL && tc_upstream_call_was_sent (chat->call) &&
      (chat->status == 0 || chat->status == 200))
    settle (task, NULL);
  else
    release (task, "It was given up before it was sent.");
  finish (task, NULL, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The call was given up."));
}

/* Prices the request and writes it, with a cap that the money affords. */
static gboolean
write_body (TcGateway            *self,
            Chat                 *chat,
            const TcChatRequest  *request,
            GError              **error)
{
  const TcProvider *provider = chat->grant->provider;
  TcChatRequest wanted = *request;
  TcMeterRequest asked = { 0, request->max_tokens, 1 };
  TcMeterPlan plan;
  TcLedgerRoom room;

  wanted.is_stream = FALSE;
  chat->body = tc_wire_write_request (provider, &wanted, error);
  if (chat->body == NULL)
    return FALSE;
  asked.bytes = (gint64) strlen (chat->body) + 96;
  tc_ledger_get_room (self->ledger, chat->grant->session_id, provider->word, chat->grant->limit, &room);
  tc_meter_plan (chat->facts, &asked, room.left, &plan);
  chat->hold = plan.hold;
  if (plan.max_tokens > 0)
    {
      wanted.max_tokens = plan.max_tokens;
      g_free (chat->body);
      chat->body = tc_wire_write_request (provider, &wanted, error);
    }
  chat->length = chat->body == NULL ? 0 : strlen (chat->body);
  return chat->body != NULL;
}

/**
 * tc_gateway_chat_async:
 * @grant: who asks, with which key, for whose money
 * @request: in the provider's terms; copied
 * @timeout_ms: for all tries together; 0: ten minutes
 *
 * Asks the provider, without a stream.
 */
void
tc_gateway_chat_async (TcGateway           *self,
                       TcGrant             *grant,
                       const TcChatRequest *request,
                       guint                timeout_ms,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Chat *chat = g_new0 (Chat, 1);
  GError *error = NULL;

  g_task_set_source_tag (task, tc_gateway_chat_async);
  g_task_set_task_data (task, chat, chat_free);
  g_task_set_check_cancellable (task, FALSE);
  chat->grant = tc_grant_ref (grant);
  chat->facts = tc_grant_find_model (grant, request->model);
  chat->deadline = g_get_monotonic_time () +
                   (timeout_ms > 0 ? timeout_ms : 600000) * G_GINT64_CONSTANT (1000);

  if (g_cancellable_is_cancelled (cancellable))
    finish (task, NULL, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The call was given up."));
  else if (chat->facts == NULL)
    finish (task, NULL, g_error_new (TC_ERROR, TC_ERROR_INVALID, "The session may not ask the model “%s”.",
                                     request->model));
  else if (!write_body (self, chat, request, &error))
    finish (task, NULL, error);
  else
    {
      if (cancellable != NULL)
        chat->cancel_id = g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_cancelled), task);
      start (task);
    }
}

/**
 * tc_gateway_chat_finish:
 * @cost: (out) (optional): of all tries, also when they failed; %TC_MONEY_UNKNOWN when it has no price
 *
 * Returns: (transfer full) (nullable): the answer
 */
TcChatReply *
tc_gateway_chat_finish (TcGateway     *self,
                        GAsyncResult  *result,
                        TcMoney       *cost,
                        GError       **error)
{
  Chat *chat;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, tc_gateway_chat_async), NULL);

  chat = g_task_get_task_data (G_TASK (result));
  if (cost != NULL)
    *cost = chat->cost;
  return g_task_propagate_pointer (G_TASK (result), error);
}
