/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* A session in a list, one line: what it is, how it is, its best figure, and a
 * menu of what can be done with it. The actions "session.…" of the page do it.
 */

#include <gtk/gtk.h>

#include "tc-queue-estimates.h"

G_BEGIN_DECLS

#define TC_TYPE_SESSION_ROW (tc_session_row_get_type ())
G_DECLARE_FINAL_TYPE (TcSessionRow, tc_session_row, TC, SESSION_ROW, GtkWidget)

GtkWidget *tc_session_row_new         (TcQueue          *queue,
                                       TcQueueEstimates *estimates);
void       tc_session_row_set_session (TcSessionRow     *self,
                                       TcSession        *session);
void       tc_session_row_show_menu   (TcSessionRow     *self);

G_END_DECLS
