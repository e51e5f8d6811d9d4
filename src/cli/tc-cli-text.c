/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-cli-text.h"

#include <math.h>
#include <string.h>

#include "tc-duration.h"

#define ETA_MOMENT_FROM (30 * 60)

static const struct
{
  const char *sign;
  TcCliStyle  style;
} states[TC_SESSION_N_STATES] = {
  [TC_SESSION_QUEUED] = { "◷", TC_CLI_YELLOW },
  [TC_SESSION_BLOCKED] = { "⊘", TC_CLI_YELLOW },
  [TC_SESSION_STARTING] = { "◌", TC_CLI_CYAN },
  [TC_SESSION_RUNNING] = { "▶", TC_CLI_CYAN },
  [TC_SESSION_PAUSED] = { "‖", TC_CLI_YELLOW },
  [TC_SESSION_COMPLETED] = { "✓", TC_CLI_GREEN },
  [TC_SESSION_FAILED] = { "✗", TC_CLI_RED },
  [TC_SESSION_CANCELLED] = { "–", TC_CLI_DIM },
  [TC_SESSION_SKIPPED] = { "»", TC_CLI_DIM },
};

static const struct
{
  const char *result;
  const char *sign;
  TcCliStyle  style;
} gates[] = {
  { "pass", "●", TC_CLI_GREEN },
  { "warn", "◐", TC_CLI_YELLOW },
  { "fail", "✗", TC_CLI_RED },
  { "skipped", "○", TC_CLI_DIM },
};

static const char *const codes[] = {
  [TC_CLI_PLAIN] = "", [TC_CLI_BOLD] = "\033[1m", [TC_CLI_DIM] = "\033[2m",
  [TC_CLI_RED] = "\033[31m", [TC_CLI_GREEN] = "\033[32m", [TC_CLI_YELLOW] = "\033[33m",
  [TC_CLI_CYAN] = "\033[36m",
};

static guint
char_width (gunichar c)
{
  if (g_unichar_iszerowidth (c))
    return 0;

  return g_unichar_iswide (c) ? 2 : 1;
}

/* How many bytes of an SGR sequence ("\033[31m") begin here; 0 if none. Only
 * our own colours get this far: foreign text has been made harmless. */
static gsize
colour_length (const char *text)
{
  const char *end;

  if (text[0] != '\033' || text[1] != '[')
    return 0;
  end = strchr (text, 'm');

  return end != NULL ? (gsize) (end - text + 1) : 0;
}

/**
 * tc_cli_text_width:
 * @text: harmless UTF-8, with our own colours or without
 *
 * Returns: how many columns of a terminal it takes
 */
guint
tc_cli_text_width (const char *text)
{
  guint width = 0;

  while (*text != '\0')
    {
      gsize skip = colour_length (text);

      if (skip > 0)
        {
          text += skip;
          continue;
        }
      width += char_width (g_utf8_get_char (text));
      text = g_utf8_next_char (text);
    }

  return width;
}

/**
 * tc_cli_text_fit:
 * @text: harmless UTF-8, with our own colours or without
 * @width: columns
 * @pad: whether to fill up with blanks
 *
 * Returns: (transfer full): @text cut to @width columns, with "…" if so
 */
char *
tc_cli_text_fit (const char *text,
                 guint       width,
                 gboolean    pad)
{
  GString *fitted = g_string_new (NULL);
  guint used = 0;
  gboolean cut = tc_cli_text_width (text) > width;
  gboolean has_colours = FALSE;

  while (*text != '\0')
    {
      gsize skip = colour_length (text);
      gunichar c = g_utf8_get_char (text);

      if (skip == 0 && used + char_width (c) + (cut ? 1 : 0) > width)
        break;
      if (skip == 0)
        {
          used += char_width (c);
          skip = g_utf8_next_char (text) - text;
        }
      else
        has_colours = TRUE;
      g_string_append_len (fitted, text, skip);
      text += skip;
    }
  if (cut && width > 0)
    {
      g_string_append (fitted, has_colours ? "…\033[0m" : "…");
      used++;
    }
  for (; pad && used < width; used++)
    g_string_append_c (fitted, ' ');

  return g_string_free (fitted, FALSE);
}

/**
 * tc_cli_text_wrap:
 * @text: harmless UTF-8 without colours and line ends
 * @width: columns; a longer word runs over
 *
 * Returns: (transfer full): @text in lines, with "\n" between them
 */
char *
tc_cli_text_wrap (const char *text,
                  guint       width)
{
  g_auto(GStrv) words = g_strsplit (text, " ", -1);
  GString *wrapped = g_string_new (NULL);
  guint used = 0;

  for (guint i = 0; words[i] != NULL; i++)
    {
      guint length = tc_cli_text_width (words[i]);

      if (length == 0)
        continue;
      if (used > 0 && used + 1 + length > width)
        used = 0;
      if (wrapped->len > 0)
        g_string_append_c (wrapped, used > 0 ? ' ' : '\n');
      g_string_append (wrapped, words[i]);
      used += length + (used > 0 ? 1 : 0);
    }

  return g_string_free (wrapped, FALSE);
}

/**
 * tc_cli_format_time:
 * @at_us: UTC microseconds
 *
 * Returns: (transfer full): date and time where the user is
 */
char *
tc_cli_format_time (gint64 at_us)
{
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (at_us / G_USEC_PER_SEC);
  g_autoptr(GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  return local != NULL ? g_date_time_format (local, "%Y-%m-%d %H:%M:%S") : g_strdup ("—");
}

/**
 * tc_cli_paint:
 * @style: a style
 * @text: a text
 * @has_colours: FALSE: plain text, as for files and NO_COLOR
 *
 * Returns: (transfer full): @text in that style
 */
char *
tc_cli_paint (TcCliStyle  style,
              const char *text,
              gboolean    has_colours)
{
  if (!has_colours || style == TC_CLI_PLAIN || text[0] == '\0')
    return g_strdup (text);

  return g_strconcat (codes[style], text, "\033[0m", NULL);
}

/**
 * tc_cli_state_sign:
 * @state: a state
 *
 * Returns: one character that stands for it
 */
const char *
tc_cli_state_sign (TcSessionState state)
{
  return state < TC_SESSION_N_STATES ? states[state].sign : "?";
}

/**
 * tc_cli_state_style:
 * @state: a state
 *
 * Returns: its colour
 */
TcCliStyle
tc_cli_state_style (TcSessionState state)
{
  return state < TC_SESSION_N_STATES ? states[state].style : TC_CLI_PLAIN;
}

/**
 * tc_cli_gate_sign:
 * @result: "pass", "warn", "fail" or "skipped"
 *
 * Returns: one character that stands for it
 */
const char *
tc_cli_gate_sign (const char *result)
{
  for (guint i = 0; i < G_N_ELEMENTS (gates); i++)
    {
      if (g_strcmp0 (gates[i].result, result) == 0)
        return gates[i].sign;
    }

  return "?";
}

/**
 * tc_cli_gate_style:
 * @result: "pass", "warn", "fail" or "skipped"
 *
 * Returns: its colour
 */
TcCliStyle
tc_cli_gate_style (const char *result)
{
  for (guint i = 0; i < G_N_ELEMENTS (gates); i++)
    {
      if (g_strcmp0 (gates[i].result, result) == 0)
        return gates[i].style;
    }

  return TC_CLI_PLAIN;
}

/**
 * tc_cli_format_loss:
 * @value: a loss, may be NaN or infinite
 * @is_known: FALSE: the script has not said one yet
 *
 * Returns: (transfer full): "2.4156", "NaN", "—" if not known
 */
char *
tc_cli_format_loss (double   value,
                    gboolean is_known)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  gboolean is_usual = value == 0 || (fabs (value) >= 0.001 && fabs (value) < 100000);

  if (!is_known)
    return g_strdup ("—");
  if (isnan (value))
    return g_strdup ("NaN");
  if (isinf (value))
    return g_strdup (value > 0 ? "∞" : "-∞");

  return g_strdup (g_ascii_formatd (digits, sizeof digits, is_usual ? "%.4f" : "%.3e", value));
}

/**
 * tc_cli_format_seconds:
 * @seconds: a duration; negative: unknown
 *
 * Returns: (transfer full): "12 min", "0.8 s", "—" if unknown
 */
char *
tc_cli_format_seconds (double seconds)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  if (!(seconds >= 0) || seconds > (double) (G_MAXINT64 / G_USEC_PER_SEC))
    return g_strdup ("—");
  if (seconds < 10)
    return g_strconcat (g_ascii_formatd (digits, sizeof digits, "%.1f", seconds), " s", NULL);

  return tc_duration_format ((gint64) (seconds * G_USEC_PER_SEC));
}

/**
 * tc_cli_format_eta:
 * @eta_seconds: how long it still takes; negative: unknown
 * @now_us: the present, UTC
 * @zone: (nullable): the zone to tell it in; NULL for the local one
 *
 * Returns: (transfer full): "≈ 12 min", from half an hour on "≈ 3 h 20 min,
 *   done ≈ 03:40", at the end "< 1 s", "—" if unknown
 */
char *
tc_cli_format_eta (double     eta_seconds,
                   gint64     now_us,
                   GTimeZone *zone)
{
  g_autofree char *duration = tc_cli_format_seconds (eta_seconds);
  g_autofree char *moment = NULL;

  if (!(eta_seconds >= 0) || strcmp (duration, "—") == 0)
    return g_steal_pointer (&duration);
  if (eta_seconds < 1)
    return g_strdup ("< 1 s");
  if (eta_seconds < ETA_MOMENT_FROM)
    return g_strdup_printf ("≈ %s", duration);

  moment = tc_moment_format (now_us + (gint64) (eta_seconds * G_USEC_PER_SEC), now_us, zone);

  return g_strdup_printf ("≈ %s, done %s", duration, moment);
}

/**
 * tc_cli_format_count:
 * @count: a number of things, such as tokens a second
 *
 * Returns: (transfer full): "950", "12.3 k", "1.1 M", "100.8 M"
 */
char *
tc_cli_format_count (double count)
{
  static const char *const units[] = { "", " k", " M", " G", " T" };
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  guint unit = 0;

  while (count >= 1000 && unit + 1 < G_N_ELEMENTS (units))
    {
      count /= 1000;
      unit++;
    }

  return g_strconcat (g_ascii_formatd (digits, sizeof digits, unit == 0 ? "%.0f" : "%.1f", count),
                      units[unit], NULL);
}

/**
 * tc_cli_format_bar:
 * @fraction: 0 to 1
 * @width: columns
 *
 * Returns: (transfer full): a bar of that width, in eighths of a column
 */
char *
tc_cli_format_bar (double fraction,
                   guint  width)
{
  static const char *const eighths[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
  GString *bar = g_string_new (NULL);
  guint steps = (guint) (CLAMP (isnan (fraction) ? 0 : fraction, 0, 1) * width * 8);
  guint used = steps / 8;

  for (guint i = 0; i < used; i++)
    g_string_append (bar, "█");
  if (steps % 8 != 0)
    {
      g_string_append (bar, eighths[steps % 8]);
      used++;
    }
  for (; used < width; used++)
    g_string_append (bar, "░");

  return g_string_free (bar, FALSE);
}

/* The mean of the finite values of one column; NaN if there is none. */
static double
column_mean (const double *values,
             guint         begin,
             guint         end)
{
  double sum = 0;
  guint n = 0;

  for (guint i = begin; i < end; i++)
    {
      if (!isfinite (values[i]))
        continue;
      sum += values[i];
      n++;
    }

  return n > 0 ? sum / n : NAN;
}

/**
 * tc_cli_format_spark:
 * @values: a series, may hold NaN
 * @n_values: how many
 * @width: columns at most
 *
 * Returns: (transfer full): the series as a line of little bars, "!" where a
 *   value is not a number
 */
char *
tc_cli_format_spark (const double *values,
                     guint         n_values,
                     guint         width)
{
  static const char *const bars[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
  GString *spark = g_string_new (NULL);
  guint columns = MIN (n_values, width);
  double lowest = INFINITY;
  double highest = -INFINITY;

  for (guint pass = 0; pass < 2; pass++)
    {
      for (guint i = 0; i < columns; i++)
        {
          double mean = column_mean (values, (guint64) i * n_values / columns,
                                     (guint64) (i + 1) * n_values / columns);
          double height;

          if (pass == 0)
            {
              lowest = isnan (mean) ? lowest : MIN (lowest, mean);
              highest = isnan (mean) ? highest : MAX (highest, mean);
              continue;
            }
          height = highest > lowest ? (mean - lowest) / (highest - lowest) : 0;
          g_string_append (spark, isnan (mean) ? "!" : bars[(guint) (height * 7.999)]);
        }
    }

  return g_string_free (spark, FALSE);
}
