/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <math.h>
#include <string.h>

#include "tc-cursor.h"

static TcCursor
cursor_for (const char *text)
{
  return (TcCursor) { text, text + strlen (text) };
}

static void
check_number (const char *text,
              double      expected,
              const char *rest)
{
  TcCursor cursor = cursor_for (text);
  double value;

  g_assert_true (tc_cursor_take_number (&cursor, &value));
  if (isnan (expected))
    g_assert_true (isnan (value));
  else
    g_assert_cmpfloat (value, ==, expected);
  g_assert_true (signbit (value) == signbit (expected) || isnan (expected));
  g_assert_cmpstr (cursor.at, ==, rest);
}

static void
test_numbers (void)
{
  static const char *const bad[] = {
    "", "x", ".", "-", "+", "-.", "e5", "info", "nano", "-x", "nan1", "inf_",
  };

  check_number ("12", 12, "");
  check_number ("-0.5s", -0.5, "s");
  check_number (".5,", 0.5, ",");
  check_number ("5.", 5, "");
  check_number ("+3", 3, "");
  check_number ("1e-4)", 1e-4, ")");
  check_number ("1E+2", 100, "");
  check_number ("2e", 2, "e");
  check_number ("2e-x", 2, "e-x");
  check_number ("-0", -0.0, "");
  check_number ("4.40it/s", 4.4, "it/s");
  check_number ("1.2.3", 1.2, ".3");
  check_number ("nan", NAN, "");
  check_number ("-NaN,", NAN, ",");
  check_number ("inf", INFINITY, "");
  check_number ("-Infinity]", -INFINITY, "]");
  check_number ("1e999", INFINITY, "");
  check_number ("1e99999999999999999999999999", INFINITY, "");
  check_number ("1e-99999", 0, "");
  check_number ("0.000000000000000000000000000001", 1e-30, "");
  check_number ("123456789012345678901234567890", 1.2345678901234568e29, "");
  check_number ("9007199254740993", 9007199254740992.0, "");

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      TcCursor cursor = cursor_for (bad[i]);
      double value;

      g_assert_false (tc_cursor_take_number (&cursor, &value));
      g_assert_true (cursor.at == bad[i]);
    }
}

/* The quick way gives what the C library gives, to the last bit. */
static void
test_exactness (void)
{
  static const char *const formats[] = { "%.17g", "%.4f", "%.6e", "%g", "%.0f", "%.15g" };

  for (int i = 0; i < 100000; i++)
    {
      const char *format = formats[g_test_rand_int_range (0, G_N_ELEMENTS (formats))];
      double number = g_test_rand_double_range (-1, 1) * pow (10, g_test_rand_int_range (-30, 30));
      char text[G_ASCII_DTOSTR_BUF_SIZE * 2];
      TcCursor cursor;
      double value;

      g_ascii_formatd (text, sizeof text, format, number);
      cursor = cursor_for (text);
      g_assert_true (tc_cursor_take_number (&cursor, &value));
      g_assert_true (cursor.at == cursor.end);
      g_assert_cmpfloat (value, ==, g_ascii_strtod (text, NULL));
    }
}

static void
check_int (const char *text,
           gint64      expected,
           const char *rest)
{
  TcCursor cursor = cursor_for (text);
  gint64 value = -1;
  gboolean found = tc_cursor_take_int (&cursor, &value);

  g_assert_true (found == (expected >= 0));
  g_assert_cmpint (value, ==, expected);
  g_assert_cmpstr (cursor.at, ==, rest);
}

static void
test_ints (void)
{
  check_int ("17, Loss", 17, ", Loss");
  check_int ("101,533,813", 101533813, "");
  check_int ("1,2", 1, ",2");
  check_int ("1,23", 1, ",23");
  check_int ("1,2345", 1, ",2345");
  check_int ("1,234x", 1234, "x");
  check_int (",234", -1, ",234");
  check_int ("", -1, "");
  check_int ("-5", -1, "-5");
  check_int ("9223372036854775807", -1, "9223372036854775807");
  check_int ("922337203685477579", 922337203685477579, "");
  check_int ("99999999999999999999", -1, "99999999999999999999");
}

static void
test_ratios (void)
{
  TcCursor cursor = cursor_for (" 10 / 17, x");
  TcCursor bad = cursor_for ("10/x");
  TcCursor large = cursor_for ("1/99999999999");
  int part;
  int whole;

  g_assert_true (tc_cursor_take_ratio (&cursor, &part, &whole));
  g_assert_cmpint (part, ==, 10);
  g_assert_cmpint (whole, ==, 17);
  g_assert_cmpstr (cursor.at, ==, ", x");
  g_assert_false (tc_cursor_take_ratio (&bad, &part, &whole));
  g_assert_cmpstr (bad.at, ==, "10/x");
  g_assert_false (tc_cursor_take_ratio (&large, &part, &whole));
}

static void
test_words (void)
{
  TcCursor cursor = cursor_for ("Epoch 3 of 5");

  g_assert_false (tc_cursor_take (&cursor, "EPOCH"));
  g_assert_true (tc_cursor_take_nocase (&cursor, "EPOCH"));
  g_assert_true (tc_cursor_contains (&cursor, "of"));
  g_assert_false (tc_cursor_find (&cursor, "off"));
  g_assert_true (tc_cursor_find (&cursor, "of"));
  g_assert_cmpstr (cursor.at, ==, " 5");
  g_assert_false (tc_cursor_take (&cursor, " 55"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tc/cursor/numbers", test_numbers);
  g_test_add_func ("/tc/cursor/exactness", test_exactness);
  g_test_add_func ("/tc/cursor/ints", test_ints);
  g_test_add_func ("/tc/cursor/ratios", test_ratios);
  g_test_add_func ("/tc/cursor/words", test_words);

  return g_test_run ();
}
