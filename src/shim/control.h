/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#pragma once

#include <poll.h>
#include <stdint.h>

#include "control-parse.h"
#include "text.h"

#define TC_CONTROL_CLIENTS 8
#define TC_CONTROL_POLLS   (TC_CONTROL_CLIENTS + 1)

typedef void (*TcControlHandler) (void *data, const TcCommand *command, TcText *reply);

typedef struct
{
  int              dir_fd;
  int              listen_fd; /* (owned) */
  int              client_fds[TC_CONTROL_CLIENTS]; /* (owned) -1 = free */
  uint64_t         last_used[TC_CONTROL_CLIENTS];
  uint64_t         uses;
  int64_t          deaf_until_ns; /* no descriptor for a new client before then */
  bool             noted;     /* a malformed message was noted already */
  TcControlHandler handler;
  void            *handler_data; /* (not owned) */
} TcControl;

int  tc_control_listen   (TcControl *control, int dir_fd, TcControlHandler handler, void *data);
void tc_control_poll_set (const TcControl *control, struct pollfd fds[TC_CONTROL_POLLS]);
void tc_control_dispatch (TcControl *control, const struct pollfd fds[TC_CONTROL_POLLS]);
void tc_control_listen_again (TcControl *control);
