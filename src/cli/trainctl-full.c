/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The part of trainctl that has the whole client; trainctl.c hands over to it.
 * The command line arrives unchanged and is parsed again.
 */

#include "config.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "tc-commands.h"

static const struct
{
  const char *name;
  TcCliRun    run;
} commands[] = {
  { "queue add", tc_cmd_queue_add },
  { "queue list", tc_cmd_queue_list },
  { "queue move", tc_cmd_queue_move },
  { "queue remove", tc_cmd_queue_remove },
  { "queue restore", tc_cmd_queue_restore },
  { "curriculum", tc_cmd_curriculum },
  { "start", tc_cmd_start },
  { "pause", tc_cmd_pause },
  { "status", tc_cmd_status },
  { "watch", tc_cmd_watch },
  { "cancel", tc_cmd_verb },
  { "suspend", tc_cmd_verb },
  { "resume", tc_cmd_verb },
  { "retry", tc_cmd_verb },
  { "tag", tc_cmd_tag },
  { "note", tc_cmd_note },
  { "logs", tc_cmd_logs },
  { "metrics", tc_cmd_metrics },
  { "gates", tc_cmd_gates },
  { "checkpoints remove", tc_cmd_checkpoints_remove },
  { "checkpoints restore", tc_cmd_checkpoints_restore },
  { "checkpoints keep", tc_cmd_checkpoints_keep },
  { "checkpoints purge", tc_cmd_checkpoints_purge },
  { "checkpoints auto", tc_cmd_checkpoints_auto },
  { "checkpoints", tc_cmd_checkpoints },
  { "events", tc_cmd_events },
  { "keys add", tc_cmd_keys_add },
  { "keys list", tc_cmd_keys_list },
  { "keys check", tc_cmd_keys_check },
  { "keys rename", tc_cmd_keys_rename },
  { "keys replace", tc_cmd_keys_replace },
  { "keys remove", tc_cmd_keys_remove },
  { "keys restore", tc_cmd_keys_restore },
  { "keys unlock", tc_cmd_keys_unlock },
  { "models", tc_cmd_models },
  { "models pull", tc_cmd_models_pull },
  { "spend", tc_cmd_spend },
  { "budget show", tc_cmd_budget },
  { "budget set", tc_cmd_budget_set },
  { "budget", tc_cmd_budget },
  { "awake show", tc_cmd_awake },
  { "awake on", tc_cmd_awake_set },
  { "awake off", tc_cmd_awake_set },
  { "awake", tc_cmd_awake },
  { "serve", tc_cmd_serve },
  { "engine status", tc_cmd_engine_status },
  { "engine start", tc_cmd_engine_start },
  { "engine stop", tc_cmd_engine_stop },
  { "demo", tc_cmd_demo },
  { "help", tc_cmd_help },
};

static int
run_command (const TcCliArgs *args)
{
  const char *name = args->help ? "help" : args->command->name;

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      if (strcmp (commands[i].name, name) == 0)
        {
          g_autoptr(TcCli) cli = tc_cli_new (args);

          return commands[i].run (cli);
        }
    }

  g_assert_not_reached ();
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcCliArgs) args = NULL;

  setlocale (LC_ALL, "");
  /* It speaks English throughout, also with texts it shares with the window. */
  setlocale (LC_MESSAGES, "C");
  g_set_prgname ("trainctl");

  args = tc_cli_args_parse (argc, argv, &error);
  if (args == NULL)
    return tc_cli_fail (error);
  if (args->version)
    return tc_cli_print ("trainctl " TC_VERSION "\n");
  if (args->command == NULL && !args->help)
    {
      fprintf (stderr, "trainctl: Say what to do, such as “trainctl queue list”; see “trainctl help”\n");
      return TC_CLI_USAGE;
    }

  return run_command (args);
}
