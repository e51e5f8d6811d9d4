/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-api-batch.h"
#include "tc-api-events.h"
#include "tc-api-private.h"
#include "tc-json.h"

/* Frames leave at most so often, and the first after a quiet time soon: long
 * enough to merge what one action does, too short to notice. */
#define FRAME_INTERVAL_MS 100
#define FRAME_DELAY_MS    5

/* What cannot be merged is sent before it grows larger than this. */
#define BATCH_BYTES_MAX (256 * 1024)

/* A client that is further behind than this does not read. */
#define BACKLOG_MAX (4 * 1024 * 1024)

#define CLIENTS_MAX  64
#define INCOMING_MAX 4096

typedef struct
{
  SoupWebsocketConnection *socket; /* (owned) */
  TcApiStream             *stream; /* (owned) */
  TcApiEventsKind          kind;
  guint64                  sent;   /* bytes of frames, as they go over the wire */
  guint64                  before; /* bytes written when it became a WebSocket */
} Client;

struct _TcApiEvents
{
  GObject      parent_instance;

  TcScheduler *scheduler;     /* (owned) */
  GPtrArray   *clients;       /* (owned) (element-type Client) */
  TcApiBatch   batch;
  guint        flush_id;
  gint64       last_flush_us; /* monotonic */
};

G_DEFINE_FINAL_TYPE (TcApiEvents, tc_api_events, G_TYPE_OBJECT)

static void
client_free (Client *client)
{
  g_object_unref (client->socket);
  g_object_unref (client->stream);
  g_free (client);
}

/* A server's frame: two bytes, and the length again when it is longer. */
static gsize
frame_size (gsize length)
{
  return length + (length < 126 ? 2 : length < 65536 ? 4 : 10);
}

static gboolean
is_stalled (Client *client)
{
  guint64 written = tc_api_stream_get_written (client->stream) - client->before;

  return client->sent > written && client->sent - written > BACKLOG_MAX;
}

static void
send_text (Client *client,
           GBytes *text)
{
  if (soup_websocket_connection_get_state (client->socket) != SOUP_WEBSOCKET_STATE_OPEN)
    return;

  client->sent += frame_size (g_bytes_get_size (text));
  soup_websocket_connection_send_message (client->socket, SOUP_WEBSOCKET_DATA_TEXT, text);
}

static void
drop_stalled (TcApiEvents *self)
{
  for (guint i = self->clients->len; i > 0; i--)
    {
      Client *client = g_ptr_array_index (self->clients, i - 1);

      if (!is_stalled (client))
        continue;
      g_message ("An event client does not read and was disconnected");
      tc_api_stream_abort (client->stream);
      g_ptr_array_remove_index (self->clients, i - 1);
    }
}

static gboolean
has_kind (TcApiEvents     *self,
          TcApiEventsKind  kind)
{
  for (guint i = 0; i < self->clients->len; i++)
    if (((Client *) g_ptr_array_index (self->clients, i))->kind == kind)
      return TRUE;
  return FALSE;
}

static void
send_to_kind (TcApiEvents     *self,
              TcApiEventsKind  kind,
              char            *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (text, strlen (text));

  for (guint i = 0; i < self->clients->len; i++)
    {
      Client *client = g_ptr_array_index (self->clients, i);

      if (client->kind == kind)
        send_text (client, bytes);
    }
}

static char *
status_text (TcSession *session)
{
  g_autoptr (JsonNode) node = tc_session_to_status_json (session);

  return tc_json_to_string (node, FALSE);
}

static void
send_statuses (TcApiEvents *self)
{
  GHashTableIter iter;
  gpointer session;

  if (!has_kind (self, TC_API_EVENTS_STATUS))
    return;
  g_hash_table_iter_init (&iter, self->batch.sessions);
  while (g_hash_table_iter_next (&iter, NULL, &session))
    send_to_kind (self, TC_API_EVENTS_STATUS, status_text (session));
}

static const char *
get_session_text (TcSession *session,
                  gpointer   user_data)
{
  return tc_api_session_get_text (user_data, session);
}

static void
flush (TcApiEvents *self)
{
  g_clear_handle_id (&self->flush_id, g_source_remove);
  self->last_flush_us = g_get_monotonic_time ();
  if (tc_api_batch_is_empty (&self->batch))
    return;

  send_statuses (self);
  if (has_kind (self, TC_API_EVENTS_ALL))
    send_to_kind (self, TC_API_EVENTS_ALL,
                  tc_api_batch_to_text (&self->batch, tc_scheduler_get_paused (self->scheduler),
                                        get_session_text, self->scheduler));
  tc_api_batch_reset (&self->batch);
  drop_stalled (self);
}

static gboolean
on_flush (gpointer user_data)
{
  TcApiEvents *self = user_data;

  self->flush_id = 0;
  flush (self);
  return G_SOURCE_REMOVE;
}

/* There is a timer only while there is something to send. */
static void
schedule (TcApiEvents *self)
{
  gint64 since_ms = (g_get_monotonic_time () - self->last_flush_us) / 1000;
  guint delay_ms = FRAME_DELAY_MS;

  if (tc_api_batch_get_size (&self->batch) > BATCH_BYTES_MAX)
    {
      flush (self);
      return;
    }
  if (self->flush_id != 0)
    return;
  if (since_ms < FRAME_INTERVAL_MS)
    delay_ms = MAX (delay_ms, (guint) (FRAME_INTERVAL_MS - since_ms));
  self->flush_id = g_timeout_add (delay_ms, on_flush, self);
}

static gboolean
is_watched (TcApiEvents *self)
{
  return self->clients->len > 0;
}

static void
on_session_added (TcApiEvents *self,
                  TcSession   *session)
{
  if (!is_watched (self))
    return;
  tc_api_batch_add_session (&self->batch, session, TRUE);
  schedule (self);
}

static void
on_session_changed (TcApiEvents *self,
                    TcSession   *session)
{
  if (!is_watched (self))
    return;
  tc_api_batch_add_session (&self->batch, session, FALSE);
  schedule (self);
}

static void
on_session_removed (TcApiEvents *self,
                    guint64      id)
{
  if (!is_watched (self))
    return;
  tc_api_batch_remove_session (&self->batch, id);
  schedule (self);
}

static void
on_points (TcApiEvents *self,
           guint64      id,
           GArray      *points)
{
  if (!is_watched (self))
    return;
  tc_api_batch_add_points (&self->batch, id, points);
  schedule (self);
}

static void
on_record (TcApiEvents *self,
           const char  *kind,
           guint64      id,
           JsonNode    *record)
{
  if (!is_watched (self))
    return;
  tc_api_batch_add_record (&self->batch, kind, id, record);
  schedule (self);
}

static void
on_log (TcApiEvents *self,
        guint64      id,
        gint64       size)
{
  if (!is_watched (self))
    return;
  tc_api_batch_set_log (&self->batch, id, size);
  schedule (self);
}

static void
on_queue_changed (TcApiEvents *self)
{
  if (!is_watched (self))
    return;
  self->batch.has_queue = TRUE;
  schedule (self);
}

static void
on_closed (TcApiEvents             *self,
           SoupWebsocketConnection *socket)
{
  for (guint i = 0; i < self->clients->len; i++)
    if (((Client *) g_ptr_array_index (self->clients, i))->socket == socket)
      {
        g_ptr_array_remove_index (self->clients, i);
        break;
      }

  if (!is_watched (self))
    {
      g_clear_handle_id (&self->flush_id, g_source_remove);
      tc_api_batch_reset (&self->batch);
    }
}

static void
greet (TcApiEvents *self,
       Client      *client)
{
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;

  text = g_strdup_printf ("{\"events\":[{\"type\":\"hello\",\"version\":\"%s\",\"paused\":%s}]}",
                          TC_VERSION,
                          tc_scheduler_get_paused (self->scheduler) ? "true" : "false");
  bytes = g_bytes_new (text, strlen (text));
  send_text (client, bytes);
}

static void
send_active (TcApiEvents *self,
             Client      *client)
{
  TcQueue *queue = tc_scheduler_get_queue (self->scheduler);
  guint n = tc_queue_get_n (queue);

  for (guint i = 0; i < n; i++)
    {
      TcSession *session = tc_queue_peek (queue, i);
      g_autoptr (GBytes) bytes = NULL;
      char *text;

      if (!tc_session_state_is_active (tc_session_get_state (session)))
        continue;
      text = status_text (session);
      bytes = g_bytes_new_take (text, strlen (text));
      send_text (client, bytes);
    }
}

/**
 * tc_api_events_new:
 * @scheduler: whose signals become events
 *
 * Returns: (transfer full): a hub without clients
 */
TcApiEvents *
tc_api_events_new (TcScheduler *scheduler)
{
  TcApiEvents *self = g_object_new (TC_TYPE_API_EVENTS, NULL);
  const struct
  {
    const char *signal;
    GCallback   callback;
  } handlers[] = {
    { "session-added", G_CALLBACK (on_session_added) },
    { "session-changed", G_CALLBACK (on_session_changed) },
    { "session-removed", G_CALLBACK (on_session_removed) },
    { "points", G_CALLBACK (on_points) },
    { "record", G_CALLBACK (on_record) },
    { "log", G_CALLBACK (on_log) },
    { "queue-changed", G_CALLBACK (on_queue_changed) },
  };

  self->scheduler = g_object_ref (scheduler);
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect_object (scheduler, handlers[i].signal, handlers[i].callback, self,
                             G_CONNECT_SWAPPED);
  return self;
}

/**
 * tc_api_events_add:
 * @socket: a new WebSocket
 * @stream: the connection it runs on
 * @kind: what it wants to hear
 */
void
tc_api_events_add (TcApiEvents             *self,
                   SoupWebsocketConnection *socket,
                   TcApiStream             *stream,
                   TcApiEventsKind          kind)
{
  Client *client;

  g_return_if_fail (TC_IS_API_EVENTS (self));

  soup_websocket_connection_set_max_incoming_payload_size (socket, INCOMING_MAX);

  client = g_new0 (Client, 1);
  client->socket = g_object_ref (socket);
  client->stream = g_object_ref (stream);
  client->kind = kind;
  client->before = tc_api_stream_get_written (stream);
  g_ptr_array_add (self->clients, client);
  g_signal_connect_object (socket, "closed", G_CALLBACK (on_closed), self, G_CONNECT_SWAPPED);

  if (kind == TC_API_EVENTS_ALL)
    greet (self, client);
  else
    send_active (self, client);
}

/**
 * tc_api_events_send:
 * @event: an object with a "type"
 *
 * Tells everybody on /training/events of what is no session's.
 */
void
tc_api_events_send (TcApiEvents *self,
                    JsonNode    *event)
{
  g_return_if_fail (TC_IS_API_EVENTS (self));

  if (!is_watched (self))
    return;
  tc_api_batch_add_event (&self->batch, event);
  schedule (self);
}

/** tc_api_events_get_n: Returns: the number of event clients */
guint
tc_api_events_get_n (TcApiEvents *self)
{
  return self->clients->len;
}

/** tc_api_events_is_full: Returns: whether no more clients are to be added */
gboolean
tc_api_events_is_full (TcApiEvents *self)
{
  return self->clients->len >= CLIENTS_MAX;
}

/** tc_api_events_close: says goodbye to every client */
void
tc_api_events_close (TcApiEvents *self)
{
  g_autoptr (GPtrArray) clients = NULL;

  g_return_if_fail (TC_IS_API_EVENTS (self));

  g_clear_handle_id (&self->flush_id, g_source_remove);
  clients = g_steal_pointer (&self->clients);
  self->clients = g_ptr_array_new_with_free_func ((GDestroyNotify) client_free);
  for (guint i = 0; i < clients->len; i++)
    {
      Client *client = g_ptr_array_index (clients, i);

      if (soup_websocket_connection_get_state (client->socket) == SOUP_WEBSOCKET_STATE_OPEN)
        soup_websocket_connection_close (client->socket, SOUP_WEBSOCKET_CLOSE_GOING_AWAY,
                                         "The engine leaves");
    }
}

static void
tc_api_events_finalize (GObject *object)
{
  TcApiEvents *self = TC_API_EVENTS (object);

  g_clear_handle_id (&self->flush_id, g_source_remove);
  g_ptr_array_unref (self->clients);
  tc_api_batch_clear (&self->batch);
  g_object_unref (self->scheduler);

  G_OBJECT_CLASS (tc_api_events_parent_class)->finalize (object);
}

static void
tc_api_events_class_init (TcApiEventsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tc_api_events_finalize;
}

static void
tc_api_events_init (TcApiEvents *self)
{
  self->clients = g_ptr_array_new_with_free_func ((GDestroyNotify) client_free);
  tc_api_batch_init (&self->batch);
}
