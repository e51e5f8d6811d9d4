/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* A key in the pool: whose it is, its name, how it stands, which sessions use it,
 * what to do. Its
 * buttons activate "keys.check", "keys.rename", "keys.replace" and "keys.remove"
 * with its number.
 */

#include <adwaita.h>

#include "tc-key-list.h"
#include "tc-queue.h"

G_BEGIN_DECLS

#define TC_TYPE_KEY_ROW (tc_key_row_get_type ())
G_DECLARE_FINAL_TYPE (TcKeyRow, tc_key_row, TC, KEY_ROW, AdwActionRow)

GtkWidget *tc_key_row_new (TcKeyItem *item,
                           TcQueue   *queue);

G_END_DECLS
