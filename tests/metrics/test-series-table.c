/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <string.h>

#include "tc-point.h"
#include "tc-series-table.h"

#include <math.h>

static guint
intern (TcSeriesTable *table,
        const char    *name)
{
  return tc_series_table_intern (table, name, strlen (name));
}

static void
test_known (void)
{
  g_autoptr(TcSeriesTable) table = tc_series_table_new ();

  g_assert_cmpuint (tc_series_table_get_length (table), ==, TC_SERIES_N_KNOWN);
  g_assert_cmpuint (intern (table, "train_loss"), ==, TC_SERIES_TRAIN_LOSS);
  g_assert_cmpuint (intern (table, "perplexity"), ==, TC_SERIES_PERPLEXITY);
  g_assert_cmpstr (tc_series_table_get_name (table, TC_SERIES_ETA_SECONDS), ==, "eta_seconds");
  g_assert_cmpuint (intern (table, "mine"), ==, TC_SERIES_N_KNOWN);
  g_assert_cmpuint (intern (table, "mine"), ==, TC_SERIES_N_KNOWN);
  /* Only as long as said. */
  g_assert_cmpuint (tc_series_table_intern (table, "mineral", 4), ==, TC_SERIES_N_KNOWN);
}

/* P16: names are text, whatever they try to be. */
static void
test_hostile (void)
{
  g_autoptr(TcSeriesTable) table = tc_series_table_new ();
  g_autofree char *huge = g_strnfill (65536, 'x');
  g_autofree char *wide = g_malloc0 (65536);
  guint long_id = intern (table, huge);
  guint id;

  g_assert_cmpuint (strlen (tc_series_table_get_name (table, long_id)), ==, TC_SERIES_MAX_CHARS);
  g_assert_cmpuint (intern (table, huge), ==, long_id);

  for (int i = 0; i < 1000; i++)
    strcat (wide, "🜊");
  id = intern (table, wide);
  g_assert_cmpint (g_utf8_strlen (tc_series_table_get_name (table, id), -1), ==,
                   TC_SERIES_MAX_CHARS);

  id = intern (table, "a\nb\033[31m<b>%n\xff");
  g_assert_cmpstr (tc_series_table_get_name (table, id), ==, "a b<b>%n\357\277\275");
  id = tc_series_table_intern (table, "a\0b", 3);
  g_assert_cmpstr (tc_series_table_get_name (table, id), ==, "a\357\277\275b");

  g_assert_cmpuint (intern (table, ""), ==, TC_SERIES_NONE);
  g_assert_cmpuint (intern (table, "\033[31m"), ==, TC_SERIES_NONE);
}

static void
test_cap (void)
{
  g_autoptr(TcSeriesTable) table = tc_series_table_new ();

  for (guint i = TC_SERIES_N_KNOWN; i < TC_SERIES_MAX_NAMES + 100; i++)
    {
      g_autofree char *name = g_strdup_printf ("n%u", i);

      g_assert_cmpuint (intern (table, name), ==, i < TC_SERIES_MAX_NAMES ? i : TC_SERIES_NONE);
    }

  /* Those that are in stay in. */
  g_assert_cmpuint (intern (table, "n500"), ==, 500);
  g_assert_cmpuint (intern (table, "val_loss"), ==, TC_SERIES_VAL_LOSS);
}

static void
test_point_kinds (void)
{
  static const double values[] = { 1, -0.0, 5e-324, 1e308, INFINITY, -INFINITY };

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      TcPointKind kind = tc_point_kind_of (values[i]);

      if (isinf (values[i]))
        g_assert_cmpfloat (tc_point_kind_to_double (kind), ==, values[i]);
      else
        g_assert_cmpint (kind, ==, TC_POINT_FINITE);
    }
  g_assert_cmpint (tc_point_kind_of (NAN), ==, TC_POINT_NAN);
  g_assert_true (isnan (tc_point_kind_to_double (TC_POINT_NAN)));
  g_assert_cmpstr (tc_point_kind_to_string (TC_POINT_NEG_INF), ==, "-inf");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tc/series-table/known", test_known);
  g_test_add_func ("/tc/series-table/hostile", test_hostile);
  g_test_add_func ("/tc/series-table/cap", test_cap);
  g_test_add_func ("/tc/series-table/point-kinds", test_point_kinds);

  return g_test_run ();
}
