/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tc-api-peer.h"

/* An address as /proc/net/tcp and tcp6 write it: the words of the address in
 * the machine's byte order, the port in plain hexadecimal. */
static gboolean
format_address (const struct sockaddr_storage *address,
                char                          *text,
                gsize                          size)
{
  guint32 words[4];

  if (address->ss_family == AF_INET)
    {
      const struct sockaddr_in *in = (const struct sockaddr_in *) address;

      g_snprintf (text, size, "%08X:%04X", in->sin_addr.s_addr, ntohs (in->sin_port));
      return TRUE;
    }
  if (address->ss_family == AF_INET6)
    {
      const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *) address;

      memcpy (words, &in6->sin6_addr, sizeof words);
      g_snprintf (text, size, "%08X%08X%08X%08X:%04X", words[0], words[1], words[2],
                  words[3], ntohs (in6->sin6_port));
      return TRUE;
    }
  return FALSE;
}

/**
 * tc_api_peer_find_in_table:
 * @table: the path of a file in the form of /proc/net/tcp
 * @local: the peer's own address as the file writes it
 * @remote: ours
 * @uid: (out): who owns the peer's socket
 *
 * Returns: whether there is such a connection with an owner. A socket that its
 *   process has closed already belongs to nobody and does not count.
 */
gboolean
tc_api_peer_find_in_table (const char *table,
                           const char *local,
                           const char *remote,
                           uid_t      *uid)
{
  FILE *file = fopen (table, "re");
  char line[512];
  gboolean found = FALSE;

  if (file == NULL)
    return FALSE;

  while (!found && fgets (line, sizeof line, file) != NULL)
    {
      char from[64], to[64];
      unsigned int owner;
      unsigned long inode;

      if (sscanf (line, " %*u: %63s %63s %*x %*x:%*x %*x:%*x %*x %u %*u %lu",
                  from, to, &owner, &inode) != 4)
        continue;
      if (inode != 0 && strcmp (from, local) == 0 && strcmp (to, remote) == 0)
        {
          *uid = owner;
          found = TRUE;
        }
    }

  fclose (file);
  return found;
}

static void
fill_end (const struct sockaddr_storage *address,
          __be32                         ip[4],
          __be16                        *port)
{
  const struct sockaddr_in *in = (const struct sockaddr_in *) address;
  const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *) address;

  if (address->ss_family == AF_INET)
    ip[0] = in->sin_addr.s_addr;
  else
    memcpy (ip, &in6->sin6_addr, sizeof in6->sin6_addr);
  /* At the same place in both. */
  *port = in->sin_port;
}

/* Asks the kernel for one connection: its table has a line for every socket of
 * the machine, and a crowd that calls would have all of it read each time. */
static gboolean
ask_kernel (const struct sockaddr_storage *peer,
            const struct sockaddr_storage *ours,
            uid_t                         *uid)
{
  struct
  {
    struct nlmsghdr         head;
    struct inet_diag_req_v2 body;
  } request = { { .nlmsg_len = sizeof request, .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST },
                { .sdiag_family = peer->ss_family, .sdiag_protocol = IPPROTO_TCP, .idiag_states = ~0u,
                  .id.idiag_cookie = { INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE } } };
  struct
  {
    struct nlmsghdr      head;
    struct inet_diag_msg body;
    char                 attributes[1024];
  } answer;
  int fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  struct inet_diag_sockid *id = &request.body.id;
  gboolean found = FALSE;

  if (fd < 0)
    return FALSE;
  fill_end (peer, id->idiag_src, &id->idiag_sport);
  fill_end (ours, id->idiag_dst, &id->idiag_dport);
  /* Never more than one answer, and it is there when send() returns. */
  if (send (fd, &request, sizeof request, 0) == (ssize_t) sizeof request &&
      recv (fd, &answer, sizeof answer, MSG_DONTWAIT) >= (ssize_t) NLMSG_LENGTH (sizeof answer.body) &&
      answer.head.nlmsg_type == SOCK_DIAG_BY_FAMILY && answer.body.idiag_inode != 0 &&
      answer.body.id.idiag_sport == id->idiag_sport && answer.body.id.idiag_dport == id->idiag_dport)
    {
      *uid = answer.body.idiag_uid;
      found = TRUE;
    }
  close (fd);
  return found;
}

static gboolean
find_tcp_uid (int    fd,
              uid_t *uid)
{
  struct sockaddr_storage ours, theirs;
  socklen_t ours_size = sizeof ours, theirs_size = sizeof theirs;
  char local[64], remote[64];

  if (getsockname (fd, (struct sockaddr *) &ours, &ours_size) != 0 ||
      getpeername (fd, (struct sockaddr *) &theirs, &theirs_size) != 0)
    return FALSE;
  if (ask_kernel (&theirs, &ours, uid))
    return TRUE;
  /* A sandbox may have no such socket, or no such answer. */
  if (!format_address (&theirs, local, sizeof local) ||
      !format_address (&ours, remote, sizeof remote))
    return FALSE;

  return tc_api_peer_find_in_table (ours.ss_family == AF_INET ? "/proc/net/tcp"
                                                              : "/proc/net/tcp6",
                                    local, remote, uid);
}

/**
 * tc_api_peer_find_uid:
 * @socket: a connected socket, Unix or TCP on this machine
 * @uid: (out): the user at the other end
 *
 * Returns: %FALSE when the kernel does not say
 */
gboolean
tc_api_peer_find_uid (GSocket *socket,
                      uid_t   *uid)
{
  struct ucred credentials;
  socklen_t size = sizeof credentials;
  int fd = g_socket_get_fd (socket);

  if (g_socket_get_family (socket) != G_SOCKET_FAMILY_UNIX)
    return find_tcp_uid (fd, uid);

  if (getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
    return FALSE;
  *uid = credentials.uid;
  return TRUE;
}
