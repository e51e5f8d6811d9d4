/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* A piece of a session's output, as raw bytes. Read in a thread, since a disk
 * may make anybody wait. */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tc-api-private.h"
#include "tc-api-routes.h"
#include "tc-error.h"

#define LIMIT_DEFAULT (64 * 1024)
#define LIMIT_MAX     (1024 * 1024)

typedef struct
{
  /* Input arguments. */
  char    *path;    /* (owned) */
  guint64  offset;
  guint64  limit;

  /* Results. */
  char    *bytes;   /* (owned) */
  gsize    length;
  gint64   size;    /* of the whole log */
} LogRead;

static void
log_read_free (LogRead *self)
{
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

static gboolean
read_piece (LogRead  *self,
            int       fd,
            GError  **error)
{
  gsize wanted = 0;

  if (self->offset < (guint64) self->size)
    wanted = (gsize) MIN (self->limit, (guint64) self->size - self->offset);
  self->bytes = g_malloc (wanted + 1);

  while (self->length < wanted)
    {
      gssize n = pread (fd, self->bytes + self->length, wanted - self->length,
                        (off_t) (self->offset + self->length));

      if (n == 0)
        break;
      if (n > 0)
        self->length += (gsize) n;
      else if (errno != EINTR)
        {
          tc_error_set_from_errno (error, errno, "Cannot read the log");
          return FALSE;
        }
    }
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
  set_number_header (request, "X-Log-Offset", self->offset);
  set_number_header (request, "X-Log-Size", (guint64) self->size);
  tc_api_request_reply_text (request, SOUP_STATUS_OK, "application/octet-stream",
                             g_steal_pointer (&self->bytes), self->length);
}

/** tc_api_handle_logs: GET /api/training/logs/:id */
void
tc_api_handle_logs (TcApiRequest *request)
{
  g_autoptr (GTask) task = NULL;
  g_autofree char *run_dir = NULL;
  guint64 offset, limit;
  LogRead *self;

  if (!tc_api_request_get_number (request, "offset", 0, G_MAXINT64, &offset) ||
      !tc_api_request_get_number (request, "limit", LIMIT_DEFAULT, LIMIT_MAX, &limit))
    {
      tc_api_request_reply_fail (request, 400, "usage",
                                 "“offset” and “limit” are whole numbers from 0 on.");
      return;
    }
  if (tc_api_request_find_session (request) == NULL)
    {
      tc_api_request_reply_no_session (request);
      return;
    }

  run_dir = tc_scheduler_dup_run_dir (request->api->scheduler, request->id);
  self = g_new0 (LogRead, 1);
  self->path = g_build_filename (run_dir, "output.log", NULL);
  self->offset = offset;
  self->limit = limit;

  task = g_task_new (NULL, request->cancellable, on_log_read, request);
  g_task_set_source_tag (task, tc_api_handle_logs);
  g_task_set_task_data (task, self, (GDestroyNotify) log_read_free);
  g_task_run_in_thread (task, read_log_thread);
}
