/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What a new session says about its provider: which of the keys, by number or
 * by name, and which model. */

#include "config.h"

#include "tc-api-private.h"
#include "tc-api-request.h"
#include "tc-catalogue.h"
#include "tc-error.h"
#include "tc-json.h"
#include "tc-key-pool.h"

static char *
list_names (TcKeyPool  *keys,
            const char *provider)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < tc_key_pool_get_n (keys); i++)
    {
      const TcApiKey *key = tc_key_pool_peek (keys, i);

      if (g_strcmp0 (key->provider, provider) == 0)
        g_string_append_printf (names, "%s“%s”", names->len > 0 ? ", " : "", key->name);
    }

  return g_string_free_and_steal (names);
}

static const TcApiKey *
find_key (TcKeyPool   *keys,
          const char  *provider,
          const char  *word,
          GError     **error)
{
  guint64 id = 0;
  const TcApiKey *key;
  g_autofree char *names = NULL;

  key = tc_api_parse_id (word, &id) ? tc_key_pool_lookup (keys, id) : NULL;
  if (key == NULL)
    key = tc_key_pool_find_named (keys, provider, word);
  if (key != NULL && g_str_equal (key->provider, provider))
    return key;
  names = list_names (keys, provider);
  if (key != NULL)
    g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "Key %" G_GUINT64_FORMAT " “%s” is one for %s, not for %s.",
                 key->id, key->name, key->provider, provider);
  else if (tc_key_pool_lookup_removed (keys, id) != NULL)
    g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "Key %s was removed; “trainctl keys restore %s” "
                 "brings it back.", word, word);
  else if (names[0] != '\0')
    g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "There is no key “%s” for %s; there is %s.", word,
                 provider, names);
  else
    g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "There is no key for %s; add one with “trainctl keys add "
                 "--provider %s --name NAME”.", provider, provider);

  return NULL;
}

/* Puts the number of a key in the place of its name. */
static gboolean
resolve_key (TcApi       *api,
             JsonObject  *session,
             GError     **error)
{
  const char *provider = tc_json_get_string (session, "provider", "none");
  g_autofree char *word = g_strdup (tc_json_get_string (session, "key", NULL));
  g_autofree char *id = NULL;
  const TcApiKey *key;

  if (json_object_has_member (session, "key") && word == NULL &&
      tc_json_get_int (session, "key", 0) > 0)
    word = g_strdup_printf ("%" G_GINT64_FORMAT, tc_json_get_int (session, "key", 0));
  if (word == NULL || api->keys == NULL)
    return TRUE;
  if (tc_provider_find (provider) == NULL)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "“key” belongs to a session with a provider; “%s” "
                   "takes none.", provider);
      return FALSE;
    }
  key = find_key (api->keys, provider, word, error);
  if (key == NULL)
    return FALSE;
  id = g_strdup_printf ("%" G_GUINT64_FORMAT, key->id);
  json_object_set_string_member (session, "key", id);

  return TRUE;
}

/* A teacher has a name. */
static gboolean
check_model (JsonObject  *session,
             GError     **error)
{
  const char *provider = tc_json_get_string (session, "provider", "none");

  if (tc_provider_find (provider) == NULL || tc_json_get_string (session, "model", NULL) != NULL)
    return TRUE;
  g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "Say which model of %s with “model”; “trainctl models "
               "--provider %s” lists them.", provider, provider);

  return FALSE;
}

/* What people call it, as long as the catalogue knows it. */
static void
name_model (TcApi      *api,
            JsonObject *session)
{
  const TcProvider *provider = tc_provider_find (tc_json_get_string (session, "provider", "none"));
  const char *model = tc_json_get_string (session, "model", NULL);
  g_autoptr (TcModelFacts) facts = NULL;

  if (provider != NULL && model != NULL && api->catalogue != NULL)
    facts = tc_catalogue_find (api->catalogue, provider, model);
  if (facts != NULL && facts->name != NULL)
    json_object_set_string_member (session, "model_name", facts->name);
}

static gboolean
resolve_session (TcApi       *api,
                 JsonObject  *session,
                 GError     **error)
{
  if (!check_model (session, error) || !resolve_key (api, session, error))
    return FALSE;
  name_model (api, session);

  return TRUE;
}

/**
 * tc_api_resolve_keys:
 * @body: a configuration, or {"sessions":[configuration…]}; keys may be named
 * @error: TC_ERROR_INVALID with a sentence
 *
 * Returns: whether all that @body says about providers holds; keys are numbers
 *   now, and models have the names that people know them by
 */
gboolean
tc_api_resolve_keys (TcApi       *api,
                     JsonObject  *body,
                     GError     **error)
{
  JsonArray *sessions = tc_json_get_array (body, "sessions");

  if (sessions == NULL)
    return resolve_session (api, body, error);
  for (guint i = 0; i < json_array_get_length (sessions); i++)
    {
      JsonNode *node = json_array_get_element (sessions, i);

      if (!JSON_NODE_HOLDS_OBJECT (node))
        continue;
      if (!resolve_session (api, json_node_get_object (node), error))
        {
          g_prefix_error (error, "Session %u of the list: ", i + 1);
          return FALSE;
        }
    }

  return TRUE;
}
