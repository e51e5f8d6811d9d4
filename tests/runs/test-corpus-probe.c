/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tc-corpus-probe.h"
#include "tc-error.h"

typedef struct
{
  TcCorpusFacts *facts;
  GError        *error;
  gboolean       has_answer;
} Answer;

static void
on_known (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  Answer *answer = user_data;

  answer->facts = tc_corpus_probe_finish (result, &answer->error);
  answer->has_answer = TRUE;
}

static Answer
probe (const char *path)
{
  Answer answer = { NULL };

  tc_corpus_probe_async (path, NULL, on_known, &answer);
  while (!answer.has_answer)
    g_main_context_iteration (NULL, TRUE);

  return answer;
}

static char *
write_file (const char *text,
            gssize      length)
{
  g_autofree char *dir = g_dir_make_tmp ("tc-corpus-XXXXXX", NULL);
  char *path = g_build_filename (dir, "corpus.md", NULL);

  g_assert_true (g_file_set_contents (path, text, length, NULL));

  return path;
}

static void
check_counts (const char *text,
              guint64     english,
              guint64     hlxl,
              guint64     lc_r,
              guint64     lc_t,
              guint64     lc_b)
{
  g_autofree char *path = write_file (text, -1);
  Answer answer = probe (path);

  g_assert_no_error (answer.error);
  g_assert_cmpuint (answer.facts->bytes, ==, strlen (text));
  g_assert_cmpuint (answer.facts->lines[TC_CORPUS_ENGLISH], ==, english);
  g_assert_cmpuint (answer.facts->lines[TC_CORPUS_HLXL], ==, hlxl);
  g_assert_cmpuint (answer.facts->lines[TC_CORPUS_LC_R], ==, lc_r);
  g_assert_cmpuint (answer.facts->lines[TC_CORPUS_LC_T], ==, lc_t);
  g_assert_cmpuint (answer.facts->lines[TC_CORPUS_LC_B], ==, lc_b);
  g_free (answer.facts);
}

static void
test_counts (void)
{
  check_counts ("# A corpus\n\nEnglish: Represent nothing\nHLXL: null\nLC-R: ∅\nLC-T: NULL\nLC-B: [_]\n\n"
                "**English:** Represent true\n**HLXL:** true\nLC-R: ⊤\n", 2, 2, 2, 1, 1);
  /* Without a line end, with those of Windows, words that only begin alike. */
  check_counts ("English: a\r\nHLXL: b\r\nEnglishman: c\nEnglish d\nIn English: e\nLC-T: f", 1, 1, 0, 1, 0);
  check_counts ("Once upon a time\n", 0, 0, 0, 0, 0);
}

/* The start of a line may lie at the end of one piece that is read and in the next. */
static void
test_pieces (void)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < 30000; i++)
    g_string_append_printf (text, "English: number %u\nHLXL: %u\n", i, i);
  g_string_append (text, "LC-B: ");
  for (guint i = 0; i < 1000000; i++)
    g_string_append_c (text, 'x');
  check_counts (text->str, 30000, 30000, 0, 0, 1);
}

static void
test_refused (void)
{
  g_autofree char *empty = write_file ("", 0);
  g_autofree char *binary = write_file ("PK\0\3\4", 5);
  g_autofree char *dir = g_path_get_dirname (empty);
  g_autofree char *fifo = g_build_filename (dir, "fifo", NULL);
  const char *paths[] = { empty, binary, dir, fifo, "corpus.md", "/nowhere/corpus.md" };

  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      Answer answer = probe (paths[i]);

      g_assert_null (answer.facts);
      g_assert_error (answer.error, TC_ERROR, TC_ERROR_INVALID);
      g_clear_error (&answer.error);
    }
}

/* What is told of the bundled corpus is what the generator makes. */
static void
test_bundled (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "trainer", "helix", "generator.py", NULL);
  g_autofree char *text = NULL;
  g_autofree char *words = g_strdup_printf ("DEFAULT_BLOCKS, MAX_BLOCKS = 1, %u_000,", TC_BUNDLED_BLOCKS / 1000);

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, words));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/corpus-probe/counts", test_counts);
  g_test_add_func ("/corpus-probe/pieces", test_pieces);
  g_test_add_func ("/corpus-probe/refused", test_refused);
  g_test_add_func ("/corpus-probe/bundled", test_bundled);

  return g_test_run ();
}
