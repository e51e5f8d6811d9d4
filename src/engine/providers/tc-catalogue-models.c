/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The models that are known without asking anybody: the bundled file with the
 * user's own over it. Made once and again when the user's file changes.
 */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "tc-catalogue-private.h"
#include "tc-error.h"
#include "tc-json.h"

#define OVERRIDES_MAX_BYTES (1024 * 1024)

/* Puts the members of a model over what is there of that id. */
static void
lay_over (JsonObject *models,
          JsonObject *model,
          gboolean    is_user)
{
  const char *id = tc_json_get_string (model, "id", NULL);
  JsonObject *below = id == NULL ? NULL : tc_json_get_object (models, id);
  JsonObject *both;
  JsonObject *layers[2];

  if (id == NULL)
    return;
  both = json_object_new ();
  layers[0] = below;
  layers[1] = model;
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
  if (is_user && tc_json_has (model, "prices"))
    json_object_set_boolean_member (both, "is_user_price", TRUE);
  json_object_set_object_member (models, id, both);
}

static void
add_models (JsonObject       *models,
            JsonObject       *root,
            const TcProvider *provider,
            gboolean          is_user)
{
  JsonArray *list = tc_json_get_array (tc_json_get_object (root, "providers"), provider->word);

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      JsonNode *node = json_array_get_element (list, i);

      if (JSON_NODE_HOLDS_OBJECT (node))
        lay_over (models, json_node_get_object (node), is_user);
    }
}

/* An id goes before an alias of the same letters. */
static GHashTable *
index_ids (JsonObject *models)
{
  GHashTable *ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  JsonObjectIter iter;
  const char *id;
  JsonNode *node;

  json_object_iter_init (&iter, models);
  while (json_object_iter_next (&iter, &id, &node))
    {
      g_auto(GStrv) aliases = tc_json_dup_strv (json_node_get_object (node), "aliases");

      for (guint i = 0; aliases != NULL && aliases[i] != NULL; i++)
        g_hash_table_replace (ids, g_strdup (aliases[i]), g_strdup (id));
    }
  json_object_iter_init (&iter, models);
  while (json_object_iter_next (&iter, &id, &node))
    g_hash_table_replace (ids, g_strdup (id), g_strdup (id));

  return ids;
}

static char *
dup_stamp (const char *path)
{
  GStatBuf info;

  if (g_stat (path, &info) != 0)
    return g_strdup ("none");

  return g_strdup_printf ("%" G_GUINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT ".%09ld",
                          (guint64) info.st_ino, (gint64) info.st_size, (gint64) info.st_mtim.tv_sec,
                          info.st_mtim.tv_nsec);
}

/** tc_catalogue_load_models: brings what is known up to date with the user's file */
void
tc_catalogue_load_models (TcCatalogue *self)
{
  g_autofree char *stamp = dup_stamp (self->overrides_path);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) overrides = NULL;

  if (g_strcmp0 (stamp, self->overrides_stamp) == 0)
    return;
  overrides = tc_json_load (self->overrides_path, OVERRIDES_MAX_BYTES, TC_JSON_DEFAULT, &error);
  g_set_str (&self->overrides_problem,
             error != NULL && !g_error_matches (error, TC_ERROR, TC_ERROR_NOT_FOUND) ? error->message : NULL);
  for (guint i = 0; i < TC_PROVIDER_N; i++)
    {
      const TcProvider *provider = tc_provider_get (i);

      g_clear_pointer (&self->models[i], json_object_unref);
      g_clear_pointer (&self->ids[i], g_hash_table_unref);
      self->models[i] = json_object_new ();
      add_models (self->models[i], self->bundled, provider, FALSE);
      add_models (self->models[i], overrides, provider, TRUE);
      self->ids[i] = index_ids (self->models[i]);
    }
  g_set_str (&self->overrides_stamp, stamp);
}

/** tc_catalogue_get_days: @days: (out): today, and when the provider was asked */
void
tc_catalogue_get_days (TcCatalogue      *self,
                       const TcProvider *provider,
                       TcCatalogueDays  *days)
{
  g_autofree char *now = tc_clock_format_iso8601 (tc_clock_get_realtime (self->clock));
  g_autofree char *fetched = tc_clock_format_iso8601 (self->live[provider->id].fetched_us);

  g_strlcpy (days->today, now, sizeof days->today);
  g_strlcpy (days->list_day, self->live[provider->id].fetched_us == 0 ? "" : fetched, sizeof days->list_day);
}

/* The provider's entry for a model, which may go by another of its ids. */
static JsonObject *
find_live (JsonObject *list,
           const char *id,
           JsonObject *model)
{
  g_auto(GStrv) aliases = tc_json_dup_strv (model, "aliases");
  JsonObject *live = tc_json_get_object (list, id);

  JsonObjectIter iter;
  const char *other;
  JsonNode *node;

  for (guint i = 0; live == NULL && aliases != NULL && aliases[i] != NULL; i++)
    live = tc_json_get_object (list, aliases[i]);
  if (live != NULL || list == NULL)
    return live;
  json_object_iter_init_ordered (&iter, list);
  while (json_object_iter_next_ordered (&iter, &other, &node))
    {
      if (tc_catalogue_is_snapshot_of (other, id))
        return json_node_get_object (node);
    }

  return NULL;
}

/**
 * tc_catalogue_view:
 * @id: one of the catalogue's, or one that only the provider lists
 * @view: (out): borrows from all of the above
 */
void
tc_catalogue_view (TcCatalogue           *self,
                   const TcProvider      *provider,
                   const char            *id,
                   const TcCatalogueDays *days,
                   TcModelView           *view)
{
  JsonObject *list = self->live[provider->id].models;

  view->provider = provider;
  view->id = id;
  view->model = tc_json_get_object (self->models[provider->id], id);
  view->live = find_live (list, id, view->model);
  view->was_asked = list != NULL;
  view->is_user_price = tc_json_get_boolean (view->model, "is_user_price", FALSE);
  view->today = days->today;
  view->list_day = days->list_day;
}
