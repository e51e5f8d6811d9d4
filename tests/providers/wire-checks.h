/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What the tests of the wire formats share: fixtures with ' for ", looking into
 * JSON by a path, and what a stream of an answer came to.
 */

#include "tc-wire.h"

typedef struct
{
  GString   *log;      /* (owned) every event, a line each; pieces of one text are one line */
  GString   *text;     /* (owned) */
  GString   *thinking; /* (owned) */
  GPtrArray *tools;    /* (owned) (element-type GString) "name arguments" */
  TcFinish   finish;
  TcUsage    usage;
  int        error;    /* TcChatErrorKind, or -1 */
  gboolean   is_ended;
} WireAnswer;

char       *wire_json          (const char        *with_single_quotes);
char       *wire_at            (const char        *json,
                                const char        *path);
void        wire_assert_at     (const char        *json,
                                const char        *path,
                                const char        *expected);

WireAnswer *wire_answer_new    (void);
void        wire_answer_take   (const TcChatEvent *event,
                                gpointer           answer);
void        wire_answer_free   (WireAnswer        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WireAnswer, wire_answer_free)
