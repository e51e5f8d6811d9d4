/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-queue-edits.h"

struct _TcQueueEdits
{
  GObject   parent_instance;

  TcClient *client;       /* (owned) */
  GArray   *removed;      /* (owned) (element-type guint64) the last one at the end */
  guint64   moving_id;    /* whose move is under way; 0: none */
  guint     moving_place; /* where it shall be */
  gboolean  is_stale;     /* it was moved again meanwhile */
};

enum
{
  SIGNAL_REMOVED,
  SIGNAL_RESTORED,
  SIGNAL_FAILED,
  N_SIGNALS,
};

G_DEFINE_FINAL_TYPE (TcQueueEdits, tc_queue_edits, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

/* ---- Moving ---- */

static void send_move (TcQueueEdits *self);

static void
on_moved (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(TcQueueEdits) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);

  if (reply != NULL && self->is_stale)
    {
      send_move (self);
      return;
    }
  self->moving_id = 0;
  if (reply == NULL)
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error->message);
}

static void
send_move (TcQueueEdits *self)
{
  g_autofree char *target = g_strdup_printf ("/api/training/move/%" G_GUINT64_FORMAT, self->moving_id);
  g_autoptr(JsonNode) body = json_node_new (JSON_NODE_OBJECT);
  JsonObject *place = json_object_new ();

  self->is_stale = FALSE;
  json_object_set_int_member (place, "position", self->moving_place);
  json_node_take_object (body, place);
  tc_client_request_async (self->client, "POST", target, body, NULL, on_moved, g_object_ref (self));
}

/* A key that is held down asks faster than the engine answers: of the same
 * session only the last place is asked for. */
static void
move (TcQueueEdits *self,
      guint64       id,
      guint         place)
{
  if (self->moving_id != 0 && self->moving_id != id)
    return;
  self->is_stale = self->moving_id == id;
  self->moving_place = place;
  if (self->is_stale)
    return;
  self->moving_id = id;
  send_move (self);
}

static gboolean
is_waiting (TcSession *session)
{
  TcSessionState state = tc_session_get_state (session);

  return state == TC_SESSION_QUEUED || state == TC_SESSION_BLOCKED;
}

/* Returns: the place of session @id among those that wait, from 1, without
 *   counting @except; 0 if it does not wait
 * @n: (out): how many wait, all counted */
static guint
find_place (TcQueueEdits *self,
            guint64       id,
            guint64       except,
            guint        *n)
{
  TcQueue *queue = tc_client_get_queue (self->client);
  guint counted = 0;
  guint place = 0;

  *n = 0;
  for (guint i = 0; i < tc_queue_get_n (queue); i++)
    {
      TcSession *session = tc_queue_peek (queue, i);

      if (!is_waiting (session))
        continue;
      ++*n;
      counted += tc_session_get_id (session) != except;
      if (tc_session_get_id (session) == id)
        place = counted;
    }

  return place;
}

/**
 * tc_queue_edits_step:
 * @id: a session; one that does not wait stays where it is
 * @step: how many places nearer to the end, less than 0 for nearer to the front
 */
void
tc_queue_edits_step (TcQueueEdits *self,
                     guint64       id,
                     int           step)
{
  guint n;
  guint place;
  guint wanted;

  g_return_if_fail (TC_IS_QUEUE_EDITS (self));

  place = find_place (self, id, 0, &n);
  if (place == 0)
    return;
  if (self->moving_id == id)
    place = self->moving_place;
  wanted = (guint) CLAMP ((gint64) place + step, 1, (gint64) n);
  if (wanted != place)
    move (self, id, wanted);
}

/**
 * tc_queue_edits_place:
 * @id: a session that waits
 * @other_id: another one
 * @is_behind: behind that one, not before it
 */
void
tc_queue_edits_place (TcQueueEdits *self,
                      guint64       id,
                      guint64       other_id,
                      gboolean      is_behind)
{
  guint n;
  guint place;
  guint wanted;

  g_return_if_fail (TC_IS_QUEUE_EDITS (self));

  place = find_place (self, id, 0, &n);
  wanted = find_place (self, other_id, id, &n);
  if (place == 0 || wanted == 0 || id == other_id)
    return;
  wanted += is_behind ? 1 : 0;
  if (wanted != place)
    move (self, id, wanted);
}

/* ---- Removing ---- */

/* A session that is asked to go. */
typedef struct
{
  TcQueueEdits *self;     /* (owned) */
  TcSession    *session;  /* (owned) */
} Removal;

static void
on_removed (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  Removal *removal = user_data;
  g_autoptr(TcQueueEdits) self = removal->self;
  g_autoptr(TcSession) session = removal->session;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);
  guint64 id = tc_session_get_id (session);

  g_free (removal);
  if (reply == NULL)
    {
      g_signal_emit (self, signals[SIGNAL_FAILED], 0, error->message);
      return;
    }
  g_array_append_val (self->removed, id);
  g_signal_emit (self, signals[SIGNAL_REMOVED], 0, session);
}

/** tc_queue_edits_remove: takes @session, which is not on, out of the queue */
void
tc_queue_edits_remove (TcQueueEdits *self,
                       TcSession    *session)
{
  g_autofree char *target = NULL;
  Removal *removal;

  g_return_if_fail (TC_IS_QUEUE_EDITS (self));

  target = g_strdup_printf ("/api/training/queue/%" G_GUINT64_FORMAT, tc_session_get_id (session));
  removal = g_new0 (Removal, 1);
  removal->self = g_object_ref (self);
  removal->session = g_object_ref (session);
  tc_client_request_async (self->client, "DELETE", target, NULL, NULL, on_removed, removal);
}

static void
on_restored (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(TcQueueEdits) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);

  if (reply == NULL)
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error->message);
}

/** tc_queue_edits_restore: puts the session @id back, which was removed */
void
tc_queue_edits_restore (TcQueueEdits *self,
                        guint64       id)
{
  g_autofree char *target = NULL;

  g_return_if_fail (TC_IS_QUEUE_EDITS (self));

  for (guint i = self->removed->len; i > 0; i--)
    if (g_array_index (self->removed, guint64, i - 1) == id)
      g_array_remove_index (self->removed, i - 1);
  target = g_strdup_printf ("/api/training/restore/%" G_GUINT64_FORMAT, id);
  g_signal_emit (self, signals[SIGNAL_RESTORED], 0, id);
  tc_client_request_async (self->client, "POST", target, NULL, NULL, on_restored, g_object_ref (self));
}

/**
 * tc_queue_edits_undo:
 *
 * Puts back what was removed last.
 *
 * Returns: whether there is something to put back
 */
gboolean
tc_queue_edits_undo (TcQueueEdits *self)
{
  g_return_val_if_fail (TC_IS_QUEUE_EDITS (self), FALSE);

  if (self->removed->len == 0)
    return FALSE;
  tc_queue_edits_restore (self, g_array_index (self->removed, guint64, self->removed->len - 1));

  return TRUE;
}

/* ---- The object ---- */

static void
tc_queue_edits_finalize (GObject *object)
{
  TcQueueEdits *self = TC_QUEUE_EDITS (object);

  g_array_unref (self->removed);
  g_object_unref (self->client);

  G_OBJECT_CLASS (tc_queue_edits_parent_class)->finalize (object);
}

static void
tc_queue_edits_class_init (TcQueueEditsClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = tc_queue_edits_finalize;
  signals[SIGNAL_REMOVED] = g_signal_new ("removed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, TC_TYPE_SESSION);
  signals[SIGNAL_RESTORED] = g_signal_new ("restored", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 1, G_TYPE_UINT64);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
tc_queue_edits_init (TcQueueEdits *self)
{
  self->removed = g_array_new (FALSE, FALSE, sizeof (guint64));
}

/**
 * tc_queue_edits_new:
 *
 * Returns: (transfer full): for the queue of @client
 */
TcQueueEdits *
tc_queue_edits_new (TcClient *client)
{
  TcQueueEdits *self = g_object_new (TC_TYPE_QUEUE_EDITS, NULL);

  self->client = g_object_ref (client);

  return self;
}
