/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tc-error.h"
#include "tc-paths.h"

static void
test_environment (void)
{
  g_autoptr(TcPaths) paths = NULL;
  g_autofree char *data = NULL;
  g_autofree char *runtime = NULL;

  /* GLib's isolated folders stand in for the user's. */
  g_setenv ("XDG_RUNTIME_DIR", g_get_user_runtime_dir (), TRUE);
  g_unsetenv ("TRAINING_CENTER_SHIM");
  paths = tc_paths_new_from_environment ();
  data = g_build_filename (g_get_user_data_dir (), "training-center", NULL);
  runtime = g_build_filename (g_get_user_runtime_dir (), "training-center", "engine.sock", NULL);

  g_assert_cmpstr (tc_paths_get_data_dir (paths), ==, data);
  g_assert_cmpstr (tc_paths_get_socket_path (paths), ==, runtime);
  g_assert_true (g_str_has_suffix (tc_paths_get_database_path (paths),
                                   "/training-center/training-center.db"));
  g_assert_true (g_str_has_suffix (tc_paths_get_engine_log_path (paths), "/engine.log"));
  g_assert_true (g_str_has_suffix (tc_paths_get_trainer_dir (paths), "/trainer"));
  g_assert_true (g_str_has_suffix (tc_paths_get_shim_path (paths), "/training-center-shim"));
  g_assert_true (g_str_has_suffix (tc_paths_get_engine_path (paths), "/training-center-engine"));
  g_assert_true (g_str_has_suffix (tc_paths_get_config_dir (paths), "/training-center"));
  g_assert_true (g_str_has_suffix (tc_paths_get_state_dir (paths), "/training-center"));
}

static void
test_no_runtime_dir (void)
{
  g_autoptr(TcPaths) paths = NULL;
  g_autofree char *expected = NULL;

  g_unsetenv ("XDG_RUNTIME_DIR");
  paths = tc_paths_new_from_environment ();
  expected = g_build_filename (tc_paths_get_data_dir (paths), "run", NULL);
  g_assert_cmpstr (tc_paths_get_runtime_dir (paths), ==, expected);
}

static void
test_overrides (void)
{
  g_autoptr(TcPaths) paths = NULL;
  g_autoptr(TcPaths) relative = NULL;

  g_setenv ("TRAINING_CENTER_TRAINER_DIR", "/somewhere/trainer", TRUE);
  g_setenv ("TRAINING_CENTER_SHIM", "/somewhere/shim", TRUE);
  g_setenv ("TRAINING_CENTER_LIBEXEC_DIR", "/somewhere/libexec", TRUE);
  paths = tc_paths_new_for_root ("/r");
  g_assert_cmpstr (tc_paths_get_trainer_dir (paths), ==, "/somewhere/trainer");
  g_assert_cmpstr (tc_paths_get_supervise_dir (paths), ==, "/somewhere/supervise");
  g_assert_cmpstr (tc_paths_get_shim_path (paths), ==, "/somewhere/shim");
  g_assert_cmpstr (tc_paths_get_libexec_dir (paths), ==, "/somewhere/libexec");
  g_assert_cmpstr (tc_paths_get_engine_path (paths), ==,
                   "/somewhere/libexec/training-center-engine");

  g_setenv ("TRAINING_CENTER_SHIM", "./shim", TRUE);
  relative = tc_paths_new_for_root ("/r");
  g_assert_cmpstr (tc_paths_get_shim_path (relative), ==,
                   "/somewhere/libexec/training-center-shim");

  g_unsetenv ("TRAINING_CENTER_TRAINER_DIR");
  g_unsetenv ("TRAINING_CENTER_SHIM");
  g_unsetenv ("TRAINING_CENTER_LIBEXEC_DIR");
}

static void
assert_private (const char *path)
{
  struct stat info;

  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_true (S_ISDIR (info.st_mode));
  g_assert_cmpint (info.st_mode & 07777, ==, 0700);
}

static void
test_ensure (void)
{
  g_autoptr(TcPaths) paths = tc_paths_new_for_root (g_get_user_cache_dir ());
  g_autoptr(GError) error = NULL;
  mode_t old_mask = umask (0);

  /* One of them is there already, and open to all. */
  g_assert_cmpint (g_mkdir_with_parents (tc_paths_get_data_dir (paths), 0777), ==, 0);
  g_assert_cmpint (chmod (tc_paths_get_data_dir (paths), 0777), ==, 0);

  g_assert_true (tc_paths_ensure_dirs (paths, &error));
  g_assert_no_error (error);
  assert_private (tc_paths_get_data_dir (paths));
  assert_private (tc_paths_get_runs_dir (paths));
  assert_private (tc_paths_get_state_dir (paths));
  assert_private (tc_paths_get_config_dir (paths));
  assert_private (tc_paths_get_runtime_dir (paths));

  g_assert_true (tc_paths_ensure_dirs (paths, &error));
  umask (old_mask);
}

static void
test_socket_too_long (void)
{
  g_autofree char *name = g_strnfill (120, 'x');
  g_autofree char *root = g_build_filename (g_get_tmp_dir (), name, NULL);
  g_autoptr(TcPaths) paths = tc_paths_new_for_root (root);
  g_autoptr(GError) error = NULL;

  g_assert_false (tc_paths_ensure_dirs (paths, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
  g_assert_false (g_file_test (root, G_FILE_TEST_EXISTS));
}

static void
test_run_dir (void)
{
  static const char *const bad[] = {
    "", "..", "17/..", "-1", "x", "1 ", "٣", "111111111111111111111"
  };
  g_autoptr(TcPaths) paths = tc_paths_new_for_root ("/r");
  g_autofree char *good = tc_paths_dup_run_dir (paths, "17");

  g_assert_cmpstr (good, ==, "/r/data/training-center/runs/17");
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (tc_paths_dup_run_dir (paths, bad[i]));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/tc/paths/environment", test_environment);
  g_test_add_func ("/tc/paths/no-runtime-dir", test_no_runtime_dir);
  g_test_add_func ("/tc/paths/overrides", test_overrides);
  g_test_add_func ("/tc/paths/ensure", test_ensure);
  g_test_add_func ("/tc/paths/socket-too-long", test_socket_too_long);
  g_test_add_func ("/tc/paths/run-dir", test_run_dir);

  return g_test_run ();
}
