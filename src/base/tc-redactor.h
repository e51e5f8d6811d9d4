/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Finds known secrets, and what looks like a key to a known provider, in bytes:
 * as they are, in base64 and percent-encoded. In a stream, TC_REDACTOR_MASK takes
 * their place, also where a secret is split over several pushes; only bytes that
 * may be the start of a secret are held back. In place, each of their bytes
 * becomes TC_REDACTOR_FILL. The copies of secrets are wiped when it is freed.
 * A stream has one owner in one thread; masking in place and adding is for any.
 */

#include <glib.h>

G_BEGIN_DECLS

#define TC_REDACTOR_MASK       "[redacted]"
#define TC_REDACTOR_FILL       '*'
#define TC_REDACTOR_MIN_SECRET 6

/* What comes behind a piece of text. */
typedef enum
{
  TC_REDACTOR_END,  /* nothing, or what there is was given with it */
  TC_REDACTOR_MORE, /* something, soon: what may be a secret can wait */
  TC_REDACTOR_CUT,  /* nobody knows: the start of what looks like a key is one */
} TcRedactorEnd;

typedef struct _TcRedactor TcRedactor;

TcRedactor *tc_redactor_new        (void);
TcRedactor *tc_redactor_ref        (TcRedactor *self);
void        tc_redactor_free       (TcRedactor *self);
gboolean    tc_redactor_add_secret (TcRedactor *self,
                                    const char *secret,
                                    gssize      length);
gboolean    tc_redactor_add_digest (TcRedactor *self,
                                    const char *secret,
                                    gssize      length);
void        tc_redactor_add_shapes (TcRedactor *self);
void        tc_redactor_push       (TcRedactor *self,
                                    const char *bytes,
                                    gsize       length,
                                    GString    *out);
void        tc_redactor_finish     (TcRedactor *self,
                                    GString    *out);
char       *tc_redactor_mask       (TcRedactor *self,
                                    const char *text);
gsize       tc_redactor_get_reach  (TcRedactor *self);
gsize       tc_redactor_mask_in_place (TcRedactor    *self,
                                       char          *bytes,
                                       gsize          length,
                                       TcRedactorEnd  end);
char       *tc_redactor_mask_text  (TcRedactor *self,
                                    const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcRedactor, tc_redactor_free)

G_END_DECLS
