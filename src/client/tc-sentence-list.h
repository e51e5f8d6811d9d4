/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *engine;
  const char *window;  /* names values of the engine's sentence by their place: "%2$s" */
} TcSentenceRewording;

/* What tc_sentence_dup_local() knows: "%s" stands for a value, "%%" for a percent sign. */
extern const char *const tc_sentence_list[];
extern const gsize tc_sentence_list_length;
extern const TcSentenceRewording tc_sentence_rewordings[];
extern const gsize tc_sentence_rewordings_length;

G_END_DECLS
