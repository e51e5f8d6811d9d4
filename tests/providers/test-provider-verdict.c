/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The bodies are those the vendors document or were seen to send. */

#include "config.h"

#include <string.h>

#include "tc-provider-verdict.h"

#define SECRET "sk-ant-api03-canary0123456789abcdef"

typedef struct
{
  const char *provider;
  guint       status;
  TcKeyState  state;
  const char *body;
} Case;

#define ANTHROPIC(type, message) \
  "{\"type\":\"error\",\"error\":{\"type\":\"" type "\",\"message\":\"" message "\"},\"request_id\":\"req_011C\"}"
#define OPENAI(message, type, code) \
  "{\"error\":{\"message\":\"" message "\",\"type\":\"" type "\",\"param\":null,\"code\":" code "}}"
#define XAI(code, message) "{\"code\":\"" code "\",\"error\":\"" message "\"}"

static const Case cases[] = {
  { "claude", 200, TC_KEY_VALID, "{\"data\":[],\"has_more\":false,\"first_id\":null,\"last_id\":null}" },
  { "claude", 200, TC_KEY_UNVERIFIED, "<html>It works!</html>" },
  { "claude", 200, TC_KEY_UNVERIFIED, "" },
  { "claude", 400, TC_KEY_NO_CREDIT,
    ANTHROPIC ("invalid_request_error", "Your credit balance is too low to access the Anthropic API.") },
  { "claude", 400, TC_KEY_BLOCKED,
    "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"x\","
    "\"details\":{\"error_code\":\"organization_on_hold\"}}}" },
  { "claude", 400, TC_KEY_UNVERIFIED, ANTHROPIC ("invalid_request_error", "limit: bad") },
  { "claude", 401, TC_KEY_WRONG, ANTHROPIC ("authentication_error", "invalid x-api-key") },
  { "claude", 402, TC_KEY_NO_CREDIT, ANTHROPIC ("billing_error", "payment") },
  { "claude", 403, TC_KEY_NO_PERMISSION, ANTHROPIC ("permission_error", "not for this workspace") },
  { "claude", 404, TC_KEY_UNVERIFIED, ANTHROPIC ("not_found_error", "Not found") },
  { "claude", 429, TC_KEY_RATE_LIMITED, ANTHROPIC ("rate_limit_error", "Too many requests") },
  { "claude", 429, TC_KEY_NO_CREDIT,
    "{\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"x\","
    "\"details\":{\"error_code\":\"enforced_spend_limit_reached\"}}}" },
  { "claude", 500, TC_KEY_UNVERIFIED, ANTHROPIC ("api_error", "Internal server error") },
  { "claude", 529, TC_KEY_UNVERIFIED, ANTHROPIC ("overloaded_error", "Overloaded") },
  { "openai", 200, TC_KEY_VALID, "{\"object\":\"list\",\"data\":[]}" },
  { "openai", 401, TC_KEY_WRONG,
    OPENAI ("Incorrect API key provided: sk-abc***xyz.", "invalid_request_error", "\"invalid_api_key\"") },
  { "openai", 401, TC_KEY_NO_PERMISSION,
    OPENAI ("You have insufficient permissions for this operation. Missing scopes: api.model.read.",
            "invalid_request_error", "null") },
  { "openai", 403, TC_KEY_NO_PERMISSION,
    OPENAI ("Missing scopes: api.model.read", "invalid_request_error", "null") },
  { "openai", 401, TC_KEY_NO_PERMISSION,
    OPENAI ("You must be a member of an organization to use the API.", "invalid_request_error", "null") },
  { "openai", 401, TC_KEY_BLOCKED, OPENAI ("IP not authorized", "invalid_request_error", "null") },
  { "openai", 403, TC_KEY_BLOCKED,
    OPENAI ("Country, region, or territory not supported", "request_forbidden",
            "\"unsupported_country_region_territory\"") },
  { "openai", 429, TC_KEY_RATE_LIMITED, OPENAI ("Rate limit reached", "requests", "\"rate_limit_exceeded\"") },
  { "openai", 429, TC_KEY_RATE_LIMITED, OPENAI ("Slow down", "requests", "\"slow_down\"") },
  { "openai", 429, TC_KEY_NO_CREDIT,
    OPENAI ("You have no credits remaining. Add credits", "insufficient_quota", "\"credit_balance_exhausted\"") },
  { "openai", 429, TC_KEY_NO_CREDIT, OPENAI ("x", "insufficient_quota", "\"project_spend_limit_exceeded\"") },
  { "openai", 429, TC_KEY_NO_CREDIT, OPENAI ("x", "y", "\"billing_hard_limit_reached\"") },
  { "openai", 500, TC_KEY_UNVERIFIED, OPENAI ("The server had an error", "server_error", "null") },
  { "openai", 503, TC_KEY_UNVERIFIED, OPENAI ("x", "service_unavailable_error", "null") },
  { "openai", 307, TC_KEY_UNVERIFIED, "" },
  { "xai", 200, TC_KEY_VALID,
    "{\"redacted_api_key\":\"xai-...b14o\",\"acls\":[\"api-key:model:*\"],\"api_key_id\":\"1\","
    "\"team_blocked\":false,\"api_key_blocked\":false,\"api_key_disabled\":false}" },
  { "xai", 200, TC_KEY_BLOCKED, "{\"api_key_id\":\"1\",\"team_blocked\":true,\"api_key_blocked\":false}" },
  { "xai", 200, TC_KEY_BLOCKED, "{\"api_key_id\":\"1\",\"team_blocked\":false,\"api_key_blocked\":true}" },
  { "xai", 200, TC_KEY_BLOCKED, "{\"api_key_id\":\"1\",\"team_blocked\":false,\"api_key_disabled\":true}" },
  { "xai", 200, TC_KEY_NO_PERMISSION, "{\"api_key_id\":\"1\",\"acls\":[],\"team_blocked\":false}" },
  { "xai", 200, TC_KEY_UNVERIFIED, "{\"data\":[]}" },
  { "xai", 400, TC_KEY_WRONG,
    XAI ("invalid-argument", "Incorrect API key provided. You can obtain one from https://console.x.ai.") },
  { "xai", 400, TC_KEY_WRONG,
    XAI ("Client specified an invalid argument", "Incorrect API key provided: xa***yz.") },
  { "xai", 401, TC_KEY_WRONG, XAI ("unauthenticated:no-credentials", "No credentials presented.") },
  { "xai", 403, TC_KEY_NO_CREDIT,
    XAI ("The caller does not have permission to execute the specified operation",
         "Your newly created teams doesn't have any credits yet.") },
  { "xai", 403, TC_KEY_NO_PERMISSION, XAI ("The caller does not have permission", "No access to this") },
  { "xai", 429, TC_KEY_RATE_LIMITED, XAI ("resource-exhausted", "Too many tokens for team") },
  { "qwen", 200, TC_KEY_VALID, "{\"version\":\"0.33.0\"}" },
  { "qwen", 200, TC_KEY_UNVERIFIED, "{\"hello\":1}" },
  { "qwen", 503, TC_KEY_UNVERIFIED, "{\"error\":\"server busy, please try again.\"}" },
  { "compatible", 401, TC_KEY_WRONG, "{\"error\":\"Unauthorized\"}" },
  { "compatible", 401, TC_KEY_WRONG,
    "{\"error\":{\"code\":401,\"message\":\"Invalid API Key\",\"type\":\"authentication_error\"}}" },
  { "compatible", 503, TC_KEY_UNVERIFIED,
    "{\"error\":{\"code\":503,\"message\":\"Loading model\",\"type\":\"unavailable_error\"}}" },
  { "compatible", 400, TC_KEY_NO_CREDIT,
    "{\"error\":{\"code\":\"Arrearage\",\"param\":null,\"message\":\"Access denied, please make sure your "
    "account is in good standing.\",\"type\":\"Arrearage\"}}" },
  { "compatible", 402, TC_KEY_NO_CREDIT, "{\"error\":{\"code\":402,\"message\":\"Insufficient\",\"metadata\":{}}}" },
  { "compatible", 404, TC_KEY_UNVERIFIED, "{\"object\":\"error\",\"message\":\"nothing\",\"code\":404}" },
};

static void
test_cases (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case *c = &cases[i];
      g_autoptr(TcKeyVerdict) verdict = tc_key_verdict_for_answer (tc_provider_find (c->provider), c->status,
                                                            c->body, strlen (c->body), SECRET);

      g_test_message ("%s %u %s → %s", c->provider, c->status, c->body, verdict->text);
      g_assert_cmpstr (tc_key_state_to_string (verdict->state), ==, tc_key_state_to_string (c->state));
      /* Each says something that a person can go by. */
      g_assert_cmpuint (strlen (verdict->text), >, 14);
      g_assert_null (strstr (verdict->text, "***"));
    }
}

/* Providers repeat what they were sent; a terminal must not obey them either. */
static void
test_echo (void)
{
  const char *body = "{\"error\":{\"message\":\"No " SECRET " or sk-proj-AbCdEfGhIjKlMnOp or sk-ab***xyz or "
                     "xai-0123456789abcdef\\u001b[31m\\n\\u202eevil\",\"type\":\"x\",\"code\":null}}";
  g_autoptr(TcKeyVerdict) verdict = tc_key_verdict_for_answer (tc_provider_find ("openai"), 418, body,
                                                        strlen (body), SECRET);

  g_assert_nonnull (strstr (verdict->text, "[redacted]"));
  for (const char *const *p = (const char *const[]) { "canary", "AbCdEf", "sk-ab", "xyz", "012345",
                                                     "\033", "\n", "\342\200\256", NULL }; *p != NULL; p++)
    g_assert_null (strstr (verdict->text, *p));
  g_assert_true (g_utf8_validate (verdict->text, -1, NULL));
}

/* Whatever comes: an answer, and not a crash. */
static void
test_damaged (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gsize length = strlen (cases[i].body);

      for (gsize cut = 0; cut < length; cut += 3)
        {
          g_autofree char *body = g_strndup (cases[i].body, cut);
          g_autoptr(TcKeyVerdict) verdict = tc_key_verdict_for_answer (tc_provider_find (cases[i].provider),
                                                                cases[i].status, body, cut, SECRET);

          if (cases[i].status == 200)
            g_assert_cmpint (verdict->state, ==, TC_KEY_UNVERIFIED);
          g_assert_null (strstr (verdict->text, "canary"));
        }
    }
}

static void
test_base_urls (void)
{
  static const char *const good[] = {
    "https://api.openai.com/v1", "http://localhost:8000/v1", "http://127.0.0.1:11434", "http://[::1]:8080",
    "http://192.168.1.7:8000/v1", "http://10.0.0.3", "http://box.local:1234/v1", NULL
  };
  static const char *const bad[] = {
    "", "api.openai.com", "ftp://example.com", "http://api.openai.com/v1", "http://8.8.8.8/v1",
    "https://", "https://user:password@example.com/v1", "https://example.com/v1?key=1",
    "https://example.com/#x", "http://127.0.0.1.example.com", "file:///etc/passwd", NULL
  };

  for (guint i = 0; good[i] != NULL; i++)
    g_assert_true (tc_provider_check_base_url (good[i], NULL));
  for (guint i = 0; bad[i] != NULL; i++)
    {
      g_autoptr(GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_false (tc_provider_check_base_url (bad[i], &error));
      g_assert_nonnull (error);
    }
}

static void
test_table (void)
{
  for (guint i = 0; i < TC_PROVIDER_N; i++)
    {
      const TcProvider *provider = tc_provider_get (i);
      g_autofree char *url = tc_provider_build_url (provider, "http://localhost:1/x/", provider->check_path);

      g_assert_cmpint (provider->id, ==, i);
      g_assert_true (tc_provider_find (provider->word) == provider);
      g_assert_true (g_str_has_prefix (url, "http://localhost:1/x/"));
      g_assert_null (strstr (url + 8, "//"));
      if (provider->base_url != NULL)
        g_assert_true (tc_provider_check_base_url (provider->base_url, NULL));
    }
  g_assert_null (tc_provider_find ("none"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/providers/cases", test_cases);
  g_test_add_func ("/providers/echo", test_echo);
  g_test_add_func ("/providers/damaged", test_damaged);
  g_test_add_func ("/providers/base-urls", test_base_urls);
  g_test_add_func ("/providers/table", test_table);

  return g_test_run ();
}
