/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "tc-error.h"
#include "tc-folder-watch.h"

/* How often to look where the kernel tells nothing. */
#define LOOK_MS 500

struct _TcFolderWatch
{
  int                  fd;         /* inotify; -1: looks now and then */
  guint                source_id;
  TcFolderChangedFunc  func;
  gpointer             user_data;
};

static gboolean
on_readable (int          fd,
             GIOCondition condition,
             gpointer     user_data)
{
  TcFolderWatch *self = user_data;
  char events[4096];

  /* Which file it was does not matter: reading one that has not changed is
   * cheaper than keeping account. */
  while (read (fd, events, sizeof events) > 0)
    continue;
  self->func (self->user_data);

  return G_SOURCE_CONTINUE;
}

static gboolean
on_look (gpointer user_data)
{
  TcFolderWatch *self = user_data;

  self->func (self->user_data);

  return G_SOURCE_CONTINUE;
}

/* The kernel lets a user have so many watches, and a desktop may have used them
 * up. A training is followed all the same, only not at once. */
static void
look_instead (TcFolderWatch *self)
{
  g_clear_handle_id (&self->source_id, g_source_remove);
  g_clear_fd (&self->fd, NULL);
  self->source_id = g_timeout_add (LOOK_MS, on_look, self);
}

/**
 * tc_folder_watch_new:
 * @folder: an existing folder
 * @func: called after changes, once for many; or now and then, where nobody tells
 * @error: the errno's code
 *
 * Returns: (transfer full) (nullable): the watch
 */
TcFolderWatch *
tc_folder_watch_new (const char           *folder,
                     TcFolderChangedFunc   func,
                     gpointer              user_data,
                     GError              **error)
{
  TcFolderWatch *self = g_new0 (TcFolderWatch, 1);

  self->func = func;
  self->user_data = user_data;
  self->fd = inotify_init1 (IN_NONBLOCK | IN_CLOEXEC);
  if (self->fd < 0)
    {
      g_message ("%s is looked at now and then: %s", folder, g_strerror (errno));
      look_instead (self);
      return self;
    }
  self->source_id = g_unix_fd_add (self->fd, G_IO_IN, on_readable, self);
  if (!tc_folder_watch_add (self, folder, error))
    {
      tc_folder_watch_free (self);
      return NULL;
    }

  return self;
}

/**
 * tc_folder_watch_add:
 * @folder: one more folder
 *
 * Returns: whether it is watched from now on
 */
gboolean
tc_folder_watch_add (TcFolderWatch  *self,
                     const char     *folder,
                     GError        **error)
{
  if (self->fd < 0)
    return TRUE;
  if (inotify_add_watch (self->fd, folder,
                         IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE | IN_ONLYDIR) >= 0)
    return TRUE;
  if (errno == ENOSPC || errno == ENOMEM)
    {
      look_instead (self);
      return TRUE;
    }

  tc_error_set_from_errno (error, errno, "%s cannot be watched", folder);

  return FALSE;
}

/**
 * tc_folder_watch_free:
 */
void
tc_folder_watch_free (TcFolderWatch *self)
{
  g_clear_handle_id (&self->source_id, g_source_remove);
  g_clear_fd (&self->fd, NULL);
  g_free (self);
}
