/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* A GtkListView makes two hundred rows whatever it shows, and nothing is painted
 * until all of them say what they show. With this only those in sight do, before
 * they are painted; the others are as high as the lowest of these, and are filled
 * in idle time once somebody scrolls.
 */

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TC_TYPE_ROW_FILLER (tc_row_filler_get_type ())
G_DECLARE_FINAL_TYPE (TcRowFiller, tc_row_filler, TC, ROW_FILLER, GObject)

/* Makes @row say what it shall; @item is what tc_row_filler_add() got. */
typedef void (*TcRowFill) (GtkWidget *row,
                           gpointer   item);

TcRowFiller *tc_row_filler_new    (GtkWidget   *list,
                                   TcRowFill    fill);
void         tc_row_filler_add    (TcRowFiller *self,
                                   GtkWidget   *row,
                                   gpointer     item);
void         tc_row_filler_remove (TcRowFiller *self,
                                   GtkWidget   *row);

G_END_DECLS
