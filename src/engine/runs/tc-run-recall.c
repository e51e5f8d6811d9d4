/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-run-recall.h"

#include <errno.h>
#include <unistd.h>

#include "tc-events.h"
#include "tc-line-splitter.h"

/* Why a run failed stands near the end of what it said. */
#define RECALL_BYTES (1024 * 1024)

/**
 * tc_run_read_at:
 *
 * Returns: bytes read; 0 at the end, and where nothing can be read
 */
gssize
tc_run_read_at (int     fd,
                char   *buffer,
                gsize   size,
                gint64  offset)
{
  gssize n;

  do
    n = pread (fd, buffer, size, offset);
  while (n < 0 && errno == EINTR);

  return MAX (n, 0);
}

/* Returns: (transfer full): the last of what stands between @start and @end */
static char *
read_tail (int     fd,
           gint64 *start,
           gint64  end,
           gssize *n)
{
  char *buffer = g_malloc (RECALL_BYTES);

  *start = MAX (*start, end - RECALL_BYTES);
  *n = fd >= 0 && end > *start ? tc_run_read_at (fd, buffer, (gsize) (end - *start), *start) : 0;

  return buffer;
}

/**
 * tc_run_recall_log:
 * @fd: the log, or -1
 * @start: where to begin at the earliest, in bytes
 * @end: where to end
 * @parser: a new one
 *
 * Tells @sink once more what the log says.
 */
void
tc_run_recall_log (int                fd,
                   gint64             start,
                   gint64             end,
                   TcLogParser       *parser,
                   const TcParseSink *sink,
                   gpointer           user_data)
{
  gssize n;
  g_autofree char *buffer = read_tail (fd, &start, end, &n);

  tc_log_parser_push (parser, buffer, (gsize) n, start, sink, user_data);
  tc_log_parser_finish (parser, sink, user_data);
}

typedef struct
{
  TcSeriesTable     *names;
  const TcParseSink *sink;
  gpointer           user_data;
} EventLines;

static void
on_event_line (const TcLine *line,
               gpointer      user_data)
{
  EventLines *lines = user_data;

  tc_events_parse_line (line->text, line->length, line->start, lines->names, lines->sink, lines->user_data);
}

/**
 * tc_run_recall_events:
 * @fd: the events, or -1
 * @start: where to begin at the earliest, in bytes
 * @end: where to end
 * @names: what names its points
 *
 * Tells @sink once more what the events say.
 */
void
tc_run_recall_events (int                fd,
                      gint64             start,
                      gint64             end,
                      TcSeriesTable     *names,
                      const TcParseSink *sink,
                      gpointer           user_data)
{
  EventLines lines = { names, sink, user_data };
  gssize n;
  g_autofree char *buffer = read_tail (fd, &start, end, &n);
  g_autoptr(TcLineSplitter) splitter = tc_line_splitter_new (TC_LINE_SPLITTER_DEFAULT, start);

  tc_line_splitter_push (splitter, buffer, (gsize) n, on_event_line, &lines);
  tc_line_splitter_finish (splitter, on_event_line, &lines);
}
