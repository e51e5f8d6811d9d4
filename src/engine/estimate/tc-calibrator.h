/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Has a training script time a few batches, once for each kind of run and
 * machine, and remembers what it found. One at a time, in twenty seconds or
 * little more. Main thread only.
 */

#include <gio/gio.h>

#include "tc-calibration.h"
#include "tc-clock.h"
#include "tc-past-run.h"
#include "tc-paths.h"

G_BEGIN_DECLS

#define TC_CALIBRATION_SECONDS 20

#define TC_TYPE_CALIBRATOR (tc_calibrator_get_type ())
G_DECLARE_FINAL_TYPE (TcCalibrator, tc_calibrator, TC, CALIBRATOR, GObject)

TcCalibrator  *tc_calibrator_new            (TcPaths             *paths,
                                             TcClock             *clock);
TcCalibration *tc_calibrator_recall         (TcCalibrator        *self,
                                             TcSessionConfig     *config,
                                             const TcRunKind     *kind);
void           tc_calibrator_measure_async  (TcCalibrator        *self,
                                             TcSessionConfig     *config,
                                             const TcRunKind     *kind,
                                             GCancellable        *cancellable,
                                             GAsyncReadyCallback  callback,
                                             gpointer             user_data);
TcCalibration *tc_calibrator_measure_finish (TcCalibrator        *self,
                                             GAsyncResult        *result,
                                             GError             **error);
void           tc_calibrator_stop           (TcCalibrator        *self);

G_END_DECLS
