/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <sys/file.h>
#include <unistd.h>

#include "tc-engine-lock.h"
#include "tc-error.h"
#include "tc-json.h"

#define ASK_SECONDS 5
#define LEAVE_SECONDS 15
#define POLL_US (50 * 1000)

static JsonObject *
ask_other (TcPaths    *paths,
           const char *method,
           const char *path)
{
  g_autoptr(GSocketAddress) address = g_unix_socket_address_new (tc_paths_get_socket_path (paths));
  g_autoptr(SoupSession) session = soup_session_new_with_options ("remote-connectable", address,
                                                                  "timeout", ASK_SECONDS, NULL);
  g_autofree char *uri = g_strconcat ("http://localhost", path, NULL);
  g_autoptr(SoupMessage) message = soup_message_new (method, uri);
  g_autoptr(GBytes) body = soup_session_send_and_read (session, message, NULL, NULL);

  if (body == NULL || soup_message_get_status (message) != SOUP_STATUS_OK)
    return NULL;

  return tc_json_parse_object (g_bytes_get_data (body, NULL), g_bytes_get_size (body),
                               TC_JSON_DEFAULT, NULL);
}

static gboolean
wait_for_lock (int fd)
{
  gint64 until = g_get_monotonic_time () + LEAVE_SECONDS * G_USEC_PER_SEC;

  while (flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      if (g_get_monotonic_time () > until)
        return FALSE;
      g_usleep (POLL_US);
    }

  return TRUE;
}

/* The engine before us is of another version: it shall leave. */
static TcEngineLock
replace_other (TcPaths  *paths,
               int       fd,
               GError  **error)
{
  g_autoptr(JsonObject) facts = ask_other (paths, "GET", "/api/engine");
  g_autoptr(JsonObject) answer = NULL;

  if (facts == NULL)
    {
      g_set_error_literal (error, TC_ERROR, TC_ERROR_BUSY,
                           "Another engine holds the lock but does not answer; "
                           "end it, then start again");
      return TC_ENGINE_LOCK_FAILED;
    }
  if (g_str_equal (tc_json_get_string (facts, "version", ""), TC_VERSION))
    return TC_ENGINE_LOCK_ANSWERED;

  g_message ("Taking over from engine %s", tc_json_get_string (facts, "version", "?"));
  answer = ask_other (paths, "POST", "/api/engine/stop");
  if (wait_for_lock (fd))
    return TC_ENGINE_LOCK_TAKEN;

  g_set_error_literal (error, TC_ERROR, TC_ERROR_BUSY, "The engine at work does not leave");

  return TC_ENGINE_LOCK_FAILED;
}

/**
 * tc_engine_lock_take:
 * @error: TC_ERROR_BUSY, or the errno's code
 *
 * Takes the lock for the rest of the process' life.
 *
 * Returns: whether we may work
 */
TcEngineLock
tc_engine_lock_take (TcPaths  *paths,
                     GError  **error)
{
  g_autofree char *path = g_build_filename (tc_paths_get_data_dir (paths), "engine.lock", NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0)
    {
      tc_error_set_from_errno (error, errno, "%s cannot be opened", path);
      return TC_ENGINE_LOCK_FAILED;
    }
  /* Kept open until the process ends. */
  if (flock (fd, LOCK_EX | LOCK_NB) == 0)
    return TC_ENGINE_LOCK_TAKEN;

  return replace_other (paths, fd, error);
}
