/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum
{
  TC_COMMAND_STATUS,
  TC_COMMAND_STOP,
  TC_COMMAND_KILL,
  TC_COMMAND_PAUSE,
  TC_COMMAND_RESUME,
} TcCommandKind;

typedef struct
{
  TcCommandKind kind;
  const char   *who;           /* a constant; NULL unless STOP or KILL */
  int64_t       grace_seconds; /* STOP only */
} TcCommand;

bool tc_control_parse (const char *data, size_t length, TcCommand *command, const char **problem);
