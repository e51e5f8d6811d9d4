/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-provider-problem.h"

#include <string.h>

#include "tc-json.h"

/* FastAPI says what is wrong with which field, in a list or in a sentence. */
static char *
dup_detail (JsonObject *root)
{
  JsonArray *list = tc_json_get_array (root, "detail");
  JsonNode *node = list != NULL && json_array_get_length (list) > 0 ? json_array_get_element (list, 0) : NULL;
  JsonObject *first = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonArray *place = tc_json_get_array (first, "loc");
  JsonNode *field = NULL;

  if (list == NULL)
    return g_strdup (tc_json_get_string (root, "detail", ""));
  if (place != NULL && json_array_get_length (place) > 0)
    field = json_array_get_element (place, json_array_get_length (place) - 1);
  if (field == NULL || json_node_get_value_type (field) != G_TYPE_STRING)
    return g_strdup (tc_json_get_string (first, "msg", ""));

  return g_strdup_printf ("%s: %s", json_node_get_string (field), tc_json_get_string (first, "msg", ""));
}

/**
 * tc_provider_problem_read:
 * @self: (out caller-allocates): what was said
 * @root: (nullable): the body; NULL for one that is no JSON object
 *
 * "error" is an object, a string or missing; "code" a word, a number or null;
 * the code and the type may be beside a string.
 */
void
tc_provider_problem_read (TcProviderProblem *self,
                          JsonObject        *root)
{
  JsonObject *error = tc_json_get_object (root, "error");
  JsonObject *details;
  const char *flat = tc_json_get_string (root, "error", NULL);
  const char *code;

  if (error == NULL)
    error = root;
  details = tc_json_get_object (error, "details");
  code = tc_json_get_string (error, "code", "");
  self->type = g_strdup (tc_json_get_string (error, "type", ""));
  self->code = g_strdup (tc_json_get_string (details, "error_code", code));
  if (flat != NULL)
    self->message = g_strdup (flat);
  else if (tc_json_has (error, "message"))
    self->message = g_strdup (tc_json_get_string (error, "message", ""));
  else
    self->message = dup_detail (root);
}

/** tc_provider_problem_clear: Frees what is in it, not it. */
void
tc_provider_problem_clear (TcProviderProblem *self)
{
  g_clear_pointer (&self->type, g_free);
  g_clear_pointer (&self->code, g_free);
  g_clear_pointer (&self->message, g_free);
}

/**
 * tc_provider_problem_says:
 * @text: a code, type or message
 * @words: in lower case; ends with NULL
 *
 * Returns: whether one of the words is in it, in any case of letters
 */
gboolean
tc_provider_problem_says (const char        *text,
                          const char *const *words)
{
  g_autofree char *lower = g_ascii_strdown (text, -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      if (strstr (lower, words[i]) != NULL)
        return TRUE;
    }

  return FALSE;
}

/**
 * tc_provider_problem_is_about_money:
 * @status: of HTTP
 *
 * Money comes under many statuses: 400, 402, 403 and 429.
 *
 * Returns: whether there is no credit, or a limit on spending was reached
 */
gboolean
tc_provider_problem_is_about_money (const TcProviderProblem *self,
                                    guint                    status)
{
  static const char *const words[] = {
    "spend_limit", "insufficient_quota", "credit_balance", "usage_limit_exceeded", "billing",
    "arrearage", "budget_exceeded", "insufficient_credits", NULL
  };
  static const char *const messages[] = {
    "credit balance", "credits", "spend limit", "spending limit", "good standing", NULL
  };

  return status == 402 || tc_provider_problem_says (self->code, words) ||
         tc_provider_problem_says (self->type, words) ||
         ((status == 400 || status == 403) && tc_provider_problem_says (self->message, messages));
}
