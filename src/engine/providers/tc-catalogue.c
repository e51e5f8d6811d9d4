/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-catalogue-resources.h"
#include "tc-catalogue.h"
#include "tc-error.h"
#include "tc-json.h"
#include "tc-model-list.h"

#define BUNDLED_PATH "/dev/hlx/TrainingCenter/providers/catalogue.json"
#define OVERRIDES_MAX_BYTES (1024 * 1024)

/* Dollars for a million tokens where three parts are read and one is written:
 * up to the first is $, up to the second $$, above it $$$. */
#define CHEAP_UP_TO (2 * TC_MONEY_DOLLAR)
#define MEDIUM_UP_TO (8 * TC_MONEY_DOLLAR)

struct _TcCatalogue
{
  GObject     parent_instance;

  char       *overrides_path; /* (owned) */
  TcClock    *clock;          /* (owned) */
  JsonObject *bundled;        /* (owned) */
  JsonObject *live[TC_PROVIDER_N];     /* (owned) (nullable) id → model */
  char       *problems[TC_PROVIDER_N]; /* (owned) (nullable) why there is no list */
};

G_DEFINE_FINAL_TYPE (TcCatalogue, tc_catalogue, G_TYPE_OBJECT)

static void
tc_catalogue_finalize (GObject *object)
{
  TcCatalogue *self = TC_CATALOGUE (object);

  for (guint i = 0; i < TC_PROVIDER_N; i++)
    {
      g_clear_pointer (&self->live[i], json_object_unref);
      g_free (self->problems[i]);
    }
  json_object_unref (self->bundled);
  tc_clock_unref (self->clock);
  g_free (self->overrides_path);

  G_OBJECT_CLASS (tc_catalogue_parent_class)->finalize (object);
}

static void
tc_catalogue_class_init (TcCatalogueClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tc_catalogue_finalize;
}

static void
tc_catalogue_init (TcCatalogue *self)
{
  g_autoptr(GBytes) bytes = g_resource_lookup_data (tc_catalogue_get_resource (), BUNDLED_PATH,
                                                    G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  /* Built into the program and read by its tests. */
  g_assert (bytes != NULL);
  self->bundled = tc_json_parse_object (g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                                        TC_JSON_DEFAULT, NULL);
  g_assert (self->bundled != NULL);
}

/**
 * tc_catalogue_new:
 * @overrides_path: the user's own file, which need not exist
 *
 * Returns: (transfer full): the catalogue as it came with the program
 */
TcCatalogue *
tc_catalogue_new (const char *overrides_path,
                  TcClock    *clock)
{
  TcCatalogue *self = g_object_new (TC_TYPE_CATALOGUE, NULL);

  self->overrides_path = g_strdup (overrides_path);
  self->clock = tc_clock_ref (clock);

  return self;
}

/**
 * tc_catalogue_take_list:
 * @body: what the provider answered
 * @error: TC_ERROR_INVALID; the list of before stays
 *
 * Takes over a provider's own list.
 *
 * Returns: whether it was one
 */
gboolean
tc_catalogue_take_list (TcCatalogue       *self,
                        const TcProvider  *provider,
                        const char        *body,
                        gsize              length,
                        GError           **error)
{
  JsonObject *list = tc_model_list_read (provider, body, length, error);

  if (list == NULL)
    return FALSE;
  g_clear_pointer (&self->live[provider->id], json_object_unref);
  self->live[provider->id] = list;
  g_clear_pointer (&self->problems[provider->id], g_free);

  return TRUE;
}

/** tc_catalogue_take_problem: remembers in words why a provider gave no list */
void
tc_catalogue_take_problem (TcCatalogue      *self,
                           const TcProvider *provider,
                           const char       *problem)
{
  g_set_str (&self->problems[provider->id], problem);
}

/**
 * tc_catalogue_get_tier:
 * @input: for a million tokens read
 * @output: for a million tokens written
 *
 * Returns: (transfer none): "FREE", "$", "$$" or "$$$"
 */
const char *
tc_catalogue_get_tier (TcMoney input,
                       TcMoney output)
{
  TcMoney mixed = input / 4 * 3 + output / 4;

  if (input == 0 && output == 0)
    return "FREE";

  return mixed <= CHEAP_UP_TO ? "$" : mixed <= MEDIUM_UP_TO ? "$$" : "$$$";
}

static JsonObject *
get_models (JsonObject *root,
            const char *provider)
{
  g_autoptr(JsonObject) models = json_object_new ();
  JsonArray *list = tc_json_get_array (tc_json_get_object (root, "providers"), provider);

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      JsonNode *node = json_array_get_element (list, i);
      JsonObject *model = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *id = model == NULL ? NULL : tc_json_get_string (model, "id", NULL);

      if (id != NULL)
        json_object_set_object_member (models, id, json_object_ref (model));
    }

  return g_steal_pointer (&models);
}

/* A model with the members of another put over its own. */
static JsonObject *
merge (JsonObject *below,
       JsonObject *above)
{
  JsonObject *both = json_object_new ();
  JsonObject *layers[] = { below, above };

  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    {
      JsonObjectIter iter;
      const char *name;
      JsonNode *node;

      if (layers[i] == NULL)
        continue;
      json_object_iter_init_ordered (&iter, layers[i]);
      while (json_object_iter_next_ordered (&iter, &name, &node))
        json_object_set_member (both, name, json_node_copy (node));
    }

  return both;
}

/* The row that holds today: the last one that has begun. */
static JsonObject *
find_price (JsonObject *model,
            const char *today)
{
  JsonArray *rows = tc_json_get_array (model, "prices");
  JsonObject *found = NULL;

  for (guint i = 0; rows != NULL && i < json_array_get_length (rows); i++)
    {
      JsonNode *node = json_array_get_element (rows, i);
      JsonObject *row = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *from = row == NULL ? "9" : tc_json_get_string (row, "valid_from", "");

      if (strcmp (from, today) <= 0 &&
          (found == NULL || strcmp (from, tc_json_get_string (found, "valid_from", "")) >= 0))
        found = row;
    }

  return found;
}

/* What the provider asks by its own word goes before what was collected, what
 * the user says before both. */
static void
add_price (JsonObject *out,
           JsonObject *model,
           JsonObject *live,
           gboolean    is_user_price,
           const char *today)
{
  JsonObject *price = find_price (model, today);
  TcMoney input, output;

  if (!is_user_price && live != NULL && tc_json_has (live, "input") && tc_json_has (live, "output"))
    price = live;
  if (live != NULL && tc_json_get_boolean (live, "remote", FALSE) && !is_user_price)
    price = NULL;
  if (price == NULL || !tc_money_parse (tc_json_get_string (price, "input", ""), &input, NULL) ||
      !tc_money_parse (tc_json_get_string (price, "output", ""), &output, NULL))
    {
      json_object_set_string_member (out, "tier", "unknown");
      json_object_set_null_member (out, "price");
      return;
    }
  json_object_set_string_member (out, "tier", tc_catalogue_get_tier (input, output));
  if (price == live)
    {
      price = json_object_new ();
      json_object_set_string_member (price, "input", tc_json_get_string (live, "input", ""));
      json_object_set_string_member (price, "output", tc_json_get_string (live, "output", ""));
      json_object_set_string_member (price, "cache_read", tc_json_get_string (live, "cache_read", NULL));
      json_object_set_string_member (price, "source", "the provider's own list");
    }
  else
    json_object_ref (price);
  json_object_set_object_member (out, "price", price);
}

/* The state of a model, and a sentence where it is not simply there. */
static const char *
judge (JsonObject  *model,
       JsonObject  *live,
       gboolean     was_asked,
       const char  *today,
       char       **text)
{
  const char *end = tc_json_get_string (live, "retires_at", tc_json_get_string (model, "retires_at", ""));
  const char *lifecycle = tc_json_get_string (live, "lifecycle", "");
  g_autofree char *day = g_strndup (end, 10);

  if (tc_json_get_boolean (model, "never_existed", FALSE))
    *text = g_strdup ("There never was a model of this id.");
  else if (strcmp (lifecycle, "retired") == 0 || (live == NULL && day[0] != '\0' && strcmp (day, today) <= 0))
    *text = day[0] != '\0' ? g_strdup_printf ("Retired on %s.", day) : g_strdup ("Retired.");
  else if (strcmp (lifecycle, "deprecated") == 0 || day[0] != '\0')
    {
      *text = day[0] != '\0' ? g_strdup_printf ("Retires on %s.", day) : g_strdup ("Retires soon.");
      return "deprecated";
    }
  else if (was_asked && live == NULL)
    {
      *text = g_strdup ("The provider does not offer it to this key.");
      return "not-offered";
    }
  else
    return "active";

  return tc_json_get_boolean (model, "never_existed", FALSE) ? "never-existed" : "retired";
}

static void
add_sentence (JsonObject       *out,
              const TcProvider *provider,
              JsonObject       *model,
              JsonObject       *live,
              gboolean          was_asked,
              const char       *today)
{
  g_autoptr(GString) sentence = g_string_new (NULL);
  g_autofree char *text = NULL;
  const char *state = judge (model, live, was_asked, today, &text);
  const char *replacement = tc_json_get_string (model, "replacement", NULL);
  const char *note = tc_json_get_string (model, "note", NULL);

  if (provider->id == TC_PROVIDER_QWEN && strcmp (state, "not-offered") == 0)
    {
      state = "not-pulled";
      g_free (text);
      text = g_strdup_printf ("Not on this machine yet: “ollama pull %s”.", tc_json_get_string (model, "id", ""));
    }
  if (live != NULL && tc_json_get_boolean (live, "remote", FALSE))
    g_string_append (sentence, "It runs in Ollama's cloud: not free, and data leaves this machine. ");
  if (text != NULL)
    g_string_append_printf (sentence, "%s ", text);
  if (replacement != NULL)
    g_string_append_printf (sentence, "Use %s instead. ", replacement);
  if (note != NULL)
    g_string_append (sentence, note);
  g_strchomp (sentence->str);
  json_object_set_string_member (out, "state", state);
  json_object_set_string_member (out, "text", sentence->str[0] != '\0' ? sentence->str : NULL);
}

static void
set_number (JsonObject *out,
            const char *member,
            JsonObject *model,
            JsonObject *live)
{
  gint64 number = tc_json_get_int (live, member, tc_json_get_int (model, member, 0));

  if (number > 0)
    json_object_set_int_member (out, member, number);
  else
    json_object_set_null_member (out, member);
}

/* The provider's entry for a model, which may go by another of its ids. */
static JsonObject *
find_live (JsonObject *list,
           const char *id,
           JsonObject *model)
{
  JsonArray *aliases = tc_json_get_array (model, "aliases");
  JsonObject *live = list == NULL ? NULL : tc_json_get_object (list, id);

  for (guint i = 0; live == NULL && list != NULL && aliases != NULL && i < json_array_get_length (aliases); i++)
    {
      JsonNode *node = json_array_get_element (aliases, i);

      if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_string (node) != NULL)
        live = tc_json_get_object (list, json_node_get_string (node));
    }

  return live;
}

static JsonObject *
describe (TcCatalogue      *self,
          const TcProvider *provider,
          const char       *id,
          JsonObject       *model,
          gboolean          is_user_price)
{
  JsonObject *live = find_live (self->live[provider->id], id, model);
  gint64 now = tc_clock_get_realtime (self->clock);
  g_autofree char *moment = tc_clock_format_iso8601 (now);
  g_autofree char *today = g_strndup (moment, 10);
  JsonObject *out = json_object_new ();

  json_object_set_string_member (out, "id", id);
  json_object_set_string_member (out, "name", tc_json_get_string (model, "name", tc_json_get_string (live, "name", id)));
  json_object_set_string_member (out, "specialty", tc_json_get_string (model, "specialty", NULL));
  set_number (out, "context", model, live);
  set_number (out, "max_output", model, live);
  add_price (out, model, live, is_user_price, today);
  json_object_set_boolean_member (out, "live", live != NULL);
  add_sentence (out, provider, model, live, self->live[provider->id] != NULL, today);

  return out;
}

/* What a provider lists and nobody else knows. Local models cost nothing. */
static void
add_live_only (TcCatalogue      *self,
               const TcProvider *provider,
               JsonObject       *known,
               JsonObject       *models)
{
  JsonObjectIter iter;
  const char *id;
  JsonNode *node;

  if (self->live[provider->id] == NULL)
    return;
  json_object_iter_init_ordered (&iter, self->live[provider->id]);
  while (json_object_iter_next_ordered (&iter, &id, &node))
    {
      JsonObject *model;

      if (json_object_has_member (known, id))
        continue;
      model = json_object_new ();
      json_object_set_string_member (model, "id", id);
      if (provider->id == TC_PROVIDER_QWEN)
        {
          g_autoptr(JsonNode) free_rows =
            tc_json_parse ("[{\"valid_from\":\"\",\"input\":\"0\",\"output\":\"0\",\"source\":\"runs on this machine\"}]",
                           -1, TC_JSON_DEFAULT, NULL);

          json_object_set_member (model, "prices", g_steal_pointer (&free_rows));
        }
      json_object_set_object_member (models, id, model);
    }
}

/* The ids of one model under its other names, so that it is not listed twice. */
static void
add_known (JsonObject *known,
           JsonObject *models)
{
  JsonObjectIter iter;
  const char *id;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, models);
  while (json_object_iter_next_ordered (&iter, &id, &node))
    {
      g_auto(GStrv) aliases = tc_json_dup_strv (json_node_get_object (node), "aliases");

      json_object_set_null_member (known, id);
      for (guint i = 0; aliases != NULL && aliases[i] != NULL; i++)
        json_object_set_null_member (known, aliases[i]);
    }
}

static JsonArray *
list_models (TcCatalogue      *self,
             const TcProvider *provider,
             JsonObject       *overrides)
{
  g_autoptr(JsonObject) models = get_models (self->bundled, provider->word);
  g_autoptr(JsonObject) own = overrides != NULL ? get_models (overrides, provider->word) : json_object_new ();
  g_autoptr(JsonObject) known = json_object_new ();
  JsonArray *list = json_array_new ();
  JsonObjectIter iter;
  const char *id;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, own);
  while (json_object_iter_next_ordered (&iter, &id, &node))
    json_object_set_object_member (models, id, merge (tc_json_get_object (models, id), json_node_get_object (node)));
  add_known (known, models);
  add_live_only (self, provider, known, models);

  json_object_iter_init_ordered (&iter, models);
  while (json_object_iter_next_ordered (&iter, &id, &node))
    {
      JsonObject *mine = tc_json_get_object (own, id);

      json_array_add_object_element (list, describe (self, provider, id, json_node_get_object (node),
                                                     mine != NULL && tc_json_has (mine, "prices")));
    }

  return list;
}

static JsonObject *
describe_provider (TcCatalogue      *self,
                   const TcProvider *provider,
                   JsonObject       *overrides)
{
  JsonObject *out = json_object_new ();

  json_object_set_string_member (out, "provider", provider->word);
  json_object_set_boolean_member (out, "live", self->live[provider->id] != NULL);
  json_object_set_string_member (out, "problem", self->problems[provider->id]);
  json_object_set_array_member (out, "models", list_models (self, provider, overrides));

  return out;
}

/**
 * tc_catalogue_to_json:
 * @only: (nullable): one provider, or all
 *
 * Returns: (transfer full): as_of, problem and providers, each with its models;
 *   the user's file is read anew
 */
JsonNode *
tc_catalogue_to_json (TcCatalogue      *self,
                      const TcProvider *only)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) overrides = NULL;
  JsonObject *root = json_object_new ();
  JsonArray *list = json_array_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  overrides = tc_json_load (self->overrides_path, OVERRIDES_MAX_BYTES, TC_JSON_DEFAULT, &error);
  json_node_take_object (node, root);
  json_object_set_string_member (root, "as_of", tc_json_get_string (self->bundled, "as_of", NULL));
  json_object_set_string_member (root, "problem",
                                 error != NULL && !g_error_matches (error, TC_ERROR, TC_ERROR_NOT_FOUND)
                                 ? error->message : NULL);
  for (guint i = 0; i < TC_PROVIDER_N; i++)
    {
      if (only == NULL || only->id == i)
        json_array_add_object_element (list, describe_provider (self, tc_provider_get (i), overrides));
    }
  json_object_set_array_member (root, "providers", list);

  return node;
}
