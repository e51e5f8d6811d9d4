/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The providers' lists on disk, so that they are there without a network and
 * say how old they are. A file that does not hold water is no list.
 */

#include "config.h"

#include "tc-catalogue-private.h"
#include "tc-error.h"
#include "tc-file.h"
#include "tc-json.h"
#include "tc-text.h"

#define VERSION 1
#define ID_MAX_BYTES 200

static char *
dup_path (TcCatalogue      *self,
          const TcProvider *provider)
{
  g_autofree char *name = g_strconcat (provider->word, ".json", NULL);

  return g_build_filename (self->cache_dir, name, NULL);
}

/* Only what could be shown and sent back as it is. */
static JsonObject *
copy_models (JsonObject *models)
{
  JsonObject *copy = json_object_new ();
  JsonObjectIter iter;
  const char *id;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, models);
  while (json_object_iter_next_ordered (&iter, &id, &node))
    {
      g_autofree char *clean = tc_text_sanitize (id, -1, ID_MAX_BYTES, TC_TEXT_SINGLE_LINE);

      if (JSON_NODE_HOLDS_OBJECT (node) && g_str_equal (clean, id))
        json_object_set_member (copy, id, json_node_copy (node));
    }

  return copy;
}

static void
load_list (TcCatalogue      *self,
           const TcProvider *provider)
{
  g_autofree char *path = dup_path (self, provider);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) root = tc_json_load (path, TC_JSON_MAX_BYTES, TC_JSON_DEFAULT, &error);
  JsonObject *models = tc_json_get_object (root, "models");
  TcLiveList *live = &self->live[provider->id];
  gint64 fetched_us;

  if (error != NULL && !g_error_matches (error, TC_ERROR, TC_ERROR_NOT_FOUND))
    g_info ("Passing over a stored list of models: %s", error->message);
  if (models == NULL || tc_json_get_int (root, "version", 0) != VERSION ||
      !tc_clock_parse_iso8601 (tc_json_get_string (root, "fetched_at", NULL), &fetched_us))
    return;
  g_clear_pointer (&live->models, json_object_unref);
  live->models = copy_models (models);
  live->fetched_us = fetched_us;
}

/**
 * tc_catalogue_set_cache_dir:
 * @cache_dir: where the providers' lists are kept; need not exist
 *
 * Takes over what is kept there, and keeps there what comes later.
 */
void
tc_catalogue_set_cache_dir (TcCatalogue *self,
                            const char  *cache_dir)
{
  g_return_if_fail (TC_IS_CATALOGUE (self) && cache_dir != NULL);

  g_set_str (&self->cache_dir, cache_dir);
  for (guint i = 0; i < TC_PROVIDER_N; i++)
    load_list (self, tc_provider_get (i));
}

/** tc_catalogue_save_list: keeps a provider's list; not to be able to is no harm */
void
tc_catalogue_save_list (TcCatalogue      *self,
                        const TcProvider *provider)
{
  const TcLiveList *live = &self->live[provider->id];
  g_autofree char *fetched_at = tc_clock_format_iso8601 (live->fetched_us);
  g_autofree char *path = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) node = NULL;
  JsonObject *root;

  if (self->cache_dir == NULL)
    return;
  path = dup_path (self, provider);
  node = json_node_new (JSON_NODE_OBJECT);
  root = json_object_new ();
  json_node_take_object (node, root);
  json_object_set_int_member (root, "version", VERSION);
  json_object_set_string_member (root, "fetched_at", fetched_at);
  json_object_set_object_member (root, "models", json_object_ref (live->models));
  if (!tc_file_make_dir (self->cache_dir, &error) || !tc_json_save (path, node, &error))
    g_info ("A list of models could not be kept: %s", error->message);
}
