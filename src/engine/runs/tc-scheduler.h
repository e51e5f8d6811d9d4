/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The queue's owner: decides what runs when, starts runs, attaches to those
 * that outlived an earlier engine, and carries out what people ask for. All
 * other parts of the engine change sessions through it. Main thread only. */

#pragma once

#include <gio/gio.h>

#include "tc-access.h"
#include "tc-clock.h"
#include "tc-paths.h"
#include "tc-redactor.h"
#include "tc-queue.h"
#include "tc-store.h"

G_BEGIN_DECLS

#define TC_TYPE_SCHEDULER (tc_scheduler_get_type ())
G_DECLARE_FINAL_TYPE (TcScheduler, tc_scheduler, TC, SCHEDULER, GObject)

typedef enum {
  TC_VERB_START,    /* the queue: begin with the next session (id 0) */
  TC_VERB_PAUSE,    /* the queue: start nothing more (id 0) */
  TC_VERB_CANCEL,   /* a session: stop it for good; queued ones too */
  TC_VERB_SUSPEND,  /* a running session: stop its processes */
  TC_VERB_RESUME,   /* a suspended session: continue them */
  TC_VERB_RETRY,    /* an ended session: back into the queue */
  TC_VERB_REMOVE,   /* a session that is not active: out of the list */
  TC_VERB_RESTORE,  /* a session removed in the last ten minutes: back where it was */
  TC_VERB_MOVE      /* a queued session: to place "argument" (1 = next) */
} TcVerb;

/* Signals:
 *  session-added   (TcSession *)
 *  session-changed (TcSession *)
 *  session-removed (guint64 id)
 *  points          (guint64 id, GArray *points) stored points, (element-type TcPoint)
 *  record          (const char *kind, guint64 id, JsonNode *record) a gate, checkpoint, event or
 *                  verdict just stored
 *  log             (guint64 id, gint64 size) the log has grown
 *  queue-changed   () paused or going on, order */
TcScheduler *tc_scheduler_new            (TcStore              *store,
                                          TcPaths              *paths,
                                          TcClock              *clock);
TcRedactor  *tc_scheduler_get_redactor   (TcScheduler          *self);
void         tc_scheduler_set_redactor   (TcScheduler          *self,
                                          TcRedactor           *redactor);
void         tc_scheduler_set_access     (TcScheduler          *self,
                                          TcAccess             *access);
void         tc_scheduler_load_async     (TcScheduler          *self,
                                          GCancellable         *cancellable,
                                          GAsyncReadyCallback   callback,
                                          gpointer              user_data);
gboolean     tc_scheduler_load_finish    (TcScheduler          *self,
                                          GAsyncResult         *result,
                                          GError              **error);
void         tc_scheduler_shutdown       (TcScheduler          *self);

TcQueue     *tc_scheduler_get_queue      (TcScheduler          *self);
gboolean     tc_scheduler_get_paused     (TcScheduler          *self);
guint        tc_scheduler_get_n_active   (TcScheduler          *self);
gboolean     tc_scheduler_is_waiting     (TcScheduler          *self);
char        *tc_scheduler_dup_run_dir    (TcScheduler          *self,
                                          guint64               id);

/* Says what happened to a session, or to the engine (id 0): into the store, and
 * to whoever listens. */
void         tc_scheduler_report         (TcScheduler          *self,
                                          guint64               id,
                                          TcSeverity            severity,
                                          const char           *kind,
                                          const char           *text);

/* configs: (element-type TcSessionConfig). chain: each waits for the one
 * before it and starts from that one's best weights. The answer is
 * (element-type TcSession), given once they are durable. */
void         tc_scheduler_add_async      (TcScheduler          *self,
                                          GPtrArray            *configs,
                                          gboolean              chain,
                                          GCancellable         *cancellable,
                                          GAsyncReadyCallback   callback,
                                          gpointer              user_data);
GPtrArray   *tc_scheduler_add_finish     (TcScheduler          *self,
                                          GAsyncResult         *result,
                                          GError              **error);

/* A session that does not exist is TC_ERROR_NOT_FOUND; a verb that does not
 * fit its state is TC_ERROR_CONFLICT with a sentence that says why. */
void         tc_scheduler_command_async  (TcScheduler          *self,
                                          TcVerb                verb,
                                          guint64               id,
                                          const char           *argument,
                                          GCancellable         *cancellable,
                                          GAsyncReadyCallback   callback,
                                          gpointer              user_data);
gboolean     tc_scheduler_command_finish (TcScheduler          *self,
                                          GAsyncResult         *result,
                                          GError              **error);

/* What its owner writes about a session, in any state. NULL: as it is. */
void         tc_scheduler_annotate_async (TcScheduler          *self,
                                          guint64               id,
                                          const char * const   *tags,
                                          const char           *note,
                                          GAsyncReadyCallback   callback,
                                          gpointer              user_data);
gboolean     tc_scheduler_annotate_finish (TcScheduler         *self,
                                           GAsyncResult        *result,
                                           GError             **error);

/* What a session may spend, in any state; it binds a run that is on. */
void         tc_scheduler_set_budget_async (TcScheduler        *self,
                                          guint64               id,
                                          gint64                budget,
                                          GAsyncReadyCallback   callback,
                                          gpointer              user_data);
gboolean     tc_scheduler_set_budget_finish (TcScheduler       *self,
                                           GAsyncResult        *result,
                                           GError             **error);

/* For the other parts of the engine. */
void         tc_scheduler_emit_record    (TcScheduler          *self,
                                          const char           *kind,
                                          guint64               id,
                                          JsonNode             *record);
void         tc_scheduler_stop_async     (TcScheduler          *self,
                                          guint64               id,
                                          const char           *code,
                                          const char           *text,
                                          GCancellable         *cancellable,
                                          GAsyncReadyCallback   callback,
                                          gpointer              user_data);
gboolean     tc_scheduler_stop_finish    (TcScheduler          *self,
                                          GAsyncResult         *result,
                                          GError              **error);

G_END_DECLS
