/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The first view of a session: its figures, curves, gates, verdicts and events.
 */

#include <adwaita.h>

#include "tc-history.h"

G_BEGIN_DECLS

#define TC_TYPE_OVERVIEW (tc_overview_get_type ())
G_DECLARE_FINAL_TYPE (TcOverview, tc_overview, TC, OVERVIEW, GtkWidget)

/* Signals: saved (GFile *file) the chart; failed (const char *text) */
GtkWidget *tc_overview_new (TcClient  *client,
                            TcSession *session,
                            TcHistory *history);

G_END_DECLS
