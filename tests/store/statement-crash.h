/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Kills the process when SQLite starts its Nth statement, on whichever
 * connection. Uses SQLite's own tracing; the store knows nothing of it. */

#pragma once

void statement_crash_install (int n);
