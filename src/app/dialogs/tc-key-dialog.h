/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Adds a key: the engine checks it with the provider and puts the secret into the
 * keyring. The dialog stays open until that has worked.
 */

#include <adwaita.h>

#include "tc-client.h"

G_BEGIN_DECLS

#define TC_TYPE_KEY_DIALOG (tc_key_dialog_get_type ())
G_DECLARE_FINAL_TYPE (TcKeyDialog, tc_key_dialog, TC, KEY_DIALOG, AdwDialog)

TcKeyDialog *tc_key_dialog_new (TcClient   *client,
                                const char *provider);

G_END_DECLS
