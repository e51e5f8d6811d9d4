/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <glib-unix.h>
#include <string.h>

#include "tc-gateway-conn.h"

#define HEAD_TIMEOUT   (10 * G_USEC_PER_SEC)
#define BODY_TIMEOUT   (10 * G_USEC_PER_SEC) /* and a second for each MiB */
#define IDLE_TIMEOUT   (60 * G_USEC_PER_SEC)
#define LINGER_TIMEOUT (1 * G_USEC_PER_SEC)
#define LINGER_BYTES   (1024 * 1024)

/* What waits for a slow client before its source is slowed down, and what a
 * client may send ahead of an answer. */
#define BACKLOG_BYTES  (256 * 1024)
#define AHEAD_BYTES    (64 * 1024)

/* Kept from one request to the next. */
#define KEEP_BYTES     (64 * 1024)

/*  IDLE ──first byte──▶ HEAD ──let pass──▶ BODY ──whole──▶ ANSWER ──▶ FLUSH
 *    ▲                                                                  │
 *    └───────────────── the client has taken all of it ─────────────────┘
 *
 *  HEAD, BODY ──refused──▶ LINGER ──▶ CLOSED */
typedef enum
{
  STATE_IDLE,
  STATE_HEAD,
  STATE_BODY,
  STATE_ANSWER,
  STATE_FLUSH,
  STATE_LINGER,
  STATE_CLOSED,
} State;

struct _TcGatewayConn
{
  grefcount             ref_count;
  GSocket              *socket; /* (owned) */
  TcApiGate            *gate;   /* (owned) */
  TcClock              *clock;  /* (owned) */
  TcGatewayConnFuncs    funcs;
  gpointer              user_data;
  TcGatewayAnswerFuncs  answer_funcs;
  gpointer              answer_data;
  gboolean              is_own_user;
  gint64                stall_us; /* how long a client may take nothing of what waits for it */

  GSource              *source; /* (owned) */
  gpointer              fd_tag;
  GIOCondition          watched;
  gint64                deadline; /* monotonic µs; -1: none */

  State                 state;
  GByteArray           *input;    /* (owned) received, not understood yet */
  TcHttpHead            head;
  TcHttpBody            body;
  GByteArray           *payload;  /* (owned) of the request */
  GString              *output;   /* (owned) what the client has not taken yet */
  gsize                 n_output; /* of it taken already */
  gsize                 lingered;
  gboolean              is_stream;
  gboolean              is_last;  /* closes after this answer */
  gboolean              is_slow;  /* the source was told to wait */
  gboolean              is_taking; /* take_input() is at work */
};

typedef struct
{
  GSource        source;
  TcGatewayConn *conn;
} ConnSource;

static void take_input (TcGatewayConn *self);

static void
set_deadline (TcGatewayConn *self,
              gint64         after_us)
{
  self->deadline = after_us < 0 ? -1 : g_get_monotonic_time () + after_us;
}

/* Moving a timer wakes the main loop up. It is moved only when it would come
 * too late; when it comes too early, it is moved on. */
static void
arm (TcGatewayConn *self)
{
  gint64 ready_time = g_source_get_ready_time (self->source);

  if (self->deadline >= 0 && (ready_time < 0 || self->deadline < ready_time))
    g_source_set_ready_time (self->source, self->deadline);
}

static void
watch_for (TcGatewayConn *self,
           GIOCondition   condition)
{
  if (condition == self->watched || self->state == STATE_CLOSED)
    return;
  self->watched = condition;
  g_source_modify_unix_fd (self->source, self->fd_tag, condition);
}

static void
update_watch (TcGatewayConn *self)
{
  GIOCondition condition = G_IO_HUP | G_IO_ERR;

  if (self->state != STATE_ANSWER || self->input->len < AHEAD_BYTES)
    condition |= G_IO_IN;
  if (self->output->len > self->n_output)
    condition |= G_IO_OUT;
  watch_for (self, condition);
}

/**
 * tc_gateway_conn_abort:
 *
 * Ends it at once in both directions; a client in the middle of a stream sees
 * that it is cut off. Nobody is told gone() about it.
 */
void
tc_gateway_conn_abort (TcGatewayConn *self)
{
  if (self->state == STATE_CLOSED)
    return;
  self->state = STATE_CLOSED;
  memset (&self->answer_funcs, 0, sizeof self->answer_funcs);
  g_source_destroy (self->source);
  g_socket_close (self->socket, NULL);
  if (self->funcs.closed != NULL)
    self->funcs.closed (self, self->user_data);
}

static void
close_gone (TcGatewayConn *self)
{
  TcGatewayAnswerFuncs funcs = self->answer_funcs;
  gpointer data = self->answer_data;
  gboolean was_answering = self->state == STATE_ANSWER;

  tc_gateway_conn_abort (self);
  if (was_answering && funcs.gone != NULL)
    funcs.gone (self, data);
}

/* Returns FALSE when the connection has broken. */
static gboolean
flush (TcGatewayConn *self)
{
  while (self->output->len > self->n_output)
    {
      g_autoptr (GError) error = NULL;
      gssize n = g_socket_send_with_blocking (self->socket, self->output->str + self->n_output,
                                              self->output->len - self->n_output, FALSE, NULL,
                                              &error);

      if (n < 0 && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return TRUE;
      if (n < 0)
        return FALSE;
      self->n_output += (gsize) n;
      if (self->state == STATE_FLUSH || self->state == STATE_ANSWER)
        set_deadline (self, self->stall_us);
    }
  if (self->state == STATE_ANSWER)
    self->deadline = -1;
  self->n_output = 0;
  if (self->output->allocated_len > KEEP_BYTES * 2)
    {
      g_string_free (self->output, TRUE);
      self->output = g_string_new (NULL);
    }
  g_string_truncate (self->output, 0);
  return TRUE;
}

/** tc_gateway_conn_drop_body: the request's body is not needed any more */
void
tc_gateway_conn_drop_body (TcGatewayConn *self)
{
  if (self->payload->len > KEEP_BYTES)
    {
      g_byte_array_unref (self->payload);
      self->payload = g_byte_array_new ();
    }
  g_byte_array_set_size (self->payload, 0);
}

/* The answer is complete and taken. */
static void
begin_next (TcGatewayConn *self)
{
  if (self->is_last)
    {
      tc_gateway_conn_abort (self);
      return;
    }
  tc_http_head_clear (&self->head);
  tc_gateway_conn_drop_body (self);
  self->state = STATE_IDLE;
  set_deadline (self, self->input->len > 0 && !self->is_taking ? 0 : IDLE_TIMEOUT);
}

static void
finish_answer (TcGatewayConn *self)
{
  memset (&self->answer_funcs, 0, sizeof self->answer_funcs);
  self->is_slow = FALSE;
  self->state = STATE_FLUSH;
  set_deadline (self, self->stall_us);
  if (!flush (self))
    tc_gateway_conn_abort (self);
  else if (self->output->len == 0)
    begin_next (self);
  if (self->state != STATE_CLOSED)
    {
      update_watch (self);
      arm (self);
    }
}

static const char *
phrase_for (guint status)
{
  switch (status)
    {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 402:
      return "Payment Required";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 429:
      return "Too Many Requests";
    case 502:
      return "Bad Gateway";
    case 504:
      return "Gateway Timeout";
    default:
      return status < 400 ? "Done" : "Failed";
    }
}

static void
append_head (TcGatewayConn *self,
             guint          status,
             const char    *headers)
{
  g_string_append_printf (self->output, "HTTP/1.1 %u %s\r\n", status, phrase_for (status));
  if (headers != NULL)
    g_string_append (self->output, headers);
  if (self->is_last)
    g_string_append (self->output, "Connection: close\r\n");
}

/* Answers and closes, without anybody behind the gate having seen the request.
 * What the client is still sending is read away for a moment, because closing a
 * socket with unread bytes resets it, and the reply is lost. */
static void
refuse (TcGatewayConn *self,
        guint          status,
        const char    *code,
        const char    *message)
{
  g_autofree char *body = self->funcs.refusal (self->head.target, status, code, message);

  self->is_last = TRUE;
  append_head (self, status, "Content-Type: application/json\r\nx-training-center-error: 1\r\n"
                             "x-should-retry: false\r\n");
  if (status == 429)
    g_string_append (self->output, "Retry-After: 10\r\n");
  g_string_append_printf (self->output, "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n%s",
                          strlen (body), body);
  flush (self);
  g_socket_shutdown (self->socket, FALSE, TRUE, NULL);
  self->state = STATE_LINGER;
  g_string_truncate (self->output, 0);
  self->n_output = 0;
  g_byte_array_set_size (self->input, 0);
  g_byte_array_set_size (self->payload, 0);
  set_deadline (self, LINGER_TIMEOUT);
}

static void
refuse_framing (TcGatewayConn *self,
                guint          status,
                const char    *reason)
{
  refuse (self, status, tc_api_gate_code_for (status), reason);
}

/* Whether a whole head, let pass, has been cut off the input. */
static gboolean
take_head (TcGatewayConn *self,
           gsize          length)
{
  TcApiRefusal refusal = { 0 };
  const char *reason = NULL;
  guint status;

  status = tc_http_head_parse_limited (&self->head, (const char *) self->input->data, length,
                                       TC_GATEWAY_BODY_MAX_BYTES, &reason);
  if (status != 0)
    refuse_framing (self, status, reason);
  else if (!tc_api_gate_check (self->gate, &self->head, self->is_own_user,
                               tc_clock_get_monotonic (self->clock), &refusal))
    refuse (self, refusal.status, refusal.code, refusal.message);
  else if (tc_http_head_count (&self->head, "Upgrade") > 0)
    refuse_framing (self, 400, "Only HTTP/1.1 is spoken here, and nothing else is changed to.");
  if (self->state == STATE_LINGER)
    return FALSE;

  tc_http_body_init (&self->body, &self->head);
  self->is_last = self->head.minor == 0 || tc_http_head_has_word (&self->head, "Connection", "close");
  self->state = STATE_BODY;
  set_deadline (self, BODY_TIMEOUT +
                        (gint64) (self->head.length / (1024 * 1024)) * G_USEC_PER_SEC);
  if (tc_http_head_count (&self->head, "Expect") > 0 &&
      self->head.framing != TC_HTTP_FRAMING_NONE)
    {
      g_string_append (self->output, "HTTP/1.1 100 Continue\r\n\r\n");
      flush (self);
    }
  return TRUE;
}

/* What is no HTTP at all (a TLS hello, bare line feeds) is told at its first
 * line, not after ten seconds. */
static gboolean
is_hopeless (TcGatewayConn *self)
{
  const guchar *end = memchr (self->input->data, '\n', self->input->len);

  return !g_ascii_isupper (self->input->data[0]) ||
         (end != NULL && (end == self->input->data || end[-1] != '\r'));
}

static gboolean
look_for_head (TcGatewayConn *self)
{
  gssize length;

  if (self->input->len == 0)
    return FALSE;
  if (self->state == STATE_IDLE)
    {
      self->state = STATE_HEAD;
      set_deadline (self, HEAD_TIMEOUT);
    }
  length = tc_http_head_find_end ((const char *) self->input->data, self->input->len);
  if (length > TC_HTTP_HEAD_MAX_BYTES ||
      (length < 0 && self->input->len > TC_HTTP_HEAD_MAX_BYTES))
    refuse_framing (self, 431, "The head of a request may have at most 16 KiB.");
  else if (length < 0 && is_hopeless (self))
    refuse_framing (self, 400, "This is not HTTP/1.1.");
  else if (length >= 0 && take_head (self, (gsize) length))
    {
      g_byte_array_remove_range (self->input, 0, (guint) length);
      return TRUE;
    }
  return FALSE;
}

static gboolean
look_at_body (TcGatewayConn *self)
{
  const char *reason = NULL;
  gsize used = 0;
  guint status;

  status = tc_http_body_read (&self->body, (const char *) self->input->data, self->input->len,
                              &used, self->payload, &reason);
  if (status != 0)
    {
      refuse_framing (self, status, reason);
      return FALSE;
    }
  g_byte_array_remove_range (self->input, 0, (guint) used);
  if (!tc_http_body_is_done (&self->body))
    return FALSE;

  self->state = STATE_ANSWER;
  self->is_stream = FALSE;
  set_deadline (self, -1);
  self->funcs.request (self, self->user_data);
  return TRUE;
}

/* Moves on as far as what has arrived allows. An answer given at once comes
 * back through finish_answer(), so the loop is here and only here. */
static void
take_input (TcGatewayConn *self)
{
  gboolean more = TRUE;

  self->is_taking = TRUE;
  while (more)
    {
      if (self->state == STATE_IDLE || self->state == STATE_HEAD)
        more = look_for_head (self);
      else if (self->state == STATE_BODY)
        more = look_at_body (self);
      else
        more = FALSE;
    }
  self->is_taking = FALSE;
}

static void
linger (TcGatewayConn *self)
{
  char bytes[16384];
  gssize n = 1;

  while (n > 0 && self->lingered < LINGER_BYTES)
    {
      g_autoptr (GError) error = NULL;

      n = g_socket_receive_with_blocking (self->socket, bytes, sizeof bytes, FALSE, NULL, &error);
      if (n < 0 && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return;
      self->lingered += (gsize) MAX (n, 0);
    }
  tc_gateway_conn_abort (self);
}

static void
receive (TcGatewayConn *self)
{
  g_autoptr (GError) error = NULL;
  guint8 bytes[65536];
  gssize n;

  if (self->state == STATE_LINGER)
    {
      linger (self);
      return;
    }
  n = g_socket_receive_with_blocking (self->socket, (char *) bytes, sizeof bytes, FALSE, NULL,
                                      &error);
  if (n < 0 && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return;
  if (n <= 0)
    {
      close_gone (self);
      return;
    }
  g_byte_array_append (self->input, bytes, (guint) n);
  take_input (self);
}

static void
on_output_ready (TcGatewayConn *self)
{
  if (!flush (self))
    close_gone (self);
  else if (self->output->len == 0 && self->state == STATE_FLUSH)
    begin_next (self);
  else if (self->is_slow && self->output->len - self->n_output < BACKLOG_BYTES / 4)
    {
      self->is_slow = FALSE;
      if (self->answer_funcs.drained != NULL)
        self->answer_funcs.drained (self, self->answer_data);
    }
}

static void
on_deadline (TcGatewayConn *self)
{
  self->deadline = -1;
  if (self->state == STATE_IDLE && self->input->len > 0)
    take_input (self);
  else if (self->state == STATE_HEAD || self->state == STATE_BODY)
    refuse_framing (self, 408, "The request took too long to arrive.");
  else
    close_gone (self);
}

static void
look_at_time (TcGatewayConn *self)
{
  gint64 ready_time = g_source_get_ready_time (self->source);
  gint64 now = g_source_get_time (self->source);

  if (ready_time < 0 || ready_time > now)
    return;
  g_source_set_ready_time (self->source, -1);
  if (self->deadline >= 0 && self->deadline <= now)
    on_deadline (self);
}

static void
look_at_socket (TcGatewayConn *self,
                GIOCondition   condition)
{
  if (condition & G_IO_OUT)
    on_output_ready (self);
  if (self->state == STATE_CLOSED || (condition & (G_IO_IN | G_IO_HUP | G_IO_ERR)) == 0)
    return;
  if ((condition & G_IO_IN) == 0 && self->state == STATE_ANSWER)
    close_gone (self);
  else
    receive (self);
}

static gboolean
dispatch (GSource     *source,
          GSourceFunc  callback,
          gpointer     user_data)
{
  TcGatewayConn *self = tc_gateway_conn_ref (((ConnSource *) source)->conn);

  look_at_socket (self, g_source_query_unix_fd (source, self->fd_tag));
  if (self->state != STATE_CLOSED)
    look_at_time (self);
  if (self->state != STATE_CLOSED)
    {
      update_watch (self);
      arm (self);
    }
  tc_gateway_conn_unref (self);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = { .dispatch = dispatch };

/**
 * tc_gateway_conn_new:
 * @socket: accepted
 * @is_own_user: whether the kernel says so
 * @stall_us: a client that takes nothing of an answer for so long is given up
 *
 * Returns: (transfer full): a connection, its ten seconds running
 */
TcGatewayConn *
tc_gateway_conn_new (GSocket                  *socket,
                     TcApiGate                *gate,
                     TcClock                  *clock,
                     gboolean                  is_own_user,
                     gint64                    stall_us,
                     const TcGatewayConnFuncs *funcs,
                     gpointer                  user_data)
{
  TcGatewayConn *self = g_new0 (TcGatewayConn, 1);

  g_ref_count_init (&self->ref_count);
  self->socket = g_object_ref (socket);
  g_socket_set_blocking (socket, FALSE);
  self->gate = tc_api_gate_ref (gate);
  self->clock = tc_clock_ref (clock);
  self->is_own_user = is_own_user;
  self->stall_us = stall_us;
  self->funcs = *funcs;
  self->user_data = user_data;
  self->input = g_byte_array_new ();
  self->payload = g_byte_array_new ();
  self->output = g_string_new (NULL);
  self->state = STATE_HEAD;
  self->watched = G_IO_IN | G_IO_HUP | G_IO_ERR;
  self->source = g_source_new (&source_funcs, sizeof (ConnSource));
  ((ConnSource *) self->source)->conn = self;
  g_source_set_static_name (self->source, "tc-gateway connection");
  /* Nothing runs the loop from within; but a source that may not recurse is
   * taken out of the poll and put back for every dispatch. */
  g_source_set_can_recurse (self->source, TRUE);
  self->fd_tag = g_source_add_unix_fd (self->source, g_socket_get_fd (socket), self->watched);
  set_deadline (self, HEAD_TIMEOUT);
  arm (self);
  g_source_attach (self->source, g_main_context_get_thread_default ());
  return self;
}

/** tc_gateway_conn_ref: */
TcGatewayConn *
tc_gateway_conn_ref (TcGatewayConn *self)
{
  g_ref_count_inc (&self->ref_count);
  return self;
}

/** tc_gateway_conn_unref: */
void
tc_gateway_conn_unref (TcGatewayConn *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;
  g_source_destroy (self->source);
  g_source_unref (self->source);
  tc_http_head_clear (&self->head);
  g_byte_array_unref (self->input);
  g_byte_array_unref (self->payload);
  g_string_free (self->output, TRUE);
  g_object_unref (self->socket);
  tc_api_gate_unref (self->gate);
  tc_clock_unref (self->clock);
  g_free (self);
}

/** tc_gateway_conn_get_head: Returns: (transfer none): of the request being answered */
const TcHttpHead *
tc_gateway_conn_get_head (TcGatewayConn *self)
{
  return &self->head;
}

/** tc_gateway_conn_get_body: Returns: (transfer none): of the request being answered */
const char *
tc_gateway_conn_get_body (TcGatewayConn *self,
                          gsize         *length)
{
  *length = self->payload->len;
  return self->payload->len == 0 ? "" : (const char *) self->payload->data;
}

/** tc_gateway_conn_is_evictable: Returns: whether no request is lost when it is closed */
gboolean
tc_gateway_conn_is_evictable (TcGatewayConn *self)
{
  return self->state != STATE_ANSWER && self->state != STATE_FLUSH;
}

/** tc_gateway_conn_watch: who answers the present request wants to be told */
void
tc_gateway_conn_watch (TcGatewayConn              *self,
                       const TcGatewayAnswerFuncs *funcs,
                       gpointer                    user_data)
{
  self->answer_funcs = *funcs;
  self->answer_data = user_data;
}

/**
 * tc_gateway_conn_reply:
 * @headers: (nullable): lines that end with CR LF
 * @body: @length bytes
 *
 * The whole answer.
 */
void
tc_gateway_conn_reply (TcGatewayConn *self,
                       guint          status,
                       const char    *headers,
                       const char    *body,
                       gsize          length)
{
  if (self->state != STATE_ANSWER)
    return;
  append_head (self, status, headers);
  g_string_append_printf (self->output, "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n", length);
  if (strcmp (self->head.method, "HEAD") != 0)
    g_string_append_len (self->output, body, (gssize) length);
  finish_answer (self);
}

/**
 * tc_gateway_conn_begin:
 * @headers: (nullable): lines that end with CR LF
 *
 * The head of an answer whose body follows in pieces; it goes out with the first.
 */
void
tc_gateway_conn_begin (TcGatewayConn *self,
                       guint          status,
                       const char    *headers)
{
  if (self->state != STATE_ANSWER)
    return;
  self->is_stream = TRUE;
  append_head (self, status, headers);
  g_string_append (self->output, self->head.minor == 0 ? "\r\n" : "Transfer-Encoding: chunked\r\n\r\n");
}

/**
 * tc_gateway_conn_write:
 *
 * A piece of the body. It is sent at once; what the client does not take now
 * waits for it.
 *
 * Returns: FALSE when so much waits that the source should pause until drained()
 */
gboolean
tc_gateway_conn_write (TcGatewayConn *self,
                       const char    *bytes,
                       gsize          length)
{
  if (self->state != STATE_ANSWER)
    return TRUE;
  if (length > 0)
    {
      if (self->head.minor != 0)
        g_string_append_printf (self->output, "%" G_GSIZE_MODIFIER "x\r\n", length);
      g_string_append_len (self->output, bytes, (gssize) length);
      if (self->head.minor != 0)
        g_string_append (self->output, "\r\n");
    }
  /* A broken connection is seen by its source, not in the middle of this. */
  flush (self);
  if (self->output->len > self->n_output && self->deadline < 0)
    set_deadline (self, self->stall_us);
  update_watch (self);
  arm (self);
  self->is_slow = self->output->len - self->n_output > BACKLOG_BYTES;
  return !self->is_slow;
}

/** tc_gateway_conn_end: the body is complete */
void
tc_gateway_conn_end (TcGatewayConn *self)
{
  if (self->state != STATE_ANSWER || !self->is_stream)
    return;
  if (self->head.minor != 0)
    g_string_append (self->output, "0\r\n\r\n");
  finish_answer (self);
}
