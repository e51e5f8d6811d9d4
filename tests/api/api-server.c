/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* api-server ROOT: serves the API on a stand-in scheduler and a real store in
 * ROOT. Obeys one command a line on stdin, each answered with a line:
 *
 *   state ID STATE       the session's state changes
 *   figures ID EPOCH LOSS   its figures change
 *   points ID N          N points are announced, the last four not finite
 *   store ID             a few points and records are stored and announced
 *   log ID SIZE          its log has grown
 *   churn ID N           it changes N times in a row
 *   spend ID MICROS      a call of the session is held and settled
 *   busy                 "busy yes|no N" with the number of connections
 *   routes               the table, a line each, then "end"
 *   quit
 *
 * It also leaves when the API is asked to stop the engine. */

#include "config.h"

#include <glib-unix.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "fake-scheduler.h"
#include "memory-keyring.h"
#include "tc-api-routes.h"
#include "tc-api.h"
#include "tc-point.h"
#include "tc-store-verdicts.h"

typedef struct
{
  GMainLoop   *loop;
  TcScheduler *scheduler;
  TcStore     *store;
  TcLedger    *ledger;
  TcApi       *api;
} Server;

typedef struct
{
  const char *name;
  void      (*function) (Server *server,
                         char  **words,
                         guint   n_words);
} Command;

G_GNUC_PRINTF (1, 2) static void
say (const char *format,
     ...)
{
  va_list args;

  va_start (args, format);
  vprintf (format, args);
  va_end (args);
  printf ("\n");
  fflush (stdout);
}

static TcSession *
find (Server     *server,
      const char *id)
{
  TcSession *session = tc_queue_lookup (tc_scheduler_get_queue (server->scheduler),
                                        g_ascii_strtoull (id, NULL, 10));

  if (session == NULL)
    g_error ("No session %s", id);
  return session;
}

static void
do_state (Server *server,
          char  **words,
          guint   n_words)
{
  TcSessionState state;

  if (!tc_session_state_from_string (words[2], &state))
    g_error ("No state %s", words[2]);
  fake_scheduler_set_state (server->scheduler, find (server, words[1]), state);
  say ("ok");
}

static void
set_figures (Server     *server,
             TcSession  *session,
             guint       epoch,
             double      loss)
{
  TcProgress progress = *tc_session_get_progress (session);

  progress.epoch = epoch;
  progress.total_epochs = 200;
  progress.train_loss = loss;
  progress.has_train_loss = TRUE;
  tc_session_set_progress (session, &progress);
  g_signal_emit_by_name (server->scheduler, "session-changed", session);
}

static void
do_figures (Server *server,
            char  **words,
            guint   n_words)
{
  set_figures (server, find (server, words[1]), (guint) g_ascii_strtoull (words[2], NULL, 10),
               g_ascii_strtod (words[3], NULL));
  say ("ok");
}

static void
do_churn (Server *server,
          char  **words,
          guint   n_words)
{
  TcSession *session = find (server, words[1]);
  guint64 n = g_ascii_strtoull (words[2], NULL, 10);

  for (guint64 i = 1; i <= n; i++)
    set_figures (server, session, (guint) i, 1.0 / (double) i);
  say ("ok");
}

static GArray *
make_points (guint64 n)
{
  static const double odd[] = { NAN, INFINITY, -INFINITY, 0.1 };
  GArray *points = g_array_new (FALSE, TRUE, sizeof (TcPoint));

  for (guint64 i = 0; i < n; i++)
    {
      TcPoint point = { .name = "train_loss", .x = (double) i / 4, .value = 1.0 / (double) (i + 1) };

      if (n - i <= G_N_ELEMENTS (odd))
        point.value = odd[n - i - 1];
      point.kind = tc_point_kind_of (point.value);
      g_array_append_val (points, point);
    }
  return points;
}

static void
do_points (Server *server,
           char  **words,
           guint   n_words)
{
  g_autoptr (GArray) points = make_points (g_ascii_strtoull (words[2], NULL, 10));

  g_signal_emit_by_name (server->scheduler, "points", g_ascii_strtoull (words[1], NULL, 10),
                         points);
  say ("ok");
}

static void
do_log (Server *server,
        char  **words,
        guint   n_words)
{
  g_signal_emit_by_name (server->scheduler, "log", g_ascii_strtoull (words[1], NULL, 10),
                         g_ascii_strtoll (words[2], NULL, 10));
  say ("ok");
}

static void
announce (Server     *server,
          const char *kind,
          guint64     id,
          JsonNode   *record)
{
  g_signal_emit_by_name (server->scheduler, "record", kind, id, record);
  json_node_unref (record);
}

static TcIngest *
make_ingest (guint64 id)
{
  TcIngest *ingest = tc_ingest_new (id, 1);
  TcGate *gate = g_new0 (TcGate, 1);
  TcCheckpoint *checkpoint = g_new0 (TcCheckpoint, 1);
  gint64 now = g_get_real_time ();

  *gate = (TcGate) { .session_id = id, .attempt = 1, .epoch = 5, .result = g_strdup ("warn"),
                     .text = g_strdup ("3 of 8 samples are empty"),
                     .report = g_strdup ("gates/gate_epoch5.json"), .at_us = now };
  *checkpoint = (TcCheckpoint) { .session_id = id, .attempt = 1, .epoch = 5,
                                 .path = g_strdup ("/tmp/checkpoint_epoch5.pt"), .bytes = 1234,
                                 .val_loss = 2.5, .train_loss = NAN, .is_best = TRUE, .at_us = now };
  ingest->points = make_points (8);
  ingest->gates = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_gate_free);
  ingest->checkpoints = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_checkpoint_free);
  ingest->events = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_event_free);
  g_ptr_array_add (ingest->gates, gate);
  g_ptr_array_add (ingest->checkpoints, checkpoint);
  g_ptr_array_add (ingest->events, tc_event_new (id, TC_SEVERITY_WARNING, "gate",
                                                 "Epoch 5 passed its gate with warnings", now));
  return ingest;
}

/* One that judges, or one that says why it does not. */
static TcVerdict *
make_verdict (guint64     id,
              const char *error)
{
  static const guint parts[TC_VERDICT_N_PARTS] = { 27, 24, 18, 17 };
  TcVerdict *verdict = tc_verdict_new (id, 1, 5);

  memcpy (verdict->parts, parts, sizeof parts);
  verdict->score = 86;
  verdict->at_us = g_get_real_time ();
  verdict->provider = g_strdup ("xai");
  verdict->model = g_strdup ("grok-4.3");
  verdict->recommendation = error == NULL ? g_strdup ("Go on.") : NULL;
  verdict->cost = error == NULL ? 1234 : -1;
  verdict->error = g_strdup (error);
  return verdict;
}

static void
on_verdict_stored (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  gint64 id;

  if (!tc_store_add_verdict_finish (TC_STORE (source), result, &id, &error))
    g_error ("Cannot store: %s", error->message);
  if (user_data != NULL)
    say ("ok");
}

static void
on_stored (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (!tc_store_ingest_finish (TC_STORE (source), result, &error))
    g_error ("Cannot store: %s", error->message);
}

static void
do_store (Server *server,
          char  **words,
          guint   n_words)
{
  guint64 id = g_ascii_strtoull (words[1], NULL, 10);
  TcIngest *ingest = make_ingest (id);
  g_autoptr (TcVerdict) good = make_verdict (id, NULL);
  g_autoptr (TcVerdict) none = make_verdict (id, "Nobody there");

  announce (server, "gate", id, tc_gate_to_json (g_ptr_array_index (ingest->gates, 0)));
  announce (server, "checkpoint", id,
            tc_checkpoint_to_json (g_ptr_array_index (ingest->checkpoints, 0)));
  announce (server, "event", id, tc_event_to_json (g_ptr_array_index (ingest->events, 0)));
  announce (server, "verdict", id, tc_verdict_to_json (good));
  tc_store_ingest_async (server->store, ingest, NULL, on_stored, NULL);
  tc_store_add_verdict_async (server->store, good, NULL, on_verdict_stored, NULL);
  tc_store_add_verdict_async (server->store, none, NULL, on_verdict_stored, server);
}

static void
on_held (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  TcLedger *ledger = TC_LEDGER (source);
  TcUsage usage = { 1000, 200, 0, 50, TC_MONEY_UNKNOWN, TRUE };
  TcMoney *cost = user_data;
  g_autoptr (GError) error = NULL;
  guint64 call = tc_ledger_hold_finish (ledger, result, &error);

  if (call != 0)
    tc_ledger_settle (ledger, call, 200, &usage, *cost, TC_COST_EXACT);
  g_free (cost);
  say ("%s", call != 0 ? "ok" : error->message);
}

static void
do_spend (Server *server,
          char  **words,
          guint   n_words)
{
  TcMoney cost = g_ascii_strtoll (words[2], NULL, 10);
  TcLedgerCall call = {
    .session_id = g_ascii_strtoull (words[1], NULL, 10), .attempt = 1, .provider = "xai", .key_id = 3,
    .model = "grok-code-fast-1", .hold = cost, .session_limit = TC_MONEY_UNKNOWN
  };

  tc_ledger_hold_async (server->ledger, &call, NULL, on_held, g_memdup2 (&cost, sizeof cost));
}

static void
do_busy (Server *server,
         char  **words,
         guint   n_words)
{
  say ("busy %s %u", tc_api_is_busy (server->api) ? "yes" : "no",
       tc_api_get_n_clients (server->api));
}

static void
do_routes (Server *server,
           char  **words,
           guint   n_words)
{
  guint n_routes;
  const TcApiRoute *routes = tc_api_routes_get (&n_routes);

  for (guint i = 0; i < n_routes; i++)
    say ("%s %s %d %s", routes[i].method, routes[i].pattern, routes[i].flags, routes[i].summary);
  say ("end");
}

static void
do_quit (Server *server,
         char  **words,
         guint   n_words)
{
  g_main_loop_quit (server->loop);
}

static const Command commands[] = {
  { "state", do_state },   { "figures", do_figures }, { "points", do_points },
  { "store", do_store },   { "log", do_log },         { "churn", do_churn },
  { "busy", do_busy },     { "routes", do_routes },   { "quit", do_quit },
  { "spend", do_spend },
};

static gboolean
on_command (int          fd,
            GIOCondition condition,
            gpointer     user_data)
{
  Server *server = user_data;
  char line[256];
  g_auto (GStrv) words = NULL;

  if (fgets (line, sizeof line, stdin) == NULL)
    {
      g_main_loop_quit (server->loop);
      return G_SOURCE_REMOVE;
    }
  words = g_strsplit (g_strstrip (line), " ", -1);
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (words[0], commands[i].name) == 0)
      {
        commands[i].function (server, words, g_strv_length (words));
        return G_SOURCE_CONTINUE;
      }
  g_error ("Unknown command %s", words[0]);
}

static void
on_stop_requested (Server *server)
{
  say ("stop-requested");
  g_main_loop_quit (server->loop);
}

/* What was asked for is carried out to its end; nobody may be left over. */
static void
spin_out (void)
{
  for (guint i = 0; i < 1000; i++)
    g_main_context_iteration (NULL, FALSE);
}

static int
serve (Server  *server,
       TcPaths *paths)
{
  g_autoptr (GError) error = NULL;

  if (!tc_api_listen_unix (server->api, &error))
    {
      say ("refused %d %s", error->code, error->message);
      return 3;
    }
  setvbuf (stdin, NULL, _IONBF, 0);
  g_unix_fd_add (0, G_IO_IN | G_IO_HUP, on_command, server);
  say ("ready %s", tc_paths_get_socket_path (paths));
  g_main_loop_run (server->loop);

  tc_api_shutdown (server->api);
  say ("bye");
  return 0;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (TcPaths) paths = tc_paths_new_for_root (argv[1]);
  g_autoptr (TcClock) clock = tc_clock_new_system ();
  g_autoptr (TcKeyring) keyring = memory_keyring_new ();
  g_autoptr (TcCatalogue) catalogue = tc_catalogue_new ("/nonexistent/catalogue.json", clock);
  g_autoptr (TcModelPulls) pulls = tc_model_pulls_new (clock);
  g_autoptr (TcModelRefresh) refresh = NULL;
  g_autoptr (TcInhibitor) inhibitor = NULL;
  g_autoptr (TcKeyPool) keys = NULL;
  g_autoptr (TcEstimator) estimator = NULL;
  g_autoptr (TcCheckpointKeeper) checkpoints = NULL;
  g_autoptr (TcRetention) retention = NULL;
  g_autoptr (GError) error = NULL;
  Server server = { 0 };
  int status;

  if (!tc_paths_ensure_dirs (paths, &error))
    g_error ("%s", error->message);
  server.store = tc_store_open (tc_paths_get_database_path (paths), clock, &error);
  if (server.store == NULL)
    g_error ("%s", error->message);
  server.ledger = tc_ledger_open (tc_paths_get_ledger_path (paths), clock, &error);
  if (server.ledger == NULL)
    g_error ("%s", error->message);
  server.scheduler = tc_scheduler_new (server.store, paths, clock);
  server.api = tc_api_new (server.scheduler, server.store, paths, clock);
  keys = tc_key_pool_new (server.store, keyring, clock);
  tc_api_set_keys (server.api, keys);
  refresh = tc_model_refresh_new (keys, catalogue);
  tc_api_set_catalogue (server.api, catalogue);
  tc_api_set_refresh (server.api, refresh);
  tc_api_set_pulls (server.api, pulls);
  tc_api_set_ledger (server.api, server.ledger);
  estimator = tc_estimator_new (server.scheduler, server.store, paths, clock);
  tc_estimator_set_money (estimator, server.ledger, catalogue);
  tc_api_set_estimator (server.api, estimator);
  checkpoints = tc_checkpoint_keeper_new (server.scheduler, server.store, paths, clock);
  tc_api_set_checkpoints (server.api, checkpoints);
  retention = tc_retention_new (checkpoints, server.scheduler, server.store, clock);
  tc_api_set_retention (server.api, retention);
  inhibitor = tc_inhibitor_new (server.scheduler, paths);
  tc_api_set_inhibitor (server.api, inhibitor);
  server.loop = g_main_loop_new (NULL, FALSE);
  g_signal_connect_swapped (server.api, "stop-requested", G_CALLBACK (on_stop_requested), &server);

  status = serve (&server, paths);
  tc_inhibitor_shutdown (inhibitor);
  tc_store_close (server.store);
  tc_ledger_close (server.ledger);
  spin_out ();

  g_clear_object (&estimator);
  g_clear_object (&retention);
  g_clear_object (&checkpoints);
  g_assert_finalize_object (server.api);
  g_assert_finalize_object (server.scheduler);
  g_object_unref (server.store);
  g_assert_finalize_object (server.ledger);
  g_main_loop_unref (server.loop);
  return status;
}
