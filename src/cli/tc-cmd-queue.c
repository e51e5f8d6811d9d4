/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* trainctl queue add | list | move | remove | restore, and curriculum */

#include "config.h"

#include <string.h>

#include "tc-cli-config.h"
#include "tc-cli-estimate.h"
#include "tc-cli-session.h"
#include "tc-commands.h"
#include "tc-error.h"
#include "tc-json.h"

/* Posts what the command line asked for and prints one id a line. */
static int
post_sessions (TcCli      *cli,
               const char *body,
               GError     *problem)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) request = NULL;
  g_autoptr(JsonNode) answer = NULL;
  g_autoptr(GString) ids = g_string_new (NULL);
  JsonArray *sessions;

  if (body == NULL)
    return tc_cli_fail (problem);
  request = tc_json_parse (body, -1, TC_JSON_DEFAULT, &error);
  if (request != NULL)
    answer = tc_cli_call (cli, "POST", "/api/training/queue", request, &error);
  if (answer == NULL)
    return tc_cli_fail (error);

  if (tc_cli_args_has (cli->args, "start"))
    {
      g_autoptr(JsonNode) started = tc_cli_call (cli, "POST", "/api/training/start", NULL, &error);

      if (started == NULL)
        return tc_cli_fail (error);
    }
  if (cli->args->json)
    return tc_cli_print_json (answer);

  sessions = tc_json_get_array (json_node_get_object (answer), "sessions");
  for (guint i = 0; sessions != NULL && i < json_array_get_length (sessions); i++)
    g_string_append_printf (ids, "%s\n",
                            tc_json_get_string (json_array_get_object_element (sessions, i), "session_id", "?"));

  return tc_cli_print (ids->str);
}

/* One session, measured where nobody has run the like. */
static JsonNode *
estimate_one (TcCli       *cli,
              JsonNode    *session,
              GError     **error)
{
  return tc_cli_call (cli, "POST", "/api/training/estimate?measure=1", session, error);
}

/* One after the other, for each may take some twenty seconds; and then what all
 * of them take together, of which everything is known by now. */
static JsonNode *
estimate_all (TcCli       *cli,
              JsonNode    *request,
              GError     **error)
{
  JsonArray *wanted = tc_json_get_array (json_node_get_object (request), "sessions");
  gboolean tells = cli->width > 0 && !cli->args->json;
  g_autoptr(JsonArray) found = json_array_new ();
  JsonNode *answer;

  for (guint i = 0; i < json_array_get_length (wanted); i++)
    {
      g_autoptr(JsonNode) one = NULL;
      JsonArray *sessions;

      if (tells)
        g_printerr ("Looking at session %u of %u …\n", i + 1, json_array_get_length (wanted));
      one = estimate_one (cli, json_array_get_element (wanted, i), error);
      if (one == NULL)
        return NULL;
      sessions = tc_json_get_array (json_node_get_object (one), "sessions");
      if (sessions != NULL && json_array_get_length (sessions) == 1)
        json_array_add_element (found, json_node_copy (json_array_get_element (sessions, 0)));
    }
  answer = tc_cli_call (cli, "POST", "/api/training/estimate", request, error);
  if (answer != NULL)
    json_object_set_array_member (json_node_get_object (answer), "sessions", g_steal_pointer (&found));

  return answer;
}

static int
print_estimate (TcCli      *cli,
                const char *body,
                GError     *problem)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) request = NULL;
  g_autoptr(JsonNode) answer = NULL;

  if (body == NULL)
    return tc_cli_fail (problem);
  if (tc_cli_args_has (cli->args, "start"))
    {
      error = g_error_new_literal (TC_ERROR, TC_ERROR_USAGE, "--estimate queues nothing that --start could start");
      return tc_cli_fail (error);
    }
  request = tc_json_parse (body, -1, TC_JSON_DEFAULT, &error);
  if (request != NULL && tc_json_has (json_node_get_object (request), "sessions"))
    answer = estimate_all (cli, request, &error);
  else if (request != NULL)
    answer = estimate_one (cli, request, &error);
  if (answer == NULL)
    return tc_cli_fail (error);

  return cli->args->json ? tc_cli_print_json (answer) : tc_cli_print_estimates (cli, json_node_get_object (answer));
}

/* Posts it, or only says what it would take. */
static int
use_body (TcCli      *cli,
          const char *body,
          GError     *problem)
{
  return tc_cli_args_has (cli->args, "estimate") ? print_estimate (cli, body, problem)
                                                 : post_sessions (cli, body, problem);
}

int
tc_cmd_queue_add (TcCli *cli)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *body = tc_cli_config_for_queue_add (cli->args, &error);

  return use_body (cli, body, error);
}

int
tc_cmd_curriculum (TcCli *cli)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *body = tc_cli_config_for_curriculum (cli->args, &error);

  return use_body (cli, body, error);
}

int
tc_cmd_queue_list (TcCli *cli)
{
  const char *states = tc_cli_args_get (cli->args, "state");
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = NULL;
  g_autofree char *escaped = states != NULL ? g_uri_escape_string (states, ",", FALSE) : NULL;
  g_autofree char *target = g_strconcat ("/api/training/queue", states != NULL ? "?state=" : NULL,
                                         escaped, NULL);

  answer = tc_cli_call (cli, "GET", target, NULL, &error);
  if (answer == NULL)
    return tc_cli_fail (error);
  if (cli->args->json)
    return tc_cli_print_json (answer);

  return tc_cli_print_sessions (cli, json_node_get_object (answer));
}

int
tc_cmd_queue_move (TcCli *cli)
{
  const char *id = tc_cli_args_get_word (cli->args, 0);
  const char *place = tc_cli_args_get_word (cli->args, 1);
  g_autofree char *target = g_strconcat ("/api/training/move/", id, NULL);
  g_autoptr(JsonObject) body = json_object_new ();
  g_autoptr(JsonNode) request = json_node_init_object (json_node_alloc (), body);
  g_autoptr(JsonNode) answer = NULL;
  g_autoptr(GError) error = NULL;
  guint64 position;

  if (!g_ascii_string_to_unsigned (place, 10, 1, G_MAXINT32, &position, NULL))
    {
      g_autofree char *shown = tc_cli_show (place);

      error = g_error_new (TC_ERROR, TC_ERROR_USAGE,
                           "POSITION must be a whole number, 1 being the front, not “%s”", shown);
      return tc_cli_fail (error);
    }

  json_object_set_int_member (body, "position", position);
  answer = tc_cli_call (cli, "POST", target, request, &error);
  if (answer == NULL)
    return tc_cli_fail (error);

  return cli->args->json ? tc_cli_print_json (answer) : TC_CLI_OK;
}

/* The same for each id; one that fails does not keep the others. */
static int
call_each (TcCli      *cli,
           const char *method,
           const char *path)
{
  int code = TC_CLI_OK;

  for (guint i = 0; i < cli->args->words->len; i++)
    {
      g_autofree char *target = g_strconcat (path, tc_cli_args_get_word (cli->args, i), NULL);
      g_autoptr(GError) error = NULL;
      g_autoptr(JsonNode) answer = tc_cli_call (cli, method, target, NULL, &error);

      if (answer == NULL)
        code = tc_cli_fail (error);
      else if (cli->args->json)
        tc_cli_print_json (answer);
    }

  return code;
}

int
tc_cmd_queue_remove (TcCli *cli)
{
  return call_each (cli, "DELETE", "/api/training/queue/");
}

int
tc_cmd_queue_restore (TcCli *cli)
{
  return call_each (cli, "POST", "/api/training/restore/");
}
