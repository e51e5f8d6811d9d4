/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "tc-error.h"
#include "tc-secret-file.h"

/* The interface of what keeps secrets, the same since libsecret 0.19: without it
 * there is no way to have the file read anew. It is installed and exported, but
 * secret.h leaves it out. */
#define __SECRET_INSIDE_HEADER__
#include <libsecret/secret-backend.h>
#undef __SECRET_INSIDE_HEADER__

#define AGAIN_MS 40
#define FILE_TYPE_NAME "SecretFileBackend"

typedef struct
{
  TcSecretFileVerb    verb;
  const SecretSchema *schema;
  GHashTable         *attributes; /* (owned) */
  char               *label;      /* (owned) (nullable) */
  SecretValue        *value;      /* (owned) (nullable) to store */
  GType               type;       /* of libsecret's keeper of the file */
  int                 lock_fd;
} Work;

static void begin (GTask *task);

static void
work_free (gpointer data)
{
  Work *work = data;

  if (work->lock_fd >= 0)
    close (work->lock_fd);
  g_hash_table_unref (work->attributes);
  g_clear_pointer (&work->value, secret_value_unref);
  g_free (work->label);
  g_free (work);
}

/**
 * tc_secret_file_is_used:
 *
 * Returns: whether libsecret keeps secrets in a file here
 */
gboolean
tc_secret_file_is_used (void)
{
  return g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS) ||
         g_strcmp0 (g_getenv ("SECRET_BACKEND"), "file") == 0;
}

static gboolean
on_again (gpointer user_data)
{
  begin (user_data);

  return G_SOURCE_REMOVE;
}

/* @task: (transfer full) */
static void
begin_again_later (GTask *task)
{
  if (g_task_return_error_if_cancelled (task))
    g_object_unref (task);
  else
    g_timeout_add (AGAIN_MS, on_again, task);
}

static gboolean
finish_verb (SecretBackend  *backend,
             Work           *work,
             GAsyncResult   *result,
             SecretValue   **value,
             GError        **error)
{
  SecretBackendInterface *iface = SECRET_BACKEND_GET_IFACE (backend);
  g_autoptr(GError) local_error = NULL;

  if (work->verb == TC_SECRET_FILE_STORE)
    return iface->store_finish (backend, result, error);
  if (work->verb == TC_SECRET_FILE_LOOK_UP)
    *value = iface->lookup_finish (backend, result, &local_error);
  else
    iface->clear_finish (backend, result, &local_error);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

static void
on_done (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Work *work = g_task_get_task_data (task);
  SecretValue *value = NULL;
  GError *error = NULL;

  if (finish_verb (SECRET_BACKEND (object), work, result, &value, &error))
    {
      g_task_return_pointer (task, value, (GDestroyNotify) secret_value_unref);
      return;
    }
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WRONG_ETAG))
    {
      g_task_return_error (task, error);
      return;
    }
  /* Somebody without our lock has written it since it was read. */
  g_error_free (error);
  begin_again_later (g_steal_pointer (&task));
}

static void
on_read (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Work *work = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;
  g_autoptr(GObject) backend = g_async_initable_new_finish (G_ASYNC_INITABLE (object), result, &error);
  SecretBackendInterface *iface;

  if (backend == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  iface = SECRET_BACKEND_GET_IFACE (SECRET_BACKEND (backend));
  if (work->verb == TC_SECRET_FILE_STORE)
    iface->store (SECRET_BACKEND (backend), work->schema, work->attributes, SECRET_COLLECTION_DEFAULT,
                  work->label, work->value, cancellable, on_done, g_steal_pointer (&task));
  else if (work->verb == TC_SECRET_FILE_LOOK_UP)
    iface->lookup (SECRET_BACKEND (backend), work->schema, work->attributes, cancellable, on_done,
                   g_steal_pointer (&task));
  else
    iface->clear (SECRET_BACKEND (backend), work->schema, work->attributes, cancellable, on_done,
                  g_steal_pointer (&task));
}

/* One that knows nothing yet: the one that libsecret keeps may hold what the
 * file was a while ago.
 * @task: (transfer full) */
static void
begin (GTask *task)
{
  Work *work = g_task_get_task_data (task);

  if (flock (work->lock_fd, LOCK_EX | LOCK_NB) != 0)
    {
      begin_again_later (task);
      return;
    }
  g_async_initable_new_async (work->type, G_PRIORITY_DEFAULT, g_task_get_cancellable (task), on_read, task,
                              "flags", SECRET_BACKEND_NONE, NULL);
}

static void
on_backend (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Work *work = g_task_get_task_data (task);
  GError *error = NULL;
  /* Not ours to let go of, whatever its documentation says: libsecret keeps
   * that very reference. */
  SecretBackend *backend = secret_backend_get_finish (result, &error);

  if (backend == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  work->type = G_OBJECT_TYPE (backend);
  begin (g_steal_pointer (&task));
}

/* Beside the file, wherever libsecret has that: its own check that nobody wrote
 * meanwhile leaves a moment between looking and writing. */
static int
open_lock (GError **error)
{
  const char *elsewhere = g_getenv ("SECRET_FILE_TEST_PATH");
  g_autofree char *folder = elsewhere != NULL && elsewhere[0] != '\0'
    ? g_path_get_dirname (elsewhere) : g_build_filename (g_get_user_data_dir (), "keyrings", NULL);
  g_autofree char *path = g_build_filename (folder, "training-center.lock", NULL);
  int fd = -1;

  if (g_mkdir_with_parents (folder, 0700) == 0)
    fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    tc_error_set_from_errno (error, errno, "%s cannot be opened", path);

  return fd;
}

/**
 * tc_secret_file_async:
 * @call: what to do; all of it is copied or referenced
 */
void
tc_secret_file_async (const TcSecretFileCall *call,
                      GCancellable           *cancellable,
                      GAsyncReadyCallback     callback,
                      gpointer                user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Work *work = g_new0 (Work, 1);
  GError *error = NULL;

  g_task_set_source_tag (task, tc_secret_file_async);
  work->verb = call->verb;
  work->schema = call->schema;
  work->attributes = g_hash_table_ref (call->attributes);
  work->label = g_strdup (call->label);
  work->value = call->value != NULL ? secret_value_ref (call->value) : NULL;
  work->lock_fd = open_lock (&error);
  g_task_set_task_data (task, work, work_free);
  if (work->lock_fd < 0)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  /* The type exists when libsecret has made the first one. */
  work->type = g_type_from_name (FILE_TYPE_NAME);
  if (work->type != G_TYPE_INVALID)
    begin (task);
  else
    secret_backend_get (SECRET_BACKEND_NONE, cancellable, on_backend, task);
}

/**
 * tc_secret_file_finish:
 * @error: of libsecret, of the portal or of the file
 *
 * Returns: (transfer full) (nullable): what was looked up; NULL without an
 *   error when it is not there, and for the other verbs
 */
SecretValue *
tc_secret_file_finish (GAsyncResult  *result,
                       GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
