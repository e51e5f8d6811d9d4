/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What the queue's list shows for a session: a card while it is on, a row before
 * and after. Changes from one to the other by itself.
 */

#include "tc-client.h"
#include "tc-running-card.h"
#include "tc-session-row.h"

G_BEGIN_DECLS

#define TC_TYPE_QUEUE_ROW (tc_queue_row_get_type ())
G_DECLARE_FINAL_TYPE (TcQueueRow, tc_queue_row, TC, QUEUE_ROW, GtkWidget)

GtkWidget *tc_queue_row_new         (TcClient   *client);
void       tc_queue_row_set_session (TcQueueRow *self,
                                     TcSession  *session);

G_END_DECLS
