/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <libsecret/secret.h>

#include "tc-error.h"
#include "tc-secret-file.h"
#include "tc-secret-keyring.h"
#include "tc-secret-unlock.h"

#define SERVICE_NAME "org.freedesktop.secrets"
#define SERVICE_PATH "/org/freedesktop/secrets"
#define SERVICE_INTERFACE "org.freedesktop.Secret.Service"
#define COLLECTION_INTERFACE "org.freedesktop.Secret.Collection"
#define PROMPT_INTERFACE "org.freedesktop.Secret.Prompt"
#define ATTRIBUTE "key-id"

#define DISMISSED \
  "The keyring asked whether Training Center may have the key, and that was dismissed. Try again, and allow it."

#define PLAIN \
  "The keyring takes keys and gives them out unencrypted: whoever can watch the session bus sees them. Use one " \
  "that encrypts what it sends (gnome-keyring, KeePassXC, KWallet of Plasma 6), then replace the keys."

typedef enum
{
  JOB_STORE,
  JOB_LOOK_UP,
  JOB_CLEAR,
} JobKind;

/* One call on its way: is there a keyring, is it open, then the call itself.
 * It answers once; what comes after that is dropped. */
typedef struct
{
  JobKind          kind;
  GTask           *task;        /* (owned) (nullable) NULL: answered */
  GCancellable    *cancellable; /* (owned) */
  GDBusConnection *bus;         /* (owned) (nullable) */
  char            *id;          /* (owned) */
  char            *label;       /* (owned) (nullable) */
  SecretValue     *secret;      /* (owned) (nullable) in memory that is not swapped */
  guint            timeout_id;
  guint            prompt_id;   /* of the subscription to the ends of questions */
  guint            n_pending;   /* calls that will come back */
} Job;

struct _TcSecretKeyring
{
  TcKeyring        parent_instance;

  GDBusConnection *bus;        /* (owned) (nullable) that is watched, since the keyring was found locked */
  guint            opened_id;  /* of the subscription to what it says of its collections */
  guint            owner_id;   /* of the watch for a service that comes anew */
};

G_DEFINE_FINAL_TYPE (TcSecretKeyring, tc_secret_keyring, TC_TYPE_KEYRING)

static const SecretSchema schema = {
  "dev.hlx.TrainingCenter.ApiKey", SECRET_SCHEMA_NONE,
  { { ATTRIBUTE, SECRET_SCHEMA_ATTRIBUTE_STRING }, { NULL, 0 } },
};

/* ---- Whether it is locked ---- */

/* Somebody has unlocked a collection, here or elsewhere. */
static void
on_collection_changed (GDBusConnection *connection,
                       const char      *sender,
                       const char      *path,
                       const char      *interface,
                       const char      *signal,
                       GVariant        *parameters,
                       gpointer         user_data)
{
  g_autoptr(GVariant) changed = NULL;
  gboolean is_locked;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;
  changed = g_variant_get_child_value (parameters, 1);
  if (g_variant_lookup (changed, "Locked", "b", &is_locked) && !is_locked)
    tc_keyring_set_locked (user_data, FALSE);
}

static void
on_service_appeared (GDBusConnection *connection,
                     const char      *name,
                     const char      *owner,
                     gpointer         user_data)
{
  TcSecretKeyring *self = user_data;

  /* The one that was found locked is the first to be told. */
  if (self->opened_id == 0)
    self->opened_id = g_dbus_connection_signal_subscribe (connection, SERVICE_NAME, "org.freedesktop.DBus.Properties",
                                                          "PropertiesChanged", NULL, COLLECTION_INTERFACE,
                                                          G_DBUS_SIGNAL_FLAGS_NONE, on_collection_changed, self, NULL);
  else
    tc_keyring_set_locked (TC_KEYRING (self), FALSE);
}

static void
unwatch (TcSecretKeyring *self)
{
  g_clear_handle_id (&self->owner_id, g_bus_unwatch_name);
  if (self->opened_id != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->opened_id);
  self->opened_id = 0;
  g_clear_object (&self->bus);
}

/* One that is locked is watched until it is open, or another is in its place. */
static void
note_locked (TcSecretKeyring *self,
             GDBusConnection *bus,
             gboolean         is_locked)
{
  if (!is_locked || self->bus != bus)
    unwatch (self);
  if (is_locked && self->bus == NULL)
    {
      self->bus = g_object_ref (bus);
      self->owner_id = g_bus_watch_name_on_connection (bus, SERVICE_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                       on_service_appeared, NULL, self, NULL);
    }
  tc_keyring_set_locked (TC_KEYRING (self), is_locked);
}

/* ---- One call ---- */

static void
job_release (Job *job)
{
  if (job->task != NULL || job->n_pending > 0)
    return;
  g_clear_pointer (&job->secret, secret_value_unref);
  if (job->prompt_id != 0)
    g_dbus_connection_signal_unsubscribe (job->bus, job->prompt_id);
  g_clear_object (&job->cancellable);
  g_clear_object (&job->bus);
  g_free (job->id);
  g_free (job->label);
  g_free (job);
}

/* @problem: (transfer full) (nullable) */
static void
job_answer (Job      *job,
            TcSecret *secret,
            GError   *problem)
{
  g_autoptr(GTask) task = g_steal_pointer (&job->task);

  if (task == NULL)
    {
      g_clear_pointer (&secret, tc_secret_free);
      g_clear_error (&problem);
      return;
    }
  g_clear_handle_id (&job->timeout_id, g_source_remove);
  if (problem != NULL)
    g_task_return_error (task, problem);
  else if (job->kind == JOB_LOOK_UP)
    g_task_return_pointer (task, secret, (GDestroyNotify) tc_secret_free);
  else
    g_task_return_boolean (task, TRUE);
}

static void
job_fail (Job        *job,
          const char *sentence)
{
  job_answer (job, NULL, g_error_new_literal (TC_ERROR, TC_ERROR_UNAVAILABLE, sentence));
}

static gboolean
on_timeout (gpointer user_data)
{
  Job *job = user_data;

  job->timeout_id = 0;
  job_fail (job, "The keyring did not answer within 5 seconds. Unlock it or log in again, then try "
            "once more; nothing was kept anywhere else.");
  /* A service that hangs stays in libsecret's memory otherwise. */
  secret_service_disconnect ();
  g_cancellable_cancel (job->cancellable);

  return G_SOURCE_REMOVE;
}

/* What comes back is either late or says why not; the reasons of D-Bus are for
 * programmers and are put into words. */
static void
job_fail_for (Job          *job,
              const GError *reason)
{
  g_autofree char *name = g_dbus_error_get_remote_error (reason);

  if (g_strcmp0 (name, "org.freedesktop.Secret.Error.IsLocked") == 0 ||
      g_error_matches (reason, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
    job_fail (job, "The keyring is locked. Unlock it, then try again.");
  else if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    job_fail (job, DISMISSED);
  else if (reason->domain == SECRET_ERROR && tc_secret_file_is_used ())
    job_fail (job, "The file that keeps the keys cannot be read. Move it away (data/keyrings in the "
              "application's folder), then add the keys again.");
  else if (g_error_matches (reason, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED) ||
           g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    job_fail (job, "The keyring refuses to work for Training Center. Allow it access to the Secret "
              "Service, then try again.");
  else if (g_error_matches (reason, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
           g_error_matches (reason, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER) ||
           name == NULL)
    job_fail (job, "There is no keyring: no Secret Service answers on the session bus. Install and start "
              "one (gnome-keyring, KWallet, KeePassXC), then try again. Keys are never kept in "
              "plain files.");
  else
    job_fail (job, "The keyring refused. Look at it with the desktop's password manager, then try "
              "again.");
  secret_service_disconnect ();
}

/* It is not there: to clear it, that is as good. */
static void
job_miss (Job *job)
{
  if (job->kind == JOB_CLEAR)
    job_answer (job, NULL, NULL);
  else
    job_answer (job, NULL, g_error_new_literal (TC_ERROR, TC_ERROR_NOT_FOUND,
                                              "The keyring does not have this key any more. Put it in "
                                              "again with “trainctl keys replace”."));
}

static void
on_searched (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  Job *job = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);
  g_autoptr(GVariant) unlocked = NULL;
  g_autoptr(GVariant) locked = NULL;

  job->n_pending--;
  if (reply != NULL)
    g_variant_get (reply, "(@ao@ao)", &unlocked, &locked);
  if (reply == NULL)
    job_fail_for (job, error);
  else if (job->kind == JOB_STORE && g_variant_n_children (locked) + g_variant_n_children (unlocked) == 0)
    job_fail (job, "The keyring did not take the key.");
  else if (job->kind == JOB_STORE)
    job_answer (job, NULL, NULL);
  else if (g_variant_n_children (locked) > 0 && job->kind == JOB_CLEAR)
    job_fail (job, "The keyring keeps the key locked and does not let it go. Unlock it, then try again.");
  else if (g_variant_n_children (locked) > 0)
    job_fail (job, DISMISSED);
  else
    job_miss (job);
  job_release (job);
}

/* Nothing is said to be wrong, which libsecret also does when a person was asked
 * and said no: whether the key is there shows what came of it. */
static void
job_search (Job *job)
{
  GVariantBuilder attributes;

  if (job->bus == NULL || job->task == NULL)
    {
      job_miss (job);
      return;
    }
  g_variant_builder_init (&attributes, G_VARIANT_TYPE ("a{ss}"));
  g_variant_builder_add (&attributes, "{ss}", ATTRIBUTE, job->id);
  job->n_pending++;
  g_dbus_connection_call (job->bus, SERVICE_NAME, SERVICE_PATH, SERVICE_INTERFACE, "SearchItems",
                          g_variant_new ("(a{ss})", &attributes), G_VARIANT_TYPE ("(aoao)"),
                          G_DBUS_CALL_FLAGS_NONE, TC_SECRET_KEYRING_TIMEOUT_MS, job->cancellable,
                          on_searched, job);
}

static void
on_stored (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  Job *job = user_data;
  g_autoptr(GError) error = NULL;

  job->n_pending--;
  if (secret_password_store_finish (result, &error))
    job_search (job);
  else if (error != NULL)
    job_fail_for (job, error);
  else
    job_fail (job, "The keyring did not take the key.");
  job_release (job);
}

static void
on_looked_up (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  Job *job = user_data;
  g_autoptr(GError) error = NULL;
  SecretValue *value = secret_password_lookup_binary_finish (result, &error);

  job->n_pending--;
  if (value != NULL && secret_value_get_text (value) != NULL)
    job_answer (job, tc_secret_new (secret_value_get_text (value)), NULL);
  else if (error != NULL)
    job_fail_for (job, error);
  else
    job_search (job);
  g_clear_pointer (&value, secret_value_unref);
  job_release (job);
}

static void
on_cleared (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  Job *job = user_data;
  g_autoptr(GError) error = NULL;
  gboolean is_cleared = secret_password_clear_finish (result, &error);

  job->n_pending--;
  if (error != NULL)
    job_fail_for (job, error);
  else if (is_cleared)
    job_answer (job, NULL, NULL);
  else
    job_search (job);
  job_release (job);
}

static void
on_file_done (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  Job *job = user_data;
  g_autoptr(GError) error = NULL;
  SecretValue *value = tc_secret_file_finish (result, &error);

  job->n_pending--;
  if (error != NULL)
    job_fail_for (job, error);
  else if (job->kind != JOB_LOOK_UP)
    job_answer (job, NULL, NULL);
  else if (value != NULL && secret_value_get_text (value) != NULL)
    job_answer (job, tc_secret_new (secret_value_get_text (value)), NULL);
  else
    job_miss (job);
  g_clear_pointer (&value, secret_value_unref);
  job_release (job);
}

/* Inside of a Flatpak the secrets lie in an encrypted file of the application,
 * which has neither collections nor locks. */
static void
job_use_file (Job *job)
{
  static const TcSecretFileVerb verbs[] = {
    [JOB_STORE] = TC_SECRET_FILE_STORE,
    [JOB_LOOK_UP] = TC_SECRET_FILE_LOOK_UP,
    [JOB_CLEAR] = TC_SECRET_FILE_CLEAR,
  };
  g_autoptr(GHashTable) attributes = secret_attributes_build (&schema, ATTRIBUTE, job->id, NULL);
  const TcSecretFileCall call = { verbs[job->kind], &schema, attributes, job->label, job->secret };

  job->n_pending++;
  tc_secret_file_async (&call, job->cancellable, on_file_done, job);
}

static void
job_send (Job *job)
{
  g_autoptr(GHashTable) attributes = secret_attributes_build (&schema, ATTRIBUTE, job->id, NULL);

  job->n_pending++;
  switch (job->kind)
    {
    case JOB_STORE:
      secret_password_storev_binary (&schema, attributes, SECRET_COLLECTION_DEFAULT, job->label,
                                     job->secret, job->cancellable, on_stored, job);
      break;
    case JOB_LOOK_UP:
      secret_password_lookupv (&schema, attributes, job->cancellable, on_looked_up, job);
      break;
    case JOB_CLEAR:
    default:
      secret_password_clearv (&schema, attributes, job->cancellable, on_cleared, job);
      break;
    }
}

/* A service that knows no key exchange puts secrets on the bus as they are. */
static void
look_at_session (Job           *job,
                 SecretService *service)
{
  gboolean is_plain = g_strcmp0 (secret_service_get_session_algorithms (service), "plain") == 0;

  tc_keyring_set_warning (g_task_get_source_object (job->task), is_plain ? PLAIN : NULL);
}

static void
on_service (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  Job *job = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(SecretService) service = secret_service_get_finish (result, &error);

  job->n_pending--;
  if (service == NULL)
    job_fail_for (job, error);
  else if (job->task != NULL)
    {
      look_at_session (job, service);
      job_send (job);
    }
  job_release (job);
}

static void
job_call (Job *job)
{
  /* libsecret remembers its session with a service, also with one that is not
   * there any more; calls are rare, so each begins anew. */
  secret_service_disconnect ();
  job->n_pending++;
  secret_service_get (SECRET_SERVICE_OPEN_SESSION, job->cancellable, on_service, job);
}

static void
on_locked_known (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  Job *job = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);
  g_autoptr(GVariant) value = NULL;
  gboolean is_locked = FALSE;

  job->n_pending--;
  if (reply != NULL)
    g_variant_get (reply, "(v)", &value);
  if (value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    is_locked = g_variant_get_boolean (value);
  if (reply != NULL && job->task != NULL)
    note_locked (g_task_get_source_object (job->task), job->bus, is_locked);
  if (reply == NULL)
    job_fail_for (job, error);
  else if (is_locked)
    job_fail (job, "The keyring is locked. Unlock it (the desktop's password manager does that), then "
              "try again.");
  else if (job->task != NULL)
    job_call (job);
  job_release (job);
}

static void
on_alias_read (GObject      *object,
               GAsyncResult *result,
               gpointer      user_data)
{
  Job *job = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);
  const char *path = NULL;

  job->n_pending--;
  if (reply != NULL)
    g_variant_get (reply, "(&o)", &path);
  if (reply == NULL)
    job_fail_for (job, error);
  else if (g_strcmp0 (path, "/") == 0)
    job_fail (job, "There is no default keyring yet. Log in to the desktop once, or make one with the "
              "desktop's password manager, then try again.");
  else if (job->task != NULL)
    {
      job->n_pending++;
      g_dbus_connection_call (job->bus, SERVICE_NAME, path, "org.freedesktop.DBus.Properties", "Get",
                              g_variant_new ("(ss)", COLLECTION_INTERFACE, "Locked"),
                              G_VARIANT_TYPE ("(v)"), G_DBUS_CALL_FLAGS_NONE,
                              TC_SECRET_KEYRING_TIMEOUT_MS, job->cancellable, on_locked_known, job);
    }
  job_release (job);
}

/* libsecret does not tell the one who asked that a question was dismissed. */
static void
on_prompt_completed (GDBusConnection *connection,
                     const char      *sender,
                     const char      *path,
                     const char      *interface,
                     const char      *signal,
                     GVariant        *parameters,
                     gpointer         user_data)
{
  Job *job = user_data;
  gboolean is_dismissed = FALSE;

  if (job->task == NULL || !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(bv)")))
    return;
  g_variant_get_child (parameters, 0, "b", &is_dismissed);
  if (!is_dismissed)
    return;
  job_fail (job, DISMISSED);
  secret_service_disconnect ();
  g_cancellable_cancel (job->cancellable);
}

static void
on_bus (GObject      *object,
        GAsyncResult *result,
        gpointer      user_data)
{
  Job *job = user_data;
  g_autoptr(GError) error = NULL;

  job->n_pending--;
  job->bus = g_bus_get_finish (result, &error);
  /* The end of the desktop's session must not be the end of the runs. */
  if (job->bus != NULL)
    {
      g_dbus_connection_set_exit_on_close (job->bus, FALSE);
      job->prompt_id = g_dbus_connection_signal_subscribe (job->bus, SERVICE_NAME, PROMPT_INTERFACE, "Completed",
                                                           NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
                                                           on_prompt_completed, job, NULL);
    }

  if (job->bus == NULL)
    job_fail_for (job, error);
  else if (job->task != NULL)
    {
      job->n_pending++;
      g_dbus_connection_call (job->bus, SERVICE_NAME, SERVICE_PATH, SERVICE_INTERFACE, "ReadAlias",
                              g_variant_new ("(s)", "default"), G_VARIANT_TYPE ("(o)"),
                              G_DBUS_CALL_FLAGS_NONE, TC_SECRET_KEYRING_TIMEOUT_MS, job->cancellable,
                              on_alias_read, job);
    }
  job_release (job);
}

static void
job_start (JobKind     kind,
           const char *id,
           const char *label,
           const char *secret,
           GTask      *task)
{
  Job *job = g_new0 (Job, 1);

  job->kind = kind;
  job->task = task;
  job->cancellable = g_cancellable_new ();
  job->id = g_strdup (id);
  job->label = g_strdup (label);
  if (secret != NULL)
    job->secret = secret_value_new (secret, -1, "text/plain");
  job->timeout_id = g_timeout_add (TC_SECRET_KEYRING_TIMEOUT_MS, on_timeout, job);
  if (tc_secret_file_is_used ())
    {
      job_use_file (job);
      return;
    }
  job->n_pending++;
  g_bus_get (G_BUS_TYPE_SESSION, job->cancellable, on_bus, job);
}

static void
tc_secret_keyring_store (TcKeyring  *keyring,
                         const char *id,
                         const char *label,
                         const char *secret,
                         GTask      *task)
{
  job_start (JOB_STORE, id, label, secret, task);
}

static void
tc_secret_keyring_look_up (TcKeyring  *keyring,
                           const char *id,
                           GTask      *task)
{
  job_start (JOB_LOOK_UP, id, NULL, NULL, task);
}

static void
tc_secret_keyring_clear (TcKeyring  *keyring,
                         const char *id,
                         GTask      *task)
{
  job_start (JOB_CLEAR, id, NULL, NULL, task);
}

static void
on_unlocked (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;

  if (!tc_secret_unlock_finish (result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  tc_keyring_set_locked (g_task_get_source_object (task), FALSE);
  g_task_return_boolean (task, TRUE);
}

/* A file in a Flatpak has no lock. */
static void
tc_secret_keyring_unlock (TcKeyring *keyring,
                          GTask     *task)
{
  if (!tc_secret_file_is_used ())
    {
      tc_secret_unlock_async (g_task_get_cancellable (task), on_unlocked, task);
      return;
    }
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
tc_secret_keyring_dispose (GObject *object)
{
  unwatch (TC_SECRET_KEYRING (object));

  G_OBJECT_CLASS (tc_secret_keyring_parent_class)->dispose (object);
}

static void
tc_secret_keyring_class_init (TcSecretKeyringClass *klass)
{
  TcKeyringClass *keyring_class = TC_KEYRING_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tc_secret_keyring_dispose;
  keyring_class->store = tc_secret_keyring_store;
  keyring_class->look_up = tc_secret_keyring_look_up;
  keyring_class->clear = tc_secret_keyring_clear;
  keyring_class->unlock = tc_secret_keyring_unlock;
}

static void
tc_secret_keyring_init (TcSecretKeyring *self)
{
}

/** tc_secret_keyring_new: Returns: (transfer full): the desktop's keyring */
TcKeyring *
tc_secret_keyring_new (void)
{
  return g_object_new (TC_TYPE_SECRET_KEYRING, NULL);
}
