/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#pragma once

#include "child.h"
#include "control.h"
#include "oom.h"
#include "proctree.h"
#include "reaper.h"
#include "record.h"
#include "shared.h"
#include "stop.h"

typedef struct
{
  TcReaperSetup setup;
  TcIdentity    identity;
  TcExitRecord  record;
  TcTree        tree;
  TcStop        stop;
  TcOom         oom;
  TcControl     control;
  TcShared     *shared;          /* (owned) */
  int           signal_fd;       /* (owned) */
  int           fifo_fd;         /* (owned) both ends of the FIFO */
  int           lifeline[2];     /* (owned) */
  int           adopted_fd;      /* (owned) pidfd of an adopted training; -1 = our own child */
  bool          child_ended;
  TcStopPhase   phase_at_end;    /* how far stopping had got by then */
  bool          drained;         /* the pump has left, its work done */
  int           pump_failures;   /* pumps in a row that could not do their work */
  int64_t       pump_started_ns;
  int64_t       pump_due_ns;     /* when to start the next pump; 0 = one is running */
  int64_t       linger_until_ns; /* 0 = the training itself is still running */
  int64_t       look_at_ns;      /* next look at processes nobody tells us of; 0 = none */
  int64_t       record_tries;
} TcReaper;

int     tc_reaper_begin      (TcReaper *reaper);
int     tc_reaper_adopt      (TcReaper *reaper);
void    tc_reaper_start_pump (TcReaper *reaper);
void    tc_reaper_pump_ended (TcReaper *reaper, int status);
void    tc_reaper_command    (void *data, const TcCommand *command, TcText *reply);
void    tc_reaper_stop       (TcReaper *reaper, const char *who, int64_t grace_seconds);
bool    tc_reaper_conclude   (TcReaper *reaper);
