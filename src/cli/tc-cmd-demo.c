/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* trainctl demo: the short curriculum from the queue to three translated
 * sentences. Where one is on its way already, it is shown, not queued again. */

#include "config.h"

#include "tc-commands.h"
#include "tc-demo.h"
#include "tc-json.h"
#include "tc-watch.h"

static GArray *
queue_demo (TcCli   *cli,
            GError **error)
{
  g_autoptr(JsonNode) request = tc_demo_create_request ();
  g_autoptr(JsonNode) answer = tc_cli_call (cli, "POST", "/api/training/queue", request, error);
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint64));
  JsonArray *sessions;

  if (answer == NULL)
    return NULL;

  sessions = tc_json_get_array (json_node_get_object (answer), "sessions");
  for (guint i = 0; sessions != NULL && i < json_array_get_length (sessions); i++)
    {
      const char *text = tc_json_get_string (json_array_get_object_element (sessions, i), "session_id", "0");
      guint64 id = g_ascii_strtoull (text, NULL, 10);

      g_array_append_val (ids, id);
    }

  return g_steal_pointer (&ids);
}

static void
say_what_is_shown (GArray   *ids,
                   gboolean  is_new)
{
  g_autoptr(GString) out = g_string_new (is_new ? "Queued the short curriculum:" : "The short curriculum is on its way:");

  for (guint i = 0; i < ids->len; i++)
    g_string_append_printf (out, " #%" G_GUINT64_FORMAT, g_array_index (ids, guint64, i));
  g_string_append (out, ". Ctrl+C leaves this view, not the run.\n\n");
  tc_cli_print (out->str);
}

/* The mirror may lag behind our own request: wait until it has the sessions. */
static void
wait_for_mirror (TcCli  *cli,
                 GArray *ids)
{
  gint64 deadline = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;

  for (guint i = 0; i < ids->len; i++)
    {
      while (tc_queue_lookup (tc_client_get_queue (cli->client), g_array_index (ids, guint64, i)) == NULL &&
             g_get_monotonic_time () < deadline)
        {
          if (!g_main_context_iteration (NULL, FALSE))
            g_usleep (1000);
        }
    }
}

int
tc_cmd_demo (TcCli *cli)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) ids = NULL;
  g_autoptr(JsonNode) started = NULL;
  gboolean is_new;

  if (!tc_cli_connect (cli, &error))
    return tc_cli_fail (error);
  ids = tc_demo_find_active (tc_client_get_queue (cli->client));
  is_new = ids->len == 0;
  if (is_new)
    {
      g_clear_pointer (&ids, g_array_unref);
      ids = queue_demo (cli, &error);
      if (ids == NULL)
        return tc_cli_fail (error);
    }
  started = tc_cli_call (cli, "POST", "/api/training/start", NULL, &error);
  if (started == NULL)
    return tc_cli_fail (error);
  say_what_is_shown (ids, is_new);
  wait_for_mirror (cli, ids);

  switch (tc_watch (cli, ids, &error))
    {
    case TC_WATCH_ERROR:
      return tc_cli_fail (error);

    case TC_WATCH_INTERRUPTED:
      tc_cli_print ("\nThe run goes on without this view. “./dev trainctl watch” shows it again, "
                    "“./dev run” too;\n“./dev trainctl cancel ID” ends a session.\n");
      return TC_CLI_FAILURE;

    case TC_WATCH_COMPLETED:
    case TC_WATCH_NOT_ALL:
    case TC_WATCH_NOTHING:
    default:
      return tc_demo_close (cli, ids);
    }
}
