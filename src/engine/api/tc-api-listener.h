/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* A listening socket and the connections made through it. Accepts, asks the
 * kernel who calls, and hands the connection on as a TcApiStream. The number
 * of connections is bounded: when it is reached, the one that has waited
 * longest without a request makes room. Main thread only.
 */

#include <gio/gio.h>

#include "tc-api-bind.h"
#include "tc-api-gate.h"
#include "tc-api-stream.h"

G_BEGIN_DECLS

#define TC_TYPE_API_LISTENER (tc_api_listener_get_type ())
G_DECLARE_FINAL_TYPE (TcApiListener, tc_api_listener, TC, API_LISTENER, GObject)

/* Signals:
 *  connected (TcApiStream *)
 *  changed () the number of connections */
TcApiListener *tc_api_listener_new       (TcApiGate      *gate,
                                          TcClock        *clock);
void           tc_api_listener_add       (TcApiListener  *self,
                                          GSocket        *socket);
guint          tc_api_listener_get_n     (TcApiListener  *self);
TcApiGate     *tc_api_listener_get_gate  (TcApiListener  *self);
void           tc_api_listener_close     (TcApiListener  *self,
                                          gboolean        and_connections);

G_END_DECLS
