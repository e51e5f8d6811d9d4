/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-watch-plain.h"

#include "tc-cli-text.h"
#include "tc-text.h"

#define TEXT_MAX_BYTES 1000

/**
 * tc_watch_plain_clear:
 * @self: a plain view
 *
 * Forgets what was told. A zeroed struct is cleared.
 */
void
tc_watch_plain_clear (TcWatchPlain *self)
{
  g_clear_pointer (&self->gates, g_hash_table_unref);
  *self = (TcWatchPlain) { 0 };
}

static void
begin (TcWatchPlain *self,
       TcWatchRun   *run)
{
  tc_watch_plain_clear (self);
  self->session_id = tc_session_get_id (run->session);
  self->attempt = tc_session_get_attempt (run->session);
  self->state = TC_SESSION_N_STATES;
  self->gates = g_hash_table_new (NULL, NULL);
}

static void
append_head (GString    *out,
             TcWatchRun *run)
{
  g_string_append_printf (out, "#%" G_GUINT64_FORMAT " ", tc_session_get_id (run->session));
}

static void
append_state (GString    *out,
              TcWatchRun *run)
{
  const TcProgress *progress = tc_session_get_progress (run->session);
  TcSessionState state = tc_session_get_state (run->session);
  const char *reason = tc_session_get_reason (run->session);
  g_autofree char *title = tc_session_dup_title (run->session);
  g_autofree char *shown = tc_text_sanitize (title, -1, TEXT_MAX_BYTES, TC_TEXT_SINGLE_LINE);

  append_head (out, run);
  g_string_append_printf (out, "%s %s: %s", tc_cli_state_sign (state), tc_session_state_to_string (state), shown);
  if (tc_session_get_attempt (run->session) > 1)
    g_string_append_printf (out, ", attempt %u", tc_session_get_attempt (run->session));
  if (tc_session_state_is_final (state) && progress->elapsed_seconds > 0)
    {
      g_autofree char *elapsed = tc_cli_format_seconds (progress->elapsed_seconds);

      g_string_append_printf (out, ", after %s", elapsed);
    }
  if (reason != NULL && !tc_session_state_is_active (state) && state != TC_SESSION_COMPLETED)
    {
      g_autofree char *why = tc_text_sanitize (reason, -1, TEXT_MAX_BYTES, TC_TEXT_SINGLE_LINE);

      g_string_append_printf (out, " (%s)", why);
    }
  g_string_append_c (out, '\n');
}

static void
append_epoch (GString            *out,
              TcWatchRun         *run,
              const TcWatchEpoch *epoch)
{
  const TcProgress *progress = tc_session_get_progress (run->session);
  g_autofree char *train = tc_cli_format_loss (epoch->train_loss, epoch->has_train_loss);
  g_autofree char *val = tc_cli_format_loss (epoch->val_loss, epoch->has_val_loss);
  gboolean is_last = epoch->epoch + 1 >= progress->epoch;

  append_head (out, run);
  g_string_append_printf (out, "epoch %u/%u  train %s  validation %s", epoch->epoch,
                          MAX (progress->total_epochs, epoch->epoch), train, val);
  if (is_last && progress->eta_seconds > 0 && tc_session_state_is_active (tc_session_get_state (run->session)))
    {
      g_autofree char *eta = tc_cli_format_eta (progress->eta_seconds, g_get_real_time (), NULL);

      g_string_append_printf (out, "  %s left", eta);
    }
  g_string_append_c (out, '\n');
}

/* The validation loss comes after the training loss. An epoch with only one of
 * them is told when there is nothing more to wait for. In a second attempt the
 * epochs beyond the present one are the first attempt's. */
static void
append_epochs (TcWatchPlain *self,
               GString      *out,
               TcWatchRun   *run)
{
  gboolean is_final = tc_session_state_is_final (tc_session_get_state (run->session));
  guint present = tc_session_get_progress (run->session)->epoch;

  for (guint i = 0; i < run->epochs->len; i++)
    {
      const TcWatchEpoch *epoch = &g_array_index (run->epochs, TcWatchEpoch, i);

      if (epoch->epoch <= self->epoch)
        continue;
      if (self->attempt > 1 && epoch->epoch > present)
        break;
      if (!epoch->has_val_loss && i + 1 == run->epochs->len && !is_final)
        break;
      append_epoch (out, run, epoch);
      self->epoch = epoch->epoch;
    }
}

static void
append_gates (TcWatchPlain *self,
              GString      *out,
              TcWatchRun   *run)
{
  for (guint i = 0; i < run->gates->len; i++)
    {
      const TcGate *gate = g_ptr_array_index (run->gates, i);
      g_autofree char *text = NULL;

      if (gate->attempt < self->attempt || !g_hash_table_add (self->gates, GUINT_TO_POINTER (gate->epoch)))
        continue;
      text = tc_text_sanitize (gate->text != NULL ? gate->text : "", -1, TEXT_MAX_BYTES, TC_TEXT_SINGLE_LINE);
      append_head (out, run);
      g_string_append_printf (out, "%s gate at epoch %u: %s%s%s\n", tc_cli_gate_sign (gate->result), gate->epoch,
                              gate->result, text[0] != '\0' ? ": " : "", text);
    }
}

static void
append_events (TcWatchPlain *self,
               GString      *out,
               TcWatchRun   *run)
{
  for (; self->n_events < run->events->len; self->n_events++)
    {
      const TcEvent *event = g_ptr_array_index (run->events, self->n_events);
      g_autofree char *text = tc_text_sanitize (event->text, -1, TEXT_MAX_BYTES, TC_TEXT_SINGLE_LINE);

      append_head (out, run);
      g_string_append_printf (out, "%s: %s\n", tc_severity_to_string (event->severity), text);
    }
}

/**
 * tc_watch_plain_skip:
 * @self: a plain view
 * @run: a watched run
 *
 * Counts what is known as told: it happened before the view began.
 */
void
tc_watch_plain_skip (TcWatchPlain *self,
                     TcWatchRun   *run)
{
  begin (self, run);
  if (run->epochs->len > 0)
    self->epoch = g_array_index (run->epochs, TcWatchEpoch, run->epochs->len - 1).epoch;
  for (guint i = 0; i < run->gates->len; i++)
    g_hash_table_add (self->gates, GUINT_TO_POINTER (((TcGate *) g_ptr_array_index (run->gates, i))->epoch));
  self->n_events = run->events->len;
}

/**
 * tc_watch_plain_update:
 * @self: a plain view
 * @run: a watched run
 *
 * Returns: (transfer full): what is new, as lines; "" if nothing is
 */
char *
tc_watch_plain_update (TcWatchPlain *self,
                       TcWatchRun   *run)
{
  GString *out = g_string_new (NULL);
  TcSessionState state = tc_session_get_state (run->session);
  gboolean is_final = tc_session_state_is_final (state);

  if (self->session_id != tc_session_get_id (run->session) ||
      self->attempt != tc_session_get_attempt (run->session))
    begin (self, run);

  if (self->state != state && !is_final)
    append_state (out, run);
  append_epochs (self, out, run);
  append_gates (self, out, run);
  append_events (self, out, run);
  if (self->state != state && is_final)
    append_state (out, run);
  self->state = state;

  return g_string_free (out, FALSE);
}
