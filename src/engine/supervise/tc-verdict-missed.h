/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Finds the question that an earlier engine asked, or was about to ask, when it
 * ended: the latest gate of a run that the history has nothing about.
 */

#include "tc-session.h"
#include "tc-store.h"

G_BEGIN_DECLS

void  tc_verdict_find_missed_async  (TcStore              *store,
                                     TcSession            *session,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);
guint tc_verdict_find_missed_finish (GAsyncResult         *result,
                                     guint                *attempt,
                                     GError              **error);

G_END_DECLS
