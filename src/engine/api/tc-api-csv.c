/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-api-csv.h"
#include "tc-json.h"

/* The name of a series comes from a script. Quoted always, and never such that
 * a spreadsheet takes it for a formula. */
static void
append_name (GString    *text,
             const char *name)
{
  g_string_append_c (text, '"');
  if (*name != 0 && strchr ("=+-@\t\r", *name) != NULL)
    g_string_append_c (text, '\'');
  for (; *name != 0; name++)
    {
      if (*name == '"')
        g_string_append_c (text, '"');
      g_string_append_c (text, *name);
    }
  g_string_append_c (text, '"');
}

static void
append_value (GString  *text,
              JsonNode *node)
{
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    g_string_append (text, json_node_get_string (node));
  else
    tc_json_append_double (text, json_node_get_double (node));
}

static void
append_series (GString    *text,
               const char *name,
               JsonArray  *points)
{
  g_autoptr (GString) cell = g_string_new (NULL);
  guint n = json_array_get_length (points);

  append_name (cell, name);
  for (guint i = 0; i < n; i++)
    {
      JsonArray *point = json_array_get_array_element (points, i);

      g_string_append_len (text, cell->str, (gssize) cell->len);
      g_string_append_c (text, ',');
      append_value (text, json_array_get_element (point, 0));
      g_string_append_c (text, ',');
      append_value (text, json_array_get_element (point, 1));
      g_string_append (text, "\r\n");
    }
}

/**
 * tc_api_metrics_to_csv:
 * @metrics: {"series":{"name":[[x,value],…],…}} as the store gives it
 *
 * Returns: (transfer full): RFC 4180 with a line of headings; values that are
 *   not finite as NaN, Infinity and -Infinity
 */
char *
tc_api_metrics_to_csv (JsonObject *metrics)
{
  JsonObject *series = tc_json_get_object (metrics, "series");
  GString *text = g_string_new ("series,x,value\r\n");
  JsonObjectIter iter;
  const char *name;
  JsonNode *points;

  if (series != NULL)
    {
      json_object_iter_init_ordered (&iter, series);
      while (json_object_iter_next_ordered (&iter, &name, &points))
        append_series (text, name, json_node_get_array (points));
    }
  return g_string_free (text, FALSE);
}
