/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tc-check-config.h"
#include "tc-error.h"

typedef struct {
  char            *dir;
  TcSessionConfig *config;
} Fixture;

static char *
put (Fixture    *fixture,
     const char *name,
     const char *bytes,
     gssize      length,
     int         mode)
{
  char *path = g_build_filename (fixture->dir, name, NULL);

  g_assert_true (g_file_set_contents (path, bytes, length, NULL));
  g_assert_cmpint (g_chmod (path, mode), ==, 0);

  return path;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->dir = g_dir_make_tmp ("tc-check-XXXXXX", NULL);
  fixture->config = tc_session_config_new ();
  fixture->config->script = put (fixture, "train.py", "print()", -1, 0600);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *command = g_strdup_printf ("rm -r '%s'", fixture->dir);

  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  tc_session_config_unref (fixture->config);
  g_free (fixture->dir);
}

static void
assert_refused (Fixture    *fixture,
                const char *words)
{
  g_autoptr(GError) error = NULL;

  g_assert_false (tc_check_config (fixture->config, fixture->dir, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” does not say “%s”", error->message, words);
}

static void
test_good (Fixture       *fixture,
           gconstpointer  data)
{
  fixture->config->corpus_file = put (fixture, "corpus.md", "English: x\n", -1, 0600);
  fixture->config->workdir = g_strdup (fixture->dir);
  g_assert_true (tc_check_config (fixture->config, fixture->dir, NULL));
}

static void
test_script (Fixture       *fixture,
             gconstpointer  data)
{
  g_set_str (&fixture->config->script, "train.py");
  assert_refused (fixture, "absolute");
  g_set_str (&fixture->config->script, "/nowhere/train.py");
  assert_refused (fixture, "no script");
  g_set_str (&fixture->config->script, fixture->dir);
  assert_refused (fixture, "not a file");
  g_free (fixture->config->script);
  fixture->config->script = put (fixture, "train.sh", "#!/bin/sh\n", -1, 0600);
  assert_refused (fixture, "chmod u+x");
}

static void
test_corpus (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *fifo = g_build_filename (fixture->dir, "fifo", NULL);

  fixture->config->corpus_file = put (fixture, "empty.md", "", 0, 0600);
  assert_refused (fixture, "empty");
  g_free (fixture->config->corpus_file);
  fixture->config->corpus_file = put (fixture, "binary.md", "PK\0\1", 4, 0600);
  assert_refused (fixture, "binary");
  g_set_str (&fixture->config->corpus_file, "/nowhere.md");
  assert_refused (fixture, "no corpus");

  /* P12: a FIFO must not make anybody wait. */
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_set_str (&fixture->config->corpus_file, fifo);
  g_assert_false (tc_check_config (fixture->config, fixture->dir, NULL));
}

static void
test_others (Fixture       *fixture,
             gconstpointer  data)
{
  g_set_str (&fixture->config->workdir, "/nowhere");
  assert_refused (fixture, "no folder");
  g_set_str (&fixture->config->workdir, NULL);
  g_set_str (&fixture->config->resume_from, "/nowhere.pt");
  assert_refused (fixture, "no checkpoint");
  g_set_str (&fixture->config->resume_from, NULL);
  g_set_str (&fixture->config->script, NULL);
  g_set_str (&fixture->config->command, "no-such-program-here --x");
  assert_refused (fixture, "no program");
}

#define ADD(name, function) \
  g_test_add ("/tc/check-config/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("good", test_good);
  ADD ("script", test_script);
  ADD ("corpus", test_corpus);
  ADD ("others", test_others);

  return g_test_run ();
}
