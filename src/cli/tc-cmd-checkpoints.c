/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* trainctl checkpoints [ID] | checkpoints remove | restore ID WHICH… |
 * checkpoints keep N | checkpoints purge | checkpoints auto [N|off] */

#include "config.h"

#include <math.h>

#include "tc-commands.h"
#include "tc-duration.h"
#include "tc-error.h"
#include "tc-json.h"
#include "tc-records.h"

static const char *
get_mark (JsonObject   *json,
          TcCheckpoint *checkpoint,
          TcCliStyle   *style)
{
  const char *state = tc_json_get_string (json, "state", "there");

  *style = TC_CLI_DIM;
  if (g_str_equal (state, "removed"))
    return "removed";
  if (g_str_equal (state, "gone"))
    return "gone";
  *style = TC_CLI_GREEN;
  if (checkpoint->is_best)
    return "★ best";
  *style = TC_CLI_YELLOW;

  return tc_json_get_string (json, "needed", NULL) != NULL ? "needed" : "";
}

static void
add_checkpoint (TcCliGrid  *grid,
                JsonObject *json)
{
  g_autoptr(TcCheckpoint) checkpoint = tc_checkpoint_from_json (json);
  gint64 bytes = tc_json_get_int (json, "disk_bytes", checkpoint->bytes);
  TcCliStyle style;
  const char *mark = get_mark (json, checkpoint, &style);

  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, g_strdup_printf ("%" G_GUINT64_FORMAT, checkpoint->session_id));
  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, g_strdup_printf ("%u", checkpoint->epoch));
  tc_cli_grid_add_take (grid, TC_CLI_PLAIN,
                        tc_cli_format_loss (checkpoint->train_loss, !isnan (checkpoint->train_loss)));
  tc_cli_grid_add_take (grid, TC_CLI_PLAIN,
                        tc_cli_format_loss (checkpoint->val_loss, !isnan (checkpoint->val_loss)));
  tc_cli_grid_add (grid, TC_CLI_PLAIN, checkpoint->gate);
  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, bytes >= 0 ? tc_size_format ((guint64) bytes) : NULL);
  tc_cli_grid_add (grid, style, mark);
  tc_cli_grid_add (grid, TC_CLI_PLAIN, checkpoint->path);
}

static JsonArray *
get_checkpoints (JsonNode *answer)
{
  return tc_json_get_array (json_node_get_object (answer), "checkpoints");
}

static guint
add_all (TcCliGrid *grid,
         JsonArray *checkpoints,
         gboolean   with_gone)
{
  guint n = 0;

  for (guint i = 0; checkpoints != NULL && i < json_array_get_length (checkpoints); i++)
    {
      JsonNode *node = json_array_get_element (checkpoints, i);

      if (!JSON_NODE_HOLDS_OBJECT (node) ||
          (!with_gone && g_str_equal (tc_json_get_string (json_node_get_object (node), "state", ""), "gone")))
        continue;
      add_checkpoint (grid, json_node_get_object (node));
      n++;
    }

  return n;
}

static JsonNode *
fetch (TcCli       *cli,
       const char  *id,
       GError     **error)
{
  g_autofree char *target = id != NULL ? g_strdup_printf ("/api/checkpoints?session=%s", id)
                                       : g_strdup ("/api/checkpoints");

  return tc_cli_call (cli, "GET", target, NULL, error);
}

int
tc_cmd_checkpoints (TcCli *cli)
{
  g_autoptr(TcCliGrid) grid = tc_cli_grid_new (">#|>EPOCH|>TRAIN|>VAL|GATE|>SIZE||PATH");
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = fetch (cli, tc_cli_args_get_word (cli->args, 0), &error);

  if (answer == NULL)
    return tc_cli_fail (error);
  if (cli->args->json)
    return tc_cli_print_json (answer);
  if (add_all (grid, get_checkpoints (answer), tc_cli_args_has (cli->args, "all")) > 0)
    return tc_cli_print_grid (cli, grid);

  return tc_cli_print ("There are no checkpoints.\n");
}

/* ---- Putting aside and back ---- */

/* Whether a checkpoint is of the epoch, has the path or has the name @which. */
static gboolean
is_meant (JsonObject *json,
          const char *which)
{
  guint64 epoch;

  if (g_ascii_string_to_unsigned (which, 10, 0, G_MAXUINT32, &epoch, NULL))
    return tc_json_get_int (json, "epoch", -1) == (gint64) epoch;

  return g_strcmp0 (tc_json_get_string (json, "path", NULL), which) == 0 ||
         g_strcmp0 (tc_json_get_string (json, "name", NULL), which) == 0;
}

/* Those in @state that are meant by one of the words behind the session's id. */
static JsonArray *
find_ids (TcCli       *cli,
          JsonArray   *checkpoints,
          const char  *state,
          GError     **error)
{
  g_autoptr(JsonArray) ids = json_array_new ();
  const char *which;

  for (guint w = 1; (which = tc_cli_args_get_word (cli->args, w)) != NULL; w++)
    {
      guint before = json_array_get_length (ids);

      for (guint i = 0; checkpoints != NULL && i < json_array_get_length (checkpoints); i++)
        {
          JsonObject *json = json_array_get_object_element (checkpoints, i);

          if (is_meant (json, which) && g_str_equal (tc_json_get_string (json, "state", ""), state))
            json_array_add_int_element (ids, tc_json_get_int (json, "id", 0));
        }
      if (json_array_get_length (ids) == before)
        {
          g_autofree char *shown = tc_cli_show (which);

          g_set_error (error, TC_ERROR, TC_ERROR_NOT_FOUND,
                       g_str_equal (state, "there") ? "Session %s has no checkpoint “%s”."
                                                    : "Session %s has no removed checkpoint “%s”.",
                       tc_cli_args_get_word (cli->args, 0), shown);
          return NULL;
        }
    }

  return g_steal_pointer (&ids);
}

static int
print_change (TcCli      *cli,
              JsonNode   *answer,
              const char *format)
{
  JsonObject *object = json_node_get_object (answer);
  JsonArray *checkpoints = get_checkpoints (answer);
  g_autofree char *size = tc_size_format ((guint64) MAX (tc_json_get_int (object, "bytes", 0), 0));
  g_autoptr(TcCliGrid) grid = tc_cli_grid_new (">#|>EPOCH|>TRAIN|>VAL|GATE|>SIZE||PATH");
  g_autofree char *text = NULL;

  if (cli->args->json)
    return tc_cli_print_json (answer);
  if (add_all (grid, checkpoints, TRUE) > 0)
    tc_cli_print_grid (cli, grid);
  text = g_strdup_printf (format, checkpoints != NULL ? json_array_get_length (checkpoints) : 0, size);

  return tc_cli_print (text);
}

static int
move (TcCli      *cli,
      const char *verb,
      const char *state,
      const char *format)
{
  g_autofree char *target = g_strconcat ("/api/checkpoints/", verb, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) list = fetch (cli, tc_cli_args_get_word (cli->args, 0), &error);
  JsonArray *ids = list != NULL ? find_ids (cli, get_checkpoints (list), state, &error) : NULL;
  g_autoptr(JsonObject) body = json_object_new ();
  g_autoptr(JsonNode) request = json_node_init_object (json_node_alloc (), body);
  g_autoptr(JsonNode) answer = NULL;

  if (ids == NULL)
    return tc_cli_fail (error);
  json_object_set_array_member (body, "ids", ids);
  answer = tc_cli_call (cli, "POST", target, request, &error);
  if (answer == NULL)
    return tc_cli_fail (error);

  return print_change (cli, answer, format);
}

int
tc_cmd_checkpoints_remove (TcCli *cli)
{
  return move (cli, "remove", "there", "Removed: %u, %s. For an hour they can be restored.\n");
}

int
tc_cmd_checkpoints_restore (TcCli *cli)
{
  return move (cli, "restore", "removed", "Restored: %u.\n");
}

int
tc_cmd_checkpoints_keep (TcCli *cli)
{
  const char *session = tc_cli_args_get (cli->args, "session");
  gboolean dry_run = tc_cli_args_has (cli->args, "dry-run");
  g_autoptr(JsonObject) body = json_object_new ();
  g_autoptr(JsonNode) request = json_node_init_object (json_node_alloc (), body);
  g_autoptr(JsonNode) answer = NULL;
  g_autoptr(GError) error = NULL;
  guint64 last;

  if (!g_ascii_string_to_unsigned (tc_cli_args_get_word (cli->args, 0), 10, 0, 10000, &last, NULL))
    {
      g_set_error_literal (&error, TC_ERROR, TC_ERROR_USAGE,
                           "Say of how many epochs the last checkpoints stay, 0 to 10000.");
      return tc_cli_fail (error);
    }
  json_object_set_int_member (body, "last", (gint64) last);
  json_object_set_boolean_member (body, "dry_run", dry_run);
  if (session != NULL)
    json_object_set_string_member (body, "session_id", session);
  answer = tc_cli_call (cli, "POST", "/api/checkpoints/keep", request, &error);
  if (answer == NULL)
    return tc_cli_fail (error);

  return print_change (cli, answer, dry_run ? "Would be removed: %u. That would free %s.\n"
                                            : "Removed: %u. That frees %s in an hour; until then they can be restored.\n");
}

int
tc_cmd_checkpoints_purge (TcCli *cli)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = tc_cli_call (cli, "POST", "/api/checkpoints/purge", NULL, &error);
  g_autofree char *size = NULL;
  g_autofree char *text = NULL;

  if (answer == NULL)
    return tc_cli_fail (error);
  if (cli->args->json)
    return tc_cli_print_json (answer);
  size = tc_size_format ((guint64) MAX (tc_json_get_int (json_node_get_object (answer), "bytes", 0), 0));
  text = g_strdup_printf ("Deleted for good: %s.\n", size);

  return tc_cli_print (text);
}

/* ---- By themselves ---- */

static JsonNode *
read_rule (TcCli   *cli,
           GError **error)
{
  const char *word = tc_cli_args_get_word (cli->args, 0);
  g_autoptr(JsonObject) body = json_object_new ();
  gboolean is_off = g_str_equal (word, "off");
  guint64 last;

  json_object_set_boolean_member (body, "enabled", !is_off);
  if (!is_off && !g_ascii_string_to_unsigned (word, 10, 1, 10000, &last, NULL))
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_USAGE,
                           "Say of how many epochs the last checkpoints stay, 1 to 10000, or “off”.");
      return NULL;
    }
  if (!is_off)
    json_object_set_int_member (body, "last", (gint64) last);

  return json_node_init_object (json_node_alloc (), body);
}

int
tc_cmd_checkpoints_auto (TcCli *cli)
{
  gboolean is_set = tc_cli_args_get_word (cli->args, 0) != NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) rule = is_set ? read_rule (cli, &error) : NULL;
  g_autoptr(JsonNode) answer = NULL;
  g_autofree char *text = NULL;

  if (error == NULL)
    answer = tc_cli_call (cli, is_set ? "PUT" : "GET", "/api/checkpoints/retention", rule, &error);
  if (answer == NULL)
    return tc_cli_fail (error);
  if (cli->args->json)
    return tc_cli_print_json (answer);
  if (!tc_json_get_boolean (json_node_get_object (answer), "enabled", FALSE))
    return tc_cli_print ("Checkpoints stay until somebody removes them.\n");
  text = g_strdup_printf ("After each session, and after each checkpoint of a running one, the best checkpoints "
                          "stay and those of the last %" G_GINT64_FORMAT " epochs.\n",
                          tc_json_get_int (json_node_get_object (answer), "last", 0));

  return tc_cli_print (text);
}
