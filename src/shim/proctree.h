/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What /proc/PID/stat tells of a process. A pid alone names nothing, since it
 * is used again; pid, start time and boot id together do. */
typedef struct
{
  pid_t    pid;
  pid_t    parent;
  pid_t    session;
  char     state;
  int      threads;
  bool     member;     /* of the tree last counted or signalled */
  uint64_t start_time; /* clock ticks since boot, field 22 */
} TcProcess;

/* Which processes belong to the training. */
typedef struct
{
  pid_t    pump;       /* our child, but no part of the training; 0 = none */
  pid_t    adopted;    /* the training process when another shim started it; 0 = our own child */
  uint64_t adopted_start_time;
  uint64_t fifo_device;
  uint64_t fifo_inode;
} TcTree;

bool tc_process_read  (pid_t pid, TcProcess *process);
bool tc_process_is    (pid_t pid, uint64_t start_time);
int  tc_process_open  (pid_t pid, uint64_t start_time);
int  tc_tree_count    (const TcTree *tree);
int  tc_tree_signal   (const TcTree *tree, int signal, bool again);
