/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-duration.h"

#include <glib/gi18n-lib.h>

/* "2 h 10 min": the larger unit, and the smaller one unless it is zero. */
static char *
two_units (gint64      large,
           const char *large_unit,
           gint64      small,
           const char *small_unit)
{
  if (small == 0)
    return g_strdup_printf ("%" G_GINT64_FORMAT " %s", large, large_unit);

  return g_strdup_printf ("%" G_GINT64_FORMAT " %s %" G_GINT64_FORMAT " %s",
                          large, large_unit, small, small_unit);
}

/**
 * tc_duration_format:
 * @duration_us: a duration in µs; less than 0 counts as 0
 *
 * Returns: (transfer full): "45 s", "12 min", "2 h 10 min", "3 d 4 h": two
 *   units at most, cut, not rounded, so that it never says more than has passed
 */
char *
tc_duration_format (gint64 duration_us)
{
  gint64 seconds = MAX (duration_us, 0) / G_USEC_PER_SEC;
  gint64 minutes = seconds / 60;
  gint64 hours = minutes / 60;

  if (seconds < 60)
    return g_strdup_printf ("%" G_GINT64_FORMAT " %s", seconds, C_("unit", "s"));
  if (minutes < 10)
    return two_units (minutes, C_("unit", "min"), seconds % 60, C_("unit", "s"));
  if (minutes < 60)
    return g_strdup_printf ("%" G_GINT64_FORMAT " %s", minutes, C_("unit", "min"));
  if (hours < 24)
    return two_units (hours, C_("unit", "h"), minutes % 60, C_("unit", "min"));

  /* Translators: the units of time are s, min, h and d: seconds to days */
  return two_units (hours / 24, C_("unit", "d"), hours % 24, C_("unit", "h"));
}

/* Days between the dates of two times, in the calendar of their zone. */
static int
days_between (GDateTime *from,
              GDateTime *to)
{
  GDate a;
  GDate b;

  g_date_clear (&a, 1);
  g_date_clear (&b, 1);
  g_date_set_dmy (&a, (GDateDay) g_date_time_get_day_of_month (from),
                  (GDateMonth) g_date_time_get_month (from),
                  (GDateYear) g_date_time_get_year (from));
  g_date_set_dmy (&b, (GDateDay) g_date_time_get_day_of_month (to),
                  (GDateMonth) g_date_time_get_month (to),
                  (GDateYear) g_date_time_get_year (to));

  return g_date_days_between (&a, &b);
}

/**
 * tc_moment_format:
 * @moment_us: a time, UTC in µs since 1970, such as the expected end of a run
 * @now_us: the present
 * @zone: (nullable): the zone to tell it in; NULL for the local one
 *
 * Returns: (transfer full): "≈ 03:40", "≈ 03:40 tomorrow", "≈ Tue 03:40" within
 *   a week, else "≈ 2026-12-24 03:40"; "unknown" for a time no calendar knows
 */
char *
tc_moment_format (gint64     moment_us,
                  gint64     now_us,
                  GTimeZone *zone)
{
  g_autoptr(GTimeZone) local = NULL;
  g_autoptr(GDateTime) moment_utc = NULL;
  g_autoptr(GDateTime) now_utc = NULL;
  g_autoptr(GDateTime) moment = NULL;
  g_autoptr(GDateTime) now = NULL;
  int days;

  if (zone == NULL)
    zone = local = g_time_zone_new_local ();

  moment_utc = g_date_time_new_from_unix_utc (moment_us / G_USEC_PER_SEC);
  now_utc = g_date_time_new_from_unix_utc (now_us / G_USEC_PER_SEC);
  if (moment_utc != NULL)
    moment = g_date_time_to_timezone (moment_utc, zone);
  if (now_utc != NULL)
    now = g_date_time_to_timezone (now_utc, zone);
  if (moment == NULL || now == NULL)
    return g_strdup (_("unknown"));

  days = days_between (now, moment);
  if (days == 0)
    return g_date_time_format (moment, "≈ %H:%M");
  if (days == 1)
    return g_date_time_format (moment, _("≈ %H:%M tomorrow"));
  if (days > 1 && days < 7)
    return g_date_time_format (moment, _("≈ %a %H:%M"));

  return g_date_time_format (moment, _("≈ %Y-%m-%d %H:%M"));
}

/**
 * tc_size_format:
 * @bytes: a size
 *
 * Returns: (transfer full): "1.2 GB", in powers of 1000 as disks are sold, with
 *   the point of the C locale: the same text in logs, JSON and tests
 */
char *
tc_size_format (guint64 bytes)
{
  static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB", "EB" };
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  double size = (double) bytes;
  guint i = 0;

  if (bytes < 1000)
    return g_strdup_printf ("%u B", (guint) bytes);

  /* 999.95 would print as 1000.0. */
  while (size >= 999.95 && i < G_N_ELEMENTS (units) - 1)
    {
      size /= 1000;
      i++;
    }
  g_ascii_formatd (number, sizeof number, "%.1f", size);

  return g_strdup_printf ("%s %s", number, units[i]);
}
