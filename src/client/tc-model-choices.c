/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-model-choices.h"

#include "tc-json.h"
#include "tc-sentence.h"

struct _TcModelItem
{
  GObject  parent_instance;

  char    *provider;  /* (owned) its word */
  char    *id;        /* (owned) */
  char    *name;      /* (owned) for people */
  char    *specialty; /* (owned) (nullable) */
  char    *tier;      /* (owned) "free" "$" "$$" "$$$" "unknown" */
  char    *state;     /* (owned) "active" "deprecated" "retired" "never-existed" "not-offered" "not-pulled" */
  char    *text;      /* (owned) (nullable) what there is to say about it */
  gint64   context;   /* tokens; 0: not known */
  guint    rank;      /* 0: can be used */
};

enum
{
  PROP_NAME = 1,
  N_PROPS,
};

G_DEFINE_FINAL_TYPE (TcModelItem, tc_model_item, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];

struct _TcModelChoices
{
  GObject       parent_instance;

  TcClient     *client;      /* (owned) */
  GListStore   *store;       /* (owned) */
  GHashTable   *with_key;    /* (owned) words of providers that can be asked */
  GHashTable   *problems;    /* (owned) word of a provider → why its list is not fresh */
  GCancellable *cancellable; /* (owned) (nullable) of the loading under way */
  char         *problem;     /* (owned) (nullable) why there is nothing */
  gboolean      is_loaded;
  gboolean      is_refreshing; /* the providers are being asked */
};

static void tc_model_choices_init_model (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TcModelChoices, tc_model_choices, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, tc_model_choices_init_model))

static guint loaded_signal;

/* ---- One model ---- */

static void
tc_model_item_finalize (GObject *object)
{
  TcModelItem *self = TC_MODEL_ITEM (object);

  g_free (self->provider);
  g_free (self->id);
  g_free (self->name);
  g_free (self->specialty);
  g_free (self->tier);
  g_free (self->state);
  g_free (self->text);

  G_OBJECT_CLASS (tc_model_item_parent_class)->finalize (object);
}

static void
tc_model_item_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, TC_MODEL_ITEM (object)->name);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
tc_model_item_class_init (TcModelItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = tc_model_item_finalize;
  object_class->get_property = tc_model_item_get_property;
  properties[PROP_NAME] =
    g_param_spec_string ("name", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
tc_model_item_init (TcModelItem *self)
{
}

static guint
rank_state (const char *state)
{
  static const char *const order[] = {
    "active", "deprecated", "not-pulled", "not-offered", "retired", "never-existed"
  };

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    {
      if (g_str_equal (order[i], state))
        return i;
    }

  return 0;
}

static TcModelItem *
item_from_json (const char *provider,
                JsonObject *json)
{
  TcModelItem *self = g_object_new (TC_TYPE_MODEL_ITEM, NULL);

  self->provider = g_strdup (provider);
  self->id = g_strdup (tc_json_get_string (json, "id", ""));
  self->name = g_strdup (tc_json_get_string (json, "name", self->id));
  self->specialty = tc_sentence_dup_local (tc_json_get_string (json, "specialty", NULL));
  self->tier = g_strdup (tc_json_get_string (json, "tier", "unknown"));
  self->state = g_strdup (tc_json_get_string (json, "state", "active"));
  self->text = tc_sentence_dup_local (tc_json_get_string (json, "text", NULL));
  self->context = MAX (tc_json_get_int (json, "context", 0), 0);
  self->rank = rank_state (self->state);

  return self;
}

/** tc_model_item_get_provider: Returns: (transfer none): the word of its provider */
const char *
tc_model_item_get_provider (TcModelItem *self)
{
  g_return_val_if_fail (TC_IS_MODEL_ITEM (self), NULL);

  return self->provider;
}

/** tc_model_item_get_id: Returns: (transfer none): the provider's name of it */
const char *
tc_model_item_get_id (TcModelItem *self)
{
  g_return_val_if_fail (TC_IS_MODEL_ITEM (self), NULL);

  return self->id;
}

/** tc_model_item_get_name: Returns: (transfer none): what people call it */
const char *
tc_model_item_get_name (TcModelItem *self)
{
  g_return_val_if_fail (TC_IS_MODEL_ITEM (self), NULL);

  return self->name;
}

/** tc_model_item_get_specialty: Returns: (transfer none) (nullable): what it is good at */
const char *
tc_model_item_get_specialty (TcModelItem *self)
{
  g_return_val_if_fail (TC_IS_MODEL_ITEM (self), NULL);

  return self->specialty;
}

/** tc_model_item_get_tier: Returns: (transfer none): "free" "$" "$$" "$$$" or "unknown" */
const char *
tc_model_item_get_tier (TcModelItem *self)
{
  g_return_val_if_fail (TC_IS_MODEL_ITEM (self), NULL);

  return self->tier;
}

/** tc_model_item_get_state: Returns: (transfer none): the word for its life, as in the API */
const char *
tc_model_item_get_state (TcModelItem *self)
{
  g_return_val_if_fail (TC_IS_MODEL_ITEM (self), NULL);

  return self->state;
}

/** tc_model_item_get_text: Returns: (transfer none) (nullable): what the engine says about it */
const char *
tc_model_item_get_text (TcModelItem *self)
{
  g_return_val_if_fail (TC_IS_MODEL_ITEM (self), NULL);

  return self->text;
}

/** tc_model_item_get_context: Returns: how many tokens it reads at most; 0 where nobody knows */
gint64
tc_model_item_get_context (TcModelItem *self)
{
  g_return_val_if_fail (TC_IS_MODEL_ITEM (self), 0);

  return self->context;
}

/** tc_model_item_is_usable: Returns: whether it can be asked, given a key */
gboolean
tc_model_item_is_usable (TcModelItem *self)
{
  g_return_val_if_fail (TC_IS_MODEL_ITEM (self), FALSE);

  return self->rank <= 1;
}

/* ---- The list ---- */

static GType
get_item_type (GListModel *model)
{
  return TC_TYPE_MODEL_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (TC_MODEL_CHOICES (model)->store));
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  return g_list_model_get_item (G_LIST_MODEL (TC_MODEL_CHOICES (model)->store), position);
}

static void
tc_model_choices_init_model (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* Stable: within a rank the engine's order stays. */
static int
compare_rank (gconstpointer a,
              gconstpointer b)
{
  const TcModelItem *x = *(const TcModelItem *const *) a;
  const TcModelItem *y = *(const TcModelItem *const *) b;

  return (x->rank > y->rank) - (x->rank < y->rank);
}

static void
take_provider (TcModelChoices *self,
               JsonObject  *provider,
               GPtrArray   *items)
{
  const char *word = tc_json_get_string (provider, "provider", "");
  JsonArray *models = tc_json_get_array (provider, "models");

  if (tc_json_get_boolean (provider, "has_key", FALSE))
    g_hash_table_add (self->with_key, g_strdup (word));
  if (tc_json_get_string (provider, "problem", NULL) != NULL)
    g_hash_table_insert (self->problems, g_strdup (word),
                         tc_sentence_dup_local (tc_json_get_string (provider, "problem", NULL)));
  for (guint i = 0; models != NULL && i < json_array_get_length (models); i++)
    {
      JsonNode *model = json_array_get_element (models, i);

      if (JSON_NODE_HOLDS_OBJECT (model))
        g_ptr_array_add (items, item_from_json (word, json_node_get_object (model)));
    }
}

static gboolean
is_same (TcModelChoices *self,
         GPtrArray   *items)
{
  if (items->len != g_list_model_get_n_items (G_LIST_MODEL (self->store)))
    return FALSE;
  for (guint i = 0; i < items->len; i++)
    {
      TcModelItem *a = g_ptr_array_index (items, i);
      g_autoptr(TcModelItem) b = g_list_model_get_item (G_LIST_MODEL (self->store), i);

      if (!g_str_equal (a->provider, b->provider) || !g_str_equal (a->id, b->id) ||
          !g_str_equal (a->name, b->name) || !g_str_equal (a->tier, b->tier) ||
          !g_str_equal (a->state, b->state) || g_strcmp0 (a->text, b->text) != 0 ||
          g_strcmp0 (a->specialty, b->specialty) != 0 || a->context != b->context)
        return FALSE;
    }

  return TRUE;
}

/* The same again changes nothing, so that what was chosen stays chosen. */
static void
take_answer (TcModelChoices *self,
             JsonObject  *answer)
{
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  JsonArray *providers = tc_json_get_array (answer, "providers");

  g_hash_table_remove_all (self->with_key);
  g_hash_table_remove_all (self->problems);
  for (guint i = 0; providers != NULL && i < json_array_get_length (providers); i++)
    {
      JsonNode *provider = json_array_get_element (providers, i);

      if (JSON_NODE_HOLDS_OBJECT (provider))
        take_provider (self, json_node_get_object (provider), items);
    }
  g_ptr_array_sort (items, compare_rank);
  if (!is_same (self, items))
    g_list_store_splice (self->store, 0, g_list_model_get_n_items (G_LIST_MODEL (self->store)),
                         items->pdata, items->len);
}

static void
on_loaded (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(TcModelChoices) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);
  g_autoptr(JsonNode) node = reply != NULL ? tc_reply_parse (reply, &error) : NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->is_refreshing = FALSE;
  g_set_str (&self->problem, error != NULL ? error->message : NULL);
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    {
      self->is_loaded = TRUE;
      take_answer (self, json_node_get_object (node));
    }
  g_signal_emit (self, loaded_signal, 0);
}

static void
ask (TcModelChoices *self,
     gboolean        is_refresh)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->is_refreshing = is_refresh;
  tc_client_request_async (self->client, "GET", is_refresh ? "/api/models?refresh=1" : "/api/models", NULL,
                           self->cancellable, on_loaded, g_object_ref (self));
}

static void
load (TcModelChoices *self)
{
  /* What is asked of the providers comes back with all that is known. */
  if (!self->is_refreshing)
    ask (self, FALSE);
}

static void
on_state_changed (TcClient    *client,
                  GParamSpec  *pspec,
                  TcModelChoices *self)
{
  if (tc_client_get_state (client) == TC_CLIENT_CONNECTED)
    ask (self, FALSE);
}

static void
on_news (TcClient    *client,
         const char  *type,
         JsonObject  *event,
         TcModelChoices *self)
{
  JsonObject *pull = tc_json_get_object (event, "pull");

  if (g_str_equal (type, "key") || g_str_equal (type, "models") ||
      g_str_equal (tc_json_get_string (pull, "state", ""), "done"))
    load (self);
}

static void
on_items_changed (GListModel  *model,
                  guint        position,
                  guint        removed,
                  guint        added,
                  TcModelChoices *self)
{
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

static void
tc_model_choices_dispose (GObject *object)
{
  TcModelChoices *self = TC_MODEL_CHOICES (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (tc_model_choices_parent_class)->dispose (object);
}

static void
tc_model_choices_finalize (GObject *object)
{
  TcModelChoices *self = TC_MODEL_CHOICES (object);

  g_object_unref (self->store);
  g_hash_table_unref (self->with_key);
  g_hash_table_unref (self->problems);
  g_free (self->problem);

  G_OBJECT_CLASS (tc_model_choices_parent_class)->finalize (object);
}

static void
tc_model_choices_class_init (TcModelChoicesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_model_choices_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_model_choices_finalize;
  loaded_signal = g_signal_new ("loaded", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
}

static void
tc_model_choices_init (TcModelChoices *self)
{
  self->store = g_list_store_new (TC_TYPE_MODEL_ITEM);
  self->with_key = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->problems = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_signal_connect_object (self->store, "items-changed", G_CALLBACK (on_items_changed), self, 0);
}

/**
 * tc_model_choices_new:
 *
 * Returns: (transfer full): the models that the engine behind @client knows
 */
TcModelChoices *
tc_model_choices_new (TcClient *client)
{
  TcModelChoices *self = g_object_new (TC_TYPE_MODEL_CHOICES, NULL);

  self->client = g_object_ref (client);
  g_signal_connect_object (client, "notify::state", G_CALLBACK (on_state_changed), self, 0);
  g_signal_connect_object (client, "news", G_CALLBACK (on_news), self, 0);
  on_state_changed (client, NULL, self);

  return self;
}

/** tc_model_choices_is_loaded: Returns: whether the engine has answered once */
gboolean
tc_model_choices_is_loaded (TcModelChoices *self)
{
  g_return_val_if_fail (TC_IS_MODEL_CHOICES (self), FALSE);

  return self->is_loaded;
}

/** tc_model_choices_has_key: Returns: whether the provider can be asked, with a key or without needing one */
gboolean
tc_model_choices_has_key (TcModelChoices *self,
                       const char  *provider)
{
  g_return_val_if_fail (TC_IS_MODEL_CHOICES (self), FALSE);

  return g_hash_table_contains (self->with_key, provider);
}

/** tc_model_choices_get_problem: Returns: (transfer none) (nullable): why it could not be loaded, for people */
const char *
tc_model_choices_get_problem (TcModelChoices *self)
{
  g_return_val_if_fail (TC_IS_MODEL_CHOICES (self), NULL);

  return self->problem;
}

/** tc_model_choices_get_provider_problem: Returns: (transfer none) (nullable): why the provider did not list its models, for people */
const char *
tc_model_choices_get_provider_problem (TcModelChoices *self,
                                       const char     *provider)
{
  g_return_val_if_fail (TC_IS_MODEL_CHOICES (self), NULL);

  return g_hash_table_lookup (self->problems, provider);
}

/** tc_model_choices_refresh: Lets the engine ask all providers for their lists; ::loaded tells the end */
void
tc_model_choices_refresh (TcModelChoices *self)
{
  g_return_if_fail (TC_IS_MODEL_CHOICES (self));

  if (self->is_refreshing || tc_client_get_state (self->client) != TC_CLIENT_CONNECTED)
    return;
  ask (self, TRUE);
  g_signal_emit (self, loaded_signal, 0);
}

/** tc_model_choices_is_refreshing: Returns: whether the providers are being asked */
gboolean
tc_model_choices_is_refreshing (TcModelChoices *self)
{
  g_return_val_if_fail (TC_IS_MODEL_CHOICES (self), FALSE);

  return self->is_refreshing;
}
