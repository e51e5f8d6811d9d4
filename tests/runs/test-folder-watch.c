/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Changes of a folder are heard of, also where the kernel tells nothing. */

#include "config.h"

#include <glib/gstdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tc-folder-watch.h"

static void
on_changed (gpointer user_data)
{
  guint *n = user_data;

  (*n)++;
}

static char *
make_folder (void)
{
  g_autoptr(GError) error = NULL;
  char *folder = g_dir_make_tmp ("tc-watch-XXXXXX", &error);

  g_assert_no_error (error);

  return folder;
}

static gboolean
on_deadline (gpointer user_data)
{
  g_error ("nobody was told of the change");

  return G_SOURCE_REMOVE;
}

/* Writes a file, and waits until that is heard of. */
static void
check_heard (const char *folder,
             guint      *n)
{
  g_autofree char *path = g_build_filename (folder, "output.log", NULL);
  guint deadline = g_timeout_add_seconds (20, on_deadline, NULL);
  guint before = *n;

  g_assert_true (g_file_set_contents (path, "EPOCH 1/3\n", -1, NULL));
  while (*n == before)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
  g_assert_cmpint (g_unlink (path), ==, 0);
}

static void
test_told (void)
{
  g_autofree char *folder = make_folder ();
  g_autoptr(GError) error = NULL;
  guint n = 0;
  TcFolderWatch *watch = tc_folder_watch_new (folder, on_changed, &n, &error);

  g_assert_no_error (error);
  check_heard (folder, &n);
  tc_folder_watch_free (watch);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_missing (void)
{
  g_autoptr(GError) error = NULL;
  guint n = 0;

  g_assert_null (tc_folder_watch_new ("/nonexistent/folder", on_changed, &n, &error));
  g_assert_nonnull (error);
}

/* As when all inotify instances of a user are taken: both are EMFILE. */
static void
test_none_left (void)
{
  g_autofree char *folder = make_folder ();
  g_autoptr(GError) error = NULL;
  struct rlimit before;
  struct rlimit none;
  guint n = 0;
  TcFolderWatch *watch;
  int first_free = dup (0);

  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpint (first_free, >, 0);
  close (first_free);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  none = before;
  none.rlim_cur = (rlim_t) first_free;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  watch = tc_folder_watch_new (folder, on_changed, &n, &error);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);

  g_assert_no_error (error);
  g_assert_nonnull (watch);
  g_assert_true (tc_folder_watch_add (watch, folder, &error));
  check_heard (folder, &n);
  tc_folder_watch_free (watch);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/tc/folder-watch/told", test_told);
  g_test_add_func ("/tc/folder-watch/missing", test_missing);
  g_test_add_func ("/tc/folder-watch/none-left", test_none_left);

  return g_test_run ();
}
