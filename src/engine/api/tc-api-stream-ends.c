/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-api-stream-ends.h"

struct _TcApiInput
{
  GInputStream  parent_instance;
  TcApiStream  *connection; /* (unowned) (nullable) detaches before it goes */
};

struct _TcApiOutput
{
  GOutputStream  parent_instance;
  TcApiStream   *connection; /* (unowned) (nullable) */
};

static void input_pollable_init  (GPollableInputStreamInterface  *iface);
static void output_pollable_init (GPollableOutputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TcApiInput, tc_api_input, G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                      input_pollable_init))
G_DEFINE_FINAL_TYPE_WITH_CODE (TcApiOutput, tc_api_output, G_TYPE_OUTPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM,
                                                      output_pollable_init))

static gssize
fail_closed (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The connection is closed");
  return -1;
}

static gssize
tc_api_input_read_nonblocking (GPollableInputStream  *stream,
                               void                  *buffer,
                               gsize                  count,
                               GError               **error)
{
  TcApiInput *self = TC_API_INPUT (stream);

  if (self->connection == NULL)
    return fail_closed (error);
  return tc_api_stream_receive (self->connection, buffer, count, error);
}

/* Nobody in this process may block on a client. */
static gssize
tc_api_input_read (GInputStream  *stream,
                   void          *buffer,
                   gsize          count,
                   GCancellable  *cancellable,
                   GError       **error)
{
  return tc_api_input_read_nonblocking (G_POLLABLE_INPUT_STREAM (stream), buffer, count, error);
}

static gboolean
tc_api_input_is_readable (GPollableInputStream *stream)
{
  TcApiInput *self = TC_API_INPUT (stream);

  return self->connection == NULL || tc_api_stream_has_input (self->connection);
}

static GSource *
tc_api_input_create_source (GPollableInputStream *stream,
                            GCancellable         *cancellable)
{
  TcApiInput *self = TC_API_INPUT (stream);
  g_autoptr (GSource) child = NULL;

  if (self->connection == NULL)
    child = g_timeout_source_new (0);
  else
    child = tc_api_stream_create_source (self->connection, G_IO_IN, cancellable);
  return g_pollable_source_new_full (stream, child, cancellable);
}

static void
input_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = tc_api_input_is_readable;
  iface->create_source = tc_api_input_create_source;
  iface->read_nonblocking = tc_api_input_read_nonblocking;
}

static void
tc_api_input_class_init (TcApiInputClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->read_fn = tc_api_input_read;
}

static void
tc_api_input_init (TcApiInput *self)
{
}

/** tc_api_input_new: Returns: (transfer full) */
GInputStream *
tc_api_input_new (TcApiStream *connection)
{
  TcApiInput *self = g_object_new (TC_TYPE_API_INPUT, NULL);

  self->connection = connection;
  return G_INPUT_STREAM (self);
}

/** tc_api_input_detach: the connection goes away; reads fail from now on */
void
tc_api_input_detach (TcApiInput *self)
{
  self->connection = NULL;
}

static gssize
tc_api_output_write (GOutputStream  *stream,
                     const void     *buffer,
                     gsize           count,
                     GCancellable   *cancellable,
                     GError        **error)
{
  TcApiOutput *self = TC_API_OUTPUT (stream);

  if (self->connection == NULL)
    return fail_closed (error);
  return tc_api_stream_send (self->connection, buffer, count, error);
}

static gssize
tc_api_output_write_nonblocking (GPollableOutputStream  *stream,
                                 const void             *buffer,
                                 gsize                   count,
                                 GError                **error)
{
  return tc_api_output_write (G_OUTPUT_STREAM (stream), buffer, count, NULL, error);
}

static gboolean
tc_api_output_is_writable (GPollableOutputStream *stream)
{
  return TRUE;
}

static GSource *
tc_api_output_create_source (GPollableOutputStream *stream,
                             GCancellable          *cancellable)
{
  TcApiOutput *self = TC_API_OUTPUT (stream);
  g_autoptr (GSource) child = NULL;

  if (self->connection == NULL)
    child = g_timeout_source_new (0);
  else
    child = tc_api_stream_create_source (self->connection, G_IO_OUT, cancellable);
  return g_pollable_source_new_full (stream, child, cancellable);
}

static void
output_pollable_init (GPollableOutputStreamInterface *iface)
{
  iface->is_writable = tc_api_output_is_writable;
  iface->create_source = tc_api_output_create_source;
  iface->write_nonblocking = tc_api_output_write_nonblocking;
}

static void
tc_api_output_class_init (TcApiOutputClass *klass)
{
  G_OUTPUT_STREAM_CLASS (klass)->write_fn = tc_api_output_write;
}

static void
tc_api_output_init (TcApiOutput *self)
{
}

/** tc_api_output_new: Returns: (transfer full) */
GOutputStream *
tc_api_output_new (TcApiStream *connection)
{
  TcApiOutput *self = g_object_new (TC_TYPE_API_OUTPUT, NULL);

  self->connection = connection;
  return G_OUTPUT_STREAM (self);
}

/** tc_api_output_detach: the connection goes away; writes fail from now on */
void
tc_api_output_detach (TcApiOutput *self)
{
  self->connection = NULL;
}
