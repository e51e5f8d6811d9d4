/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* A keyring for tests that need one and not the desktop's: it forgets. */

#include "tc-keyring.h"

G_BEGIN_DECLS

TcKeyring *memory_keyring_new (void);

G_END_DECLS
