/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* One call: write the request, read the answer, within its time and its caps. */

#include "config.h"

#include <string.h>

#include "tc-upstream-private.h"

#define CONNECT_TIMEOUT (5 * G_USEC_PER_SEC)
#define IDLE_TIMEOUT    (120 * G_USEC_PER_SEC)
#define TOTAL_TIMEOUT   (600 * G_USEC_PER_SEC)
#define LOOK_INTERVAL   (30 * G_USEC_PER_SEC)

/* Later than this a server that hangs up may well have begun to answer, and
 * asking it again would be paid twice. */
#define RESEND_WITHIN   (2 * G_USEC_PER_SEC)

/* A stream of 128,000 tokens with all its wrapping is some 50 MB. */
#define BODY_MAX_BYTES  (256 * 1024 * 1024)

/* Interim answers (103 Early Hints) before the real one. */
#define INTERIM_MAX     4

#define READS_AT_ONCE   4

typedef enum
{
  STATE_CONNECT,
  STATE_HEAD,
  STATE_BODY,
  STATE_DONE,
} State;

struct _TcUpstreamCall
{
  grefcount         ref_count;
  TcUpstream       *upstream;    /* (owned) */
  TcUpstreamTarget  target;
  TcUpstreamFuncs   funcs;       /* none once it is freed by its owner */
  gpointer          user_data;
  GCancellable     *cancellable; /* (owned) of the connecting */

  TcUpstreamLink   *link;        /* (owned) (nullable) */
  GSource          *output;      /* (owned) (nullable) while the request does not fit */
  GSource          *timer;       /* (owned) */

  State             state;
  GString          *request;     /* (owned) (nullable) head with the key, and body; as long as it may
                                  * have to be sent */
  gsize             n_sent;
  gboolean          was_sent;
  gboolean          may_resend;  /* on a connection that was used before, and nothing has come */
  GByteArray       *head;        /* (owned) (nullable) what has come of it, if it came in pieces */
  TcHttpBody        body;
  guint             n_interim;
  gboolean          may_keep;    /* the connection can be used again */
  gboolean          is_paused;
  gint64            deadline;    /* monotonic µs, for all of it */
  gint64            last_byte;   /* monotonic µs; of the answer, or when the request went out */
};

static TcUpstreamCall *
call_ref (TcUpstreamCall *self)
{
  g_ref_count_inc (&self->ref_count);
  return self;
}

static void
wipe_request (TcUpstreamCall *self)
{
  if (self->request == NULL)
    return;
  explicit_bzero (self->request->str, self->request->allocated_len);
  g_string_free (g_steal_pointer (&self->request), TRUE);
}

static void
call_unref (TcUpstreamCall *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;
  wipe_request (self);
  g_clear_pointer (&self->head, g_byte_array_unref);
  g_clear_object (&self->cancellable);
  tc_upstream_target_clear (&self->target);
  tc_upstream_unref (self->upstream);
  g_free (self);
}

static void
drop_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/* Nothing happens after this; the connection goes back or away. */
static void
stop (TcUpstreamCall *self,
      gboolean        keep_link)
{
  if (self->state == STATE_CONNECT)
    g_cancellable_cancel (self->cancellable);
  self->state = STATE_DONE;
  drop_source (&self->timer);
  drop_source (&self->output);
  if (self->link == NULL)
    return;
  if (keep_link)
    tc_upstream_give_back (self->upstream, g_steal_pointer (&self->link));
  else
    g_clear_pointer (&self->link, tc_upstream_link_free);
}

static void
fail (TcUpstreamCall    *self,
      TcUpstreamProblem  problem,
      const char        *message)
{
  TcUpstreamFailure failure = { problem, self->was_sent, message };

  if (self->state == STATE_DONE)
    return;
  stop (self, FALSE);
  if (self->funcs.failed != NULL)
    self->funcs.failed (self, &failure, self->user_data);
}

static void
fail_with_name (TcUpstreamCall    *self,
                TcUpstreamProblem  problem,
                const char        *format)
{
  g_autofree char *message = g_strdup_printf (format, self->target.authority);

  fail (self, problem, message);
}

/* Moving a timer wakes the main loop up, so it is not moved with every byte or
 * stage: it looks in now and then and finds out by itself. */
static gint64
next_look (TcUpstreamCall *self,
           gint64          now)
{
  gint64 next = MIN (self->deadline, now + LOOK_INTERVAL);

  if (self->state == STATE_CONNECT)
    next = MIN (next, now + CONNECT_TIMEOUT);
  if (self->state == STATE_BODY && !self->is_paused)
    next = MIN (next, self->last_byte + IDLE_TIMEOUT);
  return next;
}

static gboolean
on_timer (gpointer user_data)
{
  TcUpstreamCall *self = user_data;
  gint64 now = g_get_monotonic_time ();

  if (self->state == STATE_CONNECT)
    fail_with_name (self, TC_UPSTREAM_TIMEOUT, "%s took no connection within five seconds.");
  else if (now >= self->deadline)
    fail_with_name (self, TC_UPSTREAM_TIMEOUT, "%s did not get ready with its answer in time.");
  else if (self->state == STATE_BODY && !self->is_paused && now >= self->last_byte + IDLE_TIMEOUT)
    fail_with_name (self, TC_UPSTREAM_TIMEOUT, "%s fell silent in the middle of its answer.");
  else
    g_source_set_ready_time (self->timer, next_look (self, now));
  return G_SOURCE_CONTINUE;
}

static void
finish (TcUpstreamCall *self)
{
  stop (self, self->may_keep && self->request == NULL);
  if (self->funcs.end != NULL)
    self->funcs.end (self, self->user_data);
}

/* Returns FALSE when it failed or waits for more. @used: bytes of the head. */
static gboolean
take_head (TcUpstreamCall *self,
           const char     *bytes,
           gsize           length,
           gsize          *used)
{
  g_auto (TcHttpHead) head = { NULL };
  const char *reason = NULL;
  gssize end = tc_http_head_find_end (bytes, length);

  if ((end < 0 && length > TC_HTTP_ANSWER_MAX_BYTES) || end > TC_HTTP_ANSWER_MAX_BYTES)
    {
      fail_with_name (self, TC_UPSTREAM_BAD_ANSWER, "The head of %s's answer is too long to be one.");
      return FALSE;
    }
  if (end < 0)
    return FALSE;
  if (!tc_http_answer_parse (&head, bytes, (gsize) end, BODY_MAX_BYTES, &reason) ||
      head.status == 101)
    {
      fail_with_name (self, TC_UPSTREAM_BAD_ANSWER, "What %s answered is not proper HTTP.");
      return FALSE;
    }

  *used = (gsize) end;
  if (head.status < 200)
    {
      if (++self->n_interim > INTERIM_MAX)
        fail_with_name (self, TC_UPSTREAM_BAD_ANSWER, "%s keeps announcing an answer without giving one.");
      return self->state == STATE_HEAD;
    }

  tc_http_body_init (&self->body, &head);
  self->may_keep = head.minor == 1 && head.framing != TC_HTTP_FRAMING_CLOSE &&
                   !tc_http_head_has_word (&head, "Connection", "close");
  self->state = STATE_BODY;
  if (self->funcs.head != NULL)
    self->funcs.head (self, &head, self->user_data);
  return self->state == STATE_BODY;
}

static void
take_body (TcUpstreamCall *self,
           const char     *bytes,
           gsize           length)
{
  g_autoptr (GByteArray) payload = NULL;
  const char *reason = NULL;
  gsize used = 0;
  guint status;

  if (length > 0 && self->body.framing != TC_HTTP_FRAMING_NONE)
    {
      payload = g_byte_array_sized_new ((guint) length);
      status = tc_http_body_read (&self->body, bytes, length, &used, payload, &reason);
      if (status != 0)
        {
          fail_with_name (self, TC_UPSTREAM_BAD_ANSWER,
                          status == 413 ? "The answer of %s is too long to be one."
                                        : "What %s answered is not proper HTTP.");
          return;
        }
      if (payload->len > 0 && self->funcs.data != NULL)
        self->funcs.data (self, (const char *) payload->data, payload->len, self->user_data);
    }
  if (self->state != STATE_BODY || !tc_http_body_is_done (&self->body))
    return;
  if (used < length)
    self->may_keep = FALSE;
  finish (self);
}

static void
take_bytes (TcUpstreamCall *self,
            const char     *bytes,
            gsize           length)
{
  g_autoptr (GByteArray) whole = NULL;
  gsize used = 0;

  self->last_byte = g_get_monotonic_time ();
  if (self->may_resend)
    {
      self->may_resend = FALSE;
      if (self->n_sent == self->request->len)
        wipe_request (self);
    }
  if (self->state == STATE_HEAD && self->head != NULL)
    {
      whole = g_steal_pointer (&self->head);
      g_byte_array_append (whole, (const guint8 *) bytes, (guint) length);
      bytes = (const char *) whole->data;
      length = whole->len;
    }

  while (self->state == STATE_HEAD)
    {
      if (!take_head (self, bytes, length, &used))
        break;
      bytes += used;
      length -= used;
    }
  if (self->state == STATE_HEAD && length > 0)
    {
      self->head = g_byte_array_new ();
      g_byte_array_append (self->head, (const guint8 *) bytes, (guint) length);
    }
  else if (self->state == STATE_BODY)
    take_body (self, bytes, length);
}

static void on_link (TcUpstreamLink    *link,
                     TcUpstreamProblem  problem,
                     const char        *message,
                     gpointer           user_data);

static void
connect_anew (TcUpstreamCall *self)
{
  self->state = STATE_CONNECT;
  self->cancellable = g_cancellable_new ();
  tc_upstream_connect (self->upstream, &self->target, self->cancellable, on_link, call_ref (self));
}

/* A server closes a connection that was idle just as a request is on its way,
 * and never sees it. Only then, only before a byte of an answer, and only once:
 * the connection after this is new. */
static void
send_again (TcUpstreamCall *self)
{
  self->may_resend = FALSE;
  self->n_sent = 0;
  drop_source (&self->output);
  g_clear_pointer (&self->link, tc_upstream_link_free);
  connect_anew (self);
  g_source_set_ready_time (self->timer, next_look (self, g_get_monotonic_time ()));
}

static void
take_end (TcUpstreamCall *self)
{
  if (self->may_resend && g_get_monotonic_time () < self->last_byte + RESEND_WITHIN)
    send_again (self);
  else if (self->state == STATE_BODY && self->body.framing == TC_HTTP_FRAMING_CLOSE)
    finish (self);
  else if (self->state == STATE_BODY)
    fail_with_name (self, TC_UPSTREAM_CUT_OFF, "%s hung up in the middle of its answer.");
  else
    fail_with_name (self, TC_UPSTREAM_CUT_OFF, "%s hung up without an answer.");
}

static void
read_some (TcUpstreamCall *self)
{
  gsize size;
  char *scratch = tc_upstream_get_scratch (self->upstream, &size);

  for (guint i = 0; i < READS_AT_ONCE; i++)
    {
      g_autoptr (GError) error = NULL;
      gssize n = g_pollable_input_stream_read_nonblocking (self->link->in, scratch, size, NULL,
                                                           &error);

      if (n > 0)
        take_bytes (self, scratch, (gsize) n);
      else if (n == 0 || !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        take_end (self);
      if (n <= 0 || (gsize) n < size || self->state == STATE_DONE || self->is_paused)
        return;
    }
}

static void
on_readable (gpointer user_data)
{
  TcUpstreamCall *self = call_ref (user_data);

  read_some (self);
  call_unref (self);
}

static gboolean on_writable (GObject  *stream,
                             gpointer  user_data);

/* A server may refuse a request before it has read it all; when it takes no
 * more, what it has said already is still read. */
static void
write_some (TcUpstreamCall *self)
{
  g_autoptr (GError) error = NULL;
  gssize n;

  while (self->request != NULL && self->n_sent < self->request->len)
    {
      n = g_pollable_output_stream_write_nonblocking (self->link->out,
                                                      self->request->str + self->n_sent,
                                                      self->request->len - self->n_sent, NULL,
                                                      &error);
      if (n < 0)
        break;
      self->was_sent = TRUE;
      self->n_sent += (gsize) n;
      if (self->n_sent == self->request->len && !self->may_resend)
        wipe_request (self);
    }

  if (self->request != NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    {
      if (self->output != NULL)
        return;
      self->output = g_pollable_output_stream_create_source (self->link->out, NULL);
      g_source_set_callback (self->output, G_SOURCE_FUNC (on_writable), self, NULL);
      g_source_attach (self->output, g_main_context_get_thread_default ());
    }
  else
    drop_source (&self->output);
}

static gboolean
on_writable (GObject  *stream,
             gpointer  user_data)
{
  write_some (user_data);
  return G_SOURCE_CONTINUE;
}

static void
begin (TcUpstreamCall *self,
       TcUpstreamLink *link)
{
  self->link = link;
  self->state = STATE_HEAD;
  self->last_byte = g_get_monotonic_time ();
  link->func = on_readable;
  link->user_data = self;
  tc_upstream_link_set_watched (link, !self->is_paused);
  write_some (self);
}

static void
on_link (TcUpstreamLink    *link,
         TcUpstreamProblem  problem,
         const char        *message,
         gpointer           user_data)
{
  TcUpstreamCall *self = user_data;

  if (self->state != STATE_CONNECT)
    {
      g_clear_pointer (&link, tc_upstream_link_free);
    }
  else if (link != NULL)
    {
      begin (self, link);
      g_source_set_ready_time (self->timer, next_look (self, g_get_monotonic_time ()));
    }
  else
    fail (self, problem, message);
  call_unref (self);
}

static gboolean
dispatch_timer (GSource     *source,
                GSourceFunc  callback,
                gpointer     user_data)
{
  TcUpstreamCall *self = call_ref (user_data);
  gboolean more = callback (user_data);

  call_unref (self);
  return more;
}

static GSourceFuncs timer_funcs = { .dispatch = dispatch_timer };

/* Room for all of it from the start: growing would leave copies of the key. */
static GString *
build_request (const TcUpstreamTarget  *target,
               const TcUpstreamRequest *request)
{
  GString *text = g_string_sized_new (strlen (target->path) + strlen (target->authority) +
                                      request->headers->len + request->length + 128);

  g_string_append (text, request->method);
  g_string_append_c (text, ' ');
  g_string_append (text, target->path);
  g_string_append (text, " HTTP/1.1\r\nHost: ");
  g_string_append (text, target->authority);
  g_string_append (text, "\r\n");
  g_string_append_len (text, request->headers->str, (gssize) request->headers->len);
  if (request->body != NULL)
    g_string_append_printf (text, "Content-Length: %" G_GSIZE_FORMAT "\r\n", request->length);
  g_string_append (text, "\r\n");
  if (request->body != NULL)
    g_string_append_len (text, request->body, (gssize) request->length);

  return text;
}

/**
 * tc_upstream_send:
 * @request: copied
 * @funcs: told what happens, never before this returns
 *
 * Returns: (transfer full) (nullable): a call; NULL when the address makes no sense
 */
TcUpstreamCall *
tc_upstream_send (TcUpstream              *upstream,
                  const TcUpstreamRequest *request,
                  const TcUpstreamFuncs   *funcs,
                  gpointer                 user_data)
{
  TcUpstreamTarget target = { NULL };
  TcUpstreamCall *self;
  TcUpstreamLink *link;
  gint64 now = g_get_monotonic_time ();

  if (!tc_upstream_target_init (&target, request->url))
    return NULL;

  self = g_new0 (TcUpstreamCall, 1);
  g_ref_count_init (&self->ref_count);
  self->upstream = tc_upstream_ref (upstream);
  self->target = target;
  self->funcs = *funcs;
  self->user_data = user_data;
  self->request = build_request (&self->target, request);
  self->deadline = now + (request->timeout_ms > 0 ? request->timeout_ms * G_GINT64_CONSTANT (1000)
                                                  : TOTAL_TIMEOUT);
  link = tc_upstream_take_idle (upstream, &self->target);
  self->may_resend = link != NULL;
  if (link != NULL)
    begin (self, link);
  else
    connect_anew (self);
  self->timer = g_source_new (&timer_funcs, sizeof (GSource));
  g_source_set_static_name (self->timer, "tc-upstream timeout");
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_set_ready_time (self->timer, next_look (self, now));
  g_source_attach (self->timer, g_main_context_get_thread_default ());
  return self;
}

/** tc_upstream_call_set_paused: while paused nothing is read, and the sender is slowed down */
void
tc_upstream_call_set_paused (TcUpstreamCall *self,
                             gboolean        is_paused)
{
  if (self->is_paused == is_paused || self->state == STATE_DONE)
    return;
  self->is_paused = is_paused;
  self->last_byte = g_get_monotonic_time ();
  if (self->link != NULL)
    tc_upstream_link_set_watched (self->link, !is_paused);
}

/** tc_upstream_call_was_sent: Returns: whether a byte of the request has left */
gboolean
tc_upstream_call_was_sent (TcUpstreamCall *self)
{
  return self->was_sent;
}

/**
 * tc_upstream_call_free:
 *
 * Lets go of the call; if it is still on, the connection is cut, which is how a
 * provider learns to stop.
 */
void
tc_upstream_call_free (TcUpstreamCall *self)
{
  memset (&self->funcs, 0, sizeof self->funcs);
  if (self->state != STATE_DONE)
    stop (self, FALSE);
  call_unref (self);
}
