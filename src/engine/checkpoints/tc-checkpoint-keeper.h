/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The checkpoints of all runs: lists them, puts them aside, brings them back, and
 * deletes for good what was aside for an hour. Main thread; the files are worked
 * on in threads.
 */

#include "tc-checkpoint-job.h"

G_BEGIN_DECLS

#define TC_TYPE_CHECKPOINT_KEEPER (tc_checkpoint_keeper_get_type ())
G_DECLARE_FINAL_TYPE (TcCheckpointKeeper, tc_checkpoint_keeper, TC, CHECKPOINT_KEEPER, GObject)

/* Signals:
 *  changed ()             some were removed, restored or deleted
 *  restored (GArray *ids) these (element-type gint64) were brought back; what is
 *                         asked of the store now is done before that is answered */
TcCheckpointKeeper *tc_checkpoint_keeper_new          (TcScheduler           *scheduler,
                                                       TcStore               *store,
                                                       TcPaths               *paths,
                                                       TcClock               *clock);
void                tc_checkpoint_keeper_start        (TcCheckpointKeeper    *self);
void                tc_checkpoint_keeper_shutdown     (TcCheckpointKeeper    *self);
void                tc_checkpoint_keeper_do_async     (TcCheckpointKeeper    *self,
                                                       const TcCheckpointJob *job,
                                                       GCancellable          *cancellable,
                                                       GAsyncReadyCallback    callback,
                                                       gpointer               user_data);
JsonObject         *tc_checkpoint_keeper_do_finish    (TcCheckpointKeeper    *self,
                                                       GAsyncResult          *result,
                                                       GError               **error);
void                tc_checkpoint_keeper_purge_async  (TcCheckpointKeeper    *self,
                                                       gint64                 age_us,
                                                       GAsyncReadyCallback    callback,
                                                       gpointer               user_data);
gint64              tc_checkpoint_keeper_purge_finish (TcCheckpointKeeper    *self,
                                                       GAsyncResult          *result,
                                                       GError               **error);

G_END_DECLS
