/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What a session's supervisor said once: the grade, the points it is made of,
 * what it recommends, what it cost; or why it said nothing.
 */

#include <gtk/gtk.h>

#include "tc-session-config.h"
#include "tc-verdict.h"

G_BEGIN_DECLS

#define TC_TYPE_VERDICT_CARD (tc_verdict_card_get_type ())
G_DECLARE_FINAL_TYPE (TcVerdictCard, tc_verdict_card, TC, VERDICT_CARD, GtkWidget)

GtkWidget *tc_verdict_card_new (const TcVerdict *verdict,
                                TcSessionConfig *config);

G_END_DECLS
