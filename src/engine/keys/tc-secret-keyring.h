/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The desktop's keyring, through libsecret: the Secret Service, or inside of a
 * Flatpak its encrypted file. Nothing takes longer than five seconds, and
 * nothing but unlocking waits for a person: a locked keyring is said to be locked.
 */

#include "tc-keyring.h"

G_BEGIN_DECLS

#define TC_SECRET_KEYRING_TIMEOUT_MS 5000

#define TC_TYPE_SECRET_KEYRING (tc_secret_keyring_get_type ())
G_DECLARE_FINAL_TYPE (TcSecretKeyring, tc_secret_keyring, TC, SECRET_KEYRING, TcKeyring)

TcKeyring *tc_secret_keyring_new (void);

G_END_DECLS
