/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct
{
  const char *run_dir;
  int64_t     grace_seconds; /* for SIGTERM to the shim and for leftovers */
  int64_t     drop_after_seconds; /* 0 = never drop */
  int         ready_fd;      /* -1 = none */
  bool        adopt;
  char      **command;       /* NULL-terminated; NULL with --adopt */
} TcOptions;

bool tc_options_parse (TcOptions *options, int argc, char **argv, const char **problem);
