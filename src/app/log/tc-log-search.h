/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Goes from hit to hit through the lines of a log, over its ends, and counts
 * them: “3 of 17”. A worker looks; what it found out comes as a signal. Main
 * thread only.
 *
 * ::found (guint line): there is a hit, from 0; ::missed: there is none;
 * ::counted: tc_log_search_get_place() knows more.
 */

#include "tc-log-lines.h"

G_BEGIN_DECLS

#define TC_TYPE_LOG_SEARCH (tc_log_search_get_type ())
G_DECLARE_FINAL_TYPE (TcLogSearch, tc_log_search, TC, LOG_SEARCH, GObject)

TcLogSearch *tc_log_search_new       (TcLogLines         *lines);
void         tc_log_search_start     (TcLogSearch        *self,
                                      const char *const  *texts,
                                      guint               from_line,
                                      int                 direction);
void         tc_log_search_step      (TcLogSearch        *self,
                                      int                 direction);
void         tc_log_search_stop      (TcLogSearch        *self);
gboolean     tc_log_search_get_place (TcLogSearch        *self,
                                      guint              *nth,
                                      guint              *n_lines);

G_END_DECLS
