/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-watchdog.h"

#include <sys/statvfs.h>

#include "tc-watch-disk.h"
#include "tc-watch-files.h"
#include "tc-watch-gpu.h"
#include "tc-watch-limits.h"
#include "tc-watch-proc.h"
#include "tc-watch-rules.h"
#include "tc-watch-signs.h"

#define DEFAULT_INTERVAL_S 60
#define NVML_LIBRARY       "libnvidia-ml.so.1"

struct _TcWatchdog
{
  GObject        parent_instance;

  TcClock       *clock;         /* (owned) */
  char          *run_dir;       /* (owned) */
  guint64        session_id;

  TcWatchRules  *rules;         /* (owned) */
  TcWatchSigns  *signs;         /* (owned) */
  TcWatchProc   *proc;          /* (owned) */
  TcWatchGpu    *gpu;           /* (owned) */
  TcWatchDisk   *disk;          /* (owned) */
  TcWatchLimits *limits;        /* (owned) */

  gboolean     (*get_free) (const char *path,
                            guint64    *free_bytes,
                            gpointer    user_data);
  gpointer       get_free_data;

  GSource       *timer;         /* (owned) (nullable) while started */
};

enum
{
  SIGNAL_FINDING,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TcWatchdog, tc_watchdog, G_TYPE_OBJECT)

/* ---- out ---- */

static void
emit_finding (const TcFinding *finding,
              gpointer         user_data)
{
  TcWatchdog *self = TC_WATCHDOG (user_data);
  g_autoptr(TcEvent) event = NULL;

  event = tc_event_new (self->session_id, finding->severity, finding->kind, finding->text,
                        tc_clock_get_realtime (self->clock));
  g_signal_emit (self, signals[SIGNAL_FINDING], 0, event, finding->wants_stop);
}

/* What the rules find goes through the limits. */
static void
take_finding (const TcFinding *finding,
              gpointer         user_data)
{
  TcWatchdog *self = TC_WATCHDOG (user_data);

  tc_watch_limits_push (self->limits, finding, tc_clock_get_monotonic (self->clock),
                        emit_finding, self);
}

/* For points that are history: they teach the rules and are not told again. */
static void
ignore_finding (const TcFinding *finding,
                gpointer         user_data)
{
}

/* ---- in ---- */

static gboolean
get_free_by_statvfs (const char *path,
                     guint64    *free_bytes,
                     gpointer    user_data)
{
  struct statvfs info;

  if (statvfs (path, &info) != 0)
    return FALSE;

  *free_bytes = (guint64) info.f_bavail * info.f_frsize;

  return TRUE;
}

static void
look_at_signs (TcWatchdog          *self,
               const TcWatchMoment *now)
{
  TcWatchSample sample = { 0 };

  tc_watch_proc_sample (self->proc, &sample);
  sample.files = tc_watch_files_digest (self->run_dir);
  sample.gpu_percent = tc_watch_gpu_get_percent (self->gpu, tc_watch_proc_get_pids (self->proc));

  tc_watch_signs_push (self->signs, now, &sample, take_finding, self);
}

static void
look_at_disk (TcWatchdog          *self,
              const TcWatchMoment *now)
{
  guint64 free_bytes;

  if (self->get_free (self->run_dir, &free_bytes, self->get_free_data))
    tc_watch_disk_push (self->disk, now->monotonic, free_bytes, take_finding, self);
}

static void
arm_timer (TcWatchdog *self)
{
  gint64 wait = tc_watch_signs_get_wait (self->signs, tc_clock_get_monotonic (self->clock));

  g_source_set_ready_time (self->timer, g_get_monotonic_time () + wait);
}

static gboolean
timer_cb (gpointer user_data)
{
  g_autoptr(TcWatchdog) self = g_object_ref (TC_WATCHDOG (user_data));

  tc_watchdog_tick (self);
  if (self->timer != NULL)
    arm_timer (self);

  return G_SOURCE_CONTINUE;
}

static gboolean
timer_dispatch (GSource     *source,
                GSourceFunc  callback,
                gpointer     user_data)
{
  return callback (user_data);
}

static GSourceFuncs timer_funcs = { NULL, NULL, timer_dispatch, NULL, NULL, NULL };

/* ---- the object ---- */

static void
tc_watchdog_dispose (GObject *object)
{
  tc_watchdog_stop (TC_WATCHDOG (object));

  G_OBJECT_CLASS (tc_watchdog_parent_class)->dispose (object);
}

static void
tc_watchdog_finalize (GObject *object)
{
  TcWatchdog *self = TC_WATCHDOG (object);

  g_clear_pointer (&self->clock, tc_clock_unref);
  g_clear_pointer (&self->run_dir, g_free);
  g_clear_pointer (&self->rules, tc_watch_rules_free);
  g_clear_pointer (&self->signs, tc_watch_signs_free);
  g_clear_pointer (&self->proc, tc_watch_proc_free);
  g_clear_pointer (&self->gpu, tc_watch_gpu_free);
  g_clear_pointer (&self->disk, tc_watch_disk_free);
  g_clear_pointer (&self->limits, tc_watch_limits_free);

  G_OBJECT_CLASS (tc_watchdog_parent_class)->finalize (object);
}

static void
tc_watchdog_class_init (TcWatchdogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = tc_watchdog_dispose;
  object_class->finalize = tc_watchdog_finalize;

  /**
   * TcWatchdog::finding:
   * @event: (type gpointer): a borrowed TcEvent that says what is wrong, or right again
   * @wants_stop: whether a run with auto-stop should be stopped for it
   */
  signals[SIGNAL_FINDING] =
    g_signal_new ("finding", TC_TYPE_WATCHDOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_BOOLEAN);
}

static void
tc_watchdog_init (TcWatchdog *self)
{
  self->rules = tc_watch_rules_new ();
  self->disk = tc_watch_disk_new ();
  self->limits = tc_watch_limits_new ();
}

/**
 * tc_watchdog_new:
 * @clock: all times come from it
 * @run_dir: the run folder
 * @session_id: goes into the events
 * @child: the run's first process
 * @child_start_time: field 22 of its stat; 0 when not known
 *
 * Returns: (transfer full): a watchdog that is not started yet
 */
TcWatchdog *
tc_watchdog_new (TcClock    *clock,
                 const char *run_dir,
                 guint64     session_id,
                 GPid        child,
                 gint64      child_start_time)
{
  return tc_watchdog_new_full (clock, run_dir, session_id, child, child_start_time, NULL);
}

/**
 * tc_watchdog_new_full:
 * @clock: all times come from it
 * @run_dir: the run folder
 * @session_id: goes into the events
 * @child: the run's first process
 * @child_start_time: field 22 of its stat; 0 when not known
 * @sources: (nullable): where to look instead of the real places
 *
 * Returns: (transfer full): a watchdog that is not started yet
 */
TcWatchdog *
tc_watchdog_new_full (TcClock                 *clock,
                      const char              *run_dir,
                      guint64                  session_id,
                      GPid                     child,
                      gint64                   child_start_time,
                      const TcWatchdogSources *sources)
{
  static const TcWatchdogSources real = { 0 };
  TcWatchdog *self;
  TcWatchMoment now;
  guint interval_s;

  g_return_val_if_fail (clock != NULL, NULL);
  g_return_val_if_fail (run_dir != NULL, NULL);

  if (sources == NULL)
    sources = &real;

  self = g_object_new (TC_TYPE_WATCHDOG, NULL);
  self->clock = tc_clock_ref (clock);
  self->run_dir = g_strdup (run_dir);
  self->session_id = session_id;
  self->get_free = sources->get_free != NULL ? sources->get_free : get_free_by_statvfs;
  self->get_free_data = sources->user_data;

  interval_s = sources->interval_s > 0 ? sources->interval_s : DEFAULT_INTERVAL_S;
  tc_watch_moment_read (&now, clock);
  self->signs = tc_watch_signs_new (&now, (gint64) interval_s * G_USEC_PER_SEC);
  self->proc = tc_watch_proc_new (sources->proc_root != NULL ? sources->proc_root : "/proc",
                                  child, child_start_time);
  self->gpu = tc_watch_gpu_new (sources->nvml != NULL ? sources->nvml : NVML_LIBRARY);

  return self;
}

/**
 * tc_watchdog_start:
 * @self: a watchdog
 *
 * Begins to look by itself, from the main loop of the calling thread.
 */
void
tc_watchdog_start (TcWatchdog *self)
{
  g_return_if_fail (TC_IS_WATCHDOG (self));

  if (self->timer != NULL)
    return;

  self->timer = g_source_new (&timer_funcs, sizeof (GSource));
  g_source_set_static_name (self->timer, "TcWatchdog");
  g_source_set_callback (self->timer, timer_cb, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
  arm_timer (self);
}

/**
 * tc_watchdog_stop:
 * @self: a watchdog
 *
 * Looks no more. May be started again.
 */
void
tc_watchdog_stop (TcWatchdog *self)
{
  g_return_if_fail (TC_IS_WATCHDOG (self));

  if (self->timer == NULL)
    return;

  g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
}

/**
 * tc_watchdog_tick:
 * @self: a watchdog
 *
 * Takes one look now: clocks, signs of life, disk. Called by its own timer.
 */
void
tc_watchdog_tick (TcWatchdog *self)
{
  TcWatchMoment now;

  g_return_if_fail (TC_IS_WATCHDOG (self));

  g_object_ref (self);
  tc_watch_moment_read (&now, self->clock);
  look_at_signs (self, &now);
  look_at_disk (self, &now);
  tc_watch_limits_flush (self->limits, now.monotonic, emit_finding, self);
  g_object_unref (self);
}

/**
 * tc_watchdog_push_point:
 * @self: a watchdog
 * @point: a metric point that has just arrived
 */
void
tc_watchdog_push_point (TcWatchdog    *self,
                        const TcPoint *point)
{
  tc_watchdog_push_points (self, point, 1);
}

/**
 * tc_watchdog_push_points:
 * @self: a watchdog
 * @points: (array length=n_points): metric points that have just arrived
 * @n_points: how many
 */
void
tc_watchdog_push_points (TcWatchdog    *self,
                         const TcPoint *points,
                         guint          n_points)
{
  g_return_if_fail (TC_IS_WATCHDOG (self));
  g_return_if_fail (points != NULL || n_points == 0);

  g_object_ref (self);
  for (guint i = 0; i < n_points; i++)
    {
      tc_watch_signs_note_point (self->signs, tc_clock_get_monotonic (self->clock));
      tc_watch_rules_push (self->rules, &points[i], take_finding, self);
    }
  g_object_unref (self);
}

/**
 * tc_watchdog_replay_points:
 * @self: a watchdog
 * @points: (array length=n_points): points of this run from before, in order
 * @n_points: how many
 *
 * For an engine that attaches to a run that is under way: the rules learn from
 * the points, and nothing is emitted, because it was at the time.
 */
void
tc_watchdog_replay_points (TcWatchdog    *self,
                           const TcPoint *points,
                           guint          n_points)
{
  g_return_if_fail (TC_IS_WATCHDOG (self));
  g_return_if_fail (points != NULL || n_points == 0);

  for (guint i = 0; i < n_points; i++)
    tc_watch_rules_push (self->rules, &points[i], ignore_finding, NULL);

  if (n_points > 0)
    tc_watch_signs_note_point (self->signs, tc_clock_get_monotonic (self->clock));
}

/**
 * tc_watchdog_note_log:
 * @self: a watchdog
 * @bytes: how much the log has grown
 */
void
tc_watchdog_note_log (TcWatchdog *self,
                      gint64      bytes)
{
  g_return_if_fail (TC_IS_WATCHDOG (self));

  tc_watch_signs_note_log (self->signs, tc_clock_get_monotonic (self->clock), bytes);
}

/**
 * tc_watchdog_note_checkpoint:
 * @self: a watchdog
 * @bytes: the size of a checkpoint that has just been completed; -1: unknown
 */
void
tc_watchdog_note_checkpoint (TcWatchdog *self,
                             gint64      bytes)
{
  g_return_if_fail (TC_IS_WATCHDOG (self));

  tc_watch_disk_note_checkpoint (self->disk, tc_clock_get_monotonic (self->clock), bytes);
}

/**
 * tc_watchdog_set_remaining:
 * @self: a watchdog
 * @remaining_us: how long the run is expected to take from now; negative when
 *   that is not known
 */
void
tc_watchdog_set_remaining (TcWatchdog *self,
                           gint64      remaining_us)
{
  g_return_if_fail (TC_IS_WATCHDOG (self));

  tc_watch_disk_set_remaining (self->disk, remaining_us);
}

/**
 * tc_watchdog_set_paused:
 * @self: a watchdog
 * @is_paused: whether the user has paused the run
 */
void
tc_watchdog_set_paused (TcWatchdog *self,
                        gboolean    is_paused)
{
  TcWatchMoment now;

  g_return_if_fail (TC_IS_WATCHDOG (self));

  tc_watch_moment_read (&now, self->clock);
  tc_watch_signs_set_paused (self->signs, &now, is_paused);
}
