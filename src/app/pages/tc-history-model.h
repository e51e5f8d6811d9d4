/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* The sessions that have ended, those of them that somebody looks for, and how
 * two of them are put in order. No widgets.
 */

#include <gtk/gtk.h>

#include "tc-history.h"

G_BEGIN_DECLS

typedef enum
{
  TC_HISTORY_STARTED,
  TC_HISTORY_TITLE,
  TC_HISTORY_CORPUS,
  TC_HISTORY_EPOCHS,
  TC_HISTORY_LOSS,
  TC_HISTORY_GATES,
  TC_HISTORY_VERDICT,
  TC_HISTORY_DURATION,
  TC_HISTORY_SPEND,
  TC_HISTORY_TAGS,
  TC_HISTORY_STATUS,
  TC_HISTORY_N_COLUMNS,
} TcHistoryColumn;

/* What is looked for; everything when all are unset. */
typedef struct
{
  const char     *search;    /* (nullable) in the title, the model, the reason, the tags and the note, in any case */
  TcSessionState  state;     /* TC_SESSION_N_STATES: any */
  const char     *corpus;    /* (nullable) "english", "hlx", "translation" */
  const char     *provider;  /* (nullable) "claude" … */
  const char     *tag;       /* (nullable) one of its tags */
} TcHistoryFilter;

/* The texts of a session as they are searched and sorted: with ten thousand of
 * them it takes too long to make these anew for each letter that is typed. */
typedef struct
{
  char *search;  /* (owned) all that can be found, folded */
  char *title;   /* (owned) for strcmp() */
  char *tags;    /* (owned) the same */
  char *corpus;  /* (owned) the same */
} TcHistoryWords;

TcHistoryWords *tc_history_words_new      (TcSession             *session);
void            tc_history_words_free     (TcHistoryWords        *self);
char           *tc_history_dup_search     (const char            *text);
gboolean        tc_history_filter_matches (const TcHistoryFilter *filter,
                                           TcSession             *session,
                                           const TcHistoryWords  *words);
int             tc_history_compare        (TcHistoryColumn        column,
                                           TcSession             *a,
                                           const TcRunFacts      *a_facts,
                                           TcSession             *b,
                                           const TcRunFacts      *b_facts);
int             tc_history_compare_words  (TcHistoryColumn        column,
                                           const TcHistoryWords  *a,
                                           const TcHistoryWords  *b);

char           *tc_history_dup_cell       (TcHistoryColumn        column,
                                           TcSession             *session,
                                           const TcRunFacts      *facts);
char           *tc_history_dup_tooltip    (TcHistoryColumn        column,
                                           TcSession             *session);

#define TC_TYPE_HISTORY_MODEL (tc_history_model_get_type ())
G_DECLARE_FINAL_TYPE (TcHistoryModel, tc_history_model, TC, HISTORY_MODEL, GObject)

TcHistoryModel *tc_history_model_new        (TcQueue               *queue);
GListModel     *tc_history_model_get_all    (TcHistoryModel        *self);
GListModel     *tc_history_model_get_found  (TcHistoryModel        *self);
void            tc_history_model_set_filter (TcHistoryModel        *self,
                                             const TcHistoryFilter *filter);
void            tc_history_model_prepare    (TcHistoryModel        *self);
GStrv           tc_history_model_dup_tags   (TcHistoryModel        *self);
const TcHistoryWords *tc_history_model_peek_words (TcHistoryModel  *self,
                                                   TcSession       *session);

G_END_DECLS
