/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-key-list.h"

#include "tc-error.h"
#include "tc-json.h"
#include "tc-sentence.h"

#define USES_AFTER_MS 500

struct _TcKeyItem
{
  GObject   parent_instance;

  TcApiKey *key;     /* (owned) */
  GArray   *uses;    /* (owned) (element-type guint64) sessions that have not ended */
  gboolean  is_outdated;
};

G_DEFINE_FINAL_TYPE (TcKeyItem, tc_key_item, G_TYPE_OBJECT)

struct _TcKeyList
{
  GObject       parent_instance;

  TcClient     *client;      /* (owned) */
  GListStore   *store;       /* (owned) */
  GCancellable *cancellable; /* (owned) (nullable) of the loading under way */
  guint         uses_id;     /* what uses the keys is asked for again soon */
  gboolean      is_stale;    /* something changed meanwhile: the answer may be older */
  char         *warning;     /* (owned) (nullable) of the keyring, in the engine's words */
  gboolean      is_locked;   /* the keyring */
  gboolean      is_unlocking; /* somebody has its password asked for */
  GCancellable *asking;      /* (owned) (nullable) of our own request for that */
  char         *problem;     /* (owned) (nullable) why that came to nothing, in the engine's words */
};

static void tc_key_list_init_model (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TcKeyList, tc_key_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, tc_key_list_init_model))

static guint changed_signal;
static guint warning_signal;
static guint keyring_signal;

/* ---- One key ---- */

static void
tc_key_item_finalize (GObject *object)
{
  tc_api_key_free (TC_KEY_ITEM (object)->key);
  g_array_unref (TC_KEY_ITEM (object)->uses);

  G_OBJECT_CLASS (tc_key_item_parent_class)->finalize (object);
}

static void
tc_key_item_class_init (TcKeyItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tc_key_item_finalize;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
tc_key_item_init (TcKeyItem *self)
{
  self->uses = g_array_new (FALSE, FALSE, sizeof (guint64));
}

/** tc_key_item_get: Returns: (transfer none): what is known of the key */
const TcApiKey *
tc_key_item_get (TcKeyItem *self)
{
  g_return_val_if_fail (TC_IS_KEY_ITEM (self), NULL);

  return self->key;
}

/** tc_key_item_get_uses: @n: (out). Returns: (transfer none) (array length=n): the sessions that use it, until ::changed */
const guint64 *
tc_key_item_get_uses (TcKeyItem *self,
                      guint     *n)
{
  g_return_val_if_fail (TC_IS_KEY_ITEM (self), NULL);

  *n = self->uses->len;

  return (const guint64 *) (gpointer) self->uses->data;
}

/** tc_key_item_is_outdated: Returns: whether another state is about to come */
gboolean
tc_key_item_is_outdated (TcKeyItem *self)
{
  g_return_val_if_fail (TC_IS_KEY_ITEM (self), FALSE);

  return self->is_outdated;
}

/* ---- The list ---- */

static GType
get_item_type (GListModel *model)
{
  return TC_TYPE_KEY_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (TC_KEY_LIST (model)->store));
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  return g_list_model_get_item (G_LIST_MODEL (TC_KEY_LIST (model)->store), position);
}

static void
tc_key_list_init_model (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static gboolean
find_id (TcKeyList *self,
         guint64    id,
         guint     *position)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->store));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(TcKeyItem) item = g_list_model_get_item (G_LIST_MODEL (self->store), i);

      if (item->key->id != id)
        continue;
      *position = i;
      return TRUE;
    }

  return FALSE;
}

static void
read_uses (TcKeyItem  *item,
           JsonObject *json)
{
  JsonArray *sessions = tc_json_get_array (json, "sessions");

  g_array_set_size (item->uses, 0);
  for (guint i = 0; sessions != NULL && i < json_array_get_length (sessions); i++)
    {
      JsonNode *node = json_array_get_element (sessions, i);
      const char *text = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
      guint64 id;

      if (text != NULL && g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT64, &id, NULL))
        g_array_append_val (item->uses, id);
    }
}

/* A key that is known stays the same object, so that its row stays too. */
static void
take_key (TcKeyList  *self,
          JsonObject *json)
{
  TcApiKey *key = tc_api_key_from_json (json);
  guint position;

  if (key == NULL)
    return;
  if (find_id (self, key->id, &position))
    {
      g_autoptr(TcKeyItem) known = g_list_model_get_item (G_LIST_MODEL (self->store), position);

      gboolean was_held_back = known->key->state == TC_KEY_NO_SECRET;

      tc_api_key_free (known->key);
      known->key = key;
      known->is_outdated = FALSE;
      if (was_held_back != (key->state == TC_KEY_NO_SECRET))
        g_signal_emit (self, keyring_signal, 0);
      read_uses (known, json);
      g_signal_emit (known, changed_signal, 0);
    }
  else
    {
      g_autoptr(TcKeyItem) item = g_object_new (TC_TYPE_KEY_ITEM, NULL);

      item->key = key;
      read_uses (item, json);
      g_list_store_append (self->store, item);
    }
}

static gboolean
has_key (JsonArray *keys,
         guint64    id)
{
  for (guint i = 0; keys != NULL && i < json_array_get_length (keys); i++)
    {
      JsonNode *node = json_array_get_element (keys, i);
      g_autoptr(TcApiKey) key =
        JSON_NODE_HOLDS_OBJECT (node) ? tc_api_key_from_json (json_node_get_object (node)) : NULL;

      if (key != NULL && key->id == id)
        return TRUE;
    }

  return FALSE;
}

static void
read_keys (TcKeyList *self,
           JsonArray *keys)
{
  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->store)); i-- > 0;)
    {
      g_autoptr(TcKeyItem) item = g_list_model_get_item (G_LIST_MODEL (self->store), i);

      if (!has_key (keys, item->key->id))
        g_list_store_remove (self->store, i);
    }
  for (guint i = 0; keys != NULL && i < json_array_get_length (keys); i++)
    {
      JsonNode *key = json_array_get_element (keys, i);

      if (JSON_NODE_HOLDS_OBJECT (key))
        take_key (self, json_node_get_object (key));
    }
}

static void
outdate (TcKeyList *self)
{
  guint n = get_n_items (G_LIST_MODEL (self));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(TcKeyItem) item = get_item (G_LIST_MODEL (self), i);

      item->is_outdated = item->key->state == TC_KEY_NO_SECRET;
    }
}

/* @keyring: (nullable) */
static void
read_keyring (TcKeyList  *self,
              JsonObject *keyring)
{
  gboolean is_locked = tc_json_get_boolean (keyring, "locked", FALSE);
  gboolean is_unlocking = tc_json_get_boolean (keyring, "unlocking", FALSE);

  if (is_locked == self->is_locked && is_unlocking == self->is_unlocking)
    return;
  if (self->is_locked && !is_locked)
    {
      outdate (self);
      g_clear_pointer (&self->problem, g_free);
    }
  self->is_locked = is_locked;
  self->is_unlocking = is_unlocking;
  g_signal_emit (self, keyring_signal, 0);
}

static void load (TcKeyList *self);

static void
on_loaded (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(TcKeyList) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);
  g_autoptr(JsonNode) node = reply != NULL ? tc_reply_parse (reply, &error) : NULL;
  g_autofree char *warning = NULL;
  JsonObject *answer;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->client == NULL)
    return;
  g_clear_object (&self->cancellable);
  if (self->is_stale)
    {
      load (self);
      return;
    }
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return;
  answer = json_node_get_object (node);
  read_keyring (self, tc_json_get_object (answer, "keyring"));
  read_keys (self, tc_json_get_array (answer, "keys"));
  warning = tc_sentence_dup_local (tc_json_get_string (answer, "keyring_warning", NULL));
  if (g_set_str (&self->warning, warning))
    g_signal_emit (self, warning_signal, 0);
}

static void
load (TcKeyList *self)
{
  if (tc_client_get_state (self->client) != TC_CLIENT_CONNECTED)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->is_stale = FALSE;
  self->cancellable = g_cancellable_new ();
  tc_client_request_async (self->client, "GET", "/api/keys/list", NULL, self->cancellable, on_loaded,
                           g_object_ref (self));
}

static void
on_state_changed (TcClient   *client,
                  GParamSpec *pspec,
                  TcKeyList  *self)
{
  load (self);
}

static void
on_news (TcClient   *client,
         const char *type,
         JsonObject *event,
         TcKeyList  *self)
{
  JsonObject *key = tc_json_get_object (event, "key");
  guint64 id = 0;
  guint position;

  if (!g_str_equal (type, "key") && !g_str_equal (type, "keyring"))
    return;
  self->is_stale = self->cancellable != NULL;
  if (g_str_equal (type, "keyring"))
    {
      read_keyring (self, tc_json_get_object (event, "keyring"));
      return;
    }
  if (key != NULL)
    {
      guint n = get_n_items (G_LIST_MODEL (self));

      take_key (self, key);
      /* What the keyring is like the engine knows once it has put a key there. */
      if (get_n_items (G_LIST_MODEL (self)) > n)
        load (self);
    }
  else if (g_ascii_string_to_unsigned (tc_json_get_string (event, "key_id", ""), 10, 1, G_MAXINT64,
                                       &id, NULL) && find_id (self, id, &position))
    g_list_store_remove (self->store, position);
}

static gboolean
on_uses_later (gpointer user_data)
{
  TcKeyList *self = user_data;

  self->uses_id = 0;
  if (self->cancellable != NULL)
    self->is_stale = TRUE;
  else
    load (self);

  return G_SOURCE_REMOVE;
}

/* Which sessions use a key the engine knows. Many may be queued at once. */
static void
on_sessions (TcKeyList *self)
{
  if (self->uses_id == 0 && get_n_items (G_LIST_MODEL (self)) > 0)
    self->uses_id = g_timeout_add (USES_AFTER_MS, on_uses_later, self);
}

static void
on_items_changed (GListModel *model,
                  guint       position,
                  guint       removed,
                  guint       added,
                  TcKeyList  *self)
{
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

static void
tc_key_list_dispose (GObject *object)
{
  TcKeyList *self = TC_KEY_LIST (object);

  g_clear_handle_id (&self->uses_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (tc_key_list_parent_class)->dispose (object);
}

static void
tc_key_list_finalize (GObject *object)
{
  g_object_unref (TC_KEY_LIST (object)->store);
  g_free (TC_KEY_LIST (object)->warning);
  g_free (TC_KEY_LIST (object)->problem);

  G_OBJECT_CLASS (tc_key_list_parent_class)->finalize (object);
}

static void
tc_key_list_class_init (TcKeyListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_key_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_key_list_finalize;
  warning_signal = g_signal_new ("warning-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
  keyring_signal = g_signal_new ("keyring-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
tc_key_list_init (TcKeyList *self)
{
  self->store = g_list_store_new (TC_TYPE_KEY_ITEM);
  g_signal_connect_object (self->store, "items-changed", G_CALLBACK (on_items_changed), self, 0);
}

/**
 * tc_key_list_new:
 *
 * Returns: (transfer full): the keys of the engine behind @client
 */
TcKeyList *
tc_key_list_new (TcClient *client)
{
  TcKeyList *self = g_object_new (TC_TYPE_KEY_LIST, NULL);

  self->client = g_object_ref (client);
  g_signal_connect_object (client, "notify::state", G_CALLBACK (on_state_changed), self, 0);
  g_signal_connect_object (client, "news", G_CALLBACK (on_news), self, 0);
  g_signal_connect_object (client, "sessions", G_CALLBACK (on_sessions), self, G_CONNECT_SWAPPED);
  on_state_changed (client, NULL, self);

  return self;
}

/** tc_key_list_get_warning: Returns: (nullable): what is wrong with the keyring, in the engine's words */
const char *
tc_key_list_get_warning (TcKeyList *self)
{
  g_return_val_if_fail (TC_IS_KEY_LIST (self), NULL);

  return self->warning;
}

/* ---- A locked keyring ---- */

/** tc_key_list_is_locked: Returns: whether the keyring waits for its password */
gboolean
tc_key_list_is_locked (TcKeyList *self)
{
  g_return_val_if_fail (TC_IS_KEY_LIST (self), FALSE);

  return self->is_locked;
}

/** tc_key_list_is_held_back: Returns: whether it does not give out a key that there is */
gboolean
tc_key_list_is_held_back (TcKeyList *self)
{
  guint n;

  g_return_val_if_fail (TC_IS_KEY_LIST (self), FALSE);

  n = get_n_items (G_LIST_MODEL (self));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr(TcKeyItem) item = get_item (G_LIST_MODEL (self), i);

      if (item->key->state == TC_KEY_NO_SECRET && !item->is_outdated)
        return TRUE;
    }

  return FALSE;
}

/** tc_key_list_is_unlocking: Returns: whether the desktop asks for it now, whoever wanted that */
gboolean
tc_key_list_is_unlocking (TcKeyList *self)
{
  g_return_val_if_fail (TC_IS_KEY_LIST (self), FALSE);

  return self->is_unlocking || self->asking != NULL;
}

/** tc_key_list_get_problem: Returns: (nullable): why nobody could be asked, a sentence; not that somebody said no */
const char *
tc_key_list_get_problem (TcKeyList *self)
{
  g_return_val_if_fail (TC_IS_KEY_LIST (self), NULL);

  return self->problem;
}

static void
on_unlocked (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(TcKeyList) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);

  if (self->client == NULL)
    return;
  g_clear_object (&self->asking);
  if (reply == NULL && !g_error_matches (error, TC_ERROR, TC_ERROR_PERMISSION) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_set_str (&self->problem, error->message);
  g_signal_emit (self, keyring_signal, 0);
}

/** tc_key_list_unlock: has the desktop ask for the keyring's password; ::keyring-changed tells what comes of it */
void
tc_key_list_unlock (TcKeyList *self)
{
  g_return_if_fail (TC_IS_KEY_LIST (self));

  if (self->asking != NULL)
    return;
  g_clear_pointer (&self->problem, g_free);
  self->asking = g_cancellable_new ();
  tc_client_request_async (self->client, "POST", "/api/keys/unlock", NULL, self->asking, on_unlocked,
                           g_object_ref (self));
  g_signal_emit (self, keyring_signal, 0);
}

/** tc_key_list_find: Returns: (transfer full) (nullable): the key of that number */
TcKeyItem *
tc_key_list_find (TcKeyList *self,
                  guint64    id)
{
  guint position;

  g_return_val_if_fail (TC_IS_KEY_LIST (self), NULL);

  return find_id (self, id, &position) ? g_list_model_get_item (G_LIST_MODEL (self->store), position) : NULL;
}
