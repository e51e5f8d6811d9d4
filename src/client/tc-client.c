/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-client-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "tc-client-listing.h"
#include "tc-client-mirror.h"
#include "tc-engine-launcher.h"
#include "tc-error.h"
#include "tc-json.h"

#define RETRY_MIN_MS 50
#define RETRY_MAX_MS 2000

/* The life of a connection: begin_attempt → (engine started) → WebSocket open →
 * queue loaded → CONNECTED → closed → begin_attempt, each time a little later.
 * Frames that come before the queue is loaded wait in held_frames: applied
 * after the listing, in order, they end in what is true now.
 */
struct _TcClient
{
  GObject                  parent_instance;

  TcPaths                 *paths;        /* (owned) */
  TcTransport             *transport;    /* (owned) */
  TcQueue                 *queue;        /* (owned) */
  TcClientFlags            flags;
  TcClientState            state;
  gboolean                 paused;
  char                    *problem;      /* (owned) (nullable) why not connected */

  GCancellable            *cancellable;  /* (owned) (nullable) of the attempt */
  SoupWebsocketConnection *socket;       /* (owned) (nullable) */
  GPtrArray               *held_frames;  /* (owned) (nullable) (element-type JsonObject) */
  GPtrArray               *waiting;      /* (owned) (element-type GTask) for the first connection */
  GSource                 *retry_source; /* (owned) (nullable) */
  guint                    retry_ms;
  gboolean                 engine_left;  /* it said good-bye: somebody stopped it */
};

enum
{
  PROP_STATE = 1,
  PROP_PAUSED,
  N_PROPS
};

enum
{
  SIGNAL_POINTS,
  SIGNAL_RECORD,
  SIGNAL_LOG,
  SIGNAL_NEWS,
  SIGNAL_SESSIONS,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (TcClient, tc_client, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void begin_attempt      (TcClient     *self);
static void on_attempt_started (GObject      *object,
                                GAsyncResult *result,
                                gpointer      user_data);
static void on_attempt_open    (GObject      *object,
                                GAsyncResult *result,
                                gpointer      user_data);
static void on_attempt_loaded  (GObject      *object,
                                GAsyncResult *result,
                                gpointer      user_data);
static void on_attempt_read    (GObject      *object,
                                GAsyncResult *result,
                                gpointer      user_data);

static void
set_state (TcClient      *self,
           TcClientState  state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
set_paused (TcClient *self,
            gboolean  paused)
{
  if (self->paused == paused)
    return;
  self->paused = paused;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAUSED]);
}

static void
clear_retry (TcClient *self)
{
  if (self->retry_source != NULL)
    g_source_destroy (self->retry_source);
  g_clear_pointer (&self->retry_source, g_source_unref);
}

static void
clear_socket (TcClient *self)
{
  if (self->socket == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->socket, self);
  if (soup_websocket_connection_get_state (self->socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (self->socket, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  g_clear_object (&self->socket);
}

static void
finish_waiting (TcClient     *self,
                const GError *error)
{
  g_autoptr(GPtrArray) waiting = g_steal_pointer (&self->waiting);

  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < waiting->len; i++)
    {
      GTask *task = g_ptr_array_index (waiting, i);

      if (error != NULL)
        g_task_return_error (task, g_error_copy (error));
      else
        g_task_return_boolean (task, TRUE);
    }
}

static gboolean
retry_cb (gpointer user_data)
{
  TcClient *self = user_data;

  g_clear_pointer (&self->retry_source, g_source_unref);
  begin_attempt (self);

  return G_SOURCE_REMOVE;
}

/* An attempt came to nothing, or a connection broke. Those who wait for the
 * first connection are told; the client itself goes on trying. */
static void
fail_attempt (TcClient     *self,
              const GError *error)
{
  clear_socket (self);
  g_clear_pointer (&self->held_frames, g_ptr_array_unref);
  g_free (self->problem);
  self->problem = tc_engine_dup_reason (error->message, self->paths);
  set_state (self, TC_CLIENT_CONNECTING);

  clear_retry (self);
  self->retry_source = g_timeout_source_new (self->retry_ms);
  g_source_set_callback (self->retry_source, retry_cb, self, NULL);
  g_source_attach (self->retry_source, g_main_context_get_thread_default ());
  self->retry_ms = MIN (self->retry_ms * 2, RETRY_MAX_MS);

  finish_waiting (self, error);
}

static void
emit_points (TcClient   *self,
             JsonObject *event)
{
  JsonArray *list = tc_json_get_array (event, "points");
  g_autoptr(GArray) points = g_array_new (FALSE, FALSE, sizeof (TcClientPoint));

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      JsonNode *node = json_array_get_element (list, i);
      JsonArray *triple = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
      TcClientPoint point;
      JsonNode *value;
      const char *word;

      if (triple == NULL || json_array_get_length (triple) != 3 ||
          json_array_get_string_element (triple, 0) == NULL)
        continue;
      value = json_array_get_element (triple, 2);
      word = JSON_NODE_HOLDS_VALUE (value) ? json_node_get_string (value) : NULL;
      point.series = g_intern_string (json_array_get_string_element (triple, 0));
      point.x = json_array_get_double_element (triple, 1);
      if (g_strcmp0 (word, "Infinity") == 0)
        point.value = INFINITY;
      else if (g_strcmp0 (word, "-Infinity") == 0)
        point.value = -INFINITY;
      else
        point.value = word != NULL || !JSON_NODE_HOLDS_VALUE (value) ? NAN : json_node_get_double (value);
      g_array_append_val (points, point);
    }

  if (points->len > 0)
    g_signal_emit (self, signals[SIGNAL_POINTS], 0, tc_client_mirror_get_id (event), points);
}

/* The state of a session; nothing for one that is not there. */
static int
find_state (TcClient *self,
            guint64   id)
{
  TcSession *session = tc_queue_lookup (self->queue, id);

  return session != NULL ? (int) tc_session_get_state (session) : -1;
}

static void
apply_session_event (TcClient   *self,
                     const char *type,
                     JsonObject *event)
{
  JsonObject *object = tc_json_get_object (event, "session");
  guint64 id = tc_client_mirror_get_id (object != NULL ? object : event);
  int before = find_state (self, id);

  if (g_str_equal (type, "session-removed"))
    tc_client_mirror_remove (self->queue, id);
  else if (object != NULL)
    tc_client_mirror_session (self->queue, object);
  if (find_state (self, id) != before)
    g_signal_emit (self, signals[SIGNAL_SESSIONS], 0);
}

static void
apply_event (TcClient   *self,
             JsonObject *event)
{
  const char *type = tc_json_get_string (event, "type", "");
  guint64 id = tc_client_mirror_get_id (event);
  JsonObject *object;

  if (g_str_has_prefix (type, "session-"))
    apply_session_event (self, type, event);
  else if (g_str_equal (type, "points"))
    emit_points (self, event);
  else if (g_str_equal (type, "record"))
    {
      object = tc_json_get_object (event, "record");
      if (object != NULL)
        g_signal_emit (self, signals[SIGNAL_RECORD], 0,
                       tc_json_get_string (event, "kind", "event"), id, object);
    }
  else if (g_str_equal (type, "log"))
    g_signal_emit (self, signals[SIGNAL_LOG], 0, id, tc_json_get_int (event, "size", 0));
  else if (g_str_equal (type, "queue"))
    set_paused (self, tc_json_get_boolean (event, "paused", FALSE));
  else
    g_signal_emit (self, signals[SIGNAL_NEWS], 0, type, event);
}

static void
apply_frame (TcClient   *self,
             JsonObject *frame)
{
  JsonArray *events = tc_json_get_array (frame, "events");

  for (guint i = 0; events != NULL && i < json_array_get_length (events); i++)
    {
      JsonNode *node = json_array_get_element (events, i);

      if (JSON_NODE_HOLDS_OBJECT (node))
        apply_event (self, json_node_get_object (node));
    }
}

static void
socket_message_cb (SoupWebsocketConnection *socket,
                   int                      type,
                   GBytes                  *message,
                   TcClient                *self)
{
  gsize length;
  const char *data = g_bytes_get_data (message, &length);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) frame = NULL;

  frame = tc_json_parse_object (data != NULL ? data : "", length, TC_JSON_DEFAULT, &error);
  if (frame == NULL)
    {
      g_warning ("The engine sent a frame that is no JSON: %s", error->message);
      return;
    }

  if (self->held_frames != NULL)
    g_ptr_array_add (self->held_frames, g_steal_pointer (&frame));
  else
    {
      /* A handler may let go of the client. */
      g_autoptr(TcClient) alive = g_object_ref (self);

      apply_frame (alive, frame);
    }
}

static void
socket_closed_cb (SoupWebsocketConnection *socket,
                  TcClient                *self)
{
  g_autoptr(TcClient) alive = g_object_ref (self);
  gushort code = soup_websocket_connection_get_close_code (socket);
  g_autoptr(GError) error = NULL;

  /* Without a close frame the code is 0 or 1006: the engine died. */
  alive->engine_left = code == SOUP_WEBSOCKET_CLOSE_NORMAL || code == SOUP_WEBSOCKET_CLOSE_GOING_AWAY;
  error = g_error_new_literal (TC_ERROR, TC_ERROR_UNAVAILABLE,
                               alive->engine_left ? _("The engine was stopped") : _("The engine went away"));
  alive->retry_ms = RETRY_MIN_MS;
  if (alive->cancellable != NULL)
    g_cancellable_cancel (alive->cancellable);
  g_clear_object (&alive->cancellable);
  fail_attempt (alive, error);
}

static void
begin_attempt (TcClient *self)
{
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();

  if ((self->flags & TC_CLIENT_START_ENGINE) != 0 && !self->engine_left)
    tc_engine_start_async (self->paths, self->cancellable, on_attempt_started, g_object_ref (self));
  else
    tc_transport_listen_async (self->transport, "/training/events", self->cancellable,
                               on_attempt_open, g_object_ref (self));
}

static void
on_attempt_started (GObject      *object,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr(TcClient) self = user_data;
  g_autoptr(GError) error = NULL;

  if (tc_engine_start_finish (result, &error))
    tc_transport_listen_async (self->transport, "/training/events", self->cancellable,
                               on_attempt_open, g_object_ref (self));
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    fail_attempt (self, error);
}

static void
on_attempt_open (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(TcClient) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(SoupWebsocketConnection) socket = NULL;

  socket = tc_transport_listen_finish (self->transport, result, &error);
  if (socket == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        fail_attempt (self, error);
      return;
    }
  if (self->state == TC_CLIENT_DISCONNECTED)
    return;

  self->socket = g_steal_pointer (&socket);
  self->held_frames = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  g_signal_connect_object (self->socket, "message", G_CALLBACK (socket_message_cb), self, 0);
  g_signal_connect_object (self->socket, "closed", G_CALLBACK (socket_closed_cb), self, 0);
  tc_transport_send_async (self->transport, "GET", "/api/training/queue", NULL, self->cancellable,
                           on_attempt_loaded, g_object_ref (self));
}

static void
on_attempt_loaded (GObject      *object,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(TcClient) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_transport_send_finish (self->transport, result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->state == TC_CLIENT_DISCONNECTED)
    return;
  if (reply != NULL)
    tc_client_listing_read_async (reply->bytes, self->cancellable, on_attempt_read, g_object_ref (self));
  else
    fail_attempt (self, error);
}

static void
on_attempt_read (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(TcClient) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcClientListing) listing = tc_client_listing_read_finish (result, &error);
  g_autoptr(GPtrArray) frames = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->state == TC_CLIENT_DISCONNECTED)
    return;
  if (listing == NULL)
    {
      fail_attempt (self, error);
      return;
    }

  tc_client_mirror_load (self->queue, listing->sessions);
  g_signal_emit (self, signals[SIGNAL_SESSIONS], 0);
  set_paused (self, listing->is_paused);
  frames = g_steal_pointer (&self->held_frames);
  for (guint i = 0; frames != NULL && i < frames->len; i++)
    apply_frame (self, g_ptr_array_index (frames, i));

  self->retry_ms = RETRY_MIN_MS;
  self->engine_left = FALSE;
  g_clear_pointer (&self->problem, g_free);
  set_state (self, TC_CLIENT_CONNECTED);
  finish_waiting (self, NULL);
}

static void
tc_client_dispose (GObject *object)
{
  TcClient *self = TC_CLIENT (object);

  tc_client_disconnect (self);
  g_clear_object (&self->transport);
  g_clear_object (&self->queue);
  g_clear_object (&self->paths);

  G_OBJECT_CLASS (tc_client_parent_class)->dispose (object);
}

static void
tc_client_finalize (GObject *object)
{
  TcClient *self = TC_CLIENT (object);

  g_free (self->problem);
  g_ptr_array_unref (self->waiting);

  G_OBJECT_CLASS (tc_client_parent_class)->finalize (object);
}

static void
tc_client_get_property (GObject    *object,
                        guint       prop_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  TcClient *self = TC_CLIENT (object);

  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;

    case PROP_PAUSED:
      g_value_set_boolean (value, self->paused);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
tc_client_class_init (TcClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = tc_client_dispose;
  object_class->finalize = tc_client_finalize;
  object_class->get_property = tc_client_get_property;

  properties[PROP_STATE] =
    g_param_spec_uint ("state", NULL, NULL, 0, TC_CLIENT_CONNECTED, TC_CLIENT_DISCONNECTED,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_PAUSED] =
    g_param_spec_boolean ("paused", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_POINTS] =
    g_signal_new ("points", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_UINT64, G_TYPE_ARRAY);
  signals[SIGNAL_RECORD] =
    g_signal_new ("record", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_UINT64, JSON_TYPE_OBJECT);
  signals[SIGNAL_LOG] =
    g_signal_new ("log", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_UINT64, G_TYPE_INT64);
  signals[SIGNAL_NEWS] =
    g_signal_new ("news", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_STRING, JSON_TYPE_OBJECT);
  signals[SIGNAL_SESSIONS] =
    g_signal_new ("sessions", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);
}

static void
tc_client_init (TcClient *self)
{
  self->queue = tc_queue_new ();
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  self->retry_ms = RETRY_MIN_MS;
}

/**
 * tc_client_new:
 * @paths: where the engine is
 * @flags: whether to start it
 *
 * Returns: (transfer full): a client that does nothing yet
 */
TcClient *
tc_client_new (TcPaths       *paths,
               TcClientFlags  flags)
{
  TcClient *self;

  g_return_val_if_fail (TC_IS_PATHS (paths), NULL);

  self = g_object_new (TC_TYPE_CLIENT, NULL);
  self->paths = g_object_ref (paths);
  self->flags = flags;
  self->transport = tc_transport_new (tc_paths_get_socket_path (paths));

  return self;
}

/**
 * tc_client_get_state:
 * @self: a client
 *
 * Returns: whether the mirror is live
 */
TcClientState
tc_client_get_state (TcClient *self)
{
  g_return_val_if_fail (TC_IS_CLIENT (self), TC_CLIENT_DISCONNECTED);

  return self->state;
}

/**
 * tc_client_get_paused:
 * @self: a client
 *
 * Returns: whether the queue starts nothing more
 */
gboolean
tc_client_get_paused (TcClient *self)
{
  g_return_val_if_fail (TC_IS_CLIENT (self), FALSE);

  return self->paused;
}

/**
 * tc_client_get_queue:
 * @self: a client
 *
 * Returns: (transfer none): the mirror; it stays the same object and keeps the
 *   last known state while the engine is away
 */
TcQueue *
tc_client_get_queue (TcClient *self)
{
  g_return_val_if_fail (TC_IS_CLIENT (self), NULL);

  return self->queue;
}

/**
 * tc_client_get_problem:
 * @self: a client
 *
 * Returns: (transfer none) (nullable): why it is not connected, for people
 */
const char *
tc_client_get_problem (TcClient *self)
{
  g_return_val_if_fail (TC_IS_CLIENT (self), NULL);

  return self->problem;
}

/**
 * tc_client_connect_async:
 * @self: a client
 * @cancellable: (nullable): to wait no longer
 * @callback: called when the mirror is live or the first attempt failed
 * @user_data: for @callback
 *
 * Connects and stays connected. After a failure it goes on trying in the
 * background, until tc_client_disconnect().
 */
void
tc_client_connect_async (TcClient            *self,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr(GTask) task = NULL;

  g_return_if_fail (TC_IS_CLIENT (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, tc_client_connect_async);

  if (self->state == TC_CLIENT_CONNECTED)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  g_ptr_array_add (self->waiting, g_steal_pointer (&task));
  if (self->state == TC_CLIENT_DISCONNECTED)
    {
      self->engine_left = FALSE;
      set_state (self, TC_CLIENT_CONNECTING);
      begin_attempt (self);
    }
}

/**
 * tc_client_connect_finish:
 * @self: a client
 * @result: what the callback got
 * @error: TC_ERROR_UNAVAILABLE
 *
 * Returns: whether the mirror is live
 */
gboolean
tc_client_connect_finish (TcClient      *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * tc_client_try_now:
 * @self: a client
 *
 * Somebody wants the engine now: does not wait for the next attempt, and starts
 * an engine that was stopped on purpose. Nothing happens while connected or
 * while an attempt is under way.
 */
void
tc_client_try_now (TcClient *self)
{
  g_return_if_fail (TC_IS_CLIENT (self));

  if (self->state != TC_CLIENT_CONNECTING || self->retry_source == NULL)
    return;
  self->engine_left = FALSE;
  self->retry_ms = RETRY_MIN_MS;
  clear_retry (self);
  begin_attempt (self);
}

/**
 * tc_client_disconnect:
 * @self: a client
 *
 * Lets go of the engine and tries no more. The mirror keeps what it has.
 */
void
tc_client_disconnect (TcClient *self)
{
  g_autoptr(GError) error = NULL;

  g_return_if_fail (TC_IS_CLIENT (self));

  clear_retry (self);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  clear_socket (self);
  g_clear_pointer (&self->held_frames, g_ptr_array_unref);
  set_state (self, TC_CLIENT_DISCONNECTED);

  error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The connection was given up");
  finish_waiting (self, error);
}

/* For tc-client-request.c. */
TcTransport *
tc_client_get_transport (TcClient *self)
{
  return self->transport;
}

TcPaths *
tc_client_get_paths (TcClient *self)
{
  return self->paths;
}

TcClientFlags
tc_client_get_flags (TcClient *self)
{
  return self->flags;
}
