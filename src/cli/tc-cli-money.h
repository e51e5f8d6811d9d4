/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Columns of money: the engine writes as many decimals as an amount has, a
 * column has the same number in each row, so that the points are in line.
 */

#include <json-glib/json-glib.h>

#include "tc-cli.h"

G_BEGIN_DECLS

guint tc_cli_money_get_decimals (JsonArray  *rows,
                                 const char *member);
char *tc_cli_money_format       (JsonObject *row,
                                 const char *member,
                                 guint       n_decimals);
int   tc_cli_money_print_missing (JsonObject *answer);

G_END_DECLS
