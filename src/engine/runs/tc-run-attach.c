/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Finding a run and its supervisor, and reading again what the store could not
 * take. */

#include "config.h"

#include "tc-error.h"
#include "tc-exit-record.h"
#include "tc-json.h"
#include "tc-run-folder.h"
#include "tc-run-private.h"

/* How soon what the store could not take is read and offered to it again. */
#define READ_AGAIN_SECONDS 2
/* How soon a supervisor that does not listen yet is called again. */
#define CONNECT_INTERVAL_MS 50
/* How often a supervisor is asked how it does: a full disk shows nowhere else,
 * since a run that cannot write changes no file. */
#define ASK_SECONDS 3

static void connect_supervisor (TcRun *self);
static void ask_status (TcRun *self);

/* Answers whoever waits for the attachment; what came of it tells the run. */
void
tc_run_finish_attaching (TcRun *self)
{
  g_autoptr(GTask) task = g_steal_pointer (&self->attaching);
  GTask *command;

  self->is_attached = TRUE;
  if (task != NULL)
    g_task_return_boolean (task, TRUE);
  while ((command = g_queue_pop_head (&self->waiting)) != NULL)
    tc_run_send_command (self, command, g_task_get_task_data (command));
}

static void
note_paused (TcRun    *self,
             gboolean  is_paused)
{
  TcSessionState state = tc_session_get_state (self->session);

  if (is_paused == (state == TC_SESSION_PAUSED) || !tc_session_state_is_active (state))
    return;
  tc_run_set_paused (self, is_paused);
  tc_session_set_state (self->session, is_paused ? TC_SESSION_PAUSED : TC_SESSION_RUNNING,
                        tc_clock_get_realtime (self->clock));
  tc_run_reader_touch (self->reader);
  tc_run_schedule_look (self);
}

static void
note_disk_full (TcRun    *self,
                gboolean  is_full,
                gint64    dropped)
{
  g_autofree char *text = NULL;

  if (is_full == self->is_disk_full)
    return;
  self->is_disk_full = is_full;
  if (is_full)
    tc_run_tell (self, TC_SEVERITY_ERROR, "disk",
                 "The disk is full. The training goes on and its output waits: free some space");
  else if (dropped == 0)
    tc_run_tell (self, TC_SEVERITY_INFO, "disk",
                 "There is space on the disk again; the output is complete");
  else
    {
      text = g_strdup_printf ("There is space on the disk again; %" G_GINT64_FORMAT " bytes of the "
                              "output are missing", dropped);
      tc_run_tell (self, TC_SEVERITY_WARNING, "disk", text);
    }
}

static void
take_status (TcRun      *self,
             const char *answer)
{
  g_autoptr(JsonObject) status = tc_json_parse_object (answer, -1, TC_JSON_DEFAULT, NULL);
  const char *state;

  if (status == NULL)
    return;
  state = tc_json_get_string (status, "state", "");
  /* Only the first time: after that our own commands are ahead of the answers. */
  if (!self->is_asked && (g_str_equal (state, "paused") || g_str_equal (state, "running")))
    note_paused (self, g_str_equal (state, "paused"));
  self->is_asked = TRUE;
  note_disk_full (self, tc_json_get_boolean (status, "disk_full", FALSE),
                  tc_json_get_int (status, "dropped_bytes", 0));
}

static gboolean
on_ask_due (gpointer user_data)
{
  TcRun *self = user_data;

  self->ask_id = 0;
  ask_status (self);

  return G_SOURCE_REMOVE;
}

/* The supervisor knows better than the store whether the run is suspended. */
static void
on_status_known (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(TcRun) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *answer = tc_control_send_finish (TC_CONTROL (object), result, &error);

  if (self->control == NULL)
    return;
  if (answer == NULL && !self->is_silent)
    tc_run_tell (self, TC_SEVERITY_WARNING, "supervisor", error->message);
  self->is_silent = answer == NULL;
  if (answer != NULL)
    take_status (self, answer);
  self->ask_id = g_timeout_add_seconds (ASK_SECONDS, on_ask_due, self);
}

static void
ask_status (TcRun *self)
{
  if (self->control != NULL)
    tc_control_send_async (self->control, "status", NULL, on_status_known, g_object_ref (self));
}

static gboolean
on_connect_due (gpointer user_data)
{
  TcRun *self = user_data;

  self->connect_id = 0;
  connect_supervisor (self);

  return G_SOURCE_REMOVE;
}

void
tc_run_connect_later (TcRun *self)
{
  if (self->connect_id == 0)
    self->connect_id = g_timeout_add (CONNECT_INTERVAL_MS, on_connect_due, self);
}

/* It may be starting just now, or have been killed a moment ago: only its lock
 * says whether it lives. */
static void
connect_supervisor (TcRun *self)
{
  g_autoptr(GError) error = NULL;

  if (!tc_run_folder_is_locked (self->run_dir))
    {
      tc_run_supervisor_left (self);
      tc_run_finish_attaching (self);
      return;
    }
  self->control = tc_control_new (self->run_dir, &error);
  if (self->control == NULL)
    {
      tc_run_connect_later (self);
      return;
    }
  g_signal_connect_object (self->control, "closed", G_CALLBACK (tc_run_supervisor_left), self,
                           G_CONNECT_SWAPPED);
  ask_status (self);
  tc_run_start_watching (self);
  tc_run_finish_attaching (self);
}

/* Seconds that earlier attempts took. */
static double
get_elapsed_before (TcRun *self)
{
  gint64 sum = 0;

  for (guint i = 1; i < tc_session_get_attempt (self->session); i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", i);
      g_autofree char *folder = g_build_filename (self->run_dir, "attempts", number, NULL);
      g_autoptr(TcExitRecord) record = tc_exit_record_load (folder, NULL);

      if (record != NULL)
        sum += MAX (record->ended_at_us - record->started_at_us, 0);
    }

  return sum / (double) G_USEC_PER_SEC;
}

/* When it began is the supervisor's to say. How much of the time since then it
 * was suspended is not written anywhere; of a run that is suspended now it
 * follows from the time it had. */
static void
restore_time (TcRun *self)
{
  g_autoptr(TcShimRecord) record = tc_shim_record_load (self->run_dir, NULL);
  double known = tc_session_get_progress (self->session)->elapsed_seconds;

  self->elapsed_before = get_elapsed_before (self);
  if (record == NULL)
    return;
  self->started = record->started_monotonic_us;
  if (self->paused_at != 0)
    self->paused_for = MAX (self->paused_at - self->started -
                            (gint64) ((known - self->elapsed_before) * G_USEC_PER_SEC), 0);
}

static gboolean
take_cursor (TcRun           *self,
             TcStore         *store_object,
             GAsyncResult    *result,
             GError         **error)
{
  g_autofree char *parser_state = NULL;
  TcIngestCursor cursor = { 0 };

  if (!tc_store_load_cursor_finish (store_object, result, &cursor, error))
    return FALSE;
  parser_state = cursor.parser_state;
  g_clear_pointer (&self->reader, tc_run_reader_free);
  self->reader = tc_run_reader_new (self->session, self->run_dir, self->clock, &cursor, error);

  if (self->reader == NULL)
    return FALSE;
  tc_run_reader_set_redactor (self->reader, self->redactor);

  return TRUE;
}

static void
on_folder_changed (gpointer user_data)
{
  TcRun *self = user_data;

  if (!self->is_storing)
    tc_run_schedule_look (self);
}

static void
on_cursor_loaded (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  TcRun *self = g_task_get_source_object (task);
  TcSessionConfig *config = tc_session_get_config (self->session);
  GError *error = NULL;

  if (!take_cursor (self, TC_STORE (object), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  self->log_size = tc_run_reader_get_log_size (self->reader);
  restore_time (self);
  self->folder = tc_folder_watch_new (self->run_dir, on_folder_changed, self, &error);
  if (self->folder == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (config->workdir != NULL)
    tc_folder_watch_add (self->folder, config->workdir, NULL);
  self->attaching = g_steal_pointer (&task);
  tc_run_schedule_look (self);
  connect_supervisor (self);
}

/* ---- Reading again what the store could not take ---- */

static void
on_cursor_known (GObject      *object,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(TcRun) self = user_data;
  g_autoptr(GError) error = NULL;

  if (self->folder == NULL)
    return;
  if (!take_cursor (self, TC_STORE (object), result, &error))
    tc_run_read_again_later (self);
  else
    tc_run_look (self);
}

static void
on_session_saved (GObject      *object,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr(TcRun) self = user_data;

  if (self->folder == NULL)
    return;
  if (!tc_store_save_sessions_finish (TC_STORE (object), result, NULL))
    tc_run_read_again_later (self);
  else
    tc_store_load_cursor_async (self->store, tc_session_get_id (self->session), NULL,
                                on_cursor_known, g_object_ref (self));
}

/* The session first: a database that was replaced may not know it. */
static gboolean
on_again_due (gpointer user_data)
{
  TcRun *self = user_data;
  g_autoptr(GPtrArray) sessions = g_ptr_array_new ();

  self->again_id = 0;
  g_ptr_array_add (sessions, self->session);
  tc_store_save_sessions_async (self->store, sessions, NULL, on_session_saved,
                                g_object_ref (self));

  return G_SOURCE_REMOVE;
}

void
tc_run_read_again_later (TcRun *self)
{
  if (self->again_id == 0)
    self->again_id = g_timeout_add_seconds (READ_AGAIN_SECONDS, on_again_due, self);
}

/**
 * tc_run_attach_async:
 *
 * Goes on where the store says reading has stopped; if the run has ended
 * meanwhile, its end is taken in.
 */
void
tc_run_attach_async (TcRun               *self,
                     GCancellable        *cancellable,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tc_run_attach_async);
  tc_store_load_cursor_async (self->store, tc_session_get_id (self->session), cancellable,
                              on_cursor_loaded, g_steal_pointer (&task));
}

gboolean
tc_run_attach_finish (TcRun         *self,
                      GAsyncResult  *result,
                      GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
