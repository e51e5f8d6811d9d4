/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What widgets of our own have in common.
 */

#include <gtk/gtk.h>

G_BEGIN_DECLS

void tc_widget_dispose (GtkWidget *widget,
                        GType      type);
void tc_widget_keep_options (GtkLabel *label);

G_END_DECLS
