/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* A log on the screen: numbered lines, when each was written, search with a count,
 * the way to errors, following what is written. Says what it did with ::told
 * (utf8). Property "wrap" (gboolean): long lines are broken.
 */

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TC_TYPE_LOG_VIEW (tc_log_view_get_type ())
G_DECLARE_FINAL_TYPE (TcLogView, tc_log_view, TC, LOG_VIEW, GtkWidget)

/* Actions: log.search, log.next, log.previous, log.error, log.follow, log.copy, log.wrap */
GtkWidget *tc_log_view_new           (void);
void       tc_log_view_open          (TcLogView  *self,
                                      const char *path);
void       tc_log_view_update        (TcLogView  *self);
void       tc_log_view_set_reason    (TcLogView  *self,
                                      const char *text);
void       tc_log_view_begin_search  (TcLogView  *self);
void       tc_log_view_jump_to_error (TcLogView  *self);

G_END_DECLS
