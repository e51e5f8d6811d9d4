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
const guint64  *tc_key_item_get_uses   (TcKeyItem  *self,
                                        guint      *n);
/* The keyring was opened since its state was found: it is being checked again. */
gboolean        tc_key_item_is_outdated (TcKeyItem *self);

#define TC_TYPE_KEY_LIST (tc_key_list_get_type ())
G_DECLARE_FINAL_TYPE (TcKeyList, tc_key_list, TC, KEY_LIST, GObject)

/* Signals:
 *  warning-changed () the engine says something else of the keyring
 *  keyring-changed () it is locked or open, its password is asked for, or that failed
 */
TcKeyList      *tc_key_list_new        (TcClient   *client);
const char     *tc_key_list_get_warning (TcKeyList *self);
gboolean        tc_key_list_is_locked  (TcKeyList  *self);
gboolean        tc_key_list_is_held_back (TcKeyList *self);
gboolean        tc_key_list_is_unlocking (TcKeyList *self);
const char     *tc_key_list_get_problem (TcKeyList *self);
void            tc_key_list_unlock     (TcKeyList  *self);
TcKeyItem      *tc_key_list_find       (TcKeyList  *self,
                                        guint64     id);

G_END_DECLS
