/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* A Secret Service that asks a person before everything, as some do: its
 * keyring counts as open, but each item is locked and each change is a question.
 * It knows no key exchange: secrets go over the bus as they are.
 *
 *   prompting-service dismiss   the person says no, after a moment
 *   prompting-service ignore    the person is not there
 *   prompting-service plain     asks nobody, and keeps one secret
 *
 * Prints "ready" when it owns the name, and ends with its standard input. */

#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

#define PATH "/org/freedesktop/secrets"
#define COLLECTION PATH "/collection/login"
#define ITEM COLLECTION "/1"
#define PROMPT PATH "/prompt/1"
#define MOMENT_MS 100

static gboolean is_dismissing;
static gboolean is_asking = TRUE;
static GVariant *kept; /* (owned) (nullable) the secret, as it came */

static gboolean
dismiss (gpointer connection)
{
  g_dbus_connection_emit_signal (connection, NULL, PROMPT, "org.freedesktop.Secret.Prompt", "Completed",
                                 g_variant_new ("(bv)", TRUE, g_variant_new_object_path ("/")), NULL);

  return G_SOURCE_REMOVE;
}

static GVariant *
answer_prompt (GDBusConnection *connection)
{
  if (is_dismissing)
    g_timeout_add (MOMENT_MS, dismiss, connection);

  return g_variant_new ("()");
}

static GVariant *
answer_property (const char *path,
                 GVariant   *arguments)
{
  const char *const collections[] = { COLLECTION, NULL };
  const char *interface, *name;

  g_variant_get (arguments, "(&s&s)", &interface, &name);
  if (strcmp (name, "Locked") == 0)
    return g_variant_new ("(v)", g_variant_new_boolean (is_asking && strcmp (path, ITEM) == 0));

  return g_variant_new ("(v)", g_variant_new_objv (collections, -1));
}

/* Without anybody to ask. Returns: (nullable): as answer() */
static GVariant *
answer_alone (const char *method,
              GVariant   *arguments)
{
  const char *const none[] = { NULL };
  const char *const item[] = { ITEM, NULL };
  GVariantBuilder secrets;

  if (strcmp (method, "SearchItems") == 0)
    return g_variant_new ("(^ao^ao)", kept != NULL ? item : none, none);
  if (strcmp (method, "Unlock") == 0)
    return g_variant_new ("(^aoo)", item, "/");
  if (strcmp (method, "CreateItem") == 0)
    {
      g_clear_pointer (&kept, g_variant_unref);
      kept = g_variant_get_child_value (arguments, 1);
      return g_variant_new ("(oo)", ITEM, "/");
    }
  if (strcmp (method, "GetSecrets") == 0)
    {
      g_variant_builder_init (&secrets, G_VARIANT_TYPE ("a{o(oayays)}"));
      if (kept != NULL)
        g_variant_builder_add (&secrets, "{o@(oayays)}", ITEM, kept);
      return g_variant_new ("(a{o(oayays)})", &secrets);
    }
  if (strcmp (method, "Delete") != 0)
    return NULL;
  g_clear_pointer (&kept, g_variant_unref);

  return g_variant_new ("(o)", "/");
}

/* Returns: (nullable): what a method answers with; NULL: it is not known */
static GVariant *
answer (GDBusConnection *connection,
        GDBusMessage    *message)
{
  const char *method = g_dbus_message_get_member (message);
  GVariant *arguments = g_dbus_message_get_body (message);
  const char *const none[] = { NULL };
  const char *const item[] = { ITEM, NULL };
  const char *word;

  if (strcmp (method, "Get") == 0)
    return answer_property (g_dbus_message_get_path (message), arguments);
  if (strcmp (method, "GetAll") == 0)
    return g_variant_new ("(a{sv})", NULL);
  if (strcmp (method, "OpenSession") == 0)
    {
      g_variant_get_child (arguments, 0, "&s", &word);
      return strcmp (word, "plain") == 0
        ? g_variant_new ("(vo)", g_variant_new_string (""), PATH "/session/1") : NULL;
    }
  if (strcmp (method, "ReadAlias") == 0)
    return g_variant_new ("(o)", COLLECTION);
  if (!is_asking)
    return answer_alone (method, arguments);
  if (strcmp (method, "SearchItems") == 0)
    return g_variant_new ("(^ao^ao)", none, item);
  if (strcmp (method, "Unlock") == 0)
    return g_variant_new ("(^aoo)", none, PROMPT);
  if (strcmp (method, "CreateItem") == 0)
    return g_variant_new ("(oo)", "/", PROMPT);
  if (strcmp (method, "Delete") == 0)
    return g_variant_new ("(o)", PROMPT);

  return strcmp (method, "Prompt") == 0 ? answer_prompt (connection) : NULL;
}

/* In the connection's own thread. */
static GDBusMessage *
on_message (GDBusConnection *connection,
            GDBusMessage    *message,
            gboolean         is_incoming,
            gpointer         user_data)
{
  const char *path = g_dbus_message_get_path (message);
  g_autoptr(GDBusMessage) reply = NULL;
  GVariant *body;

  if (!is_incoming || g_dbus_message_get_message_type (message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL ||
      path == NULL || !g_str_has_prefix (path, PATH))
    return message;
  body = answer (connection, message);
  if (body != NULL)
    {
      reply = g_dbus_message_new_method_reply (message);
      g_dbus_message_set_body (reply, body);
    }
  else
    reply = g_dbus_message_new_method_error_literal (message, "org.freedesktop.DBus.Error.NotSupported", "No");
  g_dbus_connection_send_message (connection, reply, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
  g_object_unref (message);

  return NULL;
}

static void
on_bus (GDBusConnection *connection,
        const char      *name,
        gpointer         user_data)
{
  g_dbus_connection_add_filter (connection, on_message, NULL, NULL);
}

static void
on_name (GDBusConnection *connection,
         const char      *name,
         gpointer         user_data)
{
  puts ("ready");
  fflush (stdout);
}

static gboolean
on_input (GIOChannel   *channel,
          GIOCondition  condition,
          gpointer      loop)
{
  g_main_loop_quit (loop);

  return G_SOURCE_REMOVE;
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr(GIOChannel) input = g_io_channel_unix_new (0);

  is_dismissing = argc > 1 && strcmp (argv[1], "dismiss") == 0;
  is_asking = argc < 2 || strcmp (argv[1], "plain") != 0;
  g_io_add_watch (input, G_IO_IN | G_IO_HUP, on_input, loop);
  g_bus_own_name (G_BUS_TYPE_SESSION, "org.freedesktop.secrets", G_BUS_NAME_OWNER_FLAGS_NONE, on_bus, on_name,
                  NULL, NULL, NULL);
  g_main_loop_run (loop);

  return 0;
}
