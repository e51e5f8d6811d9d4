/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What makes two runs alike, and what an ended run took. Plain structs with
 * one owner, pure functions; any thread.
 */

#include <json-glib/json-glib.h>

#include "tc-price.h"
#include "tc-session-config.h"

G_BEGIN_DECLS

#define TC_UNKNOWN_SECONDS (-1.0)

/* What decides how long a run takes. */
typedef struct
{
  char   *script;   /* (owned) hash of the script, or the command */
  char   *path;     /* (owned) (nullable) of the script */
  char   *target;   /* (owned) */
  guint   phase;
  char   *settings; /* (owned) all of them, in a canonical order */
  char   *pace;     /* (owned) those that an epoch's pace depends on */
  char   *corpus;   /* (owned) what an epoch is counted in: "steps" "bundled" "file" "unknown" */
  char   *corpus_id; /* (owned) which corpus it is */
  gint64  units;    /* as many of them in an epoch: steps, blocks, bytes; 0: not known */
} TcRunKind;

typedef struct
{
  TcRunKind *kind;          /* (owned) */
  guint      epochs;        /* done */
  guint      n_measured;    /* epochs that said how long they took */
  double     epoch_low;     /* seconds an epoch took: the mean of the fastest part of the run, */
  double     epoch_mean;    /* of the whole */
  double     epoch_high;    /* and of the slowest part */
  double     seconds;       /* running, without pauses */
  double     fixed_seconds; /* before the first epoch; TC_UNKNOWN_SECONDS */
  double     gate_seconds;  /* a gate took on average; TC_UNKNOWN_SECONDS */
  guint      n_gates;
  gint64     disk_bytes;    /* in the run folder */
  gint64     max_rss_bytes; /* 0: not known */
  gint64     parameters;    /* 0: not known */
  TcMoney    spent;         /* TC_MONEY_UNKNOWN: no ledger */
  guint      n_unknown;     /* calls whose price nobody knows */
  gboolean   is_complete;   /* it came to its own end */
  gboolean   is_one;        /* in one attempt */
} TcPastRun;

TcRunKind *tc_run_kind_new          (TcSessionConfig *config,
                                     const char      *script_hash,
                                     const char      *script_path);
void       tc_run_kind_free         (TcRunKind       *self);
gboolean   tc_run_kind_is_same      (const TcRunKind *self,
                                     const TcRunKind *other);
gboolean   tc_run_kind_is_similar   (const TcRunKind *self,
                                     const TcRunKind *other);

void       tc_past_run_free         (TcPastRun       *self);
JsonNode  *tc_past_run_to_json      (const TcPastRun *self);
TcPastRun *tc_past_run_from_json    (JsonObject      *object);
void       tc_past_run_take_epochs  (TcPastRun       *self,
                                     const double    *seconds,
                                     guint            n_seconds);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcRunKind, tc_run_kind_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcPastRun, tc_past_run_free)

G_END_DECLS
