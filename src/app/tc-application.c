/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-application.h"

#include <glib/gi18n.h>

#include "tc-window.h"

struct _TcApplication
{
  AdwApplication  parent_instance;

  TcPaths        *paths;   /* (owned) */
  TcClient       *client;  /* (owned) (nullable) until startup */
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

static void
on_about (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       user_data)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (user_data));

  adw_show_about_dialog (GTK_WIDGET (window),
                         "application-name", _("Training Center"),
                         "application-icon", TC_APPLICATION_ID,
                         "developer-name", _("The Training Center developers"),
                         "version", TC_VERSION,
                         "license-type", GTK_LICENSE_MIT_X11,
                         NULL);
}

static void
on_quit (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  g_application_quit (G_APPLICATION (user_data));
}

/* For notifications: the page of a session, in a window that may have to be
 * made first. */
static void
on_show_session (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       user_data)
{
  g_application_activate (G_APPLICATION (user_data));
  tc_window_show_session (TC_WINDOW (gtk_application_get_active_window (GTK_APPLICATION (user_data))),
                          g_variant_get_uint64 (parameter));
}

static void
on_show_page (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  g_application_activate (G_APPLICATION (user_data));
  tc_window_show_page (TC_WINDOW (gtk_application_get_active_window (GTK_APPLICATION (user_data))),
                       g_variant_get_string (parameter, NULL));
}

static void
tc_application_startup (GApplication *application)
{
  static const GActionEntry entries[] = {
    { .name = "about", .activate = on_about },
    { .name = "quit", .activate = on_quit },
    { .name = "show-page", .activate = on_show_page, .parameter_type = "s" },
    { .name = "show-session", .activate = on_show_session, .parameter_type = "t" },
  };
  TcApplication *self = TC_APPLICATION (application);
  static const char *const quit_keys[] = { "<Control>q", NULL };

  G_APPLICATION_CLASS (tc_application_parent_class)->startup (application);

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "app.quit", quit_keys);
  self->client = tc_client_new (self->paths, TC_CLIENT_START_ENGINE);
  tc_client_connect_async (self->client, NULL, on_connected, NULL);
}

static void
tc_application_activate (GApplication *application)
{
  TcApplication *self = TC_APPLICATION (application);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (window == NULL)
    window = GTK_WINDOW (tc_window_new (ADW_APPLICATION (self), self->client, self->paths));
  gtk_window_present (window);
}

static void
tc_application_shutdown (GApplication *application)
{
  TcApplication *self = TC_APPLICATION (application);

  tc_client_disconnect (self->client);

  G_APPLICATION_CLASS (tc_application_parent_class)->shutdown (application);
}

static void
tc_application_dispose (GObject *object)
{
  TcApplication *self = TC_APPLICATION (object);

  g_clear_object (&self->client);
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
