/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-cli-estimate.h"

#include <math.h>
#include <string.h>

#include "tc-duration.h"
#include "tc-json.h"
#include "tc-money.h"
#include "tc-text.h"

#define SENTENCE_BYTES 1000
#define CENT (TC_MONEY_DOLLAR / 100)

static const struct
{
  const char *member;
  const char *took;   /* before what it took in the end */
} rows[] = {
  { "time", "took" }, { "money", "spent" }, { "disk", "left" }, { "memory", "needed" },
};

/**
 * tc_cli_format_range_seconds:
 *
 * Returns: (transfer full): "40–55 s", "12–15 min", "15–18 h", "2.1–2.6 days"
 */
char *
tc_cli_format_range_seconds (double low,
                             double high)
{
  static const struct { double seconds; double from; const char *unit; } units[] = {
    { 86400, 2 * 86400, "days" }, { 3600, 2 * 3600, "h" }, { 60, 120, "min" }, { 1, 0, "s" },
  };
  guint i = 0;
  double a, b;

  while (high < units[i].from)
    i++;
  a = low / units[i].seconds;
  b = high / units[i].seconds;
  /* Down and up, so that the words hold what the figures held. */
  if (b >= 10 || units[i].seconds <= 1)
    return floor (a) == ceil (b) ? g_strdup_printf ("%.0f %s", b, units[i].unit)
                                 : g_strdup_printf ("%.0f–%.0f %s", floor (a), ceil (b), units[i].unit);

  return g_strdup_printf ("%.1f–%.1f %s", floor (a * 10) / 10, ceil (b * 10) / 10, units[i].unit);
}

/**
 * tc_cli_format_range_bytes:
 *
 * Returns: (transfer full): "44.1–60.3 MB", "900.0 MB–1.1 GB"
 */
char *
tc_cli_format_range_bytes (gint64 low,
                           gint64 high)
{
  g_autofree char *a = tc_size_format ((guint64) MAX (low, 0));
  g_autofree char *b = tc_size_format ((guint64) MAX (high, 0));
  const char *unit_of_a = strchr (a, ' ');
  const char *unit_of_b = strchr (b, ' ');

  if (g_str_equal (a, b))
    return g_steal_pointer (&a);
  if (g_strcmp0 (unit_of_a, unit_of_b) == 0)
    return g_strdup_printf ("%.*s–%s", (int) (unit_of_a - a), a, b);

  return g_strdup_printf ("%s–%s", a, b);
}

/**
 * tc_cli_format_range_money:
 * @low: dollars, as the API has them
 * @high: dollars
 *
 * Returns: (transfer full): "$0.12–$0.61", in cents where they say enough
 */
char *
tc_cli_format_range_money (const char *low,
                           const char *high)
{
  TcMoney a = 0;
  TcMoney b = 0;
  g_autofree char *shown_a = NULL;
  g_autofree char *shown_b = NULL;

  if (!tc_money_parse (low, &a, NULL) || !tc_money_parse (high, &b, NULL))
    return g_strdup ("not known");
  if (b >= 10 * CENT)
    {
      a = a / CENT * CENT;
      b = (b + CENT - 1) / CENT * CENT;
    }
  shown_a = tc_money_format (a);
  shown_b = tc_money_format (b);

  return a == b ? g_steal_pointer (&shown_a) : g_strdup_printf ("%s–%s", shown_a, shown_b);
}

static gboolean
is_known (JsonObject *range)
{
  return range != NULL && tc_json_has (range, "low") && !json_object_get_null_member (range, "low") &&
         !json_object_get_null_member (range, "high");
}

/* NULL: not known. */
static char *
format_range (const char *member,
              JsonObject *range)
{
  if (!is_known (range))
    return NULL;
  if (g_str_equal (member, "money"))
    return tc_cli_format_range_money (tc_json_get_string (range, "low", ""), tc_json_get_string (range, "high", ""));
  if (g_str_equal (member, "time"))
    return tc_cli_format_range_seconds (tc_json_get_double (range, "low", 0), tc_json_get_double (range, "high", 0));

  return tc_cli_format_range_bytes (tc_json_get_int (range, "low", 0), tc_json_get_int (range, "high", 0));
}

static void
append_rows (GString    *out,
             JsonObject *estimate)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      JsonObject *range = tc_json_get_object (estimate, rows[i].member);
      g_autofree char *shown = format_range (rows[i].member, range);
      const char *basis = range != NULL ? tc_json_get_string (range, "basis", "") : "";
      g_autofree char *why = tc_text_sanitize (basis, -1, SENTENCE_BYTES, TC_TEXT_SINGLE_LINE);

      if (shown != NULL)
        {
          guint width = tc_cli_text_width (shown);

          g_string_append_printf (out, "  %-7s  %s%*s  %s\n", rows[i].member, shown,
                                  width < 18 ? (int) (18 - width) : 0, "", why);
        }
      else
        g_string_append_printf (out, "  %-7s  %s\n", rows[i].member, why);
    }
}

/* Each sentence once, however many sessions say it. */
static void
append_sentences (GString    *out,
                  JsonObject *estimate,
                  const char *member,
                  const char *mark,
                  GHashTable *said)
{
  JsonArray *sentences = tc_json_get_array (estimate, member);

  for (guint i = 0; sentences != NULL && i < json_array_get_length (sentences); i++)
    {
      const char *text = json_array_get_string_element (sentences, i);
      g_autofree char *shown = text != NULL ? tc_text_sanitize (text, -1, SENTENCE_BYTES, TC_TEXT_SINGLE_LINE) : NULL;

      if (shown == NULL || g_hash_table_contains (said, shown))
        continue;
      g_string_append_printf (out, "  %s %s\n", mark, shown);
      g_hash_table_add (said, g_steal_pointer (&shown));
    }
}

static void
append_title (GString    *out,
              TcCli      *cli,
              JsonObject *estimate)
{
  g_autofree char *title = tc_text_sanitize (tc_json_get_string (estimate, "title", ""), -1, SENTENCE_BYTES,
                                             TC_TEXT_SINGLE_LINE);
  g_autofree char *painted = tc_cli_paint (TC_CLI_BOLD, title, cli->has_colours);

  g_string_append_printf (out, "%s  %s, %" G_GINT64_FORMAT " epochs\n", painted,
                          tc_json_get_string (estimate, "corpus", "?"), tc_json_get_int (estimate, "epochs", 0));
}

/**
 * tc_cli_print_estimates:
 * @answer: of POST /api/training/estimate
 *
 * Prints each session, all together, and what was assumed.
 *
 * Returns: the exit code
 */
int
tc_cli_print_estimates (TcCli      *cli,
                        JsonObject *answer)
{
  JsonArray *sessions = tc_json_get_array (answer, "sessions");
  JsonObject *total = tc_json_get_object (answer, "total");
  guint n = sessions != NULL ? json_array_get_length (sessions) : 0;
  g_autoptr(GString) out = g_string_new (NULL);
  g_autoptr(GString) notes = g_string_new (NULL);
  g_autoptr(GHashTable) said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < n; i++)
    {
      JsonObject *estimate = json_array_get_object_element (sessions, i);

      append_title (out, cli, estimate);
      append_rows (out, estimate);
    }
  if (n > 1 && total != NULL)
    {
      g_autofree char *painted = tc_cli_paint (TC_CLI_BOLD, "All together", cli->has_colours);

      g_string_append_printf (out, "%s\n", painted);
      append_rows (out, total);
    }
  for (guint i = 0; i < n; i++)
    append_sentences (notes, json_array_get_object_element (sessions, i), "warnings", "⚠", said);
  if (total != NULL)
    append_sentences (notes, total, "warnings", "⚠", said);
  for (guint i = 0; i < n; i++)
    append_sentences (notes, json_array_get_object_element (sessions, i), "assumptions", "·", said);
  if (notes->len > 0)
    g_string_append_printf (out, "\n%s", notes->str);
  g_string_append (out, "\nNothing was queued.\n");

  return tc_cli_print (out->str);
}

/* What a session took of one thing; NULL: nobody knows. */
static char *
format_truth (const char *member,
              JsonObject *truth)
{
  const char *spent = tc_json_get_string (truth, "spent_usd", NULL);
  gint64 bytes = tc_json_get_int (truth, g_str_equal (member, "disk") ? "disk_bytes" : "max_rss_bytes", 0);

  if (g_str_equal (member, "time"))
    return tc_duration_format ((gint64) (tc_json_get_double (truth, "seconds", 0) * G_USEC_PER_SEC));
  if (!g_str_equal (member, "money"))
    return bytes > 0 ? tc_size_format ((guint64) bytes) : NULL;
  if (spent == NULL)
    return NULL;

  return tc_json_get_int (truth, "calls_of_unknown_price", 0) > 0
         ? g_strdup_printf ("$%s and calls of unknown price", spent) : g_strdup_printf ("$%s", spent);
}

/**
 * tc_cli_format_outcome:
 * @answer: of GET /api/training/estimate/:id
 *
 * Returns: (transfer full): a line for each thing of which an estimate or the
 *   truth is known
 */
char *
tc_cli_format_outcome (JsonObject *answer)
{
  JsonObject *estimate = tc_json_get_object (answer, "estimate");
  JsonObject *truth = tc_json_get_object (answer, "truth");
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      JsonObject *range = estimate != NULL ? tc_json_get_object (estimate, rows[i].member) : NULL;
      g_autofree char *said = format_range (rows[i].member, range);
      g_autofree char *took = truth != NULL ? format_truth (rows[i].member, truth) : NULL;

      if (said != NULL && took != NULL)
        g_string_append_printf (out, "  %-14s estimated %s, %s %s\n", rows[i].member, said, rows[i].took, took);
      else if (said != NULL)
        g_string_append_printf (out, "  %-14s estimated %s\n", rows[i].member, said);
      else if (took != NULL)
        g_string_append_printf (out, "  %-14s %s %s, without an estimate\n", rows[i].member, rows[i].took, took);
    }

  return g_string_free (out, FALSE);
}
