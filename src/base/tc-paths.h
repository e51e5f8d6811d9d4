/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Where Training Center keeps its things. Made once by the composition root
 * and handed to whoever needs a path; immutable, so any thread may read it.
 * Strings returned are borrowed unless the name says dup.
 */

#include <glib-object.h>

G_BEGIN_DECLS

#define TC_TYPE_PATHS (tc_paths_get_type ())
G_DECLARE_FINAL_TYPE (TcPaths, tc_paths, TC, PATHS, GObject)

TcPaths    *tc_paths_new_from_environment (void);
TcPaths    *tc_paths_new_for_root         (const char *root);

gboolean    tc_paths_ensure_dirs          (TcPaths    *self,
                                           GError    **error);

const char *tc_paths_get_data_dir         (TcPaths    *self);
const char *tc_paths_get_runs_dir         (TcPaths    *self);
const char *tc_paths_get_state_dir        (TcPaths    *self);
const char *tc_paths_get_config_dir       (TcPaths    *self);
const char *tc_paths_get_runtime_dir      (TcPaths    *self);
const char *tc_paths_get_socket_path      (TcPaths    *self);
const char *tc_paths_get_database_path    (TcPaths    *self);
const char *tc_paths_get_ledger_path      (TcPaths    *self);
const char *tc_paths_get_engine_log_path  (TcPaths    *self);
const char *tc_paths_get_trainer_dir      (TcPaths    *self);
const char *tc_paths_get_supervise_dir    (TcPaths    *self);
const char *tc_paths_get_libexec_dir      (TcPaths    *self);
const char *tc_paths_get_shim_path        (TcPaths    *self);
const char *tc_paths_get_engine_path      (TcPaths    *self);

char       *tc_paths_dup_run_dir          (TcPaths    *self,
                                           const char *session_id);

G_END_DECLS
