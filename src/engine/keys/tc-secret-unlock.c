/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The Secret Service answers a call to unlock with the path of a question that
 * is shown once Prompt is called on it, and tells the end of it with a signal.
 * libsecret does that too, but does not tell who said no, or whether anybody
 * could be asked. */

#include "config.h"

#include "tc-error.h"
#include "tc-secret-unlock.h"

#define SERVICE_NAME "org.freedesktop.secrets"
#define SERVICE_PATH "/org/freedesktop/secrets"
#define SERVICE_INTERFACE "org.freedesktop.Secret.Service"
#define PROMPT_INTERFACE "org.freedesktop.Secret.Prompt"
#define NOBODY "/"

/* Who shows the questions of gnome-keyring. */
#define GNOME_KEYRING "org.gnome.keyring"
#define GNOME_PROMPTER "org.gnome.keyring.SystemPrompter"

/* A program that shows a question is started for it. */
#define CALL_TIMEOUT_MS 30000

#define NO_KEYRING \
  "There is no keyring: no Secret Service answers on the session bus. Install and start one (gnome-keyring, " \
  "KWallet, KeePassXC), then try again."

#define NO_PROMPTER \
  "Nobody can ask for the keyring's password here: no program shows the keyring's question, as without a desktop. " \
  "Log in to the desktop, or unlock it with “gnome-keyring-daemon --unlock”."

typedef struct
{
  GDBusConnection *bus;           /* (owned) (nullable) */
  GCancellable    *calls;         /* (owned) of all that is under way */
  GSource         *cancelled;     /* (owned) (nullable) of the caller's cancellable */
  char            *prompt;        /* (owned) (nullable) the question */
  guint            completed_id;  /* of the subscription to its end */
  guint            patience_id;
  gboolean         is_gnome;      /* the service is gnome-keyring */
  gboolean         is_over;       /* answered */
} Unlock;

static void
unlock_free (gpointer data)
{
  Unlock *self = data;

  g_object_unref (self->calls);
  g_clear_object (&self->bus);
  g_free (self->prompt);
  g_free (self);
}

/* Ends everything that could still come in. Returns whether it was on until now. */
static gboolean
unlock_end (Unlock *self)
{
  if (self->is_over)
    return FALSE;
  self->is_over = TRUE;
  g_clear_handle_id (&self->patience_id, g_source_remove);
  if (self->completed_id != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->completed_id);
  self->completed_id = 0;
  if (self->cancelled != NULL)
    g_source_destroy (self->cancelled);
  g_clear_pointer (&self->cancelled, g_source_unref);
  g_cancellable_cancel (self->calls);

  return TRUE;
}

static void
succeed (GTask *task)
{
  if (unlock_end (g_task_get_task_data (task)))
    g_task_return_boolean (task, TRUE);
}

static void
fail (GTask      *task,
      TcError     code,
      const char *sentence)
{
  if (unlock_end (g_task_get_task_data (task)))
    g_task_return_new_error_literal (task, TC_ERROR, code, sentence);
}

static void
fail_for (GTask        *task,
          const GError *reason)
{
  g_autofree char *name = g_dbus_error_get_remote_error (reason);

  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ||
      g_error_matches (reason, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY))
    fail (task, TC_ERROR_UNAVAILABLE, "The keyring did not answer. Log in to the desktop again, then try once more.");
  else if (g_error_matches (reason, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED))
    fail (task, TC_ERROR_UNAVAILABLE, "The keyring refuses to work for Training Center. Allow it access to the "
          "Secret Service, then try again.");
  else if (g_error_matches (reason, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
           g_error_matches (reason, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER) || name == NULL)
    fail (task, TC_ERROR_UNAVAILABLE, NO_KEYRING);
  else
    fail (task, TC_ERROR_UNAVAILABLE, "The keyring refused. Look at it with the desktop's password manager, then try "
          "again.");
}

/* @interface and the rest as for g_dbus_connection_call(); the answer to @callback with a task of its own. */
static void
call (GTask               *task,
      const char          *path,
      const char          *interface,
      const char          *method,
      GVariant            *arguments,
      const char          *reply_type,
      GAsyncReadyCallback  callback)
{
  Unlock *self = g_task_get_task_data (task);
  g_autoptr(GVariantType) type = g_variant_type_new (reply_type);
  gboolean is_bus = g_str_has_prefix (interface, "org.freedesktop.DBus");

  g_dbus_connection_call (self->bus, is_bus ? "org.freedesktop.DBus" : SERVICE_NAME, path, interface, method,
                          arguments, type, G_DBUS_CALL_FLAGS_NONE, CALL_TIMEOUT_MS, self->calls,
                          callback, g_object_ref (task));
}

static GVariant *
call_finish (GTask         *task,
             GObject       *object,
             GAsyncResult  *result,
             GError       **error)
{
  Unlock *self = g_task_get_task_data (task);
  g_autoptr(GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, error);

  return self->is_over ? NULL : g_steal_pointer (&reply);
}

/* ---- The question ---- */

/* A question that nobody needs any more goes away; nobody waits for that.
 * gnome-keyring (seen with 48) falls over when it is told so while the question
 * is shown, and everybody's keys with it: there a person closes it. */
static void
dismiss (Unlock *self)
{
  if (self->prompt != NULL && self->bus != NULL && !self->is_gnome)
    g_dbus_connection_call (self->bus, SERVICE_NAME, self->prompt, PROMPT_INTERFACE, "Dismiss", NULL, NULL,
                            G_DBUS_CALL_FLAGS_NO_AUTO_START, CALL_TIMEOUT_MS, NULL, NULL, NULL);
}

static void
decline (GTask *task)
{
  fail (task, TC_ERROR_PERMISSION, "The keyring stays locked: its question was closed without an answer.");
}

/* gnome-keyring says "dismissed" also when it could show its question to nobody.
 * The program that shows it stays for some seconds, or is the desktop itself. */
static void
on_prompter_known (GObject      *object,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GVariant) reply = call_finish (task, object, result, NULL);
  gboolean has_owner = TRUE;

  if (reply != NULL)
    g_variant_get (reply, "(b)", &has_owner);
  if (has_owner)
    decline (task);
  else
    fail (task, TC_ERROR_UNAVAILABLE, NO_PROMPTER);
}

static void
on_completed (GDBusConnection *connection,
              const char      *sender,
              const char      *path,
              const char      *interface,
              const char      *signal,
              GVariant        *parameters,
              gpointer         user_data)
{
  GTask *task = user_data;
  Unlock *self = g_task_get_task_data (task);
  gboolean is_dismissed = FALSE;

  if (self->is_over || !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(bv)")))
    return;
  g_variant_get_child (parameters, 0, "b", &is_dismissed);
  g_clear_pointer (&self->prompt, g_free);
  if (!is_dismissed)
    succeed (task);
  else if (self->is_gnome)
    call (task, "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner",
          g_variant_new ("(s)", GNOME_PROMPTER), "(b)", on_prompter_known);
  else
    decline (task);
}

static void
on_prompted (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) reply = call_finish (task, object, result, &error);

  if (error != NULL)
    fail_for (task, error);
}

/* Whose window the question belongs to is not told: the engine has none, and
 * the desktop shows it above everything. */
static void
show_prompt (GTask *task)
{
  Unlock *self = g_task_get_task_data (task);

  self->completed_id =
    g_dbus_connection_signal_subscribe (self->bus, SERVICE_NAME, PROMPT_INTERFACE, "Completed", self->prompt, NULL,
                                        G_DBUS_SIGNAL_FLAGS_NONE, on_completed, g_object_ref (task),
                                        g_object_unref);
  call (task, self->prompt, PROMPT_INTERFACE, "Prompt", g_variant_new ("(s)", ""), "()", on_prompted);
}

static void
on_unlocked (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Unlock *self = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) reply = call_finish (task, object, result, &error);

  if (error != NULL)
    fail_for (task, error);
  if (reply == NULL)
    return;
  g_variant_get (reply, "(@aoo)", NULL, &self->prompt);
  if (g_strcmp0 (self->prompt, NOBODY) != 0)
    show_prompt (task);
  else
    succeed (task);
}

/* ---- What to unlock ---- */

static void
on_alias_read (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) reply = call_finish (task, object, result, &error);
  const char *paths[] = { NULL, NULL };

  if (error != NULL)
    fail_for (task, error);
  if (reply == NULL)
    return;
  g_variant_get (reply, "(&o)", &paths[0]);
  if (g_strcmp0 (paths[0], NOBODY) == 0)
    fail (task, TC_ERROR_UNAVAILABLE, "There is no default keyring yet. Log in to the desktop once, or make one with "
          "the desktop's password manager, then try again.");
  else
    call (task, SERVICE_PATH, SERVICE_INTERFACE, "Unlock", g_variant_new ("(^ao)", paths), "(aoo)",
          on_unlocked);
}

static void
on_kind_known (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Unlock *self = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) reply = call_finish (task, object, result, &error);

  if (error != NULL)
    fail_for (task, error);
  if (reply == NULL)
    return;
  g_variant_get (reply, "(b)", &self->is_gnome);
  call (task, SERVICE_PATH, SERVICE_INTERFACE, "ReadAlias", g_variant_new ("(s)", "default"), "(o)", on_alias_read);
}

static void
on_bus (GObject      *object,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Unlock *self = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  self->bus = g_bus_get_finish (result, &error);
  if (self->bus == NULL)
    {
      fail_for (task, error);
      return;
    }
  /* The end of the desktop's session must not be the end of the runs. */
  g_dbus_connection_set_exit_on_close (self->bus, FALSE);
  if (!self->is_over)
    call (task, "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner", g_variant_new ("(s)", GNOME_KEYRING),
          "(b)", on_kind_known);
}

/* ---- The whole ---- */

static gboolean
on_patience_over (gpointer user_data)
{
  GTask *task = user_data;
  Unlock *self = g_task_get_task_data (task);

  dismiss (self);
  fail (task, TC_ERROR_UNAVAILABLE, "The keyring's question was not answered for five minutes. Try again "
        "when you are at the desktop.");

  return G_SOURCE_CONTINUE;
}

static gboolean
on_cancelled (GCancellable *cancellable,
              gpointer      user_data)
{
  GTask *task = user_data;
  Unlock *self = g_task_get_task_data (task);

  dismiss (self);
  if (unlock_end (self))
    g_task_return_new_error_literal (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Nobody waits for it any more.");

  return G_SOURCE_CONTINUE;
}

/**
 * tc_secret_unlock_async:
 * @cancellable: (nullable): ends the waiting, and takes the question back where
 *   the keyring can do that; where not and a person answers it later, the keyring
 *   is open then
 *
 * Has the desktop ask its user for the password of the default keyring, where
 * that is locked.
 */
void
tc_secret_unlock_async (GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Unlock *self = g_new0 (Unlock, 1);

  g_task_set_source_tag (task, tc_secret_unlock_async);
  g_task_set_task_data (task, self, unlock_free);
  self->calls = g_cancellable_new ();
  self->patience_id = g_timeout_add_full (G_PRIORITY_DEFAULT, TC_SECRET_UNLOCK_PATIENCE_MS, on_patience_over,
                                          g_object_ref (task), g_object_unref);
  if (cancellable != NULL)
    {
      self->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (self->cancelled, G_SOURCE_FUNC (on_cancelled), g_object_ref (task), g_object_unref);
      g_source_attach (self->cancelled, g_main_context_get_thread_default ());
    }
  g_bus_get (G_BUS_TYPE_SESSION, self->calls, on_bus, g_object_ref (task));
}

/**
 * tc_secret_unlock_finish:
 * @error: TC_ERROR with a sentence: PERMISSION the person said no; UNAVAILABLE
 *   nobody could be asked; or G_IO_ERROR_CANCELLED
 *
 * Returns: whether the keyring is open
 */
gboolean
tc_secret_unlock_finish (GAsyncResult  *result,
                         GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
