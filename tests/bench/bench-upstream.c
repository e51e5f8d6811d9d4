/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* A provider that does nothing but answer, quickly, in OpenAI's format: what
 * the benchmark of the gateway puts behind everything that is compared. One
 * thread, keep-alive, one send() an answer.
 *
 *     bench-upstream [PIECES GAP_US]
 *
 * prints its port. A request whose body has "stream":true gets PIECES events,
 * GAP_US microseconds apart; each has the time it was sent in it, "t=NANOSECONDS."
 * of CLOCK_MONOTONIC, so that whoever reads it can tell how long it was on the way.
 */

#define _GNU_SOURCE

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define REQUEST_MAX (256 * 1024)
#define CONNECTIONS_MAX 1024

typedef struct
{
  int      fd;
  int      pieces_left; /* of a streamed answer; 0: none is on */
  uint64_t next_ns;     /* when the next piece is due */
  size_t   length;
  char     request[REQUEST_MAX];
} Connection;

static Connection *connections[CONNECTIONS_MAX];
static int n_pieces = 100;
static uint64_t gap_ns = 1000 * 1000;
static unsigned n_answers;

static uint64_t
now_ns (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (uint64_t) time.tv_sec * 1000000000u + (uint64_t) time.tv_nsec;
}

static void
hang_up (Connection *self)
{
  close (self->fd);
  connections[self->fd] = NULL;
  free (self);
}

static bool
send_all (Connection *self,
          const char *bytes,
          size_t      length)
{
  /* Answers are smaller than a socket's buffer. */
  return send (self->fd, bytes, length, MSG_NOSIGNAL) == (ssize_t) length;
}

static bool
send_whole (Connection *self)
{
  char body[512], answer[1024];
  int length = snprintf (body, sizeof body,
                         "{\"id\":\"chatcmpl-%u\",\"object\":\"chat.completion\",\"created\":1795000000,"
                         "\"model\":\"gpt-5.1\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
                         "\"content\":\"Hello there, this is an answer.\"},\"finish_reason\":\"stop\"}],"
                         "\"usage\":{\"prompt_tokens\":20,\"completion_tokens\":9,\"total_tokens\":29}}",
                         n_answers++);

  length = snprintf (answer, sizeof answer, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                     "Content-Length: %d\r\n\r\n%s", length, body);
  return send_all (self, answer, (size_t) length);
}

static bool
send_chunk (Connection *self,
            const char *text)
{
  char chunk[1024];
  int length = snprintf (chunk, sizeof chunk, "%zx\r\n%s\r\n", strlen (text), text);

  return send_all (self, chunk, (size_t) length);
}

static bool
send_piece (Connection *self)
{
  char text[512];

  snprintf (text, sizeof text,
            "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1795000000,"
            "\"model\":\"gpt-5.1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"t=%llu.\"},"
            "\"finish_reason\":null}]}\n\n", (unsigned long long) now_ns ());
  if (!send_chunk (self, text))
    return false;
  self->next_ns += gap_ns;
  if (--self->pieces_left > 0)
    return true;
  return send_chunk (self, "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1795000000,"
                     "\"model\":\"gpt-5.1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
                     "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1795000000,"
                     "\"model\":\"gpt-5.1\",\"choices\":[],\"usage\":{\"prompt_tokens\":20,"
                     "\"completion_tokens\":9,\"total_tokens\":29}}\n\ndata: [DONE]\n\n") &&
         send_all (self, "0\r\n\r\n", 5);
}

static bool
begin_stream (Connection *self)
{
  static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                             "Transfer-Encoding: chunked\r\n\r\n";

  self->pieces_left = n_pieces;
  self->next_ns = now_ns ();
  return send_all (self, head, sizeof head - 1) && send_piece (self);
}

/* Answers each whole request in the buffer. */
static bool
answer_requests (Connection *self)
{
  for (;;)
    {
      char *end, *field;
      size_t body, whole;

      self->request[self->length] = '\0';
      end = strstr (self->request, "\r\n\r\n");
      if (end == NULL)
        return true;
      *end = '\0';
      field = strcasestr (self->request, "\r\ncontent-length:");
      body = field == NULL ? 0 : strtoul (field + 17, NULL, 10);
      *end = '\r';
      whole = (size_t) (end - self->request) + 4 + body;
      if (whole >= REQUEST_MAX)
        return false;
      if (self->length < whole)
        return true;
      if (strstr (end, "\"stream\":true") != NULL || strstr (end, "\"stream\": true") != NULL
            ? !begin_stream (self) : !send_whole (self))
        return false;
      memmove (self->request, self->request + whole, self->length - whole);
      self->length -= whole;
    }
}

static void
read_more (Connection *self)
{
  ssize_t n = recv (self->fd, self->request + self->length, REQUEST_MAX - 1 - self->length, 0);

  if (n > 0)
    self->length += (size_t) n;
  if (n <= 0 || !answer_requests (self))
    hang_up (self);
}

/* Sends what is due; returns the milliseconds until there is more, -1: nothing. */
static int
send_due (void)
{
  uint64_t soonest = UINT64_MAX, now = now_ns ();

  for (int fd = 0; fd < CONNECTIONS_MAX; fd++)
    {
      Connection *self = connections[fd];

      if (self == NULL || self->pieces_left == 0)
        continue;
      if (self->next_ns <= now && !send_piece (self))
        {
          hang_up (self);
          continue;
        }
      if (self->pieces_left > 0 && self->next_ns < soonest)
        soonest = self->next_ns;
    }
  if (soonest == UINT64_MAX)
    return -1;
  now = now_ns ();
  return soonest <= now ? 0 : (int) ((soonest - now + 999999) / 1000000);
}

static void
accept_one (int epoll,
            int listener)
{
  int one = 1, fd = accept4 (listener, NULL, NULL, SOCK_CLOEXEC);
  struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

  if (fd < 0)
    return;
  if (fd >= CONNECTIONS_MAX || (connections[fd] = calloc (1, sizeof (Connection))) == NULL)
    {
      close (fd);
      return;
    }
  connections[fd]->fd = fd;
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  epoll_ctl (epoll, EPOLL_CTL_ADD, fd, &event);
}

int
main (int    argc,
      char **argv)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), epoll = epoll_create1 (EPOLL_CLOEXEC);
  struct epoll_event event = { .events = EPOLLIN, .data.fd = listener }, events[64];

  if (argc == 3)
    {
      n_pieces = atoi (argv[1]);
      gap_ns = strtoull (argv[2], NULL, 10) * 1000;
    }
  if (bind (listener, (struct sockaddr *) &address, sizeof address) != 0 || listen (listener, 512) != 0 ||
      getsockname (listener, (struct sockaddr *) &address, &length) != 0)
    {
      perror ("bench-upstream");
      return 1;
    }
  epoll_ctl (epoll, EPOLL_CTL_ADD, listener, &event);
  printf ("%d\n", ntohs (address.sin_port));
  fflush (stdout);
  for (;;)
    {
      int n = epoll_wait (epoll, events, 64, send_due ());

      for (int i = 0; i < n; i++)
        {
          if (events[i].data.fd == listener)
            accept_one (epoll, listener);
          else if (connections[events[i].data.fd] != NULL)
            read_more (connections[events[i].data.fd]);
        }
    }
}
