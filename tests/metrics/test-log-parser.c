/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <string.h>

#include "tc-error.h"
#include "tc-log-parser.h"
#include "tc-recorder.h"

static char *
parse_with (const char *user_regex,
            const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcLogParser) parser = tc_log_parser_new (user_regex, &error);
  GString *out = g_string_new (NULL);

  g_assert_no_error (error);
  tc_log_parser_push (parser, text, strlen (text), 0, &tc_recorder_sink, out);
  tc_log_parser_finish (parser, &tc_recorder_sink, out);

  return g_string_free_and_steal (out);
}

static void
check (const char *user_regex,
       const char *text,
       const char *expected)
{
  g_autofree char *said = parse_with (user_regex, text);

  g_assert_cmpstr (said, ==, expected);
}

static void
test_user_regex (void)
{
  check ("ep (?<epoch>\\d+) of (?<total>\\d+): l=(?P<loss>\\S+) mine=(?<mine>\\S+)",
         "ep 3 of 9: l=0.5 mine=7\nep 4 of 9: l=nan mine=x\nother\n",
         "epoch 3/9 @0\npoint train_loss x=3 y=0.5 @0\npoint mine x=3 y=7 @0\n"
         "epoch 4/9 @24\npoint train_loss x=4 y=nan @24\n");
  check ("b(?<batch>\\d+)/(?<batches>\\d+) (?<loss>.*)", "b1/4 0.5\nb2/4 0.25\n",
         "batch 0: 1/4 @0\npoint batch_loss x=1 y=0.5 @0\n"
         "batch 0: 2/4 @9\npoint batch_loss x=2 y=0.25 @9\n");
  check ("s(?<step>\\d+) (?<loss>.*)", "s100 0.5\n", "point train_loss x=100 y=0.5 @0\n");
  /* What looks like the prefix of a log may be what it is written for. */
  check ("\\[(?<epoch>\\d+) of (?<total>\\d+)\\]", "[1 of 3] cost=1.0\n", "epoch 1/3 @0\n");
  /* A line it does not know is anybody's. */
  check ("q(?<loss>.*)", "EPOCH 1/2\n", "epoch 1/2 @0\n");
  /* Bytes that are no UTF-8 are no obstacle. */
  check ("\xff (?<loss>.*)", "\xff 2\n", "point train_loss x=1 y=2 @0\n");
}

static void
test_bad_user_regex (void)
{
  static const char *const bad[] = { "(", "loss: (.*)", "(?<loss", "", "(?:x)" };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (tc_log_parser_new (bad[i], &error));
      g_assert_error (error, TC_ERROR, TC_ERROR_USAGE);
    }
}

/* A pattern that would take for ever gives up, and the line is lost, not the
 * engine. */
static void
test_slow_user_regex (void)
{
  g_autofree char *line = g_strnfill (3000, 'a');
  g_autofree char *text = g_strconcat (line, "\nEPOCH 1/2\n", NULL);
  gint64 start = g_get_monotonic_time ();
  g_autofree char *said = parse_with ("^(a+)+(?<loss>b)$", text);

  g_assert_nonnull (strstr (said, "epoch 1/2"));
  g_assert_cmpint (g_get_monotonic_time () - start, <, 20 * G_USEC_PER_SEC);
}

static void
test_gap (void)
{
  g_autoptr(TcLogParser) parser = tc_log_parser_new (NULL, NULL);
  g_autoptr(GString) out = g_string_new (NULL);

  tc_log_parser_push (parser, "EPOCH 2/5\nTrain Lo", 18, 0, &tc_recorder_sink, out);
  g_assert_cmpint (tc_log_parser_get_offset (parser), ==, 10);
  /* What followed was dropped; here the log goes on. */
  tc_log_parser_push (parser, "ss: 1\nTrain Loss: 2\n", 20, 5000, &tc_recorder_sink, out);
  g_assert_cmpint (tc_log_parser_get_offset (parser), ==, 5020);
  g_assert_cmpstr (out->str, ==, "epoch 2/5 @0\npoint train_loss x=2 y=2 @5006\n");
}

static void
test_progress_is_prompt (void)
{
  g_autoptr(TcLogParser) parser = tc_log_parser_new (NULL, NULL);
  g_autoptr(GString) out = g_string_new (NULL);

  /* The next update may be minutes away. */
  tc_log_parser_push (parser, "  Batch 1/4, Loss: 0.5\r", 23, 0, &tc_recorder_sink, out);
  g_assert_cmpstr (out->str, ==, "batch 0: 1/4 @0\npoint batch_loss x=0 y=0.5 @0\n");
}

static void
test_finish (void)
{
  g_autoptr(TcLogParser) parser = tc_log_parser_new (NULL, NULL);
  g_autoptr(GString) out = g_string_new (NULL);

  tc_log_parser_push (parser, "EPOCH 2/5\nTrain Loss: 2", 23, 0, &tc_recorder_sink, out);
  g_assert_cmpstr (out->str, ==, "epoch 2/5 @0\n");
  tc_log_parser_finish (parser, &tc_recorder_sink, out);
  tc_log_parser_finish (parser, &tc_recorder_sink, out);
  g_assert_cmpstr (out->str, ==, "epoch 2/5 @0\npoint train_loss x=2 y=2 @10\n");

  /* A retry appends to the same log. */
  g_string_truncate (out, 0);
  tc_log_parser_push (parser, "Val Loss: 3\n", 12, 23, &tc_recorder_sink, out);
  g_assert_cmpstr (out->str, ==, "point val_loss x=2 y=3 @23\n");
}

static void
test_state (void)
{
  static const char *const bad[] = {
    "", "x", "0", "1 epoch", "1 epoch=", "1 epoch=-1", "1 epoch=99999999999", "1 nonsense=1",
    "1 step=x", "1  epoch=1",
  };
  g_autoptr(TcLogParser) parser = tc_log_parser_new (NULL, NULL);
  g_autoptr(GString) out = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  g_autofree char *fresh = tc_log_parser_save_state (parser);
  g_autofree char *state = NULL;
  g_autofree char *same = NULL;

  g_assert_cmpstr (fresh, ==, "1");
  tc_log_parser_push (parser, "EPOCH 2/5\n  Batch 3/4, Loss: 1\nTraceback (most recent call last):\n",
                      66, 0, &tc_recorder_sink, out);
  state = tc_log_parser_save_state (parser);
  g_assert_cmpstr (state, ==, "1 epoch=2 total=5 batch=3 batches=4 traceback=1 dialect=helix");

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_false (tc_log_parser_load_state (parser, bad[i], &error));
      g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
      g_clear_error (&error);
    }
  g_assert_false (tc_log_parser_load_state (parser, "2 something=new", &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_NEWER);
  same = tc_log_parser_save_state (parser);
  g_assert_cmpstr (same, ==, state);
}

/* P06, P07: what no person reads must not hurt either. */
static void
test_hostile_lines (void)
{
  g_autofree char *long_line = g_strnfill (5000000, 'E');
  g_autofree char *brackets = g_strnfill (200000, '[');
  g_autofree char *text = g_strconcat (long_line, "\n{\"a\":", brackets, "\n", brackets,
                                       "\nEPOCH 1/2\n", NULL);
  g_autofree char *said = parse_with (NULL, text);

  g_assert_true (g_str_has_prefix (said, "epoch 1/2 @54"));
}

/* D14: a script that makes up a name a step. */
static void
test_name_cap (void)
{
  g_autoptr(TcLogParser) parser = tc_log_parser_new (NULL, NULL);
  g_autoptr(GString) out = g_string_new (NULL);
  g_autoptr(GString) text = g_string_new (NULL);
  guint points = 0;

  for (int i = 0; i < 5000; i++)
    g_string_append_printf (text, "{'loss': 0.5, 'name_%d': %d, 'epoch': 1.0}\n", i, i);
  tc_log_parser_push (parser, text->str, text->len, 0, &tc_recorder_sink, out);

  for (const char *at = out->str; (at = strstr (at, "point name_")) != NULL; at++)
    points++;
  g_assert_cmpuint (points, ==, TC_SERIES_MAX_NAMES - TC_SERIES_N_KNOWN);
  g_assert_cmpuint (tc_series_table_get_length (tc_log_parser_get_series_table (parser)), ==,
                    TC_SERIES_MAX_NAMES);
}

/* A sink without functions is a way to ask for nothing. */
static void
test_empty_sink (void)
{
  static const TcParseSink nothing = { NULL };
  const char *text = "EPOCH 1/2 (Phase 1)\n  Batch 1/2, Loss: 1\n✓ Saved: x.pt\n"
                     "✓ Model parameters: 5\nQUALITY GATE: Epoch 1\n✓ Quality gate PASSED\n"
                     "❌ QUALITY GATE FAILED:\n - x\n❌ ABORT: x\n⚠ x\nKilled\n"
                     "{\"type\":\"model\",\"parameters\":1}\n";
  g_autoptr(TcLogParser) parser = tc_log_parser_new (NULL, NULL);

  tc_log_parser_push (parser, text, strlen (text), 0, &nothing, NULL);
  tc_log_parser_finish (parser, &nothing, NULL);
  g_assert_cmpint (tc_log_parser_get_offset (parser), ==, strlen (text));
}

/* Random lines made of the words dialects look for. */
static void
test_random (void)
{
  static const char *const words[] = {
    "EPOCH ", "Epoch ", "Batch ", "1/2", "3", "/", "Loss: ", "nan", "0.5", "e", "-", ",", " | ",
    "\r", "\n", "\r\n", "\033[1m", "✓ ", "❌ ", "⚠ ", "Saved: ", "QUALITY GATE", " FAILED:", ": ",
    "{'", "'", "}", "{\"type\":\"", "\"", "Traceback (most recent call last):", "Error", "%|", "[",
    "]", "step ", "iter ", "loss ", "  ", "\xff", "INFO:", "ABORT:", "PHASE ", "Train Loss:",
  };

  for (int i = 0; i < 3000; i++)
    {
      g_autoptr(GString) text = g_string_new (NULL);
      g_autofree char *whole = NULL;
      g_autoptr(TcLogParser) parser = tc_log_parser_new (NULL, NULL);
      g_autoptr(GString) out = g_string_new (NULL);

      for (int j = g_test_rand_int_range (1, 40); j > 0; j--)
        g_string_append (text, words[g_test_rand_int_range (0, G_N_ELEMENTS (words))]);

      whole = parse_with (NULL, text->str);
      g_assert_true (g_utf8_validate (whole, -1, NULL));
      for (gsize at = 0; at < text->len;)
        {
          gsize n = (gsize) g_test_rand_int_range (1, 9);

          n = MIN (n, text->len - at);
          tc_log_parser_push (parser, text->str + at, n, (gint64) at, &tc_recorder_sink, out);
          at += n;
        }
      tc_log_parser_finish (parser, &tc_recorder_sink, out);
      if (!g_str_equal (out->str, whole))
        {
          g_autofree char *shown = g_strescape (text->str, NULL);

          g_test_message ("%s", shown);
        }
      g_assert_cmpstr (out->str, ==, whole);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tc/log-parser/user-regex", test_user_regex);
  g_test_add_func ("/tc/log-parser/bad-user-regex", test_bad_user_regex);
  g_test_add_func ("/tc/log-parser/slow-user-regex", test_slow_user_regex);
  g_test_add_func ("/tc/log-parser/gap", test_gap);
  g_test_add_func ("/tc/log-parser/progress-is-prompt", test_progress_is_prompt);
  g_test_add_func ("/tc/log-parser/finish", test_finish);
  g_test_add_func ("/tc/log-parser/state", test_state);
  g_test_add_func ("/tc/log-parser/hostile-lines", test_hostile_lines);
  g_test_add_func ("/tc/log-parser/name-cap", test_name_cap);
  g_test_add_func ("/tc/log-parser/empty-sink", test_empty_sink);
  g_test_add_func ("/tc/log-parser/random", test_random);

  return g_test_run ();
}
