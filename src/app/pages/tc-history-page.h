/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The sessions that have ended, in a table: to sort, to search, to compare.
 */

#include <adwaita.h>

#include "tc-history.h"

G_BEGIN_DECLS

#define TC_TYPE_HISTORY_PAGE (tc_history_page_get_type ())
G_DECLARE_FINAL_TYPE (TcHistoryPage, tc_history_page, TC, HISTORY_PAGE, AdwNavigationPage)

/* Signals:
 *  opened (TcSession *) somebody wants to see more of it
 *  compare (GPtrArray *) (element-type TcSession) somebody wants to see them side by side */
TcHistoryPage *tc_history_page_new (TcClient  *client,
                                    TcHistory *history);

G_END_DECLS
