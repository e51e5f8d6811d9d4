/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* A session in a list: number, status, title, what it is about or why it failed.
 */

#include <adwaita.h>

#include "tc-session.h"

G_BEGIN_DECLS

#define TC_TYPE_SESSION_ROW (tc_session_row_get_type ())
G_DECLARE_FINAL_TYPE (TcSessionRow, tc_session_row, TC, SESSION_ROW, GtkWidget)

GtkWidget *tc_session_row_new         (void);
void       tc_session_row_set_session (TcSessionRow *self,
                                       TcSession    *session);

G_END_DECLS
