/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Removing checkpoints as the window does it everywhere: at once, with a toast
 * that takes it back. The toast is shown by the overlay around @from.
 */

#include <adwaita.h>

#include "tc-checkpoint-list.h"

G_BEGIN_DECLS

void tc_checkpoint_actions_remove     (GtkWidget        *from,
                                       TcCheckpointList *list,
                                       GArray           *ids);
void tc_checkpoint_actions_restore    (GtkWidget        *from,
                                       TcCheckpointList *list,
                                       GArray           *ids);
void tc_checkpoint_actions_offer_undo (GtkWidget        *from,
                                       TcCheckpointList *list,
                                       GArray           *ids,
                                       gint64            bytes);
void tc_checkpoint_actions_tell       (GtkWidget        *from,
                                       const char       *sentence);

G_END_DECLS
