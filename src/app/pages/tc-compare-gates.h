/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The gates of some sessions side by side: a row an epoch, a column a session.
 * Main thread only.
 */

#include <adwaita.h>

#include "tc-session.h"

G_BEGIN_DECLS

#define TC_TYPE_COMPARE_GATES (tc_compare_gates_get_type ())
G_DECLARE_FINAL_TYPE (TcCompareGates, tc_compare_gates, TC, COMPARE_GATES, AdwPreferencesGroup)

void       tc_compare_gates_show        (TcCompareGates *self,
                                         GPtrArray      *sessions,
                                         GPtrArray      *gates,
                                         gboolean        is_narrow);

/* What whoever else shows gates and sessions side by side needs. */
char      *tc_compare_gates_dup_name    (TcSession      *session);
guint     *tc_compare_gates_dup_epochs  (GPtrArray      *gates,
                                         guint          *n);
guint      tc_compare_gates_find_last   (GListModel     *gates,
                                         guint           epoch);
GtkWidget *tc_compare_gates_create_cell (const char     *result,
                                         const char     *whose);
GtkWidget *tc_compare_gates_create_head (TcSession      *session);
void       tc_compare_gates_limit_scrolling (GtkWidget  *scroller,
                                             guint       n,
                                             guint       n_fitting);

G_END_DECLS
