/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What was spent of a limit, and lighter behind it what is expected to be.
 * Warns from 80 % on.
 */

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TC_TYPE_MONEY_BAR (tc_money_bar_get_type ())
G_DECLARE_FINAL_TYPE (TcMoneyBar, tc_money_bar, TC, MONEY_BAR, GtkWidget)

GtkWidget *tc_money_bar_new (void);
void       tc_money_bar_set (TcMoneyBar *self,
                             double      spent,
                             double      expected);

G_END_DECLS
