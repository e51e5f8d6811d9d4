/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#pragma once

/* The engine speaks English to a terminal: it has no user of its own, and what it
 * wrote into the history outlives every choice of a language. The window tells
 * its sentences by their shape, says them in the user's language, and names a
 * menu where the engine names a command. */

#include <glib.h>

G_BEGIN_DECLS

/* Returns: (transfer none): @format in the user's language, or @format */
typedef const char *(*TcSentenceTranslate) (const char *format);

char *tc_sentence_dup_local      (const char          *english);
char *tc_sentence_dup_translated (const char          *english,
                                  TcSentenceTranslate  translate);

G_END_DECLS
