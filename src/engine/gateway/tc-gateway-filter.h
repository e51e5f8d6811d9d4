/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Takes the event with nothing but the usage out of a stream in OpenAI's
 * format, for clients that did not ask for it: the gateway did, in their name,
 * and some of them stumble over a choice that is not there. Only what has come
 * of an unfinished event is held back. One owner, one thread.
 */

#include <glib.h>

G_BEGIN_DECLS

typedef struct _TcGatewayFilter TcGatewayFilter;

TcGatewayFilter *tc_gateway_filter_new    (void);
void             tc_gateway_filter_push   (TcGatewayFilter *self,
                                           const char      *bytes,
                                           gsize            length,
                                           GString         *out);
void             tc_gateway_filter_finish (TcGatewayFilter *self,
                                           GString         *out);
void             tc_gateway_filter_free   (TcGatewayFilter *self);

G_END_DECLS
