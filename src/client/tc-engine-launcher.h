/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Starts the engine as a detached process when nobody answers on its socket,
 * and waits until somebody does. Two programs may do so at once: the engine
 * that comes second leaves, and both find the first.
 */

#include <gio/gio.h>

#include "tc-paths.h"

G_BEGIN_DECLS

gboolean tc_engine_is_listening (TcPaths              *paths);
void     tc_engine_start_async  (TcPaths              *paths,
                                 GCancellable         *cancellable,
                                 GAsyncReadyCallback   callback,
                                 gpointer              user_data);
gboolean tc_engine_start_finish (GAsyncResult         *result,
                                 GError              **error);
char    *tc_engine_dup_reason   (const char           *message,
                                 TcPaths              *paths);

G_END_DECLS
