/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The checkpoint report a supervisor judges by: what the store knows of the
 * run and what the validator wrote into its folder. Small, and without paths,
 * environment or settings of the run. Pure functions but for the one that
 * reads the file; main thread, or any.
 */

#include "tc-session.h"

G_BEGIN_DECLS

#define TC_REPORT_MAX_BYTES (12 * 1024)

typedef struct
{
  TcSession  *session;
  guint       epoch;       /* of the checkpoint */
  JsonNode   *metrics;     /* (nullable) of tc_store_load_metrics_finish() */
  JsonNode   *gates;       /* (nullable) of tc_store_load_records_finish() */
  JsonNode   *verdicts;    /* (nullable) the same */
  JsonObject *gate_report; /* (nullable) of tc_report_load_gate() */
} TcReportFacts;

char       *tc_report_build     (const TcReportFacts  *facts);
JsonObject *tc_report_load_gate (const char           *folder,
                                 guint                 epoch,
                                 GError              **error);

G_END_DECLS
