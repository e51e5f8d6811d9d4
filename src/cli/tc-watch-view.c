/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-watch-view.h"

#include <math.h>
#include <stdarg.h>

#include "tc-cli-session.h"
#include "tc-text.h"

#define BAR_MAX_WIDTH 40
#define SPARK_MAX_WIDTH 40
#define TEXT_MAX_BYTES 1000

/* The epochs whose gates the production scripts run. */
static const guint gate_epochs[] = { 1, 5, 10, 20, 50, 100, 150, 200 };

static void G_GNUC_PRINTF (3, 4)
add_line (GPtrArray         *lines,
          const TcWatchView *view,
          const char        *format,
          ...)
{
  g_autofree char *line = NULL;
  va_list args;

  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  g_ptr_array_add (lines, tc_cli_text_fit (line, view->width, FALSE));
}

static char *
harmless (const char *text)
{
  return tc_text_sanitize (text != NULL ? text : "", -1, TEXT_MAX_BYTES, TC_TEXT_SINGLE_LINE);
}

static void
add_header (GPtrArray         *lines,
            const TcWatchView *view)
{
  TcSession *session = view->run->session;
  TcSessionState state = tc_session_get_state (session);
  g_autofree char *title = tc_session_dup_title (session);
  g_autofree char *shown = harmless (title);
  g_autofree char *head = g_strdup_printf ("#%" G_GUINT64_FORMAT " %s", tc_session_get_id (session), shown);
  g_autofree char *bold = tc_cli_paint (TC_CLI_BOLD, head, view->has_colours);
  g_autofree char *words = g_strdup_printf ("%s %s", tc_cli_state_sign (state), tc_session_state_to_string (state));
  g_autofree char *painted = tc_cli_paint (tc_cli_state_style (state), words, view->has_colours);
  g_autofree char *attempt = NULL;
  g_autofree char *place = NULL;

  if (tc_session_get_attempt (session) > 1)
    attempt = g_strdup_printf (" · attempt %u", tc_session_get_attempt (session));
  if (view->total > 1)
    place = g_strdup_printf (" · session %u of %u", view->index, view->total);
  add_line (lines, view, "%s  %s%s%s", bold, painted, attempt != NULL ? attempt : "", place != NULL ? place : "");
}

static void
add_bar (GPtrArray         *lines,
         const TcWatchView *view)
{
  TcSession *session = view->run->session;
  const TcProgress *progress = tc_session_get_progress (session);
  double fraction = tc_session_get_fraction (session);
  g_autofree char *epochs = tc_cli_session_epochs (session);
  g_autofree char *bar = tc_cli_format_bar (fraction, CLAMP (view->width / 3, 5, BAR_MAX_WIDTH));
  g_autofree char *painted = tc_cli_paint (TC_CLI_CYAN, bar, view->has_colours);
  g_autofree char *batch = NULL;

  if (progress->batches > 0)
    batch = g_strdup_printf ("  batch %u/%u", progress->batch, progress->batches);
  add_line (lines, view, "epoch  %-8s %s %3.0f %%%s", epochs, painted,
            100 * (isnan (fraction) ? 0 : fraction), batch != NULL ? batch : "");
}

static void
add_losses (GPtrArray         *lines,
            const TcWatchView *view)
{
  const TcProgress *progress = tc_session_get_progress (view->run->session);
  g_autofree char *train = tc_cli_format_loss (progress->train_loss, progress->has_train_loss);
  g_autofree char *val = tc_cli_format_loss (progress->val_loss, progress->has_val_loss);
  g_autofree char *best = tc_cli_format_loss (progress->best_val_loss, progress->best_epoch > 0);
  g_autofree char *best_epoch = progress->best_epoch > 0 ? g_strdup_printf (" (epoch %u)", progress->best_epoch) : NULL;
  g_autofree char *count = tc_cli_format_count (progress->tokens_per_second);
  g_autofree char *speed = progress->tokens_per_second > 0 ? g_strdup_printf ("   %s tokens/s", count) : NULL;

  add_line (lines, view, "loss   train %s   validation %s   best %s%s%s", train, val, best,
            best_epoch != NULL ? best_epoch : "", speed != NULL ? speed : "");
}

static void
add_times (GPtrArray         *lines,
           const TcWatchView *view)
{
  TcSession *session = view->run->session;
  const TcProgress *progress = tc_session_get_progress (session);
  g_autofree char *elapsed = tc_cli_format_seconds (progress->elapsed_seconds);
  g_autofree char *eta = tc_cli_format_eta (progress->eta_seconds, view->now_us, view->zone);

  if (tc_session_state_is_active (tc_session_get_state (session)))
    add_line (lines, view, "time   %s so far, %s left", elapsed, progress->eta_seconds >= 0 ? eta : "not known yet how much");
  else if (progress->elapsed_seconds > 0)
    add_line (lines, view, "time   %s", elapsed);
}

static void
add_spark (GPtrArray         *lines,
           const TcWatchView *view)
{
  GArray *epochs = view->run->epochs;
  g_autoptr(GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
  g_autofree char *spark = NULL;
  g_autofree char *painted = NULL;
  g_autofree char *first = NULL;
  g_autofree char *last = NULL;

  for (guint i = 0; i < epochs->len; i++)
    {
      TcWatchEpoch *epoch = &g_array_index (epochs, TcWatchEpoch, i);

      if (epoch->has_val_loss)
        g_array_append_val (values, epoch->val_loss);
    }
  if (values->len < 2)
    return;

  spark = tc_cli_format_spark ((double *) (void *) values->data, values->len,
                               CLAMP (view->width / 3, 5, SPARK_MAX_WIDTH));
  painted = tc_cli_paint (TC_CLI_CYAN, spark, view->has_colours);
  first = tc_cli_format_loss (g_array_index (values, double, 0), TRUE);
  last = tc_cli_format_loss (g_array_index (values, double, values->len - 1), TRUE);
  add_line (lines, view, "curve  %s %s %s", first, painted, last);
}

static const TcGate *
find_gate (TcWatchRun *run,
           guint       epoch)
{
  for (guint i = 0; i < run->gates->len; i++)
    {
      const TcGate *gate = g_ptr_array_index (run->gates, i);

      if (gate->epoch == epoch)
        return gate;
    }

  return NULL;
}

static void
append_gate (GString           *out,
             const TcWatchView *view,
             guint              epoch,
             const char        *result)
{
  g_autofree char *text = g_strdup_printf ("%s%u", result != NULL ? tc_cli_gate_sign (result) : "·", epoch);
  g_autofree char *painted = tc_cli_paint (result != NULL ? tc_cli_gate_style (result) : TC_CLI_DIM,
                                           text, view->has_colours);

  g_string_append_printf (out, "%s%s", out->len > 0 ? " " : "", painted);
}

/* Gates still to come are dots; those of a script's own epochs are shown too. */
static void
add_gates (GPtrArray         *lines,
           const TcWatchView *view)
{
  TcWatchRun *run = view->run;
  guint total = tc_session_get_progress (run->session)->total_epochs;
  g_autoptr(GString) out = g_string_new (NULL);
  const TcGate *last = run->gates->len > 0 ? g_ptr_array_index (run->gates, run->gates->len - 1) : NULL;
  g_autofree char *word = NULL;

  for (guint i = 0; i < run->gates->len; i++)
    {
      const TcGate *gate = g_ptr_array_index (run->gates, i);

      append_gate (out, view, gate->epoch, gate->result);
    }
  for (guint next = 0; next < G_N_ELEMENTS (gate_epochs); next++)
    {
      if (gate_epochs[next] <= total && find_gate (run, gate_epochs[next]) == NULL &&
          (last == NULL || gate_epochs[next] > last->epoch) &&
          !tc_session_state_is_final (tc_session_get_state (run->session)))
        append_gate (out, view, gate_epochs[next], NULL);
    }
  if (out->len == 0)
    return;

  word = last != NULL && last->text != NULL ? harmless (last->text) : NULL;
  add_line (lines, view, "gates  %s%s%s", out->str, word != NULL ? "   " : "", word != NULL ? word : "");
}

/* Foreign text behind a word of ours, in a colour. */
static void
add_words (GPtrArray         *lines,
           const TcWatchView *view,
           const char        *what,
           const char        *text,
           TcCliStyle         style)
{
  g_autofree char *shown = harmless (text);
  g_autofree char *painted = tc_cli_paint (style, shown, view->has_colours);

  if (shown[0] != '\0')
    add_line (lines, view, "%-6s %s", what, painted);
}

static void
add_event (GPtrArray         *lines,
           const TcWatchView *view)
{
  static const TcCliStyle styles[] = { TC_CLI_PLAIN, TC_CLI_YELLOW, TC_CLI_RED };
  GPtrArray *events = view->run->events;
  const TcEvent *event = events->len > 0 ? g_ptr_array_index (events, events->len - 1) : NULL;

  if (event != NULL)
    add_words (lines, view, "event", event->text, styles[MIN (event->severity, TC_SEVERITY_ERROR)]);
}

/* Why a session is not running. */
static void
add_reason (GPtrArray         *lines,
            const TcWatchView *view)
{
  TcSession *session = view->run->session;
  TcSessionState state = tc_session_get_state (session);

  if (state == TC_SESSION_QUEUED)
    {
      add_words (lines, view, "waits", tc_session_get_waiting_for (session), TC_CLI_PLAIN);
      if (view->is_paused)
        add_words (lines, view, "waits", "the queue is paused; “trainctl start” starts it", TC_CLI_PLAIN);
    }
  else if (state != TC_SESSION_COMPLETED)
    add_words (lines, view, "why", tc_session_get_reason (session), tc_cli_state_style (state));
}

static void
add_problem (GPtrArray         *lines,
             const TcWatchView *view)
{
  g_autofree char *sentence = NULL;

  if (view->problem == NULL)
    return;
  sentence = g_strdup_printf ("%s; what runs goes on. Connecting again…", view->problem);
  add_words (lines, view, "engine", sentence, TC_CLI_YELLOW);
}

/**
 * tc_watch_view_render:
 * @view: what to show, and how
 *
 * Returns: (transfer full) (element-type utf8): lines that fit the width
 */
GPtrArray *
tc_watch_view_render (const TcWatchView *view)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  TcSessionState state = tc_session_get_state (view->run->session);
  gboolean has_begun = state != TC_SESSION_QUEUED && state != TC_SESSION_BLOCKED && state != TC_SESSION_SKIPPED;

  add_header (lines, view);
  if (has_begun)
    {
      add_bar (lines, view);
      add_losses (lines, view);
      add_times (lines, view);
      add_spark (lines, view);
      add_gates (lines, view);
    }
  add_event (lines, view);
  if (tc_session_state_is_active (state))
    add_words (lines, view, "log", view->run->log_line, TC_CLI_DIM);
  else
    add_reason (lines, view);
  add_problem (lines, view);

  return lines;
}
