/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "tc-control.h"
#include "tc-error.h"

#define ANSWER_SECONDS 5
#define DATAGRAM_MAX 4096

struct _TcControl
{
  GObject   parent_instance;

  GSocket  *socket;      /* (owned) (nullable) closed: NULL */
  GSource  *source;      /* (owned) (nullable) answers and hang-up */
  GQueue    waiting;     /* (element-type GTask) unanswered, oldest first */
  guint     n_late;      /* answers to commands that were given up */
  guint     timeout_id;  /* runs while something is unanswered */
};

enum {
  SIGNAL_CLOSED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (TcControl, tc_control, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static void
fail_waiting (TcControl  *self,
              TcError     code,
              const char *message)
{
  GTask *task;

  while ((task = g_queue_pop_head (&self->waiting)) != NULL)
    {
      g_task_return_new_error_literal (task, TC_ERROR, code, message);
      g_object_unref (task);
    }
}

static gboolean
on_timeout (gpointer user_data)
{
  TcControl *self = user_data;

  self->timeout_id = 0;
  self->n_late += g_queue_get_length (&self->waiting);
  fail_waiting (self, TC_ERROR_UNAVAILABLE, "The run's supervisor does not answer");

  return G_SOURCE_REMOVE;
}

static void
take_answer (TcControl  *self,
             const char *bytes,
             gsize       length)
{
  GTask *task;

  if (self->n_late > 0)
    {
      self->n_late--;
      return;
    }
  task = g_queue_pop_head (&self->waiting);
  if (g_queue_is_empty (&self->waiting))
    g_clear_handle_id (&self->timeout_id, g_source_remove);
  if (task == NULL)
    return;

  if (g_str_has_prefix (bytes, "error: "))
    g_task_return_new_error (task, TC_ERROR, TC_ERROR_FAILED, "%s", bytes + strlen ("error: "));
  else
    g_task_return_pointer (task, g_strndup (bytes, length), g_free);
  g_object_unref (task);
}

static gboolean
on_readable (GSocket      *socket,
             GIOCondition  condition,
             gpointer      user_data)
{
  g_autoptr(TcControl) self = g_object_ref (user_data);
  char bytes[DATAGRAM_MAX + 1];
  gssize n;

  while (self->socket != NULL &&
         (n = g_socket_receive (self->socket, bytes, DATAGRAM_MAX, NULL, NULL)) > 0)
    {
      bytes[n] = '\0';
      take_answer (self, bytes, n);
    }

  if (self->socket != NULL && (condition & (G_IO_HUP | G_IO_ERR)) == 0)
    return G_SOURCE_CONTINUE;

  tc_control_close (self);
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0);

  return G_SOURCE_REMOVE;
}

static void
tc_control_dispose (GObject *object)
{
  tc_control_close (TC_CONTROL (object));

  G_OBJECT_CLASS (tc_control_parent_class)->dispose (object);
}

static void
tc_control_class_init (TcControlClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_control_dispose;

  /**
   * TcControl::closed:
   *
   * The supervisor has closed the connection, which it only does by ending.
   */
  signals[SIGNAL_CLOSED] = g_signal_new ("closed", TC_TYPE_CONTROL, G_SIGNAL_RUN_LAST,
                                         0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tc_control_init (TcControl *self)
{
  g_queue_init (&self->waiting);
}

/* A socket's path may have 107 bytes; a folder's descriptor is always short. */
static GSocketAddress *
build_address (int folder)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d/control.sock", folder);

  return g_unix_socket_address_new (path);
}

/**
 * tc_control_new:
 * @run_dir: the folder of a run whose supervisor lives
 * @error: TC_ERROR_UNAVAILABLE when nobody listens there
 *
 * Connects at once; a local socket does not make anybody wait.
 *
 * Returns: (transfer full) (nullable): the connection
 */
TcControl *
tc_control_new (const char  *run_dir,
                GError     **error)
{
  g_autoptr(TcControl) self = g_object_new (TC_TYPE_CONTROL, NULL);
  g_autofd int folder = open (run_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
  g_autoptr(GSocketAddress) address = build_address (folder);
  g_autoptr(GError) local_error = NULL;

  self->socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_SEQPACKET,
                               G_SOCKET_PROTOCOL_DEFAULT, error);
  if (self->socket == NULL)
    return NULL;

  g_socket_set_blocking (self->socket, FALSE);
  if (folder < 0 || !g_socket_connect (self->socket, address, NULL, &local_error))
    {
      g_clear_object (&self->socket);
      g_set_error (error, TC_ERROR, TC_ERROR_UNAVAILABLE,
                   "The run's supervisor in %s cannot be reached: %s", run_dir,
                   local_error != NULL ? local_error->message : "no such folder");
      return NULL;
    }

  self->source = g_socket_create_source (self->socket, G_IO_IN | G_IO_HUP | G_IO_ERR, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());

  return g_steal_pointer (&self);
}

/**
 * tc_control_close:
 *
 * Hangs up. Commands without an answer fail with TC_ERROR_UNAVAILABLE.
 */
void
tc_control_close (TcControl *self)
{
  g_return_if_fail (TC_IS_CONTROL (self));

  g_clear_handle_id (&self->timeout_id, g_source_remove);
  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      g_clear_pointer (&self->source, g_source_unref);
    }
  if (self->socket != NULL)
    g_socket_close (self->socket, NULL);
  g_clear_object (&self->socket);
  fail_waiting (self, TC_ERROR_UNAVAILABLE, "The run's supervisor has left");
}

/**
 * tc_control_send_async:
 * @command: "status", "pause", "stop user 120" …
 *
 * Sends @command; fails after five seconds without an answer.
 */
void
tc_control_send_async (TcControl           *self,
                       const char          *command,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr(GError) error = NULL;

  g_task_set_source_tag (task, tc_control_send_async);
  if (self->socket == NULL ||
      g_socket_send (self->socket, command, strlen (command), NULL, &error) < 0)
    {
      g_task_return_new_error (task, TC_ERROR, TC_ERROR_UNAVAILABLE,
                               "The run's supervisor cannot be reached%s%s",
                               error != NULL ? ": " : "", error != NULL ? error->message : "");
      return;
    }

  g_queue_push_tail (&self->waiting, g_steal_pointer (&task));
  if (self->timeout_id == 0)
    self->timeout_id = g_timeout_add_seconds (ANSWER_SECONDS, on_timeout, self);
}

/**
 * tc_control_send_finish:
 *
 * Returns: (transfer full) (nullable): the answer
 */
char *
tc_control_send_finish (TcControl     *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
