/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Which sessions the demo is made of. The trainer knows what trains well in a
 * few minutes, so the figures are in its curriculum.json, not here. */

#include "config.h"

#include "tc-demo.h"

#include <string.h>

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

static JsonObject *
session_of_phase (JsonObject  *phase,
                  const char  *target,
                  GError     **error)
{
  gint64 number = tc_json_get_int (phase, "phase", 0);
  JsonObject *environment;
  JsonObject *session;

  if (number < 1 || number > (gint64) G_N_ELEMENTS (corpora))
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID,
                           "The short curriculum has a phase that is none of 1, 2 and 3");
      return NULL;
    }

  session = json_object_new ();
  environment = json_object_new ();
  json_object_set_string_member (environment, TC_DEMO_MARK, "1");
  json_object_set_object_member (session, "environment", environment);
  json_object_set_string_member (session, "corpus", corpora[number - 1]);
  json_object_set_string_member (session, "provider", "none");
  json_object_set_string_member (session, "target", target);
  json_object_set_int_member (session, "epochs", tc_json_get_int (phase, "epochs", 0));
  json_object_set_object_member (session, "settings", settings_of_phase (phase));

  return session;
}

/**
 * tc_demo_load_request:
 * @paths: where the trainer is
 * @error: why there is no demo
 *
 * Returns: (transfer full) (nullable): what to post to the queue: the short
 *   curriculum, each phase after the one before it
 */
JsonNode *
tc_demo_load_request (TcPaths  *paths,
                      GError  **error)
{
  g_autofree char *path = g_build_filename (tc_paths_get_trainer_dir (paths), "curriculum.json", NULL);
  g_autoptr(JsonObject) file = tc_json_load (path, PRESETS_MAX_BYTES, TC_JSON_DEFAULT, error);
  g_autoptr(JsonObject) request = json_object_new ();
  g_autoptr(JsonArray) sessions = json_array_new ();
  JsonObject *preset;
  JsonArray *phases;

  if (file == NULL)
    return NULL;
  preset = tc_json_get_object (tc_json_get_object (file, "presets"), "short");
  phases = tc_json_get_array (preset, "phases");
  for (guint i = 0; phases != NULL && i < json_array_get_length (phases); i++)
    {
      JsonNode *node = json_array_get_element (phases, i);
      JsonObject *session = session_of_phase (JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL,
                                              tc_json_get_string (preset, "target", "helix-1m"), error);

      if (session == NULL)
        return NULL;
      json_array_add_object_element (sessions, session);
    }
  if (json_array_get_length (sessions) == 0)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "“%s” has no short curriculum", path);
      return NULL;
    }

  json_object_set_array_member (request, "sessions", g_steal_pointer (&sessions));
  json_object_set_boolean_member (request, "chain", TRUE);

  return json_node_init_object (json_node_alloc (), request);
}

static gboolean
is_of_demo (TcSession *session)
{
  GPtrArray *environment = tc_session_get_config (session)->environment;

  for (guint i = 0; i < environment->len; i++)
    {
      TcSetting *variable = g_ptr_array_index (environment, i);

      if (g_str_equal (variable->key, TC_DEMO_MARK))
        return TRUE;
    }

  return FALSE;
}

/* The demo's sessions before this one, oldest first, and this one. */
static void
append_chain (GArray    *ids,
              TcQueue   *queue,
              TcSession *session)
{
  guint64 id = tc_session_get_id (session);
  TcSession *before = tc_queue_lookup (queue, tc_session_get_config (session)->after);

  for (guint i = 0; i < ids->len; i++)
    {
      if (g_array_index (ids, guint64, i) == id)
        return;
    }
  if (before != NULL && is_of_demo (before))
    append_chain (ids, queue, before);
  g_array_append_val (ids, id);
}

/**
 * tc_demo_find_active:
 * @queue: all sessions
 *
 * Returns: (transfer full) (element-type guint64): the sessions of a demo that
 *   has not ended; empty if there is none
 */
GArray *
tc_demo_find_active (TcQueue *queue)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint64));

  for (guint i = 0; i < tc_queue_get_n (queue); i++)
    {
      TcSession *session = tc_queue_peek (queue, i);
      TcSessionState state = tc_session_get_state (session);

      if (is_of_demo (session) && !tc_session_state_is_final (state) && state != TC_SESSION_BLOCKED)
        append_chain (ids, queue, session);
    }

  return ids;
}
