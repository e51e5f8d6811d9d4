/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <string.h>

#include "tc-log-parser.h"
#include "tc-recorder.h"

/* Each excerpt is parsed at once; then cut in two at every byte, the second half
 * at once or in small pieces; then in pieces of every size (a short one also
 * with a first piece of another size); and with a restart at every byte. */

typedef struct
{
  char  *text;      /* (owned) */
  gsize  length;
  char  *expected;  /* (owned) */
} Excerpt;

static void
excerpt_clear (Excerpt *self)
{
  g_free (self->text);
  g_free (self->expected);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Excerpt, excerpt_clear)

static char *
read_data (const char *name,
           const char *suffix,
           gsize      *length)
{
  g_autofree char *base = g_strconcat (name, suffix, NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "metrics", "data", base, NULL);
  g_autoptr(GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, length, &error);
  g_assert_no_error (error);

  return text;
}

static void
push_copy (TcLogParser *parser,
           const char  *text,
           gsize        length,
           gint64       offset,
           GString     *out)
{
  /* A copy of its own, so that a sanitizer sees a read too far. */
  g_autofree char *copy = g_memdup2 (text, length);

  tc_log_parser_push (parser, copy, length, offset, &tc_recorder_sink, out);
}

/* A first piece of split bytes, then pieces of size bytes. */
static char *
parse_pieces (const Excerpt *excerpt,
              gsize          split,
              gsize          size)
{
  g_autoptr(TcLogParser) parser = tc_log_parser_new (NULL, NULL);
  GString *out = g_string_new (NULL);
  gsize at = 0;

  while (at < excerpt->length)
    {
      gsize n = MIN (at == 0 && split > 0 ? split : size, excerpt->length - at);

      push_copy (parser, excerpt->text + at, n, (gint64) at, out);
      at += n;
    }
  tc_log_parser_finish (parser, &tc_recorder_sink, out);

  return g_string_free_and_steal (out);
}

/* The engine dies at a byte, and the next one goes on from what was stored. */
static char *
parse_restarted (const Excerpt *excerpt,
                 gsize          at)
{
  g_autoptr(TcLogParser) first = tc_log_parser_new (NULL, NULL);
  g_autoptr(TcLogParser) second = tc_log_parser_new (NULL, NULL);
  g_autoptr(GError) error = NULL;
  g_autofree char *state = NULL;
  GString *out = g_string_new (NULL);
  gint64 offset;

  push_copy (first, excerpt->text, at, 0, out);
  offset = tc_log_parser_get_offset (first);
  state = tc_log_parser_save_state (first);
  g_assert_cmpint (offset, <=, at);

  g_assert_true (tc_log_parser_load_state (second, state, &error));
  g_assert_no_error (error);
  push_copy (second, excerpt->text + offset, excerpt->length - (gsize) offset, offset, out);
  tc_log_parser_finish (second, &tc_recorder_sink, out);

  return g_string_free_and_steal (out);
}

static void
check_pieces (const Excerpt *excerpt,
              gsize          split,
              gsize          size)
{
  g_autofree char *pieces = parse_pieces (excerpt, split, size);

  g_assert_cmpstr (pieces, ==, excerpt->expected);
}

static void
test_dialect (gconstpointer data)
{
  const char *name = data;
  g_auto(Excerpt) excerpt = { 0 };
  g_autofree char *whole = NULL;

  excerpt.text = read_data (name, ".log", &excerpt.length);
  excerpt.expected = read_data (name, ".expected", NULL);
  whole = parse_pieces (&excerpt, 0, excerpt.length);
  g_assert_cmpstr (whole, ==, excerpt.expected);

  for (gsize split = 1; split < excerpt.length; split++)
    {
      g_autofree char *restarted = parse_restarted (&excerpt, split);

      g_assert_cmpstr (restarted, ==, excerpt.expected);
      check_pieces (&excerpt, split, excerpt.length);
      check_pieces (&excerpt, split, 61);
    }

  for (gsize size = 1; size < excerpt.length; size++)
    {
      check_pieces (&excerpt, 0, size);
      for (gsize split = 1; excerpt.length < 400 && split < excerpt.length; split += 5)
        check_pieces (&excerpt, split, size);
    }
}

static void
test_names (void)
{
  static const struct { const char *log; const char *dialect; } cases[] = {
    { "helix", "helix" }, { "hf-trainer", "hf-trainer" }, { "lightning", "progress-bar" },
    { "keras", "keras" }, { "nanogpt", "nanogpt" }, { "llm-c", "llm.c" },
    { "json", "json-lines" }, { "user-scripts", "user-scripts" }, { "failures", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(TcLogParser) parser = tc_log_parser_new (NULL, NULL);
      g_autoptr(GString) out = g_string_new (NULL);
      gsize length;
      g_autofree char *text = read_data (cases[i].log, ".log", &length);

      tc_log_parser_push (parser, text, length, 0, &tc_recorder_sink, out);
      g_assert_cmpstr (tc_log_parser_get_dialect (parser), ==, cases[i].dialect);
    }
}

/* The logs of a real user, where the checkout has them beside it. */
static void
test_samples (void)
{
  static const struct { const char *log; const char *must[5]; } cases[] = {
    { "english_only_training_log.txt",
      { "epoch 1/10", "point batch_loss x=0.810811 y=0.2637", "point val_loss x=1 y=0.2915",
        "gate 1 fail [Character collapse detected]", "end quality_failed" } },
    { "phase1_diverged_log.txt",
      { "phase 1", "model 101533813", "point batch_loss x=0.588235 y=20.9214",
        "point epoch_seconds x=1 y=86.3", "reason diverged" } },
    { "qwen_distillation_log.txt",
      { "reason dataset (90) [The corpus gave no training examples]" } },
    { "training_1b_log.txt",
      { "epoch 1/30",
        "reason cuda-oom (90) [Ran out of GPU memory: 64 MiB more were needed]" } },
  };
  guint found = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "..", "shared", "samples",
                                                     cases[i].log, NULL);
      g_auto(Excerpt) excerpt = { 0 };

      if (!g_file_get_contents (path, &excerpt.text, &excerpt.length, NULL))
        continue;

      found++;
      excerpt.expected = parse_pieces (&excerpt, 0, excerpt.length);
      for (gsize j = 0; j < 5 && cases[i].must[j] != NULL; j++)
        g_assert_nonnull (strstr (excerpt.expected, cases[i].must[j]));
      for (gsize split = 1; split < excerpt.length; split += 13)
        {
          g_autofree char *restarted = parse_restarted (&excerpt, split);

          g_assert_cmpstr (restarted, ==, excerpt.expected);
        }
    }

  if (found == 0)
    g_test_skip ("the samples are not beside this checkout");
}

int
main (int   argc,
      char *argv[])
{
  static const char *const names[] = {
    "helix", "diverged", "user-scripts", "hf-trainer", "lightning", "tqdm", "keras", "nanogpt",
    "llm-c", "json", "oom", "failures", "hostile", "interrupted",
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_strconcat ("/tc/dialects/", names[i], NULL);

      g_test_add_data_func (path, names[i], test_dialect);
    }
  g_test_add_func ("/tc/dialects/names", test_names);
  g_test_add_func ("/tc/dialects/samples", test_samples);

  return g_test_run ();
}
