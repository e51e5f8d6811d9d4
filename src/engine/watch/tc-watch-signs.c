/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-watch-signs.h"

#include "tc-duration.h"
#include "tc-watch-window.h"

#define SECONDS(n)        ((gint64) (n) * G_USEC_PER_SEC)
#define MINUTES(n)        SECONDS (60 * (gint64) (n))

#define MIN_QUIET         MINUTES (10)
#define START_UP_BUDGET   MINUTES (30)
#define RESUME_GRACE      MINUTES (5)
#define GAPS_FACTOR       8
#define SUSPEND_MIN       SECONDS (10)
#define STEP_MIN          SECONDS (2)     /* more than slewing or a leap second */
#define SILENT_DIVISOR    6               /* looks are closer when it is silent */
#define BUSY_CPU_SHARE    0.01            /* of one core; idle threads use less */
#define BUSY_IO_BYTES     (64 * 1024)     /* in one interval */

struct _TcWatchSigns
{
  gint64        interval;
  TcWatchMoment before;        /* of the last look */
  TcWatchSample sample;        /* the last one */
  gboolean      has_sample;
  gboolean      is_paused;

  gint64        heard_at;      /* last log bytes or metric point, monotonic */
  gint64        point_at;
  gint64        alive_at;      /* last sign of any sort */
  gint64        grace_until;
  guint64       n_points;
  TcWatchWindow gaps;          /* µs between metric points */

  gboolean      said_quiet;
  gboolean      said_stalled;
};

/* A finding's way out. */
typedef struct
{
  TcFindingFunc func;
  gpointer      user_data;
} Out;

/**
 * tc_watch_moment_read:
 * @self: (out): the three times
 * @clock: where from
 *
 * Reads the clocks as nearly at once as can be: when the process was held up
 * between two of them, they are read again.
 */
void
tc_watch_moment_read (TcWatchMoment *self,
                      TcClock       *clock)
{
  for (guint i = 0; i < 3; i++)
    {
      self->boottime = tc_clock_get_boottime (clock);
      self->monotonic = tc_clock_get_monotonic (clock);
      self->realtime = tc_clock_get_realtime (clock);

      if (tc_clock_get_boottime (clock) - self->boottime < G_USEC_PER_SEC / 10)
        break;
    }
}

/**
 * tc_watch_signs_new:
 * @now: the present
 * @interval_us: between two looks while the run talks; more than 0
 *
 * Returns: (transfer full): a watch that begins now
 */
TcWatchSigns *
tc_watch_signs_new (const TcWatchMoment *now,
                    gint64               interval_us)
{
  TcWatchSigns *self;

  g_return_val_if_fail (interval_us > 0, NULL);

  self = g_new0 (TcWatchSigns, 1);
  self->interval = interval_us;
  self->before = *now;
  self->heard_at = now->monotonic;
  self->point_at = now->monotonic;
  self->alive_at = now->monotonic;
  tc_watch_window_init (&self->gaps);

  return self;
}

/**
 * tc_watch_signs_free:
 * @self: (transfer full) (nullable): a watch
 */
void
tc_watch_signs_free (TcWatchSigns *self)
{
  g_free (self);
}

/**
 * tc_watch_signs_note_log:
 * @self: a watch
 * @monotonic_us: when
 * @bytes: how much output there was; 0 is no sign of life
 *
 * The run has said something.
 */
void
tc_watch_signs_note_log (TcWatchSigns *self,
                         gint64        monotonic_us,
                         gint64        bytes)
{
  g_return_if_fail (self != NULL);

  if (bytes <= 0)
    return;

  self->heard_at = MAX (self->heard_at, monotonic_us);
  self->alive_at = MAX (self->alive_at, monotonic_us);
}

/**
 * tc_watch_signs_note_point:
 * @self: a watch
 * @monotonic_us: when
 *
 * A metric point has arrived. The gaps between them teach how long this run
 * may be silent; a pause of the user's is no gap.
 */
void
tc_watch_signs_note_point (TcWatchSigns *self,
                           gint64        monotonic_us)
{
  gint64 gap;

  g_return_if_fail (self != NULL);

  gap = monotonic_us - self->point_at;

  /* Points come in batches; what counts is the silence between batches. */
  if (self->n_points > 0 && gap >= G_USEC_PER_SEC)
    tc_watch_window_push (&self->gaps, (double) gap);

  self->n_points++;
  self->point_at = MAX (self->point_at, monotonic_us);
  tc_watch_signs_note_log (self, monotonic_us, 1);
}

/**
 * tc_watch_signs_set_paused:
 * @self: a watch
 * @now: the present
 * @is_paused: whether the user has paused the run
 *
 * A paused run owes no sign of life; a resumed one begins anew.
 */
void
tc_watch_signs_set_paused (TcWatchSigns        *self,
                           const TcWatchMoment *now,
                           gboolean             is_paused)
{
  g_return_if_fail (self != NULL);

  if (self->is_paused == is_paused)
    return;

  self->is_paused = is_paused;
  self->heard_at = now->monotonic;
  self->point_at = now->monotonic;
  self->alive_at = now->monotonic;
}

/**
 * tc_watch_signs_get_limit:
 * @self: a watch
 *
 * Returns: how long every sign may be quiet before that is a stall, µs
 */
gint64
tc_watch_signs_get_limit (TcWatchSigns *self)
{
  double usual = 0;

  g_return_val_if_fail (self != NULL, MIN_QUIET);

  if (self->n_points == 0)
    return START_UP_BUDGET;
  if (self->gaps.length > 0)
    usual = GAPS_FACTOR * tc_watch_window_get_quantile (&self->gaps, 0.99);

  return MAX (MIN_QUIET, (gint64) usual);
}

/* ---- the clocks ---- */

static void
look_at_clocks (TcWatchSigns        *self,
                const TcWatchMoment *now,
                const Out           *out)
{
  gint64 awake = now->monotonic - self->before.monotonic;
  gint64 passed = now->boottime - self->before.boottime;
  gint64 step = now->realtime - self->before.realtime - passed;
  g_autofree char *text = NULL;

  if (passed - awake >= SUSPEND_MIN)
    {
      self->grace_until = now->monotonic + RESUME_GRACE;
      text = tc_duration_format (passed - awake);
      tc_finding_report ("suspend", TC_SEVERITY_INFO,
                         g_strdup_printf ("The computer slept for %s.", text),
                         out->func, out->user_data);
    }

  if (ABS (step) >= STEP_MIN)
    {
      g_free (text);
      text = tc_duration_format (ABS (step));
      tc_finding_report ("clock", TC_SEVERITY_INFO,
                         g_strdup_printf ("The clock was set %s by %s.",
                                          step > 0 ? "forward" : "back", text),
                         out->func, out->user_data);
    }
}

/* ---- the signs ---- */

static gboolean
is_busy (const TcWatchSigns  *self,
         const TcWatchSample *sample,
         gint64               awake)
{
  const TcWatchSample *before = &self->sample;

  if (sample->cpu_us > before->cpu_us &&
      (double) (sample->cpu_us - before->cpu_us) > BUSY_CPU_SHARE * (double) awake)
    return TRUE;

  return (sample->io_bytes > before->io_bytes &&
          sample->io_bytes - before->io_bytes >= BUSY_IO_BYTES) ||
         sample->files != before->files ||
         sample->gpu_percent > 0;
}

/* A busy look says "some time since the last look". Where output came since
 * then, its time is known exactly and is taken instead. */
static void
note_busy (TcWatchSigns *self,
           gint64        now)
{
  if (self->heard_at <= self->before.monotonic)
    self->alive_at = now;
}

static gboolean
owes_signs (const TcWatchSigns *self,
            gint64              now)
{
  return !self->is_paused && now >= self->grace_until;
}

static char *
describe_stall (const TcWatchSigns  *self,
                const TcWatchSample *sample,
                gint64               now)
{
  g_autofree char *quiet = tc_duration_format (now - self->alive_at);

  if (sample->is_stopped)
    return g_strdup_printf ("It is stalled: somebody has stopped its processes (signal "
                            "STOP), and nothing has moved for %s.", quiet);
  if (self->n_points == 0)
    return g_strdup_printf ("It is stalled: it has not come to its first step, and "
                            "nothing has moved for %s.", quiet);

  return g_strdup_printf ("It is stalled: for %s no output, no metrics, no processor "
                          "time, no reading or writing%s.", quiet,
                          sample->gpu_percent == 0 ? ", nothing on the GPU" : "");
}

/* Without processes to look at, not all signs can be known to be quiet. */
static void
judge_stall (TcWatchSigns        *self,
             const TcWatchSample *sample,
             gint64               now,
             const Out           *out)
{
  gint64 quiet = now - self->alive_at;

  if (self->said_stalled && quiet < tc_watch_signs_get_limit (self))
    {
      self->said_stalled = FALSE;
      tc_finding_clear ("stall", g_strdup ("It moves again."), out->func, out->user_data);
    }
  else if (!self->said_stalled && owes_signs (self, now) && sample->n_processes > 0 &&
           quiet >= tc_watch_signs_get_limit (self))
    {
      self->said_stalled = TRUE;
      tc_finding_report ("stall", TC_SEVERITY_ERROR, describe_stall (self, sample, now),
                         out->func, out->user_data);
    }
}

/* Busy but silent: compiling, writing a large checkpoint, or a loop without
 * end. Worth a word, never an alarm. */
static void
judge_quiet (TcWatchSigns        *self,
             const TcWatchSample *sample,
             gint64               now,
             const Out           *out)
{
  gint64 silent = now - self->heard_at;
  gint64 limit = tc_watch_signs_get_limit (self);
  g_autofree char *text = NULL;

  if (self->said_quiet && silent < limit)
    {
      self->said_quiet = FALSE;
      tc_finding_clear ("quiet", g_strdup ("It speaks again."), out->func, out->user_data);
    }
  else if (!self->said_quiet && !self->said_stalled && owes_signs (self, now) &&
           silent >= limit)
    {
      self->said_quiet = TRUE;
      text = tc_duration_format (silent);
      tc_finding_report ("quiet", TC_SEVERITY_INFO,
                         g_strdup_printf ("It has been quiet for %s%s.", text,
                                          sample->n_processes > 0 ? ", but it is at work" : ""),
                         out->func, out->user_data);
    }
}

/**
 * tc_watch_signs_push:
 * @self: a watch
 * @now: the present
 * @sample: what the run has used so far
 * @func: called for each finding, before this returns
 * @user_data: for @func
 *
 * Takes one look at the run. Call it when tc_watch_signs_get_wait() says.
 */
void
tc_watch_signs_push (TcWatchSigns        *self,
                     const TcWatchMoment *now,
                     const TcWatchSample *sample,
                     TcFindingFunc        func,
                     gpointer             user_data)
{
  const Out out = { func, user_data };

  g_return_if_fail (self != NULL);
  g_return_if_fail (now != NULL && sample != NULL);

  look_at_clocks (self, now, &out);

  if (!self->has_sample || is_busy (self, sample, now->monotonic - self->before.monotonic))
    note_busy (self, now->monotonic);

  judge_stall (self, sample, now->monotonic, &out);
  judge_quiet (self, sample, now->monotonic, &out);

  self->sample = *sample;
  self->has_sample = TRUE;
  self->before = *now;
}

/**
 * tc_watch_signs_get_wait:
 * @self: a watch
 * @monotonic_us: the present
 *
 * Looks are an interval apart while the run talks, closer while it is silent
 * (only then do they decide anything), and never later than the moment at
 * which a stall could first be said.
 *
 * Returns: µs until the next look; at least a second
 */
gint64
tc_watch_signs_get_wait (TcWatchSigns *self,
                         gint64        monotonic_us)
{
  gint64 wait;
  gint64 due;

  g_return_val_if_fail (self != NULL, G_USEC_PER_SEC);

  wait = self->interval;
  if (self->is_paused)
    return MAX (wait, G_USEC_PER_SEC);
  if (monotonic_us - self->heard_at >= self->interval / SILENT_DIVISOR)
    wait /= SILENT_DIVISOR;

  due = MAX (self->alive_at + tc_watch_signs_get_limit (self), self->grace_until);
  if (!self->said_stalled && due > monotonic_us)
    wait = MIN (wait, due - monotonic_us);

  return MAX (wait, G_USEC_PER_SEC);
}
