/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "proctree.h"

typedef enum
{
  TC_STOP_NONE,
  TC_STOP_ASKED,  /* SIGTERM sent, the grace period runs */
  TC_STOP_KILLED, /* SIGKILL sent */
} TcStopPhase;

/* How far stopping the training has got. */
typedef struct
{
  TcStopPhase phase;
  bool        paused;
  bool        killed_after_grace;
  bool        unkillable;  /* somebody outlived SIGKILL */
  int64_t     kill_at_ns;  /* end of the grace period */
  int64_t     killed_at_ns;
  int64_t     look_at_ns;  /* next look at who is left after SIGKILL */
} TcStop;

void    tc_stop_begin    (TcStop *stop, const TcTree *tree, int64_t grace_seconds);
void    tc_stop_kill     (TcStop *stop, const TcTree *tree);
void    tc_stop_pause    (TcStop *stop, const TcTree *tree);
void    tc_stop_resume   (TcStop *stop, const TcTree *tree);
void    tc_stop_advance  (TcStop *stop, const TcTree *tree);
int64_t tc_stop_deadline (const TcStop *stop);
