/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-queue.h"

struct _TcQueue
{
  GObject     parent_instance;

  GPtrArray  *sessions;  /* (owned) (element-type TcSession) by position */
  GHashTable *by_id;     /* (owned) guint64* of the session → TcSession */
};

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TcQueue, tc_queue, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static GType
tc_queue_get_item_type (GListModel *model)
{
  return TC_TYPE_SESSION;
}

static guint
tc_queue_get_n_items (GListModel *model)
{
  return TC_QUEUE (model)->sessions->len;
}

static gpointer
tc_queue_get_item (GListModel *model,
                   guint       index)
{
  TcQueue *self = TC_QUEUE (model);

  if (index >= self->sessions->len)
    return NULL;

  return g_object_ref (g_ptr_array_index (self->sessions, index));
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = tc_queue_get_item_type;
  iface->get_n_items = tc_queue_get_n_items;
  iface->get_item = tc_queue_get_item;
}

/* Where a session with @position belongs: after all that are not greater. */
static guint
find_place (TcQueue *self,
            double   position)
{
  guint low = 0;
  guint high = self->sessions->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      TcSession *other = g_ptr_array_index (self->sessions, middle);

      if (tc_session_get_position (other) <= position)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

static void
tc_queue_finalize (GObject *object)
{
  TcQueue *self = TC_QUEUE (object);

  g_clear_pointer (&self->by_id, g_hash_table_unref);
  g_clear_pointer (&self->sessions, g_ptr_array_unref);

  G_OBJECT_CLASS (tc_queue_parent_class)->finalize (object);
}

static void
tc_queue_class_init (TcQueueClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tc_queue_finalize;
}

static void
tc_queue_init (TcQueue *self)
{
  self->sessions = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_id = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

/**
 * tc_queue_new:
 *
 * Returns: (transfer full): an empty queue
 */
TcQueue *
tc_queue_new (void)
{
  return g_object_new (TC_TYPE_QUEUE, NULL);
}

/**
 * tc_queue_add:
 * @session: a session whose id the queue does not hold yet
 *
 * Inserts @session where its position says; among equals it comes last.
 */
void
tc_queue_add (TcQueue   *self,
              TcSession *session)
{
  guint64 id;
  guint index;

  g_return_if_fail (TC_IS_QUEUE (self));
  g_return_if_fail (TC_IS_SESSION (session));

  id = tc_session_get_id (session);
  g_return_if_fail (tc_queue_lookup (self, id) == NULL);

  index = find_place (self, tc_session_get_position (session));
  g_ptr_array_insert (self->sessions, index, g_object_ref (session));
  g_hash_table_insert (self->by_id, g_memdup2 (&id, sizeof id), session);
  g_list_model_items_changed (G_LIST_MODEL (self), index, 0, 1);
}

static int
compare_positions (gconstpointer a,
                   gconstpointer b)
{
  double first = tc_session_get_position (*(TcSession *const *) a);
  double second = tc_session_get_position (*(TcSession *const *) b);

  return (first > second) - (first < second);
}

/**
 * tc_queue_add_all:
 * @sessions: (element-type TcSession): with ids that the queue does not hold yet
 *
 * The same as adding each, but whoever looks on is told once: of ten thousand
 * one by one it takes seconds.
 */
void
tc_queue_add_all (TcQueue   *self,
                  GPtrArray *sessions)
{
  guint n;

  g_return_if_fail (TC_IS_QUEUE (self));

  n = self->sessions->len;
  if (sessions->len == 0)
    return;
  for (guint i = 0; i < sessions->len; i++)
    {
      TcSession *session = g_ptr_array_index (sessions, i);
      guint64 id = tc_session_get_id (session);

      g_ptr_array_add (self->sessions, g_object_ref (session));
      g_hash_table_insert (self->by_id, g_memdup2 (&id, sizeof id), session);
    }
  g_ptr_array_sort (self->sessions, compare_positions);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, n, self->sessions->len);
}

/**
 * tc_queue_remove:
 * @session: a session of this queue
 */
void
tc_queue_remove (TcQueue   *self,
                 TcSession *session)
{
  guint64 id;
  guint index;

  g_return_if_fail (TC_IS_QUEUE (self));

  if (!tc_queue_find (self, session, &index))
    return;

  id = tc_session_get_id (session);
  g_hash_table_remove (self->by_id, &id);
  g_ptr_array_remove_index (self->sessions, index);
  g_list_model_items_changed (G_LIST_MODEL (self), index, 1, 0);
}

/**
 * tc_queue_lookup:
 *
 * Returns: (transfer none) (nullable): the session with @id
 */
TcSession *
tc_queue_lookup (TcQueue *self,
                 guint64  id)
{
  g_return_val_if_fail (TC_IS_QUEUE (self), NULL);

  return g_hash_table_lookup (self->by_id, &id);
}

/**
 * tc_queue_get_n:
 *
 * Returns: the number of sessions
 */
guint
tc_queue_get_n (TcQueue *self)
{
  g_return_val_if_fail (TC_IS_QUEUE (self), 0);

  return self->sessions->len;
}

/**
 * tc_queue_peek:
 *
 * Returns: (transfer none) (nullable): the session at @index
 */
TcSession *
tc_queue_peek (TcQueue *self,
               guint    index)
{
  g_return_val_if_fail (TC_IS_QUEUE (self), NULL);

  return index < self->sessions->len ? g_ptr_array_index (self->sessions, index) : NULL;
}

/**
 * tc_queue_find:
 * @index: (out) (optional): its place, from 0
 *
 * Returns: whether the queue holds @session
 */
gboolean
tc_queue_find (TcQueue   *self,
               TcSession *session,
               guint     *index)
{
  g_return_val_if_fail (TC_IS_QUEUE (self), FALSE);
  g_return_val_if_fail (TC_IS_SESSION (session), FALSE);

  return g_ptr_array_find (self->sessions, session, index);
}

/**
 * tc_queue_move:
 * @index: the place it shall have, from 0; clamped to the end
 *
 * Moves @session and gives it a position between its new neighbours, so that
 * no other session has to be saved.
 */
void
tc_queue_move (TcQueue   *self,
               TcSession *session,
               guint      index)
{
  TcSession *before;
  TcSession *after;
  double low;
  guint old;

  g_return_if_fail (TC_IS_QUEUE (self));

  if (!tc_queue_find (self, session, &old))
    return;

  index = MIN (index, self->sessions->len - 1);
  g_object_ref (session);
  g_ptr_array_remove_index (self->sessions, old);
  g_ptr_array_insert (self->sessions, index, session);

  before = index > 0 ? g_ptr_array_index (self->sessions, index - 1) : NULL;
  after = index + 1 < self->sessions->len ? g_ptr_array_index (self->sessions, index + 1) : NULL;
  low = before != NULL ? tc_session_get_position (before)
                       : tc_session_get_position (after != NULL ? after : session) - 2;
  tc_session_set_position (session,
                           after != NULL ? (low + tc_session_get_position (after)) / 2
                                         : low + 1);

  if (old != index)
    g_list_model_items_changed (G_LIST_MODEL (self), MIN (old, index),
                                MAX (old, index) - MIN (old, index) + 1,
                                MAX (old, index) - MIN (old, index) + 1);
}

/**
 * tc_queue_get_max_id:
 *
 * Returns: the greatest id of all sessions, 0 without any
 */
guint64
tc_queue_get_max_id (TcQueue *self)
{
  guint64 max = 0;

  g_return_val_if_fail (TC_IS_QUEUE (self), 0);

  for (guint i = 0; i < self->sessions->len; i++)
    max = MAX (max, tc_session_get_id (g_ptr_array_index (self->sessions, i)));

  return max;
}
