/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Some sessions side by side: their curves over one another, what differs in
 * what was asked for and in what came of it, their gates, what their models
 * wrote there, and their last verdicts.
 */

#include <adwaita.h>

#include "tc-history.h"

G_BEGIN_DECLS

#define TC_TYPE_COMPARE_PAGE (tc_compare_page_get_type ())
G_DECLARE_FINAL_TYPE (TcComparePage, tc_compare_page, TC, COMPARE_PAGE, AdwNavigationPage)

TcComparePage *tc_compare_page_new (TcClient  *client,
                                    TcHistory *history,
                                    GPtrArray *sessions);

G_END_DECLS
