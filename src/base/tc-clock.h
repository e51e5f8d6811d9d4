/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */
#pragma once

/* All time of a process goes through one of these, so that a test can stop,
 * step and suspend it. Values are microseconds. Realtime is UTC since 1970 and
 * may jump; monotonic stands still while the machine sleeps; boottime does
 * not. Reference counted; the fake clock belongs to one thread.
 */

#include <glib-object.h>

G_BEGIN_DECLS

#define TC_TYPE_CLOCK (tc_clock_get_type ())

typedef struct _TcClock TcClock;

/* A source of time. Each function returns microseconds. */
typedef struct
{
  gint64 (*get_realtime)  (gpointer data);
  gint64 (*get_monotonic) (gpointer data);
  gint64 (*get_boottime)  (gpointer data);
} TcClockVTable;

GType    tc_clock_get_type           (void) G_GNUC_CONST;

TcClock *tc_clock_new                (const TcClockVTable *vtable,
                                      gpointer             data,
                                      GDestroyNotify       destroy);
TcClock *tc_clock_new_system         (void);
TcClock *tc_clock_new_fake           (gint64               realtime_us);
TcClock *tc_clock_ref                (TcClock             *self);
void     tc_clock_unref              (TcClock             *self);

gint64   tc_clock_get_realtime       (TcClock             *self);
gint64   tc_clock_get_monotonic      (TcClock             *self);
gint64   tc_clock_get_boottime       (TcClock             *self);

/* Fake clocks only. */
void     tc_clock_fake_advance       (TcClock             *self,
                                      gint64               us);
void     tc_clock_fake_suspend       (TcClock             *self,
                                      gint64               us);
void     tc_clock_fake_step_realtime (TcClock             *self,
                                      gint64               us);

char    *tc_clock_format_iso8601     (gint64               realtime_us);
gboolean tc_clock_parse_iso8601      (const char          *text,
                                      gint64              *realtime_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TcClock, tc_clock_unref)

G_END_DECLS
