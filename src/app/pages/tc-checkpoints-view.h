/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The checkpoints of a session, the best first.
 */

#include <adwaita.h>

#include "tc-client.h"

G_BEGIN_DECLS

#define TC_TYPE_CHECKPOINTS_VIEW (tc_checkpoints_view_get_type ())
G_DECLARE_FINAL_TYPE (TcCheckpointsView, tc_checkpoints_view, TC, CHECKPOINTS_VIEW, GtkWidget)

GtkWidget *tc_checkpoints_view_new (TcClient   *client,
                                    TcSession  *session);
gboolean   tc_checkpoints_view_undo (TcCheckpointsView *self);

G_END_DECLS
