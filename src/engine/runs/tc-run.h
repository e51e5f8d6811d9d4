/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* One run that is on, or whose end has not been taken in yet: reads what it
 * says, brings it into the store, watches over it and notices its end. The
 * run itself does not depend on this object: it may go and come at any time.
 * Main thread. */

#pragma once

#include "tc-paths.h"
#include "tc-redactor.h"
#include "tc-store.h"

G_BEGIN_DECLS

#define TC_TYPE_RUN (tc_run_get_type ())
G_DECLARE_FINAL_TYPE (TcRun, tc_run, TC, RUN, GObject)

/* Signals:
 *  news (TcIngest *)    a batch on its way into the store; borrowed
 *  log (gint64 size)    the log has grown
 *  finding (TcEvent *)  something to be told; borrowed
 *  orphaned ()          its supervisor was killed, the training goes on: it
 *                       needs a new supervisor and a new TcRun
 *  ended ()             all has been read and stored, and the session's final
 *                       state set, which is not stored yet */
TcRun     *tc_run_new            (TcSession            *session,
                                  TcStore              *store,
                                  TcPaths              *paths,
                                  TcClock              *clock);
void       tc_run_set_redactor   (TcRun                *self,
                                  TcRedactor           *redactor);
void       tc_run_attach_async   (TcRun                *self,
                                  GCancellable         *cancellable,
                                  GAsyncReadyCallback   callback,
                                  gpointer              user_data);
gboolean   tc_run_attach_finish  (TcRun                *self,
                                  GAsyncResult         *result,
                                  GError              **error);
void       tc_run_detach         (TcRun                *self);
TcSession *tc_run_get_session    (TcRun                *self);
void       tc_run_command_async  (TcRun                *self,
                                  const char           *command,
                                  GCancellable         *cancellable,
                                  GAsyncReadyCallback   callback,
                                  gpointer              user_data);
gboolean   tc_run_command_finish (TcRun                *self,
                                  GAsyncResult         *result,
                                  GError              **error);
void       tc_run_set_paused     (TcRun                *self,
                                  gboolean              is_paused);

G_END_DECLS
