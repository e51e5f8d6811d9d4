/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Asks for another name of a key, or for another secret of it, and has it
 * changed. What went wrong is said in the dialog, which stays until it is right.
 */

#include <adwaita.h>

#include "tc-api-key.h"
#include "tc-client.h"

G_BEGIN_DECLS

#define TC_TYPE_KEY_CHANGE (tc_key_change_get_type ())
G_DECLARE_FINAL_TYPE (TcKeyChange, tc_key_change, TC, KEY_CHANGE, AdwDialog)

typedef enum
{
  TC_KEY_CHANGE_NAME,
  TC_KEY_CHANGE_SECRET,
} TcKeyChangeKind;

TcKeyChange *tc_key_change_new (TcClient        *client,
                                const TcApiKey  *key,
                                TcKeyChangeKind  kind);

G_END_DECLS
