/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Checks the files a configuration names, before a session is queued and again
 * before it starts: they may have gone meanwhile. Main thread; reads a few
 * kilobytes of local files. */

#pragma once

#include "tc-session-config.h"

gboolean tc_check_config (TcSessionConfig  *config,
                          const char       *trainer_dir,
                          GError          **error);
