/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* trainctl start | pause | cancel | suspend | resume | retry */

#include "config.h"

#include "tc-commands.h"
#include "tc-json.h"

static int
post_and_say (TcCli      *cli,
              const char *target,
              const char *sentence)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = tc_cli_call (cli, "POST", target, NULL, &error);

  if (answer == NULL)
    return tc_cli_fail (error);
  if (cli->args->json)
    return tc_cli_print_json (answer);

  return tc_cli_print (sentence);
}

int
tc_cmd_start (TcCli *cli)
{
  return post_and_say (cli, "/api/training/start", "The queue is started.\n");
}

int
tc_cmd_pause (TcCli *cli)
{
  return post_and_say (cli, "/api/training/pause",
                       "The queue is paused: nothing more is started, what runs goes on.\n");
}

/* cancel, suspend, resume and retry are named in the API as they are here. Of
 * several ids one that fails does not keep the others. */
int
tc_cmd_verb (TcCli *cli)
{
  const char *verb = cli->args->command->name;
  int code = TC_CLI_OK;

  for (guint i = 0; i < cli->args->words->len; i++)
    {
      const char *id = tc_cli_args_get_word (cli->args, i);
      g_autofree char *target = g_strdup_printf ("/api/training/%s/%s", verb, id);
      g_autoptr(GError) error = NULL;
      g_autoptr(JsonNode) answer = tc_cli_call (cli, "POST", target, NULL, &error);
      JsonObject *session;

      if (answer == NULL)
        {
          code = tc_cli_fail (error);
          continue;
        }
      session = tc_json_get_object (json_node_get_object (answer), "session");
      if (cli->args->json)
        tc_cli_print_json (answer);
      else if (session != NULL)
        {
          const char *status = tc_json_get_string (session, "status", "unknown");
          gboolean is_leaving = g_str_equal (verb, "cancel") && !g_str_equal (status, "cancelled");
          g_autofree char *line = g_strdup_printf (is_leaving ? "#%s was told to stop and is still %s.\n"
                                                              : "#%s is %s.\n", id, status);

          tc_cli_print (line);
        }
    }

  return code;
}
