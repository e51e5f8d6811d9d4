/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What was spent on each of the last days, as small bars.
 */

#include <gtk/gtk.h>

#include "tc-spend-history.h"

G_BEGIN_DECLS

#define TC_TYPE_SPEND_DAYS (tc_spend_days_get_type ())
G_DECLARE_FINAL_TYPE (TcSpendDays, tc_spend_days, TC, SPEND_DAYS, GtkWidget)

GtkWidget *tc_spend_days_new  (void);
void       tc_spend_days_show (TcSpendDays    *self,
                               TcSpendHistory *history);

G_END_DECLS
