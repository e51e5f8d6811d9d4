/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What a provider's answer to a free request says about a key. Pure functions
 * of what came back, so that every known answer can be tested. Any thread.
 */

#include "tc-api-key.h"
#include "tc-provider.h"

G_BEGIN_DECLS

typedef struct
{
  TcKeyState state;
  char      *text;  /* (owned) a sentence or two: what it means, what to do */
} TcKeyVerdict;

TcKeyVerdict *tc_key_verdict_new        (TcKeyState        state,
                                         const char       *format,
                                         ...) G_GNUC_PRINTF (2, 3);
TcKeyVerdict *tc_key_verdict_for_answer (const TcProvider *provider,
                                         guint             status,
                                         const char       *body,
                                         gsize             length,
                                         const char       *secret);
void          tc_key_verdict_free       (TcKeyVerdict     *self);
char         *tc_key_verdict_clean      (const char       *foreign,
                                         const char       *secret);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcKeyVerdict, tc_key_verdict_free)

G_END_DECLS
