/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-cli-money.h"

#include <string.h>

#include "tc-cli-text.h"
#include "tc-json.h"

/* Those of "$3.20". */
#define MIN_DECIMALS 2

static guint
count_decimals (const char *amount)
{
  const char *point = amount != NULL ? strchr (amount, '.') : NULL;

  return point != NULL ? (guint) strlen (point + 1) : 0;
}

/**
 * tc_cli_money_get_decimals:
 * @rows: (nullable): what is to be in the column
 * @member: of each, an amount as the engine writes it, or null
 *
 * Returns: how many decimals the column needs
 */
guint
tc_cli_money_get_decimals (JsonArray  *rows,
                           const char *member)
{
  guint n = MIN_DECIMALS;

  for (guint i = 0; rows != NULL && i < json_array_get_length (rows); i++)
    {
      JsonNode *node = json_array_get_element (rows, i);

      if (JSON_NODE_HOLDS_OBJECT (node))
        n = MAX (n, count_decimals (tc_json_get_string (json_node_get_object (node), member, NULL)));
    }

  return n;
}

/**
 * tc_cli_money_format:
 * @n_decimals: of the column
 *
 * Returns: (transfer full) (nullable): "$3.200000"; %NULL if there is no amount
 */
char *
tc_cli_money_format (JsonObject *row,
                     const char *member,
                     guint       n_decimals)
{
  const char *amount = tc_json_get_string (row, member, NULL);
  guint n = count_decimals (amount);
  g_autofree char *zeros = NULL;

  if (amount == NULL)
    return NULL;
  zeros = g_strnfill (n > 0 && n < n_decimals ? n_decimals - n : 0, '0');

  return g_strdup_printf ("$%s%s", amount, zeros);
}

/**
 * tc_cli_money_print_missing:
 * @answer: of the engine, about money
 *
 * Says from when on the sums are whole, if they are not.
 *
 * Returns: an exit status
 */
int
tc_cli_money_print_missing (JsonObject *answer)
{
  const char *missing = tc_json_get_string (answer, "missing_before", NULL);
  g_autoptr (GDateTime) utc = missing != NULL ? g_date_time_new_from_iso8601 (missing, NULL) : NULL;
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;
  g_autofree char *date = local != NULL ? g_date_time_format (local, "%Y-%m-%d %H:%M") : NULL;
  g_autofree char *text = NULL;

  if (date == NULL)
    return TC_CLI_OK;
  text = g_strdup_printf ("Calls before %s may be missing: the book of money was lost then. See what your "
                          "provider says.\n", date);

  return tc_cli_print (text);
}
