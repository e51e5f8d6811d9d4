/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-json.h"
#include "tc-provider-problem.h"
#include "tc-provider-verdict.h"
#include "tc-redactor.h"
#include "tc-text.h"

#define QUOTE_MAX_BYTES 400

/* What keys look like, also those that a provider has half covered. */
#define KEY_SHAPES \
  "(?:sk|xai|xa|gsk)[-A-Za-z0-9_]*\\*{2,}[-A-Za-z0-9_*]*" \
  "|(?:sk-|xai-)[A-Za-z0-9_:.-]{8,}"

/**
 * tc_key_verdict_new:
 *
 * Returns: (transfer full): a verdict with a text of our own
 */
TcKeyVerdict *
tc_key_verdict_new (TcKeyState  state,
                    const char *format,
                    ...)
{
  TcKeyVerdict *self = g_new0 (TcKeyVerdict, 1);
  va_list args;

  va_start (args, format);
  self->state = state;
  self->text = g_strdup_vprintf (format, args);
  /* "the server" begins a sentence; "xAI" is written so wherever it stands. */
  if (g_str_has_prefix (self->text, "the "))
    self->text[0] = 'T';
  va_end (args);

  return self;
}

/** tc_key_verdict_free: */
void
tc_key_verdict_free (TcKeyVerdict *self)
{
  g_free (self->text);
  g_free (self);
}

/**
 * tc_key_verdict_clean:
 * @foreign: text of a provider
 * @secret: (nullable): the key that was sent
 *
 * Providers repeat keys, whole or in part, in what they say.
 *
 * Returns: (transfer full): harmless to show and to keep
 */
char *
tc_key_verdict_clean (const char *foreign,
                      const char *secret)
{
  g_autoptr(TcRedactor) redactor = tc_redactor_new ();
  g_autoptr(GRegex) shapes = g_regex_new (KEY_SHAPES, 0, 0, NULL);
  g_autofree char *plain = tc_text_sanitize (foreign, -1, 16 * QUOTE_MAX_BYTES, TC_TEXT_SINGLE_LINE);
  g_autofree char *masked = NULL;
  g_autofree char *clean = NULL;

  if (secret != NULL)
    tc_redactor_add_secret (redactor, secret, -1);
  masked = tc_redactor_mask (redactor, plain);
  clean = g_regex_replace_literal (shapes, masked, -1, 0, TC_REDACTOR_MASK, 0, NULL);

  return tc_text_sanitize (clean != NULL ? clean : "", -1, QUOTE_MAX_BYTES, TC_TEXT_SINGLE_LINE);
}

static gboolean
is_blocked (const TcProviderProblem *problem)
{
  static const char *const words[] = {
    "blocked", "disabled", "suspended", "on hold", "organization_on_hold",
    "ip not authorized", "not authorized from", "not supported", NULL
  };

  return tc_provider_problem_says (problem->message, words) || tc_provider_problem_says (problem->code, words);
}

/* A restricted key may not list models and yet be fit for everything else. */
static gboolean
is_about_scope (const TcProviderProblem *problem)
{
  static const char *const words[] = {
    "missing scopes", "insufficient permissions", "member of an organization", NULL
  };

  return tc_provider_problem_says (problem->message, words);
}

static TcKeyVerdict *
add_quote (TcKeyVerdict  *verdict,
           const TcProviderProblem *problem,
           const char    *secret)
{
  g_autofree char *clean = tc_key_verdict_clean (problem->message, secret);
  g_autofree char *before = NULL;

  if (clean[0] == '\0')
    return verdict;
  before = verdict->text;
  verdict->text = g_strdup_printf ("%s It said: “%s”", before, clean);

  return verdict;
}

static TcKeyVerdict *
judge_wrong (const TcProvider *provider)
{
  if (provider->id == TC_PROVIDER_COMPATIBLE)
    return tc_key_verdict_new (TC_KEY_WRONG, "The server does not know this key. Check that it is "
                               "whole and belongs to this address; keys of some services are bound "
                               "to a region.");
  if (provider->keys_url == NULL)
    return tc_key_verdict_new (TC_KEY_WRONG, "%s refused the key.", provider->title);

  return tc_key_verdict_new (TC_KEY_WRONG, "%s does not know this key, or it was revoked. Make a new "
                             "one at %s and put it in with “trainctl keys replace”.",
                             provider->title, provider->keys_url);
}

static TcKeyVerdict *
judge_status (const TcProvider *provider,
              guint             status)
{
  const char *title = provider->title;

  switch (status)
    {
    case 403:
      return tc_key_verdict_new (TC_KEY_NO_PERMISSION, "The key is real, but %s does not let it do "
                                 "this. Look at its permissions, project or workspace.", title);
    case 404:
    case 405:
      return tc_key_verdict_new (TC_KEY_UNVERIFIED, "%s answered that there is nothing at this address, "
                                 "so the key could not be checked. Look at the base URL.", title);
    case 429:
      return tc_key_verdict_new (TC_KEY_RATE_LIMITED, "%s says that too much was asked of it. The key is "
                                 "checked again later.", title);
    default:
      break;
    }
  if (status >= 300 && status < 400)
    return tc_key_verdict_new (TC_KEY_UNVERIFIED, "%s sends elsewhere (status %u); a key is never sent "
                               "along. Give the address it sends to as the base URL, if it is to be "
                               "trusted.", title, status);
  if (status >= 500)
    return tc_key_verdict_new (TC_KEY_UNVERIFIED, "%s has trouble of its own (status %u), so the key could "
                               "not be checked. Try again later.", title, status);

  return tc_key_verdict_new (TC_KEY_UNVERIFIED, "%s answered with status %u, which says nothing about the "
                             "key.", title, status);
}

static TcKeyVerdict *
judge_problem (const TcProvider *provider,
               guint             status,
               const TcProviderProblem *problem)
{
  static const char *const loading[] = { "loading model", NULL };
  static const char *const incorrect[] = { "incorrect api key", "invalid api key", "invalid-argument", NULL };
  const char *title = provider->title;

  if (tc_provider_problem_is_about_money (problem, status))
    return tc_key_verdict_new (TC_KEY_NO_CREDIT, "The key is real, but %s wants money before it works: "
                               "there is no credit, or a spend limit was reached. Add credit or raise "
                               "the limit there.", title);
  if ((status == 401 || status == 403) && is_about_scope (problem))
    return tc_key_verdict_new (TC_KEY_NO_PERMISSION, "The key is real but restricted: %s does not let it "
                               "list models. It may still be fit for training; give it that permission "
                               "to be sure.", title);
  if ((status == 400 || status == 401 || status == 403) && is_blocked (problem))
    return tc_key_verdict_new (TC_KEY_BLOCKED, "%s has locked this key, its owner or this place out. "
                               "Look at the account there.", title);
  if (status == 401 ||
      (status == 400 && (provider->id == TC_PROVIDER_XAI || tc_provider_problem_says (problem->message, incorrect))))
    return judge_wrong (provider);
  if (status == 503 && tc_provider_problem_says (problem->message, loading))
    return tc_key_verdict_new (TC_KEY_UNVERIFIED, "%s is still loading its model. Check again when it is "
                               "ready.", title);

  return judge_status (provider, status);
}

/* xAI tells about a key in the body of a success. */
static TcKeyVerdict *
judge_xai (JsonObject *root)
{
  JsonArray *acls = tc_json_get_array (root, "acls");

  if (tc_json_get_boolean (root, "team_blocked", FALSE))
    return tc_key_verdict_new (TC_KEY_BLOCKED, "xAI has blocked the team of this key. Look at "
                               "https://console.x.ai.");
  if (tc_json_get_boolean (root, "api_key_blocked", FALSE) ||
      tc_json_get_boolean (root, "api_key_disabled", FALSE) ||
      tc_json_get_boolean (root, "disabled", FALSE))
    return tc_key_verdict_new (TC_KEY_BLOCKED, "This key is blocked or switched off. Enable it at "
                               "https://console.x.ai or make another.");
  if (!tc_json_has (root, "api_key_id") && !tc_json_has (root, "redacted_api_key"))
    return NULL;
  if (acls != NULL && json_array_get_length (acls) == 0)
    return tc_key_verdict_new (TC_KEY_NO_PERMISSION, "The key is real but has no permissions. Give it some "
                               "at https://console.x.ai.");

  return tc_key_verdict_new (TC_KEY_VALID, "xAI accepts the key.");
}

static TcKeyVerdict *
judge_success (const TcProvider *provider,
               JsonObject       *root)
{
  TcKeyVerdict *verdict = NULL;

  if (provider->id == TC_PROVIDER_XAI)
    verdict = judge_xai (root);
  else if (provider->id == TC_PROVIDER_QWEN && tc_json_has (root, "version"))
    verdict = tc_key_verdict_new (TC_KEY_VALID, "Ollama answers.");
  else if (provider->id != TC_PROVIDER_QWEN && tc_json_has (root, "data"))
    verdict = tc_key_verdict_new (TC_KEY_VALID, "%s accepts the key.", provider->title);

  return verdict != NULL ? verdict
                         : tc_key_verdict_new (TC_KEY_UNVERIFIED, "What answers at this address is not "
                                               "%s as we know it. Look at the base URL.", provider->title);
}

/**
 * tc_key_verdict_for_answer:
 * @status: of HTTP
 * @body: what came with it
 * @secret: (nullable): the key that was sent, to keep it out of the text
 *
 * Returns: (transfer full): what the answer to the provider's check request
 *   says about the key
 */
TcKeyVerdict *
tc_key_verdict_for_answer (const TcProvider *provider,
                           guint             status,
                           const char       *body,
                           gsize             length,
                           const char       *secret)
{
  g_autoptr(JsonObject) root = tc_json_parse_object (body, (gssize) length, TC_JSON_DEFAULT, NULL);
  g_autoptr(JsonObject) empty = json_object_new ();
  g_auto(TcProviderProblem) problem = { NULL };

  if (status >= 200 && status < 300)
    return judge_success (provider, root != NULL ? root : empty);
  tc_provider_problem_read (&problem, root);

  return add_quote (judge_problem (provider, status, &problem), &problem, secret);
}
