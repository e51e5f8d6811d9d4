/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-text.h"
#include "tc-verdict-policy.h"

/* Of a recommendation in an event; the verdict has all of it. */
#define MAX_WORDS_BYTES 300

/**
 * tc_verdict_policy_decide:
 * @policy: "off", "notify", "pause" or "stop"
 *
 * Returns: what is to be done: "pause" pauses at D or worse, "stop" pauses at D
 *   and stops at F
 */
TcVerdictAction
tc_verdict_policy_decide (const char      *policy,
                          const TcVerdict *verdict)
{
  const char *grade = tc_verdict_get_grade (verdict);
  gboolean is_failing = g_strcmp0 (grade, "F") == 0;

  if (!is_failing && g_strcmp0 (grade, "D") != 0)
    return TC_VERDICT_ACTION_NONE;
  if (g_strcmp0 (policy, "stop") == 0)
    return is_failing ? TC_VERDICT_ACTION_STOP : TC_VERDICT_ACTION_PAUSE;

  return g_strcmp0 (policy, "pause") == 0 ? TC_VERDICT_ACTION_PAUSE : TC_VERDICT_ACTION_NONE;
}

/** tc_verdict_get_severity: Returns: how bad the news is */
TcSeverity
tc_verdict_get_severity (const TcVerdict *verdict)
{
  const char *grade = tc_verdict_get_grade (verdict);

  if (g_strcmp0 (grade, "F") == 0)
    return TC_SEVERITY_ERROR;

  return g_strcmp0 (grade, "D") == 0 ? TC_SEVERITY_WARNING : TC_SEVERITY_INFO;
}

static char *
dup_words (const TcVerdict *verdict)
{
  if (verdict->recommendation == NULL)
    return g_strdup ("");

  return tc_text_sanitize (verdict->recommendation, -1, MAX_WORDS_BYTES, TC_TEXT_SINGLE_LINE);
}

/** tc_verdict_dup_sentence: Returns: (transfer full): the verdict for an event */
char *
tc_verdict_dup_sentence (const TcVerdict *verdict)
{
  g_autofree char *words = dup_words (verdict);

  if (verdict->error != NULL)
    return g_strdup_printf ("No verdict at epoch %u: %s", verdict->epoch, verdict->error);

  return g_strdup_printf ("Verdict at epoch %u: %s, %u of 100 points, %s%s%s", verdict->epoch,
                          tc_verdict_get_grade (verdict), verdict->score,
                          tc_verdict_status_to_string (verdict->status),
                          *words != '\0' ? ". " : "", words);
}

/** tc_verdict_dup_stop_reason: Returns: (transfer full): what follows "Stopped
 *  by its supervisor: " */
char *
tc_verdict_dup_stop_reason (const TcVerdict *verdict)
{
  g_autofree char *words = dup_words (verdict);

  return g_strdup_printf ("grade %s at epoch %u, %u of 100 points.%s%s",
                          tc_verdict_get_grade (verdict), verdict->epoch, verdict->score,
                          *words != '\0' ? " " : "", words);
}

/**
 * tc_verdict_dup_cause:
 * @verdict: one with an error
 *
 * Returns: (transfer full): the error without its figures, so that the same
 *   cause is told once whatever the sum or the time in it
 */
char *
tc_verdict_dup_cause (const TcVerdict *verdict)
{
  GString *cause = g_string_new (NULL);

  for (const char *p = verdict->error; *p != '\0'; p++)
    {
      if (!g_ascii_isdigit (*p))
        g_string_append_c (cause, *p);
    }

  return g_string_free (cause, FALSE);
}
