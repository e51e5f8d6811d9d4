/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Finds the news in what the script's own watchdog prints: it repeats a block
 * of lines every minute, so a warning is news only when the last block did not
 * have it, and a status only when it has changed. Numbers do not make a line
 * another one. Pure. One owner, one thread.
 */

#include "tc-finding.h"

typedef struct _TcWatchNews TcWatchNews;

TcWatchNews *tc_watch_news_new  (gint64         interval_us);
void         tc_watch_news_free (TcWatchNews   *self);
void         tc_watch_news_push (TcWatchNews   *self,
                                 const char    *line,
                                 gssize         length,
                                 gint64         monotonic_us,
                                 TcFindingFunc  func,
                                 gpointer       user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcWatchNews, tc_watch_news_free)
