/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Stand-ins for scheduler, gateway and run access, with the functions that the
 * supervisor uses. They remember what was asked of them.
 */

#include "tc-gateway.h"
#include "tc-run-access.h"
#include "tc-scheduler.h"

G_BEGIN_DECLS

typedef struct
{
  char       *answer;  /* (owned) (nullable) what the model writes; NULL: an error */
  GError     *error;   /* (owned) (nullable) */
  TcFinish    finish;
  TcMoney     cost;
  guint       delay_ms;
  gboolean    hangs;   /* until it is cancelled, and then some */
} FakeAnswer;

typedef struct
{
  char          *text;     /* (owned) all messages */
  char          *system;   /* (owned) */
  char          *model;    /* (owned) */
  TcChatFormat   format;
  guint          n_messages;
  gint64         max_tokens;
} FakeCall;

GPtrArray   *fake_gateway_get_calls    (TcGateway    *self);
void         fake_gateway_push         (TcGateway    *self,
                                        const char   *answer,
                                        TcMoney       cost);
void         fake_gateway_push_error   (TcGateway    *self,
                                        int           code,
                                        const char   *message);
void         fake_gateway_push_finish  (TcGateway    *self,
                                        const char   *answer,
                                        TcFinish      finish);
void         fake_gateway_push_slow    (TcGateway    *self,
                                        const char   *answer,
                                        guint         delay_ms);
void         fake_gateway_push_hang    (TcGateway    *self);
TcGateway   *fake_gateway_new          (void);

TcRunAccess *fake_run_access_new       (TcGrant      *grant);
void         fake_run_access_close     (TcRunAccess  *self);
void         fake_run_access_set       (TcRunAccess  *self,
                                        TcGrant      *grant,
                                        gboolean      is_resuming);

TcScheduler *fake_scheduler_new        (void);
/* (element-type char) "info verdict: text", "suspend 1", "stop 1 verdict: text", "record verdict 1" */
GPtrArray   *fake_scheduler_get_log    (TcScheduler  *self);
JsonNode    *fake_scheduler_get_record (TcScheduler  *self);
void         fake_scheduler_add        (TcScheduler  *self,
                                        TcSession    *session);
void         fake_scheduler_tell_gate  (TcScheduler  *self,
                                        guint64       id,
                                        guint         attempt,
                                        guint         epoch);

G_END_DECLS
