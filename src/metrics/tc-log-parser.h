/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Reads the output of a training script, of whichever make, and tells a sink
 * what it says: points, epochs, gates, checkpoints, the reason of a failure.
 * Feed it the raw bytes in order, in any chunks: the result is the same.
 *
 * Restart: store get_offset() and save_state() in the same transaction as the
 * points; a new parser with load_state() that is fed from that offset on goes
 * on exactly where the old one was, and repeats nothing. One owner, one
 * thread.
 */

#include "tc-parse-sink.h"
#include "tc-series-table.h"

G_BEGIN_DECLS

typedef struct _TcLogParser TcLogParser;

TcLogParser   *tc_log_parser_new              (const char        *user_regex,
                                               GError           **error);
void           tc_log_parser_free             (TcLogParser       *self);
void           tc_log_parser_push             (TcLogParser       *self,
                                               const char        *bytes,
                                               gsize              length,
                                               gint64             offset,
                                               const TcParseSink *sink,
                                               gpointer           user_data);
void           tc_log_parser_finish           (TcLogParser       *self,
                                               const TcParseSink *sink,
                                               gpointer           user_data);
gint64         tc_log_parser_get_offset       (TcLogParser       *self);
char          *tc_log_parser_save_state       (TcLogParser       *self);
gboolean       tc_log_parser_load_state       (TcLogParser       *self,
                                               const char        *state,
                                               GError           **error);
const char    *tc_log_parser_get_dialect      (TcLogParser       *self);
TcSeriesTable *tc_log_parser_get_series_table (TcLogParser       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcLogParser, tc_log_parser_free)

G_END_DECLS
