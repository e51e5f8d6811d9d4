/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The parser's memory as a short line of text:
 * "1 epoch=47 total=200 batch=10 … dialect=helix". Private to the parser.
 */

#include "tc-dialect.h"

G_BEGIN_DECLS

char    *tc_log_state_to_string   (const TcDialectState  *state,
                                   const char            *dialect);
gboolean tc_log_state_from_string (const char            *text,
                                   TcDialectState        *state,
                                   char                 **dialect,
                                   GError               **error);

G_END_DECLS
