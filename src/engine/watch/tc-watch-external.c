/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-watch-external.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tc-line-splitter.h"
#include "tc-records.h"
#include "tc-watch-limits.h"
#include "tc-watch-news.h"

#define MAX_RESTARTS   3
#define READ_BYTES     4096
#define HUNG_SLACK_US  (50 * G_USEC_PER_SEC) /* with CHECK_S it is a minute */
#define CHECK_S        10
#define NICENESS       10

static const guint back_off_s[MAX_RESTARTS] = { 5, 30, 120 };

struct _TcWatchExternal
{
  GObject         parent_instance;

  TcClock        *clock;        /* (owned) */
  guint64         session_id;
  char          **interpreter;  /* (owned) */
  char           *script;       /* (owned) */
  char           *status_file;  /* (owned) */
  guint           interval_s;

  TcWatchNews    *news;         /* (owned) */
  TcWatchLimits  *limits;       /* (owned) */
  TcLineSplitter *splitter;     /* (owned) */

  GSubprocess    *process;      /* (owned) (nullable) */
  GPid            pid;          /* of process; leader of its own group */
  GCancellable   *cancellable;  /* (owned) (nullable) of everything about process */
  gint64          heard_at;     /* monotonic */
  guint           n_lines;      /* of this process */
  guint           n_restarts;
  gint64          restart_at;   /* monotonic; 0: nothing is planned */
  guint           check_id;     /* the timer, while started */
};

enum
{
  SIGNAL_FINDING,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TcWatchExternal, tc_watch_external, G_TYPE_OBJECT)

static gboolean spawn         (TcWatchExternal *self);
static void     on_bytes_read (GObject         *source,
                               GAsyncResult    *result,
                               gpointer         user_data);
static void     on_ended      (GObject         *source,
                               GAsyncResult    *result,
                               gpointer         user_data);

/* ---- references ---- */

/* What is under way for the process does not keep the object: who drops it
 * means to end the process. */
static GWeakRef *
weak_new (TcWatchExternal *self)
{
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  g_weak_ref_init (weak, self);

  return weak;
}

/* Returns: (transfer full) (nullable): the object, if it is still there. */
static TcWatchExternal *
weak_take (gpointer user_data)
{
  GWeakRef *weak = user_data;
  TcWatchExternal *self = g_weak_ref_get (weak);

  g_weak_ref_clear (weak);
  g_free (weak);

  return self;
}

/* ---- out ---- */

static void
emit_finding (const TcFinding *finding,
              gpointer         user_data)
{
  TcWatchExternal *self = TC_WATCH_EXTERNAL (user_data);
  g_autoptr(TcEvent) event = NULL;

  event = tc_event_new (self->session_id, finding->severity, finding->kind, finding->text,
                        tc_clock_get_realtime (self->clock));
  g_signal_emit (self, signals[SIGNAL_FINDING], 0, event, FALSE);
}

static void
take_finding (const TcFinding *finding,
              gpointer         user_data)
{
  TcWatchExternal *self = TC_WATCH_EXTERNAL (user_data);

  tc_watch_limits_push (self->limits, finding, tc_clock_get_monotonic (self->clock),
                        emit_finding, self);
}

/* What happens to the watchdog itself; seldom, so never withheld. Takes the
 * text. */
static void
tell (TcWatchExternal *self,
      TcSeverity       severity,
      char            *text)
{
  tc_finding_report ("watchdog", severity, text, emit_finding, self);
}

/* ---- its life ---- */

/* Runs in the child, between fork and exec: only plain system calls. */
static void
set_up_child (gpointer user_data)
{
  setpgid (0, 0);
  setpriority (PRIO_PROCESS, 0, NICENESS);
}

/* Ends the process and whatever it has started. Its exit is nobody's news. A
 * group keeps its number from being given out again while it has a member, so
 * this also reaches what a process that has ended left behind. */
static void
drop_process (TcWatchExternal *self)
{
  if (self->process == NULL)
    return;

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);

  if (self->pid > 1)
    kill (-self->pid, SIGKILL);
  g_clear_object (&self->process);
  self->pid = 0;
}

/* GLib reaps in a thread of its own and forgets the pid at once: one that has
 * already ended has none. */
static GPid
get_pid (GSubprocess *process)
{
  const char *identifier = g_subprocess_get_identifier (process);

  return identifier != NULL ? (GPid) g_ascii_strtoll (identifier, NULL, 10) : 0;
}

static void
plan_restart (TcWatchExternal *self)
{
  /* Stopped, perhaps by who was just told. */
  if (self->check_id == 0)
    return;

  if (self->n_restarts >= MAX_RESTARTS)
    {
      tell (self, TC_SEVERITY_WARNING,
            g_strdup ("The script's watchdog is given up after three restarts. The "
                      "built-in one goes on."));
      return;
    }

  self->restart_at = tc_clock_get_monotonic (self->clock) +
                     (gint64) back_off_s[self->n_restarts] * G_USEC_PER_SEC;
  self->n_restarts++;
}

static void
line_cb (const TcLine *line,
         gpointer      user_data)
{
  TcWatchExternal *self = TC_WATCH_EXTERNAL (user_data);

  self->n_lines++;
  tc_watch_news_push (self->news, line->text, (gssize) line->length,
                      tc_clock_get_monotonic (self->clock), take_finding, self);
}

static void
read_on (TcWatchExternal *self,
         GInputStream    *stream)
{
  g_input_stream_read_bytes_async (stream, READ_BYTES, G_PRIORITY_LOW, self->cancellable,
                                   on_bytes_read, weak_new (self));
}

static void
on_bytes_read (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(TcWatchExternal) self = weak_take (user_data);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;

  bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  if (self == NULL || bytes == NULL || g_bytes_get_size (bytes) == 0)
    {
      if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_info ("Could not read from the script's watchdog: %s", error->message);
      return;
    }

  self->heard_at = tc_clock_get_monotonic (self->clock);
  tc_line_splitter_push (self->splitter, g_bytes_get_data (bytes, NULL),
                         g_bytes_get_size (bytes), line_cb, self);

  /* A listener may have stopped us. */
  if (self->process != NULL && g_subprocess_get_stdout_pipe (self->process) == G_INPUT_STREAM (source))
    read_on (self, G_INPUT_STREAM (source));
}

static char *
describe_exit (GSubprocess *process)
{
  if (g_subprocess_get_if_signaled (process))
    return g_strdup_printf ("signal %d", g_subprocess_get_term_sig (process));

  return g_strdup_printf ("exit code %d", g_subprocess_get_exit_status (process));
}

static void
on_ended (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(TcWatchExternal) self = weak_take (user_data);
  GSubprocess *process = G_SUBPROCESS (source);
  g_autofree char *how = NULL;

  /* Cancelled: it was dropped on purpose. */
  if (!g_subprocess_wait_finish (process, result, NULL) || self == NULL ||
      process != self->process)
    return;

  how = describe_exit (process);
  drop_process (self);

  /* It leaves by itself when the training is over. */
  if (g_subprocess_get_if_exited (process) && g_subprocess_get_exit_status (process) == 0)
    return;

  tell (self, TC_SEVERITY_WARNING,
        g_strdup_printf ("The script's watchdog ended by itself (%s).", how));
  plan_restart (self);
}

static GSubprocess *
launch (TcWatchExternal  *self,
        GError          **error)
{
  g_autoptr(GSubprocessLauncher) launcher = NULL;
  g_autoptr(GPtrArray) argv = g_ptr_array_new ();
  g_autofree char *interval = g_strdup_printf ("%u", self->interval_s);

  for (guint i = 0; self->interpreter[i] != NULL; i++)
    g_ptr_array_add (argv, self->interpreter[i]);
  g_ptr_array_add (argv, self->script);
  g_ptr_array_add (argv, (char *) "--status-file");
  g_ptr_array_add (argv, self->status_file);
  g_ptr_array_add (argv, (char *) "--check-interval");
  g_ptr_array_add (argv, interval);
  g_ptr_array_add (argv, NULL);

  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                        G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_subprocess_launcher_set_child_setup (launcher, set_up_child, NULL, NULL);
  g_subprocess_launcher_setenv (launcher, "PYTHONUNBUFFERED", "1", TRUE);
  g_subprocess_launcher_setenv (launcher, "TZ", "UTC", TRUE);

  return g_subprocess_launcher_spawnv (launcher, (const char *const *) argv->pdata, error);
}

static gboolean
spawn (TcWatchExternal *self)
{
  g_autoptr(GError) error = NULL;

  self->restart_at = 0;
  self->process = launch (self, &error);
  if (self->process == NULL)
    {
      tell (self, TC_SEVERITY_WARNING,
            g_strdup_printf ("The script's watchdog could not be started: %s",
                             error->message));
      return FALSE;
    }

  self->pid = get_pid (self->process);
  self->cancellable = g_cancellable_new ();
  self->heard_at = tc_clock_get_monotonic (self->clock);
  self->n_lines = 0;
  tc_line_splitter_reset (self->splitter, 0);

  read_on (self, g_subprocess_get_stdout_pipe (self->process));
  g_subprocess_wait_async (self->process, self->cancellable, on_ended, weak_new (self));

  return TRUE;
}

/* ---- the watch over it ---- */

/* One that has never said a word may be one that only speaks of trouble. */
static gboolean
is_hung (TcWatchExternal *self,
         gint64           now)
{
  gint64 patience = (gint64) self->interval_s * G_USEC_PER_SEC + HUNG_SLACK_US;

  return self->process != NULL && self->n_lines > 0 && now - self->heard_at >= patience;
}

static gboolean
check_cb (gpointer user_data)
{
  tc_watch_external_tick (TC_WATCH_EXTERNAL (user_data));

  return G_SOURCE_CONTINUE;
}

static void
tc_watch_external_dispose (GObject *object)
{
  tc_watch_external_stop (TC_WATCH_EXTERNAL (object));

  G_OBJECT_CLASS (tc_watch_external_parent_class)->dispose (object);
}

static void
tc_watch_external_finalize (GObject *object)
{
  TcWatchExternal *self = TC_WATCH_EXTERNAL (object);

  g_clear_pointer (&self->clock, tc_clock_unref);
  g_clear_pointer (&self->interpreter, g_strfreev);
  g_clear_pointer (&self->script, g_free);
  g_clear_pointer (&self->status_file, g_free);
  g_clear_pointer (&self->news, tc_watch_news_free);
  g_clear_pointer (&self->limits, tc_watch_limits_free);
  g_clear_pointer (&self->splitter, tc_line_splitter_free);

  G_OBJECT_CLASS (tc_watch_external_parent_class)->finalize (object);
}

static void
tc_watch_external_class_init (TcWatchExternalClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = tc_watch_external_dispose;
  object_class->finalize = tc_watch_external_finalize;

  /**
   * TcWatchExternal::finding:
   * @event: (type gpointer): a borrowed TcEvent of kind "watchdog"
   * @wants_stop: always FALSE
   */
  signals[SIGNAL_FINDING] =
    g_signal_new ("finding", TC_TYPE_WATCH_EXTERNAL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_BOOLEAN);
}

static void
tc_watch_external_init (TcWatchExternal *self)
{
  self->limits = tc_watch_limits_new ();
  self->splitter = tc_line_splitter_new (TC_LINE_SPLITTER_DEFAULT, 0);
}

/**
 * tc_watch_external_new:
 * @clock: all times come from it
 * @session_id: goes into the events
 * @interpreter: (array zero-terminated=1): what runs the script, { "python3", NULL }
 * @script: the path of training_watchdog.py, which need not be there
 * @status_file: what it is to look at
 * @interval_s: how often it is to look, at least 1
 *
 * Returns: (transfer full): a watch that is not started yet
 */
TcWatchExternal *
tc_watch_external_new (TcClock            *clock,
                       guint64             session_id,
                       const char * const *interpreter,
                       const char         *script,
                       const char         *status_file,
                       guint               interval_s)
{
  TcWatchExternal *self;

  g_return_val_if_fail (clock != NULL, NULL);
  g_return_val_if_fail (interpreter != NULL && interpreter[0] != NULL, NULL);
  g_return_val_if_fail (script != NULL && status_file != NULL, NULL);
  g_return_val_if_fail (interval_s > 0, NULL);

  self = g_object_new (TC_TYPE_WATCH_EXTERNAL, NULL);
  self->clock = tc_clock_ref (clock);
  self->session_id = session_id;
  self->interpreter = g_strdupv ((char **) interpreter);
  self->script = g_strdup (script);
  self->status_file = g_strdup (status_file);
  self->interval_s = interval_s;
  self->news = tc_watch_news_new ((gint64) interval_s * G_USEC_PER_SEC);

  return self;
}

/**
 * tc_watch_external_start:
 * @self: a watch
 *
 * Starts the script, if there is one, and looks after it.
 *
 * Returns: whether it runs
 */
gboolean
tc_watch_external_start (TcWatchExternal *self)
{
  g_return_val_if_fail (TC_IS_WATCH_EXTERNAL (self), FALSE);

  if (self->process != NULL)
    return TRUE;
  if (!g_file_test (self->script, G_FILE_TEST_IS_REGULAR) || !spawn (self))
    return FALSE;

  if (self->check_id == 0)
    self->check_id = g_timeout_add_seconds (CHECK_S, check_cb, self);

  return TRUE;
}

/**
 * tc_watch_external_stop:
 * @self: a watch
 *
 * Kills the script and what it has started. May be started again.
 */
void
tc_watch_external_stop (TcWatchExternal *self)
{
  g_return_if_fail (TC_IS_WATCH_EXTERNAL (self));

  g_clear_handle_id (&self->check_id, g_source_remove);
  self->restart_at = 0;
  drop_process (self);
}

/**
 * tc_watch_external_is_running:
 * @self: a watch
 *
 * Returns: whether the script runs at this moment
 */
gboolean
tc_watch_external_is_running (TcWatchExternal *self)
{
  g_return_val_if_fail (TC_IS_WATCH_EXTERNAL (self), FALSE);

  return self->process != NULL;
}

/**
 * tc_watch_external_get_pid:
 * @self: a watch
 *
 * Returns: the script's process and process group; 0 when it does not run
 */
GPid
tc_watch_external_get_pid (TcWatchExternal *self)
{
  g_return_val_if_fail (TC_IS_WATCH_EXTERNAL (self), 0);

  return self->pid;
}

/**
 * tc_watch_external_tick:
 * @self: a watch that was started
 *
 * Replaces a script that hangs, and restarts one when its time has come.
 * Called by its own timer.
 */
void
tc_watch_external_tick (TcWatchExternal *self)
{
  gint64 now;

  g_return_if_fail (TC_IS_WATCH_EXTERNAL (self));

  g_object_ref (self);
  now = tc_clock_get_monotonic (self->clock);
  tc_watch_limits_flush (self->limits, now, emit_finding, self);

  if (is_hung (self, now))
    {
      drop_process (self);
      tell (self, TC_SEVERITY_WARNING,
            g_strdup ("The script's watchdog does not answer any more and is restarted."));
      plan_restart (self);
    }
  else if (self->process == NULL && self->restart_at != 0 && now >= self->restart_at &&
           !spawn (self))
    {
      plan_restart (self);
    }
  g_object_unref (self);
}
