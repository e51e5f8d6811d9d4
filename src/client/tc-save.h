/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Writes what a person wants to keep into a file of theirs. Whole or not at all.
 */

#include <gio/gio.h>

G_BEGIN_DECLS

void     tc_save_async  (GFile                *file,
                         GBytes               *bytes,
                         GCancellable         *cancellable,
                         GAsyncReadyCallback   callback,
                         gpointer              user_data);
gboolean tc_save_finish (GAsyncResult         *result,
                         GError              **error);

G_END_DECLS
