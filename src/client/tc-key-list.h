/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The engine's keys as a GListModel of TcKeyItem, live. No secret is in here.
 * One main context.
 */

#include "tc-api-key.h"
#include "tc-client.h"

G_BEGIN_DECLS

#define TC_TYPE_KEY_ITEM (tc_key_item_get_type ())
G_DECLARE_FINAL_TYPE (TcKeyItem, tc_key_item, TC, KEY_ITEM, GObject)

/* Signal: changed () */
const TcApiKey *tc_key_item_get        (TcKeyItem  *self);
guint           tc_key_item_get_n_uses (TcKeyItem  *self);

#define TC_TYPE_KEY_LIST (tc_key_list_get_type ())
G_DECLARE_FINAL_TYPE (TcKeyList, tc_key_list, TC, KEY_LIST, GObject)

TcKeyList      *tc_key_list_new        (TcClient   *client);
TcKeyItem      *tc_key_list_find       (TcKeyList  *self,
                                        guint64     id);

G_END_DECLS
