/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The folder of one run: its names, and the operations on it that are not the
 * shim's. The folder is the truth about a run; see src/README.md for its
 * contents. Functions on paths, main thread, local and quick. */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "tc-launch.h"

/* What is known of a run's supervisor without asking it. */
typedef enum {
  TC_RUN_NEVER_STARTED,    /* no shim has been here */
  TC_RUN_ALIVE,            /* a shim holds the lock */
  TC_RUN_ENDED,            /* an exit record is there */
  TC_RUN_SUPERVISOR_LOST,  /* neither lock nor record, same boot */
  TC_RUN_HOST_RESTARTED    /* neither, and the computer was started since */
} TcRunLiveness;

gboolean      tc_run_folder_prepare       (const char    *run_dir,
                                           guint          attempt,
                                           GError       **error);
gboolean      tc_run_folder_write_spec    (const char    *run_dir,
                                           TcSession     *session,
                                           TcLaunch      *launch,
                                           const char    *script_sha256,
                                           GError       **error);
TcRunLiveness tc_run_folder_get_liveness  (const char    *run_dir);
gboolean      tc_run_folder_is_locked     (const char    *run_dir);
gboolean      tc_run_folder_child_is_alive (const char   *run_dir);
TcSession    *tc_run_folder_load_session  (const char    *run_dir,
                                           GError       **error);
GArray       *tc_run_folder_list_ids      (const char    *runs_dir);
