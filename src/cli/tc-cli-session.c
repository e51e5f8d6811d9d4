/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-cli-session.h"

#include <math.h>

#include "tc-clock.h"
#include "tc-json.h"
#include "tc-text.h"

#define ABOUT_BYTES 400

/**
 * tc_cli_session_epochs:
 * @session: a session
 *
 * Returns: (transfer full): "47/200"; "200" before it has begun
 */
char *
tc_cli_session_epochs (TcSession *session)
{
  const TcProgress *progress = tc_session_get_progress (session);
  guint total = progress->total_epochs > 0 ? progress->total_epochs
                                           : tc_session_get_config (session)->epochs;

  if (progress->epoch == 0)
    return g_strdup_printf ("%u", total);

  return g_strdup_printf ("%u/%u", progress->epoch, total);
}

/**
 * tc_cli_session_note:
 * @session: a session
 *
 * Returns: (transfer full) (nullable): why it is as it is: the reason of a
 *   failure, or what it waits for
 */
char *
tc_cli_session_note (TcSession *session)
{
  TcSessionState state = tc_session_get_state (session);
  const char *reason = tc_session_get_reason (session);

  if (state == TC_SESSION_QUEUED || state == TC_SESSION_BLOCKED)
    return g_strdup (tc_session_get_waiting_for (session) != NULL ? tc_session_get_waiting_for (session)
                                                                  : reason);
  if (state == TC_SESSION_COMPLETED || tc_session_state_is_active (state))
    return NULL;

  return g_strdup (reason);
}

static void
add_row (TcCliGrid *grid,
         TcSession *session,
         gint64     now_us)
{
  const TcProgress *progress = tc_session_get_progress (session);
  TcSessionState state = tc_session_get_state (session);
  TcCliStyle style = tc_cli_state_style (state);
  gboolean is_active = tc_session_state_is_active (state);
  g_autofree char *note = tc_cli_session_note (session);
  g_autofree char *eta = tc_cli_format_eta (progress->eta_seconds, now_us, NULL);

  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, g_strdup_printf ("%" G_GUINT64_FORMAT, tc_session_get_id (session)));
  tc_cli_grid_add_take (grid, style, g_strdup_printf ("%s %s", tc_cli_state_sign (state),
                                                      tc_session_state_to_string (state)));
  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, tc_session_dup_title (session));
  tc_cli_grid_add (grid, TC_CLI_PLAIN, tc_session_get_config (session)->provider);
  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, tc_cli_session_epochs (session));
  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, tc_cli_format_loss (progress->train_loss, progress->has_train_loss));
  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, tc_cli_format_loss (progress->val_loss, progress->has_val_loss));
  tc_cli_grid_add (grid, TC_CLI_DIM, is_active && progress->eta_seconds >= 0 ? eta : note);
}

/**
 * tc_cli_print_sessions:
 * @cli: what a command works with
 * @queue: the engine's listing
 *
 * Prints one line a session.
 *
 * Returns: the exit code
 */
int
tc_cli_print_sessions (TcCli      *cli,
                       JsonObject *queue)
{
  g_autoptr(TcCliGrid) grid = tc_cli_grid_new (">#|STATE|SESSION|PROVIDER|>EPOCH|>TRAIN|>VAL|");
  JsonArray *sessions = tc_json_get_array (queue, "sessions");
  guint length = sessions != NULL ? json_array_get_length (sessions) : 0;
  int code = TC_CLI_OK;

  for (guint i = 0; i < length; i++)
    {
      g_autoptr(GError) error = NULL;
      JsonNode *node = json_array_get_element (sessions, i);
      g_autoptr(TcSession) session = NULL;

      if (JSON_NODE_HOLDS_OBJECT (node))
        session = tc_session_from_json (json_node_get_object (node), &error);
      if (session != NULL)
        add_row (grid, session, g_get_real_time ());
      else if (error != NULL)
        code = tc_cli_fail (error);
    }

  if (length == 0)
    tc_cli_print ("There are no sessions. Add one with “trainctl queue add” or “trainctl curriculum”.\n");
  else if (tc_cli_print_grid (cli, grid) != TC_CLI_OK)
    code = TC_CLI_FAILURE;
  if (tc_json_get_boolean (queue, "paused", FALSE))
    tc_cli_print ("The queue is paused; “trainctl start” starts it.\n");

  return code;
}

static void
append_line (GString    *out,
             const char *what,
             const char *text)
{
  g_autofree char *shown = NULL;

  if (text == NULL || text[0] == '\0')
    return;
  shown = tc_text_sanitize (text, -1, ABOUT_BYTES * 10, TC_TEXT_SINGLE_LINE);
  g_string_append_printf (out, "  %-14s %s\n", what, shown);
}

static void
append_line_take (GString    *out,
                  const char *what,
                  char       *text)
{
  g_autofree char *taken = text;

  append_line (out, what, taken);
}

static void
append_moment (GString    *out,
               const char *what,
               gint64      at_us)
{
  g_autoptr(GDateTime) utc = at_us > 0 ? g_date_time_new_from_unix_utc (at_us / G_USEC_PER_SEC) : NULL;
  g_autoptr(GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  if (local != NULL)
    append_line_take (out, what, g_date_time_format (local, "%Y-%m-%d %H:%M:%S"));
}

static void
append_progress (GString          *out,
                 TcSession        *session,
                 const TcProgress *progress)
{
  g_autofree char *train = tc_cli_format_loss (progress->train_loss, progress->has_train_loss);
  g_autofree char *val = tc_cli_format_loss (progress->val_loss, progress->has_val_loss);
  g_autofree char *best = tc_cli_format_loss (progress->best_val_loss, !isnan (progress->best_val_loss));

  append_line_take (out, "epoch", tc_cli_session_epochs (session));
  if (progress->has_train_loss || progress->has_val_loss)
    append_line_take (out, "loss", g_strdup_printf ("train %s, validation %s", train, val));
  if (progress->best_epoch > 0)
    append_line_take (out, "best", g_strdup_printf ("validation %s at epoch %u", best, progress->best_epoch));
  if (progress->tokens_per_second > 0)
    {
      g_autofree char *speed = tc_cli_format_count (progress->tokens_per_second);

      append_line_take (out, "speed", g_strdup_printf ("%s tokens/s", speed));
    }
  if (progress->parameters > 0)
    append_line_take (out, "parameters", tc_cli_format_count (progress->parameters));
  if (progress->elapsed_seconds > 0)
    append_line_take (out, "running for", tc_cli_format_seconds (progress->elapsed_seconds));
  if (tc_session_state_is_active (tc_session_get_state (session)) && progress->eta_seconds >= 0)
    append_line_take (out, "left", tc_cli_format_eta (progress->eta_seconds, g_get_real_time (), NULL));
}

static void
append_config (GString         *out,
               TcSessionConfig *config)
{
  append_line (out, "provider", config->provider);
  append_line (out, "model", config->model);
  append_line (out, "script", config->script);
  append_line (out, "python", config->python);
  append_line (out, "command", config->command);
  append_line (out, "corpus", config->corpus_file != NULL ? config->corpus_file : config->corpus);
  append_line (out, "target", config->target);
  append_line (out, "goes on from", config->resume_from);
  if (config->after != 0)
    append_line_take (out, "after", g_strdup_printf ("#%" G_GUINT64_FORMAT, config->after));
}

/**
 * tc_cli_print_session:
 * @cli: what a command works with
 * @session: a session
 * @run_dir: (nullable): its run folder
 *
 * Prints all there is to say about one session.
 *
 * Returns: the exit code
 */
int
tc_cli_print_session (TcCli      *cli,
                      TcSession  *session,
                      const char *run_dir)
{
  TcSessionState state = tc_session_get_state (session);
  GStrv left_out = tc_session_get_left_out (session);
  g_autofree char *title = tc_session_dup_title (session);
  g_autofree char *shown = tc_text_sanitize (title, -1, ABOUT_BYTES, TC_TEXT_SINGLE_LINE);
  g_autofree char *words = g_strdup_printf ("%s %s", tc_cli_state_sign (state),
                                            tc_session_state_to_string (state));
  g_autofree char *painted = tc_cli_paint (tc_cli_state_style (state), words, cli->has_colours);
  g_autoptr(GString) out = g_string_new (NULL);

  g_string_append_printf (out, "#%" G_GUINT64_FORMAT " %s  %s\n", tc_session_get_id (session), shown, painted);
  append_line (out, "reason", tc_session_get_reason (session));
  append_line (out, "waits for", tc_session_get_waiting_for (session));
  append_progress (out, session, tc_session_get_progress (session));
  append_config (out, tc_session_get_config (session));
  if (tc_session_get_attempt (session) > 1)
    append_line_take (out, "attempt", g_strdup_printf ("%u", tc_session_get_attempt (session)));
  append_moment (out, "queued", tc_session_get_created_at (session));
  append_moment (out, "started", tc_session_get_started_at (session));
  append_moment (out, "ended", tc_session_get_ended_at (session));
  append_line (out, "best weights", tc_session_get_best_checkpoint (session));
  append_line (out, "last weights", tc_session_get_last_checkpoint (session));
  if (left_out != NULL && left_out[0] != NULL)
    append_line_take (out, "left out", g_strjoinv (" ", left_out));
  append_line_take (out, "tags", g_strjoinv (", ", (GStrv) tc_session_get_tags (session)));
  append_line (out, "note", tc_session_get_note (session));
  append_line (out, "folder", run_dir);

  return tc_cli_print (out->str);
}
