/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The control socket: one datagram, one command, one reply.
 *
 * A client is never waited for. One that does not read its reply is dropped,
 * and one too many takes the place of the one that has been silent longest. */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "clock.h"
#include "control.h"
#include "rundir.h"

#define MAX_MESSAGE 256
#define BACKLOG     16

/* Begins listening on control.sock in the current folder, which must be the
 * run folder dir_fd: a relative address fits whatever the length of the path.
 *
 * Returns 0, or an errno value. */
int
tc_control_listen (TcControl *control, int dir_fd, TcControlHandler handler, void *data)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "control.sock" };

  *control = (TcControl) { .dir_fd = dir_fd, .handler = handler, .handler_data = data };
  for (int i = 0; i < TC_CONTROL_CLIENTS; i++)
    control->client_fds[i] = -1;
  /* Whoever holds the lock owns the name. */
  unlink (address.sun_path);
  control->listen_fd = socket (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (control->listen_fd < 0 ||
      bind (control->listen_fd, (struct sockaddr *) &address, sizeof address) != 0 ||
      chmod (address.sun_path, 0600) != 0 || listen (control->listen_fd, BACKLOG) != 0)
    return errno;

  return 0;
}

static void
drop_client (TcControl *control, int slot)
{
  close (control->client_fds[slot]);
  control->client_fds[slot] = -1;
}

static int
find_slot (TcControl *control)
{
  int oldest = 0;

  for (int i = 0; i < TC_CONTROL_CLIENTS; i++)
    {
      if (control->client_fds[i] < 0)
        return i;
      if (control->last_used[i] < control->last_used[oldest])
        oldest = i;
    }
  drop_client (control, oldest);

  return oldest;
}

static void
accept_client (TcControl *control)
{
  struct ucred peer;
  socklen_t length = sizeof peer;
  int slot, fd = accept4 (control->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

  if (fd < 0)
    {
      /* The client stays in the queue, and would wake us all the time. */
      if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
        control->deaf_until_ns = tc_clock_monotonic_ns () + TC_NS_PER_SECOND;
      return;
    }
  if (getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0 || peer.uid != geteuid ())
    {
      static const char refusal[] = "error: not your run";

      (void) send (fd, refusal, sizeof refusal - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
      tc_run_dir_note (control->dir_fd, "control socket refused a user, uid", (int) peer.uid);
      close (fd);
      return;
    }
  slot = find_slot (control);
  control->client_fds[slot] = fd;
  control->last_used[slot] = ++control->uses;
}

static void
answer (TcControl *control, const char *data, size_t length, bool cut, TcText *reply)
{
  TcCommand command;
  const char *problem = "message too long";

  tc_text_clear (reply);
  if (!cut && tc_control_parse (data, length, &command, &problem))
    {
      control->handler (control->handler_data, &command, reply);
      return;
    }
  tc_text_add (reply, "error: ");
  tc_text_add (reply, problem);
  if (!control->noted)
    tc_run_dir_note (control->dir_fd, "control socket got a malformed message, bytes", (int) length);
  control->noted = true;
}

static void
serve (TcControl *control, int slot, short revents)
{
  char data[MAX_MESSAGE];
  struct iovec part = { .iov_base = data, .iov_len = sizeof data };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
  TcText reply;
  ssize_t n = recvmsg (control->client_fds[slot], &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  /* An empty datagram looks like the end; only the latter hangs up. */
  if (n < 0 || (n == 0 && (revents & (POLLHUP | POLLRDHUP)) != 0))
    {
      drop_client (control, slot);
      return;
    }
  control->last_used[slot] = ++control->uses;
  answer (control, data, (size_t) n, (message.msg_flags & MSG_TRUNC) != 0, &reply);
  if (send (control->client_fds[slot], reply.data, reply.length, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
    drop_client (control, slot);
}

/* Fills fds with what to poll for. */
void
tc_control_poll_set (const TcControl *control, struct pollfd fds[TC_CONTROL_POLLS])
{
  fds[0] = (struct pollfd) { .fd = control->deaf_until_ns != 0 ? -1 : control->listen_fd, .events = POLLIN };
  for (int i = 0; i < TC_CONTROL_CLIENTS; i++)
    fds[i + 1] = (struct pollfd) { .fd = control->client_fds[i], .events = POLLIN | POLLRDHUP };
}

/* Serves what poll() reported in fds. */
void
tc_control_dispatch (TcControl *control, const struct pollfd fds[TC_CONTROL_POLLS])
{
  for (int i = 0; i < TC_CONTROL_CLIENTS; i++)
    if (fds[i + 1].fd >= 0 && fds[i + 1].revents != 0)
      serve (control, i, fds[i + 1].revents);
  if (fds[0].revents != 0)
    accept_client (control);
}

/* Ends a pause made for want of descriptors, when it is time for that. */
void
tc_control_listen_again (TcControl *control)
{
  if (tc_clock_monotonic_ns () >= control->deaf_until_ns)
    control->deaf_until_ns = 0;
}
