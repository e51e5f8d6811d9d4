/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Cuts a byte stream into lines, whatever the chunks it arrives in. Knows the
 * progress bars of training scripts: a lone \r ends an update of a line, \r\n
 * is one line end even when a read falls between the two. Offsets are absolute
 * and count every byte, also those beyond the length that is kept.
 *
 * A \r that is the last byte so far is ambiguous, so push() holds its line back
 * until the next byte. A live view that does not want to wait calls
 * flush_progress(): the line comes out as a \r update, and a \n that follows
 * is swallowed (it adds no line).
 *
 * An update without text (\r\r) is no line. One owner, one thread.
 */

#include <glib.h>

G_BEGIN_DECLS

#define TC_LINE_MAX_BYTES (64 * 1024)

typedef enum
{
  TC_LINE_END_NONE, /* the stream ended here */
  TC_LINE_END_LF,
  TC_LINE_END_CR,   /* a progress update: the next line overwrites it */
  TC_LINE_END_CRLF,
} TcLineEnd;

typedef enum
{
  TC_LINE_SPLITTER_DEFAULT  = 0,
  /* Only the last update of each line comes out, once its \n is there. */
  TC_LINE_SPLITTER_COALESCE = 1 << 0,
} TcLineSplitterFlags;

typedef struct
{
  const char *text;      /* (not nul-terminated), without the line end */
  gsize       length;    /* at most TC_LINE_MAX_BYTES */
  gint64      start;     /* offset of the first byte of the line */
  gint64      end;       /* offset behind the line end */
  TcLineEnd   line_end;
  gboolean    truncated; /* the line was longer than length */
  guint       updates;   /* COALESCE: updates this line replaced */
} TcLine;

typedef void (*TcLineFunc) (const TcLine *line,
                            gpointer      user_data);

typedef struct _TcLineSplitter TcLineSplitter;

TcLineSplitter *tc_line_splitter_new            (TcLineSplitterFlags flags,
                                                 gint64              offset);
void            tc_line_splitter_free           (TcLineSplitter     *self);
void            tc_line_splitter_reset          (TcLineSplitter     *self,
                                                 gint64              offset);
void            tc_line_splitter_push           (TcLineSplitter     *self,
                                                 const char         *bytes,
                                                 gsize               length,
                                                 TcLineFunc          func,
                                                 gpointer            user_data);
void            tc_line_splitter_flush_progress (TcLineSplitter     *self,
                                                 TcLineFunc          func,
                                                 gpointer            user_data);
void            tc_line_splitter_finish         (TcLineSplitter     *self,
                                                 TcLineFunc          func,
                                                 gpointer            user_data);
gint64          tc_line_splitter_get_offset     (TcLineSplitter     *self);
gint64          tc_line_splitter_get_line_start (TcLineSplitter     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcLineSplitter, tc_line_splitter_free)

G_END_DECLS
