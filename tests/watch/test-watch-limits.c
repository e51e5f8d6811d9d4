/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <string.h>

#include "findings.h"
#include "tc-watch-disk.h"
#include "tc-watch-limits.h"

#define SECONDS(n) ((gint64) (n) * G_USEC_PER_SEC)
#define MINUTES(n) SECONDS (60 * (gint64) (n))
#define GB         G_GUINT64_CONSTANT (1000000000)

/* ---- limits ---- */

typedef struct
{
  TcWatchLimits *limits;
  Findings       found;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->limits = tc_watch_limits_new ();
  findings_init (&self->found);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  tc_watch_limits_free (self->limits);
  findings_clear (&self->found);
}

static void
push (Fixture    *self,
      gint64      at,
      const char *kind,
      gboolean    clears,
      const char *text)
{
  const TcFinding finding = { kind, TC_SEVERITY_ERROR, clears, FALSE, (char *) text };

  tc_watch_limits_push (self->limits, &finding, at, findings_take, &self->found);
}

static void
flush (Fixture *self,
       gint64   at)
{
  tc_watch_limits_flush (self->limits, at, findings_take, &self->found);
}

/* W11: 1,000 a second of each of two kinds, for ten minutes. */
static void
test_storm (Fixture       *self,
            gconstpointer  data)
{
  for (gint64 ms = 0; ms < 600 * 1000; ms++)
    {
      push (self, ms * 1000, "nan", FALSE, "NaN.");
      push (self, ms * 1000, "watchdog", FALSE, "Woof.");
    }
  g_assert_cmpuint (findings_count (&self->found, "nan", FALSE), ==, 2);
  g_assert_cmpuint (findings_count (&self->found, "watchdog", FALSE), ==, 2);
  g_assert_cmpstr (findings_last (&self->found)->text, ==,
                   "Woof. (299999 more of this kind not shown)");

  /* What was withheld at the end comes out, once. */
  flush (self, MINUTES (9));
  g_assert_cmpuint (self->found.findings->len, ==, 4);
  flush (self, MINUTES (10));
  g_assert_cmpuint (self->found.findings->len, ==, 6);
  g_assert_nonnull (strstr (findings_last (&self->found)->text, "(299998 more"));
  flush (self, MINUTES (60));
  g_assert_cmpuint (self->found.findings->len, ==, 6);
}

/* An alarm and its end that both fell into the five minutes cancel out; what
 * was said last is true. */
static void
test_clears (Fixture       *self,
             gconstpointer  data)
{
  push (self, 0, "nan", FALSE, "a");
  push (self, SECONDS (1), "nan", TRUE, "b");
  g_assert_cmpuint (self->found.findings->len, ==, 2);

  push (self, SECONDS (2), "nan", FALSE, "c");
  push (self, SECONDS (3), "nan", TRUE, "d");
  flush (self, MINUTES (6));
  g_assert_cmpuint (self->found.findings->len, ==, 2);

  push (self, MINUTES (7), "nan", FALSE, "e");
  g_assert_cmpstr (findings_last (&self->found)->text, ==, "e (2 more of this kind not shown)");
  push (self, MINUTES (8), "nan", TRUE, "f");
  push (self, MINUTES (9), "nan", FALSE, "g");
  g_assert_true (findings_last (&self->found)->clears);
  flush (self, MINUTES (12));
  g_assert_cmpstr (findings_last (&self->found)->text, ==, "g");
  g_assert_false (findings_last (&self->found)->clears);
}

static void
test_sparse (Fixture       *self,
             gconstpointer  data)
{
  for (guint i = 0; i < 10; i++)
    push (self, MINUTES (5) * i, "stall", FALSE, "s");
  g_assert_cmpuint (self->found.findings->len, ==, 10);
}

/* ---- disk ---- */

static TcWatchDisk *
make_disk (Findings *found)
{
  findings_init (found);

  return tc_watch_disk_new ();
}

static void
test_disk_trend (void)
{
  Findings found;
  g_autoptr(TcWatchDisk) disk = make_disk (&found);
  guint64 free_bytes = 40 * GB;
  guint minute = 0;

  /* 4 GB an hour. */
  for (; found.findings->len == 0 && minute < 600; minute++)
    {
      free_bytes -= 4 * GB / 60;
      tc_watch_disk_push (disk, MINUTES (minute), free_bytes, findings_take, &found);
    }
  g_assert_cmpuint (found.findings->len, ==, 1);
  g_assert_cmpint (findings_last (&found)->severity, ==, TC_SEVERITY_WARNING);
  g_assert_false (findings_last (&found)->wants_stop);
  g_assert_cmpuint (free_bytes, >, 23 * GB);
  g_assert_cmpuint (free_bytes, <, 25 * GB);
  g_test_message ("%s", findings_last (&found)->text);
  g_assert_nonnull (strstr (findings_last (&found)->text, "in about 6 h"));

  /* Told once, and taken back when somebody cleans up. */
  for (guint i = 0; i < 60; i++, minute++)
    tc_watch_disk_push (disk, MINUTES (minute), free_bytes, findings_take, &found);
  tc_watch_disk_push (disk, MINUTES (minute), 200 * GB, findings_take, &found);
  g_assert_cmpuint (findings_count (&found, "disk", FALSE), ==, 1);
  g_assert_cmpuint (findings_count (&found, "disk", TRUE), ==, 1);
  findings_clear (&found);
}

/* Twelve calm hours, then 140 GB at once: judged by the last six hours. */
static void
test_disk_long_run (void)
{
  Findings found;
  g_autoptr(TcWatchDisk) disk = make_disk (&found);

  for (guint minute = 0; minute < 722; minute++)
    tc_watch_disk_push (disk, MINUTES (minute), 200 * GB, findings_take, &found);
  g_assert_cmpuint (found.findings->len, ==, 0);
  tc_watch_disk_push (disk, MINUTES (722), 60 * GB, findings_take, &found);
  g_assert_cmpuint (found.findings->len, ==, 1);
  findings_clear (&found);
}

/* Before an hour is seen, the checkpoints say how fast it goes: 1 GB every 15
 * minutes and 12 GB free. */
static void
test_disk_checkpoints (void)
{
  Findings found;
  g_autoptr(TcWatchDisk) disk = make_disk (&found);

  tc_watch_disk_note_checkpoint (disk, MINUTES (1), (gint64) GB);
  tc_watch_disk_push (disk, MINUTES (2), 13 * GB, findings_take, &found);
  tc_watch_disk_note_checkpoint (disk, MINUTES (5), -1);
  g_assert_cmpuint (found.findings->len, ==, 0);

  tc_watch_disk_note_checkpoint (disk, MINUTES (16), (gint64) GB);
  tc_watch_disk_push (disk, MINUTES (17), 12 * GB, findings_take, &found);
  g_assert_cmpuint (found.findings->len, ==, 1);
  g_assert_cmpstr (findings_last (&found)->text, ==,
                   "The disk will be full in about 3 h: 12.0 GB free, 4.0 GB an hour.");
  findings_clear (&found);
}

static void
test_disk_next_checkpoint (void)
{
  Findings found;
  g_autoptr(TcWatchDisk) disk = make_disk (&found);

  tc_watch_disk_note_checkpoint (disk, MINUTES (1), (gint64) GB);
  tc_watch_disk_push (disk, MINUTES (2), 2 * GB, findings_take, &found);
  g_assert_cmpuint (found.findings->len, ==, 0);
  tc_watch_disk_push (disk, MINUTES (3), GB / 2, findings_take, &found);
  g_assert_cmpint (findings_last (&found)->severity, ==, TC_SEVERITY_ERROR);
  findings_clear (&found);
}

/* Nothing to say: it is stable, it grows, or the run is over before. */
static void
test_disk_calm (void)
{
  Findings found;
  g_autoptr(TcWatchDisk) disk = make_disk (&found);
  g_autoptr(TcWatchDisk) short_run = tc_watch_disk_new ();

  for (guint i = 0; i < 1000; i++)
    {
      tc_watch_disk_push (disk, MINUTES (i), 5 * GB + (i % 7) * 1000, findings_take, &found);
      tc_watch_disk_set_remaining (short_run, MINUTES (MAX (120 - (int) i, 0)));
      tc_watch_disk_push (short_run, MINUTES (i), (30 - MIN (i, 120) / 8) * GB, findings_take,
                          &found);
    }
  g_assert_cmpuint (found.findings->len, ==, 0);
  findings_clear (&found);
}

#define ADD(path, test) \
  g_test_add ("/tc/watch-limits/" path, Fixture, NULL, set_up, test, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("storm", test_storm);
  ADD ("clears", test_clears);
  ADD ("sparse", test_sparse);
  g_test_add_func ("/tc/watch-disk/trend", test_disk_trend);
  g_test_add_func ("/tc/watch-disk/long-run", test_disk_long_run);
  g_test_add_func ("/tc/watch-disk/checkpoints", test_disk_checkpoints);
  g_test_add_func ("/tc/watch-disk/next-checkpoint", test_disk_next_checkpoint);
  g_test_add_func ("/tc/watch-disk/calm", test_disk_calm);

  return g_test_run ();
}
