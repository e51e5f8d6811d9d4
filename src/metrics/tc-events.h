/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The events file of a script ($TRAINING_CENTER_EVENTS) and JSON lines on its
 * standard output: one object a line, in the shape of the script contract, of
 * the status WebSocket or of LLaMA-Factory's trainer_log.jsonl. Whoever tails
 * the file cuts the lines with a TcLineSplitter. Any thread; the table is the
 * caller's.
 */

#include "tc-parse-sink.h"
#include "tc-series-table.h"

G_BEGIN_DECLS

gboolean tc_events_parse_line (const char        *line,
                               gsize              length,
                               gint64             offset,
                               TcSeriesTable     *table,
                               const TcParseSink *sink,
                               gpointer           user_data);

G_END_DECLS
