/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Deletes the checkpoints that nobody will miss: says first how many they are,
 * and what that frees.
 */

#include <adwaita.h>

#include "tc-checkpoint-list.h"

G_BEGIN_DECLS

#define TC_TYPE_FREE_SPACE (tc_free_space_get_type ())
G_DECLARE_FINAL_TYPE (TcFreeSpace, tc_free_space, TC, FREE_SPACE, AdwDialog)

TcFreeSpace *tc_free_space_new (TcCheckpointList *list,
                                GtkWidget        *from);

G_END_DECLS
