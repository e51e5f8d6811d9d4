/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Errors in each vendor's true shape, what they mean, and how a client is told.
 * In the fixtures ' stands for ". */

#include "config.h"

#include <string.h>

#include "wire-checks.h"

#define ANTHROPIC(type, rest) \
  "{'type':'error','error':{'type':'" type "','message':'what was said'" rest "},'request_id':'req_011C'}"
#define OPENAI(type, code) "{'error':{'message':'what was said','type':'" type "','param':null,'code':" code "}}"

typedef struct
{
  const char      *provider;
  guint            status;
  TcChatErrorKind  kind;
  gboolean         may_retry;
  const char      *code;    /* (nullable) */
  const char      *message; /* (nullable) NULL: "what was said" */
  const char      *body;
} Case;

#define NO FALSE
#define YES TRUE

static const Case cases[] = {
  { "claude", 400, TC_CHAT_ERROR_INVALID, NO, "invalid_request_error", NULL, ANTHROPIC ("invalid_request_error", "") },
  { "claude", 400, TC_CHAT_ERROR_MONEY, NO, "invalid_request_error",
    "Your credit balance is too low to access the Anthropic API.",
    "{'type':'error','error':{'type':'invalid_request_error','message':"
    "'Your credit balance is too low to access the Anthropic API.'}}" },
  { "claude", 401, TC_CHAT_ERROR_AUTH, NO, "authentication_error", NULL, ANTHROPIC ("authentication_error", "") },
  { "claude", 402, TC_CHAT_ERROR_MONEY, NO, "billing_error", NULL, ANTHROPIC ("billing_error", "") },
  { "claude", 403, TC_CHAT_ERROR_PERMISSION, NO, "permission_error", NULL, ANTHROPIC ("permission_error", "") },
  { "claude", 404, TC_CHAT_ERROR_NOT_FOUND, NO, "not_found_error", NULL, ANTHROPIC ("not_found_error", "") },
  { "claude", 409, TC_CHAT_ERROR_INVALID, YES, "conflict_error", NULL, ANTHROPIC ("conflict_error", "") },
  { "claude", 413, TC_CHAT_ERROR_TOO_LARGE, NO, NULL,
    "Something on the way to Anthropic answered with status 413 and a web page.",
    "<html><head><title>413 Payload Too Large</title></head></html>" },
  { "claude", 429, TC_CHAT_ERROR_RATE_LIMITED, YES, "rate_limit_error", NULL, ANTHROPIC ("rate_limit_error", "") },
  { "claude", 429, TC_CHAT_ERROR_RATE_LIMITED, YES, "ramp_limit_exceeded", NULL,
    ANTHROPIC ("rate_limit_error", ",'details':{'error_code':'ramp_limit_exceeded'}") },
  { "claude", 429, TC_CHAT_ERROR_MONEY, NO, "enforced_spend_limit_reached", NULL,
    ANTHROPIC ("rate_limit_error", ",'details':{'error_code':'enforced_spend_limit_reached'}") },
  { "claude", 500, TC_CHAT_ERROR_SERVER, YES, "api_error", NULL, ANTHROPIC ("api_error", "") },
  { "claude", 504, TC_CHAT_ERROR_TIMEOUT, YES, "timeout_error", NULL, ANTHROPIC ("timeout_error", "") },
  { "claude", 529, TC_CHAT_ERROR_OVERLOADED, YES, "overloaded_error", NULL, ANTHROPIC ("overloaded_error", "") },
  { "openai", 400, TC_CHAT_ERROR_INVALID, NO, "context_length_exceeded", NULL,
    OPENAI ("invalid_request_error", "'context_length_exceeded'") },
  { "openai", 401, TC_CHAT_ERROR_AUTH, NO, "invalid_api_key", NULL, OPENAI ("invalid_request_error", "'invalid_api_key'") },
  { "openai", 404, TC_CHAT_ERROR_NOT_FOUND, NO, "model_not_found", NULL,
    OPENAI ("invalid_request_error", "'model_not_found'") },
  { "openai", 408, TC_CHAT_ERROR_TIMEOUT, YES, "x", NULL, OPENAI ("x", "null") },
  { "openai", 429, TC_CHAT_ERROR_RATE_LIMITED, YES, "rate_limit_exceeded", NULL, OPENAI ("requests", "'rate_limit_exceeded'") },
  { "openai", 429, TC_CHAT_ERROR_MONEY, NO, "credit_balance_exhausted", NULL,
    OPENAI ("insufficient_quota", "'credit_balance_exhausted'") },
  { "openai", 429, TC_CHAT_ERROR_MONEY, NO, "insufficient_quota", NULL, OPENAI ("insufficient_quota", "null") },
  { "openai", 429, TC_CHAT_ERROR_MONEY, NO, "billing_hard_limit_reached", NULL,
    OPENAI ("x", "'billing_hard_limit_reached'") },
  { "openai", 500, TC_CHAT_ERROR_SERVER, YES, "server_error", NULL, OPENAI ("server_error", "null") },
  { "openai", 503, TC_CHAT_ERROR_OVERLOADED, YES, "server_is_overloaded", NULL,
    OPENAI ("service_unavailable_error", "'server_is_overloaded'") },
  { "openai", 502, TC_CHAT_ERROR_SERVER, YES, NULL, "OpenAI answered with status 502 and said nothing more.", "" },
  { "openai", 502, TC_CHAT_ERROR_SERVER, YES, NULL, "OpenAI answered with status 502: bad gateway", "bad gateway\n" },
  { "openai", 307, TC_CHAT_ERROR_SERVER, NO, NULL,
    "OpenAI sends elsewhere (status 307); a key is never sent along. Look at the base URL.", "" },
  { "xai", 400, TC_CHAT_ERROR_AUTH, NO, "invalid-argument", "Incorrect API key provided. Get one.",
    "{'code':'invalid-argument','error':'Incorrect API key provided. Get one.'}" },
  { "xai", 400, TC_CHAT_ERROR_INVALID, NO, "invalid-argument", NULL, "{'code':'invalid-argument','error':'what was said'}" },
  { "xai", 401, TC_CHAT_ERROR_AUTH, NO, "unauthenticated:no-credentials", NULL,
    "{'code':'unauthenticated:no-credentials','error':'what was said'}" },
  { "xai", 403, TC_CHAT_ERROR_MONEY, NO, "The caller does not have permission", "It doesn't have any credits yet.",
    "{'code':'The caller does not have permission','error':'It doesn\\u0027t have any credits yet.'}" },
  { "xai", 403, TC_CHAT_ERROR_PERMISSION, NO, "x", NULL, "{'code':'x','error':'what was said'}" },
  { "xai", 422, TC_CHAT_ERROR_INVALID, NO, NULL, "xAI answered with status 422: Failed to read the body: messages",
    "Failed to read the body: messages" },
  { "qwen", 404, TC_CHAT_ERROR_NOT_FOUND, NO, NULL, NULL, "{'error':'what was said'}" },
  { "qwen", 503, TC_CHAT_ERROR_OVERLOADED, YES, NULL, NULL, "{'error':'what was said'}" },
  { "compatible", 401, TC_CHAT_ERROR_AUTH, NO, NULL, "Unauthorized", "{'error':'Unauthorized'}" },
  { "compatible", 503, TC_CHAT_ERROR_OVERLOADED, YES, "unavailable_error", "Loading model",
    "{'error':{'code':503,'message':'Loading model','type':'unavailable_error'}}" },
  { "compatible", 400, TC_CHAT_ERROR_INVALID, NO, "exceed_context_size_error", NULL,
    "{'error':{'code':400,'message':'what was said','type':'exceed_context_size_error','n_ctx':512}}" },
  { "compatible", 404, TC_CHAT_ERROR_NOT_FOUND, NO, "NotFoundError", NULL,
    "{'object':'error','message':'what was said','type':'NotFoundError','param':null,'code':404}" },
  { "compatible", 400, TC_CHAT_ERROR_MONEY, NO, "Arrearage", NULL,
    "{'error':{'code':'Arrearage','param':null,'message':'what was said','type':'Arrearage'}}" },
  { "compatible", 402, TC_CHAT_ERROR_MONEY, NO, NULL, NULL, "{'error':{'code':402,'message':'what was said','metadata':{}}}" },
  { "compatible", 422, TC_CHAT_ERROR_INVALID, NO, NULL, "max_tokens: Input should be a valid integer",
    "{'detail':[{'type':'int_parsing','loc':['body','max_tokens'],'msg':'Input should be a valid integer'}]}" },
  { "compatible", 404, TC_CHAT_ERROR_NOT_FOUND, NO, NULL, "Not Found", "{'detail':'Not Found'}" },
  { "compatible", 500, TC_CHAT_ERROR_SERVER, YES, NULL, "The server answered with status 500 and said nothing more.", "{}" },
  { "compatible", 500, TC_CHAT_ERROR_SERVER, YES, NULL, "The server answered with status 500 and said nothing more.",
    "{'error':null,'detail':[7]}" },
};

static TcChatError *
read_case (const char *provider,
           guint       status,
           const char *body)
{
  g_autofree char *json = wire_json (body);

  return tc_wire_read_error (tc_provider_find (provider), status, json, strlen (json), "sk-the-key");
}

static void
test_shapes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case *c = &cases[i];
      g_autoptr(TcChatError) error = read_case (c->provider, c->status, c->body);

      g_test_message ("%s %u %s", c->provider, c->status, c->body);
      g_assert_cmpint (error->kind, ==, c->kind);
      g_assert_cmpuint (error->status, ==, c->status);
      g_assert_cmpstr (error->code, ==, c->code);
      g_assert_cmpstr (error->message, ==, c->message != NULL ? c->message : "what was said");
      g_assert_cmpint (tc_chat_error_may_retry (error), ==, c->may_retry);
    }
}

static void
test_secrets (void)
{
  g_autoptr(TcChatError) plain = read_case ("compatible", 500, "the-key: sk-the-key, other: xai-0123456789");
  g_autoptr(TcChatError) json = read_case ("openai", 401, "{'error':{'message':'Wrong: sk-abc***xyz or sk-the-key',"
                                           "'code':'sk-the-key'}}");

  g_assert_null (strstr (plain->message, "sk-the-key"));
  g_assert_null (strstr (plain->message, "0123456789"));
  g_assert_null (strstr (json->message, "sk-"));
  g_assert_null (strstr (json->code, "sk-the-key"));
}

/* Neither long nor with a power over terminals. */
static void
test_tame (void)
{
  g_autofree char *long_text = g_strnfill (100000, 'a');
  g_autoptr(TcChatError) big = tc_wire_read_error (tc_provider_find ("qwen"), 500, long_text, 100000, NULL);
  g_autoptr(TcChatError) wild = tc_wire_read_error (tc_provider_find ("qwen"), 500, "a\x1b[31m\xff\0b", 9, NULL);

  g_assert_cmpuint (strlen (big->message), <, 600);
  g_assert_null (strchr (wild->message, '\x1b'));
  g_assert_true (g_utf8_validate (wild->message, -1, NULL));
}

typedef struct
{
  const char *ms;
  const char *seconds;
  const char *should;
  gint64      wait_ms;
  int         should_retry;
  gboolean    may_retry;
} Retry;

/* Now is 1994-11-06 08:49:30 UTC. */
static const Retry retries[] = {
  { NULL, NULL, NULL, -1, -1, YES },
  { "250", "9", NULL, 250, -1, YES },
  { "250.5", NULL, NULL, 251, -1, YES },
  { "soon", "9", NULL, 9000, -1, YES },
  { NULL, "1.5", NULL, 1500, -1, YES },
  { NULL, "60", NULL, 60000, -1, YES },
  { NULL, "61", NULL, 61000, -1, NO },
  { NULL, "1e300", NULL, 86400000, -1, NO },
  { NULL, "-5", NULL, -1, -1, YES },
  { NULL, "nan", NULL, -1, -1, YES },
  { NULL, "5 apples", NULL, -1, -1, YES },
  { NULL, "", NULL, -1, -1, YES },
  { NULL, "Sun, 06 Nov 1994 08:49:37 GMT", NULL, 7000, -1, YES },
  { NULL, "Sun, 06 Nov 1994 08:49:00 GMT", NULL, 0, -1, YES },
  { NULL, NULL, "false", -1, 0, NO },
  { NULL, NULL, "true", -1, 1, YES },
  { NULL, NULL, "perhaps", -1, -1, YES },
  { NULL, "120", "true", 120000, 1, NO },
};

static void
test_retry (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (retries); i++)
    {
      const Retry *r = &retries[i];
      g_autoptr(TcChatError) error = tc_chat_error_new (TC_CHAT_ERROR_RATE_LIMITED, 429, "x");

      g_test_message ("%s %s %s", r->ms, r->seconds, r->should);
      tc_wire_read_retry (error, r->ms, r->seconds, r->should, 784111770 * (gint64) G_USEC_PER_SEC);
      g_assert_cmpint (error->retry_after_ms, ==, r->wait_ms);
      g_assert_cmpint (error->should_retry, ==, r->should_retry);
      g_assert_cmpint (tc_chat_error_may_retry (error), ==, r->may_retry);
    }
}

/* "x-should-retry: true" speaks for trying again, but not where money is. */
static void
test_never (void)
{
  g_autoptr(TcChatError) money = tc_chat_error_new (TC_CHAT_ERROR_MONEY, 429, "x");
  g_autoptr(TcChatError) late = tc_chat_error_new (TC_CHAT_ERROR_OVERLOADED, 200, "x");
  g_autoptr(TcChatError) cut = tc_chat_error_new (TC_CHAT_ERROR_CUT_OFF, 0, "x");
  g_autoptr(TcChatError) gone = tc_chat_error_new (TC_CHAT_ERROR_SERVER, 0, "x");
  g_autoptr(TcChatError) asked = tc_chat_error_new (TC_CHAT_ERROR_INVALID, 400, "x");

  money->should_retry = 1;
  late->should_retry = 1;
  asked->should_retry = 1;
  g_assert_false (tc_chat_error_may_retry (money));
  g_assert_false (tc_chat_error_may_retry (late));
  g_assert_false (tc_chat_error_may_retry (cut));
  g_assert_true (tc_chat_error_may_retry (gone));
  g_assert_true (tc_chat_error_may_retry (asked));
}

static void
test_write (void)
{
  g_autoptr(TcChatError) error = tc_chat_error_new (TC_CHAT_ERROR_MONEY, 402, "The budget is used up.");
  g_autoptr(TcChatError) copy = NULL;
  g_autofree char *anthropic = NULL;
  g_autofree char *openai = NULL;
  g_autofree char *ollama = NULL;

  error->code = g_strdup ("budget_exceeded");
  copy = tc_chat_error_copy (error);
  anthropic = tc_wire_write_error (TC_PROVIDER_WIRE_ANTHROPIC, copy);
  openai = tc_wire_write_error (TC_PROVIDER_WIRE_OPENAI, copy);
  ollama = tc_wire_write_error (TC_PROVIDER_WIRE_OLLAMA, copy);
  wire_assert_at (anthropic, "type", "'error'");
  wire_assert_at (anthropic, "error/type", "'billing_error'");
  wire_assert_at (anthropic, "error/message", "'The budget is used up.'");
  wire_assert_at (anthropic, "error/details/error_code", "'budget_exceeded'");
  wire_assert_at (openai, "error/type", "'insufficient_quota'");
  wire_assert_at (openai, "error/code", "'budget_exceeded'");
  wire_assert_at (openai, "error/param", "null");
  wire_assert_at (ollama, "error", "'The budget is used up.'");
}

/* Each kind comes back as itself, but for what a format has no word for. */
static void
test_round_trip (void)
{
  for (int kind = TC_CHAT_ERROR_INVALID; kind <= TC_CHAT_ERROR_TIMEOUT; kind++)
    {
      g_autoptr(TcChatError) error = tc_chat_error_new (kind, 200, "x");
      g_autofree char *anthropic = tc_wire_write_error (TC_PROVIDER_WIRE_ANTHROPIC, error);
      g_autofree char *openai = tc_wire_write_error (TC_PROVIDER_WIRE_OPENAI, error);
      g_autoptr(TcChatError) first = read_case ("claude", 200, anthropic);
      g_autoptr(TcChatError) second = read_case ("openai", 200, openai);

      g_assert_cmpint (first->kind, ==, kind);
      if (kind != TC_CHAT_ERROR_TOO_LARGE)
        g_assert_cmpint (second->kind, ==, kind);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/error/shapes", test_shapes);
  g_test_add_func ("/wire/error/secrets", test_secrets);
  g_test_add_func ("/wire/error/tame", test_tame);
  g_test_add_func ("/wire/error/retry", test_retry);
  g_test_add_func ("/wire/error/never", test_never);
  g_test_add_func ("/wire/error/write", test_write);
  g_test_add_func ("/wire/error/round-trip", test_round_trip);

  return g_test_run ();
}
