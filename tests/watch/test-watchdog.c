/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "tc-records.h"
#include "tc-watchdog.h"

#define SECONDS(n) ((gint64) (n) * G_USEC_PER_SEC)
#define MINUTES(n) SECONDS (60 * (gint64) (n))
#define GB         G_GUINT64_CONSTANT (1000000000)

/* A watchdog over a real process, on a fake clock. */
typedef struct
{
  TcClock     *clock;
  char        *run_dir;
  GSubprocess *child;
  GPid         pid;
  TcWatchdog  *watchdog;
  guint64      free_bytes;
  GPtrArray   *events;      /* (element-type TcEvent) */
  guint        n_stops;     /* wished for */
} Fixture;

static void
finding_cb (TcWatchdog *watchdog,
            TcEvent    *event,
            gboolean    wants_stop,
            gpointer    user_data)
{
  Fixture *self = user_data;

  g_test_message ("%s: %s", event->kind, event->text);
  g_ptr_array_add (self->events, tc_event_copy (event));
  if (wants_stop)
    self->n_stops++;
}

static gboolean
get_free (const char *path,
          guint64    *free_bytes,
          gpointer    user_data)
{
  *free_bytes = ((Fixture *) user_data)->free_bytes;

  return TRUE;
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  TcWatchdogSources sources = { .nvml = "", .get_free = get_free, .user_data = self };

  self->clock = tc_clock_new_fake (G_GINT64_CONSTANT (1795000000) * G_USEC_PER_SEC);
  self->run_dir = g_dir_make_tmp ("tc-run-XXXXXX", NULL);
  self->child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                                  NULL, "sleep", "100", NULL);
  self->pid = atoi (g_subprocess_get_identifier (self->child));
  self->free_bytes = 500 * GB;
  self->events = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_event_free);
  self->n_stops = 0;
  self->watchdog = tc_watchdog_new_full (self->clock, self->run_dir, 17, self->pid, 0, &sources);
  g_signal_connect (self->watchdog, "finding", G_CALLBACK (finding_cb), self);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  g_assert_finalize_object (self->watchdog);
  g_subprocess_force_exit (self->child);
  g_subprocess_wait (self->child, NULL, NULL);
  g_clear_object (&self->child);
  g_rmdir (self->run_dir);
  g_free (self->run_dir);
  tc_clock_unref (self->clock);
  g_ptr_array_unref (self->events);
}

static guint
count (Fixture    *self,
       const char *kind)
{
  guint n = 0;

  for (guint i = 0; i < self->events->len; i++)
    n += g_str_equal (((TcEvent *) g_ptr_array_index (self->events, i))->kind, kind);

  return n;
}

static const TcEvent *
last (Fixture *self)
{
  g_assert_cmpuint (self->events->len, >, 0);

  return g_ptr_array_index (self->events, self->events->len - 1);
}

static void
push (Fixture    *self,
      const char *name,
      double      value)
{
  const TcPoint point = { 0, name, 1, value, tc_point_kind_of (value), 0 };

  tc_watchdog_push_point (self->watchdog, &point);
}

static void
tick (Fixture *self,
      gint64   us)
{
  tc_clock_fake_advance (self->clock, us);
  tc_watchdog_tick (self->watchdog);
}

/* A process that sleeps uses nothing: the kernel's /proc says so. W01. */
static void
test_stall (Fixture       *self,
            gconstpointer  data)
{
  for (guint i = 0; i < 30; i++)
    {
      tick (self, SECONDS (60));
      push (self, "batch_loss", 2 + i / 100.0);
      tc_watchdog_note_log (self->watchdog, 100);
    }
  g_assert_cmpuint (self->events->len, ==, 0);

  kill (self->pid, SIGSTOP);
  for (guint i = 0; i < 59; i++)
    tick (self, SECONDS (10));
  g_assert_cmpuint (self->events->len, ==, 0);
  for (guint i = 0; i < 100; i++)
    tick (self, SECONDS (10));
  g_assert_cmpuint (count (self, "stall"), ==, 1);
  g_assert_cmpuint (self->events->len, ==, 1);
  g_assert_cmpuint (self->n_stops, ==, 1);
  g_assert_cmpuint (last (self)->session_id, ==, 17);
  g_assert_cmpint (last (self)->at_us, <=, tc_clock_get_realtime (self->clock));
  g_assert_cmpint (last (self)->at_us, >, tc_clock_get_realtime (self->clock) - MINUTES (20));

  kill (self->pid, SIGCONT);
  tc_watchdog_note_log (self->watchdog, 100);
  tick (self, SECONDS (10));
  g_assert_cmpuint (self->events->len, ==, 2);
  g_assert_cmpint (last (self)->severity, ==, TC_SEVERITY_INFO);
  g_assert_cmpstr (last (self)->kind, ==, "stall");
}

/* A checkpoint that grows is a sign of life, seen through the folder. */
static void
test_files (Fixture       *self,
            gconstpointer  data)
{
  g_autofree char *path = g_build_filename (self->run_dir, "epoch1.pt", NULL);
  g_autoptr(GString) content = g_string_new ("x");

  push (self, "batch_loss", 2);
  for (guint i = 0; i < 30; i++)
    {
      g_string_append_c (content, 'x');
      g_assert_true (g_file_set_contents (path, content->str, -1, NULL));
      tick (self, SECONDS (60));
    }
  g_assert_cmpuint (count (self, "stall"), ==, 0);
  g_assert_cmpuint (count (self, "quiet"), ==, 1);

  for (guint i = 0; i < 30; i++)
    tick (self, SECONDS (60));
  g_assert_cmpuint (count (self, "stall"), ==, 1);
  g_remove (path);
}

static void
test_paused (Fixture       *self,
             gconstpointer  data)
{
  push (self, "batch_loss", 2);
  tc_watchdog_set_paused (self->watchdog, TRUE);
  kill (self->pid, SIGSTOP);
  for (guint i = 0; i < 300; i++)
    tick (self, SECONDS (60));
  g_assert_cmpuint (self->events->len, ==, 0);

  kill (self->pid, SIGCONT);
  tc_watchdog_set_paused (self->watchdog, FALSE);
  for (guint i = 0; i < 12; i++)
    tick (self, SECONDS (60));
  g_assert_cmpuint (count (self, "stall"), ==, 1);
}

static void
test_suspend (Fixture       *self,
              gconstpointer  data)
{
  push (self, "batch_loss", 2);
  tick (self, SECONDS (60));
  tc_clock_fake_suspend (self->clock, MINUTES (8 * 60));
  tc_clock_fake_step_realtime (self->clock, MINUTES (60));
  tick (self, SECONDS (60));
  g_assert_cmpuint (self->events->len, ==, 2);
  g_assert_cmpuint (count (self, "suspend"), ==, 1);
  g_assert_cmpuint (count (self, "clock"), ==, 1);
  g_assert_cmpstr (last (self)->text, ==, "The clock was set forward by 1 h.");
}

/* Rules and limits together: NaN on and off, a thousand times. W11. */
static void
test_storm (Fixture       *self,
            gconstpointer  data)
{
  for (guint i = 0; i < 1000; i++)
    {
      push (self, "batch_loss", NAN);
      for (guint j = 0; j < 3; j++)
        push (self, "batch_loss", 2 + (i + j) % 7 / 10.0);
      tc_clock_fake_advance (self->clock, 1000);
    }
  g_assert_cmpuint (self->events->len, ==, 2);

  push (self, "batch_loss", NAN);
  tick (self, MINUTES (6));
  g_assert_cmpuint (self->events->len, ==, 3);
  g_assert_nonnull (strstr (last (self)->text, "not shown"));
  g_assert_cmpint (last (self)->severity, ==, TC_SEVERITY_ERROR);
}

static void
test_replay (Fixture       *self,
             gconstpointer  data)
{
  TcPoint points[300];

  for (guint i = 0; i < G_N_ELEMENTS (points); i++)
    {
      double value = i == 150 ? NAN : 2 + i % 7 / 10.0;

      points[i] = (TcPoint) { 0, "batch_loss", i, value, tc_point_kind_of (value), 0 };
    }

  tc_watchdog_replay_points (self->watchdog, points, G_N_ELEMENTS (points));
  g_assert_cmpuint (self->events->len, ==, 0);

  /* What was learnt from them counts: no second warm-up. */
  for (guint i = 0; i < 5; i++)
    push (self, "batch_loss", 50 + i);
  g_assert_cmpuint (count (self, "diverged"), ==, 1);
  g_assert_cmpuint (self->n_stops, ==, 1);
}

static void
test_disk (Fixture       *self,
           gconstpointer  data)
{
  push (self, "batch_loss", 2);
  tc_watchdog_note_checkpoint (self->watchdog, (gint64) GB);
  tick (self, SECONDS (60));
  g_assert_cmpuint (self->events->len, ==, 0);
  self->free_bytes = GB / 2;
  tick (self, SECONDS (60));
  g_assert_cmpuint (count (self, "disk"), ==, 1);
  g_assert_cmpuint (self->n_stops, ==, 0);
}

/* ---- the timer, on the real clock ---- */

static gboolean
quit_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);

  return G_SOURCE_REMOVE;
}

static gboolean
count_looks (const char *path,
             guint64    *free_bytes,
             gpointer    user_data)
{
  *free_bytes = 500 * GB;
  (*(guint *) user_data)++;

  return TRUE;
}

static void
run_for (guint ms)
{
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  g_timeout_add (ms, quit_cb, loop);
  g_main_loop_run (loop);
}

static void
test_timer (void)
{
  guint n_looks = 0;
  const TcWatchdogSources sources = {
    .nvml = "", .interval_s = 1, .get_free = count_looks, .user_data = &n_looks,
  };
  g_autoptr(TcClock) clock = tc_clock_new_system ();
  TcWatchdog *watchdog = tc_watchdog_new_full (clock, "/nonexistent", 1, 1, 1, &sources);

  run_for (50);
  g_assert_cmpuint (n_looks, ==, 0);

  tc_watchdog_start (watchdog);
  tc_watchdog_start (watchdog);
  for (guint i = 0; i < 100 && n_looks < 2; i++)
    run_for (100);
  g_assert_cmpuint (n_looks, ==, 2);

  tc_watchdog_stop (watchdog);
  run_for (1200);
  g_assert_cmpuint (n_looks, ==, 2);

  /* Dropped while it is started. */
  tc_watchdog_start (watchdog);
  g_assert_finalize_object (watchdog);
  run_for (1200);
  g_assert_cmpuint (n_looks, ==, 2);
}

#define ADD(path, test) \
  g_test_add ("/tc/watchdog/" path, Fixture, NULL, set_up, test, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("stall", test_stall);
  ADD ("files", test_files);
  ADD ("paused", test_paused);
  ADD ("suspend", test_suspend);
  ADD ("storm", test_storm);
  ADD ("replay", test_replay);
  ADD ("disk", test_disk);
  g_test_add_func ("/tc/watchdog/timer", test_timer);

  return g_test_run ();
}
