/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The engine's sentences in another language. */

#include "config.h"

#include <glib.h>
#include <string.h>

#include "tc-sentence-list.h"
#include "tc-sentence.h"

/* A language in which everything is shouted, and one place is another. */
static const char *
shout (const char *format)
{
  static const struct { const char *english, *loud; } catalogue[] = {
    { "Waits for session %s, which failed: retry that one, or remove this", "AFTER %s, WHICH FAILED" },
    { "Waits for session %s", "AFTER %s" },
    { "It ended with exit code %s.", "IT LEFT WITH %s." },
    { "It was completed.", "DONE." },
    { "You stopped it.%s", "HALTED.%s" },
    { "Some of its processes could not be ended.", "SOME ARE LEFT." },
    { "%s (%s more of this kind not shown)", "%2$s LIKE THIS: %1$s" },
    { "It moves again.", "IT MOVES." },
    { "%s %% of the %s is spent: %s of %s.", "%3$s OF %4$s IS GONE FROM THE %2$s (%1$s %%)." },
    { "budget of session %s", "PURSE %s" },
    { "The keyring is locked. Unlock it, then try again.", "LOCKED. OPEN IT." },
    { "Ollama does not run. Start it with “ollama serve”.", "RUN IT." },
    { "Stopped by a rule", "RULED OUT" },
    { "It has been quiet for %s%s.", "QUIET FOR %s%s." },
    { ", but it is at work", ", YET BUSY" },
    { "Verdict at epoch %s: %s, %s of 100 points, %s%s%s", "EPOCH %s: %s, %s POINTS, %s%s%s" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (catalogue); i++)
    if (g_str_equal (format, catalogue[i].english))
      return catalogue[i].loud;

  return format;
}

/* A catalogue whose directives are those of nothing. */
static const char *
break_all (const char *format)
{
  return "%n %9$s %d %1$x %0$s %s%s%s%s%s%s%s%s %";
}

static void
test_said (void)
{
  static const struct { const char *english, *said; } cases[] = {
    { "It was completed.", "DONE." },
    { "Waits for session 2", "AFTER 2" },
    { "Waits for session 2, which failed: retry that one, or remove this", "AFTER 2, WHICH FAILED" },
    { "You stopped it.", "HALTED." },
    { "You stopped it. Some of its processes could not be ended.", "HALTED. SOME ARE LEFT." },
    { "80 % of the budget of session 3 is spent: $4.00 of $5.00.", "$4.00 OF $5.00 IS GONE FROM THE PURSE 3 (80 %)." },
    { "It moves again. (3 more of this kind not shown)", "3 LIKE THIS: IT MOVES." },
    { "The keyring is locked. Unlock it, then try again.", "LOCKED. OPEN IT." },
    { "Waiting for Ollama: Ollama does not run. Start it with “ollama serve”. It moves again.",
      "Waiting for Ollama: RUN IT. IT MOVES." },
    { "Stopped by a rule: It moves again.", "RULED OUT: IT MOVES." },
    { "Stopped by a rule: the dog ate it", "RULED OUT: the dog ate it" },
    { "It has been quiet for 3 min, but it is at work.", "QUIET FOR 3 min, YET BUSY." },
    { "It has been quiet for 3 min.", "QUIET FOR 3 min." },
    /* Strange words stay, also those that are many or that look like directives. */
    { "", "" },
    { "ValueError: it was completed.", "ValueError: it was completed." },
    { "It was completed. It was completed", "DONE. It was completed" },
    { "Out of cheese. It ended with exit code 3. It was completed.", "Out of cheese. IT LEFT WITH 3. DONE." },
    { "It ended with exit code %s%n. 100 %", "IT LEFT WITH %s%n. 100 %" },
    { "Verdict at epoch 5: B, 81 of 100 points, go on", "EPOCH 5: B, 81 POINTS, go on" },
    { "Waits for session ", "AFTER " },
    { "Waits for sessio", "Waits for sessio" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *said = tc_sentence_dup_translated (cases[i].english, shout);

      g_assert_cmpstr (said, ==, cases[i].said);
    }
}

/* Every format is found again with values in it, and comes back as it was where nothing is translated. */
static void
test_whole_list (void)
{
  g_assert_cmpuint (tc_sentence_list_length, >, 300);
  for (gsize i = 0; i < tc_sentence_list_length; i++)
    {
      g_auto(GStrv) words = g_strsplit (tc_sentence_list[i], "%s", -1);
      g_autofree char *filled = g_strjoinv ("Zz9", words);
      g_auto(GStrv) halves = g_strsplit (filled, "%%", -1);
      g_autofree char *english = g_strjoinv ("%", halves);
      g_autofree char *said = tc_sentence_dup_translated (english, shout);
      g_autofree char *broken = tc_sentence_dup_translated (english, break_all);

      if (g_str_equal (shout (tc_sentence_list[i]), tc_sentence_list[i]))
        g_assert_cmpstr (said, ==, english);
      g_assert_true (g_str_has_prefix (broken, "%n "));
    }
}

/* The window has buttons, and says nothing twice. */
static void
test_rewordings (void)
{
  for (gsize i = 0; i < tc_sentence_rewordings_length; i++)
    {
      const TcSentenceRewording *pair = &tc_sentence_rewordings[i];
      g_auto(GStrv) words = g_strsplit (pair->engine, "%s", -1);
      g_autofree char *english = g_strjoinv ("Zz9", words);
      g_autofree char *said = tc_sentence_dup_translated (english, shout);

      g_assert_cmpstr (said, !=, english);
      g_assert_null (strstr (said, "trainctl"));
      g_assert_null (strchr (said, '%'));
    }
  for (gsize i = 0; i < tc_sentence_list_length; i++)
    g_assert_null (strstr (tc_sentence_list[i], "trainctl"));
}

static void
test_long (void)
{
  g_autofree char *many = g_strnfill (1900, '.');
  g_autofree char *said = NULL;
  g_autofree char *longer = g_strnfill (1 << 20, ' ');
  g_autofree char *same = NULL;

  for (gsize i = 1; i < 1900; i += 2)
    many[i] = ' ';
  said = tc_sentence_dup_translated (many, shout);
  g_assert_cmpstr (said, ==, many);
  same = tc_sentence_dup_translated (longer, shout);
  g_assert_cmpstr (same, ==, longer);
}

/* Without a catalogue, as here. */
static void
test_english (void)
{
  g_autofree char *said = tc_sentence_dup_local ("It was completed.");
  g_autofree char *reworded = tc_sentence_dup_local ("Waiting for a valid xAI key: add one with "
                                                     "“trainctl keys add --provider xai --name NAME”.");
  g_autofree char *nothing = tc_sentence_dup_local (NULL);

  g_assert_cmpstr (said, ==, "It was completed.");
  g_assert_cmpstr (reworded, ==, "Waiting for a valid xAI key: add one in Keys & Budget.");
  g_assert_null (nothing);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sentence/said", test_said);
  g_test_add_func ("/sentence/whole-list", test_whole_list);
  g_test_add_func ("/sentence/rewordings", test_rewordings);
  g_test_add_func ("/sentence/long", test_long);
  g_test_add_func ("/sentence/english", test_english);

  return g_test_run ();
}
