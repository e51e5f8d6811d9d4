/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Reads what a run says (output.log, events.jsonl, training_status.json) and
 * turns it into progress and into batches for the store. It reads only what is
 * there and never waits; whoever owns it knows when to look. Main thread. */

#pragma once

#include "tc-redactor.h"
#include "tc-store.h"

/* The best-founded reason of a failure seen so far. */
typedef struct {
  char *code;        /* (owned) (nullable) */
  char *text;        /* (owned) (nullable) */
  char *detail;      /* (owned) (nullable) */
  int   weight;
  char *end_status;  /* (owned) (nullable) what the script said of its own end */
} TcRunReason;

typedef struct _TcRunReader TcRunReader;

TcRunReader       *tc_run_reader_new          (TcSession             *session,
                                               const char            *run_dir,
                                               TcClock               *clock,
                                               const TcIngestCursor  *cursor,
                                               GError               **error);
void               tc_run_reader_free         (TcRunReader           *self);
void               tc_run_reader_set_redactor (TcRunReader           *self,
                                               TcRedactor            *redactor);
gboolean           tc_run_reader_read         (TcRunReader           *self,
                                               gboolean               is_last);
void               tc_run_reader_touch        (TcRunReader           *self);
TcIngest          *tc_run_reader_take         (TcRunReader           *self);
GArray            *tc_run_reader_take_new_points (TcRunReader         *self);
const GArray      *tc_run_reader_recall_points   (TcRunReader           *self);
const TcRunReason *tc_run_reader_recall_reason   (TcRunReader           *self);
gint64             tc_run_reader_get_log_size (TcRunReader           *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcRunReader, tc_run_reader_free)
