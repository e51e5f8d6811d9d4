/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What the cells of the history say. */

#include "config.h"

#include <glib/gi18n.h>

#include "tc-app-text.h"
#include "tc-facts-text.h"
#include "tc-history-model.h"

static char *
dup_epochs (TcSession *session)
{
  const TcProgress *progress = tc_session_get_progress (session);
  guint total = progress->total_epochs > 0 ? progress->total_epochs
                                           : tc_session_get_config (session)->epochs;

  return progress->epoch < total ? g_strdup_printf ("%u / %u", progress->epoch, total)
                                 : g_strdup_printf ("%u", total);
}

/**
 * tc_history_dup_cell:
 * @facts: what is known of @session
 *
 * Returns: (transfer full): what @column says in the row of @session
 */
char *
tc_history_dup_cell (TcHistoryColumn   column,
                     TcSession        *session,
                     const TcRunFacts *facts)
{
  const TcProgress *progress = tc_session_get_progress (session);

  switch (column)
    {
    case TC_HISTORY_STARTED:
      return tc_facts_text_dup_day (tc_session_get_started_at (session), FALSE);
    case TC_HISTORY_TITLE:
      return tc_app_text_dup_title (session);
    case TC_HISTORY_CORPUS:
      return g_strdup (tc_session_get_config (session)->command != NULL
                         ? _("Your own command") : tc_app_text_get_corpus (tc_session_get_config (session)));
    case TC_HISTORY_EPOCHS:
      return dup_epochs (session);
    case TC_HISTORY_LOSS:
      return tc_app_text_dup_loss (progress->best_val_loss, progress->has_val_loss);
    case TC_HISTORY_GATES:
      return tc_facts_text_dup_gates (facts);
    case TC_HISTORY_VERDICT:
      return tc_facts_text_dup_verdict (facts);
    case TC_HISTORY_DURATION:
      return tc_facts_text_dup_duration (session);
    case TC_HISTORY_SPEND:
      return tc_facts_text_dup_spend (facts);
    case TC_HISTORY_TAGS:
      return tc_facts_text_dup_tags (session);
    case TC_HISTORY_STATUS:
    case TC_HISTORY_N_COLUMNS:
    default:
      return g_strdup (tc_app_text_get_state (tc_session_get_state (session)));
    }
}

/** tc_history_dup_tooltip: Returns: (transfer full) (nullable): what is read where the pointer rests */
char *
tc_history_dup_tooltip (TcHistoryColumn  column,
                        TcSession       *session)
{
  g_autofree char *text = NULL;
  g_autofree char *title = NULL;

  switch ((int) column)
    {
    case TC_HISTORY_STARTED:
      return tc_facts_text_dup_day (tc_session_get_started_at (session), TRUE);
    case TC_HISTORY_TITLE:
      title = tc_app_text_dup_title (session);
      text = tc_facts_text_dup_note (session);
      return text != NULL ? g_strdup_printf ("%s\n\n%s", title, text) : g_steal_pointer (&title);
    case TC_HISTORY_TAGS:
      text = tc_facts_text_dup_tags (session);
      return text[0] != '\0' ? g_steal_pointer (&text) : NULL;
    case TC_HISTORY_STATUS:
      text = tc_app_text_dup_note (session, NULL);
      return text != NULL ? g_steal_pointer (&text)
                          : g_strdup (tc_app_text_get_state (tc_session_get_state (session)));
    default:
      return NULL;
    }
}
