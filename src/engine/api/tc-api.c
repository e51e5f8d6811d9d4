/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tc-api-private.h"
#include "tc-api-request.h"
#include "tc-api-routes.h"
#include "tc-error.h"
#include "tc-file.h"

#define TOKEN_FILE "api-token"

typedef enum
{
  PROP_N_CLIENTS = 1,
  N_PROPERTIES,
} TcApiProperty;

enum
{
  SIGNAL_STOP_REQUESTED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (TcApi, tc_api, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

static void
reply_no_route (TcApiRequest *request,
                const char   *allowed,
                const GError *error)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (request->message);

  if (allowed == NULL)
    {
      tc_api_request_reply_error (request, error);
      return;
    }
  soup_message_headers_replace (headers, "Allow", allowed);
  tc_api_request_reply_fail (request, SOUP_STATUS_METHOD_NOT_ALLOWED, "method-not-allowed",
                             error->message);
}

static void
dispatch (TcApiRequest     *request,
          const TcApiRoute *route,
          gboolean          is_tcp)
{
  SoupMessageBody *body = soup_server_message_get_request_body (request->message);
  g_autoptr (GBytes) bytes = soup_message_body_flatten (body);
  g_autoptr (GError) error = NULL;

  if (is_tcp && (route->flags & TC_API_ROUTE_UNIX_ONLY) != 0)
    {
      tc_api_request_reply_fail (request, SOUP_STATUS_FORBIDDEN, "permission",
                                 "This can only be asked on the engine's own socket.");
      return;
    }
  if ((route->flags & TC_API_ROUTE_WEBSOCKET) != 0 &&
      tc_api_events_is_full (request->api->events))
    {
      tc_api_request_reply_fail (request, SOUP_STATUS_SERVICE_UNAVAILABLE, "busy",
                                 "There are too many event clients; close one of them.");
      return;
    }
  if ((route->flags & TC_API_ROUTE_WEBSOCKET) != 0)
    {
      tc_api_request_reply_fail (request, SOUP_STATUS_BAD_REQUEST, "usage",
                                 "This address is a WebSocket; connect to it as one.");
      return;
    }

  request->body = tc_api_parse_body (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                     &error);
  if (error != NULL)
    tc_api_request_reply_error (request, error);
  else
    route->handler (request);
}

static TcApiStream *
get_stream (SoupServerMessage *message)
{
  return tc_api_stream_for_address (soup_server_message_get_remote_address (message));
}

/* libsoup does the handshake when this leaves the message alone. */
static gboolean
is_handshake (TcApi             *self,
              const TcApiRoute  *route,
              SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  return route != NULL && (route->flags & TC_API_ROUTE_WEBSOCKET) != 0 &&
         !tc_api_events_is_full (self->events) &&
         soup_server_message_get_method (message) == SOUP_METHOD_GET &&
         soup_message_headers_header_equals (headers, "Upgrade", "websocket");
}

static void
on_request (SoupServer        *server,
            SoupServerMessage *message,
            const char        *path,
            GHashTable        *query,
            gpointer           user_data)
{
  TcApi *self = user_data;
  TcApiStream *stream = get_stream (message);
  const TcApiRoute *route;
  g_autofree char *allowed = NULL;
  g_autoptr (GError) error = NULL;
  TcApiRequest *request;
  guint64 id;

  /* Whatever did not come through the gate has no business here. */
  if (stream == NULL)
    {
      soup_server_message_set_status (message, SOUP_STATUS_FORBIDDEN, NULL);
      return;
    }

  /* libsoup would cut a JSON answer into ranges, and knows multipart. */
  soup_message_headers_remove (soup_server_message_get_request_headers (message), "Range");

  route = tc_api_routes_find (soup_server_message_get_method (message), path, &id, &allowed,
                              &error);
  if (is_handshake (self, route, message))
    return;

  request = tc_api_request_new (self, message, query);
  request->id = id;
  if (route == NULL)
    reply_no_route (request, allowed, error);
  else
    dispatch (request, route, tc_api_gate_is_tcp (tc_api_stream_get_gate (stream)));
}

static void
add_event_client (TcApi                   *self,
                  SoupServerMessage       *message,
                  SoupWebsocketConnection *socket,
                  TcApiEventsKind          kind)
{
  TcApiStream *stream = get_stream (message);

  g_return_if_fail (stream != NULL);
  tc_api_stream_upgrade (stream);
  tc_api_events_add (self->events, socket, stream, kind);
}

static void
on_status_socket (SoupServer              *server,
                  SoupServerMessage       *message,
                  const char              *path,
                  SoupWebsocketConnection *socket,
                  gpointer                 user_data)
{
  add_event_client (user_data, message, socket, TC_API_EVENTS_STATUS);
}

static void
on_events_socket (SoupServer              *server,
                  SoupServerMessage       *message,
                  const char              *path,
                  SoupWebsocketConnection *socket,
                  gpointer                 user_data)
{
  add_event_client (user_data, message, socket, TC_API_EVENTS_ALL);
}

static void
on_connected (TcApi       *self,
              TcApiStream *stream)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) local = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) remote = g_inet_socket_address_new (loopback, 0);

  /* libsoup wants addresses; these only carry the connection back to us. */
  tc_api_stream_tag (stream, remote);
  soup_server_accept_iostream (self->server, G_IO_STREAM (stream), local, remote, NULL);
}

static void
on_connections_changed (TcApi *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_CLIENTS]);
}

static TcApiListener *
create_listener (TcApi     *self,
                 TcApiGate *gate)
{
  TcApiListener *listener = tc_api_listener_new (gate, self->clock);

  g_signal_connect_object (listener, "connected", G_CALLBACK (on_connected), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (listener, "changed", G_CALLBACK (on_connections_changed), self,
                           G_CONNECT_SWAPPED);
  return listener;
}

/* libsoup keeps a connection for the next request only while it listens
 * itself, but here the connections are accepted outside. So it is given
 * something to listen to: one end of a pair whose other end stays silent. */
static void
keep_alive (TcApi *self)
{
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  int fds[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) != 0)
    return;
  self->keepalive_fd = fds[1];
  socket = g_socket_new_from_fd (fds[0], &error);
  if (socket == NULL)
    close (fds[0]);
  if (socket == NULL || !soup_server_listen_socket (self->server, socket, 0, &error))
    g_warning ("Connections to the API will not be kept open: %s", error->message);
}

static void
create_server (TcApi *self)
{
  static const char *const sockets[] = { "/training/status", "/training/events" };

  self->server = g_object_new (SOUP_TYPE_SERVER, NULL);
  /* Compressing for a client on the same machine costs more than it saves, and
   * the backlog could not be known. */
  soup_server_remove_websocket_extension (self->server, SOUP_TYPE_WEBSOCKET_EXTENSION_DEFLATE);
  soup_server_add_handler (self->server, "/", on_request, self, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (sockets); i++)
    {
      soup_server_add_websocket_handler (self->server, sockets[i], NULL, NULL,
                                         i == 0 ? on_status_socket : on_events_socket,
                                         self, NULL);
      soup_server_add_handler (self->server, sockets[i], on_request, self, NULL);
    }
  keep_alive (self);
}

/**
 * tc_api_new:
 * @scheduler: what requests are carried out by
 * @store: what is asked for records
 * @paths: where the socket belongs
 * @clock: for times
 *
 * Returns: (transfer full): an API that nobody can reach yet
 */
TcApi *
tc_api_new (TcScheduler *scheduler,
            TcStore     *store,
            TcPaths     *paths,
            TcClock     *clock)
{
  TcApi *self = g_object_new (TC_TYPE_API, NULL);

  self->scheduler = g_object_ref (scheduler);
  self->store = g_object_ref (store);
  self->paths = g_object_ref (paths);
  self->clock = tc_clock_ref (clock);
  self->started_at_us = tc_clock_get_realtime (clock);
  self->started_us = tc_clock_get_boottime (clock);
  self->events = tc_api_events_new (scheduler);
  create_server (self);
  return self;
}

static guint64
inode_of (const char *path)
{
  struct stat info;

  return lstat (path, &info) == 0 ? (guint64) info.st_ino : 0;
}

/**
 * tc_api_listen_unix:
 * @error: TC_ERROR_BUSY when another engine serves there, TC_ERROR_PERMISSION
 *   when the place is not ours
 *
 * Serves the Unix socket of the paths.
 *
 * Returns: whether it does
 */
gboolean
tc_api_listen_unix (TcApi   *self,
                    GError **error)
{
  const char *path;
  g_autoptr (TcApiGate) gate = NULL;
  g_autoptr (GSocket) socket = NULL;

  g_return_val_if_fail (TC_IS_API (self), FALSE);
  g_return_val_if_fail (self->unix_listener == NULL, FALSE);

  path = tc_paths_get_socket_path (self->paths);
  socket = tc_api_listener_bind_unix (path, &self->lock_fd, error);
  if (socket == NULL)
    return FALSE;

  self->socket_inode = inode_of (path);
  gate = tc_api_gate_new_unix ();
  self->unix_listener = create_listener (self, gate);
  tc_api_listener_add (self->unix_listener, socket);
  return TRUE;
}

static char *
dup_token_path (TcApi *self)
{
  return g_build_filename (tc_paths_get_runtime_dir (self->paths), TOKEN_FILE, NULL);
}

static gboolean
save_token (TcApi       *self,
            const char  *token,
            GError     **error)
{
  g_autofree char *path = dup_token_path (self);

  return tc_file_write (path, token, (gssize) strlen (token), TC_FILE_DEFAULT, error);
}

/**
 * tc_api_listen_tcp:
 * @port: which port of the loopback interface, 0: any
 * @token: (out) (transfer full): what clients must send
 * @error: TC_ERROR_CONFLICT when the port is taken
 *
 * Serves a port as well; a port served before is given up. Asked for the port
 * that is served already, it goes on with the same token.
 *
 * Returns: whether it does
 */
gboolean
tc_api_listen_tcp (TcApi    *self,
                   guint16   port,
                   char    **token,
                   GError  **error)
{
  g_autoptr (GPtrArray) sockets = NULL;
  g_autoptr (TcApiGate) gate = NULL;
  g_autofree char *secret = NULL;
  guint16 bound = 0;

  g_return_val_if_fail (TC_IS_API (self), FALSE);

  if (self->tcp_listener != NULL && (port == 0 || port == tc_api_get_tcp_port (self)))
    {
      *token = g_strdup (tc_api_gate_get_token (tc_api_listener_get_gate (self->tcp_listener)));
      return TRUE;
    }

  sockets = tc_api_listener_bind_tcp (port, &bound, error);
  if (sockets == NULL)
    return FALSE;
  secret = tc_api_gate_make_token ();
  if (!save_token (self, secret, error))
    return FALSE;

  g_clear_object (&self->tcp_listener);
  gate = tc_api_gate_new_tcp (bound, secret);
  self->tcp_listener = create_listener (self, gate);
  for (guint i = 0; i < sockets->len; i++)
    tc_api_listener_add (self->tcp_listener, g_ptr_array_index (sockets, i));
  *token = g_steal_pointer (&secret);
  return TRUE;
}

/**
 * tc_api_unlisten_tcp:
 *
 * Gives the port up, ends the connections made through it and forgets the
 * token. Does nothing when there is none.
 */
void
tc_api_unlisten_tcp (TcApi *self)
{
  g_autofree char *path = NULL;

  g_return_if_fail (TC_IS_API (self));

  if (self->tcp_listener == NULL)
    return;
  tc_api_listener_close (self->tcp_listener, TRUE);
  g_clear_object (&self->tcp_listener);
  path = dup_token_path (self);
  unlink (path);
  on_connections_changed (self);
}

/** tc_api_get_tcp_port: Returns: 0 when no port is served */
guint16
tc_api_get_tcp_port (TcApi *self)
{
  if (self->tcp_listener == NULL)
    return 0;
  return tc_api_gate_get_port (tc_api_listener_get_gate (self->tcp_listener));
}

/** tc_api_get_n_clients: Returns: the number of open connections */
guint
tc_api_get_n_clients (TcApi *self)
{
  guint n = 0;

  g_return_val_if_fail (TC_IS_API (self), 0);

  if (self->unix_listener != NULL)
    n += tc_api_listener_get_n (self->unix_listener);
  if (self->tcp_listener != NULL)
    n += tc_api_listener_get_n (self->tcp_listener);
  return n;
}

/** tc_api_is_busy: Returns: whether somebody follows the events, or a model is pulled */
gboolean
tc_api_is_busy (TcApi *self)
{
  g_return_val_if_fail (TC_IS_API (self), FALSE);

  return tc_api_events_get_n (self->events) > 0 ||
         (self->pulls != NULL && tc_model_pulls_get_n_active (self->pulls) > 0);
}

/**
 * tc_api_shutdown:
 *
 * Says goodbye to the clients and gives up socket and port. Only a socket that
 * is still ours is removed.
 */
void
tc_api_shutdown (TcApi *self)
{
  const char *path;

  g_return_if_fail (TC_IS_API (self));

  if (self->is_shut_down)
    return;
  self->is_shut_down = TRUE;

  tc_api_events_close (self->events);
  tc_api_unlisten_tcp (self);
  if (self->unix_listener != NULL)
    {
      path = tc_paths_get_socket_path (self->paths);
      tc_api_listener_close (self->unix_listener, FALSE);
      if (self->socket_inode != 0 && inode_of (path) == self->socket_inode)
        unlink (path);
    }
  soup_server_disconnect (self->server);
  g_clear_fd (&self->keepalive_fd, NULL);
  g_clear_fd (&self->lock_fd, NULL);
}

static void
tc_api_dispose (GObject *object)
{
  TcApi *self = TC_API (object);

  if (self->server != NULL)
    tc_api_shutdown (self);
  g_clear_object (&self->server);
  g_clear_object (&self->unix_listener);
  g_clear_object (&self->events);
  g_clear_object (&self->scheduler);
  g_clear_object (&self->store);
  g_clear_object (&self->keys);
  g_clear_object (&self->estimator);
  g_clear_object (&self->ledger);
  g_clear_object (&self->checkpoints);
  g_clear_object (&self->retention);
  g_clear_object (&self->inhibitor);
  g_clear_object (&self->catalogue);
  g_clear_object (&self->refresh);
  g_clear_object (&self->pulls);
  g_clear_object (&self->paths);
  g_clear_pointer (&self->clock, tc_clock_unref);

  G_OBJECT_CLASS (tc_api_parent_class)->dispose (object);
}

static void
tc_api_get_property (GObject    *object,
                     guint       prop_id,
                     GValue     *value,
                     GParamSpec *pspec)
{
  switch ((TcApiProperty) prop_id)
    {
    case PROP_N_CLIENTS:
      g_value_set_uint (value, tc_api_get_n_clients (TC_API (object)));
      break;
    case N_PROPERTIES:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
tc_api_class_init (TcApiClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = tc_api_dispose;
  object_class->get_property = tc_api_get_property;

  properties[PROP_N_CLIENTS] = g_param_spec_uint ("n-clients", NULL, NULL, 0, G_MAXUINT, 0,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  signals[SIGNAL_STOP_REQUESTED] = g_signal_new ("stop-requested", TC_TYPE_API,
                                                 G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                 G_TYPE_NONE, 0);
}

static void
tc_api_init (TcApi *self)
{
  self->lock_fd = -1;
  self->keepalive_fd = -1;
}
