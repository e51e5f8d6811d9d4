/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "tc-upstream-private.h"

#define SCRATCH_BYTES (64 * 1024)

/* Servers close what is idle: those of a desktop after five seconds, those of
 * the vendors much later. A connection is given up before they do, because what
 * is sent into one that is just being closed is lost. */
#define IDLE_NEAR (4 * G_USEC_PER_SEC)
#define IDLE_FAR  (30 * G_USEC_PER_SEC)

#define IDLE_MAX      64
#define SWEEP_SECONDS 5

struct _TcUpstream
{
  grefcount      ref_count;
  GSocketClient *clients[2][2]; /* (owned) [is_tls][is_near]; the near ones never take a proxy */
  GQueue         idle;        /* (element-type TcUpstreamLink) owned, newest first */
  guint          sweep_id;
  gboolean       is_closed;
  char          *scratch;     /* (owned) SCRATCH_BYTES, for reading */
};

/** tc_upstream_link_free: closes it at once, without farewell */
void
tc_upstream_link_free (TcUpstreamLink *self)
{
  tc_upstream_link_set_watched (self, FALSE);
  g_socket_close (g_socket_connection_get_socket (self->connection), NULL);
  g_object_unref (self->connection);
  tc_upstream_unref (self->upstream);
  g_free (self->key);
  g_free (self);
}

/* What comes while nobody has asked is the end of the connection. */
static gboolean
on_input (GObject  *stream,
          gpointer  user_data)
{
  TcUpstreamLink *self = user_data;

  if (self->func != NULL)
    self->func (self->user_data);
  else if (g_queue_remove (&self->upstream->idle, self))
    tc_upstream_link_free (self);
  return G_SOURCE_CONTINUE;
}

/** tc_upstream_link_set_watched: whether its func is told of input; without one it is closed then */
void
tc_upstream_link_set_watched (TcUpstreamLink *self,
                              gboolean        is_watched)
{
  if (is_watched == (self->source != NULL))
    return;
  if (!is_watched)
    {
      g_source_destroy (self->source);
      g_clear_pointer (&self->source, g_source_unref);
      return;
    }
  self->source = g_pollable_input_stream_create_source (self->in, NULL);
  g_source_set_static_name (self->source, "tc-upstream input");
  /* Nothing runs the loop from within; but a source that may not recurse is
   * taken out of the poll and put back for every dispatch. */
  g_source_set_can_recurse (self->source, TRUE);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_input), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
}

static gint64
idle_limit (const TcUpstreamLink *link)
{
  return link->is_near ? IDLE_NEAR : IDLE_FAR;
}

static gboolean
on_sweep (gpointer user_data)
{
  TcUpstream *self = user_data;
  gint64 now = g_get_monotonic_time ();

  for (GList *link = self->idle.head, *next; link != NULL; link = next)
    {
      TcUpstreamLink *idle = link->data;

      next = link->next;
      if (now - idle->idle_since < idle_limit (idle))
        continue;
      g_queue_delete_link (&self->idle, link);
      tc_upstream_link_free (idle);
    }
  if (self->idle.length > 0)
    return G_SOURCE_CONTINUE;
  self->sweep_id = 0;
  return G_SOURCE_REMOVE;
}

/* A server that has hung up, or says something unasked, is seen by reading. */
static gboolean
is_alive (TcUpstreamLink *link)
{
  g_autoptr (GError) error = NULL;
  char byte;

  return g_pollable_input_stream_read_nonblocking (link->in, &byte, 1, NULL, &error) < 0 &&
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

/**
 * tc_upstream_take_idle:
 *
 * Returns: (transfer full) (nullable): a connection to @target that is free
 */
TcUpstreamLink *
tc_upstream_take_idle (TcUpstream             *self,
                       const TcUpstreamTarget *target)
{
  gint64 now = g_get_monotonic_time ();

  for (GList *link = self->idle.head, *next; link != NULL; link = next)
    {
      TcUpstreamLink *idle = link->data;

      next = link->next;
      if (strcmp (idle->key, target->key) != 0)
        continue;
      g_queue_delete_link (&self->idle, link);
      if (now - idle->idle_since < idle_limit (idle) && is_alive (idle))
        return idle;
      tc_upstream_link_free (idle);
    }
  return NULL;
}

/** tc_upstream_give_back: @link: (transfer full): has no request on it */
void
tc_upstream_give_back (TcUpstream     *self,
                       TcUpstreamLink *link)
{
  if (self->is_closed)
    {
      tc_upstream_link_free (link);
      return;
    }
  link->func = NULL;
  tc_upstream_link_set_watched (link, TRUE);
  link->idle_since = g_get_monotonic_time ();
  g_queue_push_head (&self->idle, link);
  if (self->idle.length > IDLE_MAX)
    tc_upstream_link_free (g_queue_pop_tail (&self->idle));
  if (self->sweep_id == 0)
    self->sweep_id = g_timeout_add_seconds (SWEEP_SECONDS, on_sweep, self);
}

/* A connection being made. */
typedef struct
{
  TcUpstream           *upstream; /* (owned) */
  char                 *key;      /* (owned) */
  char                 *host;     /* (owned) */
  gboolean              is_near;
  GTlsCertificateFlags  flaws;
  TcUpstreamLinkFunc    func;
  gpointer              user_data;
} Attempt;

static void
attempt_free (Attempt *self)
{
  tc_upstream_unref (self->upstream);
  g_free (self->key);
  g_free (self->host);
  g_free (self);
}

static const char *
describe_flaws (GTlsCertificateFlags flaws)
{
  if (flaws & G_TLS_CERTIFICATE_EXPIRED)
    return "its certificate has expired";
  if (flaws & G_TLS_CERTIFICATE_NOT_ACTIVATED)
    return "its certificate is not valid yet";
  if (flaws & G_TLS_CERTIFICATE_BAD_IDENTITY)
    return "its certificate was made for another server";
  if (flaws & G_TLS_CERTIFICATE_REVOKED)
    return "its certificate was revoked";
  if (flaws & G_TLS_CERTIFICATE_UNKNOWN_CA)
    return "its certificate was not signed by anybody this machine trusts";
  if (flaws & G_TLS_CERTIFICATE_INSECURE)
    return "its certificate is too weak";
  return "no encryption came about that can be trusted";
}

static void
report (Attempt           *attempt,
        TcUpstreamProblem  problem,
        const char        *format)
{
  g_autofree char *message = g_strdup_printf (format, attempt->host);

  attempt->func (NULL, problem, message, attempt->user_data);
}

/* Sentences of our own: those of the libraries may quote what was sent. */
static void
report_failure (Attempt      *attempt,
                const GError *error)
{
  if (error->domain == G_TLS_ERROR)
    {
      g_autofree char *message =
        g_strdup_printf ("The connection to %s is not safe (%s), so nothing was sent.",
                         attempt->host, describe_flaws (attempt->flaws));

      attempt->func (NULL, TC_UPSTREAM_UNSAFE, message, attempt->user_data);
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    report (attempt, TC_UPSTREAM_TIMEOUT, "%s took no connection within five seconds.");
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    report (attempt, TC_UPSTREAM_UNREACHABLE, "Nobody listens at %s.");
  else if (error->domain == G_RESOLVER_ERROR)
    report (attempt, TC_UPSTREAM_UNREACHABLE, "There is no server %s, or no network.");
  else
    report (attempt, TC_UPSTREAM_UNREACHABLE, "The connection to %s failed.");
}

/* Some systems still take up TLS 1.0 and 1.1 when the server has nothing else. */
static gboolean
is_outdated (GSocketConnection *connection)
{
  GIOStream *stream = G_IO_STREAM (connection);

  if (G_IS_TCP_WRAPPER_CONNECTION (connection))
    stream = g_tcp_wrapper_connection_get_base_io_stream (G_TCP_WRAPPER_CONNECTION (connection));
  return G_IS_TLS_CONNECTION (stream) &&
         g_tls_connection_get_protocol_version (G_TLS_CONNECTION (stream)) < G_TLS_PROTOCOL_VERSION_TLS_1_2;
}

static void
on_connected (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  Attempt *attempt = user_data;
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;
  TcUpstreamLink *link;

  connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (object), result, &error);
  if (connection == NULL)
    report_failure (attempt, error);
  else if (is_outdated (connection))
    {
      g_object_unref (connection);
      report (attempt, TC_UPSTREAM_UNSAFE, "The connection to %s is not safe (the server has no TLS newer "
                                           "than 1.1), so nothing was sent.");
    }
  else
    {
      link = g_new0 (TcUpstreamLink, 1);
      link->upstream = tc_upstream_ref (attempt->upstream);
      link->connection = connection;
      link->key = g_strdup (attempt->key);
      link->is_near = attempt->is_near;
      link->in = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
      link->out = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (G_IO_STREAM (connection)));
      g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY,
                           TRUE, NULL);
      attempt->func (link, TC_UPSTREAM_UNREACHABLE, NULL, attempt->user_data);
    }
  attempt_free (attempt);
}

/**
 * tc_upstream_connect:
 * @func: called once, not before this returns
 *
 * Makes a new connection, with TLS where the target wants it.
 */
void
tc_upstream_connect (TcUpstream             *self,
                     const TcUpstreamTarget *target,
                     GCancellable           *cancellable,
                     TcUpstreamLinkFunc      func,
                     gpointer                user_data)
{
  g_autoptr (GSocketConnectable) address = g_network_address_new (target->host, target->port);
  Attempt *attempt = g_new0 (Attempt, 1);

  attempt->upstream = tc_upstream_ref (self);
  attempt->key = g_strdup (target->key);
  attempt->host = g_strdup (target->authority);
  attempt->is_near = target->is_near;
  attempt->func = func;
  attempt->user_data = user_data;
  g_object_set_data (G_OBJECT (address), "tc-attempt", attempt);
  g_socket_client_connect_async (self->clients[target->is_tls][target->is_near], address,
                                 cancellable, on_connected, attempt);
}

static gboolean
on_certificate (GTlsConnection       *connection,
                GTlsCertificate      *certificate,
                GTlsCertificateFlags  flaws,
                gpointer              user_data)
{
  Attempt *attempt = g_object_get_data (user_data, "tc-attempt");

  attempt->flaws = flaws;
  return FALSE;
}

static void
on_client_event (GSocketClient      *client,
                 GSocketClientEvent  event,
                 GSocketConnectable *address,
                 GIOStream          *connection,
                 gpointer            user_data)
{
  static const char *const protocols[] = { "http/1.1", NULL };

  if (event != G_SOCKET_CLIENT_TLS_HANDSHAKING || !G_IS_TLS_CONNECTION (connection) ||
      g_object_get_data (G_OBJECT (address), "tc-attempt") == NULL)
    return;
  g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (connection), protocols);
  g_signal_connect_object (connection, "accept-certificate", G_CALLBACK (on_certificate), address, 0);
}

static gboolean
is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return address != NULL ? g_inet_address_get_is_loopback (address)
                         : g_ascii_strcasecmp (host, "localhost") == 0;
}

/**
 * tc_upstream_target_init:
 * @self: (out caller-allocates):
 * @url: http or https
 *
 * Returns: whether @url makes sense; if so, clear @self
 */
gboolean
tc_upstream_target_init (TcUpstreamTarget *self,
                         const char       *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_ENCODED | G_URI_FLAGS_PARSE_RELAXED, NULL);
  const char *host = uri == NULL ? NULL : g_uri_get_host (uri);
  const char *scheme = uri == NULL ? NULL : g_uri_get_scheme (uri);
  const char *path, *query;
  int port;

  if (host == NULL || *host == 0 || strpbrk (url, "\r\n ") != NULL ||
      (strcmp (scheme, "https") != 0 && strcmp (scheme, "http") != 0))
    return FALSE;

  path = g_uri_get_path (uri);
  query = g_uri_get_query (uri);
  port = g_uri_get_port (uri);
  self->is_tls = strcmp (scheme, "https") == 0;
  self->port = port > 0 ? port : self->is_tls ? 443 : 80;
  self->host = g_strdup (host);
  self->is_near = is_loopback (host);
  self->authority = g_strdup_printf (strchr (host, ':') != NULL ? "[%s]" : "%s", host);
  if (port > 0)
    {
      g_autofree char *bare = g_steal_pointer (&self->authority);

      self->authority = g_strdup_printf ("%s:%d", bare, port);
    }
  self->path = g_strconcat (*path == 0 ? "/" : path, query == NULL ? "" : "?", query, NULL);
  self->key = g_strdup_printf ("%s://%s:%u", scheme, host, self->port);
  return TRUE;
}

/** tc_upstream_target_clear: */
void
tc_upstream_target_clear (TcUpstreamTarget *self)
{
  g_clear_pointer (&self->key, g_free);
  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->authority, g_free);
  g_clear_pointer (&self->path, g_free);
}

/** tc_upstream_get_scratch: Returns: (transfer none): room to read into, until the next use */
char *
tc_upstream_get_scratch (TcUpstream *self,
                         gsize      *size)
{
  *size = SCRATCH_BYTES;
  return self->scratch;
}

/**
 * tc_upstream_new:
 *
 * Returns: (transfer full): a client without connections
 */
TcUpstream *
tc_upstream_new (void)
{
  TcUpstream *self = g_new0 (TcUpstream, 1);

  g_ref_count_init (&self->ref_count);
  g_queue_init (&self->idle);
  self->scratch = g_malloc (SCRATCH_BYTES);
  for (guint is_tls = 0; is_tls < 2; is_tls++)
    for (guint is_near = 0; is_near < 2; is_near++)
      {
        GSocketClient *client = g_socket_client_new ();

        g_socket_client_set_enable_proxy (client, !is_near);
        g_socket_client_set_tls (client, is_tls);
        g_signal_connect (client, "event", G_CALLBACK (on_client_event), NULL);
        self->clients[is_tls][is_near] = client;
      }

  return self;
}

/** tc_upstream_ref: */
TcUpstream *
tc_upstream_ref (TcUpstream *self)
{
  g_ref_count_inc (&self->ref_count);
  return self;
}

/** tc_upstream_unref: */
void
tc_upstream_unref (TcUpstream *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;
  explicit_bzero (self->scratch, SCRATCH_BYTES);
  g_free (self->scratch);
  for (guint i = 0; i < 4; i++)
    g_object_unref (self->clients[i / 2][i % 2]);
  g_free (self);
}

/** tc_upstream_free: closes what is idle; calls that are on go on until they are freed */
void
tc_upstream_free (TcUpstream *self)
{
  self->is_closed = TRUE;
  g_clear_handle_id (&self->sweep_id, g_source_remove);
  g_queue_clear_full (&self->idle, (GDestroyNotify) tc_upstream_link_free);
  tc_upstream_unref (self);
}
