/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* One training session: its configuration, state, reason and latest figures.
 * A passive object, main thread only. The engine changes it and saves it; a
 * client mirrors it from JSON. ::changed is emitted once after any change. */

#pragma once

#include <glib-object.h>

#include "tc-session-config.h"
#include "tc-session-state.h"

G_BEGIN_DECLS

/* The latest figures of a run. Losses are NaN until known and also when the
 * script said NaN; has_* tells the two apart. */
typedef struct {
  guint    epoch;
  guint    total_epochs;
  guint    batch;
  guint    batches;
  double   train_loss;
  double   val_loss;
  double   best_val_loss;
  guint    best_epoch;
  double   eta_seconds;        /* negative: unknown */
  double   elapsed_seconds;    /* running time, without pauses and suspends */
  double   tokens_per_second;  /* 0: unknown */
  gint64   parameters;         /* 0: unknown */
  gboolean has_train_loss;
  gboolean has_val_loss;
} TcProgress;

#define TC_TYPE_SESSION (tc_session_get_type ())
G_DECLARE_FINAL_TYPE (TcSession, tc_session, TC, SESSION, GObject)

TcSession       *tc_session_new             (guint64           id,
                                             TcSessionConfig  *config);
TcSession       *tc_session_from_json       (JsonObject       *object,
                                             GError          **error);
JsonNode        *tc_session_to_json         (TcSession        *self);
JsonNode        *tc_session_to_status_json  (TcSession        *self);
gboolean         tc_session_update_from_json (TcSession       *self,
                                              JsonObject      *object,
                                              GError         **error);

void             tc_session_take            (TcSession        *self,
                                             TcSession        *other);

guint64          tc_session_get_id          (TcSession        *self);
TcSessionConfig *tc_session_get_config      (TcSession        *self);
TcSessionState   tc_session_get_state       (TcSession        *self);
gboolean         tc_session_set_state       (TcSession        *self,
                                             TcSessionState    state,
                                             gint64            now_us);
double           tc_session_get_position    (TcSession        *self);
void             tc_session_set_position    (TcSession        *self,
                                             double            position);
guint            tc_session_get_attempt     (TcSession        *self);
void             tc_session_begin_attempt   (TcSession        *self,
                                             gint64            now_us);
const char      *tc_session_get_reason_code (TcSession        *self);
const char      *tc_session_get_reason      (TcSession        *self);
const char      *tc_session_get_reason_detail (TcSession      *self);
void             tc_session_set_reason      (TcSession        *self,
                                             const char       *code,
                                             const char       *text,
                                             const char       *detail);
const char      *tc_session_get_waiting_for (TcSession        *self);
void             tc_session_set_waiting_for (TcSession        *self,
                                             const char       *text);
gint64           tc_session_get_created_at  (TcSession        *self);
void             tc_session_set_created_at  (TcSession        *self,
                                             gint64            created_at);
gint64           tc_session_get_started_at  (TcSession        *self);
gint64           tc_session_get_ended_at    (TcSession        *self);
const TcProgress *tc_session_get_progress   (TcSession        *self);
void             tc_session_set_progress    (TcSession        *self,
                                             const TcProgress *progress);
double           tc_session_get_fraction    (TcSession        *self);
char            *tc_session_dup_title       (TcSession        *self);
GStrv            tc_session_get_left_out    (TcSession        *self);
void             tc_session_set_left_out    (TcSession        *self,
                                             const char * const *options);
const char      *tc_session_get_best_checkpoint (TcSession    *self);
const char      *tc_session_get_last_checkpoint (TcSession    *self);
void             tc_session_set_checkpoints (TcSession        *self,
                                             const char       *best,
                                             const char       *last);

/* What its owner wrote about it; see tc-session-notes.c. */
#define TC_SESSION_MAX_TAGS 16
#define TC_SESSION_MAX_TAG_LENGTH 40
#define TC_SESSION_MAX_NOTE_BYTES 16384

const char * const *tc_session_get_tags     (TcSession           *self);
const char      *tc_session_get_note        (TcSession           *self);
void             tc_session_set_tags        (TcSession           *self,
                                             const char * const  *tags);
void             tc_session_set_budget      (TcSession           *self,
                                             gint64               budget);
void             tc_session_set_note        (TcSession           *self,
                                             const char          *note);
GStrv            tc_session_parse_tags      (const char * const  *tags,
                                             GError             **error);
gboolean         tc_session_check_note      (const char          *note,
                                             GError             **error);

G_END_DECLS
