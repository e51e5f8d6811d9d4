/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* How a session was started and on what: command, environment, files, times,
 * configuration, and what it was expected to take beside what it took.
 */

#include <adwaita.h>

#include "tc-client.h"

G_BEGIN_DECLS

#define TC_TYPE_DETAILS_VIEW (tc_details_view_get_type ())
G_DECLARE_FINAL_TYPE (TcDetailsView, tc_details_view, TC, DETAILS_VIEW, GtkWidget)

/* Signal: failed (const char *text); copied () the command */
GtkWidget *tc_details_view_new (TcClient   *client,
                                TcSession  *session,
                                const char *run_dir);

G_END_DECLS
