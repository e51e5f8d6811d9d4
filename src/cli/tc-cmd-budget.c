/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* trainctl budget: what may be spent in a month, or by a session. */

#include "config.h"

#include <string.h>

#include "tc-cli-money.h"
#include "tc-commands.h"
#include "tc-error.h"
#include "tc-json.h"
#include "tc-money.h"

#define BAR_WIDTH 20
#define NEAR_FRACTION 0.8

static TcMoney
get_money (JsonObject *object,
           const char *member)
{
  TcMoney value;

  return tc_money_parse (tc_json_get_string (object, member, ""), &value, NULL) ? value : -1;
}

static void
add_money (TcCliGrid  *grid,
           TcCliStyle  style,
           JsonArray  *budgets,
           JsonObject *budget,
           const char *member)
{
  tc_cli_grid_add_take (grid, style,
                        tc_cli_money_format (budget, member, tc_cli_money_get_decimals (budgets, member)));
}

static void
add_bar (TcCliGrid  *grid,
         JsonObject *budget)
{
  TcMoney limit = get_money (budget, "limit_usd");
  double fraction = limit > 0 ? (double) get_money (budget, "spent_usd") / (double) limit : 1.0;
  g_autofree char *bar = NULL;

  if (limit < 0)
    {
      tc_cli_grid_add (grid, TC_CLI_PLAIN, NULL);
      return;
    }
  bar = tc_cli_format_bar (MIN (fraction, 1.0), BAR_WIDTH);
  tc_cli_grid_add_take (grid,
                        fraction >= 1.0 ? TC_CLI_RED : fraction >= NEAR_FRACTION ? TC_CLI_YELLOW : TC_CLI_GREEN,
                        limit == 0 ? g_strdup ("only what is free") : g_strdup_printf ("%s %.0f %%", bar, fraction * 100));
}

static void
add_budget (TcCliGrid  *grid,
            JsonArray  *budgets,
            JsonObject *budget)
{
  gint64 n_unknown = tc_json_get_int (budget, "n_unknown", 0);

  tc_cli_grid_add (grid, TC_CLI_BOLD, tc_json_get_string (budget, "scope", ""));
  if (tc_json_get_string (budget, "limit_usd", NULL) != NULL)
    add_money (grid, TC_CLI_PLAIN, budgets, budget, "limit_usd");
  else
    tc_cli_grid_add (grid, TC_CLI_PLAIN, "none");
  add_money (grid, TC_CLI_PLAIN, budgets, budget, "spent_usd");
  if (get_money (budget, "held_usd") > 0)
    add_money (grid, TC_CLI_DIM, budgets, budget, "held_usd");
  else
    tc_cli_grid_add (grid, TC_CLI_DIM, NULL);
  add_money (grid, TC_CLI_BOLD, budgets, budget, "left_usd");
  add_bar (grid, budget);
  tc_cli_grid_add_take (grid, TC_CLI_YELLOW,
                        n_unknown > 0 ? g_strdup_printf ("and %" G_GINT64_FORMAT " of unknown price", n_unknown)
                                      : NULL);
}

static int
print_budgets (TcCli    *cli,
               JsonNode *answer)
{
  g_autoptr (TcCliGrid) grid = tc_cli_grid_new ("BUDGET|>LIMIT|>SPENT|>HELD|>LEFT||");
  JsonObject *object = json_node_get_object (answer);
  JsonArray *budgets = tc_json_get_array (object, "budgets");
  g_autofree char *month = g_strdup_printf ("In %s:\n", tc_json_get_string (object, "month", "this month"));
  int code;

  if (cli->args->json)
    return tc_cli_print_json (answer);
  for (guint i = 0; budgets != NULL && i < json_array_get_length (budgets); i++)
    {
      JsonNode *node = json_array_get_element (budgets, i);

      if (JSON_NODE_HOLDS_OBJECT (node))
        add_budget (grid, budgets, json_node_get_object (node));
    }
  code = tc_cli_print (month);
  if (code == TC_CLI_OK)
    code = tc_cli_print_grid (cli, grid);

  return code != TC_CLI_OK ? code : tc_cli_money_print_missing (object);
}

int
tc_cmd_budget (TcCli *cli)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = tc_cli_call (cli, "GET", "/api/budget", NULL, &error);

  return answer != NULL ? print_budgets (cli, answer) : tc_cli_fail (error);
}

static int
fail_usage (void)
{
  g_autoptr (GError) error = NULL;

  g_set_error_literal (&error, TC_ERROR, TC_ERROR_USAGE,
                       "Say “budget set SCOPE USD” or “budget set session ID USD”.");

  return tc_cli_fail (error);
}

/* "budget set month 20", or "budget set session 17 5". */
int
tc_cmd_budget_set (TcCli *cli)
{
  const char *scope = tc_cli_args_get_word (cli->args, 0);
  gboolean is_session = strcmp (scope, "session") == 0;
  const char *amount = tc_cli_args_get_word (cli->args, is_session ? 2 : 1);
  g_autoptr (JsonObject) body = json_object_new ();
  g_autoptr (JsonNode) request = NULL;
  g_autoptr (JsonNode) answer = NULL;
  g_autoptr (GError) error = NULL;

  if (amount == NULL || (!is_session && tc_cli_args_get_word (cli->args, 2) != NULL))
    return fail_usage ();
  json_object_set_string_member (body, "scope", scope);
  if (is_session)
    json_object_set_string_member (body, "session", tc_cli_args_get_word (cli->args, 1));
  if (strcmp (amount, "none") == 0)
    json_object_set_null_member (body, "limit_usd");
  else
    json_object_set_string_member (body, "limit_usd", amount);
  request = json_node_init_object (json_node_alloc (), body);
  answer = tc_cli_call (cli, "PUT", "/api/budget", request, &error);

  return answer != NULL ? print_budgets (cli, answer) : tc_cli_fail (error);
}
