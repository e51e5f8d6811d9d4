/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Errors in every shape that servers have for them, and what they mean. */

#include "config.h"

#include <math.h>
#include <string.h>

#include <libsoup/soup.h>

#include "tc-json.h"
#include "tc-provider-problem.h"
#include "tc-provider-verdict.h"
#include "tc-wire-private.h"

#define LONGEST_RETRY_MS (24 * 60 * 60 * 1000.0)

typedef struct
{
  const char      *word;
  TcChatErrorKind  kind;
} Meaning;

/* xAI and others answer to a wrong key as to a wrong request. */
static gboolean
is_about_key (const TcProviderProblem *problem)
{
  static const char *const words[] = { "incorrect api key", "invalid api key", "invalid x-api-key", NULL };

  return g_str_equal (problem->code, "invalid_api_key") || tc_provider_problem_says (problem->message, words);
}

static gboolean
find_meaning (const char      *word,
              TcChatErrorKind *kind)
{
  static const Meaning meanings[] = {
    { "invalid_request_error", TC_CHAT_ERROR_INVALID },
    { "context_length_exceeded", TC_CHAT_ERROR_INVALID },
    { "exceed_context_size_error", TC_CHAT_ERROR_INVALID },
    { "badrequesterror", TC_CHAT_ERROR_INVALID },
    { "authentication_error", TC_CHAT_ERROR_AUTH },
    { "permission_error", TC_CHAT_ERROR_PERMISSION },
    { "not_found_error", TC_CHAT_ERROR_NOT_FOUND },
    { "model_not_found", TC_CHAT_ERROR_NOT_FOUND },
    { "notfounderror", TC_CHAT_ERROR_NOT_FOUND },
    { "request_too_large", TC_CHAT_ERROR_TOO_LARGE },
    { "rate_limit_error", TC_CHAT_ERROR_RATE_LIMITED },
    { "rate_limit_exceeded", TC_CHAT_ERROR_RATE_LIMITED },
    { "slow_down", TC_CHAT_ERROR_RATE_LIMITED },
    { "overloaded_error", TC_CHAT_ERROR_OVERLOADED },
    { "server_is_overloaded", TC_CHAT_ERROR_OVERLOADED },
    { "service_unavailable_error", TC_CHAT_ERROR_OVERLOADED },
    { "unavailable_error", TC_CHAT_ERROR_OVERLOADED },
    { "timeout_error", TC_CHAT_ERROR_TIMEOUT },
  };
  g_autofree char *lower = g_ascii_strdown (word, -1);

  for (guint i = 0; i < G_N_ELEMENTS (meanings); i++)
    {
      if (g_str_equal (meanings[i].word, lower))
        {
          *kind = meanings[i].kind;
          return TRUE;
        }
    }

  return FALSE;
}

static TcChatErrorKind
judge_status (guint status)
{
  switch (status)
    {
    case 401:
      return TC_CHAT_ERROR_AUTH;
    case 402:
      return TC_CHAT_ERROR_MONEY;
    case 403:
      return TC_CHAT_ERROR_PERMISSION;
    case 404:
    case 410:
      return TC_CHAT_ERROR_NOT_FOUND;
    case 408:
    case 504:
      return TC_CHAT_ERROR_TIMEOUT;
    case 413:
      return TC_CHAT_ERROR_TOO_LARGE;
    case 429:
      return TC_CHAT_ERROR_RATE_LIMITED;
    case 503:
    case 529:
      return TC_CHAT_ERROR_OVERLOADED;
    default:
      return status >= 400 && status < 500 ? TC_CHAT_ERROR_INVALID : TC_CHAT_ERROR_SERVER;
    }
}

/* In mid-stream the status is 200, and the numbers that some servers put into
 * "code" say what it should have been. */
static TcChatErrorKind
judge_problem (const TcProviderProblem *problem,
               guint          status,
               gint64         number)
{
  TcChatErrorKind kind;

  if (tc_provider_problem_is_about_money (problem, status))
    return TC_CHAT_ERROR_MONEY;
  if ((status == 400 || status == 401) && is_about_key (problem))
    return TC_CHAT_ERROR_AUTH;
  if (status >= 400)
    return judge_status (status);
  if (find_meaning (problem->code, &kind) || find_meaning (problem->type, &kind))
    return kind;

  return number >= 400 && number < 600 ? judge_status ((guint) number) : TC_CHAT_ERROR_SERVER;
}

/* A server without a name of its own begins with a small letter. */
static char *
begin_sentence (char *text)
{
  if (g_str_has_prefix (text, "the "))
    text[0] = 'T';

  return text;
}

static char *
dup_own_words (const TcProvider *provider,
               guint             status)
{
  if (status >= 300 && status < 400)
    return begin_sentence (g_strdup_printf ("%s sends elsewhere (status %u); a key is never sent along. "
                                            "Look at the base URL.", provider->title, status));
  if (status == 200 || status == 0)
    return begin_sentence (g_strdup_printf ("%s reported an error without saying which.", provider->title));

  return begin_sentence (g_strdup_printf ("%s answered with status %u and said nothing more.",
                                          provider->title, status));
}

/**
 * tc_wire_read_error_object:
 * @status: of HTTP; 200 in mid-stream
 * @root: what came, with an "error" or flat
 * @secret: (nullable): the key that was sent
 *
 * Returns: (transfer full): what it means
 */
TcChatError *
tc_wire_read_error_object (const TcProvider *provider,
                           guint             status,
                           JsonObject       *root,
                           const char       *secret)
{
  g_auto(TcProviderProblem) problem = { NULL };
  JsonObject *inner = tc_json_get_object (root, "error");
  TcChatError *error;
  g_autofree char *clean = NULL;
  const char *word;

  tc_provider_problem_read (&problem, root);
  error = tc_chat_error_new (judge_problem (&problem, status,
                                            tc_json_get_int (inner != NULL ? inner : root, "code", 0)),
                             status, NULL);
  clean = tc_key_verdict_clean (problem.message, secret);
  word = problem.code[0] != '\0' ? problem.code : problem.type;
  if (word[0] != '\0')
    error->code = tc_key_verdict_clean (word, secret);
  error->message = clean[0] != '\0' ? g_steal_pointer (&clean) : dup_own_words (provider, status);

  return error;
}

/* A page of a proxy on the way tells a person nothing; a plain line may. */
static TcChatError *
read_no_json (const TcProvider *provider,
              guint             status,
              const char       *body,
              gsize             length,
              const char       *secret)
{
  g_autofree char *text = g_utf8_make_valid (body, (gssize) MIN (length, 4096));
  g_autofree char *clean = tc_key_verdict_clean (g_strstrip (text), secret);
  g_autofree char *message = NULL;

  if (clean[0] == '\0')
    message = dup_own_words (provider, status);
  else if (clean[0] == '<')
    message = g_strdup_printf ("Something on the way to %s answered with status %u and a web page.",
                               provider->title, status);
  else
    message = g_strdup_printf ("%s answered with status %u: %s", provider->title, status, clean);

  return tc_chat_error_new (judge_status (status), status, begin_sentence (message));
}

/**
 * tc_wire_read_error:
 * @status: of HTTP, not a success
 * @body: what came with it, of any kind
 * @secret: (nullable): the key that was sent, to keep it out of the text
 *
 * Returns: (transfer full): what it means
 */
TcChatError *
tc_wire_read_error (const TcProvider *provider,
                    guint             status,
                    const char       *body,
                    gsize             length,
                    const char       *secret)
{
  g_autoptr(JsonObject) root = NULL;

  if (length > 0)
    root = tc_json_parse_object (body, (gssize) length, TC_JSON_ALLOW_NON_FINITE, NULL);
  if (root == NULL)
    return read_no_json (provider, status, length > 0 ? body : "", length, secret);

  return tc_wire_read_error_object (provider, status, root, secret);
}

/* A number of units, as header fields have them; -1 if it is none. */
static gint64
read_wait (const char *text,
           double      unit_ms)
{
  char *end = NULL;
  double value = g_ascii_strtod (text, &end) * unit_ms;

  if (end == text || end[strspn (end, " \t")] != '\0' || !(value >= 0))
    return -1;

  return (gint64) ceil (MIN (value, LONGEST_RETRY_MS));
}

static gint64
read_date (const char *text,
           gint64      now_us)
{
  g_autoptr(GDateTime) date = soup_date_time_new_from_http_string (text);
  gint64 wait_ms;

  if (date == NULL)
    return -1;
  wait_ms = g_date_time_to_unix (date) * 1000 - now_us / 1000;

  return CLAMP (wait_ms, 0, (gint64) LONGEST_RETRY_MS);
}

/**
 * tc_wire_read_retry:
 * @error: takes what the headers say
 * @retry_after_ms: (nullable): milliseconds; goes before @retry_after
 * @retry_after: (nullable): seconds, or a date of HTTP
 * @x_should_retry: (nullable): "true" or "false"
 * @now_us: the time, in microseconds since 1970
 */
void
tc_wire_read_retry (TcChatError *error,
                    const char  *retry_after_ms,
                    const char  *retry_after,
                    const char  *x_should_retry,
                    gint64       now_us)
{
  gint64 wait = retry_after_ms != NULL ? read_wait (retry_after_ms, 1) : -1;

  if (wait < 0 && retry_after != NULL)
    wait = read_wait (retry_after, 1000);
  if (wait < 0 && retry_after != NULL)
    wait = read_date (retry_after, now_us);
  error->retry_after_ms = wait;
  if (g_strcmp0 (x_should_retry, "true") == 0)
    error->should_retry = 1;
  else if (g_strcmp0 (x_should_retry, "false") == 0)
    error->should_retry = 0;
}

static const char *
get_anthropic_type (TcChatErrorKind kind)
{
  static const char *const types[] = {
    "invalid_request_error", "authentication_error", "permission_error", "billing_error",
    "not_found_error", "request_too_large", "rate_limit_error", "overloaded_error", "timeout_error",
    "api_error", "api_error",
  };

  return types[kind];
}

static const char *
get_openai_type (TcChatErrorKind kind)
{
  static const char *const types[] = {
    "invalid_request_error", "authentication_error", "permission_error", "insufficient_quota",
    "not_found_error", "invalid_request_error", "rate_limit_error", "service_unavailable_error",
    "timeout_error", "server_error", "server_error",
  };

  return types[kind];
}

static void
fill_anthropic_error (JsonObject        *root,
                      const TcChatError *error)
{
  JsonObject *inner;

  json_object_set_string_member (root, "type", "error");
  inner = tc_wire_add_object (root, "error");
  json_object_set_string_member (inner, "type", get_anthropic_type (error->kind));
  json_object_set_string_member (inner, "message", error->message);
  if (error->code != NULL)
    json_object_set_string_member (tc_wire_add_object (inner, "details"), "error_code", error->code);
}

static void
fill_openai_error (JsonObject        *root,
                   const TcChatError *error)
{
  JsonObject *inner = tc_wire_add_object (root, "error");

  json_object_set_string_member (inner, "message", error->message);
  json_object_set_string_member (inner, "type", get_openai_type (error->kind));
  json_object_set_null_member (inner, "param");
  if (error->code != NULL)
    json_object_set_string_member (inner, "code", error->code);
  else
    json_object_set_null_member (inner, "code");
}

/** tc_wire_build_error: Returns: (transfer full): the error in a format of a client */
JsonObject *
tc_wire_build_error (TcProviderWire     wire,
                     const TcChatError *error)
{
  JsonObject *root = json_object_new ();

  switch (wire)
    {
    case TC_PROVIDER_WIRE_ANTHROPIC:
      fill_anthropic_error (root, error);
      break;
    case TC_PROVIDER_WIRE_OPENAI:
      fill_openai_error (root, error);
      break;
    case TC_PROVIDER_WIRE_OLLAMA:
    default:
      json_object_set_string_member (root, "error", error->message);
      break;
    }

  return root;
}

/** tc_wire_write_error: Returns: (transfer full): the body of an answer that is an error */
char *
tc_wire_write_error (TcProviderWire     wire,
                     const TcChatError *error)
{
  g_autoptr(JsonObject) root = tc_wire_build_error (wire, error);

  return tc_json_object_to_string (root, FALSE);
}
