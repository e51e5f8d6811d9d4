/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "tc-log-index.h"
#include "tc-log-lines.h"
#include "tc-log-search.h"
#include "tc-log-times.h"

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

static gint64
find (TcLogIndex *index,
      const char *text,
      gint64      from_line,
      int         direction)
{
  const char *const texts[] = { text, NULL };

  return tc_log_index_find (index, texts, from_line, direction, NULL);
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

/* Lines, not places in a line; also one that is longer than a piece that is read. */
static void
test_count (void)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_autofree char *path = NULL;
  g_autoptr(TcLogIndex) index = NULL;
  guint n_until;

  for (guint i = 0; i < 30000; i++)
    g_string_append_printf (text, "%s %u\n", i % 1000 == 0 ? "hit and Hit" : "miss", i);
  for (guint i = 0; i < 100000; i++)
    g_string_append (text, "hit! ");
  g_string_append (text, "\nlast hit");
  path = write_log (text->str, text->len);
  index = open_all (path);
  g_assert_cmpuint (tc_log_index_count (index, "HIT", 0, &n_until, NULL), ==, 32);
  g_assert_cmpuint (n_until, ==, 1);
  g_assert_cmpuint (tc_log_index_count (index, "hit", 29000, &n_until, NULL), ==, 32);
  g_assert_cmpuint (n_until, ==, 30);
  g_assert_cmpuint (tc_log_index_count (index, "hit", 30001, &n_until, NULL), ==, 32);
  g_assert_cmpuint (n_until, ==, 32);
  g_assert_cmpuint (tc_log_index_count (index, "nowhere", 30001, &n_until, NULL), ==, 0);
  g_assert_cmpuint (tc_log_index_count (index, "", 30001, &n_until, NULL), ==, 0);
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
  g_assert_cmpint (find (index, "END", 0, 1), ==, 3);
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
  g_assert_cmpint (find (index, key, 0, 1), ==, 0);
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
  g_assert_cmpint (find (index, "traceback", 0, 1), ==, 7);
  g_assert_cmpint (find (index, "traceback", 7, 1), ==, 7);
  g_assert_cmpint (find (index, "traceback", 8, 1), ==, 10007);
  g_assert_cmpint (find (index, "TRACEBACK", 49999, -1), ==, 40007);
  g_assert_cmpint (find (index, "TRACEBACK", 40006, -1), ==, 30007);
  g_assert_cmpint (find (index, "TRACEBACK", 6, -1), ==, -1);
  g_assert_cmpint (find (index, "nowhere", 0, 1), ==, -1);
  g_assert_cmpint (find (index, "", 0, 1), ==, -1);
  g_assert_cmpint (find (index, "ordinary 49999", 0, 1), ==, 49999);
  {
    const char *const texts[] = { "nowhere", "ordinary 9998", "TRACEBACK", "", NULL };

    g_assert_cmpint (tc_log_index_find (index, texts, 9000, 1, NULL), ==, 9998);
    g_assert_cmpint (tc_log_index_find (index, texts, 9999, 1, NULL), ==, 10007);
    g_assert_cmpint (tc_log_index_find (index, texts, 20006, -1, NULL), ==, 10007);
    g_assert_cmpint (tc_log_index_find (index, texts, 10006, -1, NULL), ==, 9998);
  }
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
test_model (void)
{
  g_autofree char *path = write_log ("one\ntwo\nthr", -1);
  g_autoptr(TcLogLines) lines = tc_log_lines_new (path);
  FILE *file = g_fopen (path, "a");
  guint n = 0;

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
  g_unlink (path);
}

/* ---- Searching ---- */

typedef struct
{
  guint n_found;
  guint n_missed;
  guint line;
} Heard;

static void
on_found (TcLogSearch *search,
          guint        line,
          Heard       *heard)
{
  heard->n_found++;
  heard->line = line;
}

static void
on_missed (TcLogSearch *search,
           Heard       *heard)
{
  heard->n_missed++;
}

/* The next hit, and which of how many it is. */
static void
assert_next (TcLogSearch *search,
             Heard       *heard,
             int          direction,
             guint        line,
             guint        nth,
             guint        n)
{
  guint n_found = heard->n_found;
  guint seen_nth = 0;
  guint seen_n = 0;

  tc_log_search_step (search, direction);
  while (heard->n_found == n_found || !tc_log_search_get_place (search, &seen_nth, &seen_n) || seen_nth != nth ||
         seen_n != n)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (heard->line, ==, line);
}

static void
start (TcLogSearch *search,
       Heard       *heard,
       const char  *text,
       guint        from_line,
       int          direction)
{
  const char *const texts[] = { text, NULL };
  guint n = heard->n_found + heard->n_missed;

  tc_log_search_start (search, texts, from_line, direction);
  while (heard->n_found + heard->n_missed == n)
    g_main_context_iteration (NULL, TRUE);
}

/* From hit to hit, over both ends, and when the log has grown meanwhile. */
static void
test_search (void)
{
  g_autofree char *path = write_log ("one\nhit\ntwo\nhit hit\nthree\nhit\n", -1);
  g_autoptr(TcLogLines) lines = tc_log_lines_new (path);
  g_autoptr(TcLogSearch) search = tc_log_search_new (lines);
  FILE *file = g_fopen (path, "a");
  Heard heard = { 0 };
  guint nth, n;

  wait_until_read (lines);
  g_signal_connect (search, "found", G_CALLBACK (on_found), &heard);
  g_signal_connect (search, "missed", G_CALLBACK (on_missed), &heard);
  start (search, &heard, "nowhere", 0, 1);
  g_assert_cmpuint (heard.n_missed, ==, 1);
  g_assert_false (tc_log_search_get_place (search, &nth, &n));
  start (search, &heard, "HIT", 2, 1);
  g_assert_cmpuint (heard.line, ==, 3);
  assert_next (search, &heard, 1, 5, 3, 3);
  assert_next (search, &heard, 1, 1, 1, 3);
  assert_next (search, &heard, -1, 5, 3, 3);
  assert_next (search, &heard, -1, 3, 2, 3);
  fputs ("hit\n", file);
  fclose (file);
  tc_log_lines_update (lines);
  wait_until_read (lines);
  assert_next (search, &heard, -1, 1, 1, 4);
  assert_next (search, &heard, -1, 6, 4, 4);
  g_assert_cmpuint (heard.n_missed, ==, 1);
  g_unlink (path);
}

/* ---- Times ---- */

/* A line has the time of the last record before it; a gap's record is one too. */
static void
test_times (void)
{
  static const struct { guint64 offset; gint64 at_us; } records[] = {
    { 0, 1000 }, { 100, 2000 }, { 250 | (G_GUINT64_CONSTANT (1) << 63), 3000 }, { 300, 4000 },
  };
  g_autofree char *path = write_log ("", 0);
  FILE *file = g_fopen (path, "w");

  for (guint i = 0; i < G_N_ELEMENTS (records); i++)
    {
      guint64 words[4] = { GUINT64_TO_LE (records[i].offset), GUINT64_TO_LE ((guint64) records[i].at_us), 7, 7 };

      g_assert_cmpuint (fwrite (words, sizeof words, 1, file), ==, 1);
    }
  fputs ("half a record", file);
  fclose (file);
  g_assert_cmpint (tc_log_times_lookup (path, 0), ==, 1000);
  g_assert_cmpint (tc_log_times_lookup (path, 99), ==, 1000);
  g_assert_cmpint (tc_log_times_lookup (path, 100), ==, 2000);
  g_assert_cmpint (tc_log_times_lookup (path, 299), ==, 3000);
  g_assert_cmpint (tc_log_times_lookup (path, G_MAXINT64), ==, 4000);
  g_assert_cmpint (tc_log_times_lookup (path, -1), ==, 0);
  g_unlink (path);
  g_assert_cmpint (tc_log_times_lookup (path, 0), ==, 0);
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
  g_test_add_func ("/tc/log-index/count", test_count);
  g_test_add_func ("/tc/log-index/no-file", test_no_file);
  g_test_add_func ("/tc/log-lines/model", test_model);
  g_test_add_func ("/tc/log-search/steps", test_search);
  g_test_add_func ("/tc/log-times/lookup", test_times);

  return g_test_run ();
}
