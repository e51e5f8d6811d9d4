/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#pragma once

#include "options.h"

/* Exit statuses of the launching process. */
enum
{
  TC_LAUNCH_OK = 0,      /* the training runs, or was adopted */
  TC_LAUNCH_FAILED = 1,
  TC_LAUNCH_USAGE = 2,
  TC_LAUNCH_LOCKED = 3,  /* another shim has the run folder */
  TC_LAUNCH_GONE = 4,    /* --adopt: no living training of this boot to adopt */
};

int tc_launch (const TcOptions *options);
