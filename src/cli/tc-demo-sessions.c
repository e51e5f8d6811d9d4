/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Which sessions the demo is made of. */

#include "config.h"

#include "tc-demo.h"


/**
 * tc_demo_create_request:
 *
 * Returns: (transfer full): what to post to the queue: the short curriculum,
 *   each phase after the one before it
 */
JsonNode *
tc_demo_create_request (void)
{
  g_autoptr(JsonObject) request = json_object_new ();
  JsonObject *environment = json_object_new ();

  json_object_set_string_member (environment, TC_DEMO_MARK, "1");
  json_object_set_string_member (request, "preset", "short");
  json_object_set_object_member (request, "environment", environment);

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
