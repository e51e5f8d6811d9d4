/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "findings.h"
#include "tc-watch-external.h"
#include "tc-watch-news.h"

#define SECONDS(n) ((gint64) (n) * G_USEC_PER_SEC)
#define MINUTES(n) SECONDS (60 * (gint64) (n))

static const char *const shell[] = { "/bin/sh", NULL };

/* ---- news ---- */

static void
test_news (void)
{
  static const char *const block[] = {
    "================ WATCHDOG 2026-11-22 15:%02u ================",
    "Status: training",
    "Epoch: %u/200 (23.5%%)",
    "Train loss: 2.3%u  Val loss: 2.4156",
    "✓ No errors, no warnings",
    "Errors: 0",
  };
  g_autoptr(TcWatchNews) news = tc_watch_news_new (MINUTES (1));
  Findings found;

  findings_init (&found);
  for (guint minute = 0; minute < 60; minute++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (block); i++)
        {
          g_autofree char *line = g_strdup_printf (block[i], minute);

          tc_watch_news_push (news, line, -1, MINUTES (minute), findings_take, &found);
        }
      if (minute >= 20 && minute < 40)
        {
          g_autofree char *line = g_strdup_printf ("⚠ STALL: no update for %u s", minute * 60);

          tc_watch_news_push (news, line, -1, MINUTES (minute), findings_take, &found);
        }
    }
  g_assert_cmpuint (found.findings->len, ==, 1);
  g_assert_cmpint (findings_last (&found)->severity, ==, TC_SEVERITY_WARNING);
  g_assert_cmpstr (findings_last (&found)->text, ==,
                   "The script's watchdog: ⚠ STALL: no update for 1200 s");

  /* It is back after twenty minutes: news again. A changed status is, too. */
  tc_watch_news_push (news, "⚠ STALL: no update for 9 s", -1, MINUTES (60), findings_take, &found);
  g_assert_cmpuint (found.findings->len, ==, 2);
  tc_watch_news_push (news, "Status: aborted", -1, MINUTES (61), findings_take, &found);
  g_assert_cmpuint (found.findings->len, ==, 3);
  g_assert_cmpint (findings_last (&found)->severity, ==, TC_SEVERITY_ERROR);
  tc_watch_news_push (news, "Status: completed", -1, MINUTES (62), findings_take, &found);
  g_assert_cmpuint (found.findings->len, ==, 4);
  g_assert_cmpint (findings_last (&found)->severity, ==, TC_SEVERITY_INFO);

  /* Bytes that are no text. */
  tc_watch_news_push (news, "\xff\x1b[31mERROR\x1b[0m \x80", -1, MINUTES (63), findings_take, &found);
  g_assert_cmpuint (found.findings->len, ==, 5);
  g_assert_true (g_utf8_validate (findings_last (&found)->text, -1, NULL));
  g_assert_null (strchr (findings_last (&found)->text, '\x1b'));
  findings_clear (&found);
}

/* ---- the process ---- */

typedef struct
{
  TcClock         *clock;
  char            *dir;
  char            *script;
  TcWatchExternal *external;
  GPtrArray       *texts;
} Fixture;

static void
finding_cb (TcWatchExternal *external,
            TcEvent         *event,
            gboolean         wants_stop,
            gpointer         user_data)
{
  Fixture *self = user_data;

  g_assert_cmpstr (event->kind, ==, "watchdog");
  g_assert_cmpuint (event->session_id, ==, 17);
  g_assert_false (wants_stop);
  g_test_message ("%s", event->text);
  g_ptr_array_add (self->texts, g_strdup (event->text));
}

/* data: what the script does. */
static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->clock = tc_clock_new_fake (G_GINT64_CONSTANT (1795000000) * G_USEC_PER_SEC);
  self->dir = g_dir_make_tmp ("tc-external-XXXXXX", NULL);
  self->script = g_build_filename (self->dir, "training_watchdog.py", NULL);
  if (data != NULL)
    g_assert_true (g_file_set_contents (self->script, data, -1, NULL));
  self->texts = g_ptr_array_new_with_free_func (g_free);
  self->external = tc_watch_external_new (self->clock, 17, shell, self->script,
                                          "training_status.json", 60);
  g_signal_connect (self->external, "finding", G_CALLBACK (finding_cb), self);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  if (self->external != NULL)
    g_assert_finalize_object (self->external);
  g_remove (self->script);
  g_rmdir (self->dir);
  g_free (self->script);
  g_free (self->dir);
  g_ptr_array_unref (self->texts);
  tc_clock_unref (self->clock);
}

/* Lets the main loop turn until there are n texts; at most 5 s. */
static void
wait_for_texts (Fixture *self,
                guint    n)
{
  gint64 deadline = g_get_monotonic_time () + SECONDS (20);

  while (self->texts->len < n && g_get_monotonic_time () < deadline)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_assert_cmpuint (self->texts->len, ==, n);
}

static void
turn (guint ms)
{
  gint64 deadline = g_get_monotonic_time () + ms * 1000;

  while (g_get_monotonic_time () < deadline)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
}

static const char *
text (Fixture *self,
      guint    index)
{
  return g_ptr_array_index (self->texts, index);
}

/* Whether a process lives in the group. One that has ended and that nobody has
 * reaped yet does not. */
static gboolean
has_living (GPid group)
{
  g_autoptr(GDir) dir = g_dir_open ("/proc", 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc", name, "stat", NULL);
      g_autofree char *stat = NULL;
      const char *rest;
      char state;
      int pgrp;

      if (!g_ascii_isdigit (name[0]) || !g_file_get_contents (path, &stat, NULL, NULL))
        continue;

      rest = strrchr (stat, ')');
      if (rest != NULL && sscanf (rest + 1, " %c %*d %d", &state, &pgrp) == 2 &&
          pgrp == group && state != 'Z' && state != 'X')
        return TRUE;
    }

  return FALSE;
}

static gboolean
group_is_gone (GPid pid)
{
  gint64 deadline = g_get_monotonic_time () + SECONDS (20);

  while (has_living (pid) && g_get_monotonic_time () < deadline)
    turn (5);

  return !has_living (pid);
}

static void
test_missing (Fixture       *self,
              gconstpointer  data)
{
  g_assert_false (tc_watch_external_start (self->external));
  g_assert_false (tc_watch_external_is_running (self->external));
  tc_watch_external_tick (self->external);
  turn (20);
  g_assert_cmpuint (self->texts->len, ==, 0);
}

static void
test_environment (Fixture       *self,
                  gconstpointer  data)
{
  GPid pid;

  g_assert_true (tc_watch_external_start (self->external));
  pid = tc_watch_external_get_pid (self->external);
  wait_for_texts (self, 1);
  g_assert_cmpstr (text (self, 0), ==,
                   "The script's watchdog: error --status-file training_status.json "
                   "--check-interval 60 UTC 1");
  g_assert_cmpint (getpgid (pid), ==, pid);
  g_assert_true (has_living (pid));
  g_assert_cmpint (getpriority (PRIO_PROCESS, (id_t) pid), ==, 10);

  /* What it started goes with it. */
  tc_watch_external_stop (self->external);
  g_assert_false (tc_watch_external_is_running (self->external));
  g_assert_true (group_is_gone (pid));
  g_assert_cmpuint (self->texts->len, ==, 1);
}

static void
test_dispose (Fixture       *self,
              gconstpointer  data)
{
  GPid pid;

  g_assert_true (tc_watch_external_start (self->external));
  pid = tc_watch_external_get_pid (self->external);
  turn (50);
  g_assert_finalize_object (g_steal_pointer (&self->external));
  g_assert_true (group_is_gone (pid));
}

/* W07 */
static void
test_hung (Fixture       *self,
           gconstpointer  data)
{
  GPid pid;

  g_assert_true (tc_watch_external_start (self->external));
  wait_for_texts (self, 1);
  pid = tc_watch_external_get_pid (self->external);
  kill (-pid, SIGSTOP);

  tc_clock_fake_advance (self->clock, SECONDS (100));
  tc_watch_external_tick (self->external);
  g_assert_cmpuint (self->texts->len, ==, 1);
  tc_clock_fake_advance (self->clock, SECONDS (10));
  tc_watch_external_tick (self->external);
  g_assert_cmpuint (self->texts->len, ==, 2);
  g_assert_nonnull (strstr (text (self, 1), "does not answer"));
  g_assert_true (group_is_gone (pid));

  g_assert_false (tc_watch_external_is_running (self->external));
  tc_clock_fake_advance (self->clock, SECONDS (5));
  tc_watch_external_tick (self->external);
  g_assert_true (tc_watch_external_is_running (self->external));
  g_assert_cmpint (tc_watch_external_get_pid (self->external), !=, pid);
}

static void
test_crashing (Fixture       *self,
               gconstpointer  data)
{
  g_assert_true (tc_watch_external_start (self->external));

  for (guint i = 0; i < 3; i++)
    {
      wait_for_texts (self, i + 1);
      g_assert_nonnull (strstr (text (self, i), "(exit code 3)"));
      g_assert_false (tc_watch_external_is_running (self->external));

      /* Not before its time. */
      tc_watch_external_tick (self->external);
      g_assert_false (tc_watch_external_is_running (self->external));
      tc_clock_fake_advance (self->clock, SECONDS (120));
      tc_watch_external_tick (self->external);
      g_assert_true (tc_watch_external_is_running (self->external));
    }

  wait_for_texts (self, 5);
  g_assert_nonnull (strstr (text (self, 4), "given up"));
  tc_clock_fake_advance (self->clock, MINUTES (600));
  tc_watch_external_tick (self->external);
  g_assert_false (tc_watch_external_is_running (self->external));
}

/* It leaves with 0 when the training is over: nothing to say. */
static void
test_leaves (Fixture       *self,
             gconstpointer  data)
{
  gint64 deadline = g_get_monotonic_time () + SECONDS (20);

  g_assert_true (tc_watch_external_start (self->external));
  while (tc_watch_external_is_running (self->external) && g_get_monotonic_time () < deadline)
    turn (5);
  g_assert_false (tc_watch_external_is_running (self->external));
  tc_clock_fake_advance (self->clock, MINUTES (600));
  tc_watch_external_tick (self->external);
  g_assert_false (tc_watch_external_is_running (self->external));
  g_assert_cmpuint (self->texts->len, ==, 0);
}

/* Five warnings at once, then silence: one is told, then the last of them with
 * the number, and that the watchdog is silent. */
static void
test_noisy (Fixture       *self,
            gconstpointer  data)
{
  g_assert_true (tc_watch_external_start (self->external));
  wait_for_texts (self, 1);
  tc_clock_fake_advance (self->clock, MINUTES (6));
  tc_watch_external_tick (self->external);
  g_assert_cmpuint (self->texts->len, ==, 3);
  g_assert_nonnull (strstr (text (self, 1), "(3 more of this kind not shown)"));
  g_assert_nonnull (strstr (text (self, 2), "does not answer"));
}

#define ADD(path, script, test) \
  g_test_add ("/tc/watch-external/" path, Fixture, script, set_up, test, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tc/watch-news/blocks", test_news);
  ADD ("missing", NULL, test_missing);
  ADD ("environment", "echo \"error $@ $TZ $PYTHONUNBUFFERED\"; sleep 100 & sleep 100", test_environment);
  ADD ("dispose", "sleep 100 & sleep 100", test_dispose);
  ADD ("hung", "echo 'error: one'; sleep 100", test_hung);
  ADD ("crashing", "exit 3", test_crashing);
  ADD ("leaves", "echo fine; exit 0", test_leaves);
  ADD ("noisy", "printf 'warning a\nwarning b\nwarning c\nwarning d\nwarning e\n'; sleep 100", test_noisy);

  return g_test_run ();
}
