/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-api-stream-ends.h"
#include "tc-api-stream.h"

#define HEAD_TIMEOUT   (10 * G_USEC_PER_SEC)
#define BODY_TIMEOUT   (10 * G_USEC_PER_SEC)
#define IDLE_TIMEOUT   (60 * G_USEC_PER_SEC)
#define STALL_TIMEOUT  (30 * G_USEC_PER_SEC)
#define LINGER_TIMEOUT (1 * G_USEC_PER_SEC)
#define LINGER_BYTES   (1024 * 1024)

/*     IDLE ──first byte──▶ HEAD ──passed──▶ BODY ──all handed on──▶ ANSWER
 *      ▲                    │                │                        │
 *      └────────────── libsoup asks for the next request ─────────────┘
 *
 * HEAD ──an upgrade──▶ UPGRADE ──libsoup did it──▶ RAW (WebSocket frames)
 * HEAD, BODY ──refused──▶ LINGER ──▶ CLOSED
 *
 * A request without a body goes through BODY too, with nothing in it. */
typedef enum
{
  STATE_IDLE,
  STATE_HEAD,
  STATE_BODY,
  STATE_ANSWER,
  STATE_UPGRADE,
  STATE_RAW,
  STATE_LINGER,
  STATE_CLOSED,
} State;

struct _TcApiStream
{
  GIOStream      parent_instance;

  GSocket       *socket;   /* (owned) */
  TcApiGate     *gate;     /* (owned) */
  TcClock       *clock;    /* (owned) */
  GInputStream  *input;    /* (owned) */
  GOutputStream *output;   /* (owned) */
  GSource       *timer;    /* (owned) one for all states; mostly not ready */

  State          state;
  GByteArray    *buffer;   /* (owned) received, not handed on */
  gsize          ready;    /* so much of it may be handed on */
  TcHttpBody     body;
  gsize          lingered; /* bytes thrown away after a refusal */
  guint64        n_written;
  gboolean       is_own_user;
  gboolean       is_upgrade; /* asked for by the request being answered */
  gboolean       is_last;    /* an upgrade was not granted: no further request */
  gboolean       has_closed;
};

enum
{
  SIGNAL_CLOSED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (TcApiStream, tc_api_stream, G_TYPE_IO_STREAM)

static guint signals[N_SIGNALS];

/* The one timer is only ever set to the next deadline; without one it does
 * not wake the process. */
static void
set_deadline (TcApiStream *self,
              gint64       after_us)
{
  g_source_set_ready_time (self->timer,
                           after_us < 0 ? -1 : g_get_monotonic_time () + after_us);
}

static gssize
would_block (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "Nothing there yet");
  return -1;
}

static void
emit_closed (TcApiStream *self)
{
  if (self->has_closed)
    return;
  self->has_closed = TRUE;
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0);
}

/**
 * tc_api_stream_abort:
 * @self: a connection
 *
 * Ends it at once in both directions. libsoup finds out by itself and lets go.
 */
void
tc_api_stream_abort (TcApiStream *self)
{
  g_return_if_fail (TC_IS_API_STREAM (self));

  self->state = STATE_CLOSED;
  self->ready = 0;
  set_deadline (self, -1);
  if (!g_socket_is_closed (self->socket))
    g_socket_shutdown (self->socket, TRUE, TRUE, NULL);
}

/* Answers in libsoup's place, which has not seen the request and never will.
 * The reply is small and the first on its connection for a while; a socket
 * that cannot take it has a client that does not want it. What the client is
 * still sending is read away for a moment, because closing a socket with
 * unread bytes resets it, and the reply is lost. */
static void
refuse (TcApiStream        *self,
        const TcApiRefusal *refusal)
{
  g_autofree char *body = NULL;
  g_autofree char *text = NULL;

  body = g_strdup_printf ("{\"error\":{\"code\":\"%s\",\"message\":\"%s\"}}\n",
                          refusal->code, refusal->message);
  text = g_strdup_printf ("HTTP/1.1 %u Refused\r\n"
                          "Content-Type: application/json\r\n"
                          "Content-Length: %" G_GSIZE_FORMAT "\r\n"
                          "%s%s"
                          "Connection: close\r\n\r\n%s",
                          refusal->status, strlen (body),
                          refusal->status == 401 ? "WWW-Authenticate: Bearer\r\n" : "",
                          refusal->status == 429 ? "Retry-After: 10\r\n" : "", body);
  g_socket_send_with_blocking (self->socket, text, strlen (text), FALSE, NULL, NULL);
  g_socket_shutdown (self->socket, FALSE, TRUE, NULL);

  self->state = STATE_LINGER;
  self->ready = 0;
  g_byte_array_set_size (self->buffer, 0);
  set_deadline (self, LINGER_TIMEOUT);
}

static void
refuse_framing (TcApiStream *self,
                guint        status,
                const char  *reason)
{
  TcApiRefusal refusal = { status, tc_api_gate_code_for (status), reason };

  refuse (self, &refusal);
}

static gboolean
on_deadline (gpointer user_data)
{
  TcApiStream *self = user_data;

  g_source_set_ready_time (self->timer, -1);
  if ((self->state == STATE_HEAD && self->buffer->len > 0) || self->state == STATE_BODY)
    refuse_framing (self, 408, "The request took more than ten seconds to arrive.");
  tc_api_stream_abort (self);
  return G_SOURCE_CONTINUE;
}

/* A whole head lies in the buffer. */
static void
take_head (TcApiStream *self,
           gsize        length)
{
  g_auto (TcHttpHead) head = { NULL };
  TcApiRefusal refusal = { 0 };
  const char *reason = NULL;
  guint status;

  status = tc_http_head_parse (&head, (const char *) self->buffer->data, length, &reason);
  if (status != 0)
    {
      refuse_framing (self, status, reason);
      return;
    }
  if (!tc_api_gate_check (self->gate, &head, self->is_own_user,
                          tc_clock_get_monotonic (self->clock), &refusal))
    {
      refuse (self, &refusal);
      return;
    }

  tc_http_body_init (&self->body, &head);
  self->is_upgrade = tc_http_head_count (&head, "Upgrade") > 0;
  if (self->is_upgrade && (head.framing != TC_HTTP_FRAMING_NONE || self->buffer->len > length))
    {
      refuse_framing (self, 400, "Send nothing behind an upgrade before it is answered.");
      return;
    }

  self->ready = length;
  self->state = STATE_BODY;
  set_deadline (self, head.framing == TC_HTTP_FRAMING_NONE ? -1 : BODY_TIMEOUT);
}

static void
look_for_head (TcApiStream *self)
{
  gssize length = tc_http_head_find_end ((const char *) self->buffer->data,
                                         self->buffer->len);
  const guchar *line_end;

  if (self->state == STATE_IDLE)
    {
      self->state = STATE_HEAD;
      set_deadline (self, HEAD_TIMEOUT);
    }
  if (length > TC_HTTP_HEAD_MAX_BYTES ||
      (length < 0 && self->buffer->len > TC_HTTP_HEAD_MAX_BYTES))
    {
      refuse_framing (self, 431, "The head of a request may have at most 16 KiB.");
      return;
    }
  if (length >= 0)
    {
      take_head (self, (gsize) length);
      return;
    }

  /* What is no HTTP at all (a TLS hello, bare line feeds) is told at its first
   * line, not after ten seconds. */
  line_end = memchr (self->buffer->data, '\n', self->buffer->len);
  if (!g_ascii_isupper (self->buffer->data[0]) ||
      (line_end != NULL && (line_end == self->buffer->data || line_end[-1] != '\r')))
    refuse_framing (self, 400, "This is not HTTP/1.1.");
}

static void
look_at_body (TcApiStream *self)
{
  const char *reason = NULL;
  gsize used = 0;
  guint status = tc_http_body_feed (&self->body, (const char *) self->buffer->data,
                                    self->buffer->len, &used, &reason);

  if (status != 0)
    refuse_framing (self, status, reason);
  else
    self->ready = used;
}

/* Called when the buffer is empty or not enough. Returns as recv(2) does. */
static gssize
fill (TcApiStream  *self,
      GError      **error)
{
  guint8 bytes[8192];
  gssize n = g_socket_receive_with_blocking (self->socket, (char *) bytes, sizeof bytes,
                                             FALSE, NULL, error);

  if (n > 0)
    g_byte_array_append (self->buffer, bytes, (guint) n);
  return n;
}

static gssize
linger (TcApiStream  *self,
        GError      **error)
{
  char bytes[8192];

  while (self->lingered < LINGER_BYTES)
    {
      gssize n = g_socket_receive_with_blocking (self->socket, bytes, sizeof bytes,
                                                 FALSE, NULL, error);

      if (n <= 0)
        return n;
      self->lingered += (gsize) n;
    }

  tc_api_stream_abort (self);
  return 0;
}

static gssize
hand_on (TcApiStream *self,
         void        *buffer,
         gsize        size)
{
  gsize n = MIN (size, self->ready);

  memcpy (buffer, self->buffer->data, n);
  g_byte_array_remove_range (self->buffer, 0, (guint) n);
  self->ready -= n;

  if (self->ready == 0 && self->state == STATE_BODY && tc_http_body_is_done (&self->body))
    {
      self->state = self->is_upgrade ? STATE_UPGRADE : STATE_ANSWER;
      set_deadline (self, self->is_upgrade ? HEAD_TIMEOUT : -1);
    }
  return (gssize) n;
}

/* Moves on by one step with what is in the buffer. */
static void
digest (TcApiStream *self)
{
  if (self->buffer->len == 0 || self->ready > 0)
    return;
  if (self->state == STATE_IDLE || self->state == STATE_HEAD)
    look_for_head (self);
  else if (self->state == STATE_BODY)
    look_at_body (self);
}

/* libsoup asks for a request only when it is through with the one before. */
static void
begin_next (TcApiStream *self)
{
  if (self->state != STATE_ANSWER)
    return;
  if (self->is_last)
    {
      tc_api_stream_abort (self);
      return;
    }
  self->state = STATE_IDLE;
  set_deadline (self, IDLE_TIMEOUT);
}

/**
 * tc_api_stream_create_leave_source:
 *
 * Returns: (transfer full): ready when a client on a Unix socket has closed it;
 *   its callback is a GSocketSourceFunc
 */
GSource *
tc_api_stream_create_leave_source (TcApiStream *self)
{
  g_return_val_if_fail (TC_IS_API_STREAM (self), NULL);

  return g_socket_create_source (self->socket, G_IO_HUP | G_IO_ERR, NULL);
}

/**
 * tc_api_stream_receive:
 * @self: the connection
 * @buffer: where to
 * @size: its size
 *
 * Hands on bytes that have been let pass, never past the end of one request.
 *
 * Returns: as a non-blocking read; 0 after a refusal, so that libsoup closes
 */
gssize
tc_api_stream_receive (TcApiStream  *self,
                       void         *buffer,
                       gsize         size,
                       GError      **error)
{
  begin_next (self);

  while (TRUE)
    {
      gssize n;

      digest (self);
      if (self->ready > 0)
        return hand_on (self, buffer, size);

      switch (self->state)
        {
        case STATE_CLOSED:
          return 0;
        case STATE_LINGER:
          return linger (self, error);
        case STATE_UPGRADE:
          /* libsoup did not upgrade it; what follows is no request. */
          tc_api_stream_abort (self);
          return 0;
        case STATE_RAW:
          if (self->buffer->len > 0)
            {
              self->ready = self->buffer->len;
              return hand_on (self, buffer, size);
            }
          return g_socket_receive_with_blocking (self->socket, buffer, size, FALSE, NULL, error);
        case STATE_IDLE:
        case STATE_HEAD:
        case STATE_BODY:
        case STATE_ANSWER:
        default:
          n = fill (self, error);
          if (n <= 0)
            return n;
        }
    }
}

/* The client may take what it sends next for the protocol it asked for. */
static void
note_upgrade_refused (TcApiStream *self,
                      const char  *answer,
                      gsize        size)
{
  static const char granted[] = "HTTP/1.1 101 ";

  if (self->state != STATE_UPGRADE || !self->is_upgrade)
    return;
  self->is_upgrade = FALSE;
  if (size >= strlen (granted) && memcmp (answer, granted, strlen (granted)) == 0)
    return;
  self->state = STATE_ANSWER;
  self->is_last = TRUE;
}

/**
 * tc_api_stream_send:
 *
 * Returns: as a non-blocking write. A client that takes nothing for 30 s is
 *   disconnected, unless it is an event client, whose backlog is bounded.
 */
gssize
tc_api_stream_send (TcApiStream  *self,
                    const void   *buffer,
                    gsize         size,
                    GError      **error)
{
  gssize n;

  if (self->state == STATE_LINGER)
    return would_block (error);

  note_upgrade_refused (self, buffer, size);
  n = g_socket_send_with_blocking (self->socket, buffer, size, FALSE, NULL, error);
  if (n > 0)
    self->n_written += (guint64) n;
  if (self->state == STATE_ANSWER)
    set_deadline (self, n > 0 ? -1 : STALL_TIMEOUT);
  return n;
}

/** tc_api_stream_has_input: Returns: whether a read would not block */
gboolean
tc_api_stream_has_input (TcApiStream *self)
{
  return self->ready > 0 || self->state == STATE_CLOSED ||
         g_socket_condition_check (self->socket, G_IO_IN) != 0;
}

/**
 * tc_api_stream_create_source:
 *
 * Returns: (transfer full): a source that is ready when @condition is. Bytes in
 *   the buffer (a pipelined request) make it ready at once.
 */
GSource *
tc_api_stream_create_source (TcApiStream  *self,
                             GIOCondition  condition,
                             GCancellable *cancellable)
{
  gboolean has_pipelined;

  if (condition == G_IO_IN)
    begin_next (self);
  has_pipelined = self->buffer->len > 0 && self->state == STATE_IDLE;
  if (condition == G_IO_IN && (self->ready > 0 || has_pipelined || self->state == STATE_CLOSED))
    return g_timeout_source_new (0);
  return g_socket_create_source (self->socket, condition, cancellable);
}

/**
 * tc_api_stream_upgrade:
 * @self: a connection whose last request asked for an upgrade
 *
 * The upgrade was granted: from now on bytes pass as they are.
 */
void
tc_api_stream_upgrade (TcApiStream *self)
{
  g_return_if_fail (TC_IS_API_STREAM (self));

  if (self->state != STATE_UPGRADE)
    return;
  self->state = STATE_RAW;
  set_deadline (self, -1);
}

/** tc_api_stream_get_gate: Returns: (transfer none): the way it came in */
TcApiGate *
tc_api_stream_get_gate (TcApiStream *self)
{
  return self->gate;
}

/** tc_api_stream_get_written: Returns: bytes the kernel has taken so far */
guint64
tc_api_stream_get_written (TcApiStream *self)
{
  return self->n_written;
}

/**
 * tc_api_stream_is_evictable:
 *
 * Returns: whether nothing is lost when it is closed to make room: no complete
 *   request is with us, and no event stream
 */
gboolean
tc_api_stream_is_evictable (TcApiStream *self)
{
  return self->state != STATE_ANSWER && self->state != STATE_UPGRADE &&
         self->state != STATE_RAW;
}

/**
 * tc_api_stream_tag:
 * @address: the address given to libsoup as this connection's remote end
 *
 * libsoup does not hand out the stream of a message, but it does hand out this.
 */
void
tc_api_stream_tag (TcApiStream    *self,
                   GSocketAddress *address)
{
  g_object_set_data_full (G_OBJECT (address), "tc-api-stream",
                          g_object_ref (self), g_object_unref);
}

/** tc_api_stream_for_address: Returns: (nullable) (transfer none) */
TcApiStream *
tc_api_stream_for_address (GSocketAddress *address)
{
  return address == NULL ? NULL : g_object_get_data (G_OBJECT (address), "tc-api-stream");
}

static GInputStream *
tc_api_stream_get_input_stream (GIOStream *stream)
{
  return TC_API_STREAM (stream)->input;
}

static GOutputStream *
tc_api_stream_get_output_stream (GIOStream *stream)
{
  return TC_API_STREAM (stream)->output;
}

static gboolean
tc_api_stream_close (GIOStream     *stream,
                     GCancellable  *cancellable,
                     GError       **error)
{
  TcApiStream *self = TC_API_STREAM (stream);

  self->state = STATE_CLOSED;
  set_deadline (self, -1);
  g_input_stream_close (self->input, NULL, NULL);
  g_output_stream_close (self->output, NULL, NULL);
  if (!g_socket_is_closed (self->socket))
    g_socket_close (self->socket, NULL);
  emit_closed (self);
  return TRUE;
}

/* Closing never waits. GIOStream's own way would close in a thread, and what
 * follows from it belongs into this one. */
static void
tc_api_stream_close_async (GIOStream           *stream,
                           int                  io_priority,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);

  g_task_set_source_tag (task, tc_api_stream_close_async);
  tc_api_stream_close (stream, NULL, NULL);
  g_task_return_boolean (task, TRUE);
}

static gboolean
tc_api_stream_close_finish (GIOStream     *stream,
                            GAsyncResult  *result,
                            GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
tc_api_stream_dispose (GObject *object)
{
  TcApiStream *self = TC_API_STREAM (object);

  if (self->input != NULL)
    tc_api_input_detach (TC_API_INPUT (self->input));
  if (self->output != NULL)
    tc_api_output_detach (TC_API_OUTPUT (self->output));

  G_OBJECT_CLASS (tc_api_stream_parent_class)->dispose (object);
}

static void
tc_api_stream_finalize (GObject *object)
{
  TcApiStream *self = TC_API_STREAM (object);

  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  g_clear_object (&self->input);
  g_clear_object (&self->output);
  g_clear_object (&self->socket);
  g_byte_array_unref (self->buffer);
  tc_api_gate_unref (self->gate);
  tc_clock_unref (self->clock);

  G_OBJECT_CLASS (tc_api_stream_parent_class)->finalize (object);
}

static void
tc_api_stream_class_init (TcApiStreamClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  object_class->dispose = tc_api_stream_dispose;
  object_class->finalize = tc_api_stream_finalize;
  stream_class->get_input_stream = tc_api_stream_get_input_stream;
  stream_class->get_output_stream = tc_api_stream_get_output_stream;
  stream_class->close_fn = tc_api_stream_close;
  stream_class->close_async = tc_api_stream_close_async;
  stream_class->close_finish = tc_api_stream_close_finish;

  signals[SIGNAL_CLOSED] = g_signal_new ("closed", TC_TYPE_API_STREAM, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static gboolean
dispatch_timer (GSource     *source,
                GSourceFunc  callback,
                gpointer     user_data)
{
  return callback (user_data);
}

static GSourceFuncs timer_funcs = { .dispatch = dispatch_timer };

static void
tc_api_stream_init (TcApiStream *self)
{
  self->buffer = g_byte_array_new ();
  self->input = tc_api_input_new (self);
  self->output = tc_api_output_new (self);
  self->timer = g_source_new (&timer_funcs, sizeof (GSource));
  g_source_set_static_name (self->timer, "tc-api-stream deadline");
  g_source_set_callback (self->timer, on_deadline, self, NULL);
}

/**
 * tc_api_stream_new:
 * @socket: (transfer none): an accepted socket
 * @gate: the gate it came through
 * @is_own_user: whether the kernel says so
 * @clock: for the gate
 *
 * Returns: (transfer full): a connection, its ten seconds running
 */
TcApiStream *
tc_api_stream_new (GSocket   *socket,
                   TcApiGate *gate,
                   gboolean   is_own_user,
                   TcClock   *clock)
{
  TcApiStream *self = g_object_new (TC_TYPE_API_STREAM, NULL);

  self->socket = g_object_ref (socket);
  g_socket_set_blocking (socket, FALSE);
  self->gate = tc_api_gate_ref (gate);
  self->clock = tc_clock_ref (clock);
  self->is_own_user = is_own_user;
  self->state = STATE_HEAD;
  set_deadline (self, HEAD_TIMEOUT);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
  return self;
}
