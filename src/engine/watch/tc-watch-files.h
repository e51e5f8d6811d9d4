/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* A digest of a run folder: it changes when the script writes, adds or removes
 * a file, whatever its name. The files the shim and the engine write themselves
 * are left out. Blocking, bounded in depth and number; any thread.
 */

#include <glib.h>

guint64 tc_watch_files_digest (const char *run_dir);
