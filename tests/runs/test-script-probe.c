/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <glib/gstdio.h>
#include <unistd.h>

#include "tc-script-probe.h"

static void
test_parse_help (void)
{
  g_autoptr(GHashTable) options = tc_script_parse_help (
    "usage: x [-h] [--phase {1,2,3}] [--use-fp16] --\n  --lr LR  rate --- and --corpus=FILE\n");

  g_assert_true (g_hash_table_contains (options, "--phase"));
  g_assert_true (g_hash_table_contains (options, "--use-fp16"));
  g_assert_true (g_hash_table_contains (options, "--corpus"));
  g_assert_true (g_hash_table_contains (options, "--lr"));
  g_assert_cmpuint (g_hash_table_size (options), ==, 4);
}

static void
on_probed (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  TcScriptFacts **facts = user_data;
  g_autoptr(GError) error = NULL;

  *facts = tc_script_probe_finish (result, &error);
  g_assert_no_error (error);
}

static TcScriptFacts *
probe (const char *script,
       const char *cache)
{
  TcScriptFacts *facts = NULL;

  tc_script_probe_async (script, NULL, cache, NULL, on_probed, &facts);
  while (facts == NULL)
    g_main_context_iteration (NULL, TRUE);

  return facts;
}

/* Asked once only: the script counts how often it was run. */
static void
test_cache (void)
{
  g_autofree char *dir = g_dir_make_tmp ("tc-probe-XXXXXX", NULL);
  g_autofree char *script = g_build_filename (dir, "train.sh", NULL);
  g_autofree char *count = g_build_filename (dir, "count", NULL);
  g_autofree char *text = g_strdup_printf ("#!/bin/sh\necho x >> '%s'\n"
                                           "echo 'usage: --epochs N --phase P'\n", count);
  g_autofree char *counted = NULL;

  g_assert_true (g_file_set_contents (script, text, -1, NULL));
  g_assert_cmpint (g_chmod (script, 0700), ==, 0);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr(TcScriptFacts) facts = probe (script, dir);

      g_assert_nonnull (facts->options);
      g_assert_true (g_hash_table_contains (facts->options, "--phase"));
      g_assert_cmpuint (strlen (facts->sha256), ==, 64);
    }
  g_assert_true (g_file_get_contents (count, &counted, NULL, NULL));
  g_assert_cmpstr (counted, ==, "x\n");
}

/* A script without --help is given every option. */
static void
test_failing_script (void)
{
  g_autofree char *dir = g_dir_make_tmp ("tc-probe-XXXXXX", NULL);
  g_autofree char *script = g_build_filename (dir, "train.sh", NULL);
  g_autoptr(TcScriptFacts) facts = NULL;

  g_assert_true (g_file_set_contents (script, "#!/bin/sh\nexit 2\n", -1, NULL));
  g_assert_cmpint (g_chmod (script, 0700), ==, 0);
  facts = probe (script, dir);
  g_assert_null (facts->options);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tc/script-probe/parse-help", test_parse_help);
  g_test_add_func ("/tc/script-probe/cache", test_cache);
  g_test_add_func ("/tc/script-probe/failing-script", test_failing_script);

  return g_test_run ();
}
