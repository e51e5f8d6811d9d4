/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What calls to providers have cost, and what they may cost. */

#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tc-api-private.h"
#include "tc-api-routes.h"
#include "tc-error.h"
#include "tc-json.h"
#include "tc-provider.h"

#define NO_LEDGER "This engine was started without a book of money."
#define BAD_DAY "A day is written as 2026-11-22."

static void
on_spent (TcApi   *self,
          guint64  session_id,
          gint64   spent)
{
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, session_id);
  g_autofree char *amount = tc_money_format (MAX (spent, 0));
  g_autoptr (JsonNode) event = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "type", "spend");
  json_object_set_string_member (object, "session_id", id);
  json_object_set_string_member (object, "spent_usd", amount + 1);
  json_node_take_object (event, object);
  tc_api_events_send (self->events, event);
}

/** tc_api_set_ledger: @ledger: (transfer none): what the requests about money are answered from; set once */
void
tc_api_set_ledger (TcApi    *self,
                   TcLedger *ledger)
{
  g_return_if_fail (TC_IS_API (self));
  g_return_if_fail (self->ledger == NULL);

  self->ledger = g_object_ref (ledger);
  g_signal_connect_object (ledger, "spent", G_CALLBACK (on_spent), self, G_CONNECT_SWAPPED);
}

static gboolean
begin (TcApiRequest *request)
{
  if (request->api->ledger != NULL)
    return TRUE;
  tc_api_request_reply_fail (request, 503, "unavailable", NO_LEDGER);
  return FALSE;
}

/* The beginning of a day where the user lives, and of one some days later. */
static gboolean
parse_day (const char *text,
           int         days_later,
           gint64     *at_us)
{
  g_autoptr (GDateTime) local = NULL;
  g_autoptr (GDateTime) moved = NULL;
  int year, month, day;
  int length = 0;

  *at_us = 0;
  if (text == NULL)
    return TRUE;
  if (sscanf (text, "%4d-%2d-%2d%n", &year, &month, &day, &length) != 3 || text[length] != '\0' ||
      length != 10)
    return FALSE;
  local = g_date_time_new_local (year, month, day, 0, 0, 0);
  moved = local != NULL ? g_date_time_add_days (local, days_later) : NULL;
  if (moved == NULL)
    return FALSE;
  *at_us = g_date_time_to_unix_usec (moved);

  return TRUE;
}

/* Sums of a book that was lost once are too small, and say so. */
static void
tell_missing (TcLedger *ledger,
              JsonNode *answer,
              gint64    from_us)
{
  gint64 lost_us = tc_ledger_get_lost (ledger);
  g_autofree char *text = lost_us > 0 ? tc_clock_format_iso8601 (lost_us) : NULL;

  if (text != NULL && from_us < lost_us)
    json_object_set_string_member (json_node_get_object (answer), "missing_before", text);
}

/* Money counts by the month. */
static gint64
get_month_start (TcClock *clock)
{
  g_autoptr (GDateTime) now =
    g_date_time_new_from_unix_local (tc_clock_get_realtime (clock) / G_USEC_PER_SEC);
  g_autoptr (GDateTime) start =
    g_date_time_new_local (g_date_time_get_year (now), g_date_time_get_month (now), 1, 0, 0, 0);

  return start != NULL ? g_date_time_to_unix (start) * G_USEC_PER_SEC : 0;
}

static void
on_spend (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  TcApiRequest *request = user_data;
  g_autoptr (GError) error = NULL;
  JsonNode *answer = tc_ledger_load_spend_finish (TC_LEDGER (source), result, &error);
  gint64 from_us;

  if (answer == NULL)
    {
      tc_api_request_reply_error (request, error);
      return;
    }
  parse_day (tc_api_request_get_query (request, "from"), 0, &from_us);
  tell_missing (TC_LEDGER (source), answer, from_us);
  tc_api_request_reply_json (request, SOUP_STATUS_OK, answer);
}

/** tc_api_handle_spend: GET /api/spend */
void
tc_api_handle_spend (TcApiRequest *request)
{
  const char *by = tc_api_request_get_query (request, "by");
  const char *session = tc_api_request_get_query (request, "session");
  guint64 session_id = 0;
  gint64 from_us, to_us;

  if (!begin (request))
    return;
  if (session != NULL && !tc_api_parse_id (session, &session_id))
    {
      tc_api_request_reply_fail (request, 400, "usage", "A session is a number from 1 on, such as 17.");
      return;
    }
  if (!parse_day (tc_api_request_get_query (request, "from"), 0, &from_us) ||
      !parse_day (tc_api_request_get_query (request, "to"), 1, &to_us))
    {
      tc_api_request_reply_fail (request, 400, "usage", BAD_DAY);
      return;
    }
  tc_ledger_load_spend_async (request->api->ledger, by != NULL ? by : "provider", session_id, from_us, to_us,
                              on_spend, request);
}

static void
reply_budgets (TcApiRequest *request)
{
  JsonNode *answer = tc_ledger_budgets_to_json (request->api->ledger);
  gint64 start_us = get_month_start (request->api->clock);

  if (tc_ledger_get_lost (request->api->ledger) > start_us)
    tell_missing (request->api->ledger, answer, start_us);
  tc_api_request_reply_json (request, SOUP_STATUS_OK, answer);
}

/** tc_api_handle_budget: GET /api/budget */
void
tc_api_handle_budget (TcApiRequest *request)
{
  if (begin (request))
    reply_budgets (request);
}

/* "20.00", or null for none. */
static gboolean
parse_limit (JsonObject  *body,
             TcMoney     *limit,
             GError     **error)
{
  const char *text = tc_json_get_string (body, "limit_usd", NULL);

  *limit = TC_MONEY_UNKNOWN;
  if (json_object_has_member (body, "limit_usd") && json_object_get_null_member (body, "limit_usd"))
    return TRUE;
  if (text == NULL)
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID,
                           "“limit_usd” is a text such as \"20.00\", or null for no budget.");
      return FALSE;
    }
  if (!tc_money_parse (text, limit, error))
    return FALSE;
  if (*limit >= 0)
    return TRUE;
  g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID, "A budget is not less than 0.");

  return FALSE;
}

static gboolean
check_scope (const char  *scope,
             GError     **error)
{
  if (scope != NULL && (strcmp (scope, "month") == 0 || tc_provider_find (scope) != NULL))
    return TRUE;
  g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID,
                       "“scope” is month, session, or the provider that the budget is for: claude, openai, xai, "
                       "qwen or compatible.");

  return FALSE;
}

/* Whoever shows the budgets asks for them again. */
static void
tell_budgets (TcApi *self)
{
  g_autoptr (JsonNode) event = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "type", "budget");
  json_node_take_object (event, object);
  tc_api_events_send (self->events, event);
}

static void
on_budget_set (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  TcApiRequest *request = user_data;
  g_autoptr (GError) error = NULL;

  if (!tc_ledger_set_budget_finish (TC_LEDGER (source), result, &error))
    {
      tc_api_request_reply_error (request, error);
      return;
    }
  tell_budgets (request->api);
  reply_budgets (request);
}

static void
on_session_budget_set (GObject      *source,
                       GAsyncResult *result,
                       gpointer      user_data)
{
  TcApiRequest *request = user_data;
  g_autoptr (GError) error = NULL;

  if (tc_scheduler_set_budget_finish (TC_SCHEDULER (source), result, &error))
    reply_budgets (request);
  else
    tc_api_request_reply_error (request, error);
}

/* Of one session, for all its runs; one that is on goes on with it. */
static void
set_session_budget (TcApiRequest *request,
                    JsonObject   *body)
{
  const char *session = tc_json_get_string (body, "session", NULL);
  g_autoptr (GError) error = NULL;
  guint64 id = 0;
  TcMoney limit;

  if (session == NULL || !tc_api_parse_id (session, &id))
    tc_api_request_reply_fail (request, 400, "usage", "“session” is the number of a session as a text, such as "
                                                      "\"17\".");
  else if (!parse_limit (body, &limit, &error))
    tc_api_request_reply_error (request, error);
  else
    tc_scheduler_set_budget_async (request->api->scheduler, id,
                                   limit != TC_MONEY_UNKNOWN ? limit : TC_BUDGET_NONE, on_session_budget_set,
                                   request);
}

/** tc_api_handle_budget_set: PUT /api/budget */
void
tc_api_handle_budget_set (TcApiRequest *request)
{
  JsonObject *body = tc_api_request_get_body (request);
  const char *scope = tc_json_get_string (body, "scope", NULL);
  g_autoptr (GError) error = NULL;
  TcMoney limit;

  if (!begin (request))
    return;
  if (body == NULL)
    {
      tc_api_request_reply_fail (request, 400, "usage", "Send a JSON object.");
      return;
    }
  if (g_strcmp0 (scope, "session") == 0)
    {
      set_session_budget (request, body);
      return;
    }
  if (!check_scope (scope, &error) || !parse_limit (body, &limit, &error))
    {
      tc_api_request_reply_error (request, error);
      return;
    }
  tc_ledger_set_budget_async (request->api->ledger, scope, limit, on_budget_set, request);
}
