/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The parts of "trainctl demo": which sessions it consists of, and the words
 * at its end.
 */

#include "tc-cli.h"

G_BEGIN_DECLS

/* Marks the demo's sessions, in their environment. */
#define TC_DEMO_MARK "TRAINING_CENTER_DEMO"

JsonNode *tc_demo_create_request (void);
GArray   *tc_demo_find_active    (TcQueue  *queue);
int       tc_demo_close          (TcCli    *cli,
                                  GArray   *ids);

G_END_DECLS
