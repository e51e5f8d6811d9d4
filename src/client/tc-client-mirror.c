/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-client-mirror.h"

#include "tc-json.h"

/**
 * tc_client_mirror_get_id:
 * @event: an object with a member "session_id"
 *
 * Returns: the id, or 0 if there is none
 */
guint64
tc_client_mirror_get_id (JsonObject *event)
{
  guint64 id = 0;

  g_ascii_string_to_unsigned (tc_json_get_string (event, "session_id", ""), 10,
                              1, G_MAXINT64, &id, NULL);

  return id;
}

/* A changed position means another place in the list. The object stays the
 * same, so that whoever shows the row keeps it. */
static void
place_session (TcQueue   *queue,
               TcSession *session)
{
  double position = tc_session_get_position (session);
  guint index;
  guint target = 0;

  if (!tc_queue_find (queue, session, &index))
    return;

  for (guint i = 0; i < tc_queue_get_n (queue); i++)
    {
      TcSession *other = tc_queue_peek (queue, i);

      if (other != session &&
          tc_session_get_position (other) < position)
        target++;
    }
  if (target == index)
    return;
  tc_queue_move (queue, session, target);
  /* Moving makes up a position; the engine's is the one that counts. */
  tc_session_set_position (session, position);
}

static void
update_session (TcQueue    *queue,
                TcSession  *session,
                JsonObject *object)
{
  double position = tc_session_get_position (session);
  g_autoptr(GError) error = NULL;

  if (!tc_session_update_from_json (session, object, &error))
    {
      g_warning ("The engine sent something that is no session: %s", error->message);
      return;
    }
  if (position != tc_session_get_position (session))
    place_session (queue, session);
}

static void
take_session (TcQueue   *queue,
              TcSession *session,
              TcSession *listed)
{
  double position = tc_session_get_position (session);

  tc_session_take (session, listed);
  if (position != tc_session_get_position (session))
    place_session (queue, session);
}

/**
 * tc_client_mirror_session:
 * @queue: the mirror
 * @session: a session's JSON
 *
 * Adds the session, or makes the one with its id equal to it.
 */
void
tc_client_mirror_session (TcQueue    *queue,
                          JsonObject *session)
{
  TcSession *known = tc_queue_lookup (queue, tc_client_mirror_get_id (session));
  g_autoptr(TcSession) added = NULL;
  g_autoptr(GError) error = NULL;

  if (known != NULL)
    {
      update_session (queue, known, session);
      return;
    }

  added = tc_session_from_json (session, &error);
  if (added == NULL)
    g_warning ("The engine sent something that is no session: %s", error->message);
  else
    tc_queue_add (queue, added);
}

/**
 * tc_client_mirror_remove:
 * @queue: the mirror
 * @session_id: an id
 *
 * Removes the session if it is there.
 */
void
tc_client_mirror_remove (TcQueue *queue,
                         guint64  session_id)
{
  TcSession *session = tc_queue_lookup (queue, session_id);

  if (session != NULL)
    tc_queue_remove (queue, session);
}

/* Everything that is not in the listing is gone. */
static void
remove_others (TcQueue    *queue,
               GHashTable *ids)
{
  for (guint i = tc_queue_get_n (queue); i > 0; i--)
    {
      TcSession *session = tc_queue_peek (queue, i - 1);
      guint64 id = tc_session_get_id (session);

      if (!g_hash_table_contains (ids, &id))
        tc_queue_remove (queue, session);
    }
}

/**
 * tc_client_mirror_load:
 * @queue: the mirror
 * @sessions: (element-type TcSession): all sessions of the engine, each once; those
 *   the mirror has already are empty afterwards
 *
 * Makes the mirror equal to a listing. Sessions that stay keep their objects.
 */
void
tc_client_mirror_load (TcQueue   *queue,
                       GPtrArray *sessions)
{
  g_autoptr(GHashTable) ids = NULL;

  if (tc_queue_get_n (queue) == 0)
    {
      tc_queue_add_all (queue, sessions);
      return;
    }
  ids = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  for (guint i = 0; i < sessions->len; i++)
    {
      TcSession *session = g_ptr_array_index (sessions, i);
      guint64 id = tc_session_get_id (session);
      TcSession *known = tc_queue_lookup (queue, id);

      g_hash_table_add (ids, g_memdup2 (&id, sizeof id));
      if (known == NULL)
        tc_queue_add (queue, session);
      else
        take_session (queue, known, session);
    }

  remove_others (queue, ids);
}
