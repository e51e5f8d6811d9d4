/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <math.h>
#include <string.h>

#include "tc-app-text.h"
#include "tc-history-model.h"

/* The same for what is written in capitals and what is not. */
static char *
fold (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  return g_utf8_casefold (valid, -1);
}

static char *
dup_words (TcSession *session)
{
  TcSessionConfig *config = tc_session_get_config (session);
  g_autofree char *title = tc_app_text_dup_title (session);
  g_autofree char *tags = g_strjoinv ("\n", (GStrv) tc_session_get_tags (session));
  const char *texts[] = {
    title, config->model, config->target, tc_app_text_get_corpus (config), tc_session_get_reason (session), tags,
    tc_session_get_note (session)
  };
  g_autoptr(GString) all = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_string_append_printf (all, "%s\n", texts[i] != NULL ? texts[i] : "");

  return fold (all->str);
}

/** tc_history_words_new: Returns: (transfer full): what to search in @session and to sort it by, until it changes */
TcHistoryWords *
tc_history_words_new (TcSession *session)
{
  TcHistoryWords *self = g_new0 (TcHistoryWords, 1);
  g_autofree char *title = tc_app_text_dup_title (session);
  g_autofree char *tags = g_strjoinv (" ", (GStrv) tc_session_get_tags (session));

  self->search = dup_words (session);
  self->title = g_utf8_collate_key (title, -1);
  self->tags = g_utf8_collate_key (tags, -1);
  self->corpus = g_utf8_collate_key (tc_app_text_get_corpus (tc_session_get_config (session)), -1);

  return self;
}

/** tc_history_words_free: @self: (transfer full) */
void
tc_history_words_free (TcHistoryWords *self)
{
  g_free (self->search);
  g_free (self->title);
  g_free (self->tags);
  g_free (self->corpus);
  g_free (self);
}

/** tc_history_dup_search: @text: (nullable): as it was typed. Returns: (transfer full) (nullable): for a filter */
char *
tc_history_dup_search (const char *text)
{
  g_autofree char *folded = text != NULL ? fold (text) : NULL;

  return folded != NULL && g_strstrip (folded)[0] != '\0' ? g_steal_pointer (&folded) : NULL;
}

/**
 * tc_history_filter_matches:
 * @filter: its search is of tc_history_dup_search()
 *
 * Returns: whether @session is one of those looked for
 */
gboolean
tc_history_filter_matches (const TcHistoryFilter *filter,
                           TcSession             *session,
                           const TcHistoryWords  *words)
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

  return filter->search == NULL || strstr (words->search, filter->search) != NULL;
}

static int
compare_ints (gint64 a,
              gint64 b)
{
  return a < b ? -1 : a > b;
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

/* What has none comes after what has some. */
static int
compare_tags (const char *a,
              const char *b)
{
  if ((a[0] == '\0') != (b[0] == '\0'))
    return a[0] == '\0' ? 1 : -1;

  return strcmp (a, b);
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

/**
 * tc_history_compare_words:
 * @column: TC_HISTORY_TITLE, TC_HISTORY_TAGS or TC_HISTORY_CORPUS
 *
 * Returns: as strcmp(), of what @column shows
 */
int
tc_history_compare_words (TcHistoryColumn       column,
                          const TcHistoryWords *a,
                          const TcHistoryWords *b)
{
  if (column == TC_HISTORY_TAGS)
    return compare_tags (a->tags, b->tags);

  return column == TC_HISTORY_CORPUS ? strcmp (a->corpus, b->corpus) : strcmp (a->title, b->title);
}

/**
 * tc_history_compare:
 * @column: any but those of tc_history_compare_words()
 * @a_facts: (nullable): needed for gates, verdicts and spend only, as @b_facts
 *
 * Returns: as strcmp(), of what @column shows
 */
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
    case TC_HISTORY_STATUS:
      return compare_ints (tc_session_get_state (a), tc_session_get_state (b));
    case TC_HISTORY_TITLE:
    case TC_HISTORY_TAGS:
    case TC_HISTORY_CORPUS:
    case TC_HISTORY_N_COLUMNS:
      break;
    }

  return 0;
}
