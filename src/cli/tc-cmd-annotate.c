/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* trainctl tag | note: what the owner of a session writes about it. */

#include "config.h"

#include "tc-commands.h"
#include "tc-json.h"
#include "tc-text.h"

/* More bytes than the longest tags can have, with what is put between them. */
#define SHOWN_MAX_BYTES 4000

static JsonNode *
annotate (TcCli    *cli,
          JsonNode *body)
{
  g_autofree char *target = g_strconcat ("/api/training/annotate/", tc_cli_args_get_word (cli->args, 0), NULL);
  g_autoptr(GError) error = NULL;
  JsonNode *answer = tc_cli_call (cli, "POST", target, body, &error);

  if (answer == NULL)
    tc_cli_fail (error);

  return answer;
}

/* As the engine keeps them, which may be fewer than were given. */
static int
print_tags (TcCli    *cli,
            JsonNode *answer)
{
  JsonObject *session = tc_json_get_object (json_node_get_object (answer), "session");
  g_auto(GStrv) tags = tc_json_dup_strv (session, "tags");
  g_autofree char *all = tags != NULL ? g_strjoinv (", ", tags) : g_strdup ("");
  g_autofree char *shown = tc_text_sanitize (all, -1, SHOWN_MAX_BYTES, TC_TEXT_SINGLE_LINE);
  g_autofree char *text = g_strdup_printf (all[0] != '\0' ? "#%s is tagged %s.\n" : "#%s has no tags.\n",
                                           tc_cli_args_get_word (cli->args, 0), shown);

  return tc_cli_print (text);
}

/** tc_cmd_tag: trainctl tag ID [TAG…] */
int
tc_cmd_tag (TcCli *cli)
{
  JsonObject *body = json_object_new ();
  JsonArray *tags = json_array_new ();
  g_autoptr(JsonNode) request = json_node_alloc ();
  g_autoptr(JsonNode) answer = NULL;

  json_node_take_object (json_node_init (request, JSON_NODE_OBJECT), body);
  json_object_set_array_member (body, "tags", tags);
  for (guint i = 1; i < cli->args->words->len; i++)
    json_array_add_string_element (tags, tc_cli_args_get_word (cli->args, i));
  answer = annotate (cli, request);
  if (answer == NULL)
    return TC_CLI_FAILURE;

  return cli->args->json ? tc_cli_print_json (answer) : print_tags (cli, answer);
}

/** tc_cmd_note: trainctl note ID TEXT */
int
tc_cmd_note (TcCli *cli)
{
  const char *note = tc_cli_args_get_word (cli->args, 1);
  JsonObject *body = json_object_new ();
  g_autoptr(JsonNode) request = json_node_alloc ();
  g_autoptr(JsonNode) answer = NULL;
  g_autofree char *text = NULL;

  json_node_take_object (json_node_init (request, JSON_NODE_OBJECT), body);
  json_object_set_string_member (body, "note", note);
  answer = annotate (cli, request);
  if (answer == NULL)
    return TC_CLI_FAILURE;
  if (cli->args->json)
    return tc_cli_print_json (answer);
  text = g_strdup_printf (note[0] != '\0' ? "#%s has the note.\n" : "#%s has no note.\n",
                          tc_cli_args_get_word (cli->args, 0));

  return tc_cli_print (text);
}
