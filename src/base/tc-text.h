/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Makes foreign bytes harmless to show: valid UTF-8, no escape sequences, no
 * control characters, no invisible reordering. What a person sees is what the
 * program wrote, minus its power over the terminal. The streaming form gives
 * the same text whatever the chunks. One owner, one thread.
 */

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  TC_TEXT_DEFAULT     = 0,
  TC_TEXT_SINGLE_LINE = 1 << 0, /* line ends and tabs become spaces */
} TcTextFlags;

typedef struct _TcTextSanitizer TcTextSanitizer;

TcTextSanitizer *tc_text_sanitizer_new    (TcTextFlags      flags);
void             tc_text_sanitizer_free   (TcTextSanitizer *self);
void             tc_text_sanitizer_push   (TcTextSanitizer *self,
                                           const char      *bytes,
                                           gsize            length,
                                           GString         *out);
void             tc_text_sanitizer_finish (TcTextSanitizer *self,
                                           GString         *out);

char            *tc_text_sanitize         (const char      *bytes,
                                           gssize           length,
                                           gsize            max_bytes,
                                           TcTextFlags      flags);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcTextSanitizer, tc_text_sanitizer_free)

G_END_DECLS
