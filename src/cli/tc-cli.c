/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-cli.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tc-error.h"
#include "tc-json.h"
#include "tc-text.h"

#define SENTENCE_MAX_BYTES 4000
#define DEFAULT_WIDTH 80

typedef struct
{
  GAsyncResult *result; /* (owned) (nullable) until it is there */
} Waiter;

static void
on_result (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  Waiter *waiter = user_data;

  waiter->result = g_object_ref (result);
}

static void
wait_for_result (Waiter *waiter)
{
  while (waiter->result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static guint
terminal_width (void)
{
  struct winsize size = { 0 };

  if (!isatty (STDOUT_FILENO))
    return 0;
  if (ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
    return DEFAULT_WIDTH;

  return size.ws_col;
}

/* https://no-color.org: set and not empty means no colours. */
static gboolean
wants_colours (void)
{
  const char *no_color = g_getenv ("NO_COLOR");

  return isatty (STDOUT_FILENO) && (no_color == NULL || no_color[0] == '\0') &&
         g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
}

/**
 * tc_cli_new:
 * @args: (transfer none): the command line; must outlive the result
 *
 * Returns: (transfer full): what a command works with; nothing is connected yet
 */
TcCli *
tc_cli_new (const TcCliArgs *args)
{
  TcCli *self = g_new0 (TcCli, 1);

  self->args = args;
  self->paths = tc_paths_new_from_environment ();
  self->client = tc_client_new (self->paths, TC_CLIENT_START_ENGINE);
  self->has_colours = wants_colours ();
  self->width = terminal_width ();

  return self;
}

/**
 * tc_cli_free:
 * @self: (transfer full): what a command worked with
 */
void
tc_cli_free (TcCli *self)
{
  tc_client_disconnect (self->client);
  g_object_unref (self->client);
  g_object_unref (self->paths);
  g_free (self);
}

/**
 * tc_cli_fetch:
 * @self: what a command works with
 * @method: such as "GET"
 * @target: path and query
 * @body: (nullable): JSON to send
 * @error: the engine's sentence
 *
 * Makes a request and waits for the answer. Signals of the client may come
 * meanwhile.
 *
 * Returns: (transfer full) (nullable): the answer as bytes
 */
TcReply *
tc_cli_fetch (TcCli       *self,
              const char  *method,
              const char  *target,
              JsonNode    *body,
              GError     **error)
{
  Waiter waiter = { NULL };
  g_autoptr(GAsyncResult) result = NULL;

  tc_client_request_async (self->client, method, target, body, NULL, on_result, &waiter);
  wait_for_result (&waiter);
  result = waiter.result;

  return tc_client_request_finish (self->client, result, error);
}

/**
 * tc_cli_call:
 * @self: what a command works with
 * @method: such as "GET"
 * @target: path and query
 * @body: (nullable): JSON to send
 * @error: the engine's sentence
 *
 * As tc_cli_fetch(), for answers that are JSON.
 *
 * Returns: (transfer full) (nullable): the answer, an object
 */
JsonNode *
tc_cli_call (TcCli       *self,
             const char  *method,
             const char  *target,
             JsonNode    *body,
             GError     **error)
{
  g_autoptr(TcReply) reply = tc_cli_fetch (self, method, target, body, error);
  g_autoptr(JsonNode) node = NULL;

  if (reply == NULL)
    return NULL;
  node = tc_reply_parse (reply, error);
  if (node == NULL)
    {
      g_prefix_error (error, "The engine's answer is no JSON: ");
      return NULL;
    }
  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID, "The engine's answer is no JSON object");
      return NULL;
    }

  return g_steal_pointer (&node);
}

/**
 * tc_cli_connect:
 * @self: what a command works with
 * @error: why not
 *
 * Waits until the client's mirror is live.
 *
 * Returns: whether it is
 */
gboolean
tc_cli_connect (TcCli   *self,
                GError **error)
{
  Waiter waiter = { NULL };
  g_autoptr(GAsyncResult) result = NULL;

  tc_client_connect_async (self->client, NULL, on_result, &waiter);
  wait_for_result (&waiter);
  result = waiter.result;

  return tc_client_connect_finish (self->client, result, error);
}

/**
 * tc_cli_fail:
 * @error: what went wrong
 *
 * Says so on stderr.
 *
 * Returns: the exit code for it
 */
int
tc_cli_fail (const GError *error)
{
  g_autofree char *sentence = tc_text_sanitize (error->message, -1, SENTENCE_MAX_BYTES,
                                                TC_TEXT_SINGLE_LINE);

  fflush (stdout);
  fprintf (stderr, "trainctl: %s\n", sentence);

  return g_error_matches (error, TC_ERROR, TC_ERROR_USAGE) ? TC_CLI_USAGE : TC_CLI_FAILURE;
}

/**
 * tc_cli_print:
 * @text: harmless text with its line ends
 *
 * Returns: the exit code: a full disk under stdout is a failure
 */
int
tc_cli_print (const char *text)
{
  if (fputs (text, stdout) < 0 || fflush (stdout) != 0)
    return TC_CLI_FAILURE;

  return TC_CLI_OK;
}

/**
 * tc_cli_print_json:
 * @node: what to print
 *
 * Returns: the exit code
 */
int
tc_cli_print_json (JsonNode *node)
{
  g_autofree char *text = tc_json_to_string (node, TRUE);
  g_autofree char *line = g_strconcat (text, "\n", NULL);

  return tc_cli_print (line);
}

/**
 * tc_cli_print_grid:
 * @self: what a command works with
 * @grid: a table
 *
 * Returns: the exit code
 */
int
tc_cli_print_grid (TcCli     *self,
                   TcCliGrid *grid)
{
  g_autofree char *text = tc_cli_grid_to_string (grid, self->width, self->has_colours);

  return tc_cli_print (text);
}
