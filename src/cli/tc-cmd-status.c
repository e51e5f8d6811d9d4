/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* trainctl status [ID [--command]] */

#include "config.h"

#include <string.h>

#include "tc-cli-estimate.h"
#include "tc-cli-session.h"
#include "tc-commands.h"
#include "tc-error.h"
#include "tc-json.h"

static int
show_all (TcCli *cli)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = tc_cli_call (cli, "GET", "/api/training/queue", NULL, &error);

  if (answer == NULL)
    return tc_cli_fail (error);
  if (cli->args->json)
    return tc_cli_print_json (answer);

  return tc_cli_print_sessions (cli, json_node_get_object (answer));
}

/* What was expected of it and what it took; an engine that does not know says
 * nothing. */
static int
print_outcome (TcCli      *cli,
               const char *id)
{
  g_autofree char *target = g_strconcat ("/api/training/estimate/", id, NULL);
  g_autoptr(JsonNode) answer = tc_cli_call (cli, "GET", target, NULL, NULL);
  g_autofree char *text = NULL;

  if (answer == NULL || !JSON_NODE_HOLDS_OBJECT (answer))
    return TC_CLI_OK;
  text = tc_cli_format_outcome (json_node_get_object (answer));

  return tc_cli_print (text);
}

/* One word of a shell's command line, quoted only where it has to be. */
static char *
dup_word (const char *word)
{
  static const char plain[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-+=./:,@%";

  return *word != '\0' && word[strspn (word, plain)] == '\0' ? g_strdup (word) : g_shell_quote (word);
}

/* The command as it was started: to read, and to paste into a shell. */
static int
print_command (TcCli      *cli,
               const char *id)
{
  g_autofree char *target = g_strconcat ("/api/training/spec/", id, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = tc_cli_call (cli, "GET", target, NULL, &error);
  g_auto(GStrv) argv = NULL;
  g_autoptr(GString) line = g_string_new (NULL);

  if (answer == NULL)
    return tc_cli_fail (error);
  if (cli->args->json)
    return tc_cli_print_json (answer);
  argv = tc_json_dup_strv (tc_json_get_object (json_node_get_object (answer), "spec"), "argv");
  if (argv == NULL || argv[0] == NULL)
    {
      g_set_error (&error, TC_ERROR, TC_ERROR_NOT_FOUND, "Session %s has not been started yet", id);
      return tc_cli_fail (error);
    }
  for (guint i = 0; argv[i] != NULL; i++)
    {
      g_autofree char *word = dup_word (argv[i]);
      g_autofree char *shown = tc_cli_show (word);

      g_string_append_printf (line, "%s%s", i > 0 ? " " : "", shown);
    }
  g_string_append_c (line, '\n');

  return tc_cli_print (line->str);
}

int
tc_cmd_status (TcCli *cli)
{
  const char *id = tc_cli_args_get_word (cli->args, 0);
  g_autofree char *target = g_strconcat ("/api/training/status/", id, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = NULL;
  g_autoptr(TcSession) session = NULL;
  JsonObject *object;
  int code;

  if (id == NULL)
    return show_all (cli);
  if (tc_cli_args_has (cli->args, "command"))
    return print_command (cli, id);

  answer = tc_cli_call (cli, "GET", target, NULL, &error);
  if (answer == NULL)
    return tc_cli_fail (error);
  if (cli->args->json)
    return tc_cli_print_json (answer);

  object = tc_json_get_object (json_node_get_object (answer), "session");
  if (object == NULL)
    g_set_error_literal (&error, TC_ERROR, TC_ERROR_INVALID, "The engine's answer has no session");
  else
    session = tc_session_from_json (object, &error);
  if (session == NULL)
    return tc_cli_fail (error);

  code = tc_cli_print_session (cli, session, tc_json_get_string (object, "run_dir", NULL));

  return code == TC_CLI_OK ? print_outcome (cli, id) : code;
}
