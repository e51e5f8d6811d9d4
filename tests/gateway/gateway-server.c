/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The real gateway with the real ledger, without the rest of the engine.
 *
 *   gateway-server LEDGER.db [PORT]
 *
 * The first line it prints is {"port":N}. Then it takes commands on stdin, one
 * JSON object a line, and answers each with one line, in turn; it ends with
 * stdin. Lines with "event" come in between by themselves ("problem", "alert",
 * "spent").
 *
 *   {"do":"open","session":7,"attempt":1,"provider":"claude","base_url":"http://127.0.0.1:N",
 *    "secret":"sk-…","key":3,"limit_usd":"1.00",
 *    "models":[{"id":"m","aliases":["n"],"context":1,"max_output":4096,"input_usd":"3","output_usd":"15",
 *               "cache_read_usd":"0.30","cache_write_usd":"3.75"}]}
 *        → {"token":"…","environment":["NAME=VALUE",…]}   a model without prices: price unknown
 *   {"do":"resume", as open}                → {"resumed":true}
 *   {"do":"close","session":7}              → {}
 *   {"do":"budget","scope":"month","limit_usd":"1.00"}  → {}     without limit_usd: none
 *   {"do":"spend","by":"call","session":7}  → as tc_ledger_load_spend, all of it {"spend":…}
 *   {"do":"chat", as open, "prompt":"…","max_tokens":64,"timeout_ms":5000}
 *        → {"text":"…","cost_usd":"0.000001"} or {"error":"…","code":"unavailable"}
 */

#include "config.h"

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tc-error.h"
#include "tc-gateway.h"
#include "tc-json.h"

typedef struct
{
  GMainLoop        *loop;
  TcLedger         *ledger;
  TcGateway        *gateway;
  GDataInputStream *input;
} Server;

static void read_command (Server *server);

static void
say (JsonObject *object)
{
  g_autofree char *text = tc_json_object_to_string (object, FALSE);

  puts (text);
  fflush (stdout);
  json_object_unref (object);
}

static void
answer (Server     *server,
        JsonObject *object)
{
  say (object);
  read_command (server);
}

static void
answer_error (Server       *server,
              const GError *error)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "error", error->message);
  json_object_set_string_member (object, "code", tc_error_get_code (error));
  answer (server, object);
}

static TcMoney
get_money (JsonObject *object,
           const char *member)
{
  const char *text = tc_json_get_string (object, member, NULL);
  TcMoney amount = TC_MONEY_UNKNOWN;
  g_autoptr (GError) error = NULL;

  if (text != NULL && !tc_money_parse (text, &amount, &error))
    g_error ("%s: %s", member, error->message);
  return amount;
}

static TcModelFacts *
read_model (JsonObject *object)
{
  TcModelFacts *facts = g_new0 (TcModelFacts, 1);

  facts->id = g_strdup (tc_json_get_string (object, "id", "model"));
  facts->name = g_strdup (tc_json_get_string (object, "name", facts->id));
  facts->aliases = tc_json_dup_strv (object, "aliases");
  facts->context = tc_json_get_int (object, "context", 0);
  facts->max_output = tc_json_get_int (object, "max_output", 0);
  facts->price = TC_PRICE_UNKNOWN;
  facts->price.input = get_money (object, "input_usd");
  facts->price.output = get_money (object, "output_usd");
  facts->price.cache_read = get_money (object, "cache_read_usd");
  facts->price.cache_write = get_money (object, "cache_write_usd");
  facts->is_listed = TRUE;
  return facts;
}

static TcGrant *
read_grant (JsonObject *command)
{
  TcGrant *grant = tc_grant_new ((guint64) tc_json_get_int (command, "session", 1),
                                 (guint) tc_json_get_int (command, "attempt", 1),
                                 tc_provider_find (tc_json_get_string (command, "provider", "claude")));
  JsonArray *models = tc_json_get_array (command, "models");
  const char *secret = tc_json_get_string (command, "secret", NULL);

  grant->base_url = g_strdup (tc_json_get_string (command, "base_url", NULL));
  grant->secret = secret == NULL ? NULL : tc_secret_new (secret);
  grant->key_id = (guint64) tc_json_get_int (command, "key", 0);
  grant->limit = get_money (command, "limit_usd");
  for (guint i = 0; models != NULL && i < json_array_get_length (models); i++)
    g_ptr_array_add (grant->models, read_model (json_array_get_object_element (models, i)));
  return grant;
}

static void
do_open (Server     *server,
         JsonObject *command)
{
  g_autoptr (TcGrant) grant = read_grant (command);
  g_autofree char *token = tc_gateway_open_run (server->gateway, grant);
  g_auto (GStrv) environment = tc_gateway_dup_environment (server->gateway, token);
  JsonObject *object = json_object_new ();
  JsonArray *list = json_array_new ();

  for (guint i = 0; environment[i] != NULL; i++)
    json_array_add_string_element (list, environment[i]);
  json_object_set_string_member (object, "token", token);
  json_object_set_array_member (object, "environment", list);
  answer (server, object);
}

static void
do_resume (Server     *server,
           JsonObject *command)
{
  g_autoptr (TcGrant) grant = read_grant (command);
  JsonObject *object = json_object_new ();

  json_object_set_boolean_member (object, "resumed", tc_gateway_resume_run (server->gateway, grant));
  answer (server, object);
}

static void
do_close (Server     *server,
          JsonObject *command)
{
  tc_gateway_close_run (server->gateway, (guint64) tc_json_get_int (command, "session", 1));
  answer (server, json_object_new ());
}

static void
on_budget (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (tc_ledger_set_budget_finish (TC_LEDGER (object), result, &error))
    answer (user_data, json_object_new ());
  else
    answer_error (user_data, error);
}

static void
do_budget (Server     *server,
           JsonObject *command)
{
  tc_ledger_set_budget_async (server->ledger, tc_json_get_string (command, "scope", "month"),
                              get_money (command, "limit_usd"), on_budget, server);
}

static void
on_spend (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = tc_ledger_load_spend_finish (TC_LEDGER (object), result, &error);
  JsonObject *reply;

  if (node == NULL)
    {
      answer_error (user_data, error);
      return;
    }
  reply = json_object_new ();
  json_object_set_member (reply, "spend", node);
  answer (user_data, reply);
}

static void
do_spend (Server     *server,
          JsonObject *command)
{
  tc_ledger_load_spend_async (server->ledger, tc_json_get_string (command, "by", "call"),
                              (guint64) tc_json_get_int (command, "session", 0), 0, 0, on_spend, server);
}

static void
on_chat (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TcChatReply) reply = NULL;
  g_autofree char *text = NULL;
  g_autofree char *money = NULL;
  TcMoney cost = 0;
  JsonObject *said;

  reply = tc_gateway_chat_finish (TC_GATEWAY (object), result, &cost, &error);
  if (reply == NULL)
    {
      answer_error (user_data, error);
      return;
    }
  text = tc_chat_reply_dup_text (reply);
  money = cost == TC_MONEY_UNKNOWN ? g_strdup ("$unknown") : tc_money_format (cost);
  said = json_object_new ();
  json_object_set_string_member (said, "text", text);
  json_object_set_string_member (said, "cost_usd", money + 1);
  answer (user_data, said);
}

static void
do_chat (Server     *server,
         JsonObject *command)
{
  g_autoptr (TcGrant) grant = read_grant (command);
  const TcModelFacts *facts = g_ptr_array_index (grant->models, 0);
  g_autoptr (TcChatRequest) request = tc_chat_request_new (facts->id);

  tc_chat_request_add (request, TC_CHAT_USER, tc_json_get_string (command, "prompt", "Hello"));
  request->max_tokens = tc_json_get_int (command, "max_tokens", 0);
  tc_gateway_chat_async (server->gateway, grant, request,
                         (guint) tc_json_get_int (command, "timeout_ms", 0), NULL, on_chat, server);
}

static void
run_command (Server     *server,
             JsonObject *command)
{
  static const struct
  {
    const char *word;
    void (*func) (Server     *server,
                  JsonObject *command);
  } commands[] = {
    { "open", do_open }, { "resume", do_resume }, { "close", do_close }, { "budget", do_budget },
    { "spend", do_spend }, { "chat", do_chat },
  };
  const char *word = tc_json_get_string (command, "do", "");

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (commands[i].word, word) == 0)
      {
        commands[i].func (server, command);
        return;
      }
  g_error ("There is no command “%s”.", word);
}

static void
on_line (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  Server *server = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) command = NULL;
  g_autofree char *line = NULL;

  line = g_data_input_stream_read_line_finish (server->input, result, NULL, &error);
  if (line == NULL)
    {
      g_main_loop_quit (server->loop);
      return;
    }
  command = tc_json_parse_object (line, -1, TC_JSON_DEFAULT, &error);
  if (command == NULL)
    g_error ("%s", error->message);
  run_command (server, command);
}

static void
read_command (Server *server)
{
  g_data_input_stream_read_line_async (server->input, G_PRIORITY_DEFAULT, NULL, on_line, server);
}

static void
on_problem (TcGateway  *gateway,
            guint64     session_id,
            int         severity,
            const char *kind,
            const char *text,
            gpointer    user_data)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "event", "problem");
  json_object_set_int_member (object, "session", (gint64) session_id);
  json_object_set_string_member (object, "kind", kind);
  json_object_set_string_member (object, "text", text);
  say (object);
}

static void
on_alert (TcLedger   *ledger,
          const char *scope,
          int         percent,
          guint64     session_id,
          const char *text,
          gpointer    user_data)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "event", "alert");
  json_object_set_string_member (object, "scope", scope);
  json_object_set_int_member (object, "percent", percent);
  json_object_set_string_member (object, "text", text);
  say (object);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (TcClock) clock = tc_clock_new_system ();
  g_autoptr (GInputStream) stdin_stream = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GError) error = NULL;
  Server server = { NULL };
  JsonObject *hello = json_object_new ();

  if (argc < 2)
    return 2;
  server.ledger = tc_ledger_open (argv[1], clock, &error);
  if (server.ledger == NULL)
    g_error ("%s", error->message);
  server.gateway = tc_gateway_new (server.ledger, clock);
  if (argc > 3)
    tc_gateway_set_stall (server.gateway, (guint) atoi (argv[3]));
  if (!tc_gateway_listen (server.gateway, argc > 2 ? (guint16) atoi (argv[2]) : 0, &error))
    g_error ("%s", error->message);
  g_signal_connect (server.gateway, "problem", G_CALLBACK (on_problem), NULL);
  g_signal_connect (server.ledger, "alert", G_CALLBACK (on_alert), NULL);

  json_object_set_int_member (hello, "port", tc_gateway_get_port (server.gateway));
  say (hello);
  server.loop = g_main_loop_new (NULL, FALSE);
  server.input = g_data_input_stream_new (stdin_stream);
  read_command (&server);
  g_main_loop_run (server.loop);

  tc_gateway_shutdown (server.gateway);
  g_object_unref (server.gateway);
  tc_ledger_close (server.ledger);
  g_object_unref (server.ledger);
  g_object_unref (server.input);
  g_main_loop_unref (server.loop);
  return 0;
}
