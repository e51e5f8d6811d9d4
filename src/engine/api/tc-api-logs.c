/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* A piece of a session's output. What a run printed of a key is masked, byte by
 * byte, unless the raw bytes are asked for. Read in a thread, since a disk may
 * make anybody wait. */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tc-api-private.h"
#include "tc-api-routes.h"
#include "tc-error.h"
#include "tc-key-pool.h"
#include "tc-redactor.h"

#define LIMIT_DEFAULT (64 * 1024)
#define LIMIT_MAX     (1024 * 1024)

typedef struct
{
  /* Input arguments. */
  char       *path;     /* (owned) */
  guint64     offset;
  guint64     limit;
  TcRedactor *redactor; /* (owned) (nullable) NULL: raw */
  gboolean    is_on;    /* more may be written */
  const char *mask;     /* what the redactor knows, for X-Log-Masked */

  /* Results. */
  char    *bytes;   /* (owned) */
  gsize    length;
  gint64   size;    /* of the whole log */
} LogRead;

static void
log_read_free (LogRead *self)
{
  g_clear_pointer (&self->redactor, tc_redactor_free);
  g_free (self->path);
  g_free (self->bytes);
  g_free (self);
}

/* The run folder is the script's: what lies there under the log's name may be
 * a link to anything, or a FIFO that hangs whoever opens it. */
static int
open_log (LogRead  *self,
          GError  **error)
{
  struct stat info;
  g_autofd int fd = open (self->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

  if (fd < 0)
    {
      tc_error_set_from_errno (error, errno, "Cannot read the log");
      return -1;
    }
  if (fstat (fd, &info) != 0 || !S_ISREG (info.st_mode))
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_INVALID, "The log is not a regular file.");
      return -1;
    }
  self->size = info.st_size;
  return g_steal_fd (&fd);
}

/* @length: (inout): less at the end of the file */
static gboolean
read_at (int       fd,
         guint64   offset,
         char     *bytes,
         gsize    *length,
         GError  **error)
{
  gsize done = 0;

  while (done < *length)
    {
      gssize n = pread (fd, bytes + done, *length - done, (off_t) (offset + done));

      if (n == 0)
        break;
      if (n > 0)
        done += (gsize) n;
      else if (errno != EINTR)
        {
          tc_error_set_from_errno (error, errno, "Cannot read the log");
          return FALSE;
        }
    }
  *length = done;

  return TRUE;
}

/* A key may lie across either end of what was asked for: so much more is read
 * that each byte is masked, or not, whatever the pieces. The end of a run that is
 * on is held back while it may be the start of a key. */
static gboolean
read_piece (LogRead  *self,
            int       fd,
            GError  **error)
{
  guint64 size = (guint64) self->size;
  guint64 reach = self->redactor != NULL ? tc_redactor_get_reach (self->redactor) : 0;
  guint64 lead = MIN (self->offset, reach);
  gsize wanted, length;

  self->bytes = g_strdup ("");
  if (self->offset >= size)
    return TRUE;
  wanted = (gsize) MIN (self->limit, size - self->offset);
  length = (gsize) MIN (lead + wanted + reach, size - self->offset + lead);
  self->bytes = g_realloc (self->bytes, length + 1);
  if (!read_at (fd, self->offset - lead, self->bytes, &length, error))
    return FALSE;

  if (self->redactor != NULL)
    length = tc_redactor_mask_in_place (self->redactor, self->bytes, length,
                                        self->is_on ? TC_REDACTOR_MORE : TC_REDACTOR_END);
  self->length = MIN (wanted, length - MIN (length, lead));
  memmove (self->bytes, self->bytes + lead, self->length);

  return TRUE;
}

static void
read_log_thread (GTask        *task,
                 gpointer      source,
                 gpointer      task_data,
                 GCancellable *cancellable)
{
  LogRead *self = task_data;
  g_autoptr (GError) error = NULL;
  g_autofd int fd = open_log (self, &error);

  if (fd < 0 && g_error_matches (error, TC_ERROR, TC_ERROR_NOT_FOUND))
    {
      /* Nothing has been said yet. */
      self->bytes = g_strdup ("");
      g_task_return_boolean (task, TRUE);
    }
  else if (fd < 0 || !read_piece (self, fd, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
set_number_header (TcApiRequest *request,
                   const char   *name,
                   guint64       value)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (request->message);
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, value);

  soup_message_headers_replace (headers, name, text);
}

static void
on_log_read (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  TcApiRequest *request = user_data;
  LogRead *self = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      tc_api_request_reply_error (request, error);
      return;
    }
  soup_message_headers_replace (soup_server_message_get_response_headers (request->message), "X-Log-Masked",
                                self->mask);
  set_number_header (request, "X-Log-Offset", self->offset);
  set_number_header (request, "X-Log-Size", (guint64) self->size);
  tc_api_request_reply_text (request, SOUP_STATUS_OK, "application/octet-stream",
                             g_steal_pointer (&self->bytes), self->length);
}

static gboolean
is_on (TcSession *session)
{
  TcSessionState state = tc_session_get_state (session);

  return state == TC_SESSION_STARTING || state == TC_SESSION_RUNNING || state == TC_SESSION_PAUSED;
}

/* @task: (transfer full) */
static void
start_reading (GTask *task)
{
  g_task_run_in_thread (task, read_log_thread);
  g_object_unref (task);
}

static void
on_learned (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  GTask *task = user_data;
  LogRead *self = g_task_get_task_data (task);

  self->mask = tc_key_pool_learn_finish (TC_KEY_POOL (object), result) ? "keys" : "shapes";
  start_reading (task);
}

/* @task: (transfer full) */
static void
mask (TcApiRequest *request,
      LogRead      *self,
      GTask        *task)
{
  if (request->api->keys != NULL)
    {
      self->redactor = tc_redactor_ref (tc_key_pool_get_redactor (request->api->keys));
      tc_key_pool_learn_async (request->api->keys, on_learned, task);
      return;
    }
  self->redactor = tc_redactor_new ();
  tc_redactor_add_shapes (self->redactor);
  self->mask = "shapes";
  start_reading (task);
}

static LogRead *
log_read_new (TcApiRequest *request,
              TcSession    *session,
              guint64       offset,
              guint64       limit)
{
  g_autofree char *run_dir = tc_scheduler_dup_run_dir (request->api->scheduler, request->id);
  LogRead *self = g_new0 (LogRead, 1);

  self->path = g_build_filename (run_dir, "output.log", NULL);
  self->offset = offset;
  self->limit = limit;
  self->is_on = is_on (session);

  return self;
}

/** tc_api_handle_logs: GET /api/training/logs/:id */
void
tc_api_handle_logs (TcApiRequest *request)
{
  GTask *task;
  guint64 offset, limit, raw;
  TcSession *session;
  LogRead *self;

  if (!tc_api_request_get_number (request, "offset", 0, G_MAXINT64, &offset) ||
      !tc_api_request_get_number (request, "limit", LIMIT_DEFAULT, LIMIT_MAX, &limit) ||
      !tc_api_request_get_number (request, "raw", 0, 1, &raw))
    {
      tc_api_request_reply_fail (request, 400, "usage",
                                 "“offset” and “limit” are whole numbers from 0 on; “raw” is 0 or 1.");
      return;
    }
  session = tc_api_request_find_session (request);
  if (session == NULL)
    {
      tc_api_request_reply_no_session (request);
      return;
    }

  self = log_read_new (request, session, offset, limit);
  task = g_task_new (NULL, request->cancellable, on_log_read, request);
  g_task_set_source_tag (task, tc_api_handle_logs);
  g_task_set_task_data (task, self, (GDestroyNotify) log_read_free);
  if (raw == 0)
    {
      mask (request, self, task);
      return;
    }
  self->mask = "no";
  start_reading (task);
}
