/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The early gate: decides from the head of a request, before a byte of its
 * body is taken in, whether it is answered at all. One gate for each way in:
 * the Unix socket, or a port of the loopback interface with a token, or with
 * many of them (the gateway's).
 * Reference counted; main thread only.
 */

#include <glib.h>

#include "tc-http-head.h"

G_BEGIN_DECLS

typedef struct _TcApiGate TcApiGate;

typedef struct
{
  guint       status;  /* HTTP; 0: let it pass */
  const char *code;    /* a stable word, static */
  const char *message; /* a sentence that says what to do, static */
} TcApiRefusal;

/* Whether a request has a token that is known. */
typedef gboolean (*TcApiGateFunc) (const TcHttpHead *head,
                                   gpointer          user_data);

TcApiGate  *tc_api_gate_new_unix  (void);
TcApiGate  *tc_api_gate_new_tcp   (guint16           port,
                                   const char       *token);
TcApiGate  *tc_api_gate_new_many  (TcApiGateFunc     is_known,
                                   gpointer          user_data);
TcApiGate  *tc_api_gate_ref       (TcApiGate        *self);
void        tc_api_gate_unref     (TcApiGate        *self);

gboolean    tc_api_gate_is_tcp    (TcApiGate        *self);
guint16     tc_api_gate_get_port  (TcApiGate        *self);
const char *tc_api_gate_get_token (TcApiGate        *self);
void        tc_api_gate_set_port  (TcApiGate        *self,
                                   guint16           port);

gboolean    tc_api_gate_check     (TcApiGate        *self,
                                   const TcHttpHead *head,
                                   gboolean          is_own_user,
                                   gint64            now_us,
                                   TcApiRefusal     *refusal);

const char *tc_api_gate_code_for  (guint             status);
char       *tc_api_gate_make_token (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcApiGate, tc_api_gate_unref)

G_END_DECLS
