/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* trainctl events [ID] */

#include "config.h"

#include "tc-commands.h"
#include "tc-error.h"
#include "tc-json.h"
#include "tc-records.h"

typedef void (*AddRow) (TcCliGrid  *grid,
                        JsonObject *record);

static void
add_event (TcCliGrid  *grid,
           JsonObject *record)
{
  static const TcCliStyle styles[] = { TC_CLI_PLAIN, TC_CLI_YELLOW, TC_CLI_RED };
  g_autoptr(TcEvent) event = tc_event_from_json (record);

  if (event == NULL)
    return;
  tc_cli_grid_add_take (grid, TC_CLI_DIM, tc_cli_format_time (event->at_us));
  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, event->session_id != 0
                        ? g_strdup_printf ("%" G_GUINT64_FORMAT, event->session_id) : NULL);
  tc_cli_grid_add (grid, styles[MIN (event->severity, TC_SEVERITY_ERROR)], tc_severity_to_string (event->severity));
  tc_cli_grid_add (grid, TC_CLI_PLAIN, event->kind);
  tc_cli_grid_add (grid, TC_CLI_PLAIN, event->text);
}

static gboolean
add_rows (TcCliGrid  *grid,
          JsonNode   *answer,
          const char *member,
          AddRow      add_row)
{
  JsonArray *records = tc_json_get_array (json_node_get_object (answer), member);
  guint length = records != NULL ? json_array_get_length (records) : 0;

  for (guint i = 0; i < length; i++)
    {
      JsonNode *node = json_array_get_element (records, i);

      if (JSON_NODE_HOLDS_OBJECT (node))
        add_row (grid, json_node_get_object (node));
    }

  return length > 0;
}

static JsonNode *
fetch_records (TcCli       *cli,
               const char  *member,
               const char  *id,
               GError     **error)
{
  g_autofree char *target = g_strdup_printf ("/api/training/%s/%s", member, id);

  return tc_cli_call (cli, "GET", target, NULL, error);
}

static int
print_records (TcCli      *cli,
               JsonNode   *answer,
               const char *member,
               const char *columns,
               AddRow      add_row)
{
  g_autoptr(TcCliGrid) grid = tc_cli_grid_new (columns);
  g_autofree char *nothing = NULL;

  if (cli->args->json)
    return tc_cli_print_json (answer);
  if (add_rows (grid, answer, member, add_row))
    return tc_cli_print_grid (cli, grid);

  nothing = g_strdup_printf ("There are no %s yet.\n", member);
  return tc_cli_print (nothing);
}

int
tc_cmd_events (TcCli *cli)
{
  const char *id = tc_cli_args_get_word (cli->args, 0);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = NULL;

  if (id != NULL)
    answer = fetch_records (cli, "events", id, &error);
  else
    answer = tc_cli_call (cli, "GET", "/api/events", NULL, &error);
  if (answer == NULL)
    return tc_cli_fail (error);

  return print_records (cli, answer, "events", "TIME|>#|SEVERITY|KIND|", add_event);
}
