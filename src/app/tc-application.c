/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-application.h"

#include <glib/gi18n.h>

#include "tc-awake.h"
#include "tc-install.h"
#include "tc-notes-dialog.h"
#include "tc-notifier.h"
#include "tc-preferences.h"
#include "tc-window.h"

struct _TcApplication
{
  AdwApplication  parent_instance;

  TcPaths        *paths;     /* (owned) */
  TcClient       *client;    /* (owned) (nullable) until startup */
  GSettings      *settings;  /* (owned) (nullable) until startup */
  TcNotifier     *notifier;  /* (owned) (nullable) until startup */
  TcAwake        *awake;     /* (owned) (nullable) until startup */
  guint64         wanted_id; /* a session to show as soon as it is known; 0: none */
};

G_DEFINE_FINAL_TYPE (TcApplication, tc_application, ADW_TYPE_APPLICATION)

static void
on_connected (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  /* The client goes on trying, and the window shows its state. */
  if (!tc_client_connect_finish (TC_CLIENT (object), result, &error))
    g_message ("%s", error->message);
}

static TcWindow *
get_window (TcApplication *self)
{
  return TC_WINDOW (gtk_application_get_active_window (GTK_APPLICATION (self)));
}

/* ---- Dialogs ---- */

static void
on_about (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       user_data)
{
  AdwDialog *about;

  g_application_activate (G_APPLICATION (user_data));
  about = adw_about_dialog_new_from_appdata ("/dev/hlx/TrainingCenter/metainfo.xml", NULL);
  adw_about_dialog_set_version (ADW_ABOUT_DIALOG (about), TC_VERSION);
  adw_about_dialog_set_copyright (ADW_ABOUT_DIALOG (about), "© 2026 The Training Center developers");
  adw_about_dialog_set_comments (ADW_ABOUT_DIALOG (about),
                                 _("Queues, runs, watches and gates trainings of small language models on your own computer."));
  /* Translators: your name and, if you like, your address, a line each */
  adw_about_dialog_set_translator_credits (ADW_ABOUT_DIALOG (about), _("translator-credits"));
  adw_dialog_present (about, GTK_WIDGET (get_window (TC_APPLICATION (user_data))));
}

static void
on_preferences (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  TcApplication *self = TC_APPLICATION (user_data);

  g_application_activate (G_APPLICATION (self));
  adw_dialog_present (tc_preferences_new (self->settings, self->client), GTK_WIDGET (get_window (self)));
}

static void
on_notes (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       user_data)
{
  g_application_activate (G_APPLICATION (user_data));
  adw_dialog_present (tc_notes_dialog_new (), GTK_WIDGET (get_window (TC_APPLICATION (user_data))));
}

/* ---- What notifications offer ---- */

static void
on_commanded (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(TcApplication) self = user_data;
  g_autoptr(GError) error = NULL;
  gboolean is_done = tc_client_command_finish (TC_CLIENT (object), result, &error);

  g_application_release (G_APPLICATION (self));
  if (is_done)
    return;
  g_application_activate (G_APPLICATION (self));
  tc_window_show_text (get_window (self), error->message);
}

/* The application may have been started for nothing but this. */
static void
command (TcApplication *self,
         const char    *verb,
         GVariant      *id)
{
  g_application_hold (G_APPLICATION (self));
  tc_client_command_async (self->client, verb, g_variant_get_uint64 (id), NULL, on_commanded,
                           g_object_ref (self));
}

static void
on_pause_session (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       user_data)
{
  command (user_data, "suspend", parameter);
}

static void
on_stop_session (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       user_data)
{
  command (user_data, "cancel", parameter);
}

static void
on_quit (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  g_application_quit (G_APPLICATION (user_data));
}

/* Before the first connection no session is known: the page waits for it. */
static void
show_wanted (TcApplication *self)
{
  guint64 id = self->wanted_id;

  if (id == 0 || tc_client_get_state (self->client) != TC_CLIENT_CONNECTED)
    return;
  self->wanted_id = 0;
  g_application_activate (G_APPLICATION (self));
  tc_window_show_session (get_window (self), id);
}

/* The page of a session, in a window that may have to be made first. */
static void
on_show_session (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       user_data)
{
  TcApplication *self = TC_APPLICATION (user_data);

  g_application_activate (G_APPLICATION (self));
  self->wanted_id = g_variant_get_uint64 (parameter);
  show_wanted (self);
}

static void
on_show_page (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  g_application_activate (G_APPLICATION (user_data));
  tc_window_show_page (get_window (TC_APPLICATION (user_data)), g_variant_get_string (parameter, NULL));
}

static void
tc_application_startup (GApplication *application)
{
  static const GActionEntry entries[] = {
    { .name = "about", .activate = on_about },
    { .name = "notes", .activate = on_notes },
    { .name = "pause-session", .activate = on_pause_session, .parameter_type = "t" },
    { .name = "preferences", .activate = on_preferences },
    { .name = "quit", .activate = on_quit },
    { .name = "show-page", .activate = on_show_page, .parameter_type = "s" },
    { .name = "show-session", .activate = on_show_session, .parameter_type = "t" },
    { .name = "stop-session", .activate = on_stop_session, .parameter_type = "t" },
  };
  static const struct {
    const char *action;
    const char *keys[2];
  } accels[] = {
    { "app.quit", { "<Control>q", NULL } },
    { "app.preferences", { "<Control>comma", NULL } },
    { "app.notes", { "F1", NULL } },
    { "window.close", { "<Control>w", NULL } },
  };
  TcApplication *self = TC_APPLICATION (application);

  G_APPLICATION_CLASS (tc_application_parent_class)->startup (application);

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accels[i].action, accels[i].keys);
  self->settings = tc_install_new_settings ();
  self->client = tc_client_new (self->paths, TC_CLIENT_START_ENGINE);
  self->notifier = tc_notifier_new (GTK_APPLICATION (self), self->client, self->settings);
  self->awake = tc_awake_new (GTK_APPLICATION (self), self->client, self->settings);
  g_signal_connect_object (self->client, "notify::state", G_CALLBACK (show_wanted), self,
                           G_CONNECT_SWAPPED);
  tc_client_connect_async (self->client, NULL, on_connected, NULL);
}

static void
tc_application_activate (GApplication *application)
{
  TcApplication *self = TC_APPLICATION (application);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (window == NULL)
    {
      window = GTK_WINDOW (tc_window_new (ADW_APPLICATION (self), self->client, self->paths));
      tc_window_keep_state (TC_WINDOW (window), self->settings, self->awake);
    }
  gtk_window_present (window);
}

static void
tc_application_shutdown (GApplication *application)
{
  TcApplication *self = TC_APPLICATION (application);

  g_clear_object (&self->awake);
  g_clear_object (&self->notifier);
  tc_client_disconnect (self->client);

  G_APPLICATION_CLASS (tc_application_parent_class)->shutdown (application);
}

static void
tc_application_dispose (GObject *object)
{
  TcApplication *self = TC_APPLICATION (object);

  g_clear_object (&self->client);
  g_clear_object (&self->settings);
  g_clear_object (&self->paths);

  G_OBJECT_CLASS (tc_application_parent_class)->dispose (object);
}

static void
tc_application_class_init (TcApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_application_dispose;
  application_class->startup = tc_application_startup;
  application_class->activate = tc_application_activate;
  application_class->shutdown = tc_application_shutdown;
}

static void
tc_application_init (TcApplication *self)
{
  self->paths = tc_paths_new_from_environment ();
}

/**
 * tc_application_new:
 *
 * Returns: (transfer full): the application, not registered yet
 */
TcApplication *
tc_application_new (void)
{
  return g_object_new (TC_TYPE_APPLICATION,
                       "application-id", TC_APPLICATION_ID,
                       "resource-base-path", "/dev/hlx/TrainingCenter",
                       NULL);
}
