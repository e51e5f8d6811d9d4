/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The event hub: turns what the scheduler says into frames for the connected
 * WebSockets, at most ten times a second and each session's latest state only.
 * A client that does not read is disconnected; nothing waits for it. With
 * nobody connected it does nothing at all. Main thread only.
 */

#include <libsoup/soup.h>

#include "tc-api-stream.h"
#include "tc-scheduler.h"

G_BEGIN_DECLS

#define TC_TYPE_API_EVENTS (tc_api_events_get_type ())
G_DECLARE_FINAL_TYPE (TcApiEvents, tc_api_events, TC, API_EVENTS, GObject)

typedef enum
{
  TC_API_EVENTS_STATUS, /* /training/status: a session a frame */
  TC_API_EVENTS_ALL,    /* /training/events: batches of everything */
} TcApiEventsKind;

TcApiEvents *tc_api_events_new       (TcScheduler             *scheduler);
void         tc_api_events_add       (TcApiEvents             *self,
                                      SoupWebsocketConnection *socket,
                                      TcApiStream             *stream,
                                      TcApiEventsKind          kind);
void         tc_api_events_send      (TcApiEvents             *self,
                                      JsonNode                *event);
guint        tc_api_events_get_n     (TcApiEvents             *self);
gboolean     tc_api_events_is_full   (TcApiEvents             *self);
void         tc_api_events_close     (TcApiEvents             *self);

G_END_DECLS
