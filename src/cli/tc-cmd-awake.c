/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* trainctl awake show | on | off: whether the engine keeps the computer from
 * suspending while a training runs. */

#include "config.h"

#include <string.h>

#include "tc-commands.h"
#include "tc-json.h"

static int
print_awake (TcCli    *cli,
             JsonNode *answer)
{
  JsonObject *object = json_node_get_object (answer);

  if (cli->args->json)
    return tc_cli_print_json (answer);
  if (tc_json_get_boolean (object, "held", FALSE))
    return tc_cli_print ("A training runs, and the computer is kept awake until it ends.\n");
  if (tc_json_get_boolean (object, "enabled", FALSE))
    return tc_cli_print ("The computer is kept awake while a training runs; it may suspend now.\n");

  return tc_cli_print ("The computer may suspend, also while a training runs.\n");
}

int
tc_cmd_awake (TcCli *cli)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = tc_cli_call (cli, "GET", "/api/awake", NULL, &error);

  return answer != NULL ? print_awake (cli, answer) : tc_cli_fail (error);
}

/* "awake on" or "awake off". */
int
tc_cmd_awake_set (TcCli *cli)
{
  g_autoptr(JsonObject) body = json_object_new ();
  g_autoptr(JsonNode) request = NULL;
  g_autoptr(JsonNode) answer = NULL;
  g_autoptr(GError) error = NULL;

  json_object_set_boolean_member (body, "enabled", strcmp (cli->args->command->name, "awake on") == 0);
  request = json_node_init_object (json_node_alloc (), body);
  answer = tc_cli_call (cli, "PUT", "/api/awake", request, &error);

  return answer != NULL ? print_awake (cli, answer) : tc_cli_fail (error);
}
