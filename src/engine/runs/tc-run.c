/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-error.h"
#include "tc-exit-record.h"
#include "tc-exit-verdict.h"
#include "tc-json.h"
#include "tc-launch.h"
#include "tc-python.h"
#include "tc-run-folder.h"
#include "tc-run-private.h"

/* After news the files are looked at again this much later, however often
 * they change in between: one transaction a quarter of a second. */
#define READ_INTERVAL_MS 250
#define EXTERNAL_WATCHDOG "training_watchdog.py"
#define EXTERNAL_INTERVAL_SECONDS 60
#define STOP_BY_RULE "stop rule %u"

enum {
  SIGNAL_NEWS,
  SIGNAL_LOG,
  SIGNAL_FINDING,
  SIGNAL_ORPHANED,
  SIGNAL_ENDED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (TcRun, tc_run, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static void announce_end (TcRun *self);

/* ---- What was read goes into the store ---- */

void
tc_run_tell (TcRun      *self,
             TcSeverity  severity,
             const char *kind,
             const char *text)
{
  g_autoptr(TcEvent) event = tc_event_new (tc_session_get_id (self->session), severity, kind, text,
                                           tc_clock_get_realtime (self->clock));

  g_signal_emit (self, signals[SIGNAL_FINDING], 0, event);
}

/* The files still hold what the store could not take; it is told once. */
static void
on_store_failed (TcRun        *self,
                 const GError *error)
{
  if (!self->store_failed)
    tc_run_tell (self, TC_SEVERITY_ERROR, "store", error->message);
  self->store_failed = TRUE;
  self->has_ended = FALSE;
  tc_run_read_again_later (self);
}

static void
on_stored (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(TcRun) self = user_data;
  g_autoptr(GError) error = NULL;
  gboolean is_stored = tc_store_ingest_finish (TC_STORE (object), result, &error);

  self->is_storing = FALSE;
  if (self->folder == NULL)
    return;
  if (!is_stored)
    {
      on_store_failed (self, error);
      return;
    }
  if (self->store_failed)
    tc_run_tell (self, TC_SEVERITY_INFO, "store", "The database takes figures again; none is missing");
  self->store_failed = FALSE;
  if (self->has_ended)
    announce_end (self);
  else
    tc_run_schedule_look (self);
}

static char *
session_to_text (TcSession *session)
{
  g_autoptr(JsonNode) node = tc_session_to_json (session);

  return tc_json_to_string (node, FALSE);
}

static void
store (TcRun    *self,
       TcIngest *ingest)
{
  g_autoptr(GArray) points = tc_run_reader_take_new_points (self->reader);

  if (self->watchdog != NULL)
    {
      tc_watchdog_push_points (self->watchdog, (TcPoint *) points->data, points->len);
      for (guint i = 0; i < ingest->checkpoints->len; i++)
        {
          TcCheckpoint *checkpoint = g_ptr_array_index (ingest->checkpoints, i);

          if (checkpoint->bytes > 0)
            tc_watchdog_note_checkpoint (self->watchdog, checkpoint->bytes);
        }
    }
  g_signal_emit (self, signals[SIGNAL_NEWS], 0, ingest, points);
  self->is_storing = TRUE;
  /* Last, since what the watchdog found may have changed the session. */
  ingest->session = session_to_text (self->session);
  tc_store_ingest_async (self->store, ingest, NULL, on_stored, g_object_ref (self));
}

static void
set_elapsed (TcRun  *self,
             gint64  us)
{
  TcProgress progress = *tc_session_get_progress (self->session);

  progress.elapsed_seconds = self->elapsed_before + MAX (us, 0) / (double) G_USEC_PER_SEC;
  tc_session_set_progress (self->session, &progress);
}

static void
update_elapsed (TcRun *self)
{
  const TcProgress *progress = tc_session_get_progress (self->session);
  gint64 now = tc_clock_get_monotonic (self->clock);
  gint64 paused = self->paused_for + (self->paused_at != 0 ? now - self->paused_at : 0);

  set_elapsed (self, now - self->started - paused);
  if (self->watchdog != NULL && progress->eta_seconds >= 0)
    tc_watchdog_set_remaining (self->watchdog, progress->eta_seconds * G_USEC_PER_SEC);
}

static void
tell_log_size (TcRun *self)
{
  gint64 size = tc_run_reader_get_log_size (self->reader);

  if (size <= self->log_size)
    return;
  if (self->watchdog != NULL)
    tc_watchdog_note_log (self->watchdog, size - self->log_size);
  self->log_size = size;
  g_signal_emit (self, signals[SIGNAL_LOG], 0, size);
}

/* ---- The end ---- */

static void
decide_end (TcRun *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcExitRecord) record = tc_exit_record_load (self->run_dir, &error);
  g_autoptr(TcExitVerdict) verdict = NULL;
  const TcRunReason *reason = tc_run_reader_recall_reason (self->reader);
  gint64 now = tc_clock_get_realtime (self->clock);
  TcExitContext context = {
    .log_code = reason->code,
    .log_text = reason->text,
    .log_weight = reason->weight,
    .end_status = reason->end_status,
    .stop_code = tc_session_get_reason_code (self->session),
    .stop_text = tc_session_get_reason (self->session),
    .host_restarted = tc_run_folder_get_liveness (self->run_dir) == TC_RUN_HOST_RESTARTED,
  };

  if (record == NULL)
    g_message ("Session %" G_GUINT64_FORMAT ": %s",
               tc_session_get_id (self->session), error->message);

  verdict = tc_exit_verdict_new (record, &context);
  if (record != NULL && self->watchdog == NULL)
    set_elapsed (self, record->ended_at_us - record->started_at_us);
  if (tc_session_get_state (self->session) == TC_SESSION_STARTING)
    tc_session_set_state (self->session, TC_SESSION_RUNNING, now);
  tc_session_set_state (self->session, verdict->state,
                        record != NULL && record->ended_at_us > 0 ? record->ended_at_us : now);
  if (verdict->state != TC_SESSION_COMPLETED)
    tc_session_set_reason (self->session, verdict->code, verdict->text, reason->detail);
  else
    tc_session_set_reason (self->session, NULL, NULL, NULL);
}

static void
finish (TcRun *self)
{
  TcIngest *ingest;

  self->has_ended = TRUE;
  update_elapsed (self);
  ingest = tc_run_reader_take (self->reader);
  if (ingest == NULL)
    {
      tc_run_reader_touch (self->reader);
      ingest = tc_run_reader_take (self->reader);
    }
  store (self, ingest);
}

/* Only now that the store has it all: whoever hears of the end finds every
 * figure there. */
static void
announce_end (TcRun *self)
{
  g_object_ref (self);
  decide_end (self);
  tc_run_detach (self);
  g_signal_emit (self, signals[SIGNAL_ENDED], 0);
  g_object_unref (self);
}

/* ---- Looking at the files ---- */

static void
look (TcRun *self)
{
  gboolean more;
  TcIngest *ingest;

  self->last_read = tc_clock_get_monotonic (self->clock);
  more = tc_run_reader_read (self->reader, self->is_ending);
  tell_log_size (self);
  if (self->is_ending && !more)
    {
      finish (self);
      return;
    }
  update_elapsed (self);
  ingest = tc_run_reader_take (self->reader);
  if (ingest != NULL)
    store (self, ingest);
  else if (more)
    tc_run_schedule_look (self);
}

/* Looks at the files now, unless a batch is on its way: its answer does. */
void
tc_run_look (TcRun *self)
{
  if (!self->is_storing && !self->has_ended)
    look (self);
}

static gboolean
on_look_due (gpointer user_data)
{
  TcRun *self = user_data;

  self->read_id = 0;
  tc_run_look (self);

  return G_SOURCE_REMOVE;
}

/* The first change after a quiet time is looked at on the spot. */
void
tc_run_schedule_look (TcRun *self)
{
  gint64 since = (tc_clock_get_monotonic (self->clock) - self->last_read) / 1000;

  if (self->read_id != 0 || self->reader == NULL || self->has_ended || self->store_failed)
    return;
  if (self->is_ending || since >= READ_INTERVAL_MS)
    self->read_id = g_idle_add (on_look_due, self);
  else
    self->read_id = g_timeout_add (READ_INTERVAL_MS - MAX (since, 0), on_look_due, self);
}

void
tc_run_supervisor_left (TcRun *self)
{
  g_autofree char *exit_record = g_build_filename (self->run_dir, "exit.json", NULL);
  TcRunLiveness liveness = tc_run_folder_get_liveness (self->run_dir);

  g_clear_object (&self->control);
  /* One that was killed may still have its lock when its socket is closed. */
  if (liveness == TC_RUN_ALIVE && !g_file_test (exit_record, G_FILE_TEST_EXISTS))
    {
      tc_run_connect_later (self);
      return;
    }
  if (liveness == TC_RUN_SUPERVISOR_LOST && tc_run_folder_child_is_alive (self->run_dir))
    {
      g_signal_emit (self, signals[SIGNAL_ORPHANED], 0);
      return;
    }
  self->is_ending = TRUE;
  g_clear_handle_id (&self->read_id, g_source_remove);
  tc_run_schedule_look (self);
}

/* ---- Watching over it ---- */

static void
on_rule_stop_sent (GObject      *object,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr(TcRun) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *answer = tc_control_send_finish (TC_CONTROL (object), result, &error);

  if (answer == NULL)
    g_warning ("Session %" G_GUINT64_FORMAT " could not be stopped: %s",
               tc_session_get_id (self->session), error->message);
}

static void
on_reason_saved (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(TcRun) self = user_data;
  TcSessionConfig *config = tc_session_get_config (self->session);
  g_autofree char *command = g_strdup_printf (STOP_BY_RULE, config->grace_seconds);

  tc_store_save_sessions_finish (TC_STORE (object), result, NULL);
  if (self->control != NULL)
    tc_control_send_async (self->control, command, NULL, on_rule_stop_sent, g_object_ref (self));
}

/* The reason is the session's before the stop is sent: the engine that takes in
 * the end may be another one. */
static void
stop_by_rule (TcRun         *self,
              const TcEvent *event)
{
  g_autoptr(GPtrArray) sessions = g_ptr_array_new ();

  if (!tc_session_get_config (self->session)->auto_stop || self->control == NULL ||
      tc_session_get_reason_code (self->session) != NULL)
    return;
  tc_session_set_reason (self->session, event->kind, event->text, NULL);
  g_ptr_array_add (sessions, self->session);
  tc_store_save_sessions_async (self->store, sessions, NULL, on_reason_saved,
                                g_object_ref (self));
}

static void
on_finding (GObject  *source,
            TcEvent  *event,
            gboolean  wants_stop,
            TcRun    *self)
{
  g_signal_emit (self, signals[SIGNAL_FINDING], 0, event);
  if (wants_stop)
    stop_by_rule (self, event);
}

static void
start_external (TcRun *self)
{
  TcSessionConfig *config = tc_session_get_config (self->session);
  g_autofree char *script = tc_launch_dup_script (config, tc_paths_get_trainer_dir (self->paths));
  g_autofree char *folder = script != NULL ? g_path_get_dirname (script) : NULL;
  g_autofree char *watchdog = folder != NULL
    ? g_build_filename (folder, EXTERNAL_WATCHDOG, NULL) : NULL;
  g_autofree char *status = g_build_filename (config->workdir != NULL ? config->workdir
                                                                       : self->run_dir,
                                              "training_status.json", NULL);
  g_autofree char *program = tc_python_dup_program (config->python);
  const char *const interpreter[] = { program, NULL };

  if (watchdog == NULL || !g_file_test (watchdog, G_FILE_TEST_IS_REGULAR))
    return;
  self->external = tc_watch_external_new (self->clock, tc_session_get_id (self->session),
                                          interpreter, watchdog, status,
                                          EXTERNAL_INTERVAL_SECONDS);
  g_signal_connect_object (self->external, "finding", G_CALLBACK (on_finding), self, 0);
  tc_watch_external_start (self->external);
}

void
tc_run_start_watching (TcRun *self)
{
  g_autoptr(TcShimRecord) record = tc_shim_record_load (self->run_dir, NULL);
  const GArray *points;

  if (record == NULL)
    return;
  self->watchdog = tc_watchdog_new (self->clock, self->run_dir,
                                    tc_session_get_id (self->session),
                                    record->child_pid, record->child_start_time);
  g_signal_connect_object (self->watchdog, "finding", G_CALLBACK (on_finding), self, 0);
  points = tc_run_reader_recall_points (self->reader);
  tc_watchdog_replay_points (self->watchdog, (const TcPoint *) points->data, points->len);
  tc_watchdog_set_paused (self->watchdog,
                          tc_session_get_state (self->session) == TC_SESSION_PAUSED);
  tc_watchdog_start (self->watchdog);
  start_external (self);
}

/**
 * tc_run_detach:
 *
 * Lets go of the run, which goes on untouched.
 */
void
tc_run_detach (TcRun *self)
{
  g_return_if_fail (TC_IS_RUN (self));

  g_clear_handle_id (&self->read_id, g_source_remove);
  g_clear_handle_id (&self->connect_id, g_source_remove);
  g_clear_handle_id (&self->ask_id, g_source_remove);
  g_clear_handle_id (&self->again_id, g_source_remove);
  tc_run_finish_attaching (self);
  g_clear_pointer (&self->folder, tc_folder_watch_free);
  if (self->watchdog != NULL)
    tc_watchdog_stop (self->watchdog);
  g_clear_object (&self->watchdog);
  if (self->external != NULL)
    tc_watch_external_stop (self->external);
  g_clear_object (&self->external);
  if (self->control != NULL)
    g_signal_handlers_disconnect_by_data (self->control, self);
  g_clear_object (&self->control);
}

static void
tc_run_dispose (GObject *object)
{
  TcRun *self = TC_RUN (object);

  tc_run_detach (self);
  g_clear_pointer (&self->reader, tc_run_reader_free);
  g_clear_object (&self->session);
  g_clear_object (&self->store);
  g_clear_object (&self->paths);

  G_OBJECT_CLASS (tc_run_parent_class)->dispose (object);
}

static void
tc_run_finalize (GObject *object)
{
  TcRun *self = TC_RUN (object);

  g_clear_pointer (&self->clock, tc_clock_unref);
  g_clear_pointer (&self->run_dir, g_free);
  g_clear_pointer (&self->redactor, tc_redactor_free);

  G_OBJECT_CLASS (tc_run_parent_class)->finalize (object);
}

static void
tc_run_class_init (TcRunClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = tc_run_dispose;
  object_class->finalize = tc_run_finalize;

  signals[SIGNAL_NEWS] = g_signal_new ("news", TC_TYPE_RUN, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_ARRAY);
  signals[SIGNAL_LOG] = g_signal_new ("log", TC_TYPE_RUN, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                      NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[SIGNAL_FINDING] = g_signal_new ("finding", TC_TYPE_RUN, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                          NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_ORPHANED] = g_signal_new ("orphaned", TC_TYPE_RUN, G_SIGNAL_RUN_LAST, 0, NULL,
                                           NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_ENDED] = g_signal_new ("ended", TC_TYPE_RUN, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 0);
}

static void
tc_run_init (TcRun *self)
{
  g_queue_init (&self->waiting);
}

/**
 * tc_run_new:
 * @session: the session, in an active state
 *
 * Returns: (transfer full): a run that is not attached yet
 */
TcRun *
tc_run_new (TcSession *session,
            TcStore   *store_object,
            TcPaths   *paths,
            TcClock   *clock)
{
  TcRun *self = g_object_new (TC_TYPE_RUN, NULL);
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, tc_session_get_id (session));

  self->session = g_object_ref (session);
  self->store = g_object_ref (store_object);
  self->paths = g_object_ref (paths);
  self->clock = tc_clock_ref (clock);
  self->run_dir = tc_paths_dup_run_dir (paths, id);
  self->started = tc_clock_get_monotonic (clock);

  return self;
}

/**
 * tc_run_set_redactor:
 * @redactor: (nullable): masks what is not to be told; before it is attached
 */
void
tc_run_set_redactor (TcRun      *self,
                     TcRedactor *redactor)
{
  g_return_if_fail (TC_IS_RUN (self));

  g_clear_pointer (&self->redactor, tc_redactor_free);
  self->redactor = redactor != NULL ? tc_redactor_ref (redactor) : NULL;
}

/**
 * tc_run_get_session:
 *
 * Returns: (transfer none): the session
 */
TcSession *
tc_run_get_session (TcRun *self)
{
  g_return_val_if_fail (TC_IS_RUN (self), NULL);

  return self->session;
}

static void
on_command_answered (GObject      *object,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autofree char *answer = NULL;
  GError *error = NULL;

  answer = tc_control_send_finish (TC_CONTROL (object), result, &error);
  if (answer == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/* Takes ownership of @task. */
void
tc_run_send_command (TcRun      *self,
                     GTask      *task,
                     const char *command)
{
  if (self->control != NULL)
    {
      tc_control_send_async (self->control, command, g_task_get_cancellable (task),
                             on_command_answered, task);
      return;
    }
  g_task_return_new_error (task, TC_ERROR, TC_ERROR_UNAVAILABLE,
                           "The run's supervisor has left; the run is ending");
  g_object_unref (task);
}

/**
 * tc_run_command_async:
 * @command: a command of the shim, "pause"
 *
 * Sends @command, once the supervisor is found.
 */
void
tc_run_command_async (TcRun               *self,
                      const char          *command,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tc_run_command_async);
  if (self->is_attached)
    {
      tc_run_send_command (self, g_steal_pointer (&task), command);
      return;
    }
  g_task_set_task_data (task, g_strdup (command), g_free);
  g_queue_push_tail (&self->waiting, g_steal_pointer (&task));
}

gboolean
tc_run_command_finish (TcRun         *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * tc_run_set_paused:
 *
 * Tells the watchdogs and the clock of the run that its processes are stopped.
 */
void
tc_run_set_paused (TcRun    *self,
                   gboolean  is_paused)
{
  gint64 now;

  g_return_if_fail (TC_IS_RUN (self));

  now = tc_clock_get_monotonic (self->clock);
  if (is_paused && self->paused_at == 0)
    {
      if (self->watchdog != NULL)
        update_elapsed (self);
      self->paused_at = now;
    }
  else if (!is_paused && self->paused_at != 0)
    {
      self->paused_for += now - self->paused_at;
      self->paused_at = 0;
    }
  if (self->watchdog != NULL)
    tc_watchdog_set_paused (self->watchdog, is_paused);
}
