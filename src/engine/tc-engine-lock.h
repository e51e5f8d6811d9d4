/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Only one engine works on a user's data. The lock is an flock() that ends
 * with the process, however it ends. A newer engine asks an older one to
 * leave; runs are not touched by that. Main thread, before the main loop. */

#pragma once

#include "tc-paths.h"

typedef enum {
  TC_ENGINE_LOCK_TAKEN,    /* we are the engine */
  TC_ENGINE_LOCK_ANSWERED, /* one of our version is at work already */
  TC_ENGINE_LOCK_FAILED    /* see the error */
} TcEngineLock;

TcEngineLock tc_engine_lock_take (TcPaths  *paths,
                                  GError  **error);
