/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* A block of lines at the bottom of a terminal that is drawn again in place.
 * Hides the cursor while it lives; freeing it, also after a signal, gives the
 * terminal back as it was, with the last block in the scrollback. One owner.
 */

#include <glib.h>

G_BEGIN_DECLS

typedef struct _TcWatchScreen TcWatchScreen;

TcWatchScreen *tc_watch_screen_new       (int             fd);
void           tc_watch_screen_free      (TcWatchScreen  *self);
guint          tc_watch_screen_get_width (TcWatchScreen  *self);
void           tc_watch_screen_resize    (TcWatchScreen  *self);
void           tc_watch_screen_draw      (TcWatchScreen  *self,
                                          GPtrArray      *lines);
void           tc_watch_screen_keep      (TcWatchScreen  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcWatchScreen, tc_watch_screen_free)

G_END_DECLS
