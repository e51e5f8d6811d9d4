/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The queue: list, add, remove, move, start, pause. */

#include "config.h"

#include "tc-api-body.h"
#include "tc-api-mask.h"
#include "tc-api-private.h"
#include "tc-api-routes.h"
#include "tc-json.h"

#define LIST_SLICE_US 5000

typedef gboolean StateSet[TC_SESSION_N_STATES];

/* "queued,running"; nothing at all means every state. */
static gboolean
parse_states (const char *text,
              StateSet    set)
{
  g_auto (GStrv) words = text == NULL ? NULL : g_strsplit (text, ",", -1);

  for (guint i = 0; i < TC_SESSION_N_STATES; i++)
    set[i] = text == NULL;

  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    {
      TcSessionState state;

      if (!tc_session_state_from_string (g_strstrip (words[i]), &state))
        return FALSE;
      set[state] = TRUE;
    }
  return TRUE;
}

static void
append_session (GString     *text,
                TcScheduler *scheduler,
                TcSession   *session)
{
  if (text->str[text->len - 1] != '[')
    g_string_append_c (text, ',');
  g_string_append (text, tc_api_session_get_text (scheduler, session));
}

/* The answer is written out as text, and in slices: a tree of ten thousand
 * sessions takes a hundred megabytes, and making their texts for the first
 * time keeps everybody else waiting. */
typedef struct
{
  TcApiRequest *request;  /* (owned) */
  GPtrArray    *sessions; /* (owned) (element-type TcSession) those asked for */
  guint         next;
  GString      *text;     /* (owned) */
} Listing;

static GPtrArray *
choose_sessions (TcQueue  *queue,
                 StateSet  set,
                 guint64   offset,
                 guint64   limit)
{
  GPtrArray *sessions = g_ptr_array_new_with_free_func (g_object_unref);
  guint n = tc_queue_get_n (queue);
  guint64 found = 0;

  for (guint i = 0; i < n && sessions->len < limit; i++)
    {
      TcSession *session = tc_queue_peek (queue, i);

      if (set[tc_session_get_state (session)] && found++ >= offset)
        g_ptr_array_add (sessions, g_object_ref (session));
    }
  return sessions;
}

static void
finish_listing (Listing *listing)
{
  gsize length;

  g_string_append (listing->text, "]}");
  length = listing->text->len;
  tc_api_request_reply_text (listing->request, SOUP_STATUS_OK, "application/json",
                             g_string_free_and_steal (listing->text), length);
  g_ptr_array_unref (listing->sessions);
  g_free (listing);
}

static gboolean
continue_listing (gpointer user_data)
{
  Listing *listing = user_data;
  TcScheduler *scheduler = listing->request->api->scheduler;
  gint64 until = g_get_monotonic_time () + LIST_SLICE_US;

  while (listing->next < listing->sessions->len)
    {
      append_session (listing->text, scheduler,
                      g_ptr_array_index (listing->sessions, listing->next++));
      if (g_get_monotonic_time () >= until)
        return G_SOURCE_CONTINUE;
    }

  finish_listing (listing);
  return G_SOURCE_REMOVE;
}

/** tc_api_handle_queue_list: GET /api/training/queue */
void
tc_api_handle_queue_list (TcApiRequest *request)
{
  TcScheduler *scheduler = request->api->scheduler;
  StateSet set;
  guint64 offset, limit;
  Listing *listing;

  if (!parse_states (tc_api_request_get_query (request, "state"), set))
    {
      tc_api_request_reply_fail (request, 400, "usage",
                                 "“state” is a list such as queued,running.");
      return;
    }
  if (!tc_api_request_get_number (request, "offset", 0, G_MAXUINT32, &offset) ||
      !tc_api_request_get_number (request, "limit", G_MAXUINT32, G_MAXUINT32, &limit))
    {
      tc_api_request_reply_fail (request, 400, "usage",
                                 "“offset” and “limit” are whole numbers from 0 on.");
      return;
    }

  listing = g_new0 (Listing, 1);
  listing->request = request;
  listing->sessions = choose_sessions (tc_scheduler_get_queue (scheduler), set, offset, limit);
  listing->text = g_string_new (NULL);
  g_string_append_printf (listing->text, "{\"paused\":%s,\"sessions\":[",
                          tc_scheduler_get_paused (scheduler) ? "true" : "false");
  if (continue_listing (listing) == G_SOURCE_CONTINUE)
    g_idle_add_full (G_PRIORITY_DEFAULT, continue_listing, listing, NULL);
}

static void
on_added (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  TcApiRequest *request = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sessions = NULL;
  GString *text;
  gsize length;

  sessions = tc_scheduler_add_finish (TC_SCHEDULER (source), result, &error);
  if (sessions == NULL)
    {
      tc_api_request_reply_error (request, error);
      return;
    }

  text = g_string_new ("{\"sessions\":[");
  for (guint i = 0; i < sessions->len; i++)
    append_session (text, TC_SCHEDULER (source), g_ptr_array_index (sessions, i));
  g_string_append (text, "]}");
  length = text->len;
  tc_api_request_reply_text (request, SOUP_STATUS_CREATED, "application/json",
                             g_string_free_and_steal (text), length);
}

/** tc_api_handle_queue_add: POST /api/training/queue */
void
tc_api_handle_queue_add (TcApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) body = NULL;
  g_autoptr (GPtrArray) configs = NULL;
  gboolean chain = FALSE;

  if (request->body == NULL)
    {
      tc_api_request_reply_fail (request, 400, "usage",
                                 "Send what is to be trained as a JSON object.");
      return;
    }
  body = tc_api_expand_preset (request->api, tc_api_request_get_body (request), &error);
  if (body != NULL && tc_api_resolve_keys (request->api, body, &error))
    configs = tc_api_body_to_configs (body, &chain, &error);
  if (configs == NULL || !tc_api_restore_commands (request->api->scheduler, configs, &error))
    {
      tc_api_request_reply_error (request, error);
      return;
    }

  /* Not cancellable: what a client asked for is not undone by its leaving. */
  tc_scheduler_add_async (request->api->scheduler, configs, chain, NULL, on_added, request);
}

static void
reply_ok (TcApiRequest *request)
{
  JsonObject *answer = json_object_new ();

  json_object_set_boolean_member (answer, "ok", TRUE);
  json_object_set_boolean_member (answer, "paused",
                                  tc_scheduler_get_paused (request->api->scheduler));
  tc_api_request_reply_object (request, SOUP_STATUS_OK, answer);
}

static void
on_commanded (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  TcApiRequest *request = user_data;
  g_autoptr (GError) error = NULL;

  if (tc_scheduler_command_finish (TC_SCHEDULER (source), result, &error))
    reply_ok (request);
  else
    tc_api_request_reply_error (request, error);
}

static void
command (TcApiRequest *request,
         TcVerb        verb,
         const char   *argument)
{
  tc_scheduler_command_async (request->api->scheduler, verb, request->id, argument, NULL,
                              on_commanded, request);
}

/** tc_api_handle_queue_remove: DELETE /api/training/queue/:id */
void
tc_api_handle_queue_remove (TcApiRequest *request)
{
  command (request, TC_VERB_REMOVE, NULL);
}

/** tc_api_handle_queue_move: POST /api/training/move/:id */
void
tc_api_handle_queue_move (TcApiRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *argument = NULL;
  gint64 position;

  position = tc_api_body_to_number (tc_api_request_get_body (request), "position", 1,
                                    G_MAXINT32, &error);
  if (position < 0)
    {
      tc_api_request_reply_error (request, error);
      return;
    }
  argument = g_strdup_printf ("%" G_GINT64_FORMAT, position);
  command (request, TC_VERB_MOVE, argument);
}

/** tc_api_handle_queue_pause: POST /api/training/pause */
void
tc_api_handle_queue_pause (TcApiRequest *request)
{
  command (request, TC_VERB_PAUSE, NULL);
}

/* The session that was queued is the answer, whatever the start said: it is
 * durable now, and a second try would queue it twice. */
static void
on_started (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  TcApiRequest *request = user_data;
  g_autoptr (GError) error = NULL;
  TcSession *session;

  if (!tc_scheduler_command_finish (TC_SCHEDULER (source), result, &error))
    g_message ("A session was queued but the queue did not start: %s", error->message);

  session = tc_api_request_find_session (request);
  if (session == NULL)
    tc_api_request_reply_fail (request, 409, "conflict",
                               "The session was removed while the queue started.");
  else
    tc_api_request_reply_json (request, SOUP_STATUS_CREATED,
                               tc_api_session_to_json (request->api->scheduler, session));
}

static void
on_added_to_start (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  TcApiRequest *request = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sessions = NULL;

  sessions = tc_scheduler_add_finish (TC_SCHEDULER (source), result, &error);
  if (sessions == NULL)
    {
      tc_api_request_reply_error (request, error);
      return;
    }
  request->id = tc_session_get_id (g_ptr_array_index (sessions, 0));
  tc_scheduler_command_async (TC_SCHEDULER (source), TC_VERB_START, 0, NULL, NULL,
                              on_started, request);
}

/** tc_api_handle_queue_start: POST /api/training/start */
void
tc_api_handle_queue_start (TcApiRequest *request)
{
  JsonObject *body = tc_api_request_get_body (request);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) configs = NULL;
  TcSessionConfig *config = NULL;

  if (body == NULL || json_object_get_size (body) == 0)
    {
      command (request, TC_VERB_START, NULL);
      return;
    }

  if (tc_api_resolve_keys (request->api, body, &error))
    config = tc_session_config_from_json (body, &error);
  if (config == NULL)
    {
      tc_api_request_reply_error (request, error);
      return;
    }
  configs = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_session_config_unref);
  g_ptr_array_add (configs, config);
  if (!tc_api_restore_commands (request->api->scheduler, configs, &error))
    {
      tc_api_request_reply_error (request, error);
      return;
    }
  tc_scheduler_add_async (request->api->scheduler, configs, FALSE, NULL, on_added_to_start,
                          request);
}
