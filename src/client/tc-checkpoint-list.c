/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-checkpoint-list.h"

#include <math.h>

#include "tc-json.h"
#include "tc-sentence.h"

/* A run may save several in a moment. */
#define LOAD_AFTER_MS 150

struct _TcCheckpointItem
{
  GObject            parent_instance;

  JsonNode          *node;   /* (owned) as the engine sent it */
  TcCheckpointFacts  facts;
};

G_DEFINE_FINAL_TYPE (TcCheckpointItem, tc_checkpoint_item, G_TYPE_OBJECT)

struct _TcCheckpointList
{
  GObject       parent_instance;

  TcClient     *client;      /* (owned) */
  guint64       session_id;  /* 0: of all */
  GListStore   *store;       /* (owned) those that are there */
  GPtrArray    *removed;     /* (owned) (element-type TcCheckpointItem) */
  GPtrArray    *undos;       /* (owned) (element-type GArray) what was removed by this list, the last one at the end */
  GCancellable *cancellable; /* (owned) (nullable) of the loading under way */
  guint         load_id;
  gboolean      is_loaded;
};

static void tc_checkpoint_list_init_model (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TcCheckpointList, tc_checkpoint_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, tc_checkpoint_list_init_model))

static guint changed_signal;

/* ---- One checkpoint ---- */

static void
tc_checkpoint_item_finalize (GObject *object)
{
  TcCheckpointItem *self = TC_CHECKPOINT_ITEM (object);

  tc_checkpoint_free (self->facts.record);
  g_free (self->facts.name);
  g_free (self->facts.needed);
  json_node_unref (self->node);

  G_OBJECT_CLASS (tc_checkpoint_item_parent_class)->finalize (object);
}

static void
tc_checkpoint_item_class_init (TcCheckpointItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tc_checkpoint_item_finalize;
}

static void
tc_checkpoint_item_init (TcCheckpointItem *self)
{
}

static TcCheckpointContents
get_contents (JsonObject *json)
{
  const char *contents = tc_json_get_string (json, "contents", "");

  if (g_str_equal (contents, "weights"))
    return TC_CHECKPOINT_CONTENTS_WEIGHTS;

  return g_str_equal (contents, "resumable") ? TC_CHECKPOINT_CONTENTS_RESUMABLE : TC_CHECKPOINT_CONTENTS_UNKNOWN;
}

static TcCheckpointItem *
item_new (JsonNode *node)
{
  TcCheckpointItem *self = g_object_new (TC_TYPE_CHECKPOINT_ITEM, NULL);
  JsonObject *json = json_node_get_object (node);

  self->node = json_node_ref (node);
  self->facts.record = tc_checkpoint_from_json (json);
  self->facts.name = g_strdup (tc_json_get_string (json, "name", ""));
  self->facts.needed = tc_sentence_dup_local (tc_json_get_string (json, "needed", NULL));
  self->facts.disk_bytes = tc_json_get_int (json, "disk_bytes", 0);
  self->facts.parameters = tc_json_get_int (json, "parameters", 0);
  self->facts.contents = get_contents (json);
  self->facts.is_removed = g_str_equal (tc_json_get_string (json, "state", ""), "removed");

  return self;
}

/** tc_checkpoint_item_get: Returns: (transfer none): does not change */
const TcCheckpointFacts *
tc_checkpoint_item_get (TcCheckpointItem *self)
{
  g_return_val_if_fail (TC_IS_CHECKPOINT_ITEM (self), NULL);

  return &self->facts;
}

static double
get_order (const TcCheckpoint *record)
{
  return isfinite (record->val_loss) ? record->val_loss : INFINITY;
}

/**
 * tc_checkpoint_item_compare:
 *
 * Orders two of one session as they are shown: the best first, then by
 * validation loss, the later epoch before the earlier.
 */
int
tc_checkpoint_item_compare (TcCheckpointItem *a,
                            TcCheckpointItem *b)
{
  const TcCheckpoint *first = a->facts.record;
  const TcCheckpoint *second = b->facts.record;

  if (first->is_best != second->is_best)
    return first->is_best ? -1 : 1;
  if (get_order (first) != get_order (second))
    return get_order (first) < get_order (second) ? -1 : 1;
  if (first->epoch != second->epoch)
    return first->epoch > second->epoch ? -1 : 1;

  return (first->id > second->id) - (first->id < second->id);
}

/* ---- The list ---- */

static GType
get_item_type (GListModel *model)
{
  return TC_TYPE_CHECKPOINT_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (TC_CHECKPOINT_LIST (model)->store));
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  return g_list_model_get_item (G_LIST_MODEL (TC_CHECKPOINT_LIST (model)->store), position);
}

static void
tc_checkpoint_list_init_model (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* What is the same as before stays the same object, so that a view stays where
 * it is. */
static TcCheckpointItem *
reuse (GHashTable *known,
       JsonNode   *node)
{
  gint64 id = tc_json_get_int (json_node_get_object (node), "id", 0);
  TcCheckpointItem *item = g_hash_table_lookup (known, &id);

  if (item != NULL && json_node_equal (item->node, node))
    return g_object_ref (item);

  return item_new (node);
}

static GHashTable *
index_items (TcCheckpointList *self)
{
  GHashTable *known = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_object_unref);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->store));

  for (guint i = 0; i < n; i++)
    {
      TcCheckpointItem *item = g_list_model_get_item (G_LIST_MODEL (self->store), i);

      g_hash_table_insert (known, &item->facts.record->id, item);
    }

  return known;
}

/* Only what differs is spliced. */
static void
set_items (TcCheckpointList *self,
           GPtrArray        *items)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->store));
  guint head = 0;
  guint tail = 0;

  for (; head < MIN (n, items->len); head++)
    {
      g_autoptr(GObject) old = g_list_model_get_item (G_LIST_MODEL (self->store), head);

      if (old != g_ptr_array_index (items, head))
        break;
    }
  for (; tail < MIN (n, items->len) - head; tail++)
    {
      g_autoptr(GObject) old = g_list_model_get_item (G_LIST_MODEL (self->store), n - 1 - tail);

      if (old != g_ptr_array_index (items, items->len - 1 - tail))
        break;
    }
  if (head + tail < n || head + tail < items->len)
    g_list_store_splice (self->store, head, n - head - tail, items->pdata + head, items->len - head - tail);
}

static void
read_answer (TcCheckpointList *self,
             JsonObject       *answer)
{
  JsonArray *array = tc_json_get_array (answer, "checkpoints");
  g_autoptr(GHashTable) known = index_items (self);
  g_autoptr(GPtrArray) there = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_set_size (self->removed, 0);
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      const char *state = JSON_NODE_HOLDS_OBJECT (node)
                          ? tc_json_get_string (json_node_get_object (node), "state", "") : "";

      if (g_str_equal (state, "there"))
        g_ptr_array_add (there, reuse (known, node));
      else if (g_str_equal (state, "removed"))
        g_ptr_array_add (self->removed, item_new (node));
    }
  self->is_loaded = TRUE;
  set_items (self, there);
  g_signal_emit (self, changed_signal, 0);
}

static void
on_loaded (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(TcCheckpointList) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);
  g_autoptr(JsonNode) node = reply != NULL ? tc_reply_parse (reply, &error) : NULL;

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    read_answer (self, json_node_get_object (node));
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_debug ("No checkpoints: %s", error != NULL ? error->message : "not an object");
}

static gboolean
on_load (gpointer user_data)
{
  TcCheckpointList *self = user_data;
  g_autofree char *target = self->session_id == 0
                            ? g_strdup ("/api/checkpoints")
                            : g_strdup_printf ("/api/checkpoints?session=%" G_GUINT64_FORMAT, self->session_id);

  self->load_id = 0;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  tc_client_request_async (self->client, "GET", target, NULL, self->cancellable, on_loaded,
                           g_object_ref (self));

  return G_SOURCE_REMOVE;
}

static void
load_soon (TcCheckpointList *self)
{
  if (self->load_id == 0 && tc_client_get_state (self->client) == TC_CLIENT_CONNECTED)
    self->load_id = g_timeout_add (LOAD_AFTER_MS, on_load, self);
}

/* An event may tell of an end, after which less is needed. */
static void
on_record (TcClient         *client,
           const char       *kind,
           guint64           session_id,
           JsonObject       *record,
           TcCheckpointList *self)
{
  if ((self->session_id == 0 || self->session_id == session_id) &&
      (g_str_equal (kind, "checkpoint") || g_str_equal (kind, "gate") || g_str_equal (kind, "event")))
    load_soon (self);
}

static void
on_news (TcClient         *client,
         const char       *type,
         JsonObject       *event,
         TcCheckpointList *self)
{
  if (g_str_equal (type, "checkpoints"))
    load_soon (self);
}

static void
on_items_changed (GListModel       *model,
                  guint             position,
                  guint             removed,
                  guint             added,
                  TcCheckpointList *self)
{
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

static void
tc_checkpoint_list_dispose (GObject *object)
{
  TcCheckpointList *self = TC_CHECKPOINT_LIST (object);

  g_clear_handle_id (&self->load_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (tc_checkpoint_list_parent_class)->dispose (object);
}

static void
tc_checkpoint_list_finalize (GObject *object)
{
  TcCheckpointList *self = TC_CHECKPOINT_LIST (object);

  g_ptr_array_unref (self->removed);
  g_ptr_array_unref (self->undos);
  g_object_unref (self->store);

  G_OBJECT_CLASS (tc_checkpoint_list_parent_class)->finalize (object);
}

static void
tc_checkpoint_list_class_init (TcCheckpointListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_checkpoint_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_checkpoint_list_finalize;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
tc_checkpoint_list_init (TcCheckpointList *self)
{
  self->removed = g_ptr_array_new_with_free_func (g_object_unref);
  self->undos = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  self->store = g_list_store_new (TC_TYPE_CHECKPOINT_ITEM);
  g_signal_connect_object (self->store, "items-changed", G_CALLBACK (on_items_changed), self, 0);
}

/**
 * tc_checkpoint_list_new:
 * @session_id: whose; 0: of all
 *
 * Returns: (transfer full): an empty list that fills itself
 */
TcCheckpointList *
tc_checkpoint_list_new (TcClient *client,
                        guint64   session_id)
{
  TcCheckpointList *self = g_object_new (TC_TYPE_CHECKPOINT_LIST, NULL);

  self->client = g_object_ref (client);
  self->session_id = session_id;
  g_signal_connect_object (client, "notify::state", G_CALLBACK (load_soon), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "record", G_CALLBACK (on_record), self, 0);
  g_signal_connect_object (client, "news", G_CALLBACK (on_news), self, 0);
  /* With a session its checkpoints go, and a new one may need some. */
  g_signal_connect_object (tc_client_get_queue (client), "items-changed", G_CALLBACK (load_soon), self,
                           G_CONNECT_SWAPPED);
  load_soon (self);

  return self;
}

/** tc_checkpoint_list_get_client: Returns: (transfer none): where they are from */
TcClient *
tc_checkpoint_list_get_client (TcCheckpointList *self)
{
  g_return_val_if_fail (TC_IS_CHECKPOINT_LIST (self), NULL);

  return self->client;
}

/** tc_checkpoint_list_is_loaded: Returns: whether it is known what there is */
gboolean
tc_checkpoint_list_is_loaded (TcCheckpointList *self)
{
  g_return_val_if_fail (TC_IS_CHECKPOINT_LIST (self), FALSE);

  return self->is_loaded;
}

/**
 * tc_checkpoint_list_list_removed:
 * @bytes: (out): their size
 *
 * Returns: (transfer full) (element-type gint64): those that can be restored
 */
GArray *
tc_checkpoint_list_list_removed (TcCheckpointList *self,
                                 gint64           *bytes)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  g_return_val_if_fail (TC_IS_CHECKPOINT_LIST (self), ids);

  *bytes = 0;
  for (guint i = 0; i < self->removed->len; i++)
    {
      const TcCheckpointFacts *facts = tc_checkpoint_item_get (g_ptr_array_index (self->removed, i));

      *bytes += facts->disk_bytes;
      g_array_append_val (ids, facts->record->id);
    }

  return ids;
}

/* ---- Changes ---- */

typedef enum
{
  CHANGE_NOTHING,
  CHANGE_REMOVE,
  CHANGE_RESTORE,
} Change;

static GArray *
read_ids (JsonObject *answer)
{
  JsonArray *array = tc_json_get_array (answer, "checkpoints");
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);
      gint64 id = JSON_NODE_HOLDS_OBJECT (element) ? tc_json_get_int (json_node_get_object (element), "id", 0) : 0;

      if (id > 0)
        g_array_append_val (ids, id);
    }

  return ids;
}

/* What came back by another way needs no undo any more. */
static void
forget_undo (TcCheckpointList *self,
             GArray           *ids)
{
  for (guint i = self->undos->len; ids->len > 0 && i-- > 0;)
    {
      GArray *undo = g_ptr_array_index (self->undos, i);

      for (guint k = 0; k < undo->len; k++)
        if (g_array_index (undo, gint64, k) == g_array_index (ids, gint64, 0))
          {
            g_ptr_array_remove_index (self->undos, i);
            return;
          }
    }
}

static void
remember (TcCheckpointList *self,
          Change            kind,
          JsonObject       *answer)
{
  g_autoptr(GArray) ids = read_ids (answer);

  if (kind == CHANGE_RESTORE)
    forget_undo (self, ids);
  else if (kind == CHANGE_REMOVE && ids->len > 0)
    g_ptr_array_add (self->undos, g_steal_pointer (&ids));
}

static void
on_changed (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);
  g_autoptr(JsonNode) node = reply != NULL ? tc_reply_parse (reply, &error) : NULL;

  if (node == NULL)
    g_task_return_error (task, error);
  else if (!JSON_NODE_HOLDS_OBJECT (node))
    g_task_return_new_error_literal (task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The answer is no object");
  else
    {
      remember (g_task_get_source_object (task), GPOINTER_TO_INT (g_task_get_task_data (task)),
                json_node_get_object (node));
      g_task_return_pointer (task, g_steal_pointer (&node), (GDestroyNotify) json_node_unref);
    }
}

static void
post (TcCheckpointList    *self,
      Change               kind,
      const char          *target,
      JsonObject          *body,
      GAsyncReadyCallback  callback,
      gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autoptr(JsonNode) node = json_node_alloc ();

  g_task_set_source_tag (task, post);
  g_task_set_task_data (task, GINT_TO_POINTER (kind), NULL);
  json_node_take_object (json_node_init (node, JSON_NODE_OBJECT), body);
  tc_client_request_async (self->client, "POST", target, node, NULL, on_changed, g_steal_pointer (&task));
}

static JsonObject *
make_body (GArray *ids)
{
  JsonObject *body = json_object_new ();
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < ids->len; i++)
    json_array_add_int_element (array, g_array_index (ids, gint64, i));
  json_object_set_array_member (body, "ids", array);

  return body;
}

/**
 * tc_checkpoint_list_take_undo:
 *
 * Returns: (transfer full) (nullable) (element-type gint64): what was removed
 *   last by this list and has not come back; the next time what was before it
 */
GArray *
tc_checkpoint_list_take_undo (TcCheckpointList *self)
{
  g_return_val_if_fail (TC_IS_CHECKPOINT_LIST (self), NULL);

  if (self->undos->len == 0)
    return NULL;

  return g_ptr_array_steal_index (self->undos, self->undos->len - 1);
}

/** tc_checkpoint_list_remove_async: @ids: (element-type gint64): all or none are put aside */
void
tc_checkpoint_list_remove_async (TcCheckpointList    *self,
                                 GArray              *ids,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  g_return_if_fail (TC_IS_CHECKPOINT_LIST (self));

  post (self, CHANGE_REMOVE, "/api/checkpoints/remove", make_body (ids), callback, user_data);
}

/** tc_checkpoint_list_restore_async: @ids: (element-type gint64): all or none come back */
void
tc_checkpoint_list_restore_async (TcCheckpointList    *self,
                                  GArray              *ids,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data)
{
  g_return_if_fail (TC_IS_CHECKPOINT_LIST (self));

  post (self, CHANGE_RESTORE, "/api/checkpoints/restore", make_body (ids), callback, user_data);
}

/**
 * tc_checkpoint_list_keep_async:
 * @last: epochs at the end of each run whose checkpoints stay; so do the best
 *   ones, and what is needed
 * @dry_run: only to see what would be put aside
 */
void
tc_checkpoint_list_keep_async (TcCheckpointList    *self,
                               guint                last,
                               gboolean             dry_run,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  JsonObject *body;

  g_return_if_fail (TC_IS_CHECKPOINT_LIST (self));

  body = json_object_new ();
  json_object_set_int_member (body, "last", last);
  json_object_set_boolean_member (body, "dry_run", dry_run);
  post (self, dry_run ? CHANGE_NOTHING : CHANGE_REMOVE, "/api/checkpoints/keep", body, callback, user_data);
}

/**
 * tc_checkpoint_list_change_finish:
 * @bytes: (out): what the disk gains when those are gone for good
 *
 * Returns: (transfer full) (nullable) (element-type gint64): which ones they are
 */
GArray *
tc_checkpoint_list_change_finish (TcCheckpointList  *self,
                                  GAsyncResult      *result,
                                  gint64            *bytes,
                                  GError           **error)
{
  g_autoptr(JsonNode) node = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  node = g_task_propagate_pointer (G_TASK (result), error);
  if (node == NULL)
    return NULL;
  *bytes = tc_json_get_int (json_node_get_object (node), "bytes", 0);

  return read_ids (json_node_get_object (node));
}
