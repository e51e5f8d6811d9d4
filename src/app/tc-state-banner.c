/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-state-banner.h"

#include <glib/gi18n.h>

#include "tc-duration.h"
#include "tc-text.h"

/* An engine that starts or comes back is there sooner than that. */
#define PATIENCE_MS 1500
#define TITLE_BYTES 300
#define LOOK_SECONDS 5

typedef enum
{
  TROUBLE_NONE,
  TROUBLE_ENGINE,
  TROUBLE_KEYS,
  TROUBLE_DISK,
  TROUBLE_BATTERY,
} Trouble;

struct _TcStateBanner
{
  AdwBin     parent_instance;

  TcClient  *client;       /* (owned) */
  TcKeyList *keys;         /* (owned) */
  TcHostState *host;       /* (owned) */
  AdwBanner *banner;       /* (unowned) the child */
  guint      patience_id;  /* waits for the engine before it complains */
  gboolean   is_missing;   /* the engine, for too long */
  guint      look_id;      /* while on battery */
  Trouble    trouble;      /* that is shown */
};

G_DEFINE_FINAL_TYPE (TcStateBanner, tc_state_banner, ADW_TYPE_BIN)

/* What to do about a key that the keyring holds back, or NULL. */
static const char *
find_locked (TcStateBanner *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->keys)); i++)
    {
      g_autoptr(TcKeyItem) item = g_list_model_get_item (G_LIST_MODEL (self->keys), i);
      const TcApiKey *key = tc_key_item_get (item);

      if (key->state == TC_KEY_NO_SECRET && !tc_key_item_is_outdated (item))
        return key->state_text != NULL ? key->state_text : _("The keyring does not give out the keys.");
    }

  return NULL;
}

static void
show_missing (TcStateBanner *self)
{
  const char *problem = tc_client_get_problem (self->client);
  g_autofree char *reason = problem != NULL ? tc_text_sanitize (problem, -1, TITLE_BYTES, TC_TEXT_SINGLE_LINE)
                                            : NULL;
  g_autofree char *title = NULL;

  if (reason != NULL && g_str_has_suffix (reason, "."))
    reason[strlen (reason) - 1] = '\0';
  /* Translators: %s is a sentence without its full stop: “The engine was stopped” */
  title = reason != NULL ? g_strdup_printf (_("%s. Trainings go on without it."), reason)
                         : g_strdup (_("The engine is not running. Trainings go on without it."));
  adw_banner_set_title (self->banner, title);
  adw_banner_set_button_label (self->banner, _("_Start Engine"));
}

/* Returns: the id of a session that runs, 0 without one */
static guint64
find_running (TcStateBanner *self)
{
  TcQueue *queue = tc_client_get_queue (self->client);

  for (guint i = 0; i < tc_queue_get_n (queue); i++)
    if (tc_session_get_state (tc_queue_peek (queue, i)) == TC_SESSION_RUNNING)
      return tc_session_get_id (tc_queue_peek (queue, i));

  return 0;
}

/* What is worst, of what is wrong. */
static Trouble
find_trouble (TcStateBanner *self)
{
  guint64 room;

  if (self->is_missing)
    return TROUBLE_ENGINE;
  if (find_locked (self) != NULL)
    return TROUBLE_KEYS;
  if (tc_host_state_is_disk_low (self->host, &room))
    return TROUBLE_DISK;
  if (tc_host_state_on_battery (self->host) && find_running (self) != 0)
    return TROUBLE_BATTERY;

  return TROUBLE_NONE;
}

/* The desktop asks for the password; the engine has the rest started. */
static void
show_keys (TcStateBanner *self)
{
  const char *problem = tc_key_list_get_problem (self->keys);

  if (tc_key_list_is_unlocking (self->keys))
    {
      adw_banner_set_title (self->banner, _("The desktop asks for the password of the keyring."));
      adw_banner_set_button_label (self->banner, NULL);
    }
  else if (tc_key_list_is_locked (self->keys))
    {
      adw_banner_set_title (self->banner, problem != NULL ? problem
                                                          : _("The keyring is locked. What needs a key waits."));
      adw_banner_set_button_label (self->banner, _("_Unlock…"));
    }
  else
    {
      adw_banner_set_title (self->banner, find_locked (self));
      adw_banner_set_button_label (self->banner, _("Show _Keys"));
    }
}

static void
show_disk (TcStateBanner *self)
{
  guint64 room = 0;
  g_autofree char *size = NULL;
  g_autofree char *title = NULL;

  tc_host_state_is_disk_low (self->host, &room);
  size = tc_size_format (room);
  /* Translators: %s is a size such as "1.2 GB" */
  title = g_strdup_printf (_("The disk is nearly full: %s are left for checkpoints."), size);
  adw_banner_set_title (self->banner, title);
  adw_banner_set_button_label (self->banner, _("_Show"));
}

static void
update (TcStateBanner *self)
{
  self->trouble = find_trouble (self);
  switch (self->trouble)
    {
    case TROUBLE_ENGINE:
      show_missing (self);
      break;

    case TROUBLE_KEYS:
      show_keys (self);
      break;

    case TROUBLE_DISK:
      show_disk (self);
      break;

    case TROUBLE_BATTERY:
      adw_banner_set_title (self->banner, _("A training runs on battery. It may empty it within hours."));
      adw_banner_set_button_label (self->banner, _("_Pause Training"));
      break;

    case TROUBLE_NONE:
    default:
      break;
    }
  adw_banner_set_revealed (self->banner, self->trouble != TROUBLE_NONE);
  /* A banner that is not revealed has its title still, for a screen reader. */
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_HIDDEN,
                               self->trouble == TROUBLE_NONE, -1);
}

static gboolean
on_look (gpointer user_data)
{
  update (user_data);

  return G_SOURCE_CONTINUE;
}

/* On battery it counts whether a training runs, which changes now and then. */
static void
on_host_changed (TcStateBanner *self)
{
  g_clear_handle_id (&self->look_id, g_source_remove);
  if (tc_host_state_on_battery (self->host))
    self->look_id = g_timeout_add_seconds (LOOK_SECONDS, on_look, self);
  update (self);
}

static gboolean
patience_cb (gpointer user_data)
{
  TcStateBanner *self = user_data;

  self->patience_id = 0;
  self->is_missing = TRUE;
  update (self);

  return G_SOURCE_REMOVE;
}

static void
on_state_changed (TcStateBanner *self)
{
  if (tc_client_get_state (self->client) == TC_CLIENT_CONNECTED)
    {
      g_clear_handle_id (&self->patience_id, g_source_remove);
      self->is_missing = FALSE;
      update (self);
    }
  else if (!self->is_missing && self->patience_id == 0)
    self->patience_id = g_timeout_add (PATIENCE_MS, patience_cb, self);
}

static void
on_key_changed (TcKeyItem     *item,
                TcStateBanner *self)
{
  update (self);
}

static void
on_keys_changed (GListModel    *keys,
                 guint          position,
                 guint          removed,
                 guint          added,
                 TcStateBanner *self)
{
  for (guint i = 0; i < added; i++)
    {
      g_autoptr(TcKeyItem) item = g_list_model_get_item (keys, position + i);

      g_signal_handlers_disconnect_by_func (item, on_key_changed, self);
      g_signal_connect_object (item, "changed", G_CALLBACK (on_key_changed), self, 0);
    }
  update (self);
}

static void
on_button_clicked (TcStateBanner *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  if (self->trouble == TROUBLE_ENGINE)
    tc_client_try_now (self->client);
  else if (self->trouble == TROUBLE_DISK)
    gtk_widget_activate_action (widget, "app.show-page", "s", "models");
  else if (self->trouble == TROUBLE_BATTERY)
    gtk_widget_activate_action (widget, "app.pause-session", "t", find_running (self));
  else if (self->trouble != TROUBLE_KEYS)
    return; /* a banner on its way out means nothing any more */
  else if (tc_key_list_is_locked (self->keys))
    tc_key_list_unlock (self->keys);
  else
    gtk_widget_activate_action (widget, "app.show-page", "s", "keys");
}

static void
tc_state_banner_dispose (GObject *object)
{
  TcStateBanner *self = TC_STATE_BANNER (object);

  g_clear_handle_id (&self->patience_id, g_source_remove);
  g_clear_handle_id (&self->look_id, g_source_remove);
  g_clear_object (&self->host);
  g_clear_object (&self->keys);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (tc_state_banner_parent_class)->dispose (object);
}

static void
tc_state_banner_class_init (TcStateBannerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_state_banner_dispose;
}

static void
tc_state_banner_init (TcStateBanner *self)
{
  self->banner = ADW_BANNER (adw_banner_new (""));
  adw_banner_set_use_markup (self->banner, FALSE);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->banner));
  g_signal_connect_object (self->banner, "button-clicked", G_CALLBACK (on_button_clicked), self,
                           G_CONNECT_SWAPPED);
}

/**
 * tc_state_banner_new:
 * @client: whose engine
 * @keys: all keys
 * @host: the computer
 *
 * Returns: (transfer floating): a banner, hidden while all is well
 */
GtkWidget *
tc_state_banner_new (TcClient    *client,
                     TcKeyList   *keys,
                     TcHostState *host)
{
  TcStateBanner *self = g_object_new (TC_TYPE_STATE_BANNER, NULL);

  self->client = g_object_ref (client);
  self->keys = g_object_ref (keys);
  self->host = g_object_ref (host);
  g_signal_connect_object (host, "changed", G_CALLBACK (on_host_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "notify::state", G_CALLBACK (on_state_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (keys, "keyring-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (keys, "items-changed", G_CALLBACK (on_keys_changed), self, 0);
  on_keys_changed (G_LIST_MODEL (keys), 0, 0, g_list_model_get_n_items (G_LIST_MODEL (keys)), self);
  on_state_changed (self);
  on_host_changed (self);

  return GTK_WIDGET (self);
}
