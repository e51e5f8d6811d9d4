/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <math.h>
#include <string.h>

#include "tc-cli-grid.h"
#include "tc-cli-text.h"

static void
assert_taken (char       *text,
              const char *wanted)
{
  g_assert_cmpstr (text, ==, wanted);
  g_free (text);
}

static void
test_width (void)
{
  g_assert_cmpuint (tc_cli_text_width (""), ==, 0);
  g_assert_cmpuint (tc_cli_text_width ("abc"), ==, 3);
  g_assert_cmpuint (tc_cli_text_width ("→é"), ==, 2);
  g_assert_cmpuint (tc_cli_text_width ("e\xcc\x81"), ==, 1);
  g_assert_cmpuint (tc_cli_text_width ("漢字"), ==, 4);
  g_assert_cmpuint (tc_cli_text_width ("\033[31mred\033[0m"), ==, 3);
}

static void
test_fit (void)
{
  assert_taken (tc_cli_text_fit ("abc", 5, TRUE), "abc  ");
  assert_taken (tc_cli_text_fit ("abc", 5, FALSE), "abc");
  assert_taken (tc_cli_text_fit ("abcdef", 4, TRUE), "abc…");
  assert_taken (tc_cli_text_fit ("abcdef", 0, TRUE), "");
  assert_taken (tc_cli_text_fit ("漢字漢字", 4, TRUE), "漢… ");
  assert_taken (tc_cli_text_fit ("\033[31mabcdef\033[0m", 4, TRUE), "\033[31mabc…\033[0m");
}

static void
test_wrap (void)
{
  assert_taken (tc_cli_text_wrap ("", 10), "");
  assert_taken (tc_cli_text_wrap ("  one  two three ", 7), "one two\nthree");
  assert_taken (tc_cli_text_wrap ("abcdefghij k", 4), "abcdefghij\nk");
  assert_taken (tc_cli_text_wrap ("漢字 漢字 a", 6), "漢字\n漢字 a");
}

static void
test_paint (void)
{
  assert_taken (tc_cli_paint (TC_CLI_RED, "x", TRUE), "\033[31mx\033[0m");
  assert_taken (tc_cli_paint (TC_CLI_RED, "x", FALSE), "x");
  assert_taken (tc_cli_paint (TC_CLI_PLAIN, "x", TRUE), "x");
}

static void
test_loss (void)
{
  assert_taken (tc_cli_format_loss (2.34567, TRUE), "2.3457");
  assert_taken (tc_cli_format_loss (0, TRUE), "0.0000");
  assert_taken (tc_cli_format_loss (0.0000123, TRUE), "1.230e-05");
  assert_taken (tc_cli_format_loss (1e9, TRUE), "1.000e+09");
  assert_taken (tc_cli_format_loss (NAN, TRUE), "NaN");
  assert_taken (tc_cli_format_loss (-INFINITY, TRUE), "-∞");
  assert_taken (tc_cli_format_loss (2, FALSE), "—");
}

static void
test_times (void)
{
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  gint64 now = G_GINT64_CONSTANT (1795363200) * G_USEC_PER_SEC; /* 2026-11-22 16:00 UTC */

  assert_taken (tc_cli_format_seconds (0.84), "0.8 s");
  assert_taken (tc_cli_format_seconds (754), "12 min");
  assert_taken (tc_cli_format_seconds (-1), "—");
  assert_taken (tc_cli_format_seconds (NAN), "—");
  assert_taken (tc_cli_format_seconds (1e300), "—");
  assert_taken (tc_cli_format_eta (754, now, utc), "≈ 12 min");
  assert_taken (tc_cli_format_eta (12000, now, utc), "≈ 3 h 20 min, done ≈ 19:20");
  assert_taken (tc_cli_format_eta (0, now, utc), "< 1 s");
  assert_taken (tc_cli_format_eta (-1, now, utc), "—");
}

static void
test_count (void)
{
  assert_taken (tc_cli_format_count (950), "950");
  assert_taken (tc_cli_format_count (12345), "12.3 k");
  assert_taken (tc_cli_format_count (100800000), "100.8 M");
}

static void
test_bar (void)
{
  assert_taken (tc_cli_format_bar (0, 4), "░░░░");
  assert_taken (tc_cli_format_bar (1, 4), "████");
  assert_taken (tc_cli_format_bar (0.5, 4), "██░░");
  assert_taken (tc_cli_format_bar (0.54, 4), "██▏░");
  assert_taken (tc_cli_format_bar (NAN, 2), "░░");
  assert_taken (tc_cli_format_bar (17, 2), "██");
}

static void
test_spark (void)
{
  const double falling[] = { 8, 7, 6, 5, 4, 3, 2, 1 };
  const double odd[] = { 1, NAN, 2 };
  const double flat[] = { 3, 3, 3 };

  assert_taken (tc_cli_format_spark (falling, 8, 20), "█▇▆▅▄▃▂▁");
  assert_taken (tc_cli_format_spark (falling, 8, 2), "█▁");
  assert_taken (tc_cli_format_spark (odd, 3, 20), "▁!█");
  assert_taken (tc_cli_format_spark (flat, 3, 20), "▁▁▁");
  assert_taken (tc_cli_format_spark (NULL, 0, 20), "");
}

static void
test_grid (void)
{
  g_autoptr(TcCliGrid) grid = tc_cli_grid_new (">#|NAME|NOTE");

  tc_cli_grid_add (grid, TC_CLI_PLAIN, "7");
  tc_cli_grid_add (grid, TC_CLI_PLAIN, "a");
  tc_cli_grid_add (grid, TC_CLI_PLAIN, NULL);
  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, g_strdup ("123"));
  tc_cli_grid_add (grid, TC_CLI_PLAIN, "漢");
  tc_cli_grid_add (grid, TC_CLI_PLAIN, "x");
  assert_taken (tc_cli_grid_to_string (grid, 0, FALSE),
                "  #  NAME  NOTE\n"
                "  7  a\n"
                "123  漢    x\n");
}

/* P16: a name is text, whatever is in it. */
static void
test_grid_hostile (void)
{
  g_autoptr(TcCliGrid) grid = tc_cli_grid_new ("A|B");
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;

  tc_cli_grid_add (grid, TC_CLI_PLAIN, "a\nb\tc\033[31md\r\u202ee%n<b>");
  tc_cli_grid_add (grid, TC_CLI_PLAIN, "../../x");
  text = tc_cli_grid_to_string (grid, 0, FALSE);

  g_assert_null (strchr (text, '\033'));
  g_assert_null (strchr (text, '\r'));
  g_assert_null (strstr (text, "\u202e"));
  g_assert_nonnull (strstr (text, "%n<b>"));
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 3);
}

static void
test_grid_narrow (void)
{
  g_autoptr(TcCliGrid) grid = tc_cli_grid_new ("A|B|C");
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;

  for (guint i = 0; i < 3; i++)
    tc_cli_grid_add (grid, TC_CLI_RED, "abcdefghijklmnopqrstuvwxyz0123456789");
  text = tc_cli_grid_to_string (grid, 40, TRUE);
  lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    g_assert_cmpuint (tc_cli_text_width (lines[i]), <=, 40);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tc/cli-text/width", test_width);
  g_test_add_func ("/tc/cli-text/fit", test_fit);
  g_test_add_func ("/tc/cli-text/wrap", test_wrap);
  g_test_add_func ("/tc/cli-text/paint", test_paint);
  g_test_add_func ("/tc/cli-text/loss", test_loss);
  g_test_add_func ("/tc/cli-text/times", test_times);
  g_test_add_func ("/tc/cli-text/count", test_count);
  g_test_add_func ("/tc/cli-text/bar", test_bar);
  g_test_add_func ("/tc/cli-text/spark", test_spark);
  g_test_add_func ("/tc/cli-grid/columns", test_grid);
  g_test_add_func ("/tc/cli-grid/hostile", test_grid_hostile);
  g_test_add_func ("/tc/cli-grid/narrow", test_grid_narrow);

  return g_test_run ();
}
