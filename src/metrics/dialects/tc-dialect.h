/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What the dialects of the log parser share. A dialect is one way in which
 * scripts print their progress: a name, the bytes its lines may start with, and
 * a function that takes a line or leaves it. A new one is one file and one row
 * in the table of tc-log-parser.c.
 *
 * The context is the whole memory of the parser between lines; what a restart
 * must know is in TcDialectState, and nowhere else.
 */

#include "tc-cursor.h"
#include "tc-parse-sink.h"
#include "tc-series-table.h"

G_BEGIN_DECLS

typedef struct
{
  int      epoch;         /* 0: none seen */
  int      total_epochs;
  int      batch;         /* of the epoch */
  int      batches;       /* 0: none seen */
  int      gate_epoch;    /* of the gate that is open, 0: none */
  gint64   step;          /* of scripts that count no epochs */
  gboolean in_traceback;
  gboolean counts_from_zero; /* Lightning: the first epoch is 0 */
  gboolean saw_usage;        /* argparse is complaining */
  gboolean said_end;
} TcDialectState;

typedef struct
{
  TcDialectState     state;
  TcSeriesTable     *table;       /* (unowned) */
  const TcParseSink *sink;        /* (unowned), of this call */
  gpointer           user_data;

  /* A gate has failed and its reasons are being listed; the gate is told with
   * the first line that is not one of them. A restart begins at its line, so
   * that this is not part of the state. */
  GString           *gate_text;   /* (owned) (nullable) */
  gint64             gate_offset;
} TcDialectContext;

/* A line without its end, leading blanks, trailing blanks and escape
 * sequences. */
typedef struct
{
  const char *text;
  gsize       length;
  guint       indent;   /* blanks that were in front */
  gint64      offset;
} TcDialectLine;

typedef struct
{
  const char *name;
  /* The first bytes of its lines; NULL: any letter. */
  const char *first;
  gboolean  (*parse) (TcDialectContext    *context,
                      const TcDialectLine *line);
} TcDialect;

extern const TcDialect tc_dialect_helix;
extern const TcDialect tc_dialect_user_scripts;
extern const TcDialect tc_dialect_hf_trainer;
extern const TcDialect tc_dialect_progress_bar;
extern const TcDialect tc_dialect_keras;
extern const TcDialect tc_dialect_nanogpt;
extern const TcDialect tc_dialect_llm_c;
extern const TcDialect tc_dialect_json_lines;
extern const TcDialect tc_dialect_failures;

static inline TcCursor
tc_dialect_cursor (const TcDialectLine *line)
{
  return (TcCursor) { line->text, line->text + line->length };
}

double   tc_dialect_get_x       (TcDialectContext    *context);
void     tc_dialect_point       (TcDialectContext    *context,
                                 guint                series,
                                 double               x,
                                 double               value,
                                 gint64               offset);
void     tc_dialect_epoch       (TcDialectContext    *context,
                                 int                  epoch,
                                 int                  total_epochs,
                                 gint64               offset);
void     tc_dialect_batch       (TcDialectContext    *context,
                                 int                  batch,
                                 int                  batches,
                                 gint64               offset);
void     tc_dialect_model       (TcDialectContext    *context,
                                 gint64               parameters,
                                 gint64               offset);
void     tc_dialect_checkpoint  (TcDialectContext    *context,
                                 const char          *path,
                                 gsize                length,
                                 gboolean             best,
                                 gint64               offset);
void     tc_dialect_gate        (TcDialectContext    *context,
                                 int                  epoch,
                                 const char          *result,
                                 const char          *text,
                                 gssize               length,
                                 gint64               offset);
void     tc_dialect_message     (TcDialectContext    *context,
                                 const char          *severity,
                                 const char          *text,
                                 gsize                length,
                                 gint64               offset);
void     tc_dialect_reason      (TcDialectContext    *context,
                                 const char          *code,
                                 int                  weight,
                                 const TcDialectLine *line,
                                 const char          *format,
                                 ...) G_GNUC_PRINTF (5, 6);
void     tc_dialect_end         (TcDialectContext    *context,
                                 const char          *status,
                                 const TcDialectLine *line);
void     tc_dialect_close_gate  (TcDialectContext    *context);
const char *tc_dialect_guess_code (const TcCursor     *text);

gboolean tc_dialect_traceback   (TcDialectContext    *context,
                                 const TcDialectLine *line);
gboolean tc_dialect_is_bar      (const char          *text,
                                 gsize                length);
gboolean tc_dialect_json        (TcDialectContext    *context,
                                 const char          *text,
                                 gsize                length,
                                 gint64               offset);

G_END_DECLS
