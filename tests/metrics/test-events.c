/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <string.h>

#include "tc-events.h"
#include "tc-recorder.h"

static void
check (const char *line,
       const char *expected)
{
  g_autoptr(TcSeriesTable) table = tc_series_table_new ();
  g_autoptr(GString) out = g_string_new (NULL);
  gsize length = strlen (line);
  g_autofree char *copy = g_memdup2 (line, length);
  gboolean meant = tc_events_parse_line (copy, length, 7, table, &tc_recorder_sink, out);

  g_assert_cmpstr (out->str, ==, expected);
  if (*expected != '\0')
    g_assert_true (meant);

  /* Half of it says nothing at all. */
  for (gsize cut = 0; cut < length; cut++)
    {
      g_autofree char *half = g_memdup2 (line, cut);

      g_string_truncate (out, 0);
      g_assert_false (tc_events_parse_line (half, cut, 7, table, &tc_recorder_sink, out));
      g_assert_cmpstr (out->str, ==, "");
    }
}

static void
test_kinds (void)
{
  check ("{\"type\":\"model\",\"parameters\":101533813,\"target\":\"helix-100m\"}",
         "model 101533813 helix-100m @7\n");
  check ("{\"type\":\"batch\",\"epoch\":3,\"batch\":10,\"batches\":40,\"loss\":0.5,\"lr\":1e-4,"
         "\"grad_norm\":1.5,\"tokens_per_second\":1234.5}",
         "epoch 3/0 @7\nbatch 3: 10/40 @7\npoint batch_loss x=2.25 y=0.5 @7\n"
         "point lr x=2.25 y=0.0001 @7\npoint grad_norm x=2.25 y=1.5 @7\n"
         "point tokens_per_second x=2.25 y=1234.5 @7\n");
  check ("{\"type\":\"epoch\",\"epoch\":3,\"total_epochs\":200,\"train_loss\":0.5,"
         "\"val_loss\":NaN,\"lr\":1e-4,\"seconds\":86.3,\"tokens_per_second\":9,"
         "\"eta_seconds\":44280}",
         "epoch 3/200 @7\npoint train_loss x=3 y=0.5 @7\npoint val_loss x=3 y=nan @7\n"
         "point epoch_seconds x=3 y=86.3 @7\npoint eta_seconds x=3 y=44280 @7\n"
         "point lr x=3 y=0.0001 @7\npoint tokens_per_second x=3 y=9 @7\n");
  check ("{\"type\":\"checkpoint\",\"path\":\"checkpoints/a.pt\",\"epoch\":3,\"bytes\":400000000,"
         "\"sha256\":\"ab12\",\"best\":true,\"val_loss\":0.25}",
         "checkpoint checkpoints/a.pt epoch=3 best bytes=400000000 ab12 0.25 @7\n");
  check ("{\"type\":\"gate\",\"epoch\":5,\"result\":\"warn\",\"report\":\"gates/g.json\"}",
         "gate 5 warn [-] [gates/g.json] @7\n");
  check ("{\"type\":\"message\",\"severity\":\"warning\",\"text\":\"a \\u001b[31mred\\u001b[0m\\nline\"}",
         "message warning [a red line] @7\n");
  check ("{\"type\":\"message\",\"text\":\"plain\"}", "message info [plain] @7\n");
  check ("{\"type\":\"metric\",\"name\":\"bleu\",\"x\":2,\"value\":31.5}", "point bleu x=2 y=31.5 @7\n");
  check ("{\"type\":\"end\",\"status\":\"completed\",\"reason\":\"all epochs\"}",
         "end completed [all epochs] @7\n");
  check ("{\"type\":\"end\",\"status\":\"aborted\",\"reason\":\"Training loss diverged\"}",
         "end aborted [Training loss diverged] @7\n"
         "reason diverged (95) [Training loss diverged] from [Training loss diverged] @7\n");
  check ("{\"type\":\"end\",\"status\":\"quality_failed\",\"reason\":\"collapse\"}",
         "end quality_failed [collapse] @7\nreason gate (95) [collapse] from [collapse] @7\n");
}

static void
test_plain_shapes (void)
{
  check ("{\"session_id\":\"17\",\"status\":\"running\",\"epoch\":47,\"total_epochs\":200,"
         "\"train_loss\":2.3421,\"val_loss\":2.4156,\"eta_hours\":12.3}",
         "epoch 47/200 @7\npoint eta_seconds x=47 y=44280 @7\n"
         "point train_loss x=47 y=2.3421 @7\npoint val_loss x=47 y=2.4156 @7\n");
  check ("{\"step\":120,\"loss\":0.5,\"my_metric\":3}",
         "point train_loss x=120 y=0.5 @7\npoint my_metric x=120 y=3 @7\n");
}

/* Other programs write JSON too; what we do not know means nothing. */
static void
test_silence (void)
{
  static const char *const lines[] = {
    "", "{}", "[]", "null", "{\"type\":\"unknown\",\"epoch\":1}", "{\"type\":1,\"epoch\":1,\"x\":2}",
    "{\"level\":\"info\",\"pid\":12}", "{\"type\":\"epoch\"}", "{\"type\":\"epoch\",\"epoch\":-1}",
    "{\"type\":\"epoch\",\"epoch\":1e300}", "{\"type\":\"epoch\",\"epoch\":NaN}",
    "{\"type\":\"gate\",\"result\":\"great\"}", "{\"type\":\"gate\"}", "{\"type\":\"end\"}",
    "{\"type\":\"end\",\"status\":\"maybe\"}", "{\"type\":\"checkpoint\"}",
    "{\"type\":\"checkpoint\",\"path\":\"\"}", "{\"type\":\"model\",\"parameters\":-1}",
    "{\"type\":\"model\",\"parameters\":1.5}", "{\"type\":\"message\"}",
    "{\"type\":\"metric\",\"name\":\"\",\"value\":1}", "{\"type\":\"metric\",\"value\":1}",
    "{\"type\":{\"type\":\"model\"},\"parameters\":[1]}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    check (lines[i], "");
}

/* D14: numbers at the edges come through as what they are. */
static void
test_extreme_numbers (void)
{
  check ("{\"type\":\"batch\",\"batch\":1,\"batches\":2,\"loss\":-Infinity,\"grad_norm\":Infinity}",
         "batch 0: 1/2 @7\npoint batch_loss x=1 y=-inf @7\npoint grad_norm x=1 y=inf @7\n");
  check ("{\"type\":\"batch\",\"batch\":1,\"batches\":2,\"loss\":1e308,\"lr\":5e-324,"
         "\"grad_norm\":-0.0}",
         "batch 0: 1/2 @7\npoint batch_loss x=1 y=1e+308 @7\npoint lr x=1 y=4.940656458e-324 @7\n"
         "point grad_norm x=1 y=-0 @7\n");
}

static void
test_many_members (void)
{
  g_autoptr(GString) line = g_string_new ("{\"type\":\"message\",\"text\":\"kept\"");

  for (int i = 0; i < 200; i++)
    g_string_append_printf (line, ",\"m%d\":%d", i, i);
  g_string_append (line, ",\"nested\":{\"type\":\"end\",\"status\":\"completed\"}}");
  check (line->str, "message info [kept] @7\n");
}

/* D13: a bit flipped anywhere: no crash, and never a point out of nowhere. */
static void
test_bit_flips (void)
{
  const char *line = "{\"type\":\"batch\",\"epoch\":3,\"batch\":10,\"batches\":40,\"loss\":0.5}";
  gsize length = strlen (line);

  for (gsize bit = 0; bit < length * 8; bit++)
    {
      g_autoptr(TcSeriesTable) table = tc_series_table_new ();
      g_autoptr(GString) out = g_string_new (NULL);
      g_autofree char *flipped = g_memdup2 (line, length);

      flipped[bit / 8] = (char) (flipped[bit / 8] ^ (1 << bit % 8));
      tc_events_parse_line (flipped, length, 7, table, &tc_recorder_sink, out);
      g_assert_true (g_utf8_validate_len (out->str, out->len, NULL));
      if (bit / 8 < 9)
        g_assert_null (strstr (out->str, "batch_loss"));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tc/events/kinds", test_kinds);
  g_test_add_func ("/tc/events/plain-shapes", test_plain_shapes);
  g_test_add_func ("/tc/events/silence", test_silence);
  g_test_add_func ("/tc/events/extreme-numbers", test_extreme_numbers);
  g_test_add_func ("/tc/events/many-members", test_many_members);
  g_test_add_func ("/tc/events/bit-flips", test_bit_flips);

  return g_test_run ();
}
