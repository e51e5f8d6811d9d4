/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Reads what a model answered as a verdict. What it says is foreign text: the
 * figures are checked, the sum and the grade are ours, and the recommendation
 * is made harmless. A pure function; any thread.
 */

#include "tc-verdict.h"

G_BEGIN_DECLS

#define TC_VERDICT_MAX_RECOMMENDATION 2000

gboolean tc_verdict_read (const char  *text,
                          TcVerdict   *verdict,
                          GError     **error);

G_END_DECLS
