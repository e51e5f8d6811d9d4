/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The steps from a session that may start to a run that is on: ask the script
 * for its options, freeze the specification, start the shim, wait until it is
 * ready. Main thread. */

#pragma once

#include <gio/gio.h>

#include "tc-paths.h"
#include "tc-session.h"

G_BEGIN_DECLS

void     tc_start_run_async   (TcSession            *session,
                               TcPaths              *paths,
                               const char           *init_from,
                               const char *const    *variables,
                               GCancellable         *cancellable,
                               GAsyncReadyCallback   callback,
                               gpointer              user_data);
gboolean tc_start_run_finish  (GAsyncResult         *result,
                               GError              **error);

/* For a run whose supervisor was killed: a new one takes its place. */
void     tc_adopt_run_async   (TcSession            *session,
                               TcPaths              *paths,
                               GCancellable         *cancellable,
                               GAsyncReadyCallback   callback,
                               gpointer              user_data);

G_END_DECLS
