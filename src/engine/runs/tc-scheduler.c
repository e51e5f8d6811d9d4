/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-error.h"
#include "tc-json.h"
#include "tc-scheduler-private.h"
#include "tc-start-run.h"

/* One after the other: a second training on the same GPU makes both slower or
 * ends both. */
#define RUNS_AT_ONCE 1

enum {
  SIGNAL_SESSION_ADDED,
  SIGNAL_SESSION_CHANGED,
  SIGNAL_SESSION_REMOVED,
  SIGNAL_POINTS,
  SIGNAL_RECORD,
  SIGNAL_LOG,
  SIGNAL_QUEUE_CHANGED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (TcScheduler, tc_scheduler, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

gint64
tc_scheduler_now (TcScheduler *self)
{
  return tc_clock_get_realtime (self->clock);
}

void
tc_scheduler_emit_queue_changed (TcScheduler *self)
{
  g_signal_emit (self, signals[SIGNAL_QUEUE_CHANGED], 0);
}

/* ---- Keeping sessions ---- */

static void
on_session_changed (TcSession   *session,
                    TcScheduler *self)
{
  g_signal_emit (self, signals[SIGNAL_SESSION_CHANGED], 0, session);
}

/* For what the session does not tell itself: its place. */
void
tc_scheduler_emit_changed (TcScheduler *self,
                           TcSession   *session)
{
  on_session_changed (session, self);
}

/* Takes @session into the queue and follows its changes. */
void
tc_scheduler_adopt_session (TcScheduler *self,
                            TcSession   *session)
{
  tc_queue_add (self->queue, session);
  self->last_id = MAX (self->last_id, tc_session_get_id (session));
  g_signal_connect_object (session, "changed", G_CALLBACK (on_session_changed), self, 0);
  g_signal_emit (self, signals[SIGNAL_SESSION_ADDED], 0, session);
}

/* Lets go of @session, which is not active. */
void
tc_scheduler_drop_session (TcScheduler *self,
                           TcSession   *session)
{
  g_signal_handlers_disconnect_by_func (session, on_session_changed, self);
  tc_queue_remove (self->queue, session);
  g_signal_emit (self, signals[SIGNAL_SESSION_REMOVED], 0, tc_session_get_id (session));
}

static void
on_saved (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  if (!tc_store_save_sessions_finish (TC_STORE (object), result, &error))
    g_warning ("A session could not be saved: %s", error->message);
}

/* Saves @session; the run folders hold what a failed save would lose. */
void
tc_scheduler_save (TcScheduler *self,
                   TcSession   *session)
{
  g_autoptr(GPtrArray) sessions = g_ptr_array_new ();

  g_ptr_array_add (sessions, session);
  tc_store_save_sessions_async (self->store, sessions, NULL, on_saved, NULL);
}

static void
on_event_added (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  if (!tc_store_add_event_finish (TC_STORE (object), result, &error))
    g_warning ("An event could not be stored: %s", error->message);
}

static void
tell_event (TcScheduler *self,
            TcEvent     *event)
{
  g_autoptr(JsonNode) node = tc_event_to_json (event);

  if (event->session_id != 0)
    g_message ("Session %" G_GUINT64_FORMAT ": %s", event->session_id, event->text);
  else
    g_message ("%s", event->text);
  tc_store_add_event_async (self->store, event, NULL, on_event_added, NULL);
  g_signal_emit (self, signals[SIGNAL_RECORD], 0, "event", event->session_id, node);
}

void
tc_scheduler_tell (TcScheduler *self,
                   TcSession   *session,
                   TcSeverity   severity,
                   const char  *kind,
                   const char  *text)
{
  tc_scheduler_report (self, tc_session_get_id (session), severity, kind, text);
}

/**
 * tc_scheduler_report:
 * @id: a session's; 0: of the engine itself
 * @kind: a short word
 * @text: a sentence for people
 */
void
tc_scheduler_report (TcScheduler *self,
                     guint64      id,
                     TcSeverity   severity,
                     const char  *kind,
                     const char  *text)
{
  g_autoptr(TcEvent) event = tc_event_new (id, severity, kind, text, tc_scheduler_now (self));

  g_return_if_fail (TC_IS_SCHEDULER (self));

  tell_event (self, event);
}

/* ---- Following runs ---- */

TcRun *
tc_scheduler_get_run (TcScheduler *self,
                      guint64      id)
{
  return g_hash_table_lookup (self->runs, &id);
}

static void
emit_records (TcScheduler *self,
              const char  *kind,
              guint64      id,
              GPtrArray   *records,
              JsonNode  *(*to_json) (gpointer record))
{
  for (guint i = 0; i < records->len; i++)
    {
      g_autoptr(JsonNode) node = to_json (g_ptr_array_index (records, i));

      g_signal_emit (self, signals[SIGNAL_RECORD], 0, kind, id, node);
    }
}

static JsonNode *
gate_to_json (gpointer record)
{
  return tc_gate_to_json (record);
}

static JsonNode *
checkpoint_to_json (gpointer record)
{
  return tc_checkpoint_to_json (record);
}

static JsonNode *
event_to_json (gpointer record)
{
  return tc_event_to_json (record);
}

static void
on_run_news (TcRun       *run,
             TcIngest    *ingest,
             GArray      *points,
             TcScheduler *self)
{
  if (points->len > 0)
    g_signal_emit (self, signals[SIGNAL_POINTS], 0, ingest->session_id, points);
  emit_records (self, "gate", ingest->session_id, ingest->gates, gate_to_json);
  emit_records (self, "checkpoint", ingest->session_id, ingest->checkpoints, checkpoint_to_json);
  emit_records (self, "event", ingest->session_id, ingest->events, event_to_json);
}

static void
on_run_log (TcRun       *run,
            gint64       size,
            TcScheduler *self)
{
  g_signal_emit (self, signals[SIGNAL_LOG], 0, tc_session_get_id (tc_run_get_session (run)), size);
}

static void
on_run_finding (TcRun       *run,
                TcEvent     *event,
                TcScheduler *self)
{
  tell_event (self, event);
}

static void
tell_end (TcScheduler *self,
          TcSession   *session)
{
  TcSessionState state = tc_session_get_state (session);
  const char *text = tc_session_get_reason (session);

  if (text == NULL)
    text = state == TC_SESSION_COMPLETED ? "It was completed." : state == TC_SESSION_CANCELLED ? "It was cancelled." : "It failed.";

  tc_scheduler_tell (self, session,
                     state == TC_SESSION_FAILED ? TC_SEVERITY_ERROR : TC_SEVERITY_INFO,
                     "state", text);
}

static void
on_run_ended (TcRun       *run,
              TcScheduler *self)
{
  TcSession *session = tc_run_get_session (run);
  guint64 id = tc_session_get_id (session);

  tc_scheduler_save (self, session);
  tell_end (self, session);
  tc_scheduler_close_access (self, session);
  g_hash_table_remove (self->runs, &id);
  g_hash_table_remove (self->cancelled, &id);
  tc_scheduler_schedule (self);
}

static void
on_run_orphaned (TcRun       *run,
                 TcScheduler *self)
{
  g_autoptr(TcSession) session = g_object_ref (tc_run_get_session (run));
  guint64 id = tc_session_get_id (session);

  tc_run_detach (run);
  g_hash_table_remove (self->runs, &id);
  tc_scheduler_adopt_run (self, session);
}

static void
on_stop_sent (GObject      *object,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  if (!tc_run_command_finish (TC_RUN (object), result, &error))
    g_warning ("%s", error->message);
}

/* Cancelled before it was on: the shim stops everything, the end comes by
 * itself. */
static void
stop_run (TcRun *run)
{
  TcSessionConfig *config = tc_session_get_config (tc_run_get_session (run));
  g_autofree char *command = g_strdup_printf ("stop user %u", config->grace_seconds);

  tc_run_command_async (run, command, NULL, on_stop_sent, NULL);
}

/* @session could not be started, and never will be as it is. */
void
tc_scheduler_fail (TcScheduler  *self,
                   TcSession    *session,
                   const GError *error)
{
  guint64 id = tc_session_get_id (session);

  g_hash_table_remove (self->runs, &id);
  g_hash_table_remove (self->cancelled, &id);
  tc_scheduler_close_access (self, session);
  tc_session_set_state (session, TC_SESSION_FAILED, tc_scheduler_now (self));
  tc_session_set_reason (session, "launch", error->message, NULL);
  tc_scheduler_save (self, session);
  tell_end (self, session);
  tc_scheduler_schedule (self);
}

static void
on_attached (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(TcScheduler) self = user_data;
  TcRun *run = TC_RUN (object);
  TcSession *session = tc_run_get_session (run);
  guint64 id = tc_session_get_id (session);
  g_autoptr(GError) error = NULL;

  if (!tc_run_attach_finish (run, result, &error))
    {
      tc_run_detach (run);
      tc_scheduler_fail (self, session, error);
      return;
    }
  if (tc_scheduler_get_run (self, id) == run && g_hash_table_contains (self->cancelled, &id))
    stop_run (run);
}

/* Follows the run of @session from now on. */
void
tc_scheduler_attach (TcScheduler *self,
                     TcSession   *session)
{
  TcRun *run = tc_run_new (session, self->store, self->paths, self->clock);
  guint64 id = tc_session_get_id (session);

  tc_run_set_redactor (run, self->redactor);
  if (tc_session_get_state (session) == TC_SESSION_PAUSED)
    tc_run_set_paused (run, TRUE);
  g_hash_table_insert (self->runs, g_memdup2 (&id, sizeof id), run);
  g_signal_connect_object (run, "news", G_CALLBACK (on_run_news), self, 0);
  g_signal_connect_object (run, "log", G_CALLBACK (on_run_log), self, 0);
  g_signal_connect_object (run, "finding", G_CALLBACK (on_run_finding), self, 0);
  g_signal_connect_object (run, "orphaned", G_CALLBACK (on_run_orphaned), self, 0);
  g_signal_connect_object (run, "ended", G_CALLBACK (on_run_ended), self, 0);
  tc_run_attach_async (run, NULL, on_attached, g_object_ref (self));
}

/* ---- What runs when ---- */

typedef struct {
  TcScheduler *self;     /* (owned) */
  TcSession   *session;  /* (owned) */
} StartData;

static void
on_started (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  StartData *data = user_data;
  g_autoptr(TcScheduler) self = data->self;
  g_autoptr(TcSession) session = data->session;
  g_autoptr(GError) error = NULL;

  g_free (data);
  /* A supervisor that is at work there was started by an engine that died at
   * that very moment: it is the one this session was given. */
  if (!tc_start_run_finish (result, &error) &&
      !g_error_matches (error, TC_ERROR, TC_ERROR_BUSY))
    {
      tc_scheduler_fail (self, session, error);
      return;
    }
  if (self->is_shut_down)
    return;
  tc_session_set_state (session, TC_SESSION_RUNNING, tc_scheduler_now (self));
  tc_scheduler_save (self, session);
  tc_scheduler_attach (self, session);
}

/* Starts the run of @session, which is starting.
 * @variables: (nullable): "NAME=VALUE", for the run's environment only */
void
tc_scheduler_launch (TcScheduler       *self,
                     TcSession         *session,
                     const char *const *variables)
{
  TcSessionConfig *config = tc_session_get_config (session);
  TcSession *before = config->after != 0 ? tc_queue_lookup (self->queue, config->after) : NULL;
  const char *weights = before != NULL ? tc_session_get_best_checkpoint (before) : NULL;
  gint64 now = tc_scheduler_now (self);
  StartData *data = g_new0 (StartData, 1);

  tc_session_begin_attempt (session, now);
  tc_scheduler_save (self, session);
  data->self = g_object_ref (self);
  data->session = g_object_ref (session);
  tc_start_run_async (session, self->paths, weights, variables, NULL, on_started, data);
}

static void
skip_session (TcScheduler *self,
              TcSession   *session,
              const char  *text)
{
  tc_session_set_state (session, TC_SESSION_SKIPPED, tc_scheduler_now (self));
  tc_session_set_reason (session, "skipped", text, NULL);
  tc_scheduler_save (self, session);
}

static void
hold_session (TcScheduler    *self,
              TcSession      *session,
              TcSessionState  state,
              const char     *text)
{
  gboolean changed = tc_session_get_state (session) != state;

  if (changed)
    tc_session_set_state (session, state, tc_scheduler_now (self));
  tc_session_set_waiting_for (session, text);
  if (changed)
    tc_scheduler_save (self, session);
}

/* Returns: whether the condition of a waiting session is met. */
static gboolean
check_condition (TcScheduler *self,
                 TcSession   *session)
{
  guint64 after = tc_session_get_config (session)->after;
  TcSession *before = after != 0 ? tc_queue_lookup (self->queue, after) : NULL;
  g_autofree char *text = NULL;

  if (after == 0)
    return TRUE;
  if (before == NULL)
    {
      text = g_strdup_printf ("Session %" G_GUINT64_FORMAT ", which it was to follow, was removed",
                              after);
      skip_session (self, session, text);
      return FALSE;
    }

  switch (tc_session_get_state (before))
    {
    case TC_SESSION_COMPLETED:
      if (tc_session_get_state (session) == TC_SESSION_BLOCKED)
        hold_session (self, session, TC_SESSION_QUEUED, NULL);
      return TRUE;
    case TC_SESSION_FAILED:
    case TC_SESSION_BLOCKED:
      text = g_strdup_printf ("Waits for session %" G_GUINT64_FORMAT ", which failed: "
                              "retry that one, or remove this", after);
      hold_session (self, session, TC_SESSION_BLOCKED, text);
      return FALSE;
    case TC_SESSION_CANCELLED:
    case TC_SESSION_SKIPPED:
      text = g_strdup_printf ("Session %" G_GUINT64_FORMAT ", which it was to follow, did not run "
                              "to its end", after);
      skip_session (self, session, text);
      return FALSE;
    case TC_SESSION_QUEUED:
    case TC_SESSION_STARTING:
    case TC_SESSION_RUNNING:
    case TC_SESSION_PAUSED:
    case TC_SESSION_N_STATES:
    default:
      text = g_strdup_printf ("Waits for session %" G_GUINT64_FORMAT, after);
      hold_session (self, session, TC_SESSION_QUEUED, text);
      return FALSE;
    }
}

/* Starts what may start now. Conditions are looked at even when nothing can be
 * started, so that everybody sees what a session waits for. */
void
tc_scheduler_schedule (TcScheduler *self)
{
  g_autoptr(GPtrArray) waiting = g_ptr_array_new_with_free_func (g_object_unref);
  guint active = tc_scheduler_get_n_active (self);

  if (self->is_shut_down)
    return;

  for (guint i = 0; i < tc_queue_get_n (self->queue); i++)
    {
      TcSession *session = tc_queue_peek (self->queue, i);
      TcSessionState state = tc_session_get_state (session);

      if (state == TC_SESSION_QUEUED || state == TC_SESSION_BLOCKED)
        g_ptr_array_add (waiting, g_object_ref (session));
    }

  self->n_held = 0;
  for (guint i = 0; i < waiting->len; i++)
    {
      TcSession *session = g_ptr_array_index (waiting, i);
      gboolean is_its_turn = !self->is_paused && active < RUNS_AT_ONCE;

      if (!check_condition (self, session) ||
          !tc_scheduler_check_access (self, session, is_its_turn) || !is_its_turn)
        continue;
      tc_scheduler_open (self, session);
      active++;
    }
  tc_scheduler_plan_wake (self);
}

/* ---- The object ---- */

static void
tc_scheduler_dispose (GObject *object)
{
  TcScheduler *self = TC_SCHEDULER (object);

  tc_scheduler_shutdown (self);
  tc_scheduler_clear_access (self);
  tc_scheduler_clear_removed (self);
  g_clear_pointer (&self->runs, g_hash_table_unref);
  g_clear_pointer (&self->cancelled, g_hash_table_unref);
  g_clear_pointer (&self->redactor, tc_redactor_free);
  g_clear_object (&self->queue);
  g_clear_object (&self->store);
  g_clear_object (&self->paths);
  g_clear_pointer (&self->clock, tc_clock_unref);

  G_OBJECT_CLASS (tc_scheduler_parent_class)->dispose (object);
}

static guint
new_signal (const char *name,
            guint       n_params,
            ...)
{
  guint id;
  va_list types;

  va_start (types, n_params);
  id = g_signal_new_valist (name, TC_TYPE_SCHEDULER, G_SIGNAL_RUN_LAST, NULL, NULL, NULL, NULL,
                            G_TYPE_NONE, n_params, types);
  va_end (types);

  return id;
}

static void
tc_scheduler_class_init (TcSchedulerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tc_scheduler_dispose;

  signals[SIGNAL_SESSION_ADDED] = new_signal ("session-added", 1, TC_TYPE_SESSION);
  signals[SIGNAL_SESSION_CHANGED] = new_signal ("session-changed", 1, TC_TYPE_SESSION);
  signals[SIGNAL_SESSION_REMOVED] = new_signal ("session-removed", 1, G_TYPE_UINT64);
  signals[SIGNAL_POINTS] = new_signal ("points", 2, G_TYPE_UINT64, G_TYPE_ARRAY);
  signals[SIGNAL_RECORD] = new_signal ("record", 3, G_TYPE_STRING, G_TYPE_UINT64, JSON_TYPE_NODE);
  signals[SIGNAL_LOG] = new_signal ("log", 2, G_TYPE_UINT64, G_TYPE_INT64);
  signals[SIGNAL_QUEUE_CHANGED] = new_signal ("queue-changed", 0);
}

static void
tc_scheduler_init (TcScheduler *self)
{
  self->queue = tc_queue_new ();
  self->runs = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
  self->cancelled = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->is_paused = TRUE;
  tc_scheduler_init_removed (self);
  tc_scheduler_init_access (self);
}

/* The database was damaged and has been replaced: it may know older sessions
 * only, or none. The runs find out by themselves and read again. */
static void
on_store_recovered (TcStore     *store,
                    const char  *message,
                    TcScheduler *self)
{
  g_autoptr(GPtrArray) sessions = g_ptr_array_new ();

  g_warning ("%s", message);
  for (guint i = 0; i < tc_queue_get_n (self->queue); i++)
    g_ptr_array_add (sessions, tc_queue_peek (self->queue, i));
  if (sessions->len > 0)
    tc_store_save_sessions_async (store, sessions, NULL, on_saved, NULL);
}

/**
 * tc_scheduler_new:
 *
 * Returns: (transfer full): a scheduler without sessions; load them next
 */
TcScheduler *
tc_scheduler_new (TcStore *store,
                  TcPaths *paths,
                  TcClock *clock)
{
  TcScheduler *self = g_object_new (TC_TYPE_SCHEDULER, NULL);

  self->store = g_object_ref (store);
  self->paths = g_object_ref (paths);
  self->clock = tc_clock_ref (clock);
  g_signal_connect_object (store, "recovered", G_CALLBACK (on_store_recovered), self, 0);

  return self;
}

/**
 * tc_scheduler_shutdown:
 *
 * Lets go of all runs, which go on untouched, and starts nothing any more.
 */
void
tc_scheduler_shutdown (TcScheduler *self)
{
  GHashTableIter iter;
  gpointer run;

  g_return_if_fail (TC_IS_SCHEDULER (self));

  self->is_shut_down = TRUE;
  tc_scheduler_stop_access (self);
  if (self->runs == NULL)
    return;
  g_hash_table_iter_init (&iter, self->runs);
  while (g_hash_table_iter_next (&iter, NULL, &run))
    tc_run_detach (run);
  g_hash_table_remove_all (self->runs);
}

/**
 * tc_scheduler_get_queue:
 *
 * Returns: (transfer none): all sessions, in order
 */
TcQueue *
tc_scheduler_get_queue (TcScheduler *self)
{
  g_return_val_if_fail (TC_IS_SCHEDULER (self), NULL);

  return self->queue;
}

/**
 * tc_scheduler_get_paused:
 *
 * Returns: whether the queue starts nothing more
 */
gboolean
tc_scheduler_get_paused (TcScheduler *self)
{
  g_return_val_if_fail (TC_IS_SCHEDULER (self), TRUE);

  return self->is_paused;
}

/**
 * tc_scheduler_get_n_active:
 *
 * Returns: the number of sessions that start, run or are suspended
 */
guint
tc_scheduler_get_n_active (TcScheduler *self)
{
  guint n = 0;

  g_return_val_if_fail (TC_IS_SCHEDULER (self), 0);

  for (guint i = 0; i < tc_queue_get_n (self->queue); i++)
    n += tc_session_state_is_active (tc_session_get_state (tc_queue_peek (self->queue, i)));

  return n;
}

/**
 * tc_scheduler_dup_run_dir:
 *
 * Returns: (transfer full): the run folder of session @id, there or not
 */
char *
tc_scheduler_dup_run_dir (TcScheduler *self,
                          guint64      id)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, id);

  g_return_val_if_fail (TC_IS_SCHEDULER (self), NULL);

  return tc_paths_dup_run_dir (self->paths, text);
}
