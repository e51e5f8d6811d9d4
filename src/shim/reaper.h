/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#pragma once

#include <sys/types.h>

#include "options.h"
#include "rundir.h"

/* What the launching process hands over. */
typedef struct
{
  const TcOptions *options;   /* (not owned) */
  TcRunDir         dir;
  int              report_fd; /* (owned) gets "R" or "E<errno> message", once */
  int              cwd_fd;    /* (owned) the training's working folder; -1 = the run folder */
  mode_t           umask;     /* the training's */
} TcReaperSetup;

void tc_report_error (int fd, int error, const char *what);
int  tc_reaper_run   (const TcReaperSetup *setup);
