/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-api-routes.h"
#include "tc-error.h"

static const TcApiRoute routes[] = {
  { "GET", "/api/engine", tc_api_handle_engine, 0, "What the engine is doing" },
  { "POST", "/api/engine/stop", tc_api_handle_engine_stop, 0,
    "Ask the engine to leave; runs go on" },
  { "GET", "/api/openapi.json", tc_api_handle_openapi, 0, "This document" },
  { "GET", "/api/events", tc_api_handle_all_events, 0, "The newest events of the engine" },
  { "GET", "/api/server", tc_api_handle_server_get, TC_API_ROUTE_UNIX_ONLY,
    "Whether the API listens on a port" },
  { "POST", "/api/server", tc_api_handle_server_start, TC_API_ROUTE_UNIX_ONLY,
    "Listen on a loopback port as well" },
  { "DELETE", "/api/server", tc_api_handle_server_stop, TC_API_ROUTE_UNIX_ONLY,
    "Stop listening on the port" },
  { "GET", "/api/training/queue", tc_api_handle_queue_list, 0, "The sessions, in order" },
  { "POST", "/api/training/queue", tc_api_handle_queue_add, 0, "Queue one or more sessions" },
  { "DELETE", "/api/training/queue/:id", tc_api_handle_queue_remove, 0,
    "Take a session that is not active out of the list" },
  { "POST", "/api/training/move/:id", tc_api_handle_queue_move, 0,
    "Move a queued session to another place" },
  { "POST", "/api/training/annotate/:id", tc_api_handle_annotate, 0,
    "Set the tags and the note of a session" },
  { "POST", "/api/training/start", tc_api_handle_queue_start, 0,
    "Start the queue; with a body, queue a session first" },
  { "POST", "/api/training/estimate", tc_api_handle_estimate, 0,
    "Say what sessions would take; queue nothing" },
  { "GET", "/api/training/estimate/:id", tc_api_handle_estimate_get, 0,
    "What was expected of a session, and what it took" },
  { "POST", "/api/training/pause", tc_api_handle_queue_pause, 0,
    "Start nothing more; running sessions go on" },
  { "GET", "/api/training/status/:id", tc_api_handle_status, 0, "How a session is going" },
  { "POST", "/api/training/cancel/:id", tc_api_handle_cancel, 0, "Stop a session for good" },
  { "POST", "/api/training/suspend/:id", tc_api_handle_suspend, 0,
    "Hold the processes of a running session" },
  { "POST", "/api/training/resume/:id", tc_api_handle_resume, 0,
    "Let a suspended session go on" },
  { "POST", "/api/training/retry/:id", tc_api_handle_retry, 0,
    "Put an ended session back into the queue" },
  { "POST", "/api/training/restore/:id", tc_api_handle_restore, 0,
    "Put a session back that was removed in the last ten minutes" },
  { "GET", "/api/training/logs/:id", tc_api_handle_logs, 0, "A piece of a session's output" },
  { "GET", "/api/training/metrics/:id", tc_api_handle_metrics, 0,
    "The measured values of a session" },
  { "GET", "/api/training/gates/:id", tc_api_handle_gates, 0, "The quality gates of a session" },
  { "GET", "/api/training/verdicts/:id", tc_api_handle_verdicts, 0,
    "What a session's supervisor said" },
  { "GET", "/api/training/gate-report/:id", tc_api_handle_gate_report, 0,
    "What the validator wrote about one gate" },
  { "GET", "/api/training/spec/:id", tc_api_handle_spec, 0,
    "What was started for a session, without secrets, and how its attempts went" },
  { "GET", "/api/training/checkpoints/:id", tc_api_handle_checkpoints, 0,
    "The checkpoints of a session" },
  { "GET", "/api/training/events/:id", tc_api_handle_events, 0, "The events of a session" },
  { "GET", "/api/checkpoints", tc_api_handle_all_checkpoints, 0,
    "The checkpoints of all sessions, and what there is of them" },
  { "POST", "/api/checkpoints/remove", tc_api_handle_checkpoints_remove, 0,
    "Put checkpoints aside; for an hour they can be restored" },
  { "POST", "/api/checkpoints/restore", tc_api_handle_checkpoints_restore, 0,
    "Put removed checkpoints back" },
  { "POST", "/api/checkpoints/keep", tc_api_handle_checkpoints_keep, 0,
    "Keep the best and the last checkpoints of each run, put the others aside" },
  { "POST", "/api/checkpoints/purge", tc_api_handle_checkpoints_purge, 0,
    "Delete for good what was removed" },
  { "GET", "/api/checkpoints/retention", tc_api_handle_retention, 0,
    "Whether old checkpoints are put aside after each session" },
  { "PUT", "/api/checkpoints/retention", tc_api_handle_retention_set, 0,
    "Put old checkpoints aside after each session, or not" },
  { "GET", "/api/keys/list", tc_api_handle_keys_list, 0,
    "What is known of the keys to providers; never the keys" },
  { "POST", "/api/keys/add", tc_api_handle_keys_add, TC_API_ROUTE_UNIX_ONLY,
    "Check a key with its provider and keep it in the keyring" },
  { "POST", "/api/keys/check/:id", tc_api_handle_keys_check, 0,
    "Ask the provider whether a key is good, without spending tokens" },
  { "POST", "/api/keys/rename/:id", tc_api_handle_keys_rename, 0, "Give a key another name" },
  { "POST", "/api/keys/replace/:id", tc_api_handle_keys_replace, TC_API_ROUTE_UNIX_ONLY,
    "Put another secret into a key" },
  { "DELETE", "/api/keys/:id", tc_api_handle_keys_remove, 0,
    "Take a key out; for ten minutes it can be restored" },
  { "POST", "/api/keys/restore/:id", tc_api_handle_keys_restore, 0, "Put a removed key back" },
  { "POST", "/api/keys/unlock", tc_api_handle_keys_unlock, TC_API_ROUTE_UNIX_ONLY,
    "Have the desktop ask for the keyring's password" },
  { "GET", "/api/models", tc_api_handle_models, 0, "The models by provider, with tier and state" },
  { "POST", "/api/models/pull", tc_api_handle_pull, 0, "Let Ollama fetch a model" },
  { "GET", "/api/models/pulls", tc_api_handle_pulls, 0,
    "The models that Ollama fetches, and the last that it has fetched" },
  { "DELETE", "/api/models/pulls/:id", tc_api_handle_pull_cancel, 0,
    "Stop fetching a model; what came stays with Ollama" },
  { "GET", "/api/spend", tc_api_handle_spend, 0, "What calls to providers have cost" },
  { "POST", "/api/corpus", tc_api_handle_corpus, 0, "What is in a corpus: blocks, formats, bytes" },
  { "POST", "/api/python", tc_api_handle_python, 0, "Ask a Python which one it is, and which PyTorch it has" },
  { "GET", "/api/awake", tc_api_handle_awake, 0,
    "Whether the computer is kept awake while a training runs" },
  { "PUT", "/api/awake", tc_api_handle_awake_set, 0, "Keep the computer awake while a training runs, or not" },
  { "GET", "/api/budget", tc_api_handle_budget, 0, "What may be spent this month, and what was" },
  { "PUT", "/api/budget", tc_api_handle_budget_set, 0, "Set or lift a budget" },
  { "GET", "/training/status", NULL, TC_API_ROUTE_WEBSOCKET,
    "A WebSocket with the status of active sessions" },
  { "GET", "/training/events", NULL, TC_API_ROUTE_WEBSOCKET,
    "A WebSocket with everything that happens" },
};

/** tc_api_routes_get: Returns: (transfer none): the whole table, static */
const TcApiRoute *
tc_api_routes_get (guint *n_routes)
{
  *n_routes = G_N_ELEMENTS (routes);
  return routes;
}

/* Whether @path is the fixed part of @pattern and then one more part, which
 * becomes *part; or all of it when the pattern has no variable. */
static gboolean
matches (const char  *pattern,
         const char  *path,
         const char **part)
{
  const char *colon = strchr (pattern, ':');
  gsize length;

  *part = NULL;
  if (colon == NULL)
    return strcmp (pattern, path) == 0;

  length = (gsize) (colon - pattern);
  if (strncmp (pattern, path, length) != 0 || path[length] == 0 ||
      strchr (path + length, '/') != NULL)
    return FALSE;
  *part = path + length;
  return TRUE;
}

static void
add_allowed (char       **allowed,
             const char  *method)
{
  g_autofree char *before = g_steal_pointer (allowed);

  *allowed = before == NULL ? g_strdup (method) : g_strconcat (before, ", ", method, NULL);
}

/**
 * tc_api_routes_find:
 * @method: of the request; HEAD is taken as GET
 * @path: decoded
 * @id: (out): the session's number in the path, or 0
 * @allowed: (out) (transfer full) (nullable): the methods that the path does
 *   offer, when this one is not among them
 * @error: TC_ERROR_NOT_FOUND without such a path, TC_ERROR_USAGE otherwise
 *
 * Returns: (nullable): the route
 */
const TcApiRoute *
tc_api_routes_find (const char  *method,
                    const char  *path,
                    guint64     *id,
                    char       **allowed,
                    GError     **error)
{
  g_autofree char *others = NULL;

  *id = 0;
  *allowed = NULL;
  if (strcmp (method, "HEAD") == 0)
    method = "GET";

  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      const char *part;

      if (!matches (routes[i].pattern, path, &part))
        continue;
      if (strcmp (routes[i].method, method) != 0)
        {
          add_allowed (&others, routes[i].method);
          continue;
        }
      if (part == NULL || tc_api_parse_id (part, id))
        return &routes[i];
      g_set_error_literal (error, TC_ERROR, TC_ERROR_USAGE,
                           "An id is a number from 1 on, such as 17.");
      return NULL;
    }

  if (others != NULL)
    g_set_error (error, TC_ERROR, TC_ERROR_USAGE, "Use %s here.", others);
  else
    g_set_error_literal (error, TC_ERROR, TC_ERROR_NOT_FOUND,
                         "There is nothing here; /api/openapi.json lists what there is.");
  *allowed = g_steal_pointer (&others);
  return NULL;
}
