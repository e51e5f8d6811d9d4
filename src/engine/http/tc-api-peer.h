/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Who is at the other end of a local connection, as the kernel tells it. A
 * token can be stolen, a user id cannot. Blocking, but only on /proc.
 */

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean tc_api_peer_find_uid     (GSocket    *socket,
                                   uid_t      *uid);
gboolean tc_api_peer_find_in_table (const char *table,
                                    const char *local,
                                    const char *remote,
                                    uid_t      *uid);

G_END_DECLS
