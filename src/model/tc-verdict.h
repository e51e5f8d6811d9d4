/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What a session's supervisor said of it at one epoch, or why it said nothing.
 * A plain struct with to/from JSON; the owner frees it. Any thread.
 */

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The parts of the score, each with a most of its own: 100 in all. */
typedef enum
{
  TC_VERDICT_CONVERGENCE, /* of the losses, 0–30 */
  TC_VERDICT_ACCURACY,    /* on what it was not trained on, 0–30 */
  TC_VERDICT_FORMAT,      /* of what it writes, 0–20 */
  TC_VERDICT_PROGRESS,    /* since the last checkpoints, 0–20 */
  TC_VERDICT_N_PARTS,
} TcVerdictPart;

typedef enum
{
  TC_VERDICT_CONTINUE,
  TC_VERDICT_OBSERVE,
  TC_VERDICT_REVIEW,
  TC_VERDICT_STOP,
} TcVerdictStatus;

/* What was done about it, because the session's policy says so. */
typedef enum
{
  TC_VERDICT_ACTION_NONE,
  TC_VERDICT_ACTION_PAUSE,
  TC_VERDICT_ACTION_STOP,
} TcVerdictAction;

typedef struct
{
  gint64           id;             /* 0 until stored */
  guint64          session_id;
  guint            attempt;
  guint            epoch;
  gint64           at_us;          /* UTC */
  char            *provider;       /* (owned) the word */
  char            *model;          /* (owned) the provider's id */
  guint            parts[TC_VERDICT_N_PARTS];
  guint            score;          /* their sum */
  TcVerdictStatus  status;
  TcVerdictAction  action;
  char            *recommendation; /* (owned) (nullable) harmless to show */
  char            *note;           /* (owned) (nullable) what was odd about the answer */
  gint64           cost;           /* micro-dollars; negative: nobody knows */
  char            *error;          /* (owned) (nullable) why there is no verdict; the score means nothing then */
} TcVerdict;

TcVerdict  *tc_verdict_new                (guint64          session_id,
                                           guint            attempt,
                                           guint            epoch);
TcVerdict  *tc_verdict_copy               (const TcVerdict *self);
void        tc_verdict_free               (TcVerdict       *self);
JsonNode   *tc_verdict_to_json            (const TcVerdict *self);
TcVerdict  *tc_verdict_from_json          (JsonObject      *object);
const char *tc_verdict_get_grade          (const TcVerdict *self);

const char *tc_verdict_part_to_string     (TcVerdictPart    part);
guint       tc_verdict_part_get_most      (TcVerdictPart    part);
const char *tc_verdict_status_to_string   (TcVerdictStatus  status);
gboolean    tc_verdict_status_from_string (const char      *text,
                                           TcVerdictStatus *status);
const char *tc_verdict_action_to_string   (TcVerdictAction  action);
void        tc_verdict_action_from_string (const char      *text,
                                           TcVerdictAction *action);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcVerdict, tc_verdict_free)

G_END_DECLS
