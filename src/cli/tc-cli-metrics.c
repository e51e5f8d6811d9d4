/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-cli-metrics.h"

#include <math.h>

/**
 * tc_cli_metrics_point:
 * @node: a point
 * @x: (out): its place
 * @value: (out): its value, NaN or infinite if it says so
 *
 * Returns: whether @node is a point
 */
gboolean
tc_cli_metrics_point (JsonNode *node,
                      double   *x,
                      double   *value)
{
  JsonArray *pair = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  JsonNode *second;

  if (pair == NULL || json_array_get_length (pair) != 2)
    return FALSE;

  second = json_array_get_element (pair, 1);
  *x = json_array_get_double_element (pair, 0);
  if (!JSON_NODE_HOLDS_VALUE (second))
    *value = NAN;
  else if (json_node_get_value_type (second) != G_TYPE_STRING)
    *value = json_node_get_double (second);
  else if (g_str_equal (json_node_get_string (second), "Infinity"))
    *value = INFINITY;
  else if (g_str_equal (json_node_get_string (second), "-Infinity"))
    *value = -INFINITY;
  else
    *value = NAN;

  return TRUE;
}

/**
 * tc_cli_metrics_values:
 * @points: a series
 *
 * Returns: (transfer full) (element-type double): its values in order
 */
GArray *
tc_cli_metrics_values (JsonArray *points)
{
  GArray *values = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < json_array_get_length (points); i++)
    {
      double x;
      double value;

      if (tc_cli_metrics_point (json_array_get_element (points, i), &x, &value))
        g_array_append_val (values, value);
    }

  return values;
}
