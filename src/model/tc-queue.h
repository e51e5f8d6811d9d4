/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* All sessions of an engine, as a GListModel of TcSession ordered by position,
 * with lookup by id. Main thread only. Holds one reference to each session. */

#pragma once

#include <gio/gio.h>

#include "tc-session.h"

G_BEGIN_DECLS

#define TC_TYPE_QUEUE (tc_queue_get_type ())
G_DECLARE_FINAL_TYPE (TcQueue, tc_queue, TC, QUEUE, GObject)

TcQueue   *tc_queue_new    (void);
void       tc_queue_add    (TcQueue   *self,
                            TcSession *session);
void       tc_queue_add_all (TcQueue   *self,
                             GPtrArray *sessions);
void       tc_queue_remove (TcQueue   *self,
                            TcSession *session);
TcSession *tc_queue_lookup (TcQueue   *self,
                            guint64    id);
guint      tc_queue_get_n  (TcQueue   *self);
TcSession *tc_queue_peek   (TcQueue   *self,
                            guint      index);
gboolean   tc_queue_find   (TcQueue   *self,
                            TcSession *session,
                            guint     *index);
void       tc_queue_move   (TcQueue   *self,
                            TcSession *session,
                            guint      index);
guint64    tc_queue_get_max_id (TcQueue *self);

G_END_DECLS
