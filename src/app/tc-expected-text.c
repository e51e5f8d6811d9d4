/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-expected-text.h"

#include <glib/gi18n.h>
#include <math.h>

#include "tc-facts-text.h"

#define MINUTE 60.0
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static char *
dup_time (double seconds)
{
  if (seconds >= 2 * DAY)
    return g_strdup_printf (ngettext ("%.0f day", "%.0f days", (gulong) round (seconds / DAY)), seconds / DAY);
  if (seconds >= 2 * HOUR)
    return g_strdup_printf (_("%.0f h"), seconds / HOUR);
  if (seconds >= 2 * MINUTE)
    return g_strdup_printf (_("%.0f min"), seconds / MINUTE);

  return g_strdup_printf (_("%.0f s"), MAX (seconds, 1));
}

/**
 * tc_expected_text_dup_row:
 *
 * Returns: (nullable): what says most about one session: "≈ $6.10", the time of
 *   one that costs nothing, or NULL where nothing is known
 */
char *
tc_expected_text_dup_row (const TcExpected *expected)
{
  g_autofree char *text = NULL;

  if (expected != NULL && expected->has_money && expected->money > 0)
    text = tc_facts_text_dup_money (expected->money);
  else if (expected != NULL && expected->has_time)
    text = dup_time (expected->seconds);

  /* Translators: about an amount or a time, "≈ $6.10" or "≈ 3 h" */
  return text != NULL ? g_strdup_printf (_("≈ %s"), text) : NULL;
}

/**
 * tc_expected_text_dup_total:
 * @is_whole: whether it is of all that wait
 *
 * Returns: (nullable): "≈ 22 h, ≈ $9.40"
 */
char *
tc_expected_text_dup_total (const TcExpected *expected,
                            gboolean          is_whole)
{
  g_autofree char *duration = expected->has_time ? dup_time (expected->seconds) : NULL;
  g_autofree char *money = expected->has_money && expected->money > 0 ? tc_facts_text_dup_money (expected->money) : NULL;
  g_autofree char *sum = NULL;

  if (duration == NULL && money == NULL)
    return NULL;
  if (duration == NULL || money == NULL)
    sum = g_strdup_printf (_("≈ %s"), duration != NULL ? duration : money);
  else
    /* Translators: a time and an amount of money: "≈ 22 h, ≈ $9.40" */
    sum = g_strdup_printf (_("≈ %s, ≈ %s"), duration, money);

  /* Translators: what sessions take, where of some of them it is not known */
  return is_whole ? g_steal_pointer (&sum) : g_strdup_printf (_("%s, and more"), sum);
}
