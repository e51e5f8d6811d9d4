/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Everything about one session, in views: overview, log, details.
 */

#include <adwaita.h>

#include "tc-history.h"

G_BEGIN_DECLS

#define TC_TYPE_SESSION_PAGE (tc_session_page_get_type ())
G_DECLARE_FINAL_TYPE (TcSessionPage, tc_session_page, TC, SESSION_PAGE, AdwNavigationPage)

TcSessionPage *tc_session_page_new (TcClient   *client,
                                    GSettings  *settings,
                                    TcSession  *session,
                                    TcHistory  *history,
                                    const char *run_dir);
TcSession     *tc_session_page_get_session (TcSessionPage *self);
gboolean       tc_session_page_undo        (TcSessionPage *self);

G_END_DECLS
