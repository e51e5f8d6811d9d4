/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Listening sockets that nobody else on the machine can take or abuse. Blocks
 * only on the file system and the kernel.
 */

#include <gio/gio.h>

G_BEGIN_DECLS

GSocket   *tc_api_listener_bind_unix (const char  *path,
                                      int         *lock_fd,
                                      GError     **error);
GPtrArray *tc_api_listener_bind_tcp  (guint16      port,
                                      guint16     *bound_port,
                                      GError     **error);

G_END_DECLS
