/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "tc-api-listener.h"
#include "tc-api-peer.h"

/* Half of the 256 file descriptors that a small limit leaves. */
#define CONNECTIONS_MAX 128

#define ACCEPTS_AT_ONCE 12

/* After the process has run out of descriptors and nobody could be evicted. */
#define PAUSE_SECONDS 1

struct _TcApiListener
{
  GObject    parent_instance;

  TcApiGate *gate;        /* (owned) */
  TcClock   *clock;       /* (owned) */
  GPtrArray *sockets;     /* (owned) (element-type GSocket) */
  GPtrArray *sources;     /* (owned) (element-type GSource) */
  GQueue     connections; /* (element-type TcApiStream) unowned, oldest first */
  guint      pause_id;
};

enum
{
  SIGNAL_CONNECTED,
  SIGNAL_CHANGED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (TcApiListener, tc_api_listener, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static gboolean on_incoming (GSocket      *socket,
                             GIOCondition  condition,
                             gpointer      user_data);

static void
watch_socket (TcApiListener *self,
              GSocket       *socket)
{
  GSource *source = g_socket_create_source (socket, G_IO_IN, NULL);

  g_source_set_static_name (source, "tc-api-listener accept");
  g_source_set_callback (source, G_SOURCE_FUNC (on_incoming), self, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  g_ptr_array_add (self->sources, source);
}

static void
unwatch (TcApiListener *self)
{
  for (guint i = 0; i < self->sources->len; i++)
    g_source_destroy (g_ptr_array_index (self->sources, i));
  g_ptr_array_set_size (self->sources, 0);
}

static void
on_connection_closed (TcApiListener *self,
                      TcApiStream   *stream)
{
  if (g_queue_remove (&self->connections, stream))
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static gboolean
evict_oldest (TcApiListener *self)
{
  for (GList *link = self->connections.head; link != NULL; link = link->next)
    {
      g_autoptr (TcApiStream) stream = g_object_ref (link->data);

      if (!tc_api_stream_is_evictable (stream))
        continue;
      g_queue_delete_link (&self->connections, link);
      tc_api_stream_abort (stream);
      return TRUE;
    }
  return FALSE;
}

static gboolean
on_pause_over (gpointer user_data)
{
  TcApiListener *self = user_data;

  self->pause_id = 0;
  for (guint i = 0; i < self->sockets->len; i++)
    watch_socket (self, g_ptr_array_index (self->sockets, i));
  return G_SOURCE_REMOVE;
}

/* Without a free descriptor the caller cannot be accepted, and the listening
 * socket stays readable: looking at it again at once would spin. */
static void
pause_accepting (TcApiListener *self)
{
  unwatch (self);
  if (self->pause_id == 0)
    self->pause_id = g_timeout_add_seconds (PAUSE_SECONDS, on_pause_over, self);
}

static void
take_connection (TcApiListener *self,
                 GSocket       *socket)
{
  g_autoptr (TcApiStream) stream = NULL;
  uid_t uid = (uid_t) -1;
  gboolean is_own_user;

  if (self->connections.length >= CONNECTIONS_MAX && !evict_oldest (self))
    {
      g_socket_close (socket, NULL);
      return;
    }

  is_own_user = tc_api_peer_find_uid (socket, &uid) && uid == geteuid ();
  if (tc_api_gate_is_tcp (self->gate))
    g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);

  stream = tc_api_stream_new (socket, self->gate, is_own_user, self->clock);
  g_queue_push_tail (&self->connections, stream);
  g_signal_connect_object (stream, "closed", G_CALLBACK (on_connection_closed), self,
                           G_CONNECT_SWAPPED);
  g_signal_emit (self, signals[SIGNAL_CONNECTED], 0, stream);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static gboolean
accept_one (TcApiListener *self,
            GSocket       *socket)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) accepted = g_socket_accept (socket, NULL, &error);

  if (accepted != NULL)
    {
      take_connection (self, accepted);
      return TRUE;
    }
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    {
      evict_oldest (self);
      pause_accepting (self);
    }
  return FALSE;
}

/* Takes a crowd in by the dozen, but lets those inside have their turn. */
static gboolean
on_incoming (GSocket      *socket,
             GIOCondition  condition,
             gpointer      user_data)
{
  g_autoptr (TcApiListener) self = g_object_ref (user_data);

  for (guint i = 0; i < ACCEPTS_AT_ONCE; i++)
    if (!accept_one (self, socket))
      break;
  return G_SOURCE_CONTINUE;
}

/**
 * tc_api_listener_new:
 * @gate: what decides about the requests
 * @clock: for the gate
 *
 * Returns: (transfer full): a listener without sockets
 */
TcApiListener *
tc_api_listener_new (TcApiGate *gate,
                     TcClock   *clock)
{
  TcApiListener *self = g_object_new (TC_TYPE_API_LISTENER, NULL);

  self->gate = tc_api_gate_ref (gate);
  self->clock = tc_clock_ref (clock);
  return self;
}

/**
 * tc_api_listener_add:
 * @socket: (transfer none): bound and listening
 */
void
tc_api_listener_add (TcApiListener *self,
                     GSocket       *socket)
{
  g_return_if_fail (TC_IS_API_LISTENER (self));

  g_socket_set_blocking (socket, FALSE);
  g_ptr_array_add (self->sockets, g_object_ref (socket));
  watch_socket (self, socket);
}

/** tc_api_listener_get_n: Returns: the number of open connections */
guint
tc_api_listener_get_n (TcApiListener *self)
{
  return self->connections.length;
}

/** tc_api_listener_get_gate: Returns: (transfer none) */
TcApiGate *
tc_api_listener_get_gate (TcApiListener *self)
{
  return self->gate;
}

/**
 * tc_api_listener_close:
 * @and_connections: whether those made through it end as well
 */
void
tc_api_listener_close (TcApiListener *self,
                       gboolean       and_connections)
{
  g_return_if_fail (TC_IS_API_LISTENER (self));

  unwatch (self);
  g_clear_handle_id (&self->pause_id, g_source_remove);
  for (guint i = 0; i < self->sockets->len; i++)
    g_socket_close (g_ptr_array_index (self->sockets, i), NULL);
  g_ptr_array_set_size (self->sockets, 0);

  for (GList *link = self->connections.head; and_connections && link != NULL; link = link->next)
    tc_api_stream_abort (link->data);
}

static void
tc_api_listener_dispose (GObject *object)
{
  TcApiListener *self = TC_API_LISTENER (object);

  tc_api_listener_close (self, TRUE);
  g_queue_clear (&self->connections);

  G_OBJECT_CLASS (tc_api_listener_parent_class)->dispose (object);
}

static void
tc_api_listener_finalize (GObject *object)
{
  TcApiListener *self = TC_API_LISTENER (object);

  g_ptr_array_unref (self->sockets);
  g_ptr_array_unref (self->sources);
  tc_api_gate_unref (self->gate);
  tc_clock_unref (self->clock);

  G_OBJECT_CLASS (tc_api_listener_parent_class)->finalize (object);
}

static void
tc_api_listener_class_init (TcApiListenerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = tc_api_listener_dispose;
  object_class->finalize = tc_api_listener_finalize;

  signals[SIGNAL_CONNECTED] = g_signal_new ("connected", TC_TYPE_API_LISTENER,
                                            G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                            G_TYPE_NONE, 1, TC_TYPE_API_STREAM);
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", TC_TYPE_API_LISTENER,
                                          G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

static void
tc_api_listener_init (TcApiListener *self)
{
  g_queue_init (&self->connections);
  self->sockets = g_ptr_array_new_with_free_func (g_object_unref);
  self->sources = g_ptr_array_new_with_free_func ((GDestroyNotify) g_source_unref);
}
