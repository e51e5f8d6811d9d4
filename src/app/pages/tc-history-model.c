/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-history-model.h"

#include <string.h>

#define PREPARE_SLICE_US 3000

struct _TcHistoryModel
{
  GObject             parent_instance;

  TcQueue            *queue;     /* (owned) */
  GtkFilterListModel *all;       /* (owned) */
  GtkFilterListModel *found;     /* (owned) */
  GtkFilter          *ended;     /* (owned) */
  GtkFilter          *matching;  /* (owned) */
  GHashTable         *known;     /* (owned) TcSession (a reference) → whether it had ended, + 1 */
  GHashTable         *words;     /* (owned) TcSession (no reference) → TcHistoryWords, of those asked for */
  TcHistoryFilter     filter;    /* (owned) its texts are interned, or the two below */
  char               *search;    /* (owned) (nullable) */
  char               *tag;       /* (owned) (nullable) */
  guint               prepare_id;
  guint               n_prepared;
};

G_DEFINE_FINAL_TYPE (TcHistoryModel, tc_history_model, G_TYPE_OBJECT)

static gboolean
is_ended (gpointer item,
          gpointer user_data)
{
  return tc_session_state_is_final (tc_session_get_state (item));
}

static gboolean
is_matching (gpointer item,
             gpointer user_data)
{
  TcHistoryModel *self = user_data;

  return tc_history_filter_matches (&self->filter, item,
                                    self->filter.search != NULL ? tc_history_model_peek_words (self, item) : NULL);
}

static void
on_session_changed (TcSession      *session,
                    TcHistoryModel *self)
{
  guint value = (guint) is_ended (session, NULL) + 1;

  g_hash_table_remove (self->words, session);
  if (GPOINTER_TO_UINT (g_hash_table_lookup (self->known, session)) == value)
    {
      /* Of what has ended only the words of its owner change. */
      if (is_ended (session, NULL) && (self->filter.search != NULL || self->filter.tag != NULL))
        gtk_filter_changed (self->matching, GTK_FILTER_CHANGE_DIFFERENT);
      return;
    }
  g_hash_table_insert (self->known, g_object_ref (session), GUINT_TO_POINTER (value));
  gtk_filter_changed (self->ended, GTK_FILTER_CHANGE_DIFFERENT);
}

static void
forget_missing (TcHistoryModel *self)
{
  GHashTableIter iter;
  gpointer session;
  guint index;

  g_hash_table_iter_init (&iter, self->known);
  while (g_hash_table_iter_next (&iter, &session, NULL))
    {
      if (tc_queue_find (self->queue, session, &index))
        continue;
      g_signal_handlers_disconnect_by_func (session, on_session_changed, self);
      g_hash_table_remove (self->words, session);
      g_hash_table_iter_remove (&iter);
    }
}

static void
on_items_changed (GListModel     *model,
                  guint           position,
                  guint           removed,
                  guint           added,
                  TcHistoryModel *self)
{
  for (guint i = 0; i < added; i++)
    {
      TcSession *session = tc_queue_peek (self->queue, position + i);

      if (g_hash_table_contains (self->known, session))
        continue;
      g_hash_table_insert (self->known, g_object_ref (session),
                           GUINT_TO_POINTER ((guint) is_ended (session, NULL) + 1));
      g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self, 0);
    }
  if (removed > 0 && g_hash_table_size (self->known) > tc_queue_get_n (self->queue))
    forget_missing (self);
}

static void
tc_history_model_dispose (GObject *object)
{
  TcHistoryModel *self = TC_HISTORY_MODEL (object);

  g_clear_handle_id (&self->prepare_id, g_source_remove);
  g_clear_object (&self->found);
  g_clear_object (&self->all);
  g_clear_object (&self->ended);
  g_clear_object (&self->matching);
  g_hash_table_remove_all (self->words);
  g_clear_pointer (&self->known, g_hash_table_unref);
  g_clear_object (&self->queue);

  G_OBJECT_CLASS (tc_history_model_parent_class)->dispose (object);
}

static void
tc_history_model_finalize (GObject *object)
{
  g_hash_table_unref (TC_HISTORY_MODEL (object)->words);
  g_free (TC_HISTORY_MODEL (object)->search);
  g_free (TC_HISTORY_MODEL (object)->tag);

  G_OBJECT_CLASS (tc_history_model_parent_class)->finalize (object);
}

static void
tc_history_model_class_init (TcHistoryModelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_history_model_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_history_model_finalize;
}

static void
tc_history_model_init (TcHistoryModel *self)
{
  self->known = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  self->words = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) tc_history_words_free);
  self->filter.state = TC_SESSION_N_STATES;
}

/**
 * tc_history_model_new:
 *
 * Returns: (transfer full): the sessions of @queue that have ended
 */
TcHistoryModel *
tc_history_model_new (TcQueue *queue)
{
  TcHistoryModel *self = g_object_new (TC_TYPE_HISTORY_MODEL, NULL);

  self->queue = g_object_ref (queue);
  self->ended = GTK_FILTER (gtk_custom_filter_new (is_ended, NULL, NULL));
  self->matching = GTK_FILTER (gtk_custom_filter_new (is_matching, self, NULL));
  self->all = gtk_filter_list_model_new (G_LIST_MODEL (g_object_ref (queue)), g_object_ref (self->ended));
  self->found = gtk_filter_list_model_new (G_LIST_MODEL (g_object_ref (self->all)),
                                           g_object_ref (self->matching));
  g_signal_connect_object (queue, "items-changed", G_CALLBACK (on_items_changed), self, 0);
  on_items_changed (G_LIST_MODEL (queue), 0, 0, tc_queue_get_n (queue), self);

  return self;
}

/** tc_history_model_get_all: Returns: (transfer none): (element-type TcSession) all that have ended */
GListModel *
tc_history_model_get_all (TcHistoryModel *self)
{
  g_return_val_if_fail (TC_IS_HISTORY_MODEL (self), NULL);

  return G_LIST_MODEL (self->all);
}

/** tc_history_model_get_found: Returns: (transfer none): (element-type TcSession) those looked for */
GListModel *
tc_history_model_get_found (TcHistoryModel *self)
{
  g_return_val_if_fail (TC_IS_HISTORY_MODEL (self), NULL);

  return G_LIST_MODEL (self->found);
}

/* With a word that goes on, only what was found is looked at again. */
static GtkFilterChange
get_change (const TcHistoryFilter *old,
            const TcHistoryFilter *filter,
            const char            *search)
{
  if (old->state != filter->state || g_strcmp0 (old->corpus, filter->corpus) != 0 ||
      g_strcmp0 (old->provider, filter->provider) != 0 || g_strcmp0 (old->tag, filter->tag) != 0)
    return GTK_FILTER_CHANGE_DIFFERENT;
  if (old->search == NULL || (search != NULL && strstr (search, old->search) != NULL))
    return GTK_FILTER_CHANGE_MORE_STRICT;
  if (search == NULL || strstr (old->search, search) != NULL)
    return GTK_FILTER_CHANGE_LESS_STRICT;

  return GTK_FILTER_CHANGE_DIFFERENT;
}

/** tc_history_model_set_filter: @filter: what to look for from now on; copied */
void
tc_history_model_set_filter (TcHistoryModel        *self,
                             const TcHistoryFilter *filter)
{
  g_autofree char *search = tc_history_dup_search (filter->search);
  GtkFilterChange change;

  g_return_if_fail (TC_IS_HISTORY_MODEL (self));

  change = get_change (&self->filter, filter, search);
  if (change == GTK_FILTER_CHANGE_MORE_STRICT && g_strcmp0 (self->search, search) == 0)
    return;
  g_set_str (&self->search, search);
  g_set_str (&self->tag, filter->tag);
  self->filter = *filter;
  self->filter.search = self->search;
  self->filter.tag = self->tag;
  self->filter.corpus = g_intern_string (filter->corpus);
  self->filter.provider = g_intern_string (filter->provider);
  gtk_filter_changed (self->matching, change);
}

/** tc_history_model_peek_words: Returns: (transfer none): of a session in it, until the session changes */
const TcHistoryWords *
tc_history_model_peek_words (TcHistoryModel *self,
                             TcSession      *session)
{
  TcHistoryWords *words;

  g_return_val_if_fail (TC_IS_HISTORY_MODEL (self), NULL);

  words = g_hash_table_lookup (self->words, session);
  if (words == NULL)
    {
      words = tc_history_words_new (session);
      g_hash_table_insert (self->words, session, words);
    }

  return words;
}

static gboolean
on_prepare (gpointer user_data)
{
  TcHistoryModel *self = user_data;
  gint64 until_us = g_get_monotonic_time () + PREPARE_SLICE_US;

  while (self->n_prepared < tc_queue_get_n (self->queue) && g_get_monotonic_time () < until_us)
    {
      TcSession *session = tc_queue_peek (self->queue, self->n_prepared++);

      if (is_ended (session, NULL))
        tc_history_model_peek_words (self, session);
    }
  if (self->n_prepared < tc_queue_get_n (self->queue))
    return G_SOURCE_CONTINUE;
  self->prepare_id = 0;

  return G_SOURCE_REMOVE;
}

/** tc_history_model_prepare: what searching and sorting need is made while nothing else is to be done */
void
tc_history_model_prepare (TcHistoryModel *self)
{
  g_return_if_fail (TC_IS_HISTORY_MODEL (self));

  self->n_prepared = 0;
  if (self->prepare_id == 0)
    self->prepare_id = g_idle_add_full (G_PRIORITY_LOW, on_prepare, self, NULL);
}

static int
compare_words (gconstpointer a,
               gconstpointer b)
{
  return g_utf8_collate (*(const char *const *) a, *(const char *const *) b);
}

/** tc_history_model_dup_tags: Returns: (transfer full): the tags of all that have ended, each once, in order */
GStrv
tc_history_model_dup_tags (TcHistoryModel *self)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GPtrArray) words = g_ptr_array_new_null_terminated (0, g_free, TRUE);
  guint n;

  g_return_val_if_fail (TC_IS_HISTORY_MODEL (self), NULL);

  n = g_list_model_get_n_items (G_LIST_MODEL (self->all));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr(TcSession) session = g_list_model_get_item (G_LIST_MODEL (self->all), i);
      const char *const *tags = tc_session_get_tags (session);

      for (guint j = 0; tags[j] != NULL; j++)
        {
          if (g_hash_table_contains (seen, tags[j]))
            continue;
          g_ptr_array_add (words, g_strdup (tags[j]));
          g_hash_table_add (seen, g_ptr_array_index (words, words->len - 1));
        }
    }
  g_ptr_array_sort (words, compare_words);

  return (GStrv) g_ptr_array_steal (words, NULL);
}
