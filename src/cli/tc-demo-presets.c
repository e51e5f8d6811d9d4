/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Which sessions the demo is made of. The trainer knows what trains well in a
 * few minutes, so the figures are in its presets.json, not here. */

#include "config.h"

#include "tc-demo.h"

#include "tc-error.h"
#include "tc-json.h"

#define PRESETS_MAX_BYTES (64 * 1024)

static void
mark_session (JsonObject *session,
              const char *target)
{
  JsonObject *environment = tc_json_get_object (session, "environment");

  if (environment == NULL)
    {
      environment = json_object_new ();
      json_object_set_object_member (session, "environment", environment);
    }
  json_object_set_string_member (environment, TC_DEMO_MARK, "1");
  if (target != NULL && !json_object_has_member (session, "target"))
    json_object_set_string_member (session, "target", target);
  if (!json_object_has_member (session, "provider"))
    json_object_set_string_member (session, "provider", "none");
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
  g_autofree char *path = g_build_filename (tc_paths_get_trainer_dir (paths), "presets.json", NULL);
  g_autoptr(JsonObject) presets = tc_json_load (path, PRESETS_MAX_BYTES, TC_JSON_DEFAULT, error);
  g_autoptr(JsonObject) request = json_object_new ();
  JsonObject *shortest;
  JsonArray *sessions;

  if (presets == NULL)
    return NULL;
  shortest = tc_json_get_object (presets, "short");
  sessions = tc_json_get_array (shortest, "sessions");
  if (sessions == NULL || json_array_get_length (sessions) == 0)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "“%s” has no short curriculum", path);
      return NULL;
    }

  for (guint i = 0; i < json_array_get_length (sessions); i++)
    {
      JsonNode *node = json_array_get_element (sessions, i);

      if (!JSON_NODE_HOLDS_OBJECT (node))
        {
          g_set_error (error, TC_ERROR, TC_ERROR_INVALID, "In “%s”, session %u is no object", path, i + 1);
          return NULL;
        }
      mark_session (json_node_get_object (node), tc_json_get_string (shortest, "target", NULL));
    }
  json_object_set_array_member (request, "sessions", json_array_ref (sessions));
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
