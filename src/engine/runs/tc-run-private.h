/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The run's fields, for its files: tc-run.c (reading, the end, watching over
 * it), tc-run-attach.c (finding it, and finding it again). */

#pragma once

#include "tc-control.h"
#include "tc-folder-watch.h"
#include "tc-run-reader.h"
#include "tc-run.h"
#include "tc-watch-external.h"
#include "tc-watchdog.h"

struct _TcRun
{
  GObject          parent_instance;

  TcSession       *session;     /* (owned) */
  TcStore         *store;       /* (owned) */
  TcPaths         *paths;       /* (owned) */
  TcClock         *clock;       /* (owned) */
  char            *run_dir;     /* (owned) */
  TcRedactor      *redactor;    /* (owned) (nullable) */

  TcRunReader     *reader;      /* (owned) (nullable) until attached */
  TcControl       *control;     /* (owned) (nullable) no supervisor: NULL */
  TcFolderWatch   *folder;      /* (owned) (nullable) */
  TcWatchdog      *watchdog;    /* (owned) (nullable) */
  TcWatchExternal *external;    /* (owned) (nullable) */
  guint            read_id;     /* a look at the files is due */
  gint64           last_read;   /* monotonic µs */
  gint64           log_size;    /* last told */
  gint64           started;     /* monotonic µs when this attempt began */
  gint64           paused_at;   /* monotonic µs; 0: not paused */
  gint64           paused_for;  /* µs, before the present pause */
  double           elapsed_before; /* seconds in earlier attempts */
  GTask           *attaching;   /* (owned) (nullable) until the supervisor is found */
  gboolean         is_attached; /* the supervisor was found, or there is none */
  GQueue           waiting;     /* (element-type GTask) commands until then */
  guint            connect_id;  /* it is called again */
  guint            ask_id;      /* the supervisor is asked again */
  gboolean         is_asked;    /* it has answered */
  gboolean         is_silent;   /* it did not, and that was told */
  gboolean         is_disk_full; /* as it says */
  guint            again_id;    /* the files are read again from the store's cursor */
  gboolean         is_storing;  /* a batch is on its way */
  gboolean         is_ending;   /* the supervisor has left */
  gboolean         has_ended;   /* the last batch is on its way, or stored */
  gboolean         store_failed; /* and that was told */
};

void tc_run_tell             (TcRun      *self,
                              TcSeverity  severity,
                              const char *kind,
                              const char *text);
void tc_run_look             (TcRun      *self);
void tc_run_schedule_look    (TcRun      *self);
void tc_run_supervisor_left  (TcRun      *self);
void tc_run_connect_later    (TcRun      *self);
void tc_run_start_watching   (TcRun      *self);
void tc_run_send_command     (TcRun      *self,
                              GTask      *task,
                              const char *command);
void tc_run_finish_attaching (TcRun      *self);
void tc_run_read_again_later (TcRun      *self);
