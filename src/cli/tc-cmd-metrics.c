/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* trainctl metrics ID [--csv] [--series NAMES] [--points N] */

#include "config.h"

#include <math.h>

#include "tc-cli-metrics.h"
#include "tc-commands.h"
#include "tc-json.h"

#define SPARK_WIDTH 30

static char *
dup_target (TcCli    *cli,
            gboolean  is_csv)
{
  const char *series = tc_cli_args_get (cli->args, "series");
  const char *points = tc_cli_args_get (cli->args, "points");
  g_autoptr(GString) target = g_string_new ("/api/training/metrics/");
  const char *separator = "?";

  g_string_append (target, tc_cli_args_get_word (cli->args, 0));
  if (series != NULL)
    {
      g_string_append_printf (target, "%sseries=", separator);
      g_string_append_uri_escaped (target, series, ",", FALSE);
      separator = "&";
    }
  if (points != NULL)
    {
      g_string_append_printf (target, "%smax_points=%s", separator, points);
      separator = "&";
    }
  if (is_csv)
    g_string_append_printf (target, "%sformat=csv", separator);

  return g_string_free (g_steal_pointer (&target), FALSE);
}

static int
print_csv (TcCli *cli)
{
  g_autofree char *target = dup_target (cli, TRUE);
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_cli_fetch (cli, "GET", target, NULL, &error);
  g_autofree char *text = NULL;
  gsize length;
  const char *data;

  if (reply == NULL)
    return tc_cli_fail (error);
  data = g_bytes_get_data (reply->bytes, &length);
  text = g_strndup (data, length);

  return tc_cli_print (text);
}

static void
add_series (TcCliGrid  *grid,
            const char *name,
            JsonArray  *points)
{
  g_autoptr(GArray) values = tc_cli_metrics_values (points);
  double lowest = INFINITY;
  double highest = -INFINITY;
  double last = values->len > 0 ? g_array_index (values, double, values->len - 1) : NAN;
  guint n_finite = 0;

  for (guint i = 0; i < values->len; i++)
    {
      double value = g_array_index (values, double, i);

      if (!isfinite (value))
        continue;
      lowest = MIN (lowest, value);
      highest = MAX (highest, value);
      n_finite++;
    }

  tc_cli_grid_add (grid, TC_CLI_PLAIN, name);
  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, g_strdup_printf ("%u", values->len));
  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, tc_cli_format_loss (last, values->len > 0));
  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, tc_cli_format_loss (lowest, n_finite > 0));
  tc_cli_grid_add_take (grid, TC_CLI_PLAIN, tc_cli_format_loss (highest, n_finite > 0));
  tc_cli_grid_add_take (grid, TC_CLI_CYAN, tc_cli_format_spark ((double *) (void *) values->data,
                                                                values->len, SPARK_WIDTH));
}

static int
print_summary (TcCli      *cli,
               JsonObject *series)
{
  g_autoptr(TcCliGrid) grid = tc_cli_grid_new ("SERIES|>POINTS|>LAST|>LOWEST|>HIGHEST|");
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  gboolean is_empty = TRUE;

  if (series != NULL)
    {
      json_object_iter_init_ordered (&iter, series);
      while (json_object_iter_next_ordered (&iter, &name, &node))
        {
          if (!JSON_NODE_HOLDS_ARRAY (node))
            continue;
          add_series (grid, name, json_node_get_array (node));
          is_empty = FALSE;
        }
    }
  if (is_empty)
    return tc_cli_print ("There are no metrics yet.\n");

  return tc_cli_print_grid (cli, grid);
}

int
tc_cmd_metrics (TcCli *cli)
{
  g_autofree char *target = dup_target (cli, FALSE);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = NULL;

  if (tc_cli_args_has (cli->args, "csv"))
    return print_csv (cli);

  answer = tc_cli_call (cli, "GET", target, NULL, &error);
  if (answer == NULL)
    return tc_cli_fail (error);
  if (cli->args->json)
    return tc_cli_print_json (answer);

  return print_summary (cli, tc_json_get_object (json_node_get_object (answer), "series"));
}
