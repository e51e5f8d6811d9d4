/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What the validator wrote about one gate of a session: its tests and what the
 * model answered. Asked for once, and again if the engine went away meanwhile.
 * One main context.
 */

#include "tc-client.h"

G_BEGIN_DECLS

#define TC_TYPE_GATE_REPORT (tc_gate_report_get_type ())
G_DECLARE_FINAL_TYPE (TcGateReport, tc_gate_report, TC, GATE_REPORT, GObject)

/* Signal: changed () the answer has come */
TcGateReport *tc_gate_report_new         (TcClient     *client,
                                          guint64       session_id,
                                          guint         epoch);
guint         tc_gate_report_get_epoch   (TcGateReport *self);
JsonObject   *tc_gate_report_get_json    (TcGateReport *self);
const char   *tc_gate_report_get_problem (TcGateReport *self);

G_END_DECLS
