/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* One figure with its name below, as in "2.416 / Validation Loss".
 */

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TC_TYPE_FIGURE (tc_figure_get_type ())
G_DECLARE_FINAL_TYPE (TcFigure, tc_figure, TC, FIGURE, GtkWidget)

/* Properties: "title" and "value" (strings) */
GtkWidget *tc_figure_new       (const char *title);
void       tc_figure_set_value (TcFigure   *self,
                                const char *value);

G_END_DECLS
