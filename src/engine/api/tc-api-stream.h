/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* One connection to the API, as a GIOStream for libsoup with the early gate
 * inside: libsoup is given a request's bytes only after they have been read
 * strictly and let pass. It also keeps the clocks (10 s for a head or a body,
 * an idle cap, a stalled reader) and counts what has been written, which is
 * how the event hub knows a client's backlog. Main thread only, non-blocking.
 */

#include <gio/gio.h>

#include "tc-api-gate.h"
#include "tc-clock.h"

G_BEGIN_DECLS

#define TC_TYPE_API_STREAM (tc_api_stream_get_type ())
G_DECLARE_FINAL_TYPE (TcApiStream, tc_api_stream, TC, API_STREAM, GIOStream)

/* Signals: closed () once, when nothing more will pass */
TcApiStream *tc_api_stream_new         (GSocket      *socket,
                                        TcApiGate    *gate,
                                        gboolean      is_own_user,
                                        TcClock      *clock);
TcApiGate   *tc_api_stream_get_gate    (TcApiStream  *self);
gboolean     tc_api_stream_is_evictable (TcApiStream *self);
void         tc_api_stream_upgrade     (TcApiStream  *self);
guint64      tc_api_stream_get_written (TcApiStream  *self);
void         tc_api_stream_abort       (TcApiStream  *self);

/* Ready when the client has gone, which nobody looks for while a request waits
 * for its answer. */
GSource     *tc_api_stream_create_leave_source (TcApiStream *self);

void         tc_api_stream_tag         (TcApiStream  *self,
                                        GSocketAddress *address);
TcApiStream *tc_api_stream_for_address (GSocketAddress *address);

/* For the two stream objects only. */
gssize       tc_api_stream_receive     (TcApiStream  *self,
                                        void         *buffer,
                                        gsize         size,
                                        GError      **error);
gssize       tc_api_stream_send        (TcApiStream  *self,
                                        const void   *buffer,
                                        gsize         size,
                                        GError      **error);
gboolean     tc_api_stream_has_input   (TcApiStream  *self);
GSource     *tc_api_stream_create_source (TcApiStream  *self,
                                          GIOCondition  condition,
                                          GCancellable *cancellable);

G_END_DECLS
