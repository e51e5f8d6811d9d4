/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The session that is on, large: what it is, how far it has come, its curves and
 * gates, and what can be done with it. Its buttons activate the actions
 * "session.suspend", "session.resume" and "session.cancel" with its id.
 */

#include <gtk/gtk.h>

#include "tc-client.h"
#include "tc-history.h"

G_BEGIN_DECLS

#define TC_TYPE_RUNNING_CARD (tc_running_card_get_type ())
G_DECLARE_FINAL_TYPE (TcRunningCard, tc_running_card, TC, RUNNING_CARD, GtkWidget)

GtkWidget *tc_running_card_new         (TcClient      *client,
                                        TcHistory     *history);
void       tc_running_card_set_session (TcRunningCard *self,
                                        TcSession     *session);

G_END_DECLS
