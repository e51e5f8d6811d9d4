/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Asks the desktop to unlock its keyring: the one thing here that waits for a
 * person. The Secret Service shows the question and takes the password; nothing
 * of it comes by here. One main context.
 */

#include <gio/gio.h>

G_BEGIN_DECLS

/* A person may have to look the password up. */
#define TC_SECRET_UNLOCK_PATIENCE_MS (5 * 60 * 1000)

void     tc_secret_unlock_async  (GCancellable         *cancellable,
                                  GAsyncReadyCallback   callback,
                                  gpointer              user_data);
gboolean tc_secret_unlock_finish (GAsyncResult         *result,
                                  GError              **error);

G_END_DECLS
