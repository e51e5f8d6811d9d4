/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* What the engine recorded about each session, summed up: gates by result, the
 * last verdict, what it cost. Asked for session by session, a few at a time, and
 * kept up to date. One main context.
 */

#include "tc-client.h"
#include "tc-money.h"
#include "tc-verdict.h"

G_BEGIN_DECLS

typedef struct
{
  guint      n_pass;
  guint      n_warn;
  guint      n_fail;
  guint      n_skipped;
  TcVerdict *verdict;    /* (owned) (nullable) the last one that has a score */
  TcMoney    spent;
  gboolean   has_spent;  /* there were calls to providers */
  guint      n_unknown;  /* calls of a price that nobody knows */
  gboolean   is_loaded;  /* gates and verdicts are known */
} TcRunFacts;

void tc_run_facts_clear         (TcRunFacts *self);
void tc_run_facts_read_gates    (TcRunFacts *self,
                                 JsonArray  *gates);
void tc_run_facts_read_verdicts (TcRunFacts *self,
                                 JsonArray  *verdicts);
void tc_run_facts_read_spend    (TcRunFacts *self,
                                 JsonObject *group);

#define TC_TYPE_HISTORY (tc_history_get_type ())
G_DECLARE_FINAL_TYPE (TcHistory, tc_history, TC, HISTORY, GObject)

/* Signal: changed (guint64 id) what is known of a session; 0: of any */
TcHistory        *tc_history_new  (TcClient  *client);
const TcRunFacts *tc_history_get  (TcHistory *self,
                                   guint64    session_id);
const TcRunFacts *tc_history_peek (TcHistory *self,
                                   guint64    session_id);

G_END_DECLS
