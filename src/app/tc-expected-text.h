/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The words of the window for what is only expected: "≈ 22 h", "≈ $9.40".
 * Translated; all are (transfer full).
 */

#include "tc-queue-estimates.h"

G_BEGIN_DECLS

char *tc_expected_text_dup_row   (const TcExpected *expected);
char *tc_expected_text_dup_total (const TcExpected *expected,
                                  gboolean          is_whole);

G_END_DECLS
