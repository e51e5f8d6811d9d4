/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <glib/gstdio.h>

#include "tc-error.h"
#include "tc-json.h"
#include "tc-launch.h"

static TcSession *
new_session (const char *config_json)
{
  g_autoptr(JsonObject) object = tc_json_parse_object (config_json, -1, TC_JSON_DEFAULT, NULL);
  g_autoptr(TcSessionConfig) config = tc_session_config_from_json (object, NULL);

  g_assert_nonnull (config);

  return tc_session_new (7, config);
}

static char *
join (TcLaunch *launch)
{
  g_auto(GStrv) argv = tc_launch_dup_argv (launch, NULL);

  return g_strjoinv ("|", argv);
}

static TcLaunchContext
new_context (GHashTable *known)
{
  static const char *const environment[] = {
    "PATH=/bin", "OPENAI_API_KEY=sk-canary", "HF_TOKEN=canary", "LANG=C", NULL
  };

  return (TcLaunchContext) {
    .run_dir = "/r/7",
    .trainer_dir = "/t",
    .known_options = known,
    .environment = environment,
  };
}

static void
test_bundled (void)
{
  g_autoptr(TcSession) session = new_session ("{\"epochs\":5,\"seed\":3,\"target\":\"helix-1m\","
                                              "\"settings\":{\"lr\":\"0.1\",\"no-fp16\":\"\"}}");
  TcLaunchContext context = new_context (NULL);
  g_autoptr(TcLaunch) launch = tc_launch_new (session, &context, NULL);
  g_autofree char *argv = join (launch);

  g_assert_cmpstr (argv, ==,
                   "python3|/t/train_100m_production.py|--phase|1|--epochs|5|--corpus|"
                   "corpus_all_variants.md|--provider|none|--target|helix-1m|--seed|3|"
                   "--lr|0.1|--no-fp16");
  g_assert_cmpstr (launch->cwd, ==, "/r/7");
  g_assert_cmpuint (launch->left_out->len, ==, 0);
}

/* The user's own script of 2025 knows neither provider nor model. */
static void
test_left_out (void)
{
  g_autoptr(GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(TcSession) session = new_session ("{\"provider\":\"xai\",\"model\":\"grok\","
                                              "\"corpus\":\"translation\",\"epochs\":5}");
  TcLaunchContext context = new_context (known);
  g_autoptr(TcLaunch) launch = NULL;
  g_autofree char *argv = NULL;

  g_hash_table_add (known, (char *) "--phase");
  g_hash_table_add (known, (char *) "--epochs");
  g_hash_table_add (known, (char *) "--resume-from");
  context.init_from = "/weights";
  launch = tc_launch_new (session, &context, NULL);
  argv = join (launch);
  g_assert_cmpstr (argv, ==, "python3|/t/train_100m_production.py|--phase|3|--epochs|5");
  g_assert_cmpuint (launch->left_out->len, ==, 5);
  g_assert_cmpstr (g_ptr_array_index (launch->left_out, 1), ==, "--provider");
  g_assert_cmpstr (g_ptr_array_index (launch->left_out, 4), ==, "--init-from");
}

static void
test_no_secrets (void)
{
  g_autoptr(TcSession) session = new_session ("{\"environment\":{\"CUDA_VISIBLE_DEVICES\":\"1\"}}");
  TcLaunchContext context = new_context (NULL);
  g_autoptr(TcLaunch) launch = tc_launch_new (session, &context, NULL);

  g_assert_null (g_environ_getenv (launch->environment, "OPENAI_API_KEY"));
  g_assert_null (g_environ_getenv (launch->environment, "HF_TOKEN"));
  g_assert_cmpstr (g_environ_getenv (launch->environment, "PATH"), ==, "/bin");
  g_assert_cmpstr (g_environ_getenv (launch->environment, "CUDA_VISIBLE_DEVICES"), ==, "1");
  g_assert_cmpstr (g_environ_getenv (launch->environment, "PYTHONUNBUFFERED"), ==, "1");
  g_assert_cmpstr (g_environ_getenv (launch->environment, "TRAINING_CENTER_EVENTS"), ==,
                   "/r/7/events.jsonl");
}

/* A value with blanks and quotes stays one argument. */
static void
test_command (void)
{
  g_autoptr(TcSession) session = new_session ("{\"command\":\"sh -c 'a b' --out={run_dir} {corpus}\","
                                              "\"corpus_file\":\"/my corpus's.md\",\"epochs\":2}");
  TcLaunchContext context = new_context (NULL);
  g_autoptr(TcLaunch) launch = tc_launch_new (session, &context, NULL);
  g_autofree char *argv = join (launch);

  g_assert_cmpstr (argv, ==, "sh|-c|a b|--out=/r/7|/my corpus's.md");
}

static void
test_bad_command (void)
{
  g_autoptr(TcSession) session = new_session ("{\"command\":\"echo 'open\"}");
  TcLaunchContext context = new_context (NULL);
  g_autoptr(GError) error = NULL;

  g_assert_null (tc_launch_new (session, &context, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
}

static void
test_layers (void)
{
  g_autoptr(TcSession) session = new_session ("{\"command\":\"true\"}");
  TcLaunchContext context = new_context (NULL);
  g_autoptr(TcLaunch) launch = tc_launch_new (session, &context, NULL);
  g_auto(GStrv) words = NULL;
  g_autofree char *argv = NULL;

  tc_launch_add_shim (launch, "/shim", "/r/7", 120, 3);
  words = tc_launch_dup_argv (launch, "run-7");
  argv = g_strjoinv ("|", words);
  g_assert_cmpstr (argv, ==, "systemd-run|--user|--scope|--quiet|--collect|--unit=run-7|--|"
                   "/shim|--run-dir|/r/7|--grace|120|--ready-fd|3|--|true");
}

/* As bin/activate does it, and nothing of it without a choice. */
static void
test_python (void)
{
  static const char *const environment[] = { "PATH=/bin", "PYTHONHOME=/old", "VIRTUAL_ENV=/other", NULL };
  g_autofree char *dir = g_dir_make_tmp ("tc-launch-XXXXXX", NULL);
  g_autofree char *program = g_build_filename (dir, "bin", "python3", NULL);
  g_autofree char *path = g_strdup_printf ("%s/bin:/bin", dir);
  g_autofree char *config = g_strdup_printf ("{\"epochs\":1,\"python\":\"%s\"}", dir);
  g_autoptr(TcSession) session = new_session (config);
  TcLaunchContext context = new_context (NULL);
  g_autoptr(TcLaunch) launch = NULL;

  context.environment = environment;
  launch = tc_launch_new (session, &context, NULL);
  tc_launch_add_python (launch, NULL);
  g_assert_cmpstr (g_ptr_array_index (launch->argv, 0), ==, "python3");
  g_assert_cmpstr (g_environ_getenv (launch->environment, "VIRTUAL_ENV"), ==, "/other");

  tc_launch_add_python (launch, dir);
  g_assert_cmpstr (g_ptr_array_index (launch->argv, 0), ==, program);
  g_assert_cmpstr (g_environ_getenv (launch->environment, "VIRTUAL_ENV"), ==, dir);
  g_assert_cmpstr (g_environ_getenv (launch->environment, "PATH"), ==, path);
  g_assert_null (g_environ_getenv (launch->environment, "PYTHONHOME"));

  /* A Python of no virtual environment leaves the one of the terminal behind. */
  tc_launch_add_python (launch, "/usr/bin/python3");
  g_assert_null (g_environ_getenv (launch->environment, "VIRTUAL_ENV"));
  g_assert_cmpint (g_rmdir (dir), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tc/launch/bundled", test_bundled);
  g_test_add_func ("/tc/launch/left-out", test_left_out);
  g_test_add_func ("/tc/launch/no-secrets", test_no_secrets);
  g_test_add_func ("/tc/launch/command", test_command);
  g_test_add_func ("/tc/launch/bad-command", test_bad_command);
  g_test_add_func ("/tc/launch/layers", test_layers);

  g_test_add_func ("/tc/launch/python", test_python);

  return g_test_run ();
}
