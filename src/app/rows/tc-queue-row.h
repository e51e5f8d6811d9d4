/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What the queue's list shows for a session: a card while it is on, a row before
 * and after. Changes from one to the other by itself. Those that wait can be
 * dragged to another place; the page's action "session.place" is told where.
 */

#include "tc-client.h"
#include "tc-queue-estimates.h"
#include "tc-running-card.h"
#include "tc-session-row.h"

G_BEGIN_DECLS

#define TC_TYPE_QUEUE_ROW (tc_queue_row_get_type ())
G_DECLARE_FINAL_TYPE (TcQueueRow, tc_queue_row, TC, QUEUE_ROW, GtkWidget)

GtkWidget *tc_queue_row_new         (TcClient         *client,
                                     TcHistory        *history,
                                     TcQueueEstimates *estimates);
void       tc_queue_row_set_session (TcQueueRow       *self,
                                     TcSession        *session);
TcSession *tc_queue_row_get_session (TcQueueRow       *self);
void       tc_queue_row_show_menu   (TcQueueRow       *self);

G_END_DECLS
