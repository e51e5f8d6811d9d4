/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-error.h"
#include "tc-store-private.h"

/**
 * TcStore:
 *
 * The main thread's side of the database: every call becomes a job for the
 * store's thread. Must be closed before the last reference goes; a store that
 * was closed answers TC_ERROR_UNAVAILABLE.
 */
struct _TcStore {
  GObject        parent_instance;

  TcStoreThread *thread;            /* (owned) (nullable) NULL: closed */
  char          *recovery_message;  /* (owned) (nullable) */
};

enum {
  SIGNAL_RECOVERED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (TcStore, tc_store, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static void
tc_store_dispose (GObject *object)
{
  TcStore *self = TC_STORE (object);

  /* The thread may be in the middle of a write; only its owner can wait. */
  g_assert (self->thread == NULL);

  G_OBJECT_CLASS (tc_store_parent_class)->dispose (object);
}

static void
tc_store_finalize (GObject *object)
{
  TcStore *self = TC_STORE (object);

  g_clear_pointer (&self->recovery_message, g_free);

  G_OBJECT_CLASS (tc_store_parent_class)->finalize (object);
}

static void
tc_store_class_init (TcStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = tc_store_dispose;
  object_class->finalize = tc_store_finalize;

  /**
   * TcStore::recovered:
   * @message: what happened, for people
   *
   * The database was found damaged while in use, set aside and replaced by a
   * backup or an empty one. Whoever holds state saves it again: all sessions;
   * and reads each run again from its cursor, which must be loaded first.
   */
  signals[SIGNAL_RECOVERED] =
    g_signal_new ("recovered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
tc_store_init (TcStore *self)
{
}

static void
on_recovered (const char *message,
              gpointer    user_data)
{
  TcStore *self = user_data;

  g_set_str (&self->recovery_message, message);
  g_signal_emit (self, signals[SIGNAL_RECOVERED], 0, message);
}

/**
 * tc_store_open:
 * @path: the database; its folder is made if need be
 * @clock: the process's clock
 * @error: TC_ERROR: NEWER, NO_SPACE, PERMISSION, BUSY, FAILED
 *
 * Opens the database, upgrades it, and replaces it if it is damaged. Blocks
 * for that; the check after a crash is made later, before the first answer.
 * Answers come in the thread-default main context of the caller.
 *
 * Returns: (transfer full) (nullable): the store
 */
TcStore *
tc_store_open (const char  *path,
               TcClock     *clock,
               GError     **error)
{
  g_autoptr(TcStore) self = NULL;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (clock != NULL, NULL);

  self = g_object_new (TC_TYPE_STORE, NULL);
  self->thread = tc_store_thread_new (tc_store_db_new (path, clock), on_recovered, self,
                                      &self->recovery_message, error);

  return self->thread != NULL ? g_steal_pointer (&self) : NULL;
}

/**
 * tc_store_close:
 *
 * Waits until everything asked for so far is done and the database is closed.
 * Answers that were not given yet come when the main context runs again. A
 * database that another program locks is waited for two seconds; what could
 * not be written then is answered with TC_ERROR_BUSY. Does nothing the second
 * time.
 */
void
tc_store_close (TcStore *self)
{
  g_return_if_fail (TC_IS_STORE (self));

  g_clear_pointer (&self->thread, tc_store_thread_stop);
}

/**
 * tc_store_get_recovery_message:
 *
 * Returns: (nullable) (transfer none): what was last recovered from, for
 *   people; it is an event of the engine as well
 */
const char *
tc_store_get_recovery_message (TcStore *self)
{
  g_return_val_if_fail (TC_IS_STORE (self), NULL);

  return self->recovery_message;
}

/**
 * tc_store_request_new:
 * @text: (nullable): copied
 *
 * Returns: (transfer full): a request
 */
TcStoreRequest *
tc_store_request_new (guint64     session_id,
                      const char *text)
{
  TcStoreRequest *self = g_new0 (TcStoreRequest, 1);

  self->session_id = session_id;
  self->text = g_strdup (text);

  return self;
}

/**
 * tc_store_request_free:
 */
void
tc_store_request_free (gpointer data)
{
  TcStoreRequest *self = data;

  g_free (self->text);
  g_free (self->value);
  g_clear_pointer (&self->event, tc_event_free);
  g_clear_pointer (&self->rows, g_array_unref);
  g_free (self);
}

/**
 * tc_store_start:
 * @operation: a static description
 * @data: (transfer full): its argument
 * @task: (transfer full): what to answer
 *
 * All public operations come through here.
 */
void
tc_store_start (TcStore                *self,
                const TcStoreOperation *operation,
                gpointer                data,
                GTask                  *task)
{
  /* Whether it was cancelled is decided before it is done, not after. */
  g_task_set_check_cancellable (task, FALSE);

  if (self->thread != NULL)
    {
      tc_store_thread_push (self->thread, operation, data, task);
      return;
    }

  if (operation->free_data != NULL)
    operation->free_data (data);
  g_task_return_new_error_literal (task, TC_ERROR, TC_ERROR_UNAVAILABLE,
                                   "The database is closed");
  g_object_unref (task);
}

/**
 * tc_store_new_task:
 * @source_tag: the public function
 *
 * Returns: (transfer full): the task of one call
 */
GTask *
tc_store_new_task (TcStore             *self,
                   gpointer             source_tag,
                   GCancellable        *cancellable,
                   GAsyncReadyCallback  callback,
                   gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, source_tag);

  return task;
}

/**
 * tc_store_is_answer:
 *
 * Returns: whether @result is of @self and of the function @source_tag
 */
gboolean
tc_store_is_answer (TcStore      *self,
                    GAsyncResult *result,
                    gpointer      source_tag)
{
  return g_task_is_valid (result, self) &&
         g_async_result_is_tagged (result, source_tag);
}
