/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* How many lines a second go through the splitter and the log parser, on one
 * core, in chunks of the size the engine reads. Prints one line a measurement:
 * name, value, unit. The best of several rounds counts: what the machine does
 * besides only makes it slower.
 */

#include <stdio.h>
#include <string.h>

#include "tc-events.h"
#include "tc-line-splitter.h"
#include "tc-log-parser.h"

#define TEXT_BYTES (32 * 1024 * 1024)
#define CHUNK      (64 * 1024)
#define ROUNDS     5

typedef struct
{
  guint64 lines;
  guint64 points;
} Counts;

static void
count_point (const TcPoint *point,
             gpointer       user_data)
{
  ((Counts *) user_data)->points++;
}

static void
count_line (const TcLine *line,
            gpointer      user_data)
{
  ((Counts *) user_data)->lines++;
}

static const TcParseSink sink = { .point = count_point };

/* Repeats the lines, each with a running number in front of what follows the
 * '#', until the text is long enough. */
static GString *
make_text (const char *const *lines,
           guint              n_lines)
{
  GString *text = g_string_sized_new (TEXT_BYTES + 4096);

  for (guint i = 0; text->len < TEXT_BYTES; i++)
    {
      const char *line = lines[i % n_lines];
      const char *mark = strchr (line, '#');

      if (mark != NULL)
        g_string_append_printf (text, "%.*s%u%s", (int) (mark - line), line, i % 1000, mark + 1);
      else
        g_string_append (text, line);
    }

  return text;
}

static Counts
run_parser (const GString *text)
{
  g_autoptr(TcLogParser) parser = tc_log_parser_new (NULL, NULL);
  Counts counts = { 0, 0 };

  for (gsize at = 0; at < text->len; at += CHUNK)
    tc_log_parser_push (parser, text->str + at, MIN (CHUNK, text->len - at), (gint64) at,
                        &sink, &counts);
  tc_log_parser_finish (parser, &sink, &counts);

  return counts;
}

static Counts
run_splitter (const GString *text)
{
  g_autoptr(TcLineSplitter) splitter = tc_line_splitter_new (TC_LINE_SPLITTER_DEFAULT, 0);
  Counts counts = { 0, 0 };

  for (gsize at = 0; at < text->len; at += CHUNK)
    tc_line_splitter_push (splitter, text->str + at, MIN (CHUNK, text->len - at),
                           count_line, &counts);
  tc_line_splitter_finish (splitter, count_line, &counts);

  return counts;
}

static double
best_seconds (Counts       (*run) (const GString *text),
              const GString *text,
              Counts        *counts)
{
  double best = G_MAXDOUBLE;

  for (int i = 0; i < ROUNDS; i++)
    {
      gint64 start = g_get_monotonic_time ();

      *counts = run (text);
      best = MIN (best, (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC);
    }

  return best;
}

static void
measure (const char        *name,
         const char *const *lines,
         guint              n_lines)
{
  GString *text = make_text (lines, n_lines);
  Counts split;
  Counts parsed;
  double split_seconds = best_seconds (run_splitter, text, &split);
  double parse_seconds = best_seconds (run_parser, text, &parsed);

  printf ("%s: split %.2f M lines/s\n", name, (double) split.lines / split_seconds / 1e6);
  printf ("%s: parse %.2f M lines/s, %.0f MB/s\n", name,
          (double) split.lines / parse_seconds / 1e6,
          (double) text->len / parse_seconds / 1e6);
  if (parsed.points > 0)
    printf ("%s: %.2f M points/s\n", name, (double) parsed.points / parse_seconds / 1e6);

  g_string_free (text, TRUE);
}

int
main (void)
{
  static const char *const plain[] = {
    "line # of plain output, as a script prints it\n",
    "  Loading shard # of the corpus from the cache\n",
    "Using device: cuda, and here comes number #\n",
    "tokenizer: vocabulary of # entries, nothing to see\n",
  };
  static const char *const helix[] = {
    "EPOCH #/1000 (Phase 1)\n",
    "  Batch #/1001, Loss: 20.9214\r",
    "  Batch #/1002, Loss: 3.1415\r\n",
    "Train Loss: 2.3#\n",
    "Val Loss: 2.4#\n",
    "Epoch time: 8#.3s\n",
  };
  static const char *const events[] = {
    "{\"type\":\"batch\",\"epoch\":3,\"batch\":#,\"batches\":1000,\"loss\":2.3421,\"lr\":0.0001,"
    "\"grad_norm\":1.25,\"tokens_per_second\":1234.5}\n",
  };
  static const char *const bars[] = {
    "Epoch 3:  45%|████▌     | #/1001 [00:10<00:12,  4.40it/s, v_num=0, train_loss=0.512]\r",
  };
  static const char *const dictionaries[] = {
    "{'loss': 0.5123, 'grad_norm': 1.25, 'learning_rate': 5e-05, 'epoch': 0.#}\n",
  };

  measure ("plain", plain, G_N_ELEMENTS (plain));
  measure ("helix", helix, G_N_ELEMENTS (helix));
  measure ("json events", events, G_N_ELEMENTS (events));
  measure ("progress bars", bars, G_N_ELEMENTS (bars));
  measure ("hf-trainer", dictionaries, G_N_ELEMENTS (dictionaries));

  return 0;
}
