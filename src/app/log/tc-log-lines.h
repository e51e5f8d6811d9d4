/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The lines of a log as a GListModel of TcLogLine, made when a list asks for
 * them: a log of a gigabyte costs what is on the screen. A worker reads ahead;
 * the model grows while it does. Main thread only.
 */

#include <gio/gio.h>

#include "tc-log-index.h"

G_BEGIN_DECLS

#define TC_TYPE_LOG_LINE (tc_log_line_get_type ())
G_DECLARE_FINAL_TYPE (TcLogLine, tc_log_line, TC, LOG_LINE, GObject)

guint       tc_log_line_get_number (TcLogLine *self);
const char *tc_log_line_get_text   (TcLogLine *self);

#define TC_TYPE_LOG_LINES (tc_log_lines_get_type ())
G_DECLARE_FINAL_TYPE (TcLogLines, tc_log_lines, TC, LOG_LINES, GObject)

/* Property "loading" (gboolean, notified): the worker has not come to the end. */
TcLogLines *tc_log_lines_new          (const char           *path);
void        tc_log_lines_update       (TcLogLines           *self);
gboolean    tc_log_lines_get_loading  (TcLogLines           *self);

TcLogIndex *tc_log_lines_get_index    (TcLogLines           *self);
gint64      tc_log_lines_get_time     (TcLogLines           *self,
                                       guint                 line);
void        tc_log_lines_read_async   (TcLogLines           *self,
                                       GArray               *numbers,
                                       GCancellable         *cancellable,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);
char       *tc_log_lines_read_finish  (TcLogLines           *self,
                                       GAsyncResult         *result,
                                       GError              **error);

G_END_DECLS
