/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* trainctl checkpoints [ID] | events [ID] */

#include "config.h"

#include <math.h>

#include "tc-commands.h"
#include "tc-duration.h"
#include "tc-error.h"
#include "tc-json.h"
#include "tc-records.h"

typedef void (*AddRow) (TcCliGrid  *grid,
                        JsonObject *record);

static void
add_checkpoint (TcCliGrid  *grid,
                JsonObject *record)
{
  g_autoptr(TcCheckpoint) checkpoint = tc_checkpoint_from_json (record);

  if (checkpoint == NULL)
    return;
  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, g_strdup_printf ("%" G_GUINT64_FORMAT, checkpoint->session_id));
  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, g_strdup_printf ("%u", checkpoint->epoch));
  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, tc_cli_format_loss (checkpoint->val_loss, !isnan (checkpoint->val_loss)));
  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, checkpoint->bytes >= 0 ? tc_size_format (checkpoint->bytes) : NULL);
  tc_cli_grid_add (grid, TC_CLI_GREEN, checkpoint->is_best ? "★ best" : "");
  tc_cli_grid_add (grid, TC_CLI_PLAIN, checkpoint->path);
}

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

/* Without an id: those of all sessions, as one list. */
static JsonNode *
fetch_all_checkpoints (TcCli   *cli,
                       GError **error)
{
  g_autoptr(JsonNode) queue = tc_cli_call (cli, "GET", "/api/training/queue", NULL, error);
  g_autoptr(JsonObject) all = json_object_new ();
  g_autoptr(JsonArray) list = json_array_new ();
  JsonArray *sessions;

  if (queue == NULL)
    return NULL;
  sessions = tc_json_get_array (json_node_get_object (queue), "sessions");
  for (guint i = 0; sessions != NULL && i < json_array_get_length (sessions); i++)
    {
      const char *id = tc_json_get_string (json_array_get_object_element (sessions, i), "session_id", "0");
      g_autoptr(JsonNode) answer = fetch_records (cli, "checkpoints", id, error);
      JsonArray *records;

      if (answer == NULL)
        return NULL;
      records = tc_json_get_array (json_node_get_object (answer), "checkpoints");
      for (guint k = 0; records != NULL && k < json_array_get_length (records); k++)
        json_array_add_element (list, json_array_dup_element (records, k));
    }
  json_object_set_array_member (all, "checkpoints", g_steal_pointer (&list));

  return json_node_init_object (json_node_alloc (), all);
}

int
tc_cmd_checkpoints (TcCli *cli)
{
  const char *id = tc_cli_args_get_word (cli->args, 0);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = NULL;

  if (id != NULL)
    answer = fetch_records (cli, "checkpoints", id, &error);
  else
    answer = fetch_all_checkpoints (cli, &error);
  if (answer == NULL)
    return tc_cli_fail (error);

  return print_records (cli, answer, "checkpoints", ">#|>EPOCH|>VAL|>SIZE||PATH", add_checkpoint);
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
