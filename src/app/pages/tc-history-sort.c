/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <math.h>

#include "tc-app-text.h"
#include "tc-history-model.h"

static gboolean
contains (const char *text,
          const char *folded)
{
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;
  g_autofree char *mine = valid != NULL ? g_utf8_casefold (valid, -1) : NULL;

  return mine != NULL && strstr (mine, folded) != NULL;
}

static gboolean
matches_search (const char *search,
                TcSession  *session)
{
  TcSessionConfig *config = tc_session_get_config (session);
  g_autofree char *title = tc_app_text_dup_title (session);
  g_autofree char *tags = g_strjoinv ("\n", (GStrv) tc_session_get_tags (session));
  g_autofree char *folded = g_utf8_casefold (search, -1);

  g_strstrip (folded);
  return contains (title, folded) || contains (config->model, folded) || contains (config->target, folded) ||
         contains (tc_app_text_get_corpus (config), folded) ||
         contains (tc_session_get_reason (session), folded) || contains (tags, folded) ||
         contains (tc_session_get_note (session), folded);
}

/** tc_history_filter_matches: Returns: whether @session is one of those looked for */
gboolean
tc_history_filter_matches (const TcHistoryFilter *filter,
                           TcSession             *session)
{
  TcSessionConfig *config = tc_session_get_config (session);

  if (filter->state != TC_SESSION_N_STATES && filter->state != tc_session_get_state (session))
    return FALSE;
  if (filter->corpus != NULL && g_strcmp0 (filter->corpus, config->corpus) != 0)
    return FALSE;
  if (filter->provider != NULL && g_strcmp0 (filter->provider, config->provider) != 0)
    return FALSE;
  if (filter->tag != NULL && !g_strv_contains (tc_session_get_tags (session), filter->tag))
    return FALSE;

  return filter->search == NULL || filter->search[0] == '\0' || matches_search (filter->search, session);
}

static int
compare_ints (gint64 a,
              gint64 b)
{
  return a < b ? -1 : a > b;
}

static int
compare_texts (const char *a,
               const char *b)
{
  return g_utf8_collate (a, b);
}

/* What is not known or not a number comes after every number. */
static int
compare_losses (TcSession *a,
                TcSession *b)
{
  const TcProgress *first = tc_session_get_progress (a);
  const TcProgress *second = tc_session_get_progress (b);
  double first_loss = first->has_val_loss && isfinite (first->best_val_loss) ? first->best_val_loss : INFINITY;
  double second_loss = second->has_val_loss && isfinite (second->best_val_loss) ? second->best_val_loss : INFINITY;

  return first_loss < second_loss ? -1 : first_loss > second_loss;
}

/* The more that failed the worse, then warnings; then the fewer passed. */
static int
compare_gates (const TcRunFacts *a,
               const TcRunFacts *b)
{
  if (a->n_fail != b->n_fail)
    return compare_ints (a->n_fail, b->n_fail);
  if (a->n_warn != b->n_warn)
    return compare_ints (a->n_warn, b->n_warn);

  return compare_ints (b->n_pass, a->n_pass);
}

static int
compare_titles (TcSession *a,
                TcSession *b)
{
  g_autofree char *first = tc_app_text_dup_title (a);
  g_autofree char *second = tc_app_text_dup_title (b);

  return compare_texts (first, second);
}

/* What has none comes after what has some. */
static int
compare_tags (TcSession *a,
              TcSession *b)
{
  g_autofree char *first = g_strjoinv (" ", (GStrv) tc_session_get_tags (a));
  g_autofree char *second = g_strjoinv (" ", (GStrv) tc_session_get_tags (b));

  if ((first[0] == '\0') != (second[0] == '\0'))
    return first[0] == '\0' ? 1 : -1;

  return compare_texts (first, second);
}

static gint64
get_elapsed (TcSession *session)
{
  return (gint64) (tc_session_get_progress (session)->elapsed_seconds * G_USEC_PER_SEC);
}

static gint64
get_score (const TcRunFacts *facts)
{
  return facts->verdict != NULL ? (gint64) facts->verdict->score : -1;
}

/** tc_history_compare: Returns: as strcmp(), of what @column shows */
int
tc_history_compare (TcHistoryColumn   column,
                    TcSession        *a,
                    const TcRunFacts *a_facts,
                    TcSession        *b,
                    const TcRunFacts *b_facts)
{
  switch (column)
    {
    case TC_HISTORY_STARTED:
      return compare_ints (tc_session_get_started_at (a), tc_session_get_started_at (b));
    case TC_HISTORY_TITLE:
      return compare_titles (a, b);
    case TC_HISTORY_CORPUS:
      return compare_texts (tc_app_text_get_corpus (tc_session_get_config (a)),
                            tc_app_text_get_corpus (tc_session_get_config (b)));
    case TC_HISTORY_EPOCHS:
      return compare_ints (tc_session_get_progress (a)->epoch, tc_session_get_progress (b)->epoch);
    case TC_HISTORY_LOSS:
      return compare_losses (a, b);
    case TC_HISTORY_GATES:
      return compare_gates (a_facts, b_facts);
    case TC_HISTORY_VERDICT:
      return compare_ints (get_score (b_facts), get_score (a_facts));
    case TC_HISTORY_DURATION:
      return compare_ints (get_elapsed (a), get_elapsed (b));
    case TC_HISTORY_SPEND:
      return compare_ints (a_facts->has_spent ? a_facts->spent : -1, b_facts->has_spent ? b_facts->spent : -1);
    case TC_HISTORY_TAGS:
      return compare_tags (a, b);
    case TC_HISTORY_STATUS:
      return compare_ints (tc_session_get_state (a), tc_session_get_state (b));
    case TC_HISTORY_N_COLUMNS:
      break;
    }

  return 0;
}
