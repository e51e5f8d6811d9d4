/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* trainctl models pull: lets Ollama fetch a model, and shows how far it is. */

#include "config.h"

#include <glib-unix.h>
#include <string.h>

#include "tc-commands.h"
#include "tc-error.h"
#include "tc-json.h"
#include "tc-text.h"

#define LOOK_INTERVAL_MS 250
#define BAR_WIDTH 20
#define PLAIN_STEPS 10
#define TEXT_MAX_BYTES 200
#define EXIT_INTERRUPTED 130

typedef struct
{
  TcCli      *cli;
  const char *model;
  char       *id;             /* (owned) of the pull */
  char       *told;           /* (owned) (nullable) the last status that was printed plainly */
  int         step;           /* of PLAIN_STEPS, the last that was printed plainly */
  gboolean    is_interrupted;
  gboolean    is_tick;
} Pull;

static gboolean
on_interrupt (gpointer user_data)
{
  Pull *pull = user_data;

  pull->is_interrupted = TRUE;

  return G_SOURCE_CONTINUE;
}

static gboolean
on_tick (gpointer user_data)
{
  Pull *pull = user_data;

  pull->is_tick = TRUE;

  return G_SOURCE_CONTINUE;
}

/* Gigabytes as a shop counts them. */
static char *
format_bytes (gint64 bytes)
{
  return g_format_size_full ((guint64) MAX (bytes, 0), G_FORMAT_SIZE_DEFAULT);
}

static char *
describe (JsonObject *state)
{
  gint64 total = tc_json_get_int (state, "total", 0);
  gint64 completed = tc_json_get_int (state, "completed", 0);
  gint64 rate = tc_json_get_int (state, "bytes_per_second", 0);
  g_autofree char *status = tc_text_sanitize (tc_json_get_string (state, "status", ""), -1, TEXT_MAX_BYTES,
                                              TC_TEXT_SINGLE_LINE);
  g_autoptr(GString) text = g_string_new (NULL);

  if (total > 0)
    {
      g_autofree char *have = format_bytes (completed);
      g_autofree char *all = format_bytes (total);

      g_string_append_printf (text, "%3d %%  %s of %s  ", (int) (completed * 100 / total), have, all);
    }
  if (rate > 0)
    {
      g_autofree char *speed = format_bytes (rate);
      g_autofree char *left = tc_cli_format_seconds ((double) tc_json_get_int (state, "eta_seconds", 0));

      g_string_append_printf (text, "%s/s  %s left  ", speed, left);
    }
  g_string_append (text, status);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* One line that stays where it is. */
static void
show_line (Pull       *pull,
           JsonObject *state)
{
  gint64 total = tc_json_get_int (state, "total", 0);
  g_autofree char *bar = total == 0 ? g_strdup ("")
                         : tc_cli_format_bar ((double) tc_json_get_int (state, "completed", 0) / (double) total,
                                              BAR_WIDTH);
  g_autofree char *words = describe (state);
  g_autofree char *line = g_strdup_printf ("%s  %s%s%s", pull->model, bar, total == 0 ? "" : " ", words);
  g_autofree char *fitting = tc_cli_text_fit (line, pull->cli->width - 1, FALSE);
  g_autofree char *out = g_strdup_printf ("\r\033[K%s", fitting);

  tc_cli_print (out);
}

/* For files and pipes: a line where something new has begun, and every tenth. */
static void
show_plain (Pull       *pull,
            JsonObject *state)
{
  gint64 total = tc_json_get_int (state, "total", 0);
  int step = total > 0 ? (int) (tc_json_get_int (state, "completed", 0) * PLAIN_STEPS / total) : 0;
  const char *status = tc_json_get_string (state, "status", "");
  g_autofree char *words = NULL;
  g_autofree char *out = NULL;

  if (g_strcmp0 (status, pull->told) == 0 && step == pull->step)
    return;
  g_set_str (&pull->told, status);
  pull->step = step;
  words = describe (state);
  out = g_strdup_printf ("%s  %s\n", pull->model, words);
  tc_cli_print (out);
}

static void
show (Pull       *pull,
      JsonObject *state)
{
  if (pull->cli->args->json)
    return;
  if (pull->cli->width > 0)
    show_line (pull, state);
  else
    show_plain (pull, state);
}

/* (transfer none): the pull among the others of an answer */
static JsonObject *
find_pull (JsonNode   *answer,
           const char *member,
           const char *value,
           gboolean    only_active)
{
  JsonArray *list = tc_json_get_array (json_node_get_object (answer), "pulls");

  for (guint i = list == NULL ? 0 : json_array_get_length (list); i > 0; i--)
    {
      JsonNode *node = json_array_get_element (list, i - 1);
      JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

      if (g_strcmp0 (tc_json_get_string (object, member, NULL), value) == 0 &&
          (!only_active || g_strcmp0 (tc_json_get_string (object, "state", NULL), "pulling") == 0))
        return object;
    }

  return NULL;
}

/* A pull that somebody else began is as good as an own one. */
static gboolean
begin (Pull    *pull,
       GError **error)
{
  g_autoptr(JsonNode) body = json_node_new (JSON_NODE_OBJECT);
  g_autoptr(JsonNode) answer = NULL;
  g_autoptr(GError) refusal = NULL;
  JsonObject *object = json_object_new ();
  JsonObject *state;

  json_object_set_string_member (object, "model", pull->model);
  json_node_take_object (body, object);
  answer = tc_cli_call (pull->cli, "POST", "/api/models/pull", body, &refusal);
  if (answer != NULL)
    state = tc_json_get_object (json_node_get_object (answer), "pull");
  else if (g_error_matches (refusal, TC_ERROR, TC_ERROR_CONFLICT))
    {
      answer = tc_cli_call (pull->cli, "GET", "/api/models/pulls", NULL, error);
      if (answer == NULL)
        return FALSE;
      state = find_pull (answer, "model", pull->model, TRUE);
    }
  else
    {
      g_propagate_error (error, g_steal_pointer (&refusal));
      return FALSE;
    }
  pull->id = g_strdup (tc_json_get_string (state, "id", NULL));
  if (pull->id == NULL)
    g_set_error_literal (error, TC_ERROR, TC_ERROR_CONFLICT, "The model is no longer being pulled; try again");

  return pull->id != NULL;
}

/* Makes Ollama stop; its end is shown as any other. */
static gboolean
cancel (Pull    *pull,
        GError **error)
{
  g_autofree char *target = g_strdup_printf ("/api/models/pulls/%s", pull->id);
  g_autoptr(GError) refusal = NULL;
  g_autoptr(JsonNode) answer = tc_cli_call (pull->cli, "DELETE", target, NULL, &refusal);

  /* It has ended meanwhile. */
  if (answer != NULL || g_error_matches (refusal, TC_ERROR, TC_ERROR_CONFLICT))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&refusal));

  return FALSE;
}

/* (transfer full) (nullable): how it ended */
static JsonObject *
follow (Pull    *pull,
        GError **error)
{
  gboolean was_cancelled = FALSE;

  for (;;)
    {
      g_autoptr(JsonNode) answer = tc_cli_call (pull->cli, "GET", "/api/models/pulls", NULL, error);
      JsonObject *state = answer == NULL ? NULL : find_pull (answer, "id", pull->id, FALSE);

      if (answer == NULL)
        return NULL;
      if (state == NULL)
        {
          g_set_error_literal (error, TC_ERROR, TC_ERROR_NOT_FOUND, "The engine was started again; pull again");
          return NULL;
        }
      show (pull, state);
      if (g_strcmp0 (tc_json_get_string (state, "state", NULL), "pulling") != 0)
        return json_object_ref (state);
      for (pull->is_tick = FALSE; !pull->is_tick && (was_cancelled || !pull->is_interrupted); )
        g_main_context_iteration (NULL, TRUE);
      if (pull->is_interrupted && !was_cancelled)
        {
          if (!cancel (pull, error))
            return NULL;
          was_cancelled = TRUE;
        }
    }
}

static int
close_pull (Pull       *pull,
            JsonObject *state)
{
  const char *end = tc_json_get_string (state, "state", "");
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_OBJECT);

  if (pull->cli->args->json)
    {
      json_node_set_object (node, state);
      tc_cli_print_json (node);
    }
  else if (pull->cli->width > 0)
    tc_cli_print ("\n");
  if (strcmp (end, "done") == 0)
    return TC_CLI_OK;
  if (strcmp (end, "cancelled") == 0)
    g_set_error (&error, TC_ERROR, TC_ERROR_FAILED, "Stopped; what came of %s is kept, pull again to go on",
                 pull->model);
  else
    g_set_error_literal (&error, TC_ERROR, TC_ERROR_FAILED, tc_json_get_string (state, "problem", "It failed."));
  tc_cli_fail (error);

  return pull->is_interrupted ? EXIT_INTERRUPTED : TC_CLI_FAILURE;
}

int
tc_cmd_models_pull (TcCli *cli)
{
  Pull pull = { .cli = cli, .model = tc_cli_args_get_word (cli->args, 0), .step = -1 };
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) state = NULL;
  guint sources[3];
  int code;

  sources[0] = g_unix_signal_add (SIGINT, on_interrupt, &pull);
  sources[1] = g_unix_signal_add (SIGTERM, on_interrupt, &pull);
  sources[2] = g_timeout_add (LOOK_INTERVAL_MS, on_tick, &pull);
  if (begin (&pull, &error))
    state = follow (&pull, &error);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  code = state != NULL ? close_pull (&pull, state) : tc_cli_fail (error);
  g_free (pull.id);
  g_free (pull.told);

  return code;
}
