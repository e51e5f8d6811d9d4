/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-axis.h"

#include <math.h>

static TcAxis
make_axis (double   from,
           double   to,
           gboolean is_log)
{
  return (TcAxis) { from, to, 10, 110, is_log, FALSE };
}

static void
test_there_and_back (void)
{
  TcAxis axes[] = { make_axis (0, 200, FALSE), make_axis (-3, 7, FALSE), make_axis (1e-4, 10, TRUE) };

  for (guint i = 0; i < G_N_ELEMENTS (axes); i++)
    {
      g_assert_cmpfloat_with_epsilon (tc_axis_to_pixel (&axes[i], axes[i].from), 10, 1e-9);
      g_assert_cmpfloat_with_epsilon (tc_axis_to_pixel (&axes[i], axes[i].to), 110, 1e-9);
      for (double pixel = -50; pixel <= 200; pixel += 12.5)
        g_assert_cmpfloat_with_epsilon (tc_axis_to_pixel (&axes[i], tc_axis_to_value (&axes[i], pixel)),
                                        pixel, 1e-6);
    }
  g_assert_cmpfloat_with_epsilon (tc_axis_to_pixel (&axes[2], 0.01), 50, 1e-9);
}

static void
test_upside_down (void)
{
  TcAxis axis = { 0, 10, 300, 0, FALSE };

  g_assert_cmpfloat_with_epsilon (tc_axis_to_pixel (&axis, 10), 0, 1e-9);
  g_assert_cmpfloat_with_epsilon (tc_axis_to_value (&axis, 75), 7.5, 1e-9);
}

static void
test_fit (void)
{
  TcAxis axis = make_axis (0, 1, FALSE);

  tc_axis_fit (&axis, 2, 4, 0.5);
  g_assert_cmpfloat_with_epsilon (axis.from, 1, 1e-9);
  g_assert_cmpfloat_with_epsilon (axis.to, 5, 1e-9);

  tc_axis_fit (&axis, 7, 7, 0);
  g_assert_cmpfloat (axis.from, <, 7);
  g_assert_cmpfloat (axis.to, >, 7);
  tc_axis_fit (&axis, 0, 0, 0);
  g_assert_cmpfloat (axis.from, <, axis.to);

  axis.is_log = TRUE;
  tc_axis_fit (&axis, 0.5, 0.5, 0.1);
  g_assert_cmpfloat (axis.from, >, 0);
  g_assert_cmpfloat (axis.to, >, 0.5);
}

static void
test_zoom_and_pan (void)
{
  TcAxis axis = make_axis (0, 100, FALSE);
  double before = tc_axis_to_value (&axis, 35);

  tc_axis_zoom (&axis, 35, 0.5);
  g_assert_cmpfloat_with_epsilon (axis.to - axis.from, 50, 1e-9);
  g_assert_cmpfloat_with_epsilon (tc_axis_to_value (&axis, 35), before, 1e-9);

  tc_axis_pan (&axis, 20);
  g_assert_cmpfloat_with_epsilon (tc_axis_to_value (&axis, 55), before, 1e-9);

  for (guint i = 0; i < 200; i++)
    tc_axis_zoom (&axis, 35, 0.5);
  g_assert_cmpfloat (axis.to, >, axis.from);
}

static void
test_clamp (void)
{
  TcAxis axis = make_axis (-20, 30, FALSE);

  tc_axis_clamp (&axis, 0, 100);
  g_assert_cmpfloat (axis.from, ==, 0);
  g_assert_cmpfloat (axis.to, ==, 50);
  axis = make_axis (80, 130, FALSE);
  tc_axis_clamp (&axis, 0, 100);
  g_assert_cmpfloat (axis.from, ==, 50);
  g_assert_cmpfloat (axis.to, ==, 100);
  axis = make_axis (-500, 500, FALSE);
  tc_axis_clamp (&axis, 0, 100);
  g_assert_cmpfloat (axis.from, ==, 0);
  g_assert_cmpfloat (axis.to, ==, 100);
}

static void
assert_labels (const TcAxis *axis,
               guint         most,
               const char   *expected)
{
  g_autoptr(GString) text = g_string_new (NULL);
  TcTick ticks[32];
  guint n = tc_axis_get_ticks (axis, most, ticks);

  g_assert_cmpuint (n, <=, most);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", ticks[i].label);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
assert_ticks (double      from,
              double      to,
              gboolean    is_log,
              guint       most,
              const char *expected)
{
  TcAxis axis = make_axis (from, to, is_log);

  assert_labels (&axis, most, expected);
}

static void
test_ticks (void)
{
  assert_ticks (0, 200, FALSE, 5, "0 50 100 150 200");
  assert_ticks (1, 200, FALSE, 5, "50 100 150 200");
  assert_ticks (0, 0.3, FALSE, 4, "0.0 0.1 0.2 0.3");
  assert_ticks (-1, 1, FALSE, 5, "-1.0 -0.5 0.0 0.5 1.0");
  assert_ticks (0.00012, 0.00019, FALSE, 8, "0.00012 0.00013 0.00014 0.00015 0.00016 0.00017 0.00018 0.00019");
  assert_ticks (0, 5e7, FALSE, 6, "0 1e+07 2e+07 3e+07 4e+07 5e+07");
  assert_ticks (0.01, 10, TRUE, 4, "0.01 0.1 1 10");
  assert_ticks (0.1, 10, TRUE, 12, "0.1 0.2 0.5 1 2 5 10");
  assert_ticks (2, 3, TRUE, 6, "2.0 2.2 2.4 2.6 2.8 3.0");
  assert_ticks (1e-30, 1e30, TRUE, 5, "1e-30 1e-18 1e-06 1e+06 1e+18");
  assert_ticks (5, 5, FALSE, 5, "");
  assert_ticks (NAN, 5, FALSE, 5, "");
  assert_ticks (0, INFINITY, FALSE, 5, "");
}

static void
test_whole (void)
{
  static const struct { double from, to; const char *labels; } cases[] = {
    { 1, 2, "1 2" }, { 1, 3.5, "1 2 3" }, { 1.2, 1.6, "1.2 1.3 1.4 1.5 1.6" }, { 0, 200, "0 50 100 150 200" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TcAxis axis = make_axis (cases[i].from, cases[i].to, FALSE);

      axis.is_whole = TRUE;
      assert_labels (&axis, 5, cases[i].labels);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/tc/axis/there-and-back", test_there_and_back);
  g_test_add_func ("/tc/axis/upside-down", test_upside_down);
  g_test_add_func ("/tc/axis/fit", test_fit);
  g_test_add_func ("/tc/axis/zoom-and-pan", test_zoom_and_pan);
  g_test_add_func ("/tc/axis/clamp", test_clamp);
  g_test_add_func ("/tc/axis/ticks", test_ticks);
  g_test_add_func ("/tc/axis/whole", test_whole);

  return g_test_run ();
}
