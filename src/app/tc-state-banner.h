/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Says under a header bar what keeps the application from its work, or soon
 * will: no engine, a keyring that gives no keys out, a disk that is nearly full,
 * a training on battery; with what to do. Follows all by itself.
 */

#include <adwaita.h>

#include "tc-host-state.h"
#include "tc-key-list.h"

G_BEGIN_DECLS

#define TC_TYPE_STATE_BANNER (tc_state_banner_get_type ())
G_DECLARE_FINAL_TYPE (TcStateBanner, tc_state_banner, TC, STATE_BANNER, AdwBin)

GtkWidget *tc_state_banner_new (TcClient    *client,
                                TcKeyList   *keys,
                                TcHostState *host);

G_END_DECLS
