/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The words of the window for what is in a corpus. */

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

char *tc_corpus_text_dup_contents (JsonObject *facts);

G_END_DECLS
