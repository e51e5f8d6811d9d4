/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The menu of the table in the history: what can be done with what is selected. */

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkWidget *tc_history_menu_new      (GtkWidget         *parent,
                                     GtkColumnView     *table);
void       tc_history_menu_set_cell (GtkWidget         *child,
                                     GtkColumnViewCell *cell);
void       tc_history_menu_show     (GtkWidget         *menu);

G_END_DECLS
