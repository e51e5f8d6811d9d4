/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-facts-text.h"

#include <glib/gi18n.h>

#include "tc-duration.h"
#include "tc-text.h"

#define MAX_NOTE_BYTES 600
/* Below this, cents say too little. */
#define SMALL (TC_MONEY_DOLLAR / 100)
#define SMALL_UNIT (TC_MONEY_DOLLAR / 10000)

/** tc_facts_text_dup_money: Returns: "$3.20", "$0.0023": rounded, unlike tc_money_format() */
char *
tc_facts_text_dup_money (TcMoney amount)
{
  TcMoney unit = amount > 0 && amount < SMALL ? SMALL_UNIT : TC_MONEY_DOLLAR / 100;
  TcMoney rounded = (MAX (amount, 0) + unit / 2) / unit * unit;

  /* Something that costs is never shown as nothing. */
  if (rounded == 0)
    rounded = MAX (amount, 0);
  /* "$0.0060" beside "$0.0066" */
  else if (rounded < SMALL)
    return g_strdup_printf ("$0.%04u", (guint) (rounded / SMALL_UNIT));

  return tc_money_format (rounded);
}

/** tc_facts_text_dup_spend: Returns: "$1.12", "≥ $1.12" where a price is not known, "–" */
char *
tc_facts_text_dup_spend (const TcRunFacts *facts)
{
  g_autofree char *amount = NULL;

  if (!facts->has_spent && facts->n_unknown == 0)
    return g_strdup (TC_NO_TEXT);
  if (facts->spent == 0 && facts->n_unknown > 0)
    return g_strdup (_("Price unknown"));
  amount = tc_facts_text_dup_money (facts->spent);

  /* Translators: at least that much: the price of some calls is not known */
  return facts->n_unknown > 0 ? g_strdup_printf (_("≥ %s"), amount) : g_steal_pointer (&amount);
}

static void
append_count (GString    *text,
              const char *sign,
              guint       n)
{
  if (n > 0)
    g_string_append_printf (text, "%s%s %u", text->len > 0 ? "  " : "", sign, n);
}

/** tc_facts_text_dup_gates: Returns: "✓ 5  ! 1  ✗ 1", "–" without any */
char *
tc_facts_text_dup_gates (const TcRunFacts *facts)
{
  GString *text = g_string_new (NULL);

  append_count (text, "✓", facts->n_pass);
  append_count (text, "!", facts->n_warn);
  append_count (text, "✗", facts->n_fail);
  if (text->len == 0)
    g_string_append (text, TC_NO_TEXT);

  return g_string_free_and_steal (text);
}

/** tc_facts_text_dup_verdict: Returns: "B · 76", "–" without one */
char *
tc_facts_text_dup_verdict (const TcRunFacts *facts)
{
  if (facts->verdict == NULL)
    return g_strdup (TC_NO_TEXT);

  return g_strdup_printf ("%s · %u", tc_verdict_get_grade (facts->verdict), facts->verdict->score);
}

/**
 * tc_facts_text_dup_day:
 * @at_us: UTC; 0: never
 * @is_long: the day with its year, even if it was lately
 *
 * Returns: "Today 14:05", "22 Nov 14:05"
 */
char *
tc_facts_text_dup_day (gint64   at_us,
                       gboolean is_long)
{
  g_autoptr(GDateTime) utc = at_us > 0 ? g_date_time_new_from_unix_utc_usec (at_us) : NULL;
  g_autoptr(GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;
  g_autoptr(GDateTime) now = g_date_time_new_now_local ();

  if (local == NULL)
    return g_strdup (TC_NO_TEXT);
  if (is_long)
    return g_date_time_format (local, "%c");
  if (g_date_time_get_year (local) != g_date_time_get_year (now))
    return g_date_time_format (local, "%x");
  /* Translators: a day of this year and a time, as short as can be; see strftime(3) */
  if (g_date_time_get_day_of_year (local) != g_date_time_get_day_of_year (now))
    return g_date_time_format (local, _("%-d %b %H:%M"));

  /* Translators: a time of today; see strftime(3) */
  return g_date_time_format (local, _("Today %H:%M"));
}

/** tc_facts_text_dup_duration: Returns: "2 h 10 min", "–" if it did not run */
char *
tc_facts_text_dup_duration (TcSession *session)
{
  double seconds = tc_session_get_progress (session)->elapsed_seconds;

  return seconds > 0 ? tc_duration_format ((gint64) (seconds * G_USEC_PER_SEC)) : g_strdup (TC_NO_TEXT);
}

/** tc_facts_text_dup_tags: Returns: "baseline · seed 7", harmless; "" without any */
char *
tc_facts_text_dup_tags (TcSession *session)
{
  g_autofree char *all = g_strjoinv (" · ", (GStrv) tc_session_get_tags (session));

  return tc_text_sanitize (all, -1, -1, TC_TEXT_SINGLE_LINE);
}

/** tc_facts_text_dup_note: Returns: (nullable): the note, harmless and short enough for a tooltip */
char *
tc_facts_text_dup_note (TcSession *session)
{
  const char *note = tc_session_get_note (session);

  return note != NULL ? tc_text_sanitize (note, -1, MAX_NOTE_BYTES, TC_TEXT_DEFAULT) : NULL;
}
