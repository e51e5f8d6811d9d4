/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Money is an int64 of millionths of a US dollar, never a double. Sums are
 * checked: a result that does not fit is an error, not a wrap. Any thread.
 */

#include <glib.h>

G_BEGIN_DECLS

typedef gint64 TcMoney;

#define TC_MONEY_DOLLAR G_GINT64_CONSTANT (1000000)

gboolean tc_money_parse      (const char *text,
                              TcMoney    *amount,
                              GError    **error);
char    *tc_money_format     (TcMoney     amount);
gboolean tc_money_add        (TcMoney     a,
                              TcMoney     b,
                              TcMoney    *sum);
gboolean tc_money_for_tokens (gint64      tokens,
                              TcMoney     per_million,
                              TcMoney    *cost);

G_END_DECLS
