/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-awake.h"

#include <glib/gi18n.h>

#include "tc-install.h"

/* Between one session and the next the application stays, and the last
 * notification has the time to go out. */
#define LEAVE_SECONDS 5

struct _TcAwake
{
  GObject         parent_instance;

  GtkApplication *application;  /* (unowned) owns this */
  TcClient       *client;       /* (owned) */
  GSettings      *settings;     /* (owned) */
  guint           cookie;       /* of the inhibition; 0: none */
  gboolean        is_holding;
  guint           leave_id;
  guint           update_id;
};

enum
{
  PROP_IS_INHIBITING = 1,
  N_PROPS,
};

G_DEFINE_FINAL_TYPE (TcAwake, tc_awake, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];

static gboolean
leave_cb (gpointer user_data)
{
  TcAwake *self = user_data;

  self->leave_id = 0;
  self->is_holding = FALSE;
  g_application_release (G_APPLICATION (self->application));

  return G_SOURCE_REMOVE;
}

static void
set_holding (TcAwake  *self,
             gboolean  is_active)
{
  if (is_active)
    {
      g_clear_handle_id (&self->leave_id, g_source_remove);
      if (!self->is_holding)
        g_application_hold (G_APPLICATION (self->application));
      self->is_holding = TRUE;
    }
  else if (self->is_holding && self->leave_id == 0)
    self->leave_id = g_timeout_add_seconds (LEAVE_SECONDS, leave_cb, self);
}

static void
set_inhibiting (TcAwake  *self,
                gboolean  is_wanted)
{
  if (is_wanted == (self->cookie != 0))
    return;
  if (is_wanted)
    self->cookie = gtk_application_inhibit (self->application,
                                            gtk_application_get_active_window (self->application),
                                            GTK_APPLICATION_INHIBIT_SUSPEND, _("A training is running"));
  else
    {
      gtk_application_uninhibit (self->application, self->cookie);
      self->cookie = 0;
    }
  /* Where there is nobody to ask, nobody is told that it was granted. */
  if (is_wanted == (self->cookie != 0))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_INHIBITING]);
}

/* A paused training may well sleep. */
static void
update (TcAwake *self)
{
  TcQueue *queue = tc_client_get_queue (self->client);
  gboolean is_running = FALSE;
  gboolean is_active = FALSE;

  for (guint i = 0; i < tc_queue_get_n (queue); i++)
    {
      TcSessionState state = tc_session_get_state (tc_queue_peek (queue, i));

      is_active |= tc_session_state_is_active (state);
      is_running |= state == TC_SESSION_STARTING || state == TC_SESSION_RUNNING;
    }
  /* What the engine was doing when it went away may be over. */
  is_active &= tc_client_get_state (self->client) != TC_CLIENT_DISCONNECTED;
  set_holding (self, is_active);
  set_inhibiting (self, is_active && is_running && g_settings_get_boolean (self->settings, TC_SETTINGS_KEEP_AWAKE));
}

static void
on_told (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcReply) reply = tc_client_request_finish (TC_CLIENT (object), result, &error);

  if (reply == NULL)
    g_message ("%s", error->message);
}

/* The engine keeps the computer awake without a window as well, and wants to know
 * whether it may. */
static void
tell_engine (TcAwake *self)
{
  g_autoptr(JsonNode) body = NULL;
  JsonObject *request;

  if (tc_client_get_state (self->client) != TC_CLIENT_CONNECTED)
    return;
  body = json_node_new (JSON_NODE_OBJECT);
  request = json_object_new ();
  json_object_set_boolean_member (request, "enabled",
                                  g_settings_get_boolean (self->settings, TC_SETTINGS_KEEP_AWAKE));
  json_node_take_object (body, request);
  tc_client_request_async (self->client, "PUT", "/api/awake", body, NULL, on_told, NULL);
}

static gboolean
update_cb (gpointer user_data)
{
  TcAwake *self = user_data;

  self->update_id = 0;
  update (self);

  return G_SOURCE_REMOVE;
}

/* A queue of thousands is loaded one by one; looking at it once is enough. */
static void
schedule_update (TcAwake *self)
{
  if (self->update_id == 0)
    self->update_id = g_idle_add (update_cb, self);
}

static void
on_items_changed (GListModel *queue,
                  guint       position,
                  guint       removed,
                  guint       added,
                  TcAwake    *self)
{
  for (guint i = 0; i < added; i++)
    {
      TcSession *session = tc_queue_peek (TC_QUEUE (queue), position + i);

      g_signal_handlers_disconnect_by_func (session, schedule_update, self);
      g_signal_connect_object (session, "changed", G_CALLBACK (schedule_update), self, G_CONNECT_SWAPPED);
    }
  schedule_update (self);
}

static void
tc_awake_dispose (GObject *object)
{
  TcAwake *self = TC_AWAKE (object);

  g_clear_handle_id (&self->update_id, g_source_remove);
  g_clear_handle_id (&self->leave_id, g_source_remove);
  if (self->cookie != 0)
    gtk_application_uninhibit (self->application, self->cookie);
  self->cookie = 0;
  if (self->is_holding)
    g_application_release (G_APPLICATION (self->application));
  self->is_holding = FALSE;
  g_clear_object (&self->settings);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (tc_awake_parent_class)->dispose (object);
}

static void
tc_awake_get_property (GObject    *object,
                       guint       prop_id,
                       GValue     *value,
                       GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_IS_INHIBITING:
      g_value_set_boolean (value, tc_awake_get_is_inhibiting (TC_AWAKE (object)));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
tc_awake_class_init (TcAwakeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = tc_awake_dispose;
  object_class->get_property = tc_awake_get_property;

  properties[PROP_IS_INHIBITING] =
    g_param_spec_boolean ("is-inhibiting", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
tc_awake_init (TcAwake *self)
{
}

/** tc_awake_get_is_inhibiting: Returns: whether the computer is kept awake now */
gboolean
tc_awake_get_is_inhibiting (TcAwake *self)
{
  g_return_val_if_fail (TC_IS_AWAKE (self), FALSE);

  return self->cookie != 0;
}

/**
 * tc_awake_new:
 * @application: who holds on, and lives longer
 * @client: whose sessions count
 * @settings: whether the computer may be kept awake
 *
 * Returns: (transfer full): at work until it is let go
 */
TcAwake *
tc_awake_new (GtkApplication *application,
              TcClient       *client,
              GSettings      *settings)
{
  TcAwake *self = g_object_new (TC_TYPE_AWAKE, NULL);
  TcQueue *queue = tc_client_get_queue (client);

  self->application = application;
  self->client = g_object_ref (client);
  self->settings = g_object_ref (settings);
  g_signal_connect_object (queue, "items-changed", G_CALLBACK (on_items_changed), self, 0);
  g_signal_connect_object (client, "notify::state", G_CALLBACK (schedule_update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "notify::state", G_CALLBACK (tell_engine), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::" TC_SETTINGS_KEEP_AWAKE,
                           G_CALLBACK (schedule_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::" TC_SETTINGS_KEEP_AWAKE,
                           G_CALLBACK (tell_engine), self, G_CONNECT_SWAPPED);
  on_items_changed (G_LIST_MODEL (queue), 0, 0, tc_queue_get_n (queue), self);

  return self;
}
