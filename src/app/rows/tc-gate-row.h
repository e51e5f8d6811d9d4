/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* One quality gate: when, how it went, the validator's tests as chips; opened,
 * what the tests said and what the model wrote. Main thread only.
 */

#include <adwaita.h>

#include "tc-client.h"

G_BEGIN_DECLS

#define TC_TYPE_GATE_ROW (tc_gate_row_get_type ())
G_DECLARE_FINAL_TYPE (TcGateRow, tc_gate_row, TC, GATE_ROW, GtkListBoxRow)

GtkWidget *tc_gate_row_new         (JsonObject *gate);
void       tc_gate_row_load        (TcGateRow  *self,
                                    TcClient   *client,
                                    guint64     session_id);
void       tc_gate_row_set_report  (TcGateRow  *self,
                                    JsonObject *report);
void       tc_gate_row_toggle      (TcGateRow  *self);

char      *tc_gate_row_dup_title   (JsonObject *gate);
char      *tc_gate_row_dup_text    (JsonObject *gate);
char      *tc_gate_row_dup_test_name (const char *name);

G_END_DECLS
