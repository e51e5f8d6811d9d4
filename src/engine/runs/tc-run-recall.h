/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Reads the files of a run once more, near the end of what was read: what
 * learns from a run, and why it failed, live in an engine and are lost with it.
 * Main thread; a megabyte of each at most.
 */

#include "tc-log-parser.h"
#include "tc-series-table.h"

G_BEGIN_DECLS

void   tc_run_recall_log    (int                fd,
                             gint64             start,
                             gint64             end,
                             TcLogParser       *parser,
                             const TcParseSink *sink,
                             gpointer           user_data);
void   tc_run_recall_events (int                fd,
                             gint64             start,
                             gint64             end,
                             TcSeriesTable     *names,
                             const TcParseSink *sink,
                             gpointer           user_data);
gssize tc_run_read_at       (int                fd,
                             char              *buffer,
                             gsize              size,
                             gint64             offset);

G_END_DECLS
