/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* A grid with columns of one width and as even rows as there can be: all in
 * one row where that fits, then two halves, two columns, one. Unlike
 * GtkFlowBox it leaves no last child alone below six others.
 */

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TC_TYPE_EVEN_BOX (tc_even_box_get_type ())
G_DECLARE_FINAL_TYPE (TcEvenBox, tc_even_box, TC, EVEN_BOX, GtkWidget)

GtkWidget *tc_even_box_new_packed (int        spacing);
void       tc_even_box_append     (TcEvenBox *self,
                                   GtkWidget *child);

G_END_DECLS
