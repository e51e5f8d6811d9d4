/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Whether the engine's API listens on a port for other programs; on and off, and
 * the token they need. One main context.
 */

#include "tc-client.h"

G_BEGIN_DECLS

#define TC_TYPE_API_SERVER (tc_api_server_get_type ())
G_DECLARE_FINAL_TYPE (TcApiServer, tc_api_server, TC, API_SERVER, GObject)

/* Signal: changed () when there is something else to show */
TcApiServer *tc_api_server_new         (TcClient    *client);
gboolean     tc_api_server_is_on       (TcApiServer *self);
guint        tc_api_server_get_port    (TcApiServer *self);
const char  *tc_api_server_get_token   (TcApiServer *self);
const char  *tc_api_server_get_problem (TcApiServer *self);
void         tc_api_server_turn_on     (TcApiServer *self,
                                        guint        port);
void         tc_api_server_turn_off    (TcApiServer *self);

G_END_DECLS
