/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* trainctl watch [ID] */

#include "config.h"

#include "tc-commands.h"
#include "tc-watch.h"

int
tc_cmd_watch (TcCli *cli)
{
  const char *word = tc_cli_args_get_word (cli->args, 0);
  g_autoptr(GArray) ids = NULL;
  g_autoptr(GError) error = NULL;

  if (word != NULL)
    {
      guint64 id = g_ascii_strtoull (word, NULL, 10);

      ids = g_array_new (FALSE, FALSE, sizeof (guint64));
      g_array_append_val (ids, id);
    }

  switch (tc_watch (cli, ids, &error))
    {
    case TC_WATCH_COMPLETED:
      return TC_CLI_OK;

    case TC_WATCH_NOTHING:
      return tc_cli_print (tc_client_get_paused (cli->client)
                           ? "Nothing is running, and the queue is paused; “trainctl start” starts it.\n"
                           : "Nothing is running and nothing is queued.\n");

    case TC_WATCH_INTERRUPTED:
      tc_cli_print ("What runs goes on; “trainctl watch” shows it again.\n");
      return TC_CLI_FAILURE;

    case TC_WATCH_ERROR:
      return tc_cli_fail (error);

    case TC_WATCH_NOT_ALL:
    default:
      return TC_CLI_FAILURE;
    }
}
