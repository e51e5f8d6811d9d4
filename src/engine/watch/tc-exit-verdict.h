/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Why a run ended, in a state, a code and a sentence, from its exit record and
 * from what its log said. One place decides, so that out of memory, a stop by
 * the user, a stop by a rule and a kill by somebody else are never mixed up.
 * Pure; any thread.
 */

#include "tc-exit-record.h"
#include "tc-session-state.h"

/* What is known besides the exit record. All strings (nullable). */
typedef struct
{
  const char *log_code;       /* of TcParsedReason: "cuda-oom", "nan", … */
  const char *log_text;
  int         log_weight;     /* below 50 a guess */
  const char *end_status;     /* "completed", "aborted", "quality_failed", "interrupted" */
  const char *stop_code;      /* when we stopped it: "nan", "diverged", "stalled", "gate", "budget", "verdict" … */
  const char *stop_text;      /* the finding's or the gate's sentence */
  gboolean    host_restarted; /* the boot id is another one than the run's */
} TcExitContext;

typedef struct
{
  TcSessionState state;  /* completed, failed, cancelled; queued: it goes on later */
  const char    *code;   /* (unowned) static; NULL when there is nothing to explain */
  char          *text;   /* (owned) a sentence for people */
} TcExitVerdict;

TcExitVerdict *tc_exit_verdict_new   (const TcExitRecord  *record,
                                      const TcExitContext *context);
void           tc_exit_verdict_free  (TcExitVerdict       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcExitVerdict, tc_exit_verdict_free)
