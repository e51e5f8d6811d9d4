/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-inhibitor.h"

#include <gio/gunixfdlist.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "tc-file.h"

#define CALL_TIMEOUT_MS 5000
#define SETTING_MAX_BYTES 16
#define OFF "off\n"

struct _TcInhibitor
{
  GObject       parent_instance;

  TcScheduler  *scheduler;    /* (owned) (nullable) until shutdown */
  char         *setting;      /* (owned) a file that says "off", or is not there */
  GCancellable *cancellable;  /* (owned) */
  gboolean      is_enabled;
  gboolean      is_asking;    /* logind; the answer is to come */
  int           fd;           /* the lock; -1: none */
  guint         update_id;
};

G_DEFINE_FINAL_TYPE (TcInhibitor, tc_inhibitor, G_TYPE_OBJECT)

static void update (TcInhibitor *self);

/* A paused training may well sleep. */
static gboolean
is_wanted (TcInhibitor *self)
{
  TcQueue *queue;

  if (self->scheduler == NULL || !self->is_enabled || tc_scheduler_get_n_active (self->scheduler) == 0)
    return FALSE;
  queue = tc_scheduler_get_queue (self->scheduler);
  for (guint i = 0; i < tc_queue_get_n (queue); i++)
    {
      TcSessionState state = tc_session_get_state (tc_queue_peek (queue, i));

      if (state == TC_SESSION_STARTING || state == TC_SESSION_RUNNING)
        return TRUE;
    }

  return FALSE;
}

/* ---- Asking logind ---- */

static void
on_inhibited (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(TcInhibitor) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GUnixFDList) handles = NULL;
  g_autoptr(GVariant) reply = NULL;
  int handle;

  reply = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (object), &handles, result, &error);
  self->is_asking = FALSE;
  if (reply != NULL && handles != NULL)
    {
      g_variant_get (reply, "(h)", &handle);
      self->fd = g_unix_fd_list_get (handles, handle, &error);
    }
  if (error != NULL)
    g_debug ("The computer is not kept awake: %s", error->message);
  else
    update (self);
}

static void
on_bus (GObject      *object,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr(TcInhibitor) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GDBusConnection) bus = g_bus_get_finish (result, &error);

  if (bus == NULL)
    {
      self->is_asking = FALSE;
      g_debug ("The computer is not kept awake: %s", error->message);
      return;
    }
  /* A bus that goes away is no reason to go as well. */
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  g_dbus_connection_call_with_unix_fd_list (bus, "org.freedesktop.login1", "/org/freedesktop/login1",
                                            "org.freedesktop.login1.Manager", "Inhibit",
                                            g_variant_new ("(ssss)", "sleep", "Training Center",
                                                           "A training is running", "block"),
                                            G_VARIANT_TYPE ("(h)"), G_DBUS_CALL_FLAGS_NONE, CALL_TIMEOUT_MS,
                                            NULL, self->cancellable, on_inhibited, g_object_ref (self));
}

static void
update (TcInhibitor *self)
{
  gboolean wants = is_wanted (self);

  if (!wants)
    g_clear_fd (&self->fd, NULL);
  else if (self->fd < 0 && !self->is_asking)
    {
      self->is_asking = TRUE;
      g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, on_bus, g_object_ref (self));
    }
}

/* ---- Sessions ---- */

static gboolean
update_cb (gpointer user_data)
{
  TcInhibitor *self = user_data;

  self->update_id = 0;
  update (self);

  return G_SOURCE_REMOVE;
}

/* Sessions change with every line of their logs; one look does for many. */
static void
schedule_update (TcInhibitor *self)
{
  if (self->update_id == 0)
    self->update_id = g_idle_add (update_cb, self);
}

/* ---- The object ---- */

static void
tc_inhibitor_dispose (GObject *object)
{
  tc_inhibitor_shutdown (TC_INHIBITOR (object));

  G_OBJECT_CLASS (tc_inhibitor_parent_class)->dispose (object);
}

static void
tc_inhibitor_finalize (GObject *object)
{
  TcInhibitor *self = TC_INHIBITOR (object);

  g_clear_fd (&self->fd, NULL);
  g_object_unref (self->cancellable);
  g_free (self->setting);

  G_OBJECT_CLASS (tc_inhibitor_parent_class)->finalize (object);
}

static void
tc_inhibitor_class_init (TcInhibitorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_inhibitor_dispose;
  G_OBJECT_CLASS (klass)->finalize = tc_inhibitor_finalize;
}

static void
tc_inhibitor_init (TcInhibitor *self)
{
  self->cancellable = g_cancellable_new ();
  self->fd = -1;
}

/**
 * tc_inhibitor_new:
 * @scheduler: whose runs keep the computer awake
 * @paths: where it is kept whether that is wanted
 *
 * Returns: (transfer full): at work until its shutdown
 */
TcInhibitor *
tc_inhibitor_new (TcScheduler *scheduler,
                  TcPaths     *paths)
{
  TcInhibitor *self = g_object_new (TC_TYPE_INHIBITOR, NULL);
  g_autofree char *word = NULL;

  self->scheduler = g_object_ref (scheduler);
  self->setting = g_build_filename (tc_paths_get_state_dir (paths), "keep-awake", NULL);
  word = tc_file_read (self->setting, SETTING_MAX_BYTES, NULL, NULL);
  self->is_enabled = g_strcmp0 (word, OFF) != 0;
  g_signal_connect_object (scheduler, "session-changed", G_CALLBACK (schedule_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (scheduler, "session-added", G_CALLBACK (schedule_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (scheduler, "session-removed", G_CALLBACK (schedule_update), self, G_CONNECT_SWAPPED);
  schedule_update (self);

  return self;
}

/** tc_inhibitor_shutdown: lets the computer suspend */
void
tc_inhibitor_shutdown (TcInhibitor *self)
{
  g_return_if_fail (TC_IS_INHIBITOR (self));

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->update_id, g_source_remove);
  g_clear_object (&self->scheduler);
  g_clear_fd (&self->fd, NULL);
}

/** tc_inhibitor_get_enabled: Returns: whether the computer is to be kept awake while a training runs */
gboolean
tc_inhibitor_get_enabled (TcInhibitor *self)
{
  g_return_val_if_fail (TC_IS_INHIBITOR (self), FALSE);

  return self->is_enabled;
}

/**
 * tc_inhibitor_set_enabled:
 * @error: of the file
 *
 * Kept for the engines to come as well.
 *
 * Returns: whether that could be written; it holds for now in any case
 */
gboolean
tc_inhibitor_set_enabled (TcInhibitor  *self,
                          gboolean      is_enabled,
                          GError      **error)
{
  gboolean is_written = TRUE;

  g_return_val_if_fail (TC_IS_INHIBITOR (self), FALSE);

  if (is_enabled == self->is_enabled)
    return TRUE;
  self->is_enabled = is_enabled;
  if (is_enabled)
    g_unlink (self->setting);
  else
    is_written = tc_file_write (self->setting, OFF, -1, TC_FILE_DEFAULT, error);
  update (self);

  return is_written;
}

/** tc_inhibitor_is_held: Returns: whether logind keeps the computer awake for it now */
gboolean
tc_inhibitor_is_held (TcInhibitor *self)
{
  g_return_val_if_fail (TC_IS_INHIBITOR (self), FALSE);

  return self->fd >= 0;
}
