/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* Where the parsers put what they find: a table of functions, each of which
 * may be NULL, called in the order of the lines. Strings and structs are
 * borrowed for the call, valid UTF-8, sanitised for display. 0 stands for an
 * unknown epoch, total or count; NULL for an unknown text; offset is that of
 * the line's first byte.
 */

#include "tc-point.h"

G_BEGIN_DECLS

typedef struct
{
  const char *path;
  int         epoch;
  gboolean    best;
  gint64      bytes;    /* -1: not said */
  const char *sha256;
  double      val_loss; /* NaN: not said */
  gint64      offset;
} TcParsedCheckpoint;

typedef struct
{
  int         epoch;
  const char *result;   /* "pass", "warn", "fail" or "skipped" */
  const char *text;     /* the line or the listed reasons, for people */
  const char *report;   /* path of the JSON report */
  gint64      offset;
} TcParsedGate;

/* Why a run is failing. A later, better-founded reason replaces an earlier
 * one; `weight` says how well founded (100 names the cause, 10 is a guess). */
typedef struct
{
  const char *code;     /* of the list in design.md 5: "cuda-oom", "nan", … */
  const char *text;     /* a sentence for people */
  const char *detail;   /* the line it was read from */
  int         weight;
  gint64      offset;
} TcParsedReason;

typedef struct
{
  void (*point)      (const TcPoint            *point,
                      gpointer                  user_data);
  void (*epoch)      (int                       epoch,
                      int                       total_epochs,
                      gint64                    offset,
                      gpointer                  user_data);
  void (*batch)      (int                       epoch,
                      int                       batch,
                      int                       batches,
                      gint64                    offset,
                      gpointer                  user_data);
  void (*phase)      (int                       phase,
                      gint64                    offset,
                      gpointer                  user_data);
  void (*model)      (gint64                    parameters,
                      const char               *target,
                      gint64                    offset,
                      gpointer                  user_data);
  void (*gate)       (const TcParsedGate       *gate,
                      gpointer                  user_data);
  void (*checkpoint) (const TcParsedCheckpoint *checkpoint,
                      gpointer                  user_data);
  void (*reason)     (const TcParsedReason     *reason,
                      gpointer                  user_data);
  /* severity is "info", "warning" or "error". */
  void (*message)    (const char               *severity,
                      const char               *text,
                      gint64                    offset,
                      gpointer                  user_data);
  /* status is "completed", "aborted", "quality_failed" or "interrupted". */
  void (*end)        (const char               *status,
                      const char               *reason,
                      gint64                    offset,
                      gpointer                  user_data);
} TcParseSink;

G_END_DECLS
