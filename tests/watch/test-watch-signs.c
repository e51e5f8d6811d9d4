/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <string.h>

#include "findings.h"
#include "tc-watch-signs.h"

#define SECONDS(n) ((gint64) (n) * G_USEC_PER_SEC)
#define MINUTES(n) SECONDS (60 * (gint64) (n))
#define HOURS(n)   MINUTES (60 * (gint64) (n))

/* A run that a test drives: what it does, and a fake clock. */
typedef struct
{
  TcClock       *clock;
  TcWatchSigns  *signs;
  TcWatchSample  sample;
  Findings       found;
  gint64         started;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  TcWatchMoment now;

  self->clock = tc_clock_new_fake (G_GINT64_CONSTANT (1795000000) * G_USEC_PER_SEC);
  tc_watch_moment_read (&now, self->clock);
  self->signs = tc_watch_signs_new (&now, SECONDS (60));
  self->sample = (TcWatchSample) { .gpu_percent = -1, .n_processes = 2 };
  self->started = now.monotonic;
  findings_init (&self->found);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  tc_watch_signs_free (self->signs);
  tc_clock_unref (self->clock);
  findings_clear (&self->found);
}

static void
look (Fixture *self)
{
  TcWatchMoment now;

  tc_watch_moment_read (&now, self->clock);
  tc_watch_signs_push (self->signs, &now, &self->sample, findings_take, &self->found);
}

/* What the run does in each second. */
typedef enum
{
  IDLE   = 0,
  POINTS = 1 << 0,
  LOG    = 1 << 1,
  CPU    = 1 << 2,
  IO     = 1 << 3,
  FILES  = 1 << 4,
} Doing;

/* Lets time pass and looks when the watch wants to, as its timer does. */
static void
live (Fixture *self,
      gint64   us,
      guint    doing)
{
  gint64 end = tc_clock_get_monotonic (self->clock) + us;
  gint64 look_at = 0;

  while (tc_clock_get_monotonic (self->clock) < end)
    {
      gint64 now;

      if (look_at == 0)
        look_at = tc_clock_get_monotonic (self->clock) +
                  tc_watch_signs_get_wait (self->signs, tc_clock_get_monotonic (self->clock));

      tc_clock_fake_advance (self->clock, G_USEC_PER_SEC);
      now = tc_clock_get_monotonic (self->clock);
      if (doing & POINTS)
        tc_watch_signs_note_point (self->signs, now);
      if (doing & LOG)
        tc_watch_signs_note_log (self->signs, now, 80);
      if (doing & CPU)
        self->sample.cpu_us += 900000;
      if (doing & IO)
        self->sample.io_bytes += 1000000;
      if (doing & FILES)
        self->sample.files += 1;

      if (now >= look_at)
        {
          look (self);
          look_at = 0;
        }
    }
}

/* Lets an idle run go on, from look to look, until a stall is said; how long
 * that took. */
static gint64
stall_after (Fixture *self,
             gint64   at_most)
{
  gint64 begin = tc_clock_get_monotonic (self->clock);

  while (findings_count (&self->found, "stall", FALSE) == 0 &&
         tc_clock_get_monotonic (self->clock) - begin < at_most)
    {
      gint64 wait = tc_watch_signs_get_wait (self->signs, tc_clock_get_monotonic (self->clock));

      tc_clock_fake_advance (self->clock, wait);
      look (self);
    }

  return tc_clock_get_monotonic (self->clock) - begin;
}

static void
assert_about (gint64 us,
              gint64 expected)
{
  g_assert_cmpint (us, >=, expected - SECONDS (10));
  g_assert_cmpint (us, <=, expected + SECONDS (10));
}

/* ---- W01 ---- */

static void
test_stall (Fixture       *self,
            gconstpointer  data)
{
  live (self, MINUTES (30), POINTS | LOG | CPU | IO);
  g_assert_cmpuint (self->found.findings->len, ==, 0);

  /* SIGSTOP, say. */
  self->sample.is_stopped = TRUE;
  assert_about (stall_after (self, HOURS (1)), MINUTES (10));
  g_assert_cmpuint (self->found.findings->len, ==, 1);
  g_assert_true (findings_last (&self->found)->wants_stop);
  g_assert_nonnull (strstr (findings_last (&self->found)->text, "STOP"));

  live (self, HOURS (3), IDLE);
  g_assert_cmpuint (self->found.findings->len, ==, 1);

  /* SIGCONT. */
  self->sample.is_stopped = FALSE;
  live (self, MINUTES (2), POINTS | LOG | CPU);
  g_assert_cmpuint (findings_count (&self->found, "stall", TRUE), ==, 1);
  g_assert_cmpuint (self->found.findings->len, ==, 2);
}

/* It stops between two looks: the second one still sees that there was work,
 * but the last output says until when. */
static void
test_stall_between_looks (Fixture       *self,
                          gconstpointer  data)
{
  live (self, MINUTES (5), POINTS | LOG | CPU);
  for (guint i = 0; i < 40; i++)
    {
      tc_clock_fake_advance (self->clock, SECONDS (1));
      tc_watch_signs_note_log (self->signs, tc_clock_get_monotonic (self->clock), 80);
      self->sample.cpu_us += 900000;
    }
  assert_about (stall_after (self, HOURS (1)), MINUTES (10));
}

/* A run whose points are 8 minutes apart may be quiet for 64. */
static void
test_stall_learns (Fixture       *self,
                   gconstpointer  data)
{
  for (guint i = 0; i < 10; i++)
    {
      live (self, MINUTES (8), CPU);
      tc_watch_signs_note_point (self->signs, tc_clock_get_monotonic (self->clock));
    }
  g_assert_cmpint (tc_watch_signs_get_limit (self->signs), ==, MINUTES (64));
  g_assert_cmpuint (self->found.findings->len, ==, 0);

  assert_about (stall_after (self, HOURS (3)), MINUTES (64));
}

static void
test_stall_at_start (Fixture       *self,
                     gconstpointer  data)
{
  live (self, MINUTES (2), LOG | CPU);
  assert_about (stall_after (self, HOURS (2)), MINUTES (30));
  g_assert_nonnull (strstr (findings_last (&self->found)->text, "first step"));
}

/* Each sign on its own keeps a run from being called stalled. */
static void
test_each_sign (Fixture       *self,
                gconstpointer  data)
{
  live (self, MINUTES (5), POINTS | LOG | CPU);
  live (self, HOURS (2), GPOINTER_TO_UINT (data));
  g_assert_cmpuint (findings_count (&self->found, "stall", FALSE), ==, 0);

  g_assert_cmpint (stall_after (self, HOURS (2)), <=, MINUTES (11));
  g_assert_cmpuint (findings_count (&self->found, "stall", FALSE), ==, 1);
}

static void
test_gpu (Fixture       *self,
          gconstpointer  data)
{
  live (self, MINUTES (5), POINTS | CPU);
  self->sample.gpu_percent = 80;
  live (self, HOURS (2), IDLE);
  g_assert_cmpuint (findings_count (&self->found, "stall", FALSE), ==, 0);

  self->sample.gpu_percent = 0;
  stall_after (self, HOURS (2));
  g_assert_nonnull (strstr (findings_last (&self->found)->text, "GPU"));
}

/* Threads that only wake up now and then, and a byte here and there, are not
 * work. */
static void
test_trickle (Fixture       *self,
              gconstpointer  data)
{
  live (self, MINUTES (5), POINTS | CPU);
  for (guint i = 0; i < 90; i++)
    {
      self->sample.cpu_us += 5000;
      self->sample.io_bytes += 100;
      live (self, SECONDS (10), IDLE);
    }
  g_assert_cmpuint (findings_count (&self->found, "stall", FALSE), ==, 1);
}

/* Without a look at its processes nobody can say that all is quiet. */
static void
test_blind (Fixture       *self,
            gconstpointer  data)
{
  live (self, MINUTES (5), POINTS);
  self->sample.n_processes = 0;
  live (self, HOURS (2), IDLE);
  g_assert_cmpuint (findings_count (&self->found, "stall", FALSE), ==, 0);
  g_assert_cmpuint (findings_count (&self->found, "quiet", FALSE), ==, 1);
  g_assert_null (strstr (findings_last (&self->found)->text, "at work"));
}

/* ---- W02 ---- */

static void
test_busy_but_quiet (Fixture       *self,
                     gconstpointer  data)
{
  live (self, MINUTES (5), POINTS | LOG | CPU);
  live (self, MINUTES (20), GPOINTER_TO_UINT (data));
  g_assert_cmpuint (findings_count (&self->found, "stall", FALSE), ==, 0);
  g_assert_cmpuint (findings_count (&self->found, "quiet", FALSE), ==, 1);
  g_assert_cmpint (findings_last (&self->found)->severity, ==, TC_SEVERITY_INFO);
  g_assert_nonnull (strstr (findings_last (&self->found)->text, "at work"));

  live (self, MINUTES (2), POINTS | CPU);
  g_assert_cmpuint (findings_count (&self->found, "quiet", TRUE), ==, 1);
}

/* ---- W03 ---- */

static void
test_suspend (Fixture       *self,
              gconstpointer  data)
{
  live (self, MINUTES (30), POINTS | LOG | CPU);
  tc_clock_fake_suspend (self->clock, HOURS (8));

  /* The network and the disks take their time to come back. */
  live (self, MINUTES (4), IDLE);
  live (self, HOURS (1), POINTS | LOG | CPU);

  g_assert_cmpuint (self->found.findings->len, ==, 1);
  g_assert_cmpstr (findings_last (&self->found)->text, ==, "The computer slept for 8 h.");
  g_assert_cmpstr (findings_last (&self->found)->kind, ==, "suspend");
}

/* Nine quiet minutes, eight hours of sleep, four quiet minutes: grace. Then a
 * stall is a stall. */
static void
test_suspend_grace (Fixture       *self,
                    gconstpointer  data)
{
  live (self, MINUTES (5), POINTS | LOG | CPU);
  live (self, MINUTES (9), IDLE);
  tc_clock_fake_suspend (self->clock, HOURS (8));
  live (self, MINUTES (4), IDLE);
  g_assert_cmpuint (findings_count (&self->found, "stall", FALSE), ==, 0);
  g_assert_cmpuint (findings_count (&self->found, "suspend", FALSE), ==, 1);

  stall_after (self, HOURS (1));
  g_assert_cmpuint (findings_count (&self->found, "stall", FALSE), ==, 1);
}

/* ---- W04 ---- */

static void
test_clock_steps (Fixture       *self,
                  gconstpointer  data)
{
  const gint64 ten_years = HOURS (24) * 3652;

  live (self, MINUTES (5), POINTS | CPU);
  tc_clock_fake_step_realtime (self->clock, ten_years);
  live (self, MINUTES (5), POINTS | CPU);
  g_assert_cmpuint (self->found.findings->len, ==, 1);
  g_assert_cmpstr (findings_last (&self->found)->kind, ==, "clock");
  g_assert_cmpstr (findings_last (&self->found)->text, ==, "The clock was set forward by 3652 d.");

  tc_clock_fake_step_realtime (self->clock, -2 * ten_years);
  live (self, MINUTES (5), POINTS | CPU);
  g_assert_cmpuint (self->found.findings->len, ==, 2);
  g_assert_cmpstr (findings_last (&self->found)->text, ==, "The clock was set back by 7304 d.");

  /* A leap second and NTP's nudges are not worth a word. */
  tc_clock_fake_step_realtime (self->clock, SECONDS (1));
  live (self, MINUTES (5), POINTS | CPU);
  g_assert_cmpuint (self->found.findings->len, ==, 2);

  /* And the stall is measured as ever. */
  tc_clock_fake_step_realtime (self->clock, ten_years);
  assert_about (stall_after (self, HOURS (1)), MINUTES (10));
}

/* ---- pause ---- */

static void
test_paused (Fixture       *self,
             gconstpointer  data)
{
  TcWatchMoment now;

  live (self, MINUTES (5), POINTS | LOG | CPU);
  tc_watch_moment_read (&now, self->clock);
  tc_watch_signs_set_paused (self->signs, &now, TRUE);
  self->sample.is_stopped = TRUE;
  live (self, HOURS (10), IDLE);
  g_assert_cmpuint (self->found.findings->len, ==, 0);

  tc_watch_moment_read (&now, self->clock);
  tc_watch_signs_set_paused (self->signs, &now, FALSE);
  self->sample.is_stopped = FALSE;
  live (self, MINUTES (9), IDLE);
  g_assert_cmpuint (self->found.findings->len, ==, 0);
  live (self, MINUTES (5), POINTS);

  /* The pause is not taken for a gap between points. */
  g_assert_cmpint (tc_watch_signs_get_limit (self->signs), <, HOURS (2));
}

static void
test_wait (Fixture       *self,
           gconstpointer  data)
{
  gint64 now = tc_clock_get_monotonic (self->clock);

  tc_watch_signs_note_point (self->signs, now);
  g_assert_cmpint (tc_watch_signs_get_wait (self->signs, now), ==, SECONDS (60));
  g_assert_cmpint (tc_watch_signs_get_wait (self->signs, now + SECONDS (61)), ==, SECONDS (10));
  g_assert_cmpint (tc_watch_signs_get_wait (self->signs, now + SECONDS (596)), ==, SECONDS (4));
}

#define ADD(path, data, test) \
  g_test_add ("/tc/watch-signs/" path, Fixture, data, set_up, test, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("stall", NULL, test_stall);
  ADD ("stall/between-looks", NULL, test_stall_between_looks);
  ADD ("stall/learns", NULL, test_stall_learns);
  ADD ("stall/start", NULL, test_stall_at_start);
  ADD ("sign/log", GUINT_TO_POINTER (LOG), test_each_sign);
  ADD ("sign/cpu", GUINT_TO_POINTER (CPU), test_each_sign);
  ADD ("sign/io", GUINT_TO_POINTER (IO), test_each_sign);
  ADD ("sign/files", GUINT_TO_POINTER (FILES), test_each_sign);
  ADD ("sign/gpu", NULL, test_gpu);
  ADD ("sign/trickle", NULL, test_trickle);
  ADD ("sign/blind", NULL, test_blind);
  ADD ("busy/compile", GUINT_TO_POINTER (CPU), test_busy_but_quiet);
  ADD ("busy/write", GUINT_TO_POINTER (IO | FILES), test_busy_but_quiet);
  ADD ("suspend", NULL, test_suspend);
  ADD ("suspend/grace", NULL, test_suspend_grace);
  ADD ("clock", NULL, test_clock_steps);
  ADD ("paused", NULL, test_paused);
  ADD ("wait", NULL, test_wait);

  return g_test_run ();
}
