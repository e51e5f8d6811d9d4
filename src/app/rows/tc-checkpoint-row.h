/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* A checkpoint in a list: epoch, losses, gate, size, and a menu of what can be
 * done with it.
 */

#include <adwaita.h>

#include "tc-checkpoint-list.h"

G_BEGIN_DECLS

#define TC_TYPE_CHECKPOINT_ROW (tc_checkpoint_row_get_type ())
G_DECLARE_FINAL_TYPE (TcCheckpointRow, tc_checkpoint_row, TC, CHECKPOINT_ROW, GtkWidget)

GtkWidget *tc_checkpoint_row_new      (TcCheckpointList *list);
void       tc_checkpoint_row_set_item (TcCheckpointRow  *self,
                                       TcCheckpointItem *item);
void       tc_checkpoint_row_show_menu (TcCheckpointRow *self);

const char *tc_checkpoint_row_get_contents (const TcCheckpointFacts *facts);

G_END_DECLS
