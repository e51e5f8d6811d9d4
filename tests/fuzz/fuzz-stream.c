/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Streams of answers in every format, in pieces, and passed on in every format:
 * the pieces do not matter, counts are never negative, and whatever a provider
 * sends, a client gets UTF-8 of bounded length. The first byte chooses the
 * provider and the size of the pieces. */

#include <glib.h>

#include "fuzz.h"
#include "tc-wire.h"

#define N_WRITERS 3

/* The frame of a chunk; a text of n bytes may take six times as much in JSON. */
#define MAX_FRAME 2048
#define MAX_GROWTH 8

typedef struct
{
  TcStreamWriter *writers[N_WRITERS];
  GString        *out[N_WRITERS];
  guint           n_events;
  gboolean        is_over;
} Reading;

static void
take (const TcChatEvent *event,
      gpointer           user_data)
{
  Reading *self = user_data;

  g_assert (!self->is_over);
  g_assert (event->usage.input >= 0 && event->usage.cache_read >= 0 && event->usage.cache_write >= 0 &&
            event->usage.output >= 0);
  g_assert (event->usage.exact == TC_MONEY_UNKNOWN || event->usage.exact >= 0);
  g_assert (event->text == NULL || g_utf8_validate (event->text, -1, NULL));
  g_assert (event->kind != TC_EVENT_TOOL_START || (event->id != NULL && event->name != NULL));
  g_assert ((event->kind == TC_EVENT_ERROR) == (event->error != NULL));
  self->is_over = event->kind == TC_EVENT_END || event->kind == TC_EVENT_ERROR;
  self->n_events++;
  for (guint i = 0; i < N_WRITERS; i++)
    tc_stream_writer_write (self->writers[i], event, self->out[i]);
}

static void
begin (Reading *self)
{
  for (guint i = 0; i < N_WRITERS; i++)
    {
      self->writers[i] = tc_stream_writer_new ((TcProviderWire) i, "m", TRUE);
      self->out[i] = g_string_new (NULL);
    }
}

static void
end (Reading *self,
     gsize    size)
{
  for (guint i = 0; i < N_WRITERS; i++)
    {
      g_assert (g_utf8_validate_len (self->out[i]->str, self->out[i]->len, NULL));
      g_assert (self->out[i]->len <= (self->n_events + 4) * MAX_FRAME + size * MAX_GROWTH);
      tc_stream_writer_free (self->writers[i]);
      g_string_free (self->out[i], TRUE);
    }
}

/* Returns: a number that the pieces must not change. */
static guint64
read_stream (const TcProvider *provider,
             const char       *bytes,
             gsize             size,
             gsize             piece)
{
  Reading self = { { NULL }, { NULL }, 0, FALSE };
  g_autoptr(TcStreamReader) reader = NULL;
  gboolean is_good = TRUE;
  gint64 text_bytes;

  begin (&self);
  reader = tc_stream_reader_new (provider, "sk-canary", take, &self);
  for (gsize at = 0; is_good && at < size; at += piece)
    is_good = tc_stream_reader_feed (reader, bytes + at, MIN (piece, size - at), NULL);
  tc_stream_reader_finish (reader);
  text_bytes = tc_stream_reader_get_text_bytes (reader);
  g_assert (text_bytes >= 0 && text_bytes <= (gint64) (3 * size));
  g_assert (tc_stream_reader_is_complete (reader) || !is_good || self.is_over);
  end (&self, size);

  return (guint64) text_bytes * 1000 + self.n_events;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  const TcProvider *provider;
  const char *bytes = (const char *) data + 1;
  guint64 whole;

  if (size < 2)
    return 0;
  provider = tc_provider_get (data[0] % TC_PROVIDER_N);
  whole = read_stream (provider, bytes, size - 1, size);
  g_assert (whole == read_stream (provider, bytes, size - 1, 1 + data[0] / TC_PROVIDER_N % 16));

  return 0;
}
