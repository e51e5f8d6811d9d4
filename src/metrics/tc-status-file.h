/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* training_status.json, the file the user's scripts rewrite after each epoch,
 * not atomically and with NaN in it. A file that is half written is an error
 * to be tried again; one of an earlier run is marked stale. A plain value on
 * the heap; any thread.
 */

#include "tc-point.h"

G_BEGIN_DECLS

#define TC_STATUS_FILE_MAX_BYTES (1024 * 1024)

typedef struct
{
  char    *status;          /* (owned) (nullable) "training", "completed", … */
  gint64   timestamp_us;    /* UTC; 0: not said */
  int      epoch;           /* 0: not said; so for total_epochs */
  int      total_epochs;
  gboolean has_train_loss;  /* the losses may be NaN or infinite */
  gboolean has_val_loss;
  double   train_loss;
  double   val_loss;
  double   progress_pct;    /* -1: not said; so for the seconds */
  double   elapsed_seconds;
  double   eta_seconds;
  gboolean stale;           /* written before the run started */
} TcStatusFile;

TcStatusFile *tc_status_file_parse (const char   *data,
                                    gssize        length,
                                    gint64        started_us,
                                    GError      **error);
TcStatusFile *tc_status_file_load  (const char   *path,
                                    gint64        started_us,
                                    GError      **error);
void          tc_status_file_free  (TcStatusFile *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcStatusFile, tc_status_file_free)

G_END_DECLS
