/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What sessions were expected to take, and what they took; both as JSON that
 * only the estimator reads. As everything of TcStore: called from the main
 * thread, answered on it.
 */

#include "tc-store.h"

G_BEGIN_DECLS

typedef struct
{
  guint64  session_id;
  char    *script;   /* (owned) hash of the script, or the command */
  char    *target;   /* (owned) */
  char    *estimate; /* (owned) (nullable) JSON; NULL when saving: as it was */
  char    *truth;    /* (owned) (nullable) JSON; NULL when saving: as it was */
} TcEstimateRow;

TcEstimateRow *tc_estimate_row_new             (guint64              session_id,
                                                const char          *script,
                                                const char          *target);
void           tc_estimate_row_free            (TcEstimateRow       *self);

void           tc_store_save_estimates_async   (TcStore             *self,
                                                GPtrArray           *rows,
                                                GCancellable        *cancellable,
                                                GAsyncReadyCallback  callback,
                                                gpointer             user_data);
gboolean       tc_store_save_estimates_finish  (TcStore             *self,
                                                GAsyncResult        *result,
                                                GError             **error);
void           tc_store_load_estimate_async    (TcStore             *self,
                                                guint64              session_id,
                                                GCancellable        *cancellable,
                                                GAsyncReadyCallback  callback,
                                                gpointer             user_data);
GPtrArray     *tc_store_load_estimate_finish   (TcStore             *self,
                                                GAsyncResult        *result,
                                                GError             **error);
void           tc_store_load_truths_async      (TcStore             *self,
                                                const char          *target,
                                                GCancellable        *cancellable,
                                                GAsyncReadyCallback  callback,
                                                gpointer             user_data);
GPtrArray     *tc_store_load_truths_finish     (TcStore             *self,
                                                GAsyncResult        *result,
                                                GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcEstimateRow, tc_estimate_row_free)

G_END_DECLS
