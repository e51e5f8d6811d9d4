/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Gates, verdicts, pauses and suspends of a session as marks of its chart. All
 * lists are of TcRecord. Main thread only.
 */

#include "tc-chart.h"
#include "tc-run-records.h"

G_BEGIN_DECLS

void     tc_chart_marks_draw       (TcChart    *chart,
                                    TcSession  *session,
                                    GListModel *gates,
                                    GListModel *verdicts,
                                    GListModel *events);
gboolean tc_chart_marks_find_epoch (TcSession  *session,
                                    GListModel *gates,
                                    GListModel *verdicts,
                                    gint64      at_us,
                                    double     *epoch);

G_END_DECLS
