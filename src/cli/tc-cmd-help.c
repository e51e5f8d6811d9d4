/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* trainctl help [COMMAND], trainctl COMMAND --help, trainctl --json help */

#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tc-commands.h"

#define NAME_WIDTH 28

static void
append_entry (GString    *out,
              const char *left,
              const char *right)
{
  g_autofree char *padded = tc_cli_text_fit (left, MAX (NAME_WIDTH, tc_cli_text_width (left)), TRUE);

  if (tc_cli_text_width (left) > NAME_WIDTH)
    g_string_append_printf (out, "  %s\n  %*s  %s\n", left, NAME_WIDTH, "", right);
  else
    g_string_append_printf (out, "  %s  %s\n", padded, right);
}

static void
append_options (GString           *out,
                const TcCliOption *options)
{
  for (const TcCliOption *o = options; o != NULL && o->name != NULL; o++)
    {
      g_autoptr(GString) left = g_string_new (NULL);

      if (o->letter != 0)
        g_string_append_printf (left, "-%c, ", o->letter);
      g_string_append_printf (left, "--%s", o->name);
      if (o->value_name != NULL)
        g_string_append_printf (left, " %s", o->value_name);
      if (o->many)
        g_string_append (left, "…");
      append_entry (out, left->str, o->help);
    }
}

static void
append_commands (GString    *out,
                 const char *group)
{
  for (guint i = 0; i < tc_cli_n_commands; i++)
    {
      const TcCliCommand *command = &tc_cli_commands[i];
      g_autofree char *left = g_strconcat (command->name, command->arguments[0] != '\0' ? " " : "",
                                           command->arguments, NULL);
      gsize length = group != NULL ? strlen (group) : 0;

      if (group == NULL || (strncmp (command->name, group, length) == 0 && command->name[length] == ' '))
        append_entry (out, left, command->summary);
    }
}

static char *
dup_overview (const char *group)
{
  GString *out = g_string_new ("Usage: trainctl [--json] COMMAND\n\n"
                               "Queues and watches training runs. The engine that runs them is started\n"
                               "when it is needed and goes on when trainctl ends.\n\nCommands:\n");

  append_commands (out, group);
  g_string_append (out, "\nOptions:\n");
  append_options (out, tc_cli_global_options);
  g_string_append (out, "\nExit code: 0 success, 1 failure, 2 a command line that makes no sense.\n"
                        "“trainctl help COMMAND” says more about a command.\n");

  return g_string_free (out, FALSE);
}

static char *
dup_command_help (const TcCliCommand *command)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "Usage: trainctl [--json] %s%s%s%s\n\n%c%s.\n", command->name,
                          command->options != NULL ? " [OPTION…]" : "",
                          command->arguments[0] != '\0' ? " " : "", command->arguments,
                          g_ascii_toupper (command->summary[0]), command->summary + 1);
  if (command->options != NULL)
    {
      g_string_append (out, "\nOptions:\n");
      append_options (out, command->options);
    }

  return g_string_free (out, FALSE);
}

static void
add_options (JsonObject        *object,
             const TcCliOption *options)
{
  JsonArray *list = json_array_new ();

  for (const TcCliOption *o = options; o != NULL && o->name != NULL; o++)
    {
      JsonObject *option = json_object_new ();

      json_object_set_string_member (option, "name", o->name);
      json_object_set_string_member (option, "value", o->value_name);
      json_object_set_string_member (option, "choices", o->choices);
      json_object_set_boolean_member (option, "many", o->many);
      json_object_set_string_member (option, "help", o->help);
      json_array_add_object_element (list, option);
    }
  json_object_set_array_member (object, "options", list);
}

static JsonNode *
table_to_json (void)
{
  g_autoptr(JsonObject) table = json_object_new ();
  JsonArray *commands = json_array_new ();

  for (guint i = 0; i < tc_cli_n_commands; i++)
    {
      JsonObject *command = json_object_new ();

      json_object_set_string_member (command, "name", tc_cli_commands[i].name);
      json_object_set_string_member (command, "arguments", tc_cli_commands[i].arguments);
      json_object_set_string_member (command, "summary", tc_cli_commands[i].summary);
      add_options (command, tc_cli_commands[i].options);
      json_array_add_object_element (commands, command);
    }
  json_object_set_array_member (table, "commands", commands);
  add_options (table, tc_cli_global_options);

  return json_node_init_object (json_node_alloc (), table);
}

int
tc_cmd_help (TcCli *cli)
{
  const TcCliArgs *args = cli->args;
  const char *first = tc_cli_args_get_word (args, 0);
  const TcCliCommand *command = NULL;
  g_autofree char *text = NULL;
  guint n_words;

  if (args->help && args->command != NULL && strcmp (args->command->name, "help") != 0)
    command = args->command;
  else if (first != NULL && !args->help)
    {
      command = tc_cli_command_find (first, tc_cli_args_get_word (args, 1), &n_words);
      if (command == NULL && !tc_cli_command_is_group (first))
        {
          g_autofree char *shown = tc_cli_show (first);

          fprintf (stderr, "trainctl: There is no command “%s”; see “trainctl help”\n", shown);
          return TC_CLI_USAGE;
        }
    }

  if (args->json)
    {
      g_autoptr(JsonNode) table = table_to_json ();

      return tc_cli_print_json (table);
    }
  text = command != NULL ? dup_command_help (command) : dup_overview (args->help ? NULL : first);

  return tc_cli_print (text);
}
