/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What tc_sentence_dup_local() knows: "%s" stands for a value, "%%" for a percent sign. */
extern const char *const tc_sentence_list[];
extern const gsize tc_sentence_list_length;

G_END_DECLS
