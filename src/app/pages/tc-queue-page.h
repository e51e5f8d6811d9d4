/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The queue: what is on, what comes next, what has ended.
 */

#include <adwaita.h>

#include "tc-client.h"
#include "tc-history.h"

G_BEGIN_DECLS

#define TC_TYPE_QUEUE_PAGE (tc_queue_page_get_type ())
G_DECLARE_FINAL_TYPE (TcQueuePage, tc_queue_page, TC, QUEUE_PAGE, AdwNavigationPage)

/* Signals:
 *  failed (const char *text) something asked for did not work
 *  opened (TcSession *) somebody wants to see more of it
 *  removed (TcSession *) it can be put back now
 *  restored () something that was removed comes back
 *  changed () sessions came, went or changed their section */
TcQueuePage *tc_queue_page_new     (TcClient    *client,
                                    TcHistory   *history);
void         tc_queue_page_restore (TcQueuePage *self,
                                    guint64      id);

G_END_DECLS
