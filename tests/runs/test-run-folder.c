/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tc-error.h"
#include "tc-run-folder.h"

#define SHIM_RECORD \
  "{\"version\":1,\"shim_pid\":%d,\"shim_start_time\":1,\"pump_pid\":0,\"child_pid\":%d," \
  "\"child_start_time\":%s,\"boot_id\":\"%s\",\"started_at_us\":5,\"started_boottime_us\":5," \
  "\"started_monotonic_us\":5}"

typedef struct {
  char *dir;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->dir = g_dir_make_tmp ("tc-run-XXXXXX", NULL);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *command = g_strdup_printf ("rm -r '%s'", fixture->dir);

  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (fixture->dir);
}

static void
put (Fixture    *fixture,
     const char *name,
     const char *text)
{
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static char *
read_boot_id (void)
{
  char *text = NULL;

  g_assert_true (g_file_get_contents ("/proc/sys/kernel/random/boot_id", &text, NULL, NULL));

  return g_strstrip (text);
}

static char *
read_start_time (void)
{
  g_autofree char *text = NULL;
  g_auto(GStrv) fields = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/stat", &text, NULL, NULL));
  fields = g_strsplit (strrchr (text, ')') + 2, " ", -1);

  return g_strdup (fields[19]);
}

static void
put_shim_record (Fixture    *fixture,
                 const char *start_time,
                 const char *boot_id)
{
  g_autofree char *text = g_strdup_printf (SHIM_RECORD, getpid (), getpid (), start_time, boot_id);

  put (fixture, "shim.json", text);
}

static void
test_liveness (Fixture       *fixture,
               gconstpointer  data)
{
  g_autofree char *boot_id = read_boot_id ();
  g_autofree char *lock = g_build_filename (fixture->dir, "lock", NULL);
  int fd;

  g_assert_cmpint (tc_run_folder_get_liveness (fixture->dir), ==, TC_RUN_NEVER_STARTED);
  put_shim_record (fixture, "1", boot_id);
  g_assert_cmpint (tc_run_folder_get_liveness (fixture->dir), ==, TC_RUN_SUPERVISOR_LOST);
  put_shim_record (fixture, "1", "another-boot");
  g_assert_cmpint (tc_run_folder_get_liveness (fixture->dir), ==, TC_RUN_HOST_RESTARTED);
  put (fixture, "exit.json", "{}");
  g_assert_cmpint (tc_run_folder_get_liveness (fixture->dir), ==, TC_RUN_ENDED);

  fd = open (lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  g_assert_cmpint (flock (fd, LOCK_EX | LOCK_NB), ==, 0);
  g_assert_cmpint (tc_run_folder_get_liveness (fixture->dir), ==, TC_RUN_ALIVE);
  close (fd);
  g_assert_cmpint (tc_run_folder_get_liveness (fixture->dir), ==, TC_RUN_ENDED);
}

/* R07: this very process has the recorded number, but started at another time
 * or in another boot: it is a stranger. */
static void
test_reused_pid (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autofree char *boot_id = read_boot_id ();
  g_autofree char *start_time = read_start_time ();

  put_shim_record (fixture, start_time, boot_id);
  g_assert_true (tc_run_folder_child_is_alive (fixture->dir));
  put_shim_record (fixture, "12345", boot_id);
  g_assert_false (tc_run_folder_child_is_alive (fixture->dir));
  put_shim_record (fixture, start_time, "another-boot");
  g_assert_false (tc_run_folder_child_is_alive (fixture->dir));
}

static void
test_prepare (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *dir = g_build_filename (fixture->dir, "runs", "1", NULL);
  g_autofree char *kept = g_build_filename (dir, "attempts", "1", "exit.json", NULL);
  g_autofree char *record = g_build_filename (dir, "exit.json", NULL);
  GStatBuf info;

  g_assert_true (tc_run_folder_prepare (dir, 1, NULL));
  g_assert_cmpint (g_stat (dir, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);
  g_assert_true (g_file_set_contents (record, "first", -1, NULL));
  g_assert_true (tc_run_folder_prepare (dir, 2, NULL));
  g_assert_false (g_file_test (record, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (kept, G_FILE_TEST_EXISTS));
}

static void
test_spec (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(TcSessionConfig) config = tc_session_config_new ();
  g_autoptr(TcSession) session = tc_session_new (31, config);
  const char *const environment[] = { "A=1", "XAI_API_KEY=canary", NULL };
  TcLaunchContext context = { .run_dir = fixture->dir, .trainer_dir = "/t",
                              .environment = environment };
  g_autoptr(TcLaunch) launch = tc_launch_new (session, &context, NULL);
  g_autofree char *path = g_build_filename (fixture->dir, "spec.json", NULL);
  g_autofree char *text = NULL;
  g_autoptr(TcSession) found = NULL;

  tc_session_begin_attempt (session, 1);
  tc_session_begin_attempt (session, 2);
  g_assert_true (tc_run_folder_write_spec (fixture->dir, session, launch, "abc", NULL));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_null (strstr (text, "canary"));
  found = tc_run_folder_load_session (fixture->dir, NULL);
  g_assert_nonnull (found);
  g_assert_cmpuint (tc_session_get_id (found), ==, 31);
  g_assert_cmpuint (tc_session_get_attempt (found), ==, 2);
}

static void
test_broken_spec (Fixture       *fixture,
                  gconstpointer  data)
{
  const char *broken[] = { "", "{", "[]", "{\"session_id\":\"x\"}", "{\"session_id\":\"1\"}",
                           "{\"session_id\":\"1\",\"config\":{\"epochs\":0}}" };

  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autoptr(GError) error = NULL;

      put (fixture, "spec.json", broken[i]);
      g_assert_null (tc_run_folder_load_session (fixture->dir, &error));
      g_assert_nonnull (error);
    }
}

#define ADD(name, function) \
  g_test_add ("/tc/run-folder/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("liveness", test_liveness);
  ADD ("reused-pid", test_reused_pid);
  ADD ("prepare", test_prepare);
  ADD ("spec", test_spec);
  ADD ("broken-spec", test_broken_spec);

  return g_test_run ();
}
