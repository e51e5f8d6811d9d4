/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* trainctl spend: what was paid for what. */

#include "config.h"

#include <string.h>

#include "tc-cli-money.h"
#include "tc-commands.h"
#include "tc-json.h"
#include "tc-money.h"

static const struct
{
  const char *by;
  const char *columns;
  const char *member;
} groupings[] = {
  { "session", "SESSION|>CALLS|>READ|>CACHED|>WRITTEN|>COST|", "session_id" },
  { "provider", "PROVIDER|>CALLS|>READ|>CACHED|>WRITTEN|>COST|", "provider" },
  { "model", "MODEL|>CALLS|>READ|>CACHED|>WRITTEN|>COST|", "model" },
  { "day", "DAY|>CALLS|>READ|>CACHED|>WRITTEN|>COST|", "day" },
  { "key", "KEY|>CALLS|>READ|>CACHED|>WRITTEN|>COST|", "key_id" },
};

static const struct
{
  const char *state;
  TcCliStyle  style;
} call_styles[] = {
  { "held", TC_CLI_CYAN },
  { "settled", TC_CLI_GREEN },
  { "released", TC_CLI_DIM },
  { "unsettled", TC_CLI_YELLOW },
  { "refused", TC_CLI_RED },
};

static void
append_note (GString    *notes,
             const char *format,
             ...)
{
  va_list args;

  if (notes->len > 0)
    g_string_append (notes, ", ");
  va_start (args, format);
  g_string_append_vprintf (notes, format, args);
  va_end (args);
}

static void
note_count (GString    *notes,
            JsonObject *sums,
            const char *member,
            const char *words)
{
  gint64 n = tc_json_get_int (sums, member, 0);

  if (n > 0)
    append_note (notes, "%" G_GINT64_FORMAT " %s", n, words);
}

static void
note_money (GString    *notes,
            JsonObject *sums,
            const char *member,
            const char *words)
{
  const char *amount = tc_json_get_string (sums, member, "");
  TcMoney value;

  if (tc_money_parse (amount, &value, NULL) && value > 0)
    append_note (notes, "$%s %s", amount, words);
}

/* What a sum of money does not say. */
static char *
dup_notes (JsonObject *sums)
{
  g_autoptr (GString) notes = g_string_new (NULL);

  note_count (notes, sums, "n_unknown", "of unknown price");
  note_money (notes, sums, "estimated_usd", "estimated");
  note_money (notes, sums, "unsettled_usd", "unsettled");
  note_money (notes, sums, "held_usd", "held");
  note_count (notes, sums, "released", "failed");
  note_count (notes, sums, "refused", "refused");

  return g_string_free_and_steal (g_steal_pointer (&notes));
}

/* Calls without a price make a sum a lower bound, not a figure. */
static char *
dup_cost (JsonObject *sums,
          guint       n_decimals)
{
  g_autofree char *amount = tc_cli_money_format (sums, "cost_usd", n_decimals);
  gint64 n_unknown = tc_json_get_int (sums, "n_unknown", 0);

  if (n_unknown > 0 && (amount == NULL || n_unknown == tc_json_get_int (sums, "calls", 0)))
    return g_strdup ("unknown");

  return n_unknown == 0 ? g_steal_pointer (&amount) : g_strdup_printf ("≥ %s", amount);
}

static void
add_count (TcCliGrid  *grid,
           JsonObject *object,
           const char *first,
           const char *second)
{
  gint64 n = tc_json_get_int (object, first, 0) + (second != NULL ? tc_json_get_int (object, second, 0) : 0);

  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, tc_cli_format_count ((double) n));
}

static void
add_sums (TcCliGrid  *grid,
          const char *name,
          TcCliStyle  style,
          JsonObject *sums,
          guint       n_decimals)
{
  tc_cli_grid_add (grid, style, name);
  tc_cli_grid_add_take (grid, style, g_strdup_printf ("%" G_GINT64_FORMAT, tc_json_get_int (sums, "calls", 0)));
  add_count (grid, sums, "input_tokens", "cache_write_tokens");
  add_count (grid, sums, "cache_read_tokens", NULL);
  add_count (grid, sums, "output_tokens", NULL);
  tc_cli_grid_add_take (grid, TC_CLI_BOLD, dup_cost (sums, n_decimals));
  tc_cli_grid_add_take (grid, TC_CLI_DIM, dup_notes (sums));
}

static char *
dup_name (JsonObject *group,
          const char *member)
{
  const char *name = tc_json_get_string (group, member, "");
  const char *provider = tc_json_get_string (group, "provider", NULL);

  if (strcmp (member, "model") == 0 && provider != NULL)
    return g_strdup_printf ("%s %s", provider, name);
  if (name[0] == '\0' || strcmp (name, "0") == 0)
    return g_strdup ("–");

  return g_strdup (name);
}

static int
print_nothing (JsonObject *answer)
{
  int code = tc_cli_print ("Nothing was asked of a provider in that time.\n");

  return code != TC_CLI_OK ? code : tc_cli_money_print_missing (answer);
}

static int
print_groups (TcCli      *cli,
              JsonObject *answer,
              guint       grouping)
{
  g_autoptr (TcCliGrid) grid = tc_cli_grid_new (groupings[grouping].columns);
  JsonArray *groups = tc_json_get_array (answer, "groups");
  JsonObject *total = tc_json_get_object (answer, "total");
  g_autoptr (JsonArray) totals = json_array_new ();
  guint n_decimals;
  int code;

  if (groups == NULL || json_array_get_length (groups) == 0)
    return print_nothing (answer);
  if (total != NULL)
    json_array_add_object_element (totals, json_object_ref (total));
  n_decimals = MAX (tc_cli_money_get_decimals (groups, "cost_usd"), tc_cli_money_get_decimals (totals, "cost_usd"));
  for (guint i = 0; i < json_array_get_length (groups); i++)
    {
      JsonNode *node = json_array_get_element (groups, i);

      if (JSON_NODE_HOLDS_OBJECT (node))
        {
          g_autofree char *name = dup_name (json_node_get_object (node), groupings[grouping].member);

          add_sums (grid, name, TC_CLI_PLAIN, json_node_get_object (node), n_decimals);
        }
    }
  add_sums (grid, "total", TC_CLI_BOLD, total, n_decimals);
  code = tc_cli_print_grid (cli, grid);

  return code != TC_CLI_OK ? code : tc_cli_money_print_missing (answer);
}

static char *
dup_local_time (gint64 at_us)
{
  g_autoptr (GDateTime) local = g_date_time_new_from_unix_local (at_us / G_USEC_PER_SEC);

  return local != NULL ? g_date_time_format (local, "%Y-%m-%d %H:%M:%S") : NULL;
}

static void
add_call_state (TcCliGrid  *grid,
                JsonObject *call)
{
  const char *state = tc_json_get_string (call, "state", "");
  gint64 times = tc_json_get_int (call, "times", 1);
  TcCliStyle style = TC_CLI_PLAIN;

  for (guint i = 0; i < G_N_ELEMENTS (call_styles); i++)
    if (strcmp (call_styles[i].state, state) == 0)
      style = call_styles[i].style;
  tc_cli_grid_add_take (grid, style, times > 1 ? g_strdup_printf ("%s ×%" G_GINT64_FORMAT, state, times)
                                               : g_strdup (state));
}

static char *
dup_call_cost (JsonObject *call,
               guint       n_decimals)
{
  g_autofree char *cost = tc_cli_money_format (call, "cost_usd", n_decimals);
  const char *state = tc_json_get_string (call, "state", "");
  gboolean is_owed = strcmp (state, "settled") == 0 || strcmp (state, "unsettled") == 0;

  if (cost != NULL)
    return g_steal_pointer (&cost);

  return is_owed ? g_strdup ("unknown") : NULL;
}

static void
add_call (TcCliGrid  *grid,
          JsonObject *call,
          guint       n_decimals)
{
  g_autofree char *session = dup_name (call, "session_id");

  tc_cli_grid_add (grid, TC_CLI_DIM, tc_json_get_string (call, "id", ""));
  tc_cli_grid_add_take (grid, TC_CLI_DIM, dup_local_time (tc_json_get_int (call, "at_us", 0)));
  tc_cli_grid_add (grid, TC_CLI_PLAIN, session);
  tc_cli_grid_add (grid, TC_CLI_DIM, tc_json_get_string (call, "provider", NULL));
  tc_cli_grid_add (grid, TC_CLI_PLAIN, tc_json_get_string (call, "model", NULL));
  add_call_state (grid, call);
  add_count (grid, call, "input_tokens", "cache_write_tokens");
  add_count (grid, call, "cache_read_tokens", NULL);
  add_count (grid, call, "output_tokens", NULL);
  tc_cli_grid_add_take (grid, TC_CLI_BOLD, dup_call_cost (call, n_decimals));
  tc_cli_grid_add (grid, TC_CLI_DIM, tc_json_get_string (call, "source", NULL));
  tc_cli_grid_add (grid, TC_CLI_PLAIN, tc_json_get_string (call, "why", NULL));
}

static int
print_calls (TcCli      *cli,
             JsonObject *answer)
{
  g_autoptr (TcCliGrid) grid =
    tc_cli_grid_new (">ID|WHEN|>SESSION|PROVIDER|MODEL|STATE|>READ|>CACHED|>WRITTEN|>COST|SOURCE|");
  JsonArray *calls = tc_json_get_array (answer, "calls");
  guint n_decimals;
  int code;

  if (calls == NULL || json_array_get_length (calls) == 0)
    return print_nothing (answer);
  n_decimals = tc_cli_money_get_decimals (calls, "cost_usd");
  for (guint i = 0; i < json_array_get_length (calls); i++)
    {
      JsonNode *node = json_array_get_element (calls, i);

      if (JSON_NODE_HOLDS_OBJECT (node))
        add_call (grid, json_node_get_object (node), n_decimals);
    }

  code = tc_cli_print_grid (cli, grid);

  return code != TC_CLI_OK ? code : tc_cli_money_print_missing (answer);
}

static void
append_query (TcCli      *cli,
              GString    *target,
              const char *name)
{
  const char *value = tc_cli_args_get (cli->args, name);
  g_autofree char *escaped = value != NULL ? g_uri_escape_string (value, NULL, FALSE) : NULL;

  if (escaped != NULL)
    g_string_append_printf (target, "&%s=%s", name, escaped);
}

int
tc_cmd_spend (TcCli *cli)
{
  const char *by = tc_cli_args_get (cli->args, "by");
  g_autoptr (GString) target = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = NULL;

  if (by == NULL)
    by = "provider";
  g_string_printf (target, "/api/spend?by=%s", by);
  append_query (cli, target, "session");
  append_query (cli, target, "from");
  append_query (cli, target, "to");
  answer = tc_cli_call (cli, "GET", target->str, NULL, &error);
  if (answer == NULL)
    return tc_cli_fail (error);
  if (cli->args->json)
    return tc_cli_print_json (answer);

  for (guint i = 0; i < G_N_ELEMENTS (groupings); i++)
    if (strcmp (groupings[i].by, by) == 0)
      return print_groups (cli, json_node_get_object (answer), i);

  return print_calls (cli, json_node_get_object (answer));
}
