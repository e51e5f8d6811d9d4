/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#pragma once

#include <stdint.h>

#include "shared.h"

_Noreturn void tc_pump_run (int dir_fd, int lifeline_fd, TcShared *shared, int64_t drop_after_seconds);
