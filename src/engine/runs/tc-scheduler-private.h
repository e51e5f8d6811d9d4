/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The scheduler's fields, for its files: tc-scheduler.c (what runs when),
 * tc-scheduler-load.c (start of the engine), tc-scheduler-commands.c (what
 * people ask for), tc-scheduler-removed.c (what was removed and can be put
 * back), tc-scheduler-access.c (what sessions need from outside),
 * tc-scheduler-stop.c (what the engine's other parts ask for). */

#pragma once

#include "tc-run.h"
#include "tc-scheduler.h"

struct _TcScheduler
{
  GObject       parent_instance;

  TcStore      *store;      /* (owned) */
  TcPaths      *paths;      /* (owned) */
  TcClock      *clock;      /* (owned) */
  TcQueue      *queue;      /* (owned) */
  GHashTable   *runs;       /* (owned) guint64* of the session → TcRun */
  GHashTable   *cancelled;  /* (owned) ids to be stopped as soon as they are on */
  GHashTable   *removed;    /* (owned) guint64* → a session that can be put back */
  TcAccess     *access;     /* (owned) (nullable) */
  TcRedactor   *redactor;   /* (owned) (nullable) of what runs say */
  GHashTable   *openings;   /* (owned) guint64* → GCancellable: asked for access */
  GHashTable   *waits;      /* (owned) guint64* → the try that failed */
  GHashTable   *told;       /* (owned) sentence → guint64* of the session it was told of */
  guint         wake_id;    /* of the next look at those that wait */
  guint         n_held;     /* sessions that could run, but for access */
  guint64       last_id;    /* never given again */
  gboolean      is_paused;
  gboolean      is_shut_down;
};

void   tc_scheduler_adopt_session   (TcScheduler *self,
                                     TcSession   *session);
void   tc_scheduler_drop_session    (TcScheduler *self,
                                     TcSession   *session);
void   tc_scheduler_save            (TcScheduler *self,
                                     TcSession   *session);
void   tc_scheduler_schedule        (TcScheduler *self);
void   tc_scheduler_attach          (TcScheduler *self,
                                     TcSession   *session);
void   tc_scheduler_adopt_run       (TcScheduler *self,
                                     TcSession   *session);
void   tc_scheduler_tell            (TcScheduler *self,
                                     TcSession   *session,
                                     TcSeverity   severity,
                                     const char  *kind,
                                     const char  *text);
TcRun *tc_scheduler_get_run         (TcScheduler *self,
                                     guint64      id);
void   tc_scheduler_emit_changed   (TcScheduler *self,
                                     TcSession   *session);
void   tc_scheduler_emit_queue_changed (TcScheduler *self);
gint64 tc_scheduler_now             (TcScheduler *self);
void   tc_scheduler_launch          (TcScheduler *self,
                                     TcSession   *session,
                                     const char *const *variables);
void   tc_scheduler_fail            (TcScheduler *self,
                                     TcSession   *session,
                                     const GError *error);

void     tc_scheduler_init_removed    (TcScheduler *self);
void     tc_scheduler_clear_removed   (TcScheduler *self);
gboolean tc_scheduler_keep_removed    (TcScheduler *self,
                                       TcSession   *session);
void     tc_scheduler_remove_session  (TcScheduler *self,
                                       TcSession   *session,
                                       GTask       *task);
void     tc_scheduler_restore_session (TcScheduler *self,
                                       guint64      id,
                                       GTask       *task);

void     tc_scheduler_init_access    (TcScheduler *self);
void     tc_scheduler_stop_access    (TcScheduler *self);
void     tc_scheduler_clear_access   (TcScheduler *self);
gboolean tc_scheduler_check_access   (TcScheduler *self,
                                      TcSession   *session,
                                      gboolean     is_its_turn);
void     tc_scheduler_plan_wake      (TcScheduler *self);
void     tc_scheduler_open           (TcScheduler *self,
                                      TcSession   *session);
gboolean tc_scheduler_cancel_opening (TcScheduler *self,
                                      TcSession   *session);
void     tc_scheduler_resume_access  (TcScheduler *self,
                                      TcSession   *session);
void     tc_scheduler_close_access   (TcScheduler *self,
                                      TcSession   *session);
void     tc_scheduler_forget_waits   (TcScheduler *self);
