/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Whether old checkpoints are put aside by themselves: after each session, and
 * after each checkpoint of a running one, by the rule that people apply by hand
 * (see TC_CHECKPOINT_KEEP), and for the same hour. Off until somebody wants it.
 * What somebody brought back is left alone from then on. Main thread.
 */

#include "tc-checkpoint-keeper.h"

G_BEGIN_DECLS

#define TC_RETENTION_LAST_MIN 1
#define TC_RETENTION_LAST_MAX 10000

#define TC_TYPE_RETENTION (tc_retention_get_type ())
G_DECLARE_FINAL_TYPE (TcRetention, tc_retention, TC, RETENTION, GObject)

TcRetention *tc_retention_new         (TcCheckpointKeeper   *keeper,
                                       TcScheduler          *scheduler,
                                       TcStore              *store,
                                       TcClock              *clock);
void         tc_retention_start       (TcRetention          *self);
void         tc_retention_shutdown    (TcRetention          *self);
gboolean     tc_retention_get_enabled (TcRetention          *self);
guint        tc_retention_get_last    (TcRetention          *self);
void         tc_retention_set_async   (TcRetention          *self,
                                       gboolean              enabled,
                                       guint                 last,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data);
gboolean     tc_retention_set_finish  (TcRetention          *self,
                                       GAsyncResult         *result,
                                       GError              **error);

G_END_DECLS
