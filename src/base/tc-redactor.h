/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Replaces known secrets in a byte stream by TC_REDACTOR_MASK, also where a
 * secret is split over several pushes, and also in base64 and percent-encoded
 * form. Holds back only bytes that may be the start of a secret. The copies of
 * the secrets are wiped when it is freed. One owner, one thread.
 */

#include <glib.h>

G_BEGIN_DECLS

#define TC_REDACTOR_MASK       "[redacted]"
#define TC_REDACTOR_MIN_SECRET 6

typedef struct _TcRedactor TcRedactor;

TcRedactor *tc_redactor_new        (void);
void        tc_redactor_free       (TcRedactor *self);
gboolean    tc_redactor_add_secret (TcRedactor *self,
                                    const char *secret,
                                    gssize      length);
void        tc_redactor_push       (TcRedactor *self,
                                    const char *bytes,
                                    gsize       length,
                                    GString    *out);
void        tc_redactor_finish     (TcRedactor *self,
                                    GString    *out);
char       *tc_redactor_mask       (TcRedactor *self,
                                    const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcRedactor, tc_redactor_free)

G_END_DECLS
