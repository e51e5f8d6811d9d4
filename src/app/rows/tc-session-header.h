/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Which session it is, how it stands and why, and what can be done with it now.
 * Main thread only.
 */

#include <adwaita.h>

#include "tc-client.h"

G_BEGIN_DECLS

#define TC_TYPE_SESSION_HEADER (tc_session_header_get_type ())
G_DECLARE_FINAL_TYPE (TcSessionHeader, tc_session_header, TC, SESSION_HEADER, GtkBox)

/* Signal: failed (const char *text) */
GtkWidget *tc_session_header_new (TcClient  *client,
                                  TcSession *session);

G_END_DECLS
