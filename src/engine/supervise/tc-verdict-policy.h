/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What a verdict leads to, and how it is told. Pure functions; any thread.
 */

#include "tc-records.h"
#include "tc-verdict.h"

G_BEGIN_DECLS

TcVerdictAction tc_verdict_policy_decide   (const char      *policy,
                                            const TcVerdict *verdict);
TcSeverity      tc_verdict_get_severity    (const TcVerdict *verdict);
char           *tc_verdict_dup_sentence    (const TcVerdict *verdict);
char           *tc_verdict_dup_stop_reason (const TcVerdict *verdict);
char           *tc_verdict_dup_cause       (const TcVerdict *verdict);

G_END_DECLS
