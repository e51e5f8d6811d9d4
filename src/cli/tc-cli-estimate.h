/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Estimates as people read them: ranges, what they rest on, and beside them
 * what it took in the end.
 */

#include "tc-cli.h"

G_BEGIN_DECLS

char *tc_cli_format_range_seconds (double       low,
                                   double       high);
char *tc_cli_format_range_bytes   (gint64       low,
                                   gint64       high);
char *tc_cli_format_range_money   (const char  *low,
                                   const char  *high);
int   tc_cli_print_estimates      (TcCli       *cli,
                                   JsonObject  *answer);
char *tc_cli_format_outcome       (JsonObject  *answer);

G_END_DECLS
