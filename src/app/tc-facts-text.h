/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The words of the window for what came of a session: gates, verdicts, money.
 * All are (transfer full).
 */

#include "tc-history.h"
#include "tc-session.h"

G_BEGIN_DECLS

#define TC_NO_TEXT "–"

char *tc_facts_text_dup_money    (TcMoney           amount);
char *tc_facts_text_dup_spend    (const TcRunFacts *facts);
char *tc_facts_text_dup_gates    (const TcRunFacts *facts);
char *tc_facts_text_dup_verdict  (const TcRunFacts *facts);
char *tc_facts_text_dup_day      (gint64            at_us,
                                  gboolean          is_long);
char *tc_facts_text_dup_duration (TcSession        *session);
char *tc_facts_text_dup_tags     (TcSession        *session);
char *tc_facts_text_dup_note     (TcSession        *session);

G_END_DECLS
