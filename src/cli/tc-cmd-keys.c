/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* trainctl keys add | list | check | rename | replace | remove | restore | unlock. A secret
 * comes from stdin or a prompt without echo, never from the command line, which every
 * user of the machine can read. */

#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <termios.h>
#include <unistd.h>

#include "tc-api-key.h"
#include "tc-commands.h"
#include "tc-error.h"
#include "tc-json.h"
#include "tc-text.h"

#define SECRET_MAX_BYTES 4096
#define SENTENCE_MAX_BYTES 4000

static const struct
{
  TcCliStyle  style;
  const char *sign;
} looks[TC_KEY_N_STATES] = {
  [TC_KEY_UNVERIFIED] = { TC_CLI_YELLOW, "?" },
  [TC_KEY_VALID] = { TC_CLI_GREEN, "✓" },
  [TC_KEY_WRONG] = { TC_CLI_RED, "✗" },
  [TC_KEY_NO_PERMISSION] = { TC_CLI_YELLOW, "!" },
  [TC_KEY_BLOCKED] = { TC_CLI_RED, "✗" },
  [TC_KEY_NO_CREDIT] = { TC_CLI_RED, "$" },
  [TC_KEY_RATE_LIMITED] = { TC_CLI_YELLOW, "!" },
  [TC_KEY_UNREACHABLE] = { TC_CLI_YELLOW, "?" },
  [TC_KEY_NO_SECRET] = { TC_CLI_RED, "✗" },
};

/* Also when a terminal goes away half way, its echo comes back. */
static gboolean
read_line (char  *buffer,
           gsize  size)
{
  struct termios before, silent;
  gboolean is_terminal = isatty (STDIN_FILENO) && tcgetattr (STDIN_FILENO, &before) == 0;
  gboolean found;

  if (is_terminal)
    {
      fprintf (stderr, "Key (it is not shown): ");
      silent = before;
      silent.c_lflag &= ~(tcflag_t) ECHO;
      tcsetattr (STDIN_FILENO, TCSAFLUSH, &silent);
    }
  setvbuf (stdin, NULL, _IONBF, 0);
  found = fgets (buffer, (int) size, stdin) != NULL;
  if (is_terminal)
    {
      tcsetattr (STDIN_FILENO, TCSAFLUSH, &before);
      fprintf (stderr, "\n");
    }

  return found;
}

/* Adds the secret to a request, if one is given. */
static gboolean
read_secret (JsonObject *body)
{
  char buffer[SECRET_MAX_BYTES + 2];
  gboolean found;

  prctl (PR_SET_DUMPABLE, 0, 0, 0, 0);
  found = read_line (buffer, sizeof buffer);
  if (found)
    {
      g_strstrip (buffer);
      found = buffer[0] != '\0' && g_utf8_validate (buffer, -1, NULL);
    }
  if (found)
    json_object_set_string_member (body, "secret", buffer);
  explicit_bzero (buffer, sizeof buffer);

  return found;
}

static void
wipe_secret (JsonObject *body)
{
  const char *secret = tc_json_get_string (body, "secret", NULL);

  if (secret != NULL)
    explicit_bzero ((char *) secret, strlen (secret));
}

/* What is wrong with the keyring. */
static void
print_warning (JsonNode *answer)
{
  const char *warning = tc_json_get_string (json_node_get_object (answer), "keyring_warning", NULL);
  g_autofree char *shown = NULL;

  if (warning == NULL)
    return;
  shown = tc_text_sanitize (warning, -1, SENTENCE_MAX_BYTES, TC_TEXT_SINGLE_LINE);
  fprintf (stderr, "trainctl: %s\n", shown);
}

static int
print_key (JsonNode *answer)
{
  JsonObject *object = tc_json_get_object (json_node_get_object (answer), "key");
  g_autoptr(TcApiKey) key = tc_api_key_from_json (object);
  g_autofree char *name = tc_cli_show (key->name);
  g_autofree char *why = tc_text_sanitize (key->state_text != NULL ? key->state_text : "", -1,
                                           SENTENCE_MAX_BYTES, TC_TEXT_SINGLE_LINE);
  g_autofree char *text = NULL;

  text = g_strdup_printf ("Key %" G_GUINT64_FORMAT " “%s” for %s is %s. %s\n", key->id, name,
                          key->provider, tc_key_state_to_string (key->state), why);

  return tc_cli_print (text);
}

/* Sends @body (nullable) and shows the key that is answered. */
static int
change (TcCli      *cli,
        const char *method,
        const char *target,
        JsonObject *body)
{
  g_autoptr(JsonNode) request = body != NULL ? json_node_init_object (json_node_alloc (), body) : NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = tc_cli_call (cli, method, target, request, &error);

  if (body != NULL)
    wipe_secret (body);
  if (answer == NULL)
    return tc_cli_fail (error);
  if (!tc_json_has (json_node_get_object (answer), "key"))
    return TC_CLI_FAILURE;

  print_warning (answer);

  return cli->args->json ? tc_cli_print_json (answer) : print_key (answer);
}

int
tc_cmd_keys_add (TcCli *cli)
{
  const char *provider = tc_cli_args_get (cli->args, "provider");
  const char *name = tc_cli_args_get (cli->args, "name");
  const char *base_url = tc_cli_args_get (cli->args, "base-url");
  g_autoptr(JsonObject) body = json_object_new ();

  if (provider == NULL || name == NULL)
    {
      g_autoptr(GError) error = g_error_new_literal (TC_ERROR, TC_ERROR_USAGE,
                                                     "Say whose key it is with --provider and what to "
                                                     "call it with --name");

      return tc_cli_fail (error);
    }
  json_object_set_string_member (body, "provider", provider);
  json_object_set_string_member (body, "name", name);
  if (base_url != NULL)
    json_object_set_string_member (body, "base_url", base_url);
  /* Ollama asks for no key; whoever has put one before it sends it in. */
  if (strcmp (provider, "qwen") != 0 || !isatty (STDIN_FILENO))
    read_secret (body);

  return change (cli, "POST", "/api/keys/add", body);
}

static char *
dup_local_time (gint64 at_us)
{
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (at_us / G_USEC_PER_SEC);
  g_autoptr(GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  return at_us == 0 || local == NULL ? g_strdup ("never") : g_date_time_format (local, "%Y-%m-%d %H:%M");
}

static void
add_row (TcCliGrid  *grid,
         JsonObject *object)
{
  g_autoptr(TcApiKey) key = tc_api_key_from_json (object);

  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, g_strdup_printf ("%" G_GUINT64_FORMAT, key->id));
  tc_cli_grid_add (grid, TC_CLI_PLAIN, key->provider);
  tc_cli_grid_add (grid, TC_CLI_BOLD, key->name);
  tc_cli_grid_add_take (grid, TC_CLI_DIM, key->last_four != NULL ? g_strconcat ("…", key->last_four, NULL) : NULL);
  tc_cli_grid_add_take (grid, looks[key->state].style,
                        g_strdup_printf ("%s %s", looks[key->state].sign, tc_key_state_to_string (key->state)));
  tc_cli_grid_add_take (grid, TC_CLI_DIM, dup_local_time (key->checked_at_us));
  tc_cli_grid_add_take (grid, TC_CLI_PLAIN,
                        g_strdup_printf ("%" G_GINT64_FORMAT, tc_json_get_int (object, "used_by", 0)));
  tc_cli_grid_add (grid, TC_CLI_PLAIN, key->state_text);
}

/* Below the table: what can be brought back. */
static int
print_removed (JsonArray *removed)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; removed != NULL && i < json_array_get_length (removed); i++)
    {
      JsonNode *node = json_array_get_element (removed, i);
      g_autoptr(TcApiKey) key = NULL;
      g_autofree char *name = NULL;

      if (!JSON_NODE_HOLDS_OBJECT (node))
        continue;
      key = tc_api_key_from_json (json_node_get_object (node));
      name = tc_cli_show (key->name);
      g_string_append_printf (text, "Removed: key %" G_GUINT64_FORMAT " “%s” for %s; “trainctl keys restore %"
                              G_GUINT64_FORMAT "” brings it back.\n", key->id, name, key->provider, key->id);
    }

  return text->len > 0 ? tc_cli_print (text->str) : 0;
}

int
tc_cmd_keys_list (TcCli *cli)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = tc_cli_call (cli, "GET", "/api/keys/list", NULL, &error);
  g_autoptr(TcCliGrid) grid = tc_cli_grid_new (">ID|PROVIDER|NAME|KEY|STATE|CHECKED|>USED BY|");
  JsonArray *keys, *removed;
  int code;

  if (answer == NULL)
    return tc_cli_fail (error);
  print_warning (answer);
  if (cli->args->json)
    return tc_cli_print_json (answer);
  keys = tc_json_get_array (json_node_get_object (answer), "keys");
  removed = tc_json_get_array (json_node_get_object (answer), "removed");
  if (keys == NULL || json_array_get_length (keys) == 0)
    {
      code = tc_cli_print ("There are no keys; “trainctl keys add --provider P --name NAME” adds one.\n");
      return code != 0 ? code : print_removed (removed);
    }
  for (guint i = 0; i < json_array_get_length (keys); i++)
    {
      if (JSON_NODE_HOLDS_OBJECT (json_array_get_element (keys, i)))
        add_row (grid, json_array_get_object_element (keys, i));
    }

  code = tc_cli_print_grid (cli, grid);

  return code != 0 ? code : print_removed (removed);
}

int
tc_cmd_keys_check (TcCli *cli)
{
  g_autofree char *target = g_strconcat ("/api/keys/check/", tc_cli_args_get_word (cli->args, 0), NULL);

  return change (cli, "POST", target, NULL);
}

int
tc_cmd_keys_rename (TcCli *cli)
{
  g_autofree char *target = g_strconcat ("/api/keys/rename/", tc_cli_args_get_word (cli->args, 0), NULL);
  g_autoptr(JsonObject) body = json_object_new ();

  json_object_set_string_member (body, "name", tc_cli_args_get_word (cli->args, 1));

  return change (cli, "POST", target, body);
}

int
tc_cmd_keys_replace (TcCli *cli)
{
  g_autofree char *target = g_strconcat ("/api/keys/replace/", tc_cli_args_get_word (cli->args, 0), NULL);
  g_autoptr(JsonObject) body = json_object_new ();

  read_secret (body);

  return change (cli, "POST", target, body);
}

static int
print_removal (const char *id,
               gboolean    is_for_good,
               JsonObject *answer)
{
  gint64 used_by = tc_json_get_int (tc_json_get_object (answer, "key"), "used_by", 0);
  g_autoptr(GString) text = g_string_new (NULL);

  if (is_for_good)
    return tc_cli_print ("The key and its secret are forgotten.\n");
  g_string_printf (text, "The key is removed. For ten minutes “trainctl keys restore %s” brings it back; then its "
                         "secret is forgotten.\n", id);
  if (used_by > 0)
    g_string_append_printf (text, "%" G_GINT64_FORMAT " %s used it: one that runs goes on with it to its end, one "
                                  "that waits needs another.\n", used_by, used_by == 1 ? "session" : "sessions");

  return tc_cli_print (text->str);
}

int
tc_cmd_keys_remove (TcCli *cli)
{
  const char *id = tc_cli_args_get_word (cli->args, 0);
  gboolean is_for_good = tc_cli_args_has (cli->args, "now");
  g_autofree char *target = g_strconcat ("/api/keys/", id, is_for_good ? "?now=1" : "", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = tc_cli_call (cli, "DELETE", target, NULL, &error);

  if (answer == NULL)
    return tc_cli_fail (error);
  if (!tc_json_has (json_node_get_object (answer), "key"))
    return TC_CLI_FAILURE;

  return cli->args->json ? tc_cli_print_json (answer)
                         : print_removal (id, is_for_good, json_node_get_object (answer));
}

int
tc_cmd_keys_restore (TcCli *cli)
{
  g_autofree char *target = g_strconcat ("/api/keys/restore/", tc_cli_args_get_word (cli->args, 0), NULL);

  return change (cli, "POST", target, NULL);
}

/* Waits for a person. */
int
tc_cmd_keys_unlock (TcCli *cli)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = NULL;

  if (isatty (STDERR_FILENO))
    fprintf (stderr, "The desktop asks for the keyring's password. Ctrl+C ends the waiting.\n");
  answer = tc_cli_call (cli, "POST", "/api/keys/unlock", NULL, &error);
  if (answer == NULL)
    return tc_cli_fail (error);

  return cli->args->json ? tc_cli_print_json (answer) : tc_cli_print ("The keyring is open.\n");
}
