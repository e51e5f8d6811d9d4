/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-cli-quick.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "tc-json-scanner.h"

#define ANSWER_MAX_BYTES (1024 * 1024)
#define TIMEOUT_SECONDS 30

static int
open_socket (const char *socket_path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  struct timeval timeout = { .tv_sec = TIMEOUT_SECONDS };
  int fd;

  if (strlen (socket_path) >= sizeof address.sun_path)
    return -1;
  strcpy (address.sun_path, socket_path);

  fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  setsockopt (fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
  if (connect (fd, (struct sockaddr *) &address, sizeof address) < 0)
    {
      close (fd);
      return -1;
    }

  return fd;
}

static gboolean
send_all (int         fd,
          const char *bytes,
          gsize       length)
{
  while (length > 0)
    {
      gssize n = send (fd, bytes, length, MSG_NOSIGNAL);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      bytes += n;
      length -= n;
    }

  return TRUE;
}

/* Where the body begins and how long it says it is; FALSE until the whole head
 * is there. Without a length the body ends where the connection does. */
static gboolean
parse_head (const GString *answer,
            gsize         *body,
            guint64       *length)
{
  const char *end = strstr (answer->str, "\r\n\r\n");

  if (end == NULL)
    return FALSE;

  *body = end + 4 - answer->str;
  *length = G_MAXUINT64;
  for (const char *line = strstr (answer->str, "\r\n"); line < end; line = strstr (line + 2, "\r\n"))
    {
      if (g_ascii_strncasecmp (line + 2, "content-length:", 15) == 0)
        *length = g_ascii_strtoull (line + 17, NULL, 10);
    }

  return TRUE;
}

static gboolean
receive_answer (int      fd,
                GString *answer,
                gsize   *body)
{
  guint64 length = G_MAXUINT64;
  gboolean has_head = FALSE;
  char buffer[4096];

  while (answer->len < ANSWER_MAX_BYTES)
    {
      gssize n = recv (fd, buffer, sizeof buffer, 0);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      if (n == 0)
        return has_head && length == G_MAXUINT64;
      g_string_append_len (answer, buffer, n);
      has_head = has_head || parse_head (answer, body, &length);
      if (has_head && length != G_MAXUINT64 && answer->len - *body >= length)
        return TRUE;
    }

  return FALSE;
}

/**
 * tc_cli_quick_post:
 * @socket_path: the engine's socket
 * @target: such as "/api/training/queue"
 * @body: JSON
 * @status: (out): the HTTP status
 * @answer: (out) (transfer full): the body of the answer, nul-terminated
 *
 * Blocks until the answer is there, for 30 seconds at most.
 *
 * Returns: how far it came; @status and @answer are set only when done
 */
TcCliQuick
tc_cli_quick_post (const char  *socket_path,
                   const char  *target,
                   const char  *body,
                   guint       *status,
                   char       **answer)
{
  g_autoptr(GString) received = g_string_new (NULL);
  g_autofree char *request = NULL;
  gsize begin = 0;
  gboolean is_whole;
  int fd = open_socket (socket_path);

  if (fd < 0)
    return TC_CLI_QUICK_REFUSED;

  request = g_strdup_printf ("POST %s HTTP/1.1\r\n"
                             "Host: localhost\r\n"
                             "Content-Type: application/json\r\n"
                             "Content-Length: %zu\r\n"
                             "Connection: close\r\n"
                             "\r\n"
                             "%s", target, strlen (body), body);
  is_whole = send_all (fd, request, strlen (request)) &&
             receive_answer (fd, received, &begin);
  close (fd);

  if (!is_whole || !g_str_has_prefix (received->str, "HTTP/1."))
    return TC_CLI_QUICK_LOST;

  *status = g_ascii_strtoull (received->str + strlen ("HTTP/1.x"), NULL, 10);
  *answer = g_strdup (received->str + begin);

  return TC_CLI_QUICK_DONE;
}

/**
 * tc_cli_quick_find:
 * @json: a JSON text
 * @member: a member's name
 *
 * Returns: (transfer full) (nullable): the first string value of a member of
 *   that name, at whatever depth
 */
char *
tc_cli_quick_find (const char *json,
                   const char *member)
{
  TcJsonScanner scanner;
  TcJsonToken token;

  tc_json_scanner_init (&scanner, json, strlen (json), FALSE);
  while ((token = tc_json_scanner_next (&scanner)) != TC_JSON_TOKEN_END)
    {
      if (token == TC_JSON_TOKEN_ERROR)
        return NULL;
      if (token != TC_JSON_TOKEN_KEY || !tc_json_scanner_is (&scanner, member))
        continue;
      if (tc_json_scanner_next (&scanner) == TC_JSON_TOKEN_STRING)
        return tc_json_scanner_dup (&scanner);
    }

  return NULL;
}
