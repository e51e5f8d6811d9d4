/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-section-model.h"

struct _TcSectionModel
{
  GObject           parent_instance;

  TcQueue          *queue;    /* (owned) */
  GtkSortListModel *sorted;   /* (owned) */
  GtkSorter        *sections; /* (owned) */
  GHashTable       *known;    /* (owned) TcSession (a reference) → its section + 1 */
};

G_DEFINE_FINAL_TYPE (TcSectionModel, tc_section_model, G_TYPE_OBJECT)

/** tc_section_of: Returns: where @session is shown */
TcSection
tc_section_of (TcSession *session)
{
  TcSessionState state = tc_session_get_state (session);

  if (tc_session_state_is_active (state))
    return TC_SECTION_ON;
  if (tc_session_state_is_final (state))
    return TC_SECTION_ENDED;

  return TC_SECTION_NEXT;
}

static int
compare_sections (gconstpointer a,
                  gconstpointer b,
                  gpointer      user_data)
{
  return (int) tc_section_of ((TcSession *) a) - (int) tc_section_of ((TcSession *) b);
}

static int
compare_sessions (gconstpointer a,
                  gconstpointer b,
                  gpointer      user_data)
{
  TcSession *first = (TcSession *) a;
  TcSession *second = (TcSession *) b;

  if (tc_section_of (first) == TC_SECTION_ENDED)
    {
      gint64 first_end = tc_session_get_ended_at (first);
      gint64 second_end = tc_session_get_ended_at (second);

      if (first_end != second_end)
        return first_end > second_end ? -1 : 1;
    }
  if (tc_session_get_position (first) != tc_session_get_position (second))
    return tc_session_get_position (first) < tc_session_get_position (second) ? -1 : 1;

  return 0;
}

/* Only a change of section changes the order; the queue tells of moves itself. */
static void
on_session_changed (TcSession      *session,
                    TcSectionModel *self)
{
  guint section = tc_section_of (session) + 1;

  if (GPOINTER_TO_UINT (g_hash_table_lookup (self->known, session)) == section)
    return;
  g_hash_table_insert (self->known, g_object_ref (session), GUINT_TO_POINTER (section));
  gtk_sorter_changed (self->sections, GTK_SORTER_CHANGE_DIFFERENT);
  /* When nothing has to move, the sorted model does not say that a section begins
   * elsewhere now. */
  gtk_section_model_sections_changed (GTK_SECTION_MODEL (self->sorted), 0,
                                      g_list_model_get_n_items (G_LIST_MODEL (self->sorted)));
}

static void
forget_missing (TcSectionModel *self)
{
  GHashTableIter iter;
  gpointer session;

  g_hash_table_iter_init (&iter, self->known);
  while (g_hash_table_iter_next (&iter, &session, NULL))
    {
      if (tc_queue_lookup (self->queue, tc_session_get_id (session)) == session)
        continue;
      g_signal_handlers_disconnect_by_func (session, on_session_changed, self);
      g_hash_table_iter_remove (&iter);
    }
}

static void
on_items_changed (GListModel     *model,
                  guint           position,
                  guint           removed,
                  guint           added,
                  TcSectionModel *self)
{
  for (guint i = 0; i < added; i++)
    {
      TcSession *session = tc_queue_peek (self->queue, position + i);

      if (g_hash_table_contains (self->known, session))
        continue;
      g_hash_table_insert (self->known, g_object_ref (session),
                           GUINT_TO_POINTER (tc_section_of (session) + 1));
      g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self, 0);
    }
  if (removed > 0 && g_hash_table_size (self->known) > tc_queue_get_n (self->queue))
    forget_missing (self);
}

static void
tc_section_model_dispose (GObject *object)
{
  TcSectionModel *self = TC_SECTION_MODEL (object);

  g_clear_object (&self->sorted);
  g_clear_object (&self->sections);
  g_clear_pointer (&self->known, g_hash_table_unref);
  g_clear_object (&self->queue);

  G_OBJECT_CLASS (tc_section_model_parent_class)->dispose (object);
}

static void
tc_section_model_class_init (TcSectionModelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_section_model_dispose;
}

static void
tc_section_model_init (TcSectionModel *self)
{
  self->known = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
}

/**
 * tc_section_model_new:
 *
 * Returns: (transfer full): @queue, sorted and in sections
 */
TcSectionModel *
tc_section_model_new (TcQueue *queue)
{
  TcSectionModel *self = g_object_new (TC_TYPE_SECTION_MODEL, NULL);
  GtkSorter *sorter = GTK_SORTER (gtk_custom_sorter_new (compare_sessions, NULL, NULL));

  self->queue = g_object_ref (queue);
  self->sections = GTK_SORTER (gtk_custom_sorter_new (compare_sections, NULL, NULL));
  self->sorted = gtk_sort_list_model_new (G_LIST_MODEL (g_object_ref (queue)), sorter);
  gtk_sort_list_model_set_section_sorter (self->sorted, self->sections);
  g_signal_connect_object (queue, "items-changed", G_CALLBACK (on_items_changed), self, 0);
  on_items_changed (G_LIST_MODEL (queue), 0, 0, tc_queue_get_n (queue), self);

  return self;
}

/** tc_section_model_get_model: Returns: (transfer none): (element-type TcSession), a GtkSectionModel */
GListModel *
tc_section_model_get_model (TcSectionModel *self)
{
  g_return_val_if_fail (TC_IS_SECTION_MODEL (self), NULL);

  return G_LIST_MODEL (self->sorted);
}
