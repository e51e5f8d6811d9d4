/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The gateway's parts that decide without talking to anybody: what is held and
 * charged, which headers pass, what leaves a stream, who holds a token. */

#include "config.h"

#include <string.h>

#include "tc-gateway-filter.h"
#include "tc-gateway-headers.h"
#include "tc-gateway-mask.h"
#include "tc-gateway-meter.h"
#include "tc-gateway-private.h"

/* $1 and $5 for a million: a byte or token in is 1 micro-dollar, one out 5. */
static TcModelFacts
make_facts (gint64 max_output)
{
  TcModelFacts facts = { .id = (char *) "m", .max_output = max_output, .price = TC_PRICE_UNKNOWN };

  facts.price.input = TC_MONEY_DOLLAR;
  facts.price.output = 5 * TC_MONEY_DOLLAR;
  return facts;
}

static TcMeterPlan
plan (const TcModelFacts *facts,
      gint64              max_tokens,
      gint64              n_choices,
      TcMoney             left)
{
  TcMeterRequest request = { 1000, max_tokens, n_choices };
  TcMeterPlan result;

  tc_meter_plan (facts, &request, left, &result);
  return result;
}

static void
test_plan (void)
{
  TcModelFacts facts = make_facts (4000);
  TcModelFacts vague = make_facts (0);
  TcMeterPlan result;

  result = plan (&facts, 300, 1, TC_MONEY_UNKNOWN);
  g_assert_cmpint (result.hold, ==, 1000 + 300 * 5);
  g_assert_cmpint (result.max_tokens, ==, 0);

  /* Without a cap: the model's own, which it keeps to by itself. */
  result = plan (&facts, 0, 1, TC_MONEY_UNKNOWN);
  g_assert_cmpint (result.hold, ==, 1000 + 4000 * 5);
  g_assert_cmpint (result.max_tokens, ==, 0);

  /* Nobody knows one: ours, and it is put into the request. */
  result = plan (&vague, 0, 1, TC_MONEY_UNKNOWN);
  g_assert_cmpint (result.hold, ==, 1000 + TC_METER_DEFAULT_TOKENS * 5);
  g_assert_cmpint (result.max_tokens, ==, TC_METER_DEFAULT_TOKENS);

  result = plan (&facts, 300, 4, TC_MONEY_UNKNOWN);
  g_assert_cmpint (result.hold, ==, 1000 + 4 * 300 * 5);
}

static void
test_lowering (void)
{
  TcModelFacts facts = make_facts (4000);
  TcMeterPlan result;

  result = plan (&facts, 4000, 1, 1000 + 4000 * 5);
  g_assert_cmpint (result.max_tokens, ==, 0);

  result = plan (&facts, 4000, 1, 1000 + 4000 * 5 - 1);
  g_assert_cmpint (result.max_tokens, ==, 3999);
  g_assert_cmpint (result.hold, ==, 1000 + 3999 * 5);

  result = plan (&facts, 0, 1, 1000 + 256 * 5 + 4);
  g_assert_cmpint (result.max_tokens, ==, 256);

  /* Too little: the whole is asked for, so that the ledger refuses it. */
  result = plan (&facts, 0, 1, 1000 + 256 * 5 - 1);
  g_assert_cmpint (result.max_tokens, ==, 0);
  g_assert_cmpint (result.hold, ==, 1000 + 4000 * 5);

  /* A small cap is never lowered. */
  result = plan (&facts, 100, 1, 1000);
  g_assert_cmpint (result.max_tokens, ==, 0);
  g_assert_cmpint (result.hold, ==, 1000 + 100 * 5);

  result = plan (&facts, G_MAXINT64, 3, TC_MONEY_UNKNOWN);
  g_assert_cmpint (result.hold, ==, G_MAXINT64);
}

static void
test_no_price (void)
{
  TcModelFacts facts = make_facts (0);
  TcMeterPlan result;

  facts.price = TC_PRICE_UNKNOWN;
  result = plan (&facts, 0, 1, 0);
  g_assert_cmpint (result.hold, ==, TC_MONEY_UNKNOWN);
  g_assert_cmpint (result.max_tokens, ==, 0);

  facts.price.input = facts.price.output = 0;
  result = plan (&facts, 0, 1, 0);
  g_assert_cmpint (result.hold, ==, 0);
  g_assert_cmpint (result.max_tokens, ==, 0);
}

static void
test_bill (void)
{
  TcModelFacts facts = make_facts (0);
  TcPrice unknown = TC_PRICE_UNKNOWN;
  TcUsage usage = { 100, 0, 0, 20, TC_MONEY_UNKNOWN, TRUE };
  TcMeterBill bill;

  tc_meter_bill (&facts.price, &usage, 1000, 500, TC_MONEY_UNKNOWN, &bill);
  g_assert_cmpint (bill.cost, ==, 200);
  g_assert_cmpint (bill.source, ==, TC_COST_COMPUTED);

  usage.exact = 7;
  tc_meter_bill (&unknown, &usage, 1000, 500, TC_MONEY_UNKNOWN, &bill);
  g_assert_cmpint (bill.cost, ==, 7);
  g_assert_cmpint (bill.source, ==, TC_COST_EXACT);

  usage.exact = TC_MONEY_UNKNOWN;
  tc_meter_bill (&unknown, &usage, 1000, 500, TC_MONEY_UNKNOWN, &bill);
  g_assert_cmpint (bill.cost, ==, TC_MONEY_UNKNOWN);
  g_assert_cmpint (bill.source, ==, TC_COST_UNKNOWN);

  /* Nothing reported: a token for four bytes, rounded up. */
  tc_meter_bill (&facts.price, NULL, 1001, 9, TC_MONEY_UNKNOWN, &bill);
  g_assert_cmpint (bill.cost, ==, 251 + 3 * 5);
  g_assert_cmpint (bill.source, ==, TC_COST_ESTIMATED);

  /* A part reported: that much at least. */
  usage = (TcUsage) { 100, 0, 0, 1, TC_MONEY_UNKNOWN, FALSE };
  tc_meter_bill (&facts.price, &usage, 1000, 400, TC_MONEY_UNKNOWN, &bill);
  g_assert_cmpint (bill.cost, ==, 100 + 100 * 5);
  usage.output = 200;
  tc_meter_bill (&facts.price, &usage, 1000, 400, TC_MONEY_UNKNOWN, &bill);
  g_assert_cmpint (bill.cost, ==, 100 + 200 * 5);

  /* A guess is never more than the most it can have cost; a bill is a bill. */
  tc_meter_bill (&facts.price, &usage, 1000, 1 << 24, 5000, &bill);
  g_assert_cmpint (bill.cost, ==, 5000);
  usage.is_reported = TRUE;
  tc_meter_bill (&facts.price, &usage, 1000, 0, 10, &bill);
  g_assert_cmpint (bill.cost, ==, 100 + 200 * 5);
}

static void
test_headers (void)
{
  const char *request = "POST /v1/messages HTTP/1.1\r\nHost: 127.0.0.1:1\r\nAuthorization: Bearer t\r\n"
                        "x-api-key: t\r\nCookie: a=b\r\nOrigin: x\r\nX-Forwarded-For: 1.2.3.4\r\n"
                        "Anthropic-Version: 2024-01-01\r\nanthropic-beta: b1,b2\r\nOpenAI-Organization: o\r\n"
                        "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
  const char *answer = "HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nServer: s\r\nRetry-After: 3\r\nrequest-id: r\r\n"
                       "X-RateLimit-Remaining-Tokens: 9\r\nanthropic-organization-id: o\r\n"
                       "Transfer-Encoding: chunked\r\nContent-Type: text/event-stream\r\n\r\n";
  g_autoptr (TcGrant) grant = tc_grant_new (1, 1, tc_provider_get (TC_PROVIDER_CLAUDE));
  g_autoptr (GString) out = g_string_new (NULL);
  g_auto (TcHttpHead) head = { NULL };
  g_auto (TcHttpHead) back = { NULL };
  const char *reason;

  grant->secret = tc_secret_new ("the-key");
  g_assert_cmpuint (tc_http_head_parse (&head, request, strlen (request), &reason), ==, 0);
  tc_gateway_headers_append_request (out, grant, &head, TRUE);
  g_assert_cmpstr (out->str, ==, "Anthropic-Version: 2024-01-01\r\nanthropic-beta: b1,b2\r\n"
                                 "User-Agent: TrainingCenter/" TC_VERSION "\r\n"
                                 "Accept-Encoding: identity\r\nContent-Type: application/json\r\n"
                                 "Accept: text/event-stream\r\nx-api-key: the-key\r\n");

  g_string_truncate (out, 0);
  tc_gateway_headers_append_request (out, grant, NULL, FALSE);
  g_assert_nonnull (strstr (out->str, "anthropic-version: 2023-06-01\r\n"));

  g_string_truncate (out, 0);
  g_assert_true (tc_http_answer_parse (&back, answer, strlen (answer), 100, &reason));
  tc_gateway_headers_append_answer (out, &back);
  g_assert_cmpstr (out->str, ==, "Retry-After: 3\r\nrequest-id: r\r\nX-RateLimit-Remaining-Tokens: 9\r\n"
                                 "Content-Type: text/event-stream\r\n");
}

/* Whatever pieces it comes in, one event goes and the others stay as they are. */
static void
test_filter (void)
{
  static const char before[] = "data: {\"choices\":[{\"delta\":{\"content\":\"\\\"usage\\\" []\"}}],\"usage\":null}\n\n"
                               ": ping\r\n\r\ndata: {\"choices\":[],\"error\":{},\"usage\":{}}\n\n";
  static const char gone[] = "data: {\"id\":\"x\", \"choices\": [ ], \"usage\":{\"prompt_tokens\":1}}\n\n";
  static const char after[] = "data: [DONE]\n\ndata: unfinished";
  g_autofree char *text = g_strconcat (before, gone, after, NULL);
  g_autofree char *wanted = g_strconcat (before, after, NULL);

  for (gsize piece = 1; piece <= strlen (text); piece++)
    {
      TcGatewayFilter *filter = tc_gateway_filter_new ();
      g_autoptr (GString) out = g_string_new (NULL);

      for (gsize at = 0; at < strlen (text); at += piece)
        tc_gateway_filter_push (filter, text + at, MIN (piece, strlen (text) - at), out);
      tc_gateway_filter_finish (filter, out);
      g_assert_cmpstr (out->str, ==, wanted);
      tc_gateway_filter_free (filter);
    }
}

static void
test_long_event (void)
{
  TcGatewayFilter *filter = tc_gateway_filter_new ();
  g_autofree char *padding = g_strnfill (200000, 'x');
  g_autofree char *text = g_strconcat ("data: ", padding, "\n\ndata: {\"choices\":[],\"usage\":{}}\n\nend\n\n", NULL);
  g_autofree char *wanted = g_strconcat ("data: ", padding, "\n\nend\n\n", NULL);
  g_autoptr (GString) out = g_string_new (NULL);

  for (gsize at = 0; at < strlen (text); at += 1000)
    tc_gateway_filter_push (filter, text + at, MIN (1000, strlen (text) - at), out);
  g_assert_cmpstr (out->str, ==, wanted);
  tc_gateway_filter_free (filter);
}

#define KEY "sk-te/st-sk-tesk_0123"

/* A text said in two events, of a choice each or of both. */
typedef struct
{
  const char *begin;
  const char *middle;
  const char *end;
} Said;

static const Said said_texts[] = {
  { "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"I am s", "\"}}],\"usage\":null}\n\n"
    "data: {\"choices\":[{\"index\": 1,\"delta\":{\"content\":\"nothing\"}}]}\n\n: ping\n\n"
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"", ", as said\"}}]}\n\ndata: [DONE]\n\n" },
  { "event: content_block_delta\r\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":"
    "\"text_delta\",\"text\":\"\\u0073k-te", "\"}}\r\n\r\nevent: ping\r\ndata: {\"type\": \"ping\"}\r\n\r\n"
    "event: content_block_delta\r\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":"
    "\"text_delta\",\"text\":\"", "\\n\"}}\r\n\r\nevent: message_stop\r\ndata: {}\r\n\r\n" },
  { "{\"message\":{\"role\":\"assistant\",\"content\":\"sk-sk-te/", "\"},\"done\":false}\n"
    "{\"message\":{\"role\":\"assistant\",\"content\":\"", "\"},\"done\":true}\n" },
};

static char *
mask_in_pieces (const char *text,
                gsize       piece)
{
  TcGatewayMask *mask = tc_gateway_mask_new (KEY, strlen (KEY));
  GString *out = g_string_new (NULL);

  for (gsize at = 0; at < strlen (text); at += piece)
    tc_gateway_mask_push (mask, text + at, MIN (piece, strlen (text) - at), out);
  tc_gateway_mask_finish (mask, out);
  tc_gateway_mask_free (mask);
  return g_string_free (out, FALSE);
}

/* Wherever the key is split, and whatever pieces the stream comes in; and what
 * is not all of the key stays as it was. */
static void
check_split (const Said *said,
             const char *key,
             gsize       split,
             gboolean    is_key)
{
  g_autofree char *first = g_strndup (key, split);
  g_autofree char *text = g_strconcat (said->begin, first, said->middle, key + split, said->end, NULL);
  g_autofree char *masked = g_strconcat (said->begin, split > 0 ? "[redacted]" : "", said->middle,
                                         split > 0 ? "" : "[redacted]", said->end, NULL);
  static const gsize pieces[] = { 1, 2, 3, 7, 64, 5000 };

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_autofree char *got = mask_in_pieces (text, pieces[i]);

      g_assert_cmpstr (got, ==, is_key ? masked : text);
    }
}

static void
test_mask (void)
{
  static const char *const keys[] = { KEY, "sk-te\\/st-sk-tesk\\u005f0123" };

  for (guint i = 0; i < G_N_ELEMENTS (said_texts); i++)
    {
      for (gsize split = 0; split <= strlen (KEY); split++)
        {
          check_split (&said_texts[i], KEY, split, TRUE);
          check_split (&said_texts[i], "sk-te/st-sk-tesk_012x", split, FALSE);
          check_split (&said_texts[i], "sk-te/st-sk-tesk_012", MIN (split, 20), FALSE);
        }
      /* Not within an escape, which no event splits. */
      for (gsize split = 0; split <= strlen (keys[1]); split++)
        if (split != 6 && (split < 18 || split > 22))
          check_split (&said_texts[i], keys[1], split, TRUE);
    }
}

static void
check_push (TcGatewayMask *mask,
            const char    *bytes,
            const char    *wanted)
{
  g_autoptr (GString) out = g_string_new (NULL);

  tc_gateway_mask_push (mask, bytes, strlen (bytes), out);
  g_assert_cmpstr (out->str, ==, wanted);
}

/* What cannot be of the key goes on at once, even half an event, and what may be
 * goes on once it is clear that it is not. */
static void
test_mask_waits (void)
{
  TcGatewayMask *mask = tc_gateway_mask_new (KEY, strlen (KEY));
  g_autofree char *padding = g_strnfill (40000, 'x');

  check_push (mask, "data: {\"delta\":{\"text\":\"Hello", "data: {\"delta\":{\"text\":\"Hello");
  check_push (mask, " you sk-", " you ");
  check_push (mask, "\"}}\n\n", "");
  check_push (mask, "data: {\"delta\":{\"text\":\"in\"}}\n\n", "sk-\"}}\n\ndata: {\"delta\":{\"text\":\"in\"}}\n\n");
  /* A text of another kind begins, the block is over, or the answer is. */
  check_push (mask, "data: {\"thinking\":\"s\"}\n\n", "data: {\"thinking\":\"");
  check_push (mask, "data: {\"text\":\"a", "s\"}\n\ndata: {\"text\":\"a");
  check_push (mask, "s\"}\n\nevent: content_block_stop\n", "s\"}\n\nevent: content_block_stop\n");
  check_push (mask, "data: {\"text\":\"s\"}\n\ndata: [DONE]\n", "data: {\"text\":\"s\"}\n\ndata: [DONE]\n");
  /* What does not grow: the name of a thing that ends as the key begins. */
  check_push (mask, "data: {\"id\":\"sk-\"}\n\n", "data: {\"id\":\"sk-\"}\n\n");
  check_push (mask, "data: {\"id\":\"" KEY "\"}\n\n", "data: {\"id\":\"[redacted]\"}\n\n");
  check_push (mask, "no JSON " KEY, "no JSON [redacted]");
  /* Nothing waits for ever. */
  check_push (mask, "\ndata: {\"text\":\"s\"}\n", "\ndata: {\"text\":\"");
  {
    g_autofree char *wanted = g_strconcat ("s\"}\n", padding, NULL);

    check_push (mask, padding, wanted);
  }
  tc_gateway_mask_free (mask);
}

typedef struct
{
  char      *folder;  /* (owned) */
  TcClock   *clock;   /* (owned) */
  TcLedger  *ledger;  /* (owned) */
  TcGateway *gateway; /* (owned) */
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("tc-gateway-XXXXXX", &error);
  path = g_build_filename (fixture->folder, "ledger.db", NULL);
  fixture->clock = tc_clock_new_system ();
  fixture->ledger = tc_ledger_open (path, fixture->clock, &error);
  g_assert_no_error (error);
  fixture->gateway = tc_gateway_new (fixture->ledger, fixture->clock);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *command = g_strdup_printf ("rm -r %s", fixture->folder);

  g_object_unref (fixture->gateway);
  tc_ledger_close (fixture->ledger);
  g_object_unref (fixture->ledger);
  tc_clock_unref (fixture->clock);
  g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL);
  g_free (fixture->folder);
}

static const TcGrant *
find (Fixture    *fixture,
      const char *target,
      const char *headers)
{
  g_autofree char *text = g_strdup_printf ("GET %s HTTP/1.1\r\nHost: x\r\n%s\r\n", target, headers);
  g_auto (TcHttpHead) head = { NULL };
  const char *reason, *path;

  g_assert_cmpuint (tc_http_head_parse (&head, text, strlen (text), &reason), ==, 0);
  return tc_gateway_find_grant (fixture->gateway, &head, &path);
}

static void
test_tokens (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (TcGrant) one = tc_grant_new (1, 1, tc_provider_get (TC_PROVIDER_QWEN));
  g_autoptr (TcGrant) two = tc_grant_new (2, 1, tc_provider_get (TC_PROVIDER_QWEN));
  g_autofree char *first = tc_gateway_open_run (fixture->gateway, one);
  g_autofree char *second = tc_gateway_open_run (fixture->gateway, two);
  g_autofree char *bearer = g_strdup_printf ("Authorization: Bearer %s\r\n", first);
  g_autofree char *key = g_strdup_printf ("X-Api-Key: %s\r\n", second);
  g_autofree char *both = g_strconcat (bearer, key, NULL);
  g_autofree char *twice = g_strconcat (bearer, bearer, NULL);
  g_autofree char *path = g_strdup_printf ("/run/%s/api/chat", second);
  g_autofree char *query = g_strdup_printf ("/v1/messages?token=%s", first);
  g_autofree char *cut = g_strndup (bearer, strlen (bearer) - 3);
  g_autofree char *cut_line = g_strconcat (cut, "\r\n", NULL);

  g_assert_cmpuint (strlen (first), ==, 43);
  g_assert_cmpstr (first, !=, second);
  g_assert_true (find (fixture, "/", bearer) == one);
  g_assert_true (find (fixture, "/", key) == two);
  g_assert_true (find (fixture, "/", both) == one);
  g_assert_true (find (fixture, path, "") == two);
  g_assert_null (find (fixture, "/", twice));
  g_assert_null (find (fixture, "/", cut_line));
  g_assert_null (find (fixture, "/", ""));
  g_assert_null (find (fixture, query, ""));
  g_assert_null (find (fixture, "/run//api/chat", ""));
  g_assert_null (find (fixture, "/", "Authorization: Bearer \r\n"));

  tc_gateway_close_run (fixture->gateway, 1);
  g_assert_null (find (fixture, "/", bearer));
  g_assert_true (find (fixture, "/", key) == two);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tc/gateway/plan", test_plan);
  g_test_add_func ("/tc/gateway/lowering", test_lowering);
  g_test_add_func ("/tc/gateway/no-price", test_no_price);
  g_test_add_func ("/tc/gateway/bill", test_bill);
  g_test_add_func ("/tc/gateway/headers", test_headers);
  g_test_add_func ("/tc/gateway/filter", test_filter);
  g_test_add_func ("/tc/gateway/mask", test_mask);
  g_test_add_func ("/tc/gateway/mask/waits", test_mask_waits);
  g_test_add_func ("/tc/gateway/long-event", test_long_event);
  g_test_add ("/tc/gateway/tokens", Fixture, NULL, set_up, test_tokens, tear_down);
  return g_test_run ();
}
