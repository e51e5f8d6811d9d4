/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-engine-launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tc-error.h"
#include "tc-text.h"

#define ENGINE_PROGRAM "training-center-engine"
#define PROBE_INTERVAL_MS 10
#define START_TIMEOUT_US (10 * G_USEC_PER_SEC)
/* After an engine that left at once, another one may still be coming up. */
#define OTHER_TIMEOUT_US (1 * G_USEC_PER_SEC)
#define TAIL_BYTES 2048
#define TAIL_LINES 3

typedef struct
{
  /* Input arguments. */
  TcPaths *paths;       /* (owned) */

  /* In-progress data. */
  gint64   deadline;    /* monotonic */
  gint64   log_begin;   /* what the engine's log held before */
  gboolean has_exited;
  int      wait_status;
} StartJob;             /* a GRcBox: the child watch outlives the operation */

static void
start_job_clear (gpointer data)
{
  StartJob *job = data;

  g_object_unref (job->paths);
}

static void
start_job_unref (gpointer data)
{
  g_rc_box_release_full (data, start_job_clear);
}

/**
 * tc_engine_is_listening:
 * @paths: where its socket is
 *
 * Returns: whether somebody accepts connections there
 */
gboolean
tc_engine_is_listening (TcPaths *paths)
{
  const char *path = tc_paths_get_socket_path (paths);
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  g_autofd int fd = -1;

  if (strlen (path) >= sizeof address.sun_path)
    return FALSE;
  strcpy (address.sun_path, path);

  fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return FALSE;

  /* EAGAIN: somebody listens, but has a full queue. */
  return connect (fd, (struct sockaddr *) &address, sizeof address) == 0 || errno == EAGAIN;
}

static char *
dup_engine_program (TcPaths *paths)
{
  g_autofree char *self = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *beside = NULL;

  if (g_file_test (tc_paths_get_engine_path (paths), G_FILE_TEST_IS_EXECUTABLE))
    return g_strdup (tc_paths_get_engine_path (paths));

  self = g_file_read_link ("/proc/self/exe", NULL);
  folder = self != NULL ? g_path_get_dirname (self) : g_strdup (".");
  beside = g_build_filename (folder, ENGINE_PROGRAM, NULL);
  if (g_file_test (beside, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&beside);

  return NULL;
}

/* The last lines the engine wrote since it was started, for the error text. */
static char *
dup_log_tail (StartJob *job)
{
  g_autofd int fd = open (tc_paths_get_engine_log_path (job->paths), O_RDONLY | O_CLOEXEC);
  char buffer[TAIL_BYTES];
  struct stat info;
  gssize n;
  gint64 from;
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;
  guint n_lines;

  if (fd < 0 || fstat (fd, &info) < 0)
    return NULL;
  from = MAX (info.st_size - TAIL_BYTES, job->log_begin <= info.st_size ? job->log_begin : 0);
  n = pread (fd, buffer, sizeof buffer, from);
  if (n <= 0)
    return NULL;

  text = tc_text_sanitize (buffer, n, TAIL_BYTES * 3, TC_TEXT_DEFAULT);
  g_strstrip (text);
  lines = g_strsplit (text, "\n", -1);
  n_lines = g_strv_length (lines);

  return g_strjoinv ("; ", lines + (n_lines > TAIL_LINES ? n_lines - TAIL_LINES : 0));
}

static char *
dup_where (TcPaths *paths)
{
  /* Translators: follows a sentence without its full stop; a path */
  return g_strdup_printf (_(" (its log: %s)"), tc_paths_get_engine_log_path (paths));
}

/**
 * tc_engine_dup_reason:
 * @message: of an error of this file
 * @paths: of the engine
 *
 * Returns: (transfer full): the same without the path of the log, which says
 *   nothing to those who do not type
 */
char *
tc_engine_dup_reason (const char *message,
                      TcPaths    *paths)
{
  g_autofree char *where = dup_where (paths);
  gsize length = strlen (message) - (g_str_has_suffix (message, where) ? strlen (where) : 0);

  return g_strndup (message, length);
}

static void
return_failure (GTask *task)
{
  StartJob *job = g_task_get_task_data (task);
  g_autofree char *tail = dup_log_tail (job);
  g_autofree char *how = NULL;
  g_autofree char *reason = NULL;
  g_autofree char *where = dup_where (job->paths);

  if (!job->has_exited)
    how = g_strdup (_("it does not answer after 10 seconds"));
  else if (WIFSIGNALED (job->wait_status))
    how = g_strdup_printf (_("it was killed by signal %d"), WTERMSIG (job->wait_status));
  else
    how = g_strdup_printf (_("it left with exit code %d"), WEXITSTATUS (job->wait_status));

  /* Translators: how that came about; a colon and its last words, or nothing */
  reason = g_strdup_printf (_("The engine could not be started: %s%s%s"), how,
                            tail != NULL && tail[0] != '\0' ? ": " : "", tail != NULL ? tail : "");
  g_task_return_new_error (task, TC_ERROR, TC_ERROR_UNAVAILABLE, "%s%s", reason, where);
}

static gboolean
probe_cb (gpointer user_data)
{
  GTask *task = user_data;
  StartJob *job = g_task_get_task_data (task);

  if (g_task_return_error_if_cancelled (task))
    {
    }
  else if (tc_engine_is_listening (job->paths))
    g_task_return_boolean (task, TRUE);
  else if (g_get_monotonic_time () < job->deadline)
    return G_SOURCE_CONTINUE;
  else
    return_failure (task);

  return G_SOURCE_REMOVE;
}

static void
child_exited_cb (GPid     pid,
                 int      wait_status,
                 gpointer user_data)
{
  StartJob *job = user_data;

  job->has_exited = TRUE;
  job->wait_status = wait_status;
  job->deadline = MIN (job->deadline, g_get_monotonic_time () + OTHER_TIMEOUT_US);
}

static void
detach_cb (gpointer user_data)
{
  /* Out of the caller's session: neither Ctrl+C nor a closed terminal may
   * reach the engine. */
  setsid ();
}

static gboolean
spawn_engine (StartJob  *job,
              GPid      *pid,
              GError   **error)
{
  g_autofree char *program = dup_engine_program (job->paths);
  const char *log_path = tc_paths_get_engine_log_path (job->paths);
  const char *argv[] = { program, NULL };
  g_autofd int log = -1;
  struct stat info;

  if (program == NULL)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_UNAVAILABLE,
                   _("The engine is not installed: there is no program “%s”"),
                   tc_paths_get_engine_path (job->paths));
      return FALSE;
    }
  if (!tc_paths_ensure_dirs (job->paths, error))
    return FALSE;

  log = open (log_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (log < 0 || fstat (log, &info) < 0)
    {
      tc_error_set_from_errno (error, errno, _("The engine's log “%s” cannot be written"), log_path);
      return FALSE;
    }
  job->log_begin = info.st_size;

  return g_spawn_async_with_pipes_and_fds ("/", argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD,
                                           detach_cb, NULL, -1, log, log, NULL, NULL, 0,
                                           pid, NULL, NULL, NULL, error);
}

/* Attached to the context of the caller, which need not be the default one. */
static void
attach_source (GSource        *source,
               GSourceFunc     callback,
               gpointer        data,
               GDestroyNotify  destroy)
{
  g_source_set_callback (source, callback, data, destroy);
  g_source_attach (source, g_main_context_get_thread_default ());
  g_source_unref (source);
}

/**
 * tc_engine_start_async:
 * @paths: where the engine, its socket and its log are
 * @cancellable: (nullable): to wait no longer
 * @callback: called when the engine answers
 * @user_data: for @callback
 *
 * Starts the engine unless one answers already. Takes 10 seconds at most.
 */
void
tc_engine_start_async (TcPaths             *paths,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  StartJob *job = g_rc_box_new0 (StartJob);
  GError *error = NULL;
  GPid pid;

  g_task_set_source_tag (task, tc_engine_start_async);
  job->paths = g_object_ref (paths);
  job->deadline = g_get_monotonic_time () + START_TIMEOUT_US;
  g_task_set_task_data (task, job, start_job_unref);

  if (tc_engine_is_listening (paths))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (!spawn_engine (job, &pid, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  /* Stays until the engine ends, so that it leaves no zombie behind. */
  attach_source (g_child_watch_source_new (pid), G_SOURCE_FUNC (child_exited_cb),
                 g_rc_box_acquire (job), start_job_unref);
  attach_source (g_timeout_source_new (PROBE_INTERVAL_MS), probe_cb,
                 g_steal_pointer (&task), g_object_unref);
}

/**
 * tc_engine_start_finish:
 * @result: what the callback got
 * @error: TC_ERROR_UNAVAILABLE with the end of the engine's log
 *
 * Returns: whether an engine answers now
 */
gboolean
tc_engine_start_finish (GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
