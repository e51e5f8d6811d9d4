/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Asks an HTTP server the same again and again over some connections that stay
 * open, the next request of each when the answer to the one before is whole.
 *
 *     bench-load PORT CONNECTIONS SECONDS HEAD-FILE BODY-FILE
 *
 * HEAD-FILE has the request line and headers with their line ends, without
 * Content-Length and the empty line. Prints JSON: requests, seconds, errors, and
 * microseconds as lists for percentiles: "latency" whole answers, "first" until
 * the first piece of a stream, "piece" how long each "t=NANOSECONDS." in an
 * answer was on its way here.
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

#define ANSWER_MAX (1024 * 1024)
#define CONNECTIONS_MAX 256
#define FIGURES_MAX (4 * 1024 * 1024)

typedef struct
{
  int      fd;
  uint64_t began_ns;
  bool     has_first;
  size_t   length;
  size_t   scanned; /* bytes searched for times */
  char    *answer;
} Connection;

typedef struct
{
  const char *name;
  size_t      n;
  double     *us;
} Figures;

static Figures latency = { .name = "latency" };
static Figures first = { .name = "first" };
static Figures piece = { .name = "piece" };
static Connection connections[CONNECTIONS_MAX];
static struct sockaddr_in address;
static char *request;
static size_t request_length;
static unsigned n_requests, n_errors;
static int epoll;

static uint64_t
now_ns (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (uint64_t) time.tv_sec * 1000000000u + (uint64_t) time.tv_nsec;
}

static void
note (Figures *self,
      uint64_t ns)
{
  if (self->us == NULL)
    self->us = malloc (FIGURES_MAX * sizeof (double));
  if (self->us != NULL && self->n < FIGURES_MAX)
    self->us[self->n++] = (double) ns / 1000;
}

static char *
read_file (const char *path)
{
  FILE *file = fopen (path, "r");
  char *text = calloc (1, ANSWER_MAX);

  if (file == NULL || text == NULL || fread (text, 1, ANSWER_MAX - 1, file) == 0)
    {
      perror (path);
      exit (1);
    }
  fclose (file);
  return text;
}

static void
ask (Connection *self)
{
  self->length = self->scanned = 0;
  self->has_first = false;
  self->began_ns = now_ns ();
  if (send (self->fd, request, request_length, MSG_NOSIGNAL) != (ssize_t) request_length)
    n_errors++;
}

static void
open_connection (Connection *self,
                 uint32_t    number)
{
  int one = 1;
  struct epoll_event event = { .events = EPOLLIN, .data.u32 = number };

  self->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect (self->fd, (struct sockaddr *) &address, sizeof address) != 0)
    {
      perror ("bench-load: connect");
      exit (1);
    }
  setsockopt (self->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  epoll_ctl (epoll, EPOLL_CTL_ADD, self->fd, &event);
  ask (self);
}

static void
find_times (Connection *self,
            uint64_t    now)
{
  char *at = self->answer + self->scanned;

  while ((at = strstr (at, "t=")) != NULL)
    {
      char *end;
      uint64_t sent = strtoull (at + 2, &end, 10);

      if (*end == '\0')
        break; /* the rest is on its way */
      if (*end == '.' && end > at + 2)
        {
          note (&piece, now - sent);
          if (!self->has_first)
            note (&first, now - self->began_ns);
          self->has_first = true;
        }
      at = end;
      self->scanned = (size_t) (at - self->answer);
    }
}

static bool
is_whole (const Connection *self)
{
  char *end = strstr (self->answer, "\r\n\r\n"), *field;

  if (end == NULL)
    return false;
  field = strcasestr (self->answer, "\r\ncontent-length:");
  if (field != NULL && field < end)
    return self->length >= (size_t) (end - self->answer) + 4 + strtoul (field + 17, NULL, 10);
  return self->length >= 5 && memcmp (self->answer + self->length - 5, "0\r\n\r\n", 5) == 0;
}

static void
read_more (Connection *self,
           uint32_t    number)
{
  ssize_t n = recv (self->fd, self->answer + self->length, ANSWER_MAX - 1 - self->length, 0);
  uint64_t now = now_ns ();

  if (n <= 0)
    {
      n_errors++;
      close (self->fd);
      open_connection (self, number);
      return;
    }
  self->length += (size_t) n;
  self->answer[self->length] = '\0';
  find_times (self, now);
  if (!is_whole (self))
    return;
  if (memcmp (self->answer, "HTTP/1.1 200", 12) != 0 && n_errors++ == 0)
    fprintf (stderr, "bench-load: %.300s\n", self->answer);
  note (&latency, now - self->began_ns);
  n_requests++;
  ask (self);
}

static int
compare (const void *a,
         const void *b)
{
  double left = *(const double *) a, right = *(const double *) b;

  return (left > right) - (left < right);
}

static void
print_figures (Figures *self)
{
  static const double wanted[] = { 0, 50, 90, 99, 100 };

  qsort (self->us, self->n, sizeof (double), compare);
  printf (", \"%s\": {\"n\": %zu", self->name, self->n);
  for (size_t i = 0; self->n > 0 && i < sizeof wanted / sizeof *wanted; i++)
    printf (", \"p%g\": %.1f", wanted[i], self->us[(size_t) ((double) (self->n - 1) * wanted[i] / 100)]);
  printf ("}");
}

int
main (int    argc,
      char **argv)
{
  char *head, *body;
  int n_connections;
  uint64_t began, until;

  if (argc != 6)
    return 2;
  address = (struct sockaddr_in) { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
                                   .sin_port = htons ((uint16_t) atoi (argv[1])) };
  n_connections = atoi (argv[2]) < CONNECTIONS_MAX ? atoi (argv[2]) : CONNECTIONS_MAX;
  head = read_file (argv[4]);
  body = read_file (argv[5]);
  request_length = (size_t) asprintf (&request, "%sContent-Length: %zu\r\n\r\n%s", head, strlen (body), body);

  epoll = epoll_create1 (EPOLL_CLOEXEC);
  began = now_ns ();
  until = began + (uint64_t) (atof (argv[3]) * 1e9);
  for (int i = 0; i < n_connections; i++)
    {
      connections[i].answer = calloc (1, ANSWER_MAX);
      open_connection (&connections[i], (uint32_t) i);
    }
  while (now_ns () < until)
    {
      struct epoll_event events[64];
      int n = epoll_wait (epoll, events, 64, 100);

      for (int i = 0; i < n; i++)
        read_more (&connections[events[i].data.u32], events[i].data.u32);
    }
  printf ("{\"requests\": %u, \"errors\": %u, \"seconds\": %.3f", n_requests, n_errors,
          (double) (now_ns () - began) / 1e9);
  print_figures (&latency);
  print_figures (&first);
  print_figures (&piece);
  printf ("}\n");
  return n_errors > 0;
}
