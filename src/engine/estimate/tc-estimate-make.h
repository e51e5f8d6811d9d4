/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The arithmetic of an estimate: facts in, ranges out. Nothing is asked of
 * anybody and nothing guessed: without history and calibration a range is
 * unknown, and says why. Pure functions; any thread.
 */

#include "tc-calibration.h"
#include "tc-estimate.h"
#include "tc-past-run.h"

G_BEGIN_DECLS

#define TC_ESTIMATE_NO_LIMIT G_MAXINT64

typedef struct
{
  TcSessionConfig     *config;       /* (unowned) */
  const TcRunKind     *kind;         /* (unowned) */
  GPtrArray           *past;         /* (unowned) (element-type TcPastRun) the newest first */
  const TcCalibration *calibration;  /* (unowned) (nullable) */
  const char          *no_time;      /* (nullable) why there is no calibration */
  gboolean             is_ours;      /* a script that keeps checkpoints as the bundled one does */

  TcPrice              price;        /* of the session's model */
  const char          *price_basis;  /* "price list of 2026-11-22" */
  gboolean             is_supervised; /* verdicts are asked for */
  GArray              *calls;        /* (unowned) (nullable) (element-type TcUsage) of earlier verdicts by this model */
  gint64               prompt_bytes; /* of the question without the report */
  TcMoney              money_left;   /* TC_MONEY_UNKNOWN: nothing limits it */

  gint64               disk_free;    /* -1: not known */
  gint64               memory_free;  /* -1: not known */
} TcEstimateFacts;

TcEstimate *tc_estimate_make        (const TcEstimateFacts *facts);

guint       tc_estimate_count_gates (guint                  epochs);
guint       tc_estimate_count_verdicts (TcSessionConfig    *config);

/* The parts, in tc-estimate-time.c and so on. */
void        tc_estimate_make_time   (TcEstimate            *self,
                                     const TcEstimateFacts *facts);
void        tc_estimate_make_money  (TcEstimate            *self,
                                     const TcEstimateFacts *facts);
void        tc_estimate_make_disk   (TcEstimate            *self,
                                     const TcEstimateFacts *facts);
void        tc_estimate_make_memory (TcEstimate            *self,
                                     const TcEstimateFacts *facts);
GPtrArray  *tc_estimate_choose_past (const TcEstimateFacts *facts,
                                     gboolean              *is_similar);
char       *tc_estimate_dup_setting (TcSessionConfig       *config,
                                     const char            *key);

G_END_DECLS
