/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-watch-disk.h"

#include "tc-duration.h"

#define SECONDS(n)    ((gint64) (n) * G_USEC_PER_SEC)
#define HOURS(n)      SECONDS (3600 * (gint64) (n))

#define N_LOOKS       360           /* six hours of a look a minute */
#define LOOK_PAUSE    SECONDS (60)
#define MIN_TREND     SECONDS (3600)
#define WARN_BEFORE   HOURS (6)
#define ERROR_BEFORE  SECONDS (1800)

typedef struct
{
  gint64  at;
  guint64 free_bytes;
} DiskLook;

struct _TcWatchDisk
{
  DiskLook looks[N_LOOKS];  /* a ring */
  guint    n_looks;
  guint    next;

  gint64   checkpoint_bytes;    /* of the latest one */
  gint64   checkpoints_sum;     /* of all after the first */
  gint64   first_checkpoint_at;
  gint64   last_checkpoint_at;
  guint    n_checkpoints;

  gint64   remaining;           /* µs the run still needs; -1: unknown */
  gboolean is_raised;
};

/**
 * tc_watch_disk_new:
 *
 * Returns: (transfer full): a forecast for one run
 */
TcWatchDisk *
tc_watch_disk_new (void)
{
  TcWatchDisk *self = g_new0 (TcWatchDisk, 1);

  self->remaining = -1;

  return self;
}

/**
 * tc_watch_disk_free:
 * @self: (transfer full) (nullable): a forecast
 */
void
tc_watch_disk_free (TcWatchDisk *self)
{
  g_free (self);
}

/**
 * tc_watch_disk_note_checkpoint:
 * @self: a forecast
 * @monotonic_us: when it was complete
 * @bytes: its size; less than 1 is ignored
 *
 * A checkpoint was written; there will be more like it.
 */
void
tc_watch_disk_note_checkpoint (TcWatchDisk *self,
                               gint64       monotonic_us,
                               gint64       bytes)
{
  g_return_if_fail (self != NULL);

  if (bytes <= 0)
    return;

  if (self->n_checkpoints++ == 0)
    self->first_checkpoint_at = monotonic_us;
  else
    self->checkpoints_sum += bytes;

  self->last_checkpoint_at = monotonic_us;
  self->checkpoint_bytes = bytes;
}

/**
 * tc_watch_disk_set_remaining:
 * @self: a forecast
 * @remaining_us: how long the run still takes; negative when not known
 *
 * A disk that is full after the end of the run is nobody's concern.
 */
void
tc_watch_disk_set_remaining (TcWatchDisk *self,
                             gint64       remaining_us)
{
  g_return_if_fail (self != NULL);

  self->remaining = remaining_us;
}

static void
add_look (TcWatchDisk *self,
          gint64       now,
          guint64      free_bytes)
{
  const DiskLook *last = &self->looks[(self->next + N_LOOKS - 1) % N_LOOKS];

  if (self->n_looks > 0 && now - last->at < LOOK_PAUSE)
    return;

  self->looks[self->next] = (DiskLook) { now, free_bytes };
  self->next = (self->next + 1) % N_LOOKS;
  self->n_looks = MIN (self->n_looks + 1, N_LOOKS);
}

/* Bytes an hour. What the free space itself says is believed once an hour of
 * it has been seen, because scripts delete old checkpoints; before that, the
 * checkpoints are all there is to go by. */
static double
get_pace (const TcWatchDisk *self,
          gint64             now,
          guint64            free_bytes)
{
  const DiskLook *first = &self->looks[self->n_looks < N_LOOKS ? 0 : self->next];
  gint64 between = self->last_checkpoint_at - self->first_checkpoint_at;

  if (self->n_looks > 0 && now - first->at >= MIN_TREND)
    return ((double) first->free_bytes - (double) free_bytes) *
           (double) HOURS (1) / (double) (now - first->at);

  if (self->n_checkpoints >= 2 && between > 0)
    return (double) self->checkpoints_sum * (double) HOURS (1) / (double) between;

  return 0;
}

/* "3 h", "40 min": a forecast has no seconds. */
static char *
format_roughly (gint64 us)
{
  gint64 unit = us >= HOURS (1) ? HOURS (1) : SECONDS (60);

  return tc_duration_format (MAX ((us + unit / 2) / unit, 1) * unit);
}

static char *
describe (gint64  full_in,
          guint64 free_bytes,
          double  pace)
{
  g_autofree char *when = format_roughly (full_in);
  g_autofree char *left = tc_size_format (free_bytes);
  g_autofree char *speed = tc_size_format ((guint64) pace);

  return g_strdup_printf ("The disk will be full in about %s: %s free, %s an hour.",
                          when, left, speed);
}

static char *
describe_checkpoint (const TcWatchDisk *self,
                     guint64            free_bytes)
{
  g_autofree char *size = tc_size_format ((guint64) self->checkpoint_bytes);
  g_autofree char *left = tc_size_format (free_bytes);

  return g_strdup_printf ("The next checkpoint may not fit on the disk: the last one "
                          "took %s, %s is free.", size, left);
}

/* Returns: (transfer full) (nullable): what is wrong. */
static char *
judge (const TcWatchDisk *self,
       gint64             now,
       guint64            free_bytes,
       TcSeverity        *severity)
{
  double pace = get_pace (self, now, free_bytes);
  double full_in = pace > 0 ? (double) free_bytes / pace * (double) HOURS (1) : G_MAXDOUBLE;

  /* A checkpoint is written beside the old one, so it needs room of its own. */
  if (self->n_checkpoints > 0 && free_bytes < (guint64) self->checkpoint_bytes)
    {
      *severity = TC_SEVERITY_ERROR;
      return describe_checkpoint (self, free_bytes);
    }

  if (full_in >= (double) WARN_BEFORE ||
      (self->remaining >= 0 && full_in > 1.2 * (double) self->remaining))
    return NULL;

  *severity = full_in < (double) ERROR_BEFORE ? TC_SEVERITY_ERROR : TC_SEVERITY_WARNING;

  return describe ((gint64) full_in, free_bytes, pace);
}

/**
 * tc_watch_disk_push:
 * @self: a forecast
 * @monotonic_us: the present
 * @free_bytes: what the run may still write on its disk
 * @func: called for a finding, before this returns
 * @user_data: for @func
 *
 * Takes one look at the disk.
 */
void
tc_watch_disk_push (TcWatchDisk   *self,
                    gint64         monotonic_us,
                    guint64        free_bytes,
                    TcFindingFunc  func,
                    gpointer       user_data)
{
  TcSeverity severity = TC_SEVERITY_WARNING;
  g_autofree char *text = NULL;

  g_return_if_fail (self != NULL);

  add_look (self, monotonic_us, free_bytes);
  text = judge (self, monotonic_us, free_bytes, &severity);

  if (text != NULL && !self->is_raised)
    tc_finding_report ("disk", severity, g_steal_pointer (&text), func, user_data);
  else if (text == NULL && self->is_raised)
    tc_finding_clear ("disk", g_strdup ("There is room enough on the disk again."),
                      func, user_data);
  else
    return;

  self->is_raised = !self->is_raised;
}
