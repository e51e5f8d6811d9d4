/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The words of the window for models: what they are good at, what they cost, and
 * how long they stay. */

#include "tc-model-choices.h"

G_BEGIN_DECLS

const char *tc_model_text_get_tier  (const char  *tier);
char       *tc_model_text_dup_about (TcModelItem *item,
                                     gboolean     has_context);

G_END_DECLS
