/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What the engine records about a run besides its points: gates, checkpoints
 * and events. Plain structs with to/from JSON; the owner frees them. */

#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

typedef struct {
  gint64  id;         /* 0 until stored */
  guint64 session_id;
  guint   attempt;
  guint   epoch;
  char   *result;     /* (owned) "pass" "warn" "fail" "skipped" */
  char   *text;       /* (owned) (nullable) why, in words */
  char   *report;     /* (owned) (nullable) path, relative to the run folder */
  gint64  at_us;      /* UTC */
} TcGate;

typedef struct {
  gint64   id;
  guint64  session_id;
  guint    attempt;
  guint    epoch;
  char    *path;      /* (owned) absolute */
  char    *sha256;    /* (owned) (nullable) */
  gint64   bytes;     /* -1: unknown */
  double   val_loss;  /* NaN: unknown */
  double   train_loss; /* NaN: unknown; of that epoch, told by the store */
  char    *gate;      /* (owned) (nullable) result of that epoch's gate, told by the store */
  gboolean is_best;
  gint64   at_us;
} TcCheckpoint;

typedef enum { TC_SEVERITY_INFO, TC_SEVERITY_WARNING, TC_SEVERITY_ERROR } TcSeverity;

typedef struct {
  gint64     id;
  guint64    session_id;  /* 0: the engine itself */
  TcSeverity severity;
  char      *kind;        /* (owned) "stall" "nan" "gate" "state" "watchdog" … */
  char      *text;        /* (owned) a sentence for people */
  gint64     at_us;
} TcEvent;

void          tc_gate_free            (TcGate       *self);
JsonNode     *tc_gate_to_json         (TcGate       *self);
TcGate       *tc_gate_from_json       (JsonObject   *object);
void          tc_checkpoint_free      (TcCheckpoint *self);
JsonNode     *tc_checkpoint_to_json   (TcCheckpoint *self);
TcCheckpoint *tc_checkpoint_from_json (JsonObject   *object);
TcEvent      *tc_event_new            (guint64       session_id,
                                       TcSeverity    severity,
                                       const char   *kind,
                                       const char   *text,
                                       gint64        at_us);
TcEvent      *tc_event_copy           (const TcEvent *self);
void          tc_event_free           (TcEvent      *self);
JsonNode     *tc_event_to_json        (TcEvent      *self);
TcEvent      *tc_event_from_json      (JsonObject   *object);
const char   *tc_severity_to_string   (TcSeverity    severity);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcGate, tc_gate_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcCheckpoint, tc_checkpoint_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcEvent, tc_event_free)
