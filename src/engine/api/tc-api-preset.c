/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* A curriculum by name. The trainer knows what trains well with which settings,
 * so the figures are in its curriculum.json, not here. */

#include "config.h"

#include <string.h>

#include "tc-api-private.h"
#include "tc-error.h"
#include "tc-json.h"

#define PRESETS_MAX_BYTES (64 * 1024)

static const char *const corpora[] = { "english", "hlx", "translation" };

/* Everything of a phase but its number and its epochs is an option of the
 * script: "batch_size" becomes --batch-size. */
static JsonObject *
settings_of_phase (JsonObject *phase)
{
  JsonObject *settings = json_object_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, phase);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      g_autofree char *key = g_strdelimit (g_strdup (name), "_", '-');
      g_autofree char *value = NULL;

      if (strcmp (name, "phase") == 0 || strcmp (name, "epochs") == 0 || !JSON_NODE_HOLDS_VALUE (node))
        continue;
      value = json_node_get_value_type (node) == G_TYPE_STRING ? json_node_dup_string (node)
                                                               : tc_json_to_string (node, FALSE);
      json_object_set_string_member (settings, key, value);
    }

  return settings;
}

/* What was asked for of all sessions goes before what the preset says. */
static JsonObject *
session_of_phase (JsonObject  *phase,
                  JsonObject  *preset,
                  JsonObject  *common,
                  GError     **error)
{
  gint64 number = tc_json_get_int (phase, "phase", 0);
  JsonObject *session;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (number < 1 || number > (gint64) G_N_ELEMENTS (corpora))
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID,
                           "A phase of the curriculum is none of 1, 2 and 3.");
      return NULL;
    }

  session = json_object_new ();
  json_object_set_string_member (session, "corpus", corpora[number - 1]);
  json_object_set_string_member (session, "target", tc_json_get_string (preset, "target", "helix-1m"));
  json_object_set_int_member (session, "epochs", tc_json_get_int (phase, "epochs", 0));
  json_object_set_object_member (session, "settings", settings_of_phase (phase));
  json_object_iter_init_ordered (&iter, common);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      if (!g_str_equal (name, "preset"))
        json_object_set_member (session, name, json_node_copy (node));
    }

  return session;
}

static JsonObject *
load_preset (TcApi       *api,
             const char  *name,
             GError     **error)
{
  g_autofree char *path = g_build_filename (tc_paths_get_trainer_dir (api->paths), "curriculum.json", NULL);
  g_autoptr (JsonObject) file = tc_json_load (path, PRESETS_MAX_BYTES, TC_JSON_DEFAULT, error);
  JsonObject *preset;

  if (file == NULL)
    return NULL;
  preset = tc_json_get_object (tc_json_get_object (file, "presets"), name);
  if (preset == NULL)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_INVALID,
                   "The trainer has no curriculum “%s”; its own are in %s.", name, path);
      return NULL;
    }

  return json_object_ref (preset);
}

/**
 * tc_api_expand_preset:
 * @body: with a member "preset": the name of a curriculum of the trainer; other
 *   members hold for all its sessions
 * @error: TC_ERROR_INVALID
 *
 * Returns: (transfer full) (nullable): {"sessions":[…],"chain":true}; @body itself
 *   if it names no preset
 */
JsonObject *
tc_api_expand_preset (TcApi       *api,
                      JsonObject  *body,
                      GError     **error)
{
  const char *name = tc_json_get_string (body, "preset", NULL);
  g_autoptr (JsonObject) preset = NULL;
  g_autoptr (JsonObject) request = json_object_new ();
  g_autoptr (JsonArray) sessions = json_array_new ();
  JsonArray *phases;

  if (name == NULL)
    return json_object_ref (body);
  preset = load_preset (api, name, error);
  if (preset == NULL)
    return NULL;
  phases = tc_json_get_array (preset, "phases");
  for (guint i = 0; phases != NULL && i < json_array_get_length (phases); i++)
    {
      JsonNode *node = json_array_get_element (phases, i);
      JsonObject *phase = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      JsonObject *session = session_of_phase (phase, preset, body, error);

      if (session == NULL)
        return NULL;
      json_array_add_object_element (sessions, session);
    }
  json_object_set_array_member (request, "sessions", g_steal_pointer (&sessions));
  json_object_set_boolean_member (request, "chain", TRUE);

  return g_steal_pointer (&request);
}
