/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What somebody does to the order of the queue: moves sessions, removes them and
 * takes that back. The engine does it; here is what was asked of it last. One
 * main context.
 */

#include "tc-client.h"

G_BEGIN_DECLS

#define TC_TYPE_QUEUE_EDITS (tc_queue_edits_get_type ())
G_DECLARE_FINAL_TYPE (TcQueueEdits, tc_queue_edits, TC, QUEUE_EDITS, GObject)

/* Signals:
 *  removed  (TcSession *) it can be put back now
 *  restored (guint64 id) it comes back in a moment
 *  failed   (const char *text) something asked for did not work */
TcQueueEdits *tc_queue_edits_new       (TcClient     *client);
void          tc_queue_edits_step      (TcQueueEdits *self,
                                        guint64       id,
                                        int           step);
void          tc_queue_edits_place     (TcQueueEdits *self,
                                        guint64       id,
                                        guint64       other_id,
                                        gboolean      is_behind);
void          tc_queue_edits_remove    (TcQueueEdits *self,
                                        TcSession    *session);
void          tc_queue_edits_restore   (TcQueueEdits *self,
                                        guint64       id);
gboolean      tc_queue_edits_undo      (TcQueueEdits *self);

G_END_DECLS
