/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-watch.h"

#include <glib-unix.h>
#include <signal.h>
#include <unistd.h>

#include "tc-error.h"
#include "tc-json.h"
#include "tc-watch-plain.h"
#include "tc-watch-screen.h"
#include "tc-watch-view.h"

#define FRAME_MS 100
#define LOG_INTERVAL_US (G_USEC_PER_SEC / 4)
#define LOG_TAIL_BYTES 4096

/* Signals of the client only note what is new. The loop does the work, ten times
 * a second, so that nothing happens while a request of its own is waiting and
 * a run that says a thousand things a second costs no more than another. */
typedef struct
{
  TcCli         *cli;            /* (unowned) */
  GArray        *ids;            /* (unowned) (nullable) NULL: follow the queue */
  TcWatchScreen *screen;         /* (owned) (nullable) NULL: lines, not a terminal */
  TcWatchPlain   plain;
  char          *json;           /* (owned) (nullable) the last line, with --json */
  TcWatchRun    *run;            /* (owned) (nullable) the session on show */
  GHashTable    *ended;          /* (owned) ids that have been seen to their end */
  guint          n_bad;
  gint64         log_size;
  gint64         log_shown;      /* of log_size */
  gint64         log_at;         /* monotonic time of the last look at it */
  gboolean       needs_load;
  gboolean       is_due;         /* the next frame may be drawn */
  gboolean       is_interrupted;
} Watch;

static guint64
watch_get_id (Watch *self)
{
  return self->run != NULL ? tc_session_get_id (self->run->session) : 0;
}

static void
points_cb (TcClient *client,
           guint64   id,
           GArray   *points,
           Watch    *self)
{
  if (id != watch_get_id (self))
    return;
  for (guint i = 0; i < points->len; i++)
    {
      TcClientPoint *point = &g_array_index (points, TcClientPoint, i);

      tc_watch_run_add_point (self->run, point->series, point->x, point->value);
    }
}

static void
record_cb (TcClient   *client,
           const char *kind,
           guint64     id,
           JsonObject *record,
           Watch      *self)
{
  if (id != watch_get_id (self) || id == 0)
    return;
  if (g_str_equal (kind, "gate"))
    tc_watch_run_add_gate (self->run, record);
  else if (g_str_equal (kind, "event"))
    tc_watch_run_add_event (self->run, record);
}

static void
log_cb (TcClient *client,
        guint64   id,
        gint64    size,
        Watch    *self)
{
  if (id == watch_get_id (self))
    self->log_size = size;
}

static void
state_cb (TcClient   *client,
          GParamSpec *pspec,
          Watch      *self)
{
  /* Back again: what happened meanwhile is in the store. */
  if (tc_client_get_state (client) == TC_CLIENT_CONNECTED)
    self->needs_load = TRUE;
}

static gboolean
interrupt_cb (gpointer user_data)
{
  Watch *self = user_data;

  self->is_interrupted = TRUE;

  return G_SOURCE_CONTINUE;
}

static gboolean
resize_cb (gpointer user_data)
{
  Watch *self = user_data;

  if (self->screen != NULL)
    tc_watch_screen_resize (self->screen);

  return G_SOURCE_CONTINUE;
}

static gboolean
tick_cb (gpointer user_data)
{
  Watch *self = user_data;

  self->is_due = TRUE;

  return G_SOURCE_CONTINUE;
}

static JsonObject *
fetch_object (Watch      *self,
              const char *what,
              const char *query)
{
  g_autofree char *target = g_strdup_printf ("/api/training/%s/%" G_GUINT64_FORMAT "%s", what,
                                             watch_get_id (self), query);
  g_autoptr(JsonNode) answer = tc_cli_call (self->cli, "GET", target, NULL, NULL);

  return answer != NULL ? json_object_ref (json_node_get_object (answer)) : NULL;
}

static void
add_records (Watch      *self,
             const char *member,
             void      (*add) (TcWatchRun *run, JsonObject *record))
{
  g_autoptr(JsonObject) answer = fetch_object (self, member, "");
  JsonArray *records = answer != NULL ? tc_json_get_array (answer, member) : NULL;

  for (guint i = 0; records != NULL && i < json_array_get_length (records); i++)
    {
      JsonNode *node = json_array_get_element (records, i);

      if (JSON_NODE_HOLDS_OBJECT (node))
        add (self->run, json_node_get_object (node));
    }
}

/* What was before the view began or while the engine was away. A request that
 * fails leaves a gap that the next connection fills. */
static void
load_run (Watch *self)
{
  g_autoptr(JsonObject) metrics = NULL;

  self->needs_load = FALSE;
  metrics = fetch_object (self, "metrics", "?series=train_loss,val_loss");
  if (metrics != NULL)
    tc_watch_run_add_metrics (self->run, tc_json_get_object (metrics, "series"));
  add_records (self, "gates", tc_watch_run_add_gate);
  add_records (self, "events", tc_watch_run_add_event);
  self->log_size = G_MAXINT64;
}

static void
load_log_line (Watch *self)
{
  g_autofree char *target = NULL;
  g_autoptr(TcReply) reply = NULL;
  gint64 now = g_get_monotonic_time ();
  gint64 from = self->log_size == G_MAXINT64 ? 0 : MAX (0, self->log_size - LOG_TAIL_BYTES);
  gsize length;
  const char *data;

  if (self->screen == NULL || self->log_size == self->log_shown || now - self->log_at < LOG_INTERVAL_US)
    return;
  self->log_at = now;

  /* The size is not known before the first word of it: ask for nothing. */
  target = g_strdup_printf ("/api/training/logs/%" G_GUINT64_FORMAT "?offset=%" G_GINT64_FORMAT "&limit=%d",
                            watch_get_id (self), from, self->log_size == G_MAXINT64 ? 1 : LOG_TAIL_BYTES);
  reply = tc_cli_fetch (self->cli, "GET", target, NULL, NULL);
  if (reply == NULL)
    {
      self->log_shown = self->log_size;
      return;
    }
  if (self->log_size == G_MAXINT64)
    {
      self->log_size = MAX (0, reply->log_size);
      self->log_at = 0;
      return;
    }
  self->log_shown = self->log_size;
  data = g_bytes_get_data (reply->bytes, &length);
  tc_watch_run_set_log_tail (self->run, data != NULL ? data : "", length);
}

static gboolean
has_ended (TcSession *session)
{
  TcSessionState state = tc_session_get_state (session);

  /* Blocked for good, unless somebody tries the one before it again. */
  return tc_session_state_is_final (state) || state == TC_SESSION_BLOCKED;
}

static gboolean
is_watched (Watch     *self,
            TcSession *session)
{
  guint64 id = tc_session_get_id (session);

  if (g_hash_table_contains (self->ended, GSIZE_TO_POINTER (id)))
    return FALSE;
  if (self->ids == NULL)
    return !has_ended (session);
  for (guint i = 0; i < self->ids->len; i++)
    {
      if (g_array_index (self->ids, guint64, i) == id)
        return TRUE;
    }

  return FALSE;
}

/* The one to show: one that runs, else the first in the queue. Without ids, a
 * paused queue with nothing running has nothing to show. */
static TcSession *
pick_session (Watch *self)
{
  TcQueue *queue = tc_client_get_queue (self->cli->client);
  TcSession *first = NULL;

  for (guint i = 0; i < tc_queue_get_n (queue); i++)
    {
      TcSession *session = tc_queue_peek (queue, i);

      if (!is_watched (self, session))
        continue;
      if (tc_session_state_is_active (tc_session_get_state (session)))
        return session;
      if (first == NULL)
        first = session;
    }
  if (self->ids == NULL && tc_client_get_paused (self->cli->client))
    return NULL;

  return first;
}

static void
show_session (Watch     *self,
              TcSession *session)
{
  gboolean is_first = self->run == NULL;

  g_clear_pointer (&self->run, tc_watch_run_free);
  self->run = tc_watch_run_new (session);
  self->log_shown = -1;
  self->log_at = 0;
  load_run (self);
  if (is_first && !has_ended (session))
    tc_watch_plain_skip (&self->plain, self->run);
}

static guint
count_watched (Watch *self,
               guint *index)
{
  TcQueue *queue = tc_client_get_queue (self->cli->client);
  guint n_ended = g_hash_table_size (self->ended);
  guint n_waiting = 0;

  for (guint i = 0; i < tc_queue_get_n (queue); i++)
    n_waiting += is_watched (self, tc_queue_peek (queue, i)) ? 1 : 0;
  *index = n_ended + 1;

  return n_ended + n_waiting;
}

/* For programs: the status of the session as one line, each time it changes. */
static void
print_status (Watch *self)
{
  g_autoptr(JsonNode) status = tc_session_to_status_json (self->run->session);
  g_autofree char *text = tc_json_to_string (status, FALSE);
  g_autofree char *line = g_strconcat (text, "\n", NULL);

  if (g_set_str (&self->json, line))
    tc_cli_print (line);
}

static void
draw (Watch *self)
{
  TcClient *client = self->cli->client;
  TcWatchView view = { .run = self->run };
  g_autoptr(GPtrArray) lines = NULL;

  if (self->cli->args->json)
    {
      print_status (self);
      return;
    }
  if (self->screen == NULL)
    {
      g_autofree char *news = tc_watch_plain_update (&self->plain, self->run);

      if (news[0] != '\0')
        tc_cli_print (news);
      return;
    }

  view.total = count_watched (self, &view.index);
  view.is_paused = tc_client_get_paused (client);
  view.problem = tc_client_get_state (client) == TC_CLIENT_CONNECTED ? NULL : tc_client_get_problem (client);
  view.now_us = g_get_real_time ();
  view.width = tc_watch_screen_get_width (self->screen);
  view.has_colours = self->cli->has_colours;
  lines = tc_watch_view_render (&view);
  tc_watch_screen_draw (self->screen, lines);
}

static void
finish_session (Watch *self)
{
  TcSessionState state = tc_session_get_state (self->run->session);

  load_run (self);
  draw (self);
  g_hash_table_add (self->ended, GSIZE_TO_POINTER (watch_get_id (self)));
  if (state != TC_SESSION_COMPLETED)
    self->n_bad++;
  if (self->screen != NULL)
    tc_watch_screen_keep (self->screen);
}

/* One look at everything. FALSE: there is nothing left to watch. */
static gboolean
step (Watch *self)
{
  TcSession *session;

  if (tc_client_get_state (self->cli->client) != TC_CLIENT_CONNECTED)
    {
      if (self->run != NULL)
        draw (self);
      return TRUE;
    }

  session = pick_session (self);
  if (self->run != NULL && !g_hash_table_contains (self->ended, GSIZE_TO_POINTER (watch_get_id (self))) &&
      has_ended (self->run->session))
    {
      finish_session (self);
      return TRUE;
    }
  if (session == NULL)
    return FALSE;

  if (self->run == NULL || self->run->session != session)
    show_session (self, session);
  else if (self->needs_load)
    load_run (self);
  load_log_line (self);
  draw (self);

  return TRUE;
}

static gboolean
check_ids (Watch   *self,
           GError **error)
{
  for (guint i = 0; self->ids != NULL && i < self->ids->len; i++)
    {
      guint64 id = g_array_index (self->ids, guint64, i);

      if (tc_queue_lookup (tc_client_get_queue (self->cli->client), id) == NULL)
        {
          g_set_error (error, TC_ERROR, TC_ERROR_NOT_FOUND,
                       "There is no session %" G_GUINT64_FORMAT "; see “trainctl queue list”", id);
          return FALSE;
        }
    }

  return TRUE;
}

/* Of several sessions those that had ended before are not shown again, unless
 * all had. */
static void
skip_ended (Watch *self)
{
  TcQueue *queue = tc_client_get_queue (self->cli->client);
  gboolean is_one_left = FALSE;

  for (guint i = 0; self->ids != NULL && i < self->ids->len; i++)
    is_one_left = is_one_left || !has_ended (tc_queue_lookup (queue, g_array_index (self->ids, guint64, i)));

  for (guint i = 0; is_one_left && i < self->ids->len; i++)
    {
      guint64 id = g_array_index (self->ids, guint64, i);
      TcSession *session = tc_queue_lookup (queue, id);

      if (!has_ended (session))
        continue;
      g_hash_table_add (self->ended, GSIZE_TO_POINTER (id));
      if (tc_session_get_state (session) != TC_SESSION_COMPLETED)
        self->n_bad++;
    }
}

static TcWatchEnd
run_loop (Watch   *self,
          GError **error)
{
  if (!tc_cli_connect (self->cli, error) || !check_ids (self, error))
    return TC_WATCH_ERROR;
  skip_ended (self);
  if (isatty (STDOUT_FILENO) && !self->cli->args->json)
    self->screen = tc_watch_screen_new (STDOUT_FILENO);

  while (!self->is_interrupted && step (self))
    {
      self->is_due = FALSE;
      while (!self->is_due && !self->is_interrupted)
        g_main_context_iteration (NULL, TRUE);
    }

  if (self->is_interrupted)
    return TC_WATCH_INTERRUPTED;
  if (g_hash_table_size (self->ended) == 0 && self->run == NULL)
    return TC_WATCH_NOTHING;
  /* Somebody removed what was on show. */
  if (self->run != NULL && !g_hash_table_contains (self->ended, GSIZE_TO_POINTER (watch_get_id (self))))
    return TC_WATCH_NOT_ALL;

  return self->n_bad > 0 ? TC_WATCH_NOT_ALL : TC_WATCH_COMPLETED;
}

/**
 * tc_watch:
 * @cli: what a command works with
 * @ids: (nullable) (element-type guint64): the sessions to watch until the
 *   last of them has ended; NULL: whatever runs, until the queue is empty
 * @error: why it could not begin
 *
 * Shows sessions live.
 *
 * Returns: how it ended
 */
TcWatchEnd
tc_watch (TcCli   *cli,
          GArray  *ids,
          GError **error)
{
  static const int interrupts[] = { SIGINT, SIGTERM, SIGHUP };
  Watch self = { .cli = cli, .ids = ids, .log_shown = -1 };
  guint sources[G_N_ELEMENTS (interrupts) + 2];
  TcWatchEnd end;

  self.ended = g_hash_table_new (NULL, NULL);
  g_signal_connect (cli->client, "points", G_CALLBACK (points_cb), &self);
  g_signal_connect (cli->client, "record", G_CALLBACK (record_cb), &self);
  g_signal_connect (cli->client, "log", G_CALLBACK (log_cb), &self);
  g_signal_connect (cli->client, "notify::state", G_CALLBACK (state_cb), &self);
  for (guint i = 0; i < G_N_ELEMENTS (interrupts); i++)
    sources[i] = g_unix_signal_add (interrupts[i], interrupt_cb, &self);
  sources[G_N_ELEMENTS (interrupts)] = g_unix_signal_add (SIGWINCH, resize_cb, &self);
  sources[G_N_ELEMENTS (interrupts) + 1] = g_timeout_add (FRAME_MS, tick_cb, &self);

  end = run_loop (&self, error);

  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  g_signal_handlers_disconnect_by_data (cli->client, &self);
  g_clear_pointer (&self.screen, tc_watch_screen_free);
  g_clear_pointer (&self.run, tc_watch_run_free);
  tc_watch_plain_clear (&self.plain);
  g_free (self.json);
  g_hash_table_unref (self.ended);

  return end;
}
