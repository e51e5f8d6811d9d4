/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What a live view knows about one session beyond the session itself: its
 * epochs, gates, events and the end of its log. No I/O. One owner.
 */

#include <json-glib/json-glib.h>

#include "tc-records.h"
#include "tc-session.h"

G_BEGIN_DECLS

typedef struct
{
  guint    epoch;
  double   train_loss;
  double   val_loss;
  gboolean has_train_loss;
  gboolean has_val_loss;
} TcWatchEpoch;

typedef struct
{
  TcSession *session;   /* (owned) */
  guint      attempt;   /* the one the epochs belong to */
  GArray    *epochs;    /* (owned) (element-type TcWatchEpoch) by epoch */
  GPtrArray *gates;     /* (owned) (element-type TcGate) by epoch */
  GPtrArray *events;    /* (owned) (element-type TcEvent) as they came */
  char      *log_line;  /* (owned) (nullable) the last one, harmless */
} TcWatchRun;

TcWatchRun *tc_watch_run_new          (TcSession   *session);
void        tc_watch_run_free         (TcWatchRun  *self);
void        tc_watch_run_add_point    (TcWatchRun  *self,
                                       const char  *series,
                                       double       x,
                                       double       value);
void        tc_watch_run_add_metrics  (TcWatchRun  *self,
                                       JsonObject  *series);
void        tc_watch_run_add_gate     (TcWatchRun  *self,
                                       JsonObject  *record);
void        tc_watch_run_add_event    (TcWatchRun  *self,
                                       JsonObject  *record);
void        tc_watch_run_set_log_tail (TcWatchRun  *self,
                                       const char  *bytes,
                                       gsize        length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcWatchRun, tc_watch_run_free)

G_END_DECLS
