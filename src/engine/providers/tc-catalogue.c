/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-catalogue-private.h"
#include "tc-catalogue-resources.h"
#include "tc-json.h"
#include "tc-model-list.h"

#define BUNDLED_PATH "/dev/hlx/TrainingCenter/providers/catalogue.json"

/* Dollars for a million tokens where three parts are read and one is written:
 * up to the first is $, up to the second $$, above it $$$. */
#define CHEAP_UP_TO (2 * TC_MONEY_DOLLAR)
#define MEDIUM_UP_TO (8 * TC_MONEY_DOLLAR)

G_DEFINE_FINAL_TYPE (TcCatalogue, tc_catalogue, G_TYPE_OBJECT)

static void
tc_catalogue_finalize (GObject *object)
{
  TcCatalogue *self = TC_CATALOGUE (object);

  for (guint i = 0; i < TC_PROVIDER_N; i++)
    {
      g_clear_pointer (&self->live[i].models, json_object_unref);
      g_clear_pointer (&self->models[i], json_object_unref);
      g_clear_pointer (&self->ids[i], g_hash_table_unref);
      g_free (self->live[i].problem);
    }
  json_object_unref (self->bundled);
  tc_clock_unref (self->clock);
  g_free (self->overrides_path);
  g_free (self->overrides_stamp);
  g_free (self->overrides_problem);
  g_free (self->cache_dir);

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
 * Takes over a provider's own list, asked for just now.
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
  TcLiveList *live = &self->live[provider->id];
  JsonObject *list = tc_model_list_read (provider, body, length, error);

  if (list == NULL)
    return FALSE;
  g_clear_pointer (&live->models, json_object_unref);
  live->models = list;
  live->fetched_us = tc_clock_get_realtime (self->clock);
  g_clear_pointer (&live->problem, g_free);
  tc_catalogue_save_list (self, provider);

  return TRUE;
}

/** tc_catalogue_take_problem: remembers in words why a provider gave no list */
void
tc_catalogue_take_problem (TcCatalogue      *self,
                           const TcProvider *provider,
                           const char       *problem)
{
  g_set_str (&self->live[provider->id].problem, problem);
}

/**
 * tc_catalogue_is_list_fresh:
 * @max_age_us: how old it may be
 *
 * Returns: whether the provider's own list was asked for that recently
 */
gboolean
tc_catalogue_is_list_fresh (TcCatalogue      *self,
                            const TcProvider *provider,
                            gint64            max_age_us)
{
  gint64 age = tc_clock_get_realtime (self->clock) - self->live[provider->id].fetched_us;

  /* A list from the future is one of a clock that was wrong. */
  return self->live[provider->id].models != NULL && age >= 0 && age < max_age_us;
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

/* What the catalogue knows comes first, then what only the provider lists. */
static JsonArray *
list_models (TcCatalogue      *self,
             const TcProvider *provider)
{
  JsonObject *sources[] = { self->models[provider->id], self->live[provider->id].models };
  JsonArray *list = json_array_new ();
  TcCatalogueDays days;

  tc_catalogue_get_days (self, provider, &days);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      JsonObjectIter iter;
      const char *id;
      JsonNode *node;

      if (sources[i] == NULL)
        continue;
      json_object_iter_init_ordered (&iter, sources[i]);
      while (json_object_iter_next_ordered (&iter, &id, &node))
        {
          TcModelView view;

          if (i > 0 && tc_catalogue_resolve (self, provider, id) != NULL)
            continue;
          tc_catalogue_view (self, provider, id, &days, &view);
          json_array_add_object_element (list, tc_model_view_to_json (&view));
        }
    }

  return list;
}

static JsonObject *
describe_provider (TcCatalogue      *self,
                   const TcProvider *provider)
{
  const TcLiveList *live = &self->live[provider->id];
  g_autofree char *fetched_at = live->fetched_us == 0 ? NULL : tc_clock_format_iso8601 (live->fetched_us);
  JsonObject *out = json_object_new ();

  json_object_set_string_member (out, "provider", provider->word);
  json_object_set_boolean_member (out, "live", live->models != NULL);
  json_object_set_string_member (out, "fetched_at", fetched_at);
  json_object_set_string_member (out, "problem", live->problem);
  json_object_set_array_member (out, "models", list_models (self, provider));

  return out;
}

/**
 * tc_catalogue_to_json:
 * @only: (nullable): one provider, or all
 *
 * Returns: (transfer full): as_of, problem and providers, each with its models;
 *   a change of the user's file is seen
 */
JsonNode *
tc_catalogue_to_json (TcCatalogue      *self,
                      const TcProvider *only)
{
  JsonObject *root = json_object_new ();
  JsonArray *list = json_array_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  tc_catalogue_load_models (self);
  json_node_take_object (node, root);
  json_object_set_string_member (root, "as_of", tc_json_get_string (self->bundled, "as_of", NULL));
  json_object_set_string_member (root, "problem", self->overrides_problem);
  for (guint i = 0; i < TC_PROVIDER_N; i++)
    {
      if (only == NULL || only->id == i)
        json_array_add_object_element (list, describe_provider (self, tc_provider_get (i)));
    }
  json_object_set_array_member (root, "providers", list);

  return node;
}
