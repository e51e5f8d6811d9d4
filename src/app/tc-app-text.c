/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-app-text.h"

#include <glib/gi18n.h>
#include <math.h>

#include "tc-duration.h"
#include "tc-sentence.h"
#include "tc-text.h"

#define TITLE_BYTES 200

/* One row a state: what it is called, its icon, its style class. */
static const struct {
  const char *name;
  const char *icon;
  const char *style;
} states[TC_SESSION_N_STATES] = {
  [TC_SESSION_QUEUED] = { N_("Queued"), "tc-queued-symbolic", "warning" },
  [TC_SESSION_BLOCKED] = { N_("Waiting"), "tc-queued-symbolic", "warning" },
  [TC_SESSION_STARTING] = { N_("Starting"), "media-playback-start-symbolic", "accent" },
  [TC_SESSION_RUNNING] = { N_("Running"), "media-playback-start-symbolic", "accent" },
  [TC_SESSION_PAUSED] = { N_("Paused"), "media-playback-pause-symbolic", "dim-label" },
  [TC_SESSION_COMPLETED] = { N_("Completed"), "object-select-symbolic", "success" },
  [TC_SESSION_FAILED] = { N_("Failed"), "dialog-error-symbolic", "error" },
  [TC_SESSION_CANCELLED] = { N_("Cancelled"), "process-stop-symbolic", "dim-label" },
  [TC_SESSION_SKIPPED] = { N_("Skipped"), "media-skip-forward-symbolic", "dim-label" },
};

const char *
tc_app_text_get_state (TcSessionState state)
{
  return _(states[state].name);
}

const char *
tc_app_text_get_state_icon (TcSessionState state)
{
  return states[state].icon;
}

const char *
tc_app_text_get_state_class (TcSessionState state)
{
  return states[state].style;
}

/** tc_app_text_get_corpus: Returns: (transfer none): "English Mastery" */
const char *
tc_app_text_get_corpus (TcSessionConfig *config)
{
  static const char *const corpora[] = {
    N_("Training"), N_("English Mastery"), N_("HLX Family"), N_("Translation")
  };
  guint phase = tc_session_config_get_phase (config);

  return _(corpora[phase < G_N_ELEMENTS (corpora) ? phase : 0]);
}

/** tc_app_text_dup_target: Returns: "Helix100m" for "helix-100m" */
char *
tc_app_text_dup_target (TcSessionConfig *config)
{
  if (!g_str_has_prefix (config->target, "helix-"))
    return tc_text_sanitize (config->target, -1, TITLE_BYTES, TC_TEXT_SINGLE_LINE);

  return g_strconcat ("Helix", config->target + strlen ("helix-"), NULL);
}

/** tc_app_text_dup_title: Returns: "Grok 4.7 → Helix100m", "English Mastery → Helix1m" where no model teaches */
char *
tc_app_text_dup_title (TcSession *session)
{
  TcSessionConfig *config = tc_session_get_config (session);
  g_autofree char *target = tc_app_text_dup_target (config);
  g_autofree char *model = NULL;

  if (config->title != NULL && config->title[0] != '\0')
    return tc_text_sanitize (config->title, -1, TITLE_BYTES, TC_TEXT_SINGLE_LINE);
  if (config->model == NULL)
    return g_strdup_printf ("%s → %s", config->command != NULL ? _("Your own command")
                                                               : tc_app_text_get_corpus (config), target);
  model = tc_text_sanitize (config->model_name != NULL ? config->model_name : config->model, -1,
                            TITLE_BYTES, TC_TEXT_SINGLE_LINE);

  return g_strdup_printf ("%s → %s", model, target);
}

/** tc_app_text_dup_subtitle: Returns: "English Mastery · 200 epochs", what the title does not say of it, or the command */
char *
tc_app_text_dup_subtitle (TcSession *session)
{
  TcSessionConfig *config = tc_session_get_config (session);
  g_autofree char *epochs = g_strdup_printf (ngettext ("%u epoch", "%u epochs", config->epochs),
                                             config->epochs);

  if (config->command != NULL)
    return tc_text_sanitize (config->command, -1, TITLE_BYTES, TC_TEXT_SINGLE_LINE);

  /* Where no model teaches the title has the corpus. */
  if (config->model == NULL && (config->title == NULL || config->title[0] == '\0'))
    return g_steal_pointer (&epochs);

  return g_strdup_printf ("%s · %s", tc_app_text_get_corpus (config), epochs);
}

/* The engine names the session that must come first by its number only. */
static char *
dup_waiting (TcSession *session,
             TcQueue   *queue)
{
  guint64 after = tc_session_get_config (session)->after;
  TcSession *before = after != 0 && queue != NULL ? tc_queue_lookup (queue, after) : NULL;
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, after);
  g_autofree char *said = g_strconcat ("Waits for session ", number, NULL);
  const char *text = tc_session_get_waiting_for (session);
  g_autofree char *title = NULL;

  if (before == NULL || text == NULL || !g_str_has_prefix (text, said))
    return tc_sentence_dup_local (text);
  title = tc_app_text_dup_title (before);
  if (text[strlen (said)] == '\0')
    /* Translators: the number and the title of a session */
    return g_strdup_printf (_("Waits for session %s, “%s”"), number, title);
  if (tc_session_get_state (before) == TC_SESSION_FAILED)
    /* Translators: the number and the title of a session */
    return g_strdup_printf (_("Waits for session %s, “%s”, which failed: retry that one, or remove this"),
                            number, title);

  return tc_sentence_dup_local (text);
}

/**
 * tc_app_text_dup_note:
 * @queue: (nullable): where the session is that it waits for
 *
 * Returns: (nullable): why it is as it is: the reason of a failure, or what it
 *   waits for
 */
char *
tc_app_text_dup_note (TcSession *session,
                      TcQueue   *queue)
{
  TcSessionState state = tc_session_get_state (session);
  g_autofree char *said = NULL;

  if (state == TC_SESSION_QUEUED || state == TC_SESSION_BLOCKED)
    said = dup_waiting (session, queue);
  else if (state != TC_SESSION_COMPLETED && !tc_session_state_is_active (state))
    said = tc_sentence_dup_local (tc_session_get_reason (session));

  return said != NULL ? tc_text_sanitize (said, -1, -1, TC_TEXT_SINGLE_LINE) : NULL;
}

/** tc_app_text_dup_progress: Returns: (nullable): "Epoch 47 of 200" */
char *
tc_app_text_dup_progress (TcSession *session)
{
  const TcProgress *progress = tc_session_get_progress (session);
  guint total = progress->total_epochs > 0 ? progress->total_epochs
                                           : tc_session_get_config (session)->epochs;

  if (progress->epoch == 0)
    return NULL;

  return g_strdup_printf (_("Epoch %u of %u"), progress->epoch, total);
}

/** tc_app_text_dup_loss: Returns: "2.416", or that there is none */
char *
tc_app_text_dup_loss (double   loss,
                      gboolean has_loss)
{
  if (!has_loss)
    return g_strdup ("–");
  if (!isfinite (loss))
    return g_strdup (_("not a number"));

  return g_strdup_printf (loss != 0 && fabs (loss) < 0.001 ? "%.2e" : "%.3f", loss);
}

/**
 * tc_app_text_dup_end:
 * @now_us: UTC
 *
 * Returns: (nullable): "Done ≈ 03:40 tomorrow"; how long it took when it has ended
 */
char *
tc_app_text_dup_end (TcSession *session,
                     gint64     now_us)
{
  const TcProgress *progress = tc_session_get_progress (session);
  g_autoptr(GTimeZone) zone = g_time_zone_new_local ();
  g_autofree char *moment = NULL;

  if (tc_session_state_is_final (tc_session_get_state (session)))
    return progress->elapsed_seconds > 0
             ? tc_duration_format ((gint64) (progress->elapsed_seconds * G_USEC_PER_SEC)) : NULL;
  if (tc_session_get_state (session) != TC_SESSION_RUNNING || progress->eta_seconds < 0)
    return NULL;
  moment = tc_moment_format (now_us + (gint64) (progress->eta_seconds * G_USEC_PER_SEC), now_us, zone);

  /* Translators: about when a training will be done, "Done ≈ 03:40 tomorrow"; %s is "≈ 03:40 tomorrow" */
  return g_strdup_printf (_("Done %s"), moment);
}
