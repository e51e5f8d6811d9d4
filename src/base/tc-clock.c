/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-clock.h"

#include <time.h>

struct _TcClock
{
  gatomicrefcount  ref_count;
  TcClockVTable    vtable;
  gpointer         data;    /* (owned) by destroy */
  GDestroyNotify   destroy;
};

typedef struct
{
  gint64 realtime;
  gint64 monotonic;
  gint64 boottime;
} FakeTime;

G_DEFINE_BOXED_TYPE (TcClock, tc_clock, tc_clock_ref, tc_clock_unref)

static gint64
system_get (clockid_t id)
{
  struct timespec now;

  if (clock_gettime (id, &now) != 0)
    return 0;

  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static gint64
system_get_realtime (gpointer data)
{
  return system_get (CLOCK_REALTIME);
}

static gint64
system_get_monotonic (gpointer data)
{
  return system_get (CLOCK_MONOTONIC);
}

static gint64
system_get_boottime (gpointer data)
{
  return system_get (CLOCK_BOOTTIME);
}

static gint64
fake_get_realtime (gpointer data)
{
  return ((FakeTime *) data)->realtime;
}

static gint64
fake_get_monotonic (gpointer data)
{
  return ((FakeTime *) data)->monotonic;
}

static gint64
fake_get_boottime (gpointer data)
{
  return ((FakeTime *) data)->boottime;
}

static const TcClockVTable system_vtable = {
  system_get_realtime, system_get_monotonic, system_get_boottime,
};

static const TcClockVTable fake_vtable = {
  fake_get_realtime, fake_get_monotonic, fake_get_boottime,
};

static FakeTime *
get_fake_time (TcClock *self)
{
  g_assert (self->vtable.get_realtime == fake_get_realtime);

  return self->data;
}

/**
 * tc_clock_new:
 * @vtable: the functions that tell the time; copied
 * @data: what they are called with
 * @destroy: (nullable): frees @data with the clock
 *
 * Returns: (transfer full): a clock of the caller's own making
 */
TcClock *
tc_clock_new (const TcClockVTable *vtable,
              gpointer             data,
              GDestroyNotify       destroy)
{
  TcClock *self;

  g_return_val_if_fail (vtable != NULL, NULL);

  self = g_new0 (TcClock, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->vtable = *vtable;
  self->data = data;
  self->destroy = destroy;

  return self;
}

/**
 * tc_clock_new_system:
 *
 * Returns: (transfer full): the clock of this machine
 */
TcClock *
tc_clock_new_system (void)
{
  return tc_clock_new (&system_vtable, NULL, NULL);
}

/**
 * tc_clock_new_fake:
 * @realtime_us: UTC at the start, µs since 1970
 *
 * Returns: (transfer full): a clock that stands still until it is moved; its
 *   monotonic and boottime start at an hour
 */
TcClock *
tc_clock_new_fake (gint64 realtime_us)
{
  FakeTime *fake = g_new0 (FakeTime, 1);

  fake->realtime = realtime_us;
  fake->monotonic = G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC;
  fake->boottime = G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC;

  return tc_clock_new (&fake_vtable, fake, g_free);
}

/**
 * tc_clock_ref:
 * @self: a clock
 *
 * Returns: (transfer full): @self
 */
TcClock *
tc_clock_ref (TcClock *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * tc_clock_unref:
 * @self: (transfer full): a clock
 */
void
tc_clock_unref (TcClock *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  if (self->destroy != NULL)
    self->destroy (self->data);
  g_free (self);
}

/**
 * tc_clock_get_realtime:
 * @self: a clock
 *
 * Returns: UTC in µs since 1970; may jump either way
 */
gint64
tc_clock_get_realtime (TcClock *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->vtable.get_realtime (self->data);
}

/**
 * tc_clock_get_monotonic:
 * @self: a clock
 *
 * Returns: µs that never go back and do not count suspended time
 */
gint64
tc_clock_get_monotonic (TcClock *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->vtable.get_monotonic (self->data);
}

/**
 * tc_clock_get_boottime:
 * @self: a clock
 *
 * Returns: µs that never go back and count suspended time
 */
gint64
tc_clock_get_boottime (TcClock *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->vtable.get_boottime (self->data);
}

/**
 * tc_clock_fake_advance:
 * @self: a fake clock
 * @us: how far
 *
 * Lets time pass on all three clocks.
 */
void
tc_clock_fake_advance (TcClock *self,
                       gint64   us)
{
  FakeTime *fake = get_fake_time (self);

  g_return_if_fail (us >= 0);

  fake->realtime += us;
  fake->monotonic += us;
  fake->boottime += us;
}

/**
 * tc_clock_fake_suspend:
 * @self: a fake clock
 * @us: how long
 *
 * Lets the machine sleep: realtime and boottime go on, monotonic does not.
 */
void
tc_clock_fake_suspend (TcClock *self,
                       gint64   us)
{
  FakeTime *fake = get_fake_time (self);

  g_return_if_fail (us >= 0);

  fake->realtime += us;
  fake->boottime += us;
}

/**
 * tc_clock_fake_step_realtime:
 * @self: a fake clock
 * @us: how far, negative for back
 *
 * Sets the wall clock, as NTP or a person does.
 */
void
tc_clock_fake_step_realtime (TcClock *self,
                             gint64   us)
{
  get_fake_time (self)->realtime += us;
}

/**
 * tc_clock_format_iso8601:
 * @realtime_us: UTC in µs since 1970
 *
 * Returns: (transfer full): "2026-11-22T15:04:05.123456Z"; always with six
 *   digits, so that texts sort as times do. A time outside of the years 1 to
 *   9999 gives the nearest of them.
 */
char *
tc_clock_format_iso8601 (gint64 realtime_us)
{
  const gint64 min_seconds = G_GINT64_CONSTANT (-62135596800);
  const gint64 max_seconds = G_GINT64_CONSTANT (253402300799);
  g_autoptr(GDateTime) time = NULL;
  gint64 seconds = realtime_us / G_USEC_PER_SEC;
  gint64 fraction = realtime_us % G_USEC_PER_SEC;

  if (fraction < 0)
    {
      fraction += G_USEC_PER_SEC;
      seconds--;
    }

  time = g_date_time_new_from_unix_utc (CLAMP (seconds, min_seconds, max_seconds));

  return g_strdup_printf ("%04d-%02d-%02dT%02d:%02d:%02d.%06dZ",
                          g_date_time_get_year (time), g_date_time_get_month (time),
                          g_date_time_get_day_of_month (time), g_date_time_get_hour (time),
                          g_date_time_get_minute (time), g_date_time_get_second (time),
                          (int) fraction);
}

/**
 * tc_clock_parse_iso8601:
 * @text: (nullable): an ISO 8601 time; without a zone it counts as UTC
 * @realtime_us: (out): µs since 1970
 *
 * Returns: whether @text is a time
 */
gboolean
tc_clock_parse_iso8601 (const char *text,
                        gint64     *realtime_us)
{
  g_autoptr(GTimeZone) utc = NULL;
  g_autoptr(GDateTime) time = NULL;

  if (text == NULL)
    return FALSE;

  utc = g_time_zone_new_utc ();
  time = g_date_time_new_from_iso8601 (text, utc);
  if (time == NULL)
    return FALSE;

  *realtime_us = g_date_time_to_unix (time) * G_USEC_PER_SEC +
                 g_date_time_get_microsecond (time);

  return TRUE;
}
