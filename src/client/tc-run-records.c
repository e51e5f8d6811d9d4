/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-run-records.h"

#include "tc-json.h"

struct _TcRecord
{
  GObject     parent_instance;

  JsonObject *json;  /* (owned) */
};

G_DEFINE_FINAL_TYPE (TcRecord, tc_record, G_TYPE_OBJECT)

struct _TcRunRecords
{
  GObject       parent_instance;

  TcClient     *client;      /* (owned) */
  char         *kind;        /* (owned) "gate", "verdict", "checkpoint" or "event" */
  guint64       session_id;
  GListStore   *store;       /* (owned) */
  GCancellable *cancellable; /* (owned) (nullable) of the loading under way */
};

static void tc_run_records_init_model (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TcRunRecords, tc_run_records, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, tc_run_records_init_model))

/* ---- One record ---- */

static void
tc_record_finalize (GObject *object)
{
  json_object_unref (TC_RECORD (object)->json);

  G_OBJECT_CLASS (tc_record_parent_class)->finalize (object);
}

static void
tc_record_class_init (TcRecordClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tc_record_finalize;
}

static void
tc_record_init (TcRecord *self)
{
}

/** tc_record_new: Returns: (transfer full): @json as an item of a list */
TcRecord *
tc_record_new (JsonObject *json)
{
  TcRecord *self = g_object_new (TC_TYPE_RECORD, NULL);

  self->json = json_object_ref (json);

  return self;
}

/** tc_record_get_json: Returns: (transfer none): as in the engine's API */
JsonObject *
tc_record_get_json (TcRecord *self)
{
  g_return_val_if_fail (TC_IS_RECORD (self), NULL);

  return self->json;
}

/* ---- The list ---- */

static GType
get_item_type (GListModel *model)
{
  return TC_TYPE_RECORD;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (TC_RUN_RECORDS (model)->store));
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  return g_list_model_get_item (G_LIST_MODEL (TC_RUN_RECORDS (model)->store), position);
}

static void
tc_run_records_init_model (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
add_record (TcRunRecords *self,
            JsonObject   *json)
{
  g_autoptr(TcRecord) record = tc_record_new (json);

  g_list_store_append (self->store, record);
}

static void
read_answer (TcRunRecords *self,
             JsonObject   *answer)
{
  g_autofree char *member = g_strconcat (self->kind, "s", NULL);
  JsonArray *records = tc_json_get_array (answer, member);
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; records != NULL && i < json_array_get_length (records); i++)
    {
      JsonNode *node = json_array_get_element (records, i);

      if (JSON_NODE_HOLDS_OBJECT (node))
        g_ptr_array_add (items, tc_record_new (json_node_get_object (node)));
    }
  g_list_store_splice (self->store, 0, g_list_model_get_n_items (G_LIST_MODEL (self->store)),
                       items->pdata, items->len);
}

static void
on_loaded (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(TcRunRecords) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);
  g_autoptr(JsonNode) node = reply != NULL ? tc_reply_parse (reply, &error) : NULL;

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    read_answer (self, json_node_get_object (node));
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_debug ("No %ss of session %" G_GUINT64_FORMAT ": %s", self->kind, self->session_id,
             error != NULL ? error->message : "not an object");
}

static void
load (TcRunRecords *self)
{
  g_autofree char *target = g_strdup_printf ("/api/training/%ss/%" G_GUINT64_FORMAT, self->kind,
                                             self->session_id);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  tc_client_request_async (self->client, "GET", target, NULL, self->cancellable, on_loaded,
                           g_object_ref (self));
}

static void
on_state_changed (TcClient     *client,
                  GParamSpec   *pspec,
                  TcRunRecords *self)
{
  if (tc_client_get_state (client) == TC_CLIENT_CONNECTED)
    load (self);
}

/* Its number tells whether the answer under way had it already. */
static gboolean
has_record (TcRunRecords *self,
            gint64        id)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->store));

  for (guint i = n; id != 0 && i-- > 0;)
    {
      g_autoptr(TcRecord) record = g_list_model_get_item (G_LIST_MODEL (self->store), i);

      if (tc_json_get_int (record->json, "id", 0) == id)
        return TRUE;
    }

  return FALSE;
}

/* The log and the events file both tell of a gate: the later word counts, what
 * it leaves out stays. The store has one of them, too. */
static gboolean
is_same_gate (TcRunRecords *self,
              JsonObject   *record,
              JsonObject   *other)
{
  return g_str_equal (self->kind, "gate") &&
         tc_json_get_int (record, "epoch", 0) == tc_json_get_int (other, "epoch", 0) &&
         tc_json_get_int (record, "attempt", 0) == tc_json_get_int (other, "attempt", 0);
}

static void
copy_known (JsonObject *from,
            JsonObject *to)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init (&iter, from);
  while (json_object_iter_next (&iter, &name, &node))
    {
      if (!JSON_NODE_HOLDS_NULL (node))
        json_object_set_member (to, name, json_node_copy (node));
    }
}

/* Returns: whether there was one to be replaced */
static gboolean
replace_gate (TcRunRecords *self,
              JsonObject   *record)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->store));

  for (guint i = n; i-- > 0;)
    {
      g_autoptr(TcRecord) known = g_list_model_get_item (G_LIST_MODEL (self->store), i);
      g_autoptr(JsonObject) merged = NULL;
      g_autoptr(TcRecord) item = NULL;

      if (!is_same_gate (self, record, known->json))
        continue;
      merged = json_object_new ();
      copy_known (known->json, merged);
      copy_known (record, merged);
      item = tc_record_new (merged);
      g_list_store_splice (self->store, i, 1, (gpointer *) &item, 1);
      return TRUE;
    }

  return FALSE;
}

static void
on_record (TcClient     *client,
           const char   *kind,
           guint64       session_id,
           JsonObject   *record,
           TcRunRecords *self)
{
  if (session_id == self->session_id && g_str_equal (kind, self->kind) &&
      !has_record (self, tc_json_get_int (record, "id", 0)) && !replace_gate (self, record))
    add_record (self, record);
}

static void
on_items_changed (GListModel   *model,
                  guint         position,
                  guint         removed,
                  guint         added,
                  TcRunRecords *self)
{
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

static void
tc_run_records_dispose (GObject *object)
{
  TcRunRecords *self = TC_RUN_RECORDS (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);
  g_clear_pointer (&self->kind, g_free);

  G_OBJECT_CLASS (tc_run_records_parent_class)->dispose (object);
}

static void
tc_run_records_finalize (GObject *object)
{
  g_object_unref (TC_RUN_RECORDS (object)->store);

  G_OBJECT_CLASS (tc_run_records_parent_class)->finalize (object);
}

static void
tc_run_records_class_init (TcRunRecordsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_run_records_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_run_records_finalize;
}

static void
tc_run_records_init (TcRunRecords *self)
{
  self->store = g_list_store_new (TC_TYPE_RECORD);
  g_signal_connect_object (self->store, "items-changed", G_CALLBACK (on_items_changed), self, 0);
}

/**
 * tc_run_records_new:
 * @kind: "gate", "verdict", "checkpoint" or "event"
 *
 * Returns: (transfer full): the records of that kind, oldest first
 */
TcRunRecords *
tc_run_records_new (TcClient   *client,
                    const char *kind,
                    guint64     session_id)
{
  TcRunRecords *self = g_object_new (TC_TYPE_RUN_RECORDS, NULL);

  self->client = g_object_ref (client);
  self->kind = g_strdup (kind);
  self->session_id = session_id;
  g_signal_connect_object (client, "notify::state", G_CALLBACK (on_state_changed), self, 0);
  g_signal_connect_object (client, "record", G_CALLBACK (on_record), self, 0);
  on_state_changed (client, NULL, self);

  return self;
}
