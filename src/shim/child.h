/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#pragma once

#include <sys/types.h>

#include "rundir.h"

typedef struct
{
  char **command;  /* NULL-terminated */
  int    cwd_fd;   /* -1 = the run folder */
  mode_t umask;
} TcChildSetup;

/* A training process that waits, just before its exec, to be let go. */
typedef struct
{
  pid_t pid;
  int   gate_fd;   /* (owned) a byte lets it go; closed, it ends */
  int   result_fd; /* (owned) an errno value arrives when exec fails; else end of file */
} TcChild;

int tc_child_fork    (TcChild *child, const TcChildSetup *setup, const TcRunDir *dir);
int tc_child_release (TcChild *child);
