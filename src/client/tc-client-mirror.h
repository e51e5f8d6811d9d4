/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Keeps a TcQueue equal to the engine's: from a listing of the queue, and from
 * the events that follow it. Pure model work, no I/O; TcClient owns the queue.
 */

#include <json-glib/json-glib.h>

#include "tc-queue.h"

G_BEGIN_DECLS

void tc_client_mirror_load    (TcQueue    *queue,
                               GPtrArray  *sessions);
void tc_client_mirror_session (TcQueue    *queue,
                               JsonObject *session);
void tc_client_mirror_remove  (TcQueue    *queue,
                               guint64     session_id);
guint64 tc_client_mirror_get_id (JsonObject *event);

G_END_DECLS
