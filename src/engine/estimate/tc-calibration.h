/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What a script found out by timing a few batches (--calibrate), and the file
 * that remembers it. A plain struct with one owner; any thread.
 */

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct
{
  char    *problem;             /* (owned) (nullable) why it cannot be trained here; then nothing else is set */
  gint64   made_at_us;          /* UTC */
  double   batches;             /* an epoch */
  double   batch_low;           /* seconds a batch */
  double   batch_high;
  double   batch_share;         /* the part of a batch that was timed */
  double   startup_seconds;
  double   validation_seconds;  /* an epoch */
  double   checkpoint_seconds;
  double   gate_low;            /* seconds; negative: there was no time to find out */
  double   gate_high;
  guint    save_every;
  gint64   parameters;
  gint64   checkpoint_bytes;    /* weights */
  gint64   resume_bytes;        /* what resuming needs besides */
  gint64   peak_memory_bytes;
  gint64   gpu_peak_bytes;      /* 0: no GPU */
  gboolean memory_is_measured;
  gboolean is_busy;             /* others used the machine meanwhile */
} TcCalibration;

TcCalibration *tc_calibration_from_json (JsonObject     *object,
                                         GError        **error);
void           tc_calibration_free      (TcCalibration  *self);

TcCalibration *tc_calibration_recall    (const char     *path,
                                         const char     *key,
                                         gint64          now_us);
gboolean       tc_calibration_remember  (const char     *path,
                                         const char     *key,
                                         JsonObject     *object,
                                         gint64          now_us,
                                         GError        **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcCalibration, tc_calibration_free)

G_END_DECLS
