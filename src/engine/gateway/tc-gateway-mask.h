/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Keeps the key out of a stream to a client, also when a provider says it in
 * pieces: what several events add to one text is looked at as the client will
 * see it, put together. From the first byte on that may begin the key all waits
 * until it is known; whatever cannot goes on at once, and nothing changes its
 * place. One owner, one thread.
 */

#include <glib.h>

G_BEGIN_DECLS

typedef struct _TcGatewayMask TcGatewayMask;

TcGatewayMask *tc_gateway_mask_new    (const char    *secret,
                                       gsize          length);
void           tc_gateway_mask_push   (TcGatewayMask *self,
                                       const char    *bytes,
                                       gsize          length,
                                       GString       *out);
void           tc_gateway_mask_finish (TcGatewayMask *self,
                                       GString       *out);
void           tc_gateway_mask_free   (TcGatewayMask *self);

G_END_DECLS
