/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The gateway's way in: two loopback sockets and a bounded number of
 * connections. When there are too many, the one that has waited longest without
 * a request makes room. */

#include "config.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "tc-api-bind.h"
#include "tc-api-peer.h"
#include "tc-error.h"
#include "tc-gateway-private.h"

/* Half of the 256 file descriptors that a small limit leaves. */
#define CONNECTIONS_MAX 96

#define ACCEPTS_AT_ONCE 12
#define PAUSE_SECONDS   1

static gboolean on_incoming (GSocket      *socket,
                             GIOCondition  condition,
                             gpointer      user_data);

static void
on_closed (TcGatewayConn *conn,
           gpointer       user_data)
{
  TcGateway *self = user_data;

  if (g_queue_remove (&self->conns, conn))
    tc_gateway_conn_unref (conn);
}

static const TcGatewayConnFuncs conn_funcs = {
  .request = tc_gateway_handle,
  .refusal = tc_gateway_write_refusal,
  .closed = on_closed,
};

static void
watch_sockets (TcGateway *self)
{
  for (guint i = 0; i < self->sockets->len; i++)
    {
      GSource *source = g_socket_create_source (g_ptr_array_index (self->sockets, i), G_IO_IN, NULL);

      g_source_set_static_name (source, "tc-gateway accept");
      g_source_set_callback (source, G_SOURCE_FUNC (on_incoming), self, NULL);
      g_source_attach (source, g_main_context_get_thread_default ());
      g_ptr_array_add (self->sources, source);
    }
}

static void
unwatch_sockets (TcGateway *self)
{
  for (guint i = 0; i < self->sources->len; i++)
    g_source_destroy (g_ptr_array_index (self->sources, i));
  g_ptr_array_set_size (self->sources, 0);
}

static gboolean
evict_oldest (TcGateway *self)
{
  for (GList *link = self->conns.head; link != NULL; link = link->next)
    if (tc_gateway_conn_is_evictable (link->data))
      {
        tc_gateway_conn_abort (link->data);
        return TRUE;
      }
  return FALSE;
}

static gboolean
on_pause_over (gpointer user_data)
{
  TcGateway *self = user_data;

  self->pause_id = 0;
  watch_sockets (self);
  return G_SOURCE_REMOVE;
}

static void
take_connection (TcGateway *self,
                 GSocket   *socket)
{
  uid_t uid = (uid_t) -1;
  gboolean is_own_user;

  if (self->conns.length >= CONNECTIONS_MAX && !evict_oldest (self))
    {
      g_socket_close (socket, NULL);
      return;
    }
  is_own_user = tc_api_peer_find_uid (socket, &uid) && uid == geteuid ();
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  g_queue_push_tail (&self->conns, tc_gateway_conn_new (socket, self->gate, self->clock, is_own_user,
                                                        self->stall_us, &conn_funcs, self));
}

/* Without a free descriptor the caller cannot be accepted, and the listening
 * socket stays readable: looking at it again at once would spin. */
static gboolean
accept_one (TcGateway *self,
            GSocket   *socket)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) accepted = g_socket_accept (socket, NULL, &error);

  if (accepted != NULL)
    {
      take_connection (self, accepted);
      return TRUE;
    }
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) && self->pause_id == 0)
    {
      evict_oldest (self);
      unwatch_sockets (self);
      self->pause_id = g_timeout_add_seconds (PAUSE_SECONDS, on_pause_over, self);
    }
  return FALSE;
}

static gboolean
on_incoming (GSocket      *socket,
             GIOCondition  condition,
             gpointer      user_data)
{
  g_autoptr (TcGateway) self = g_object_ref (user_data);

  for (guint i = 0; i < ACCEPTS_AT_ONCE; i++)
    if (!accept_one (self, socket))
      break;
  return G_SOURCE_CONTINUE;
}

/**
 * tc_gateway_bind:
 *
 * Listens at @wanted_port, or if that is taken or 0, at any.
 */
gboolean
tc_gateway_bind (TcGateway  *self,
                 guint16     wanted_port,
                 GError    **error)
{
  g_autoptr (GError) reason = NULL;
  GPtrArray *sockets = NULL;

  if (wanted_port != 0)
    sockets = tc_api_listener_bind_tcp (wanted_port, &self->port, &reason);
  for (guint tries = 0; sockets == NULL && tries < 8; tries++)
    {
      g_clear_error (&reason);
      sockets = tc_api_listener_bind_tcp (0, &self->port, &reason);
    }
  if (sockets == NULL)
    {
      self->port = 0;
      g_propagate_error (error, g_steal_pointer (&reason));
      return FALSE;
    }

  g_ptr_array_unref (self->sockets);
  self->sockets = sockets;
  for (guint i = 0; i < sockets->len; i++)
    g_socket_set_blocking (g_ptr_array_index (sockets, i), FALSE);
  tc_api_gate_set_port (self->gate, self->port);
  watch_sockets (self);
  return TRUE;
}

/** tc_gateway_unbind: closes the sockets and every connection */
void
tc_gateway_unbind (TcGateway *self)
{
  unwatch_sockets (self);
  g_clear_handle_id (&self->pause_id, g_source_remove);
  for (guint i = 0; i < self->sockets->len; i++)
    g_socket_close (g_ptr_array_index (self->sockets, i), NULL);
  g_ptr_array_set_size (self->sockets, 0);
  while (self->conns.length > 0)
    tc_gateway_conn_abort (self->conns.head->data);
  self->port = 0;
}
