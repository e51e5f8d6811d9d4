/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Binds the sockets of the API and the gateway without stepping on anybody: a
 * path or a port that belongs to somebody else is refused, only our own dead
 * socket is replaced. */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tc-api-bind.h"
#include "tc-error.h"

/* A client that does not wait is turned away by the kernel when it is full. */
#define BACKLOG 1024

static gboolean
check_folder (const char  *folder,
              GError     **error)
{
  struct stat info;

  if (lstat (folder, &info) != 0)
    {
      tc_error_set_from_errno (error, errno, "Cannot look at the folder “%s”", folder);
      return FALSE;
    }
  if (!S_ISDIR (info.st_mode) || info.st_uid != geteuid ())
    {
      g_set_error (error, TC_ERROR, TC_ERROR_PERMISSION,
                   "“%s” must be a folder of yours, not a link or somebody else's.", folder);
      return FALSE;
    }
  if ((info.st_mode & 077) != 0 && chmod (folder, 0700) != 0)
    {
      tc_error_set_from_errno (error, errno, "Cannot close the folder “%s” to others", folder);
      return FALSE;
    }
  return TRUE;
}

/* Two engines that start at once must not both find a dead socket. The lock is
 * held as long as the engine lives; the kernel drops it with the process. */
static int
take_lock (const char  *path,
           GError     **error)
{
  g_autofree char *lock_path = g_strconcat (path, ".lock", NULL);
  int fd = open (lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);

  if (fd < 0)
    {
      tc_error_set_from_errno (error, errno, "Cannot open “%s”", lock_path);
      return -1;
    }
  if (flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_BUSY,
                   "Another engine already serves “%s”.", path);
      close (fd);
      return -1;
    }
  return fd;
}

/* Whether somebody answers at @path. Only a clear refusal means nobody. */
static gboolean
is_answered (const char *path)
{
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GError) error = NULL;

  socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM,
                         G_SOCKET_PROTOCOL_DEFAULT, NULL);
  if (socket == NULL)
    return TRUE;
  g_socket_set_blocking (socket, FALSE);
  if (g_socket_connect (socket, address, NULL, &error))
    return TRUE;
  return !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED) &&
         !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static gboolean
clear_stale (const char  *path,
             GError     **error)
{
  struct stat info;

  if (lstat (path, &info) != 0)
    {
      if (errno == ENOENT)
        return TRUE;
      tc_error_set_from_errno (error, errno, "Cannot look at “%s”", path);
      return FALSE;
    }
  if (!S_ISSOCK (info.st_mode) || info.st_uid != geteuid ())
    {
      g_set_error (error, TC_ERROR, TC_ERROR_PERMISSION,
                   "“%s” is not a socket of ours; move it away.", path);
      return FALSE;
    }
  if (is_answered (path))
    {
      g_set_error (error, TC_ERROR, TC_ERROR_BUSY,
                   "Another program already serves “%s”.", path);
      return FALSE;
    }
  if (unlink (path) != 0)
    {
      tc_error_set_from_errno (error, errno, "Cannot remove the old socket “%s”", path);
      return FALSE;
    }
  return TRUE;
}

static GSocket *
listen_at (GSocketAddress  *address,
           GError         **error)
{
  g_autoptr (GSocket) socket = NULL;
  GSocketFamily family = g_socket_address_get_family (address);

  socket = g_socket_new (family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, error);
  if (socket == NULL)
    return NULL;

  /* Linux gives a bound socket the mode of its descriptor, so there is no
   * moment in which others could connect, and no umask to change. */
  if (family == G_SOCKET_FAMILY_UNIX && fchmod (g_socket_get_fd (socket), 0600) != 0)
    {
      tc_error_set_from_errno (error, errno, "Cannot close the socket to others");
      return NULL;
    }
  g_socket_set_listen_backlog (socket, BACKLOG);
  if (!g_socket_bind (socket, address, family != G_SOCKET_FAMILY_UNIX, error) ||
      !g_socket_listen (socket, error))
    return NULL;

  return g_steal_pointer (&socket);
}

/**
 * tc_api_listener_bind_unix:
 * @path: where
 * @lock_fd: (out): a lock to keep open as long as the socket
 * @error: return location
 *
 * Returns: (transfer full): a listening socket, 0600 in a folder 0700.
 *   TC_ERROR_BUSY when somebody serves there already, TC_ERROR_PERMISSION when
 *   the place is not ours.
 */
GSocket *
tc_api_listener_bind_unix (const char  *path,
                           int         *lock_fd,
                           GError     **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GSocketAddress) address = NULL;
  g_autofd int lock = -1;
  GSocket *socket;

  if (strlen (path) >= sizeof ((struct sockaddr_un *) NULL)->sun_path)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_USAGE,
                   "“%s” is too long for a socket; set XDG_RUNTIME_DIR to a shorter one.", path);
      return NULL;
    }
  if (!check_folder (folder, error))
    return NULL;
  lock = take_lock (path, error);
  if (lock < 0 || !clear_stale (path, error))
    return NULL;

  address = g_unix_socket_address_new (path);
  socket = listen_at (address, error);
  if (socket != NULL)
    *lock_fd = g_steal_fd (&lock);
  return socket;
}

static GSocket *
bind_loopback (GSocketFamily   family,
               guint16         port,
               GError        **error)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (family);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, port);

  return listen_at (address, error);
}

static guint16
get_port (GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, NULL);

  return address == NULL ? 0 : g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

/**
 * tc_api_listener_bind_tcp:
 * @port: which, 0: any
 * @bound_port: (out): which it became
 * @error: return location
 *
 * Binds 127.0.0.1, and ::1 where there is IPv6. If only the second is taken by
 * somebody, "localhost" would lead some clients, with their token, to them:
 * that is a conflict too.
 *
 * Returns: (transfer full) (element-type GSocket): listening sockets
 */
GPtrArray *
tc_api_listener_bind_tcp (guint16   port,
                          guint16  *bound_port,
                          GError  **error)
{
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) reason = NULL;
  GSocket *socket;

  socket = bind_loopback (G_SOCKET_FAMILY_IPV4, port, &reason);
  if (socket != NULL)
    {
      g_ptr_array_add (sockets, socket);
      *bound_port = get_port (socket);
      socket = bind_loopback (G_SOCKET_FAMILY_IPV6, *bound_port, &reason);
      if (socket != NULL)
        g_ptr_array_add (sockets, socket);
    }

  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    {
      g_set_error (error, TC_ERROR, TC_ERROR_CONFLICT,
                   "Port %u is taken by another program; choose another one, or 0 for any.", port);
      return NULL;
    }
  if (sockets->len == 0)
    {
      g_set_error (error, TC_ERROR, TC_ERROR_UNAVAILABLE,
                   "Cannot listen on port %u: %s", port, reason->message);
      return NULL;
    }
  return g_steal_pointer (&sockets);
}
