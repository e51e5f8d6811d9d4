/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* A client's connection to the gateway: requests are read strictly, let pass by
 * the early gate before a byte of their body is taken, and answered one after
 * the other, whole or as a stream. Reference counted; main thread only;
 * non-blocking.
 */

#include <gio/gio.h>

#include "tc-api-gate.h"
#include "tc-clock.h"

G_BEGIN_DECLS

/* As much as the strict reader of JSON takes. */
#define TC_GATEWAY_BODY_MAX_BYTES (16 * 1024 * 1024)

typedef struct _TcGatewayConn TcGatewayConn;

/* What whoever accepted it is told. */
typedef struct
{
  void  (*request)  (TcGatewayConn *conn,
                     gpointer       user_data);
  char *(*refusal)  (const char    *target, /* (nullable) */
                     guint          status,
                     const char    *code,
                     const char    *message); /* the body of a refusal, for that path */
  void  (*closed)   (TcGatewayConn *conn,
                     gpointer       user_data);
} TcGatewayConnFuncs;

/* What whoever answers is told, until the answer is complete. */
typedef struct
{
  void (*gone)    (TcGatewayConn *conn,
                   gpointer       user_data); /* the client has hung up */
  void (*drained) (TcGatewayConn *conn,
                   gpointer       user_data); /* it takes more again */
} TcGatewayAnswerFuncs;

TcGatewayConn    *tc_gateway_conn_new       (GSocket                    *socket,
                                             TcApiGate                  *gate,
                                             TcClock                    *clock,
                                             gboolean                    is_own_user,
                                             gint64                      stall_us,
                                             const TcGatewayConnFuncs   *funcs,
                                             gpointer                    user_data);
TcGatewayConn    *tc_gateway_conn_ref       (TcGatewayConn              *self);
void              tc_gateway_conn_unref     (TcGatewayConn              *self);

const TcHttpHead *tc_gateway_conn_get_head  (TcGatewayConn              *self);
const char       *tc_gateway_conn_get_body  (TcGatewayConn              *self,
                                             gsize                      *length);
void              tc_gateway_conn_drop_body (TcGatewayConn              *self);
gboolean          tc_gateway_conn_is_evictable (TcGatewayConn           *self);

void              tc_gateway_conn_watch     (TcGatewayConn              *self,
                                             const TcGatewayAnswerFuncs *funcs,
                                             gpointer                    user_data);
void              tc_gateway_conn_reply     (TcGatewayConn              *self,
                                             guint                       status,
                                             const char                 *headers,
                                             const char                 *body,
                                             gsize                       length);
void              tc_gateway_conn_begin     (TcGatewayConn              *self,
                                             guint                       status,
                                             const char                 *headers);
gboolean          tc_gateway_conn_write     (TcGatewayConn              *self,
                                             const char                 *bytes,
                                             gsize                       length);
void              tc_gateway_conn_end       (TcGatewayConn              *self);
void              tc_gateway_conn_abort     (TcGatewayConn              *self);

G_END_DECLS
