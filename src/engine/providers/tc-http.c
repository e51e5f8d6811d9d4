/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <libsoup/soup.h>

#include "tc-error.h"
#include "tc-http.h"

#define CHUNK_BYTES 16384

struct _TcHttp
{
  GObject      parent_instance;

  SoupSession *session;    /* (owned) */
  guint        timeout_ms; /* for all of a request */
  gsize        max_bytes;  /* of a body */
};

G_DEFINE_FINAL_TYPE (TcHttp, tc_http, G_TYPE_OBJECT)

/* One request on its way. */
typedef struct
{
  SoupMessage  *message;     /* (owned) */
  GInputStream *stream;      /* (owned) (nullable) */
  GByteArray   *body;        /* (owned) */
  GCancellable *cancellable; /* (owned) ours: the caller's and the clock's */
  GCancellable *caller;      /* (owned) (nullable) */
  gulong        caller_id;
  guint         timeout_id;
  gulong        event_id;
  gboolean      is_late;
  gboolean      is_outdated; /* the server has no TLS of this decade */
  char          chunk[CHUNK_BYTES];
} Exchange;

static void
exchange_free (gpointer data)
{
  Exchange *self = data;

  if (self->caller != NULL)
    g_cancellable_disconnect (self->caller, self->caller_id);
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  g_clear_object (&self->caller);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->stream);
  g_clear_signal_handler (&self->event_id, self->message);
  g_clear_object (&self->message);
  g_byte_array_unref (self->body);
  g_free (self);
}

static gboolean
on_timeout (gpointer user_data)
{
  Exchange *exchange = user_data;

  exchange->timeout_id = 0;
  exchange->is_late = TRUE;
  g_cancellable_cancel (exchange->cancellable);

  return G_SOURCE_REMOVE;
}

static void
on_caller_cancelled (GCancellable *caller,
                     gpointer      user_data)
{
  g_cancellable_cancel (user_data);
}

/* "127.0.0.1:11434"; a port that goes without saying is not said. */
static char *
dup_place (Exchange *exchange)
{
  GUri *uri = soup_message_get_uri (exchange->message);
  int port = g_uri_get_port (uri);

  if (port < 0 || port == 80 || port == 443)
    return g_strdup (g_uri_get_host (uri));

  return g_strdup_printf ("%s:%d", g_uri_get_host (uri), port);
}

/* Sentences of our own: those of the libraries may quote what was sent. */
static void
fail (GTask  *task,
      GError *reason)
{
  Exchange *exchange = g_task_get_task_data (task);
  g_autofree char *host = dup_place (exchange);

  if (exchange->is_late)
    g_task_return_new_error (task, TC_ERROR, TC_ERROR_UNAVAILABLE,
                             "%s did not answer in time.", host);
  else if (exchange->is_outdated)
    g_task_return_new_error (task, TC_ERROR, TC_ERROR_PERMISSION,
                             "The connection to %s is not safe (the server has no TLS newer than 1.1), "
                             "so nothing was sent.", host);
  else if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&reason));
  else if (reason->domain == G_TLS_ERROR)
    g_task_return_new_error (task, TC_ERROR, TC_ERROR_PERMISSION,
                             "The connection to %s is not safe (its certificate or encryption is "
                             "not to be trusted), so nothing was sent.", host);
  else if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    g_task_return_new_error (task, TC_ERROR, TC_ERROR_UNAVAILABLE,
                             "Nobody listens at %s.", host);
  else if (reason->domain == G_RESOLVER_ERROR)
    g_task_return_new_error (task, TC_ERROR, TC_ERROR_UNAVAILABLE,
                             "There is no server %s, or no network.", host);
  else
    g_task_return_new_error (task, TC_ERROR, TC_ERROR_UNAVAILABLE,
                             "The connection to %s failed.", host);
  g_clear_error (&reason);
}

static void
succeed (GTask *task)
{
  Exchange *exchange = g_task_get_task_data (task);
  TcHttpAnswer *answer = g_new0 (TcHttpAnswer, 1);

  answer->status = soup_message_get_status (exchange->message);
  answer->length = exchange->body->len;
  g_byte_array_append (exchange->body, (const guint8 *) "", 1);
  answer->body = (char *) g_byte_array_steal (exchange->body, NULL);
  g_task_return_pointer (task, answer, (GDestroyNotify) tc_http_answer_free);
}

static void read_more (GTask *task);

static void
on_read (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Exchange *exchange = g_task_get_task_data (task);
  TcHttp *self = g_task_get_source_object (task);
  GError *error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (object), result, &error);

  if (n < 0)
    fail (task, error);
  else if (n == 0)
    succeed (task);
  else if (exchange->body->len + (gsize) n > self->max_bytes)
    g_task_return_new_error (task, TC_ERROR, TC_ERROR_INVALID,
                             "The answer of %s is too long to be one.",
                             g_uri_get_host (soup_message_get_uri (exchange->message)));
  else
    {
      g_byte_array_append (exchange->body, (const guint8 *) exchange->chunk, (guint) n);
      read_more (g_steal_pointer (&task));
    }
}

/* @task: (transfer full) */
static void
read_more (GTask *task)
{
  Exchange *exchange = g_task_get_task_data (task);

  g_input_stream_read_async (exchange->stream, exchange->chunk, CHUNK_BYTES, G_PRIORITY_DEFAULT,
                             exchange->cancellable, on_read, task);
}

static void
on_sent (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Exchange *exchange = g_task_get_task_data (task);
  GError *error = NULL;

  exchange->stream = soup_session_send_finish (SOUP_SESSION (object), result, &error);
  if (exchange->stream == NULL)
    fail (task, error);
  else
    read_more (g_steal_pointer (&task));
}

/* Some systems still take up TLS 1.0 and 1.1 when the server has nothing else. */
static void
on_network_event (SoupMessage        *message,
                  GSocketClientEvent  event,
                  GIOStream          *connection,
                  gpointer            user_data)
{
  Exchange *exchange = user_data;

  if (event != G_SOCKET_CLIENT_TLS_HANDSHAKED || !G_IS_TLS_CONNECTION (connection) ||
      g_tls_connection_get_protocol_version (G_TLS_CONNECTION (connection)) >= G_TLS_PROTOCOL_VERSION_TLS_1_2)
    return;
  exchange->is_outdated = TRUE;
  g_cancellable_cancel (exchange->cancellable);
}

static SoupMessage *
create_message (const char        *url,
                const char *const *headers)
{
  SoupMessage *message = soup_message_new (SOUP_METHOD_GET, url);
  SoupMessageHeaders *out;

  if (message == NULL)
    return NULL;
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  out = soup_message_get_request_headers (message);
  soup_message_headers_replace (out, "Accept", "application/json");
  soup_message_headers_replace (out, "Accept-Encoding", "identity");
  for (guint i = 0; headers != NULL && headers[i] != NULL; i += 2)
    soup_message_headers_replace (out, headers[i], headers[i + 1]);

  return message;
}

static void
tc_http_dispose (GObject *object)
{
  TcHttp *self = TC_HTTP (object);

  g_clear_object (&self->session);

  G_OBJECT_CLASS (tc_http_parent_class)->dispose (object);
}

static void
tc_http_class_init (TcHttpClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_http_dispose;
}

static void
tc_http_init (TcHttp *self)
{
  self->session = soup_session_new_with_options ("user-agent", "TrainingCenter/" TC_VERSION,
                                                 "timeout", 0, "idle-timeout", 30, NULL);
  /* A small body may unpack to gigabytes; ask for plain ones and take no other. */
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_CONTENT_DECODER);
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_AUTH_MANAGER);
}

/**
 * tc_http_new:
 * @timeout_ms: for a whole request, from the look-up of the name to the last byte
 * @max_bytes: of an answer's body
 *
 * Returns: (transfer full): a client
 */
TcHttp *
tc_http_new (guint timeout_ms,
             gsize max_bytes)
{
  TcHttp *self = g_object_new (TC_TYPE_HTTP, NULL);

  self->timeout_ms = timeout_ms;
  self->max_bytes = max_bytes;

  return self;
}

/**
 * tc_http_get_async:
 * @headers: (nullable): names and values in turn, ends with NULL; copied
 *
 * Asks for @url. Redirects are answers as any other.
 */
void
tc_http_get_async (TcHttp              *self,
                   const char          *url,
                   const char *const   *headers,
                   GCancellable        *cancellable,
                   GAsyncReadyCallback  callback,
                   gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, NULL, callback, user_data);
  Exchange *exchange;
  SoupMessage *message;

  g_task_set_source_tag (task, tc_http_get_async);
  g_return_if_fail (TC_IS_HTTP (self));

  message = create_message (url, headers);
  if (message == NULL)
    {
      g_task_return_new_error (task, TC_ERROR, TC_ERROR_INVALID, "The address makes no sense.");
      return;
    }
  exchange = g_new0 (Exchange, 1);
  exchange->message = message;
  exchange->body = g_byte_array_new ();
  exchange->event_id = g_signal_connect (message, "network-event", G_CALLBACK (on_network_event), exchange);
  exchange->cancellable = g_cancellable_new ();
  g_task_set_task_data (task, exchange, exchange_free);
  exchange->timeout_id = g_timeout_add (self->timeout_ms, on_timeout, exchange);
  if (cancellable != NULL)
    {
      exchange->caller = g_object_ref (cancellable);
      exchange->caller_id = g_cancellable_connect (cancellable, G_CALLBACK (on_caller_cancelled),
                                                   exchange->cancellable, NULL);
    }
  soup_session_send_async (self->session, message, G_PRIORITY_DEFAULT, exchange->cancellable,
                           on_sent, g_steal_pointer (&task));
}

/**
 * tc_http_get_finish:
 * @error: TC_ERROR: UNAVAILABLE nobody answered (in time); PERMISSION the
 *   connection is not safe; INVALID no sense or too much; each with a sentence
 *
 * Returns: (transfer full) (nullable): the answer, whatever its status
 */
TcHttpAnswer *
tc_http_get_finish (TcHttp        *self,
                    GAsyncResult  *result,
                    GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/** tc_http_answer_free: */
void
tc_http_answer_free (TcHttpAnswer *self)
{
  g_free (self->body);
  g_free (self);
}
