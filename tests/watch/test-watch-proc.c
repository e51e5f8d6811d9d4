/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "tc-watch-files.h"
#include "tc-watch-gpu.h"
#include "tc-watch-proc.h"

/* ---- a /proc of our own ---- */

typedef struct
{
  char        *root;
  TcWatchProc *proc;
} Fixture;

#define CHILD 4000

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->root = g_dir_make_tmp ("tc-proc-XXXXXX", NULL);
  self->proc = tc_watch_proc_new (self->root, CHILD, 555);
}

/* Takes the path. */
static void
remove_tree (char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    remove_tree (g_build_filename (path, name, NULL));
  g_remove (path);
  g_free (path);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  tc_watch_proc_free (self->proc);
  remove_tree (self->root);
}

typedef struct
{
  const char *name;    /* of the folder */
  const char *comm;
  char        state;
  int         parent;
  int         session;
  guint64     user;    /* ticks */
  guint64     children;
  gint64      start_time;
  guint64     io;
} FakeProcess;

static void
put (Fixture           *self,
     const FakeProcess *process)
{
  g_autofree char *dir = g_build_filename (self->root, process->name, NULL);
  g_autofree char *stat_path = g_build_filename (dir, "stat", NULL);
  g_autofree char *io_path = g_build_filename (dir, "io", NULL);
  g_autofree char *stat = NULL;
  g_autofree char *io = NULL;

  stat = g_strdup_printf ("%s (%s) %c %d 77 %d 0 -1 4194560 100 200 0 0 "
                          "%" G_GUINT64_FORMAT " 0 %" G_GUINT64_FORMAT " 0 20 0 1 0 "
                          "%" G_GINT64_FORMAT " 1000 50 18446744073709551615 0 0\n",
                          process->name, process->comm, process->state, process->parent,
                          process->session, process->user, process->children,
                          process->start_time);
  io = g_strdup_printf ("rchar: %" G_GUINT64_FORMAT "\nwchar: %" G_GUINT64_FORMAT "\n"
                        "syscr: 9\nsyscw: 9\nread_bytes: 0\n", process->io, process->io);

  g_mkdir (dir, 0700);
  g_assert_true (g_file_set_contents (stat_path, stat, -1, NULL));
  g_assert_true (g_file_set_contents (io_path, io, -1, NULL));
}

static TcWatchSample
sample (Fixture *self)
{
  TcWatchSample result = { 0 };

  tc_watch_proc_sample (self->proc, &result);

  return result;
}

static guint64
us_per_tick (void)
{
  return G_USEC_PER_SEC / (guint64) sysconf (_SC_CLK_TCK);
}

/* The child, a grandchild that is listed before its parent, one that left the
 * tree but not the session, and strangers. Names that try to fool a parser. */
static void
test_tree (Fixture       *self,
           gconstpointer  data)
{
  TcWatchSample now;

  put (self, &(FakeProcess) { "self", "engine", 'S', 1, 10, 0, 0, 1, 0 });
  put (self, &(FakeProcess) { "4000", "python3 (x) R 1", 'S', 3999, 4000, 100, 0, 555, 1000 });
  put (self, &(FakeProcess) { "4001", "a b) S 4000 (", 'S', 4000, 4000, 10, 0, 600, 10 });
  put (self, &(FakeProcess) { "399", "worker", 'R', 4001, 9999, 5, 0, 601, 5 });
  put (self, &(FakeProcess) { "4005", "daemon", 'S', 1, 4000, 1, 0, 602, 1 });
  put (self, &(FakeProcess) { "3999", "shim", 'S', 1, 3999, 70000, 0, 500, 70000 });
  put (self, &(FakeProcess) { "5000", "stranger", 'R', 1, 5000, 80000, 0, 700, 80000 });

  now = sample (self);
  g_assert_cmpuint (now.n_processes, ==, 4);
  g_assert_cmpuint (now.cpu_us, ==, 116 * us_per_tick ());
  g_assert_cmpuint (now.io_bytes, ==, 2 * 1016);
  g_assert_false (now.is_stopped);
  g_assert_cmpuint (tc_watch_proc_get_pids (self->proc)->len, ==, 4);
}

static void
test_growth (Fixture       *self,
             gconstpointer  data)
{
  char *worker = g_build_filename (self->root, "4001", NULL);
  TcWatchSample before;
  TcWatchSample now;

  put (self, &(FakeProcess) { "4000", "python3", 'S', 1, 4000, 100, 0, 555, 1000 });
  put (self, &(FakeProcess) { "4001", "worker", 'S', 4000, 4000, 50, 0, 600, 500 });
  before = sample (self);

  /* A worker that ends takes nothing away. */
  remove_tree (worker);
  now = sample (self);
  g_assert_cmpuint (now.cpu_us, ==, before.cpu_us);
  g_assert_cmpuint (now.io_bytes, ==, before.io_bytes);
  g_assert_cmpuint (now.n_processes, ==, 1);

  /* Its pid comes back as another process, which begins at nothing. */
  put (self, &(FakeProcess) { "4001", "worker", 'S', 4000, 4000, 7, 0, 900, 3 });
  now = sample (self);
  g_assert_cmpuint (now.cpu_us - before.cpu_us, ==, 7 * us_per_tick ());
  g_assert_cmpuint (now.io_bytes - before.io_bytes, ==, 6);

  /* Also when nobody looked in between. */
  before = now;
  put (self, &(FakeProcess) { "4001", "worker", 'S', 4000, 4000, 9, 0, 950, 3 });
  now = sample (self);
  g_assert_cmpuint (now.cpu_us - before.cpu_us, ==, 9 * us_per_tick ());

  /* Compilers too short-lived to be seen show in their parent. */
  before = now;
  put (self, &(FakeProcess) { "4000", "python3", 'S', 1, 4000, 100, 900, 555, 1000 });
  now = sample (self);
  g_assert_cmpuint (now.cpu_us - before.cpu_us, ==, 900 * us_per_tick ());
}

static void
test_stopped (Fixture       *self,
              gconstpointer  data)
{
  put (self, &(FakeProcess) { "4000", "python3", 'T', 1, 4000, 100, 0, 555, 1000 });
  g_assert_true (sample (self).is_stopped);
  put (self, &(FakeProcess) { "4000", "python3", 'S', 1, 4000, 100, 0, 555, 1000 });
  g_assert_false (sample (self).is_stopped);
}

/* Another process with the child's pid, nothing at all, garbage. */
static void
test_gone (Fixture       *self,
           gconstpointer  data)
{
  g_autofree char *path = g_build_filename (self->root, "4000", "stat", NULL);

  g_assert_cmpuint (sample (self).n_processes, ==, 0);
  put (self, &(FakeProcess) { "4000", "other", 'R', 1, 4000, 100, 0, 556, 1000 });
  g_assert_cmpuint (sample (self).n_processes, ==, 0);
  g_assert_cmpuint (sample (self).cpu_us, ==, 0);

  g_assert_true (g_file_set_contents (path, "4000 (python3) S 1", -1, NULL));
  g_assert_cmpuint (sample (self).n_processes, ==, 0);
  g_assert_true (g_file_set_contents (path, "", -1, NULL));
  g_assert_cmpuint (sample (self).n_processes, ==, 0);
}

/* A child in our own session does not make everything in it its tree. */
static void
test_shared_session (Fixture       *self,
                     gconstpointer  data)
{
  put (self, &(FakeProcess) { "self", "engine", 'S', 1, 10, 0, 0, 1, 0 });
  put (self, &(FakeProcess) { "4000", "python3", 'S', 1, 10, 100, 0, 555, 1000 });
  put (self, &(FakeProcess) { "5000", "stranger", 'R', 1, 10, 80000, 0, 700, 80000 });
  g_assert_cmpuint (sample (self).n_processes, ==, 1);
}

/* The kernel's own /proc: this process burns some time. */
static void
test_real (void)
{
  g_autoptr(TcWatchProc) proc = tc_watch_proc_new ("/proc", getpid (), 0);
  TcWatchSample before = { 0 };
  TcWatchSample now = { 0 };
  gint64 begin = g_get_monotonic_time ();

  tc_watch_proc_sample (proc, &before);
  g_assert_cmpuint (before.n_processes, >=, 1);
  while (g_get_monotonic_time () - begin < G_USEC_PER_SEC / 5)
    ;
  tc_watch_proc_sample (proc, &now);
  g_assert_cmpuint (now.cpu_us, >, before.cpu_us);
  g_assert_cmpuint (now.io_bytes, >, before.io_bytes);
  g_assert_false (now.is_stopped);
}

/* ---- files ---- */

static void
write_file (const char *dir,
            const char *name,
            const char *text)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_mkdir_with_parents (parent, 0700);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
test_files (void)
{
  char *dir = g_dir_make_tmp ("tc-files-XXXXXX", NULL);
  g_autofree char *link = g_build_filename (dir, "loop", NULL);
  guint64 before;

  g_assert_cmpuint (tc_watch_files_digest (dir), ==, 0);
  g_assert_cmpuint (tc_watch_files_digest ("/nonexistent"), ==, 0);

  write_file (dir, "output.log", "x");
  write_file (dir, "output.idx", "x");
  write_file (dir, "shim.json", "x");
  write_file (dir, "attempts/1/exit.json", "x");
  g_assert_cmpuint (tc_watch_files_digest (dir), ==, 0);

  write_file (dir, "checkpoints/a/epoch1.pt", "x");
  before = tc_watch_files_digest (dir);
  g_assert_cmpuint (before, !=, 0);
  g_assert_cmpuint (tc_watch_files_digest (dir), ==, before);

  write_file (dir, "output.log", "xyz");
  g_assert_cmpuint (tc_watch_files_digest (dir), ==, before);
  write_file (dir, "checkpoints/a/epoch1.pt", "xy");
  g_assert_cmpuint (tc_watch_files_digest (dir), !=, before);

  /* A loop of links is not followed. */
  before = tc_watch_files_digest (dir);
  g_assert_cmpint (symlink (dir, link), ==, 0);
  g_assert_cmpuint (tc_watch_files_digest (dir), ==, before);
  remove_tree (dir);
}

/* ---- the GPU, with a library of our own ---- */

static int
ask_gpu (const char *library,
         GPid        pid)
{
  g_autoptr(TcWatchGpu) gpu = tc_watch_gpu_new (library);
  g_autoptr(GArray) pids = g_array_new (FALSE, FALSE, sizeof (GPid));

  g_array_append_val (pids, pid);

  return tc_watch_gpu_get_percent (gpu, pids);
}

static void
test_gpu (void)
{
  static const char *const failures[] = { "init", "count", "handle", "utilization", "processes" };

  g_setenv ("TC_FAKE_NVML_PID", "4000", TRUE);
  g_assert_cmpint (ask_gpu (FAKE_NVML, 4000), ==, 73);
  g_assert_cmpint (ask_gpu (FAKE_NVML, 4001), ==, -1);
  g_assert_cmpint (ask_gpu ("", 4000), ==, -1);
  g_assert_cmpint (ask_gpu ("libnot-there.so.1", 4000), ==, -1);

  /* A library without the functions. */
  g_assert_cmpint (ask_gpu ("libc.so.6", 4000), ==, -1);

  for (guint i = 0; i < G_N_ELEMENTS (failures); i++)
    {
      g_setenv ("TC_FAKE_NVML_FAIL", failures[i], TRUE);
      g_assert_cmpint (ask_gpu (FAKE_NVML, 4000), ==, -1);
    }
  g_unsetenv ("TC_FAKE_NVML_FAIL");
}

#define ADD(path, test) \
  g_test_add ("/tc/watch-proc/" path, Fixture, NULL, set_up, test, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("tree", test_tree);
  ADD ("growth", test_growth);
  ADD ("stopped", test_stopped);
  ADD ("gone", test_gone);
  ADD ("shared-session", test_shared_session);
  g_test_add_func ("/tc/watch-proc/real", test_real);
  g_test_add_func ("/tc/watch-files/digest", test_files);
  g_test_add_func ("/tc/watch-gpu/nvml", test_gpu);

  return g_test_run ();
}
