/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <string.h>

#include "tc-line-splitter.h"

static const char *const end_names[] = { "NONE", "LF", "CR", "CRLF" };

/* Writes down a line: start-end, its end, its text, what is special about it. */
static void
write_line (const TcLine *line,
            gpointer      user_data)
{
  GString *out = user_data;

  g_string_append_printf (out, "%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT " %s",
                          line->start, line->end, end_names[line->line_end]);
  if (line->truncated)
    g_string_append (out, " cut");
  if (line->updates > 0)
    g_string_append_printf (out, " +%u", line->updates);
  g_string_append_c (out, ' ');
  g_string_append_len (out, line->text, (gssize) line->length);
  g_string_append_c (out, '\n');
}

static char *
split_whole (const char          *text,
             gsize                length,
             TcLineSplitterFlags  flags)
{
  g_autoptr(TcLineSplitter) splitter = tc_line_splitter_new (flags, 0);
  GString *out = g_string_new (NULL);

  tc_line_splitter_push (splitter, text, length, write_line, out);
  tc_line_splitter_finish (splitter, write_line, out);
  g_assert_cmpint (tc_line_splitter_get_offset (splitter), ==, length);
  g_assert_cmpint (tc_line_splitter_get_line_start (splitter), ==, length);

  return g_string_free_and_steal (out);
}

/* Pushes a first piece of split bytes and then pieces of size bytes, each a
 * copy of its own so that a read too far is seen. */
static char *
split_pieces (const char          *text,
              gsize                length,
              TcLineSplitterFlags  flags,
              gsize                split,
              gsize                size)
{
  g_autoptr(TcLineSplitter) splitter = tc_line_splitter_new (flags, 0);
  GString *out = g_string_new (NULL);
  gsize at = 0;

  while (at < length)
    {
      gsize n = MIN (at == 0 && split > 0 ? split : size, length - at);
      g_autofree char *piece = g_memdup2 (text + at, n);

      tc_line_splitter_push (splitter, piece, n, write_line, out);
      at += n;
    }
  tc_line_splitter_finish (splitter, write_line, out);

  return g_string_free_and_steal (out);
}

static void
check (const char          *text,
       TcLineSplitterFlags  flags,
       const char          *expected)
{
  gsize length = strlen (text);
  g_autofree char *whole = split_whole (text, length, flags);

  g_assert_cmpstr (whole, ==, expected);

  for (gsize split = 0; split <= length; split++)
    {
      for (gsize size = 1; size <= length; size++)
        {
          g_autofree char *pieces = split_pieces (text, length, flags, split, size);

          g_assert_cmpstr (pieces, ==, expected);
        }
    }
}

static void
test_line_ends (void)
{
  check ("", 0, "");
  check ("a\nbc\n", 0, "0-2 LF a\n2-5 LF bc\n");
  check ("a\r\nb\r\n", 0, "0-3 CRLF a\n3-6 CRLF b\n");
  check ("a\rb\rc", 0, "0-2 CR a\n2-4 CR b\n4-5 NONE c\n");
  check ("a\n\nb", 0, "0-2 LF a\n2-3 LF \n3-4 NONE b\n");
  check ("\r\n\r\n", 0, "0-2 CRLF \n2-4 CRLF \n");
  check ("a\r\r\nb\n", 0, "0-2 CR a\n2-4 CRLF \n4-6 LF b\n");
  check ("\n\r\n\r\r\n", 0, "0-1 LF \n1-3 CRLF \n4-6 CRLF \n");
  check ("a\n\rb\n", 0, "0-2 LF a\n3-5 LF b\n");
  check ("a\r", 0, "0-2 CR a\n");
  check ("\r\r\r", 0, "");
  check ("  Batch 0/17, Loss: 8.97\r  Batch 10/17, Loss: 20.92\r\nTrain\n", 0,
         "0-25 CR   Batch 0/17, Loss: 8.97\n"
         "25-53 CRLF   Batch 10/17, Loss: 20.92\n"
         "53-59 LF Train\n");
}

static void
test_coalesce (void)
{
  const TcLineSplitterFlags flags = TC_LINE_SPLITTER_COALESCE;

  check ("a\nb\n", flags, "0-2 LF a\n2-4 LF b\n");
  check ("1%\r2%\r3%\nnext\n", flags, "0-9 LF +2 3%\n9-14 LF next\n");
  check ("1%\r2%\r\nnext\n", flags, "0-7 CRLF +1 2%\n7-12 LF next\n");
  check ("1%\r2%\r\r\n", flags, "0-8 CRLF +1 2%\n");
  check ("1%\r2%\r", flags, "0-6 NONE +1 2%\n");
  check ("1%\r2", flags, "0-4 NONE +1 2\n");
  check ("\r\r\r\n", flags, "0-4 CRLF \n");
  check ("\rx\n\n", flags, "0-3 LF x\n3-4 LF \n");
}

/* Everything of two-letter alphabets up to a length: no case is forgotten. The
 * lines must cover the text without a hole. */
static void
count_covered (const TcLine *line,
               gpointer      user_data)
{
  gint64 *at = user_data;

  g_assert_cmpint (line->start, >=, *at);
  g_assert_cmpint (line->end, >, line->start);
  *at = line->end;
}

static void
test_exhaustive (void)
{
  static const char alphabet[] = "a\r\n";

  for (guint n = 0; n < 729; n++)
    {
      char text[7];
      guint rest = n;
      gint64 covered = 0;
      g_autoptr(TcLineSplitter) splitter = tc_line_splitter_new (0, 0);

      for (guint i = 0; i < 6; i++, rest /= 3)
        text[i] = alphabet[rest % 3];
      text[6] = '\0';

      for (int flags = 0; flags <= TC_LINE_SPLITTER_COALESCE; flags++)
        {
          g_autofree char *whole = split_whole (text, 6, flags);

          check (text, flags, whole);
        }
      tc_line_splitter_push (splitter, text, 6, count_covered, &covered);
      tc_line_splitter_finish (splitter, count_covered, &covered);
      g_assert_cmpint (covered, <=, 6);
    }
}

static void
test_flush_progress (void)
{
  g_autoptr(TcLineSplitter) splitter = tc_line_splitter_new (0, 100);
  g_autoptr(GString) out = g_string_new (NULL);

  tc_line_splitter_push (splitter, "50%\r", 4, write_line, out);
  g_assert_cmpstr (out->str, ==, "");
  g_assert_cmpint (tc_line_splitter_get_line_start (splitter), ==, 100);
  tc_line_splitter_flush_progress (splitter, write_line, out);
  g_assert_cmpstr (out->str, ==, "100-104 CR 50%\n");
  g_assert_cmpint (tc_line_splitter_get_line_start (splitter), ==, 104);
  tc_line_splitter_flush_progress (splitter, write_line, out);

  /* The \n of a \r\n that was told already adds no line. */
  tc_line_splitter_push (splitter, "\nnext\n", 6, write_line, out);
  g_assert_cmpstr (out->str, ==, "100-104 CR 50%\n105-110 LF next\n");

  /* An empty line stays one. */
  g_string_truncate (out, 0);
  tc_line_splitter_push (splitter, "\r", 1, write_line, out);
  tc_line_splitter_flush_progress (splitter, write_line, out);
  tc_line_splitter_push (splitter, "\nx", 2, write_line, out);
  g_assert_cmpstr (out->str, ==, "110-112 CRLF \n");
}

/* R12: a line of a megabyte. Kept is what the cap allows, counted is all. */
static void
test_long_line (void)
{
  const gsize length = 1000000;
  g_autofree char *text = g_strnfill (length, 'x');
  const gsize sizes[] = { 1000, 4096, 65536, 65537, length + 1 };

  text[length - 5] = '\n';
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *out = split_pieces (text, length, 0, 0, sizes[i]);

      g_assert_true (g_str_has_prefix (out, "0-999996 LF cut xxx"));
      g_assert_true (g_str_has_suffix (out, "x\n999996-1000000 NONE xxxx\n"));
      g_assert_cmpuint (strlen (out), ==, strlen ("0-999996 LF cut ") + TC_LINE_MAX_BYTES + 1 +
                                          strlen ("999996-1000000 NONE xxxx\n"));
    }
}

/* Exactly as long as the cap, and one more. */
static void
test_cap (void)
{
  for (gsize extra = 0; extra <= 1; extra++)
    {
      g_autofree char *line = g_strnfill (TC_LINE_MAX_BYTES + extra, 'y');
      g_autofree char *text = g_strconcat (line, "\r\n", NULL);
      g_autofree char *whole = split_whole (text, strlen (text), 0);

      g_assert_true ((strstr (whole, "CRLF cut") != NULL) == (extra == 1));
      for (gsize split = strlen (text) - 4; split <= strlen (text); split++)
        {
          g_autofree char *pieces = split_pieces (text, strlen (text), 0, split, 1);

          g_assert_cmpstr (pieces, ==, whole);
        }
    }
}

static void
count_line (const TcLine *line,
            gpointer      user_data)
{
  (*(guint *) user_data)++;
}

/* P06: ten million \r are dealt with in a time that is linear in them. The
 * bound is a hundred times what it takes; a search for \n from each of them
 * would take hours. */
static void
test_many_cr (void)
{
  const gsize length = 10000000;
  g_autofree char *text = g_strnfill (length, '\r');
  g_autoptr(TcLineSplitter) plain = tc_line_splitter_new (0, 0);
  g_autoptr(TcLineSplitter) coalescing = tc_line_splitter_new (TC_LINE_SPLITTER_COALESCE, 0);
  gint64 start = g_get_monotonic_time ();
  guint lines = 0;

  tc_line_splitter_push (plain, text, length, count_line, &lines);
  g_assert_cmpuint (lines, ==, 0);

  for (gsize i = 0; i < length; i += 2)
    text[i] = 'x';
  tc_line_splitter_push (coalescing, text, length, count_line, &lines);
  g_assert_cmpuint (lines, ==, 0);
  tc_line_splitter_push (plain, text, length, count_line, &lines);
  tc_line_splitter_finish (plain, count_line, &lines);
  g_assert_cmpuint (lines, ==, length / 2);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 60 * G_USEC_PER_SEC);
}

static void
test_reset (void)
{
  g_autoptr(TcLineSplitter) splitter = tc_line_splitter_new (0, 0);
  g_autoptr(GString) out = g_string_new (NULL);

  tc_line_splitter_push (splitter, "half\r", 5, write_line, out);
  tc_line_splitter_reset (splitter, 1000);
  tc_line_splitter_push (splitter, "\nnew\n", 5, write_line, out);
  g_assert_cmpstr (out->str, ==, "1000-1001 LF \n1001-1005 LF new\n");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tc/line-splitter/line-ends", test_line_ends);
  g_test_add_func ("/tc/line-splitter/coalesce", test_coalesce);
  g_test_add_func ("/tc/line-splitter/exhaustive", test_exhaustive);
  g_test_add_func ("/tc/line-splitter/flush-progress", test_flush_progress);
  g_test_add_func ("/tc/line-splitter/long-line", test_long_line);
  g_test_add_func ("/tc/line-splitter/cap", test_cap);
  g_test_add_func ("/tc/line-splitter/many-cr", test_many_cr);
  g_test_add_func ("/tc/line-splitter/reset", test_reset);

  return g_test_run ();
}
