/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The end of the demo: a table of what was trained, three sentences that the
 * fresh model translates, and how often it is right on sentences it has never
 * seen. */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "tc-demo.h"
#include "tc-duration.h"
#include "tc-error.h"
#include "tc-json.h"
#include "tc-text.h"

#define TRANSLATE_SECONDS 120
#define VALIDATE_SECONDS 300
#define HELD_OUT "200"
#define OUTPUT_MAX_BYTES (64 * 1024)
#define REPORT_MAX_BYTES (1024 * 1024)

static const char *const sentences[] = {
  "Search the invoices for \"overdue\"",
  "Sort our recent orders by price",
  "Sum up the open budgets",
};

static JsonArray *
fetch_list (TcCli      *cli,
            const char *member,
            guint64     id)
{
  g_autofree char *target = g_strdup_printf ("/api/training/%s/%" G_GUINT64_FORMAT, member, id);
  g_autoptr(JsonNode) answer = tc_cli_call (cli, "GET", target, NULL, NULL);
  JsonArray *list = answer != NULL ? tc_json_get_array (json_node_get_object (answer), member) : NULL;

  return list != NULL ? json_array_ref (list) : json_array_new ();
}

/* "●1 ●5 ◐10" */
static char *
dup_gates (TcCli   *cli,
           guint64  id)
{
  g_autoptr(JsonArray) gates = fetch_list (cli, "gates", id);
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (gates); i++)
    {
      JsonObject *gate = json_array_get_object_element (gates, i);

      g_string_append_printf (out, "%s%s%" G_GINT64_FORMAT, i > 0 ? " " : "",
                              tc_cli_gate_sign (tc_json_get_string (gate, "result", "")),
                              tc_json_get_int (gate, "epoch", 0));
    }

  return g_string_free (out, FALSE);
}

static char *
dup_size (TcCli      *cli,
          guint64     id,
          const char *path)
{
  g_autoptr(JsonArray) checkpoints = fetch_list (cli, "checkpoints", id);

  for (guint i = json_array_get_length (checkpoints); i > 0; i--)
    {
      JsonObject *checkpoint = json_array_get_object_element (checkpoints, i - 1);
      gint64 bytes = tc_json_get_int (checkpoint, "bytes", -1);

      if (bytes >= 0 && g_strcmp0 (tc_json_get_string (checkpoint, "path", NULL), path) == 0)
        return tc_size_format (bytes);
    }

  return NULL;
}

/* "✓ English Mastery": all phases train the same target, and a table of eighty
 * columns has no room for the word of a state that is as it should be. */
static char *
dup_phase (TcSession *session)
{
  g_autofree char *title = tc_session_dup_title (session);
  TcSessionState state = tc_session_get_state (session);
  char *arrow = g_strrstr (title, " → ");

  if (arrow != NULL)
    *arrow = '\0';
  if (state == TC_SESSION_COMPLETED)
    return g_strdup_printf ("%s %s", tc_cli_state_sign (state), title);

  return g_strdup_printf ("%s %s (%s)", tc_cli_state_sign (state), title,
                          tc_session_state_to_string (state));
}

/* "phase1_BEST_epoch5", for "trainctl checkpoints" has the whole path. */
static char *
dup_checkpoint_name (const char *path)
{
  char *name = g_path_get_basename (path);

  if (g_str_has_suffix (name, ".safetensors"))
    *strrchr (name, '.') = '\0';

  return name;
}

static void
add_phase (TcCli     *cli,
           TcCliGrid *grid,
           TcSession *session)
{
  guint64 id = tc_session_get_id (session);
  TcSessionState state = tc_session_get_state (session);
  const TcProgress *progress = tc_session_get_progress (session);
  const char *best = tc_session_get_best_checkpoint (session);

  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, g_strdup_printf ("%" G_GUINT64_FORMAT, id));
  tc_cli_grid_add_take (grid, tc_cli_state_style (state), dup_phase (session));
  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, g_strdup_printf ("%u/%u", progress->epoch, progress->total_epochs));
  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, tc_cli_format_loss (progress->train_loss, progress->has_train_loss));
  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, tc_cli_format_loss (progress->val_loss, progress->has_val_loss));
  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, dup_gates (cli, id));
  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, tc_cli_format_seconds (progress->elapsed_seconds));
  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, best != NULL ? dup_size (cli, id, best) : NULL);
}

static void
print_best (TcSession *session)
{
  const char *best = tc_session_get_best_checkpoint (session);
  g_autofree char *name = best != NULL ? dup_checkpoint_name (best) : NULL;
  g_autofree char *line = NULL;

  if (name == NULL)
    return;
  line = g_strdup_printf ("Best weights of #%" G_GUINT64_FORMAT ": %s\n", tc_session_get_id (session), name);
  tc_cli_print (line);
}

/* A program of the trainer, with an end to its patience. */
typedef struct
{
  GAsyncResult *result;  /* (owned) (nullable) */
  gboolean      is_late;
  GSubprocess  *process; /* (unowned) */
} Program;

static void
on_communicated (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  ((Program *) user_data)->result = g_object_ref (result);
}

static gboolean
too_late_cb (gpointer user_data)
{
  Program *program = user_data;

  program->is_late = TRUE;
  g_subprocess_force_exit (program->process);

  return G_SOURCE_CONTINUE;
}

/* Its whole output, stderr too; NULL with an error if it could not be run or
 * did not end in time. Its exit code does not matter here: a validator that
 * finds fault has done its work. */
static char *
run_program (TcCli              *cli,
             const char * const *argv,
             guint               seconds,
             GError            **error)
{
  g_autoptr(GSubprocessLauncher) launcher = NULL;
  g_autoptr(GSubprocess) process = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GBytes) output = NULL;
  Program program = { NULL };
  guint timer;

  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_subprocess_launcher_setenv (launcher, "PYTHONPATH", tc_paths_get_trainer_dir (cli->paths), TRUE);
  g_subprocess_launcher_setenv (launcher, "PYTHONDONTWRITEBYTECODE", "1", TRUE);
  g_subprocess_launcher_setenv (launcher, "PYTHONIOENCODING", "utf-8", TRUE);
  process = g_subprocess_launcher_spawnv (launcher, argv, error);
  if (process == NULL)
    return NULL;

  program.process = process;
  timer = g_timeout_add_seconds (seconds, too_late_cb, &program);
  g_subprocess_communicate_async (process, NULL, NULL, on_communicated, &program);
  while (program.result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timer);

  result = program.result;
  if (!g_subprocess_communicate_finish (process, result, &output, NULL, error))
    return NULL;
  if (program.is_late)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_BUSY, "It did not answer within %u seconds", seconds);
      return NULL;
    }

  return tc_text_sanitize (g_bytes_get_data (output, NULL), g_bytes_get_size (output),
                           OUTPUT_MAX_BYTES, TC_TEXT_DEFAULT);
}

static void
say_problem (const char   *what,
             const GError *error)
{
  g_autofree char *line = g_strdup_printf ("%s: %s\n", what, error->message);

  tc_cli_print (line);
}

static int
translate (TcCli      *cli,
           const char *checkpoint)
{
  const char *const program[] = { "python3", "-m", "helix.translate", "--checkpoint", checkpoint, "--" };
  g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GError) error = NULL;
  g_autofree char *output = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (program); i++)
    g_ptr_array_add (argv, g_strdup (program[i]));
  for (guint i = 0; i < G_N_ELEMENTS (sentences); i++)
    g_ptr_array_add (argv, g_strdup (sentences[i]));
  g_ptr_array_add (argv, NULL);

  tc_cli_print ("\nThree sentences, translated by the fresh model:\n\n");
  output = run_program (cli, (const char * const *) argv->pdata, TRANSLATE_SECONDS, &error);
  if (output == NULL)
    {
      say_problem ("The model could not be asked", error);
      return TC_CLI_FAILURE;
    }

  return tc_cli_print (output);
}

/* "It gets 93.5 % of 200 sentences it has never seen exactly right …" */
static gboolean
say_quality (JsonObject *report)
{
  JsonObject *formats = tc_json_get_object (report, "exact_match");
  g_autoptr(GString) out = g_string_new (NULL);
  JsonObjectIter iter;
  const char *format;
  JsonNode *node;
  gint64 pairs = 0;
  gint64 exact = 0;

  if (formats == NULL)
    return FALSE;

  json_object_iter_init_ordered (&iter, formats);
  while (json_object_iter_next_ordered (&iter, &format, &node))
    {
      JsonObject *row = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      gint64 n = tc_json_get_int (row, "pairs", 0);

      if (n <= 0)
        continue;
      pairs += n;
      exact += tc_json_get_int (row, "exact", 0);
      g_string_append_printf (out, "  %-6s %5.1f %%  (%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT ")\n", format,
                              100.0 * tc_json_get_int (row, "exact", 0) / n, tc_json_get_int (row, "exact", 0), n);
    }
  if (pairs == 0)
    return FALSE;

  g_string_prepend (out, "Exactly right:\n");
  g_string_append_printf (out, "All together %.1f %%. %s\n", 100.0 * exact / pairs,
                          exact >= 0.95 * pairs ? "That is a good model for its size."
                          : exact >= 0.5 * pairs ? "It has learnt the task but is not good yet: the short run ends early."
                          : "It has not learnt the task: the short run was too short for it.");
  tc_cli_print (out->str);

  return TRUE;
}

/* Where the examination fails, what the last gate said is still true. */
static void
say_last_gate (TcCli   *cli,
               guint64  id)
{
  g_autoptr(JsonArray) gates = fetch_list (cli, "gates", id);
  guint length = json_array_get_length (gates);
  JsonObject *gate = length > 0 ? json_array_get_object_element (gates, length - 1) : NULL;
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;

  if (gate == NULL)
    return;
  text = tc_text_sanitize (tc_json_get_string (gate, "text", ""), -1, 2000, TC_TEXT_SINGLE_LINE);
  line = g_strdup_printf ("Its last gate, at epoch %" G_GINT64_FORMAT ": %s. %s\n", tc_json_get_int (gate, "epoch", 0),
                          tc_json_get_string (gate, "result", "unknown"), text);
  tc_cli_print (line);
}

static int
examine (TcCli      *cli,
         guint64     id,
         const char *checkpoint)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *script = g_build_filename (tc_paths_get_trainer_dir (cli->paths),
                                              "validate_checkpoint_quality.py", NULL);
  g_autofree char *folder = g_dir_make_tmp ("training-center-XXXXXX", &error);
  g_autofree char *path = folder != NULL ? g_build_filename (folder, "report.json", NULL) : NULL;
  const char *const argv[] = { "python3", script, "--checkpoint", checkpoint, "--output", path,
                               "--held-out", HELD_OUT, NULL };
  g_autofree char *output = NULL;
  g_autoptr(JsonObject) report = NULL;
  gboolean is_said;

  tc_cli_print ("\nNow " HELD_OUT " sentences it has never seen, to know how good it is…\n");
  if (folder != NULL)
    output = run_program (cli, argv, VALIDATE_SECONDS, &error);
  if (output == NULL)
    {
      say_problem ("The model could not be examined", error);
      say_last_gate (cli, id);
      return TC_CLI_FAILURE;
    }

  report = tc_json_load (path, REPORT_MAX_BYTES, TC_JSON_ALLOW_NON_FINITE, NULL);
  is_said = report != NULL && say_quality (report);
  if (!is_said)
    tc_cli_print (output);
  g_unlink (path);
  g_rmdir (folder);

  return is_said ? TC_CLI_OK : TC_CLI_FAILURE;
}

/**
 * tc_demo_close:
 * @cli: what a command works with
 * @ids: (element-type guint64): the demo's sessions in order
 *
 * Prints how the demo ended.
 *
 * Returns: the exit code: 0 if all phases completed and the model was examined
 */
int
tc_demo_close (TcCli  *cli,
               GArray *ids)
{
  g_autoptr(TcCliGrid) grid = tc_cli_grid_new (">#|PHASE|>EPOCHS|>TRAIN|>VAL|GATES|>TIME|>SIZE");
  TcQueue *queue = tc_client_get_queue (cli->client);
  TcSession *last = NULL;
  gboolean is_good = TRUE;
  const char *best;

  for (guint i = 0; i < ids->len; i++)
    {
      TcSession *session = tc_queue_lookup (queue, g_array_index (ids, guint64, i));

      if (session == NULL)
        continue;
      add_phase (cli, grid, session);
      last = session;
      is_good = is_good && tc_session_get_state (session) == TC_SESSION_COMPLETED;
    }
  tc_cli_print ("\n");
  tc_cli_print_grid (cli, grid);
  tc_cli_print ("\n");
  for (guint i = 0; i < ids->len; i++)
    {
      TcSession *session = tc_queue_lookup (queue, g_array_index (ids, guint64, i));

      if (session != NULL)
        print_best (session);
    }

  best = last != NULL ? tc_session_get_best_checkpoint (last) : NULL;
  if (!is_good || best == NULL)
    {
      tc_cli_print ("\nThe curriculum did not come to its end, so there is no model to ask. "
                    "“trainctl events” says what happened.\n");
      return TC_CLI_FAILURE;
    }
  if (translate (cli, best) != TC_CLI_OK)
    return TC_CLI_FAILURE;

  return examine (cli, tc_session_get_id (last), best);
}
