/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* A log on the screen: numbered lines, search, following what is written.
 */

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TC_TYPE_LOG_VIEW (tc_log_view_get_type ())
G_DECLARE_FINAL_TYPE (TcLogView, tc_log_view, TC, LOG_VIEW, GtkWidget)

/* Actions: log.search, log.next, log.previous, log.error, log.follow, log.copy */
GtkWidget *tc_log_view_new    (void);
void       tc_log_view_open   (TcLogView  *self,
                               const char *path);
void       tc_log_view_update (TcLogView  *self);

G_END_DECLS
