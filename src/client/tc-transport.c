/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-transport.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gi18n-lib.h>

#include "tc-error.h"
#include "tc-json.h"
#include "tc-sentence.h"

/* A Unix socket whose queue of callers is full refuses at once instead of letting
 * them wait, so the waiting is ours: for 5 seconds. */
#define BUSY_RETRY_MS 20
#define BUSY_RETRIES 250

/* libsoup reads answers 8 KiB at a time, each a turn of the main loop; a socket
 * holds more. */
#define READ_BYTES (64 * 1024)

/* The WebSocket takes one for good; a window may load several pages at once. */
#define MAX_CONNECTIONS 8

struct _TcTransport
{
  GObject      parent_instance;

  SoupSession *session; /* (owned) */
};

G_DEFINE_FINAL_TYPE (TcTransport, tc_transport, G_TYPE_OBJECT)

/**
 * tc_reply_parse:
 * @self: an answer
 * @error: TC_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): the body as JSON
 */
JsonNode *
tc_reply_parse (TcReply  *self,
                GError  **error)
{
  gsize length;
  const char *data = g_bytes_get_data (self->bytes, &length);

  return tc_json_parse (data != NULL ? data : "", length, TC_JSON_DEFAULT, error);
}

/**
 * tc_reply_free:
 * @self: (transfer full): an answer
 */
void
tc_reply_free (TcReply *self)
{
  g_bytes_unref (self->bytes);
  g_free (self->log_masked);
  g_free (self);
}

/* What went wrong below HTTP, as a sentence for people. */
static GError *
error_from_io (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_copy (error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return g_error_new_literal (TC_ERROR, TC_ERROR_UNAVAILABLE, _("The engine is not running"));
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    return g_error_new_literal (TC_ERROR, TC_ERROR_PERMISSION,
                                _("The engine's socket belongs to another user"));

  return g_error_new (TC_ERROR, TC_ERROR_UNAVAILABLE,
                      _("The engine went away before it answered (%s)"), error->message);
}

/* The engine's own words for a status of 400 and above. */
static GError *
error_from_answer (guint   status,
                   GBytes *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  g_autoptr(JsonObject) answer = NULL;
  JsonObject *said;
  TcError code = TC_ERROR_FAILED;
  g_autofree char *message = NULL;

  if (length > 0)
    answer = tc_json_parse_object (data, length, TC_JSON_DEFAULT, NULL);
  said = answer != NULL ? tc_json_get_object (answer, "error") : NULL;
  message = said != NULL ? tc_sentence_dup_local (tc_json_get_string (said, "message", NULL)) : NULL;
  if (message == NULL)
    return g_error_new (TC_ERROR, TC_ERROR_FAILED, _("The engine answered %u (%s) without saying why"),
                        status, soup_status_get_phrase (status));

  tc_error_from_code (tc_json_get_string (said, "code", ""), &code);

  return g_error_new_literal (TC_ERROR, code, message);
}

static void
tc_transport_dispose (GObject *object)
{
  TcTransport *self = TC_TRANSPORT (object);

  if (self->session != NULL)
    soup_session_abort (self->session);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (tc_transport_parent_class)->dispose (object);
}

static void
tc_transport_class_init (TcTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_transport_dispose;
}

static void
tc_transport_init (TcTransport *self)
{
}

/**
 * tc_transport_new:
 * @socket_path: the engine's socket; it need not be there yet
 *
 * Returns: (transfer full): a transport
 */
TcTransport *
tc_transport_new (const char *socket_path)
{
  TcTransport *self = g_object_new (TC_TYPE_TRANSPORT, NULL);
  g_autoptr(GSocketAddress) address = g_unix_socket_address_new (socket_path);

  self->session = soup_session_new_with_options ("remote-connectable", address,
                                                 "max-conns", MAX_CONNECTIONS,
                                                 "max-conns-per-host", MAX_CONNECTIONS,
                                                 "user-agent", "training-center/" TC_VERSION,
                                                 NULL);

  return self;
}

static SoupMessage *
message_new (const char *method,
             const char *scheme,
             const char *target)
{
  g_autofree char *uri = g_strconcat (scheme, "://localhost", target, NULL);

  return soup_message_new (method, uri);
}

/* One request or one WebSocket on its way. */
typedef struct
{
  /* Input arguments. */
  SoupMessage *message; /* (owned) */

  /* In-progress data. */
  guint        n_busy;
  GByteArray  *body;    /* (owned) (nullable) what came of it, and room for more */
  gsize        length;  /* of what came */
} SendJob;

static void
send_job_free (SendJob *job)
{
  g_object_unref (job->message);
  g_clear_pointer (&job->body, g_byte_array_unref);
  g_free (job);
}

/* Whether the engine had no place in its queue and the task was put off: then
 * nothing was sent yet, and @again is called later with the task. */
static gboolean
put_off (GTask        *task,
         const GError *error,
         GSourceFunc   again)
{
  SendJob *job = g_task_get_task_data (task);
  GSource *source;

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) || ++job->n_busy > BUSY_RETRIES)
    return FALSE;

  source = g_timeout_source_new (BUSY_RETRY_MS);
  g_source_set_callback (source, again, g_object_ref (task), g_object_unref);
  g_source_attach (source, g_task_get_context (task));
  g_source_unref (source);

  return TRUE;
}

static void on_sent      (GObject      *object,
                          GAsyncResult *result,
                          gpointer      user_data);
static void on_read      (GObject      *object,
                          GAsyncResult *result,
                          gpointer      user_data);
static void on_listening (GObject      *object,
                          GAsyncResult *result,
                          gpointer      user_data);

static gint64
get_offset (SoupMessageHeaders *headers,
            const char         *name)
{
  const char *text = soup_message_headers_get_one (headers, name);
  gint64 value;

  if (text == NULL || !g_ascii_string_to_signed (text, 10, 0, G_MAXINT64, &value, NULL))
    return -1;

  return value;
}

static gboolean
send_cb (gpointer user_data)
{
  GTask *task = user_data;
  TcTransport *self = g_task_get_source_object (task);
  SendJob *job = g_task_get_task_data (task);

  soup_session_send_async (self->session, job->message, G_PRIORITY_DEFAULT, g_task_get_cancellable (task),
                           on_sent, g_object_ref (task));

  return G_SOURCE_REMOVE;
}

static void
read_more (GTask        *task,
           GInputStream *stream)
{
  SendJob *job = g_task_get_task_data (task);

  g_byte_array_set_size (job->body, (guint) job->length + READ_BYTES);
  g_input_stream_read_async (stream, job->body->data + job->length, READ_BYTES, G_PRIORITY_DEFAULT,
                             g_task_get_cancellable (task), on_read, g_object_ref (task));
}

static void
on_sent (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GInputStream) stream = soup_session_send_finish (SOUP_SESSION (object), result, &error);
  SendJob *job = g_task_get_task_data (task);

  if (stream == NULL)
    {
      if (!put_off (task, error, send_cb))
        g_task_return_error (task, error_from_io (error));
      return;
    }
  job->body = g_byte_array_new ();
  read_more (task, stream);
}

static void
on_read (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;
  SendJob *job = g_task_get_task_data (task);
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (object), result, &error);
  SoupMessageHeaders *headers;
  TcReply *reply;

  if (n < 0)
    {
      g_task_return_error (task, error_from_io (error));
      return;
    }
  job->length += (gsize) n;
  if (n > 0)
    {
      read_more (task, G_INPUT_STREAM (object));
      return;
    }
  g_byte_array_set_size (job->body, (guint) job->length);
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&job->body));
  if (soup_message_get_status (job->message) >= 400)
    {
      g_task_return_error (task, error_from_answer (soup_message_get_status (job->message), bytes));
      return;
    }

  headers = soup_message_get_response_headers (job->message);
  reply = g_new0 (TcReply, 1);
  reply->status = soup_message_get_status (job->message);
  reply->bytes = g_steal_pointer (&bytes);
  reply->log_offset = get_offset (headers, "X-Log-Offset");
  reply->log_size = get_offset (headers, "X-Log-Size");
  reply->log_masked = g_strdup (soup_message_headers_get_one (headers, "X-Log-Masked"));
  g_task_return_pointer (task, reply, (GDestroyNotify) tc_reply_free);
}

/**
 * tc_transport_send_async:
 * @self: a transport
 * @method: such as "GET"
 * @target: path and query, such as "/api/training/queue"
 * @body: (nullable): JSON to send
 * @cancellable: (nullable): to give up
 * @callback: called with the answer
 * @user_data: for @callback
 *
 * Sends one request.
 */
void
tc_transport_send_async (TcTransport         *self,
                         const char          *method,
                         const char          *target,
                         JsonNode            *body,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  SoupMessage *message = message_new (method, "http", target);
  SendJob *job;

  g_task_set_source_tag (task, tc_transport_send_async);

  if (message == NULL)
    {
      g_task_return_new_error (task, TC_ERROR, TC_ERROR_INVALID, "“%s” is no path of the engine", target);
      return;
    }
  job = g_new0 (SendJob, 1);
  job->message = message;
  g_task_set_task_data (task, job, (GDestroyNotify) send_job_free);
  if (body != NULL)
    {
      g_autofree char *text = tc_json_to_string (body, FALSE);
      gsize length = strlen (text);
      g_autoptr(GBytes) bytes = g_bytes_new_take (g_steal_pointer (&text), length);

      soup_message_set_request_body_from_bytes (message, "application/json", bytes);
    }

  send_cb (task);
}

/**
 * tc_transport_send_finish:
 * @self: a transport
 * @result: what the callback got
 * @error: TC_ERROR with the engine's sentence; TC_ERROR_UNAVAILABLE if it does
 *   not answer
 *
 * Returns: (transfer full) (nullable): the answer
 */
TcReply *
tc_transport_send_finish (TcTransport   *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
listen_cb (gpointer user_data)
{
  GTask *task = user_data;
  TcTransport *self = g_task_get_source_object (task);
  SendJob *job = g_task_get_task_data (task);

  soup_session_websocket_connect_async (self->session, job->message, NULL, NULL, G_PRIORITY_DEFAULT,
                                        g_task_get_cancellable (task), on_listening,
                                        g_object_ref (task));

  return G_SOURCE_REMOVE;
}

static void
on_listening (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  SoupWebsocketConnection *socket;

  socket = soup_session_websocket_connect_finish (SOUP_SESSION (object), result, &error);
  if (socket == NULL)
    {
      if (!put_off (task, error, listen_cb))
        g_task_return_error (task, error_from_io (error));
      return;
    }

  soup_websocket_connection_set_max_incoming_payload_size (socket, TC_JSON_MAX_BYTES);
  g_task_return_pointer (task, socket, g_object_unref);
}

/**
 * tc_transport_listen_async:
 * @self: a transport
 * @target: such as "/training/events"
 * @cancellable: (nullable): to give up
 * @callback: called with the connection
 * @user_data: for @callback
 *
 * Opens a WebSocket.
 */
void
tc_transport_listen_async (TcTransport         *self,
                           const char          *target,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  SendJob *job = g_new0 (SendJob, 1);

  g_task_set_source_tag (task, tc_transport_listen_async);
  job->message = message_new ("GET", "ws", target);
  g_task_set_task_data (task, job, (GDestroyNotify) send_job_free);
  listen_cb (task);
}

/**
 * tc_transport_listen_finish:
 * @self: a transport
 * @result: what the callback got
 * @error: TC_ERROR_UNAVAILABLE
 *
 * Returns: (transfer full) (nullable): the open WebSocket
 */
SoupWebsocketConnection *
tc_transport_listen_finish (TcTransport   *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
