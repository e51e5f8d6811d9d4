/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-details-text.h"

#include <glib/gi18n.h>

#include "tc-clock.h"
#include "tc-duration.h"
#include "tc-facts-text.h"
#include "tc-json.h"
#include "tc-money.h"
#include "tc-text.h"

/* Below it nobody would call it a pause. */
#define STILL_SECONDS 5

static char *
dup_amount (const char *member,
            JsonObject *object,
            const char *key)
{
  double number = tc_json_get_double (object, key, -1);
  TcMoney money;

  if (g_str_equal (member, "money"))
    return tc_money_parse (tc_json_get_string (object, key, ""), &money, NULL)
             ? tc_facts_text_dup_money (money) : NULL;
  if (number < 0 || !tc_json_has (object, key))
    return NULL;
  if (g_str_equal (member, "time"))
    return tc_duration_format ((gint64) (number * G_USEC_PER_SEC));

  return g_format_size ((guint64) number);
}

static char *
dup_expected (JsonObject *outcome,
              const char *member)
{
  JsonObject *range = tc_json_get_object (tc_json_get_object (outcome, "estimate"), member);
  g_autofree char *low = dup_amount (member, range, "low");
  g_autofree char *high = dup_amount (member, range, "high");

  if (low == NULL || high == NULL)
    return NULL;

  /* Translators: a range, "12 min to 15 min" */
  return g_str_equal (low, high) ? g_steal_pointer (&low) : g_strdup_printf (_("%s to %s"), low, high);
}

static char *
dup_taken (JsonObject *outcome,
           const char *member)
{
  static const struct { const char *member; const char *key; } keys[] = {
    { "time", "seconds" }, { "money", "spent_usd" }, { "disk", "disk_bytes" }, { "memory", "max_rss_bytes" },
  };
  JsonObject *truth = tc_json_get_object (outcome, "truth");

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      if (!g_str_equal (keys[i].member, member))
        continue;
      /* No size is 0: that is how "not known" is written. */
      if (i >= 2 && tc_json_get_double (truth, keys[i].key, 0) <= 0)
        return NULL;
      return dup_amount (member, truth, keys[i].key);
    }

  return NULL;
}

/**
 * tc_details_text_dup_outcome:
 * @outcome: (nullable): see the schema "EstimateAndTruth"
 * @member: "time", "money", "disk" or "memory"
 *
 * Returns: "Expected 12 min to 15 min, took 13 min"
 */
char *
tc_details_text_dup_outcome (JsonObject *outcome,
                             const char *member)
{
  g_autofree char *expected = dup_expected (outcome, member);
  g_autofree char *taken = dup_taken (outcome, member);

  if (expected != NULL && taken != NULL)
    /* Translators: a range, and what it was in the end */
    return g_strdup_printf (_("Expected %s, came to %s"), expected, taken);
  if (expected != NULL)
    return g_strdup_printf (_("Expected %s"), expected);
  if (taken != NULL)
    return g_strdup_printf (_("Not estimated, came to %s"), taken);

  return NULL;
}

static const char *
get_stopper (const char *who)
{
  static const struct { const char *who; const char *text; } texts[] = {
    { "user", N_("stopped by you") },
    { "rule", N_("stopped by the watchdog") },
    { "budget", N_("stopped by the budget") },
    { "gate", N_("stopped at a gate") },
    { "shutdown", N_("stopped as the computer shut down") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      if (g_strcmp0 (texts[i].who, who) == 0)
        return _(texts[i].text);
    }

  return NULL;
}

static char *
dup_end (JsonObject *attempt)
{
  const char *stopper = get_stopper (tc_json_get_string (attempt, "stopped_by", NULL));
  gint64 code = tc_json_get_int (attempt, "exit_code", -1);
  gint64 number = tc_json_get_int (attempt, "signal", 0);

  if (stopper != NULL)
    return g_strdup (stopper);
  if (code == 0)
    return g_strdup (_("ended well"));
  if (code > 0)
    return g_strdup_printf (_("ended with exit code %d"), (int) code);
  if (number > 0)
    return g_strdup_printf (_("ended by signal %d"), (int) number);

  return NULL;
}

/**
 * tc_details_text_dup_attempt:
 * @attempt: see the schema "Attempt"
 *
 * Returns: "Today 14:05, 2 h 10 min, ended with exit code 1"
 */
char *
tc_details_text_dup_attempt (JsonObject *attempt)
{
  GString *text = g_string_new (NULL);
  g_autofree char *end = dup_end (attempt);
  g_autofree char *day = NULL;
  gint64 started_us = 0;
  gint64 ended_us = 0;

  tc_clock_parse_iso8601 (tc_json_get_string (attempt, "started_at", ""), &started_us);
  tc_clock_parse_iso8601 (tc_json_get_string (attempt, "ended_at", ""), &ended_us);
  day = tc_facts_text_dup_day (started_us, FALSE);
  g_string_append (text, day);
  if (started_us > 0 && ended_us > started_us)
    {
      g_autofree char *duration = tc_duration_format (ended_us - started_us);

      g_string_append_printf (text, " · %s", duration);
    }
  if (end != NULL)
    g_string_append_printf (text, " · %s", end);

  return g_string_free_and_steal (text);
}

/**
 * tc_details_text_dup_still:
 *
 * Returns: how long a session that began was paused, or the computer asleep;
 *   NULL if it is not worth a word, or tried more than once
 */
char *
tc_details_text_dup_still (TcSession *session,
                           gint64     now_us)
{
  gint64 started_us = tc_session_get_started_at (session);
  gint64 ended_us = tc_session_get_ended_at (session);
  gint64 ran_us = (gint64) (tc_session_get_progress (session)->elapsed_seconds * G_USEC_PER_SEC);
  gint64 still_us = (ended_us > 0 ? ended_us : now_us) - started_us - ran_us;

  if (started_us == 0 || ran_us == 0 || tc_session_get_attempt (session) != 1 ||
      still_us < STILL_SECONDS * G_USEC_PER_SEC)
    return NULL;

  return tc_duration_format (still_us);
}

/** tc_details_text_dup_left_out: @options: (nullable): Returns: "--seed, --target" */
char *
tc_details_text_dup_left_out (GStrv options)
{
  g_autofree char *text = NULL;

  if (options == NULL || options[0] == NULL)
    return NULL;
  text = g_strjoinv (", ", options);

  return tc_text_sanitize (text, -1, -1, TC_TEXT_SINGLE_LINE);
}
