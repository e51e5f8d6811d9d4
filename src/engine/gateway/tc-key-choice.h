/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Which key a session takes, and what it waits for when there is none. Looks at
 * the pool only; asks nobody. Main thread.
 */

#include "tc-key-pool.h"
#include "tc-session-config.h"

G_BEGIN_DECLS

gboolean        tc_key_choice_is_usable    (TcSessionConfig  *config,
                                            const TcApiKey   *key);
const TcApiKey *tc_key_choice_find         (TcKeyPool        *keys,
                                            TcSessionConfig  *config,
                                            GArray           *tried);
const TcApiKey *tc_key_choice_find_best    (TcKeyPool        *keys,
                                            TcSessionConfig  *config);
char           *tc_key_choice_dup_obstacle (TcKeyPool        *keys,
                                            TcSessionConfig  *config);

G_END_DECLS
