/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tc-error.h"
#include "tc-file.h"

/* In the folder GLib makes for the test and removes after it. */
static char *
make_path (const char *name)
{
  g_autofree char *folder = g_build_filename (g_get_user_cache_dir (), "f", NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);

  return g_build_filename (folder, name, NULL);
}

static guint
count_entries (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

static void
test_write_read (void)
{
  g_autofree char *path = make_path ("a.json");
  g_autofree char *text = NULL;
  g_autofree char *bytes = NULL;
  g_autoptr(GError) error = NULL;
  mode_t old_mask = umask (0);
  struct stat info;
  gsize length;

  g_assert_true (tc_file_write (path, "first", -1, TC_FILE_DEFAULT, &error));
  g_assert_true (tc_file_write (path, "se\0cond", 7, TC_FILE_SYNC, &error));
  g_assert_no_error (error);
  umask (old_mask);

  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0600);
  text = tc_file_read (path, 7, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (text, length, "se\0cond", 7);

  g_assert_null (tc_file_read (path, 6, NULL, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);

  /* No temporary file stays behind. */
  g_assert_cmpuint (count_entries (path), ==, 1);

  g_assert_true (tc_file_write (path, NULL, 0, TC_FILE_DEFAULT, NULL));
  bytes = tc_file_read (path, 10, &length, NULL);
  g_assert_cmpstr (bytes, ==, "");
  g_assert_cmpuint (length, ==, 0);
}

static void
test_narrow_umask (void)
{
  g_autofree char *path = make_path ("umask.json");
  mode_t old_mask = umask (0777);
  gboolean done = tc_file_write (path, "x", -1, TC_FILE_DEFAULT, NULL);
  struct stat info;

  umask (old_mask);
  g_assert_true (done);
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0600);
  g_unlink (path);
}

static void
test_write_fails (void)
{
  g_autofree char *missing = make_path ("no/such/folder/a.json");
  g_autofree char *folder = make_path ("folder");
  g_autoptr(GError) error = NULL;
  guint before;

  g_assert_false (tc_file_write (missing, "x", -1, TC_FILE_DEFAULT, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_NOT_FOUND);
  g_clear_error (&error);

  /* The rename fails: the temporary file goes, the folder stays. */
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  before = count_entries (folder);
  g_assert_false (tc_file_write (folder, "x", -1, TC_FILE_DEFAULT, &error));
  g_assert_nonnull (error);
  g_assert_cmpuint (count_entries (folder), ==, before);
}

static void
assert_refused (const char *path)
{
  gint64 start = g_get_monotonic_time ();
  g_autoptr(GError) error = NULL;

  g_assert_null (tc_file_read (path, 1 << 20, NULL, &error));
  g_assert_nonnull (error);
  g_assert_true (error->domain == TC_ERROR);
  g_assert_cmpint (g_get_monotonic_time () - start, <, G_USEC_PER_SEC);
}

/* P12: whatever lies there, no hang. */
static void
test_special_files (void)
{
  g_autofree char *fifo = make_path ("fifo");
  g_autofree char *loop = make_path ("loop");
  g_autofree char *link = make_path ("link");
  g_autofree char *target = make_path ("target");
  g_autofree char *name = make_path ("socket");
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  g_autofd int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_cmpint (symlink (loop, loop), ==, 0);
  g_assert_true (tc_file_write (target, "x", -1, TC_FILE_DEFAULT, NULL));
  g_assert_cmpint (symlink (target, link), ==, 0);
  g_assert_cmpuint (g_strlcpy (address.sun_path, name, sizeof address.sun_path), <,
                    sizeof address.sun_path);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);

  assert_refused (fifo);
  assert_refused (loop);
  assert_refused (link);
  assert_refused (name);
  assert_refused ("/dev/zero");
  assert_refused ("/dev/tty");
  assert_refused ("/");
  assert_refused ("/proc/self/mem");
  assert_refused ("/no/such/file");
}

/* A file that says it is empty and is not. */
static void
test_proc (void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = tc_file_read ("/proc/self/stat", 65536, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (g_ascii_isdigit (*text));
}

static void
test_make_dir (void)
{
  g_autofree char *path = make_path ("deep/er/folder");
  g_autofree char *file = make_path ("file");
  g_autoptr(GError) error = NULL;
  struct stat info;

  g_assert_true (tc_file_make_dir (path, &error));
  g_assert_no_error (error);
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0700);

  g_assert_true (tc_file_write (file, "x", -1, TC_FILE_DEFAULT, NULL));
  g_assert_false (tc_file_make_dir (file, &error));
  g_assert_nonnull (error);
}

/* L13: a folder somebody else made at our place. */
static void
test_foreign_dir (void)
{
  g_autofree char *path = make_path ("foreign");
  g_autoptr(GError) error = NULL;

  if (geteuid () != 0)
    {
      g_test_skip ("only root can make a folder for another user");
      return;
    }

  g_assert_cmpint (g_mkdir (path, 0777), ==, 0);
  if (chown (path, 1234, 1234) != 0)
    {
      g_test_skip ("this file system keeps no owners");
      return;
    }
  g_assert_false (tc_file_make_dir (path, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_PERMISSION);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/tc/file/write-read", test_write_read);
  g_test_add_func ("/tc/file/narrow-umask", test_narrow_umask);
  g_test_add_func ("/tc/file/write-fails", test_write_fails);
  g_test_add_func ("/tc/file/special-files", test_special_files);
  g_test_add_func ("/tc/file/proc", test_proc);
  g_test_add_func ("/tc/file/make-dir", test_make_dir);
  g_test_add_func ("/tc/file/foreign-dir", test_foreign_dir);

  return g_test_run ();
}
