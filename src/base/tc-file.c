/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tc-error.h"

static gboolean
write_all (int         fd,
           const char *bytes,
           gsize       length)
{
  while (length > 0)
    {
      ssize_t n = write (fd, bytes, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;

      bytes += n;
      length -= (gsize) n;
    }

  return TRUE;
}

/* A rename is only on the disk once the folder is. */
static gboolean
sync_parent (const char *path)
{
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofd int fd = open (parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  return fd >= 0 && fsync (fd) == 0;
}

static gboolean
fill_and_rename (int          fd,
                 const char  *temporary,
                 const char  *path,
                 const char  *bytes,
                 gsize        length,
                 TcFileFlags  flags)
{
  if (!write_all (fd, bytes, length))
    return FALSE;
  if ((flags & TC_FILE_SYNC) != 0 && fsync (fd) != 0)
    return FALSE;
  if (rename (temporary, path) != 0)
    return FALSE;

  return (flags & TC_FILE_SYNC) == 0 || sync_parent (path);
}

/**
 * tc_file_write:
 * @path: the file to replace or create
 * @bytes: its new content
 * @length: length of @bytes, or -1 if nul-terminated
 * @flags: whether to wait for the disk
 * @error: return location
 *
 * Replaces a file atomically: a reader sees the old or the new content, whole,
 * also after a crash. The file gets mode 0600 whatever the umask. On an error
 * the old content stays.
 *
 * Returns: whether the new content is in place
 */
gboolean
tc_file_write (const char   *path,
               const char   *bytes,
               gssize        length,
               TcFileFlags   flags,
               GError      **error)
{
  g_autofree char *temporary = NULL;
  g_autofd int fd = -1;
  int saved_errno;

  g_return_val_if_fail (path != NULL, FALSE);
  g_return_val_if_fail (bytes != NULL || length == 0, FALSE);

  temporary = g_strdup_printf ("%s.XXXXXX", path);
  fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0)
    {
      saved_errno = errno;
      tc_error_set_from_errno (error, saved_errno, "Could not create “%s”", path);
      return FALSE;
    }

  /* The umask may have taken away what the owner needs. */
  if (fchmod (fd, 0600) == 0 &&
      fill_and_rename (fd, temporary, path, bytes != NULL ? bytes : "",
                       length < 0 ? strlen (bytes) : (gsize) length, flags))
    return TRUE;

  saved_errno = errno;
  unlink (temporary);
  tc_error_set_from_errno (error, saved_errno, "Could not write “%s”", path);

  return FALSE;
}

/**
 * tc_file_open_regular:
 * @path: a file that may be anything
 * @error: return location
 *
 * Opens a regular file for reading without ever blocking and without following
 * a link in the last place: a FIFO, a device, a socket, a folder or a link
 * gives TC_ERROR_INVALID.
 *
 * Returns: (transfer full): a file descriptor, close-on-exec, or -1
 */
int
tc_file_open_regular (const char  *path,
                      GError     **error)
{
  g_autofd int fd = -1;
  struct stat info;

  g_return_val_if_fail (path != NULL, -1);

  fd = open (path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0 || fstat (fd, &info) != 0)
    {
      int saved_errno = errno;

      tc_error_set_from_errno (error, saved_errno, "Could not open “%s”", path);
      return -1;
    }

  if (!S_ISREG (info.st_mode))
    {
      g_set_error (error, TC_ERROR, TC_ERROR_INVALID,
                   "“%s” is not a regular file", path);
      return -1;
    }

  return g_steal_fd (&fd);
}

/* Reads up to size bytes; fewer only at the end of the file. */
static gssize
read_all (int    fd,
          char  *buffer,
          gsize  size)
{
  gsize done = 0;

  while (done < size)
    {
      ssize_t n = read (fd, buffer + done, size - done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return -1;
      if (n == 0)
        break;
      done += (gsize) n;
    }

  return (gssize) done;
}

/**
 * tc_file_read:
 * @path: the file
 * @max_bytes: more than this is TC_ERROR_INVALID
 * @length: (out) (optional): bytes read
 * @error: return location
 *
 * Reads a whole regular file, as tc_file_open_regular() opens it. A file that
 * grows meanwhile is read up to the size it had.
 *
 * Returns: (transfer full): the content, with a nul behind it, or NULL
 */
char *
tc_file_read (const char  *path,
              gsize        max_bytes,
              gsize       *length,
              GError     **error)
{
  g_autofree char *buffer = NULL;
  g_autofd int fd = -1;
  struct stat info;
  gssize n;

  g_return_val_if_fail (path != NULL, NULL);

  fd = tc_file_open_regular (path, error);
  if (fd < 0)
    return NULL;

  /* Files of /proc say 0 and hold more: they get the whole allowance. */
  if (fstat (fd, &info) != 0 || info.st_size <= 0)
    info.st_size = (off_t) MIN (max_bytes, 64 * 1024);
  if ((guint64) info.st_size > max_bytes)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_INVALID,
                   "“%s” is larger than %" G_GSIZE_FORMAT " bytes", path, max_bytes);
      return NULL;
    }

  buffer = g_try_malloc ((gsize) info.st_size + 1);
  n = buffer != NULL ? read_all (fd, buffer, (gsize) info.st_size) : -1;
  if (n < 0)
    {
      int saved_errno = buffer != NULL ? errno : ENOMEM;

      tc_error_set_from_errno (error, saved_errno, "Could not read “%s”", path);
      return NULL;
    }

  buffer[n] = '\0';
  if (length != NULL)
    *length = (gsize) n;

  return g_steal_pointer (&buffer);
}

/**
 * tc_file_make_dir:
 * @path: a folder of ours
 * @error: return location
 *
 * Makes the folder and its parents, and sees to it that it is ours and nobody
 * else's: mode 0700 whatever the umask or the mode it had. A folder that
 * belongs to another user is TC_ERROR_PERMISSION: somebody squats there.
 *
 * Returns: whether it is there now
 */
gboolean
tc_file_make_dir (const char  *path,
                  GError     **error)
{
  struct stat info;
  int saved_errno;

  g_return_val_if_fail (path != NULL, FALSE);

  if (g_mkdir_with_parents (path, 0700) != 0 || stat (path, &info) != 0)
    {
      saved_errno = errno;
      tc_error_set_from_errno (error, saved_errno, "Could not make the folder “%s”", path);
      return FALSE;
    }

  if (info.st_uid != geteuid ())
    {
      g_set_error (error, TC_ERROR, TC_ERROR_PERMISSION,
                   "The folder “%s” belongs to another user", path);
      return FALSE;
    }

  if ((info.st_mode & 07777) != 0700 && chmod (path, 0700) != 0)
    {
      saved_errno = errno;
      tc_error_set_from_errno (error, saved_errno,
                               "Could not make the folder “%s” private", path);
      return FALSE;
    }

  return TRUE;
}
