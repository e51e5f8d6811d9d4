/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-log-index.h"
#include "tc-log-lines.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *
write_log (const char *content,
           gssize      length)
{
  char *path = g_build_filename (g_get_tmp_dir (), "tc-log-XXXXXX", NULL);
  int fd = g_mkstemp (path);

  g_assert_cmpint (write (fd, content, length < 0 ? (gssize) strlen (content) : length), >=, 0);
  close (fd);

  return path;
}

static TcLogIndex *
open_all (const char *path)
{
  g_autoptr(GError) error = NULL;
  TcLogIndex *index = tc_log_index_open (path, &error);

  g_assert_no_error (error);
  while (tc_log_index_extend (index, G_MAXSIZE))
    ;

  return index;
}

static void
assert_line (TcLogIndex *index,
             guint       line,
             const char *expected)
{
  g_autofree char *text = tc_log_index_dup_line (index, line, 4096, NULL);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_lines (void)
{
  g_autofree char *path = write_log ("one\n\nthree\r\nbar 1%\rbar 50%\rbar 100%\n\033[31mred\033[0m\nlast", -1);
  g_autoptr(TcLogIndex) index = open_all (path);

  g_assert_cmpuint (tc_log_index_get_n_lines (index), ==, 6);
  assert_line (index, 0, "one");
  assert_line (index, 1, "");
  assert_line (index, 2, "three");
  assert_line (index, 3, "bar 100%");
  assert_line (index, 4, "red");
  assert_line (index, 5, "last");
  assert_line (index, 6, "");
  g_unlink (path);
}

static void
test_growth (void)
{
  g_autofree char *path = write_log ("a\nb", -1);
  g_autoptr(TcLogIndex) index = open_all (path);
  FILE *file = g_fopen (path, "a");

  g_assert_cmpuint (tc_log_index_get_n_lines (index), ==, 2);
  fputs ("b\nc\n", file);
  fflush (file);
  tc_log_index_extend (index, G_MAXSIZE);
  g_assert_cmpuint (tc_log_index_get_n_lines (index), ==, 3);
  assert_line (index, 1, "bb");
  assert_line (index, 2, "c");
  fclose (file);
  g_unlink (path);
}

/* Every line knows its number, so a wrong offset shows. */
static void
test_many (void)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_autofree char *path = NULL;
  g_autoptr(TcLogIndex) index = NULL;
  guint n = 100000;

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "line %u%*s\n", i, (int) (i % 97), "");
  path = write_log (text->str, text->len);
  index = open_all (path);
  g_assert_cmpuint (tc_log_index_get_n_lines (index), ==, n);
  g_assert_cmpint (tc_log_index_get_size (index), ==, (gint64) text->len);
  for (guint i = 0; i < n; i += 61)
    {
      g_autofree char *expected = g_strdup_printf ("line %u%*s", i, (int) (i % 97), "");
      gint64 offset;
      g_autofree char *line = tc_log_index_dup_line (index, i, 4096, &offset);

      g_assert_cmpstr (line, ==, expected);
      g_assert_cmpint (strncmp (text->str + offset, expected, strlen (expected)), ==, 0);
    }
  g_unlink (path);
}

/* A line longer than everything that is kept of one: its start, or the last
 * state of a progress bar. */
static void
test_long_lines (void)
{
  g_autoptr(GString) text = g_string_new ("first\n");
  g_autofree char *path = NULL;
  g_autoptr(TcLogIndex) index = NULL;
  g_autofree char *line = NULL;

  for (guint i = 0; i < 300000; i++)
    g_string_append (text, "abcdefgh");
  g_string_append (text, "\n");
  for (guint i = 0; i < 300000; i++)
    g_string_append_printf (text, "\r%u of 300000", i + 1);
  g_string_append (text, "\nend\n");
  path = write_log (text->str, text->len);
  index = open_all (path);
  g_assert_cmpuint (tc_log_index_get_n_lines (index), ==, 4);
  line = tc_log_index_dup_line (index, 1, 4096, NULL);
  g_assert_true (g_str_has_prefix (line, "abcdefghabcdefgh"));
  g_assert_cmpuint (strlen (line), <=, 4200);
  assert_line (index, 2, "300000 of 300000");
  assert_line (index, 3, "end");
  g_assert_cmpint (tc_log_index_find (index, "END", 0, 1, NULL), ==, 3);
  g_unlink (path);
}

/* Keys: on a line of their own, where a long line is cut, over itself, in base64
 * over two lines, and half written. */
static void
test_keys (void)
{
  static const char key[] = "sk-ant-api03-AbCd_efgh-0123456789abcdefghij-AA";
  g_autofree char *padded = g_strdup_printf ("%040d:%s\n", 0, key);
  g_autofree char *encoded = g_base64_encode ((const guchar *) padded, strlen (padded));
  g_autofree char *wrapped = NULL;
  g_autoptr(GString) text = g_string_new (NULL);
  g_autofree char *path = NULL;
  g_autoptr(TcLogIndex) index = NULL;

  g_string_append_printf (text, "key %s!\n", key);
  /* Sixteen KiB are read of it, four shown: the key lies over the end of both. */
  g_string_append_printf (text, "%0*d %s%0*d\n", 4096 - 10, 0, key, 20000, 0);
  g_string_append_printf (text, "10 %%\r%s\n", key);
  g_string_append_printf (text, "%.76s\n%s\n", encoded, encoded + 76);
  g_string_append_len (text, key, 20);
  path = write_log (text->str, text->len);
  index = open_all (path);

  for (guint i = 0; i < tc_log_index_get_n_lines (index); i++)
    {
      g_autofree char *line = tc_log_index_dup_line (index, i, 4096, NULL);

      g_assert_null (strstr (line, "api03"));
      g_assert_null (strstr (line, "sk-"));
      g_assert_nonnull (strstr (line, "***"));
    }
  assert_line (index, 0, "key **********************************************!");
  assert_line (index, 2, "**********************************************");
  wrapped = tc_log_index_dup_line (index, 4, 4096, NULL);
  g_assert_cmpuint (strspn (wrapped, "*"), >=, strlen (wrapped) - 6);
  g_assert_cmpint (tc_log_index_find (index, key, 0, 1, NULL), ==, 0);
  g_unlink (path);
}

static void
test_find (void)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_autofree char *path = NULL;
  g_autoptr(TcLogIndex) index = NULL;

  for (guint i = 0; i < 50000; i++)
    g_string_append_printf (text, "%s %u\n", i % 10000 == 7 ? "Traceback" : "ordinary", i);
  path = write_log (text->str, text->len);
  index = open_all (path);
  g_assert_cmpint (tc_log_index_find (index, "traceback", 0, 1, NULL), ==, 7);
  g_assert_cmpint (tc_log_index_find (index, "traceback", 7, 1, NULL), ==, 7);
  g_assert_cmpint (tc_log_index_find (index, "traceback", 8, 1, NULL), ==, 10007);
  g_assert_cmpint (tc_log_index_find (index, "TRACEBACK", 49999, -1, NULL), ==, 40007);
  g_assert_cmpint (tc_log_index_find (index, "TRACEBACK", 40006, -1, NULL), ==, 30007);
  g_assert_cmpint (tc_log_index_find (index, "TRACEBACK", 6, -1, NULL), ==, -1);
  g_assert_cmpint (tc_log_index_find (index, "nowhere", 0, 1, NULL), ==, -1);
  g_assert_cmpint (tc_log_index_find (index, "", 0, 1, NULL), ==, -1);
  g_assert_cmpint (tc_log_index_find (index, "ordinary 49999", 0, 1, NULL), ==, 49999);
  g_unlink (path);
}

static void
test_no_file (void)
{
  g_autofree char *path = write_log ("", 0);
  g_autoptr(GError) error = NULL;
  g_autoptr(TcLogIndex) index = open_all (path);

  g_assert_cmpuint (tc_log_index_get_n_lines (index), ==, 0);
  assert_line (index, 0, "");
  g_unlink (path);
  g_assert_null (tc_log_index_open (path, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  g_assert_null (tc_log_index_open (path, &error));
  g_assert_nonnull (error);
  g_unlink (path);
}

/* ---- The model ---- */

static void
on_items_changed (GListModel *model,
                  guint       position,
                  guint       removed,
                  guint       added,
                  guint      *n)
{
  /* A list may read all that comes in the place of a line: never more than one. */
  g_assert_true (removed == 0 || (removed == 1 && added == 1));
  *n = *n - removed + added;
  g_assert_cmpuint (*n, ==, g_list_model_get_n_items (model));
}

static void
wait_until_read (TcLogLines *lines)
{
  while (tc_log_lines_get_loading (lines))
    g_main_context_iteration (NULL, TRUE);
}

static void
on_found (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  GAsyncResult **answer = user_data;

  *answer = g_object_ref (result);
}

static void
test_model (void)
{
  g_autofree char *path = write_log ("one\ntwo\nthr", -1);
  g_autoptr(TcLogLines) lines = tc_log_lines_new (path);
  g_autoptr(GAsyncResult) answer = NULL;
  FILE *file = g_fopen (path, "a");
  guint n = 0;
  guint line;

  g_signal_connect (lines, "items-changed", G_CALLBACK (on_items_changed), &n);
  wait_until_read (lines);
  g_assert_cmpuint (n, ==, 3);
  {
    g_autoptr(TcLogLine) third = g_list_model_get_item (G_LIST_MODEL (lines), 2);

    g_assert_cmpstr (tc_log_line_get_text (third), ==, "thr");
    g_assert_cmpuint (tc_log_line_get_number (third), ==, 3);
  }

  fputs ("ee\nfour\n", file);
  fclose (file);
  tc_log_lines_update (lines);
  wait_until_read (lines);
  g_assert_cmpuint (n, ==, 4);
  {
    g_autoptr(TcLogLine) third = g_list_model_get_item (G_LIST_MODEL (lines), 2);

    g_assert_cmpstr (tc_log_line_get_text (third), ==, "three");
  }
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (lines), 4));

  tc_log_lines_find_async (lines, "FOUR", 0, 1, NULL, on_found, &answer);
  while (answer == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (tc_log_lines_find_finish (lines, answer, &line, NULL));
  g_assert_cmpuint (line, ==, 3);
  g_unlink (path);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/tc/log-index/lines", test_lines);
  g_test_add_func ("/tc/log-index/growth", test_growth);
  g_test_add_func ("/tc/log-index/many", test_many);
  g_test_add_func ("/tc/log-index/long-lines", test_long_lines);
  g_test_add_func ("/tc/log-index/keys", test_keys);
  g_test_add_func ("/tc/log-index/find", test_find);
  g_test_add_func ("/tc/log-index/no-file", test_no_file);
  g_test_add_func ("/tc/log-lines/model", test_model);

  return g_test_run ();
}
