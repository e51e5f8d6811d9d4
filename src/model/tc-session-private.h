/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The fields of a session, for tc-session.c and its JSON in tc-session-json.c. */

#pragma once

#include "tc-session.h"

struct _TcSession
{
  GObject          parent_instance;

  guint64          id;
  TcSessionConfig *config;           /* (owned) */
  TcSessionState   state;
  double           position;
  guint            attempt;          /* 0 until started once */
  char            *reason_code;      /* (owned) (nullable) */
  char            *reason;           /* (owned) (nullable) a sentence */
  char            *reason_detail;    /* (owned) (nullable) the line it came from */
  char            *waiting_for;      /* (owned) (nullable) a sentence */
  gint64           created_at;       /* UTC µs; 0: not yet */
  gint64           started_at;
  gint64           ended_at;
  TcProgress       progress;
  GStrv            left_out;         /* (owned) (nullable) options the script does not know */
  char            *best_checkpoint;  /* (owned) (nullable) absolute path */
  char            *last_checkpoint;  /* (owned) (nullable) absolute path */
  GStrv            tags;             /* (owned) (nullable) what its owner sorts it under */
  char            *note;             /* (owned) (nullable) what its owner wrote about it */
};

void tc_progress_init (TcProgress *progress,
                       guint       total_epochs);
void tc_session_read_notes (TcSession  *self,
                            JsonObject *object);
void tc_session_write_notes (TcSession  *self,
                             JsonObject *object);
