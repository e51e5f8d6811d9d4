/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What the files of the estimator share. Main thread.
 */

#include "tc-calibrator.h"
#include "tc-estimate.h"
#include "tc-estimator.h"
#include "tc-past-run.h"

G_BEGIN_DECLS

struct _TcEstimator
{
  GObject       parent_instance;

  TcScheduler  *scheduler;  /* (owned) */
  TcStore      *store;      /* (owned) */
  TcPaths      *paths;      /* (owned) */
  TcClock      *clock;      /* (owned) */
  TcLedger     *ledger;     /* (owned) (nullable) */
  TcCatalogue  *catalogue;  /* (owned) (nullable) */
  TcCalibrator *calibrator; /* (owned) */
  GHashTable   *hashes;     /* (owned) "PATH SIZE MTIME" → SHA-256 */
  GQueue        queued;     /* (element-type guint64*) to be estimated */
  GQueue        ended;      /* (element-type TcSession) whose truth is wanted */
  GHashTable   *known_ends; /* (owned) ids whose truth was taken or is under way */
  GHashTable   *begun;      /* (owned) ids that were estimated once more at their start */
  guint         later_id;   /* looks at queued */
  gboolean      is_estimating;
  gboolean      is_at_truth;
  gboolean      is_shut_down;
};

/* One session with its estimate. */
typedef struct
{
  TcSessionConfig *config;   /* (owned) */
  TcRunKind       *kind;     /* (owned) */
  TcEstimate      *estimate; /* (owned) */
} TcEstimated;

/* tc-estimator-request.c; the answer is (element-type TcEstimated). */
void       tc_estimator_request_async  (TcEstimator         *self,
                                        GPtrArray           *configs,
                                        gboolean             may_measure,
                                        GCancellable        *cancellable,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data);
GPtrArray *tc_estimator_request_finish (TcEstimator         *self,
                                        GAsyncResult        *result,
                                        GError             **error);
void       tc_estimator_check_total    (TcEstimator         *self,
                                        TcEstimate          *total,
                                        GPtrArray           *all);
char      *tc_estimator_dup_script     (TcEstimator         *self,
                                        TcSessionConfig     *config);

/* tc-estimator-truth.c */
void       tc_estimator_take_truth_async  (TcEstimator         *self,
                                           TcSession           *session,
                                           gboolean             is_old,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);
gboolean   tc_estimator_take_truth_finish (TcEstimator         *self,
                                           GAsyncResult        *result,
                                           GError             **error);

G_END_DECLS
