/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Where the lines of a log begin: a file of any size that may still grow. Keeps
 * one offset for every few dozen lines and reads the rest again when it is
 * asked for. One thread extends it while another reads. A line ends with a line
 * feed; of what a progress bar wrote over itself, the last state is the line.
 * What looks like a key is masked in a line, but can be searched for: whoever
 * has it looks whether it is there.
 */

#include <glib.h>

G_BEGIN_DECLS

typedef struct _TcLogIndex TcLogIndex;

TcLogIndex *tc_log_index_open        (const char  *path,
                                      GError     **error);
TcLogIndex *tc_log_index_ref         (TcLogIndex  *self);
void        tc_log_index_unref       (TcLogIndex  *self);

/* Blocking; for a worker. */
gboolean    tc_log_index_extend      (TcLogIndex  *self,
                                      gsize        max_bytes);
gint64      tc_log_index_find        (TcLogIndex         *self,
                                      const char *const  *texts,
                                      gint64              from_line,
                                      int                 direction,
                                      const int          *is_cancelled);
guint       tc_log_index_count       (TcLogIndex         *self,
                                      const char         *text,
                                      gint64              until_line,
                                      guint              *n_until,
                                      const int          *is_cancelled);

/* Quick, any thread. */
guint       tc_log_index_get_n_lines (TcLogIndex  *self);
gint64      tc_log_index_get_size    (TcLogIndex  *self);
char       *tc_log_index_dup_line    (TcLogIndex  *self,
                                      guint        line,
                                      gsize        max_bytes,
                                      gint64      *offset);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcLogIndex, tc_log_index_unref)

G_END_DECLS
