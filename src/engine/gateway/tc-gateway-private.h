/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The gateway from inside: what its files share.
 */

#include "tc-gateway-conn.h"
#include "tc-gateway.h"
#include "tc-records.h"
#include "tc-upstream.h"
#include "tc-wire.h"

G_BEGIN_DECLS

struct _TcGateway
{
  GObject     parent_instance;

  TcLedger   *ledger;    /* (owned) */
  TcClock    *clock;     /* (owned) */
  TcUpstream *upstream;  /* (owned) */
  GHashTable *grants;    /* (owned) (element-type utf8 TcGrant) by the SHA-256 of the token */
  GHashTable *told;      /* (owned) (element-type utf8) "session:kind" of problems */
  GQueue      exchanges; /* (element-type TcGatewayExchange) (unowned) */

  TcApiGate  *gate;      /* (owned) */
  GPtrArray  *sockets;   /* (owned) (element-type GSocket) */
  GPtrArray  *sources;   /* (owned) (element-type GSource) */
  GQueue      conns;     /* (element-type TcGatewayConn) (owned) oldest first */
  guint       pause_id;
  guint16     port;
  gint64      stall_us;  /* a client that takes nothing of its answer for so long is given up */
};

/* tc-gateway.c */
TcGrant       *tc_gateway_find_grant   (TcGateway        *self,
                                        const TcHttpHead *head,
                                        const char      **path);
gboolean       tc_gateway_is_known     (const TcHttpHead *head,
                                        gpointer          user_data);
void           tc_gateway_report       (TcGateway        *self,
                                        guint64           session_id,
                                        TcSeverity        severity,
                                        const char       *kind,
                                        const char       *text);

/* tc-gateway-listen.c */
gboolean       tc_gateway_bind         (TcGateway        *self,
                                        guint16           wanted_port,
                                        GError          **error);
void           tc_gateway_unbind       (TcGateway        *self);

/* tc-gateway-routes.c */
void           tc_gateway_handle       (TcGatewayConn    *conn,
                                        gpointer          user_data);
char          *tc_gateway_write_refusal (const char      *target,
                                        guint             status,
                                        const char       *code,
                                        const char       *message);
void           tc_gateway_refuse       (TcGatewayConn    *conn,
                                        TcProviderWire    wire,
                                        guint             status,
                                        const char       *code,
                                        const char       *message);

/* tc-gateway-proxy.c */
void           tc_gateway_proxy_chat   (TcGateway        *self,
                                        TcGatewayConn    *conn,
                                        TcGrant          *grant,
                                        TcProviderWire    wire);
void           tc_gateway_proxy_count  (TcGateway        *self,
                                        TcGatewayConn    *conn,
                                        TcGrant          *grant);
void           tc_gateway_cancel_exchanges (TcGateway    *self,
                                        guint64           session_id);

G_END_DECLS
