/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* trainctl engine status | start | stop, and serve. Asking about the engine
 * and stopping it must not start it. */

#include "config.h"

#include "tc-commands.h"
#include "tc-engine-launcher.h"
#include "tc-json.h"
#include "tc-text.h"

#define STOP_TIMEOUT_US (10 * G_USEC_PER_SEC)
#define STOP_POLL_US (10 * 1000)
#define DEFAULT_PORT 5000

static int
say_not_running (TcCli *cli,
                 int    code)
{
  int printed = tc_cli_print (cli->args->json ? "{\n  \"running\": false\n}\n"
                                              : "The engine is not running.\n");

  return printed != TC_CLI_OK ? printed : code;
}

static int
show_engine (TcCli *cli)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = tc_cli_call (cli, "GET", "/api/engine", NULL, &error);
  g_autoptr(GString) out = g_string_new (NULL);
  g_autofree char *uptime = NULL;
  JsonObject *engine;
  JsonObject *tcp;

  if (answer == NULL)
    return tc_cli_fail (error);
  if (cli->args->json)
    return tc_cli_print_json (answer);

  engine = json_node_get_object (answer);
  tcp = tc_json_get_object (tc_json_get_object (engine, "api"), "tcp");
  uptime = tc_cli_format_seconds (tc_json_get_double (engine, "uptime_seconds", -1));
  g_string_append_printf (out, "The engine runs (version %s, process %" G_GINT64_FORMAT ", for %s).\n",
                          tc_json_get_string (engine, "version", "unknown"),
                          tc_json_get_int (engine, "pid", 0), uptime);
  g_string_append_printf (out, "%" G_GINT64_FORMAT " running, %" G_GINT64_FORMAT " queued; the queue is %s.\n",
                          tc_json_get_int (engine, "active", 0), tc_json_get_int (engine, "queued", 0),
                          tc_json_get_boolean (engine, "paused", FALSE) ? "paused" : "started");
  if (tcp != NULL)
    g_string_append_printf (out, "It listens on http://127.0.0.1:%" G_GINT64_FORMAT ".\n",
                            tc_json_get_int (tcp, "port", 0));

  return tc_cli_print (out->str);
}

int
tc_cmd_engine_status (TcCli *cli)
{
  if (!tc_engine_is_listening (cli->paths))
    return say_not_running (cli, TC_CLI_FAILURE);

  return show_engine (cli);
}

int
tc_cmd_engine_start (TcCli *cli)
{
  return show_engine (cli);
}

int
tc_cmd_engine_stop (TcCli *cli)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = NULL;
  gint64 deadline = g_get_monotonic_time () + STOP_TIMEOUT_US;

  if (!tc_engine_is_listening (cli->paths))
    return say_not_running (cli, TC_CLI_OK);

  answer = tc_cli_call (cli, "POST", "/api/engine/stop", NULL, &error);
  if (answer == NULL)
    return tc_cli_fail (error);
  while (tc_engine_is_listening (cli->paths))
    {
      if (g_get_monotonic_time () > deadline)
        {
          tc_cli_print ("The engine was asked to stop and has not done so within 10 seconds.\n");
          return TC_CLI_FAILURE;
        }
      g_usleep (STOP_POLL_US);
    }

  return cli->args->json ? tc_cli_print_json (answer)
                         : tc_cli_print ("The engine is stopped. What was running goes on.\n");
}

static int
stop_serving (TcCli *cli)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = NULL;

  if (!tc_engine_is_listening (cli->paths))
    return say_not_running (cli, TC_CLI_OK);

  answer = tc_cli_call (cli, "DELETE", "/api/server", NULL, &error);
  if (answer == NULL)
    return tc_cli_fail (error);

  return cli->args->json ? tc_cli_print_json (answer)
                         : tc_cli_print ("The API is offered on the Unix socket only.\n");
}

/* The engine listens, not this command: it returns at once. */
int
tc_cmd_serve (TcCli *cli)
{
  const char *port = tc_cli_args_get (cli->args, "port");
  g_autoptr(JsonObject) body = json_object_new ();
  g_autoptr(JsonNode) request = json_node_init_object (json_node_alloc (), body);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = NULL;
  g_autofree char *text = NULL;
  const char *url;
  const char *token;

  if (tc_cli_args_has (cli->args, "stop"))
    return stop_serving (cli);

  json_object_set_int_member (body, "port", port != NULL ? g_ascii_strtoll (port, NULL, 10) : DEFAULT_PORT);
  answer = tc_cli_call (cli, "POST", "/api/server", request, &error);
  if (answer == NULL)
    return tc_cli_fail (error);
  if (cli->args->json)
    return tc_cli_print_json (answer);

  url = tc_json_get_string (json_node_get_object (answer), "url", "");
  token = tc_json_get_string (json_node_get_object (answer), "token", "");
  text = g_strdup_printf ("The engine offers its API on this machine only:\n"
                          "  %s\n"
                          "Whoever has this token may use it:\n"
                          "  %s\n"
                          "For example:\n"
                          "  curl -H 'Authorization: Bearer %s' %s/api/training/queue\n"
                          "“trainctl serve --stop” ends it.\n", url, token, token, url);

  return tc_cli_print (text);
}
