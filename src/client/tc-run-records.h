/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What the engine recorded about one session besides its values: gates, verdicts,
 * checkpoints or events, one kind a list, loaded and live. A GListModel of
 * TcRecord. One main context.
 */

#include "tc-client.h"

G_BEGIN_DECLS

#define TC_TYPE_RECORD (tc_record_get_type ())
G_DECLARE_FINAL_TYPE (TcRecord, tc_record, TC, RECORD, GObject)

TcRecord    *tc_record_new           (JsonObject   *json);
JsonObject  *tc_record_get_json      (TcRecord     *self);

#define TC_TYPE_RUN_RECORDS (tc_run_records_get_type ())
G_DECLARE_FINAL_TYPE (TcRunRecords, tc_run_records, TC, RUN_RECORDS, GObject)

TcRunRecords *tc_run_records_new     (TcClient     *client,
                                      const char   *kind,
                                      guint64       session_id);

G_END_DECLS
