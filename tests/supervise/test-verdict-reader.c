/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* Answers of models, kind and hostile; what verdicts lead to. */

#include "config.h"

#include <string.h>

#include "tc-error.h"
#include "tc-verdict-policy.h"
#include "tc-verdict-reader.h"

#define PARTS "\"loss_convergence\":24,\"validation_accuracy\":22,\"format_correctness\":16,\"steady_progress\":15"
#define REST ",\"status\":\"observe\",\"recommendation\":\"Go on.\""
#define GOOD "{" PARTS REST "}"
#define WITH(part, value) "{\"loss_convergence\":1,\"validation_accuracy\":2,\"format_correctness\":3," \
  "\"steady_progress\":4,\"" part "\":" value REST "}"

typedef struct
{
  const char *name;
  const char *answer;
  guint       score;    /* of a good one */
  const char *problem;  /* (nullable) part of the error */
  const char *note;     /* (nullable) part of it */
} Case;

static const Case cases[] = {
  { "plain", GOOD, 77 },
  { "spaces", " \n\t" GOOD "\r\n", 77 },
  { "fence", "```json\n" GOOD "\n```", 77 },
  { "fence-without-word", "```\n" GOOD "```", 77 },
  { "after-prose", "Looking at {losses}, I'd say it's \"fine\": " GOOD " Good luck!", 77 },
  { "after-thinking", "<think>maybe {\"status\": or}</think>\n" GOOD, 77 },
  { "last-one-counts", WITH ("x", "1") "\nOn second thought:\n" GOOD, 77 },
  { "then-a-remark", GOOD " {\"note\":\"done\"}", 77 },
  { "in-an-object", "{\"verdict\":" GOOD "}", 77 },
  { "parts-in-an-object", "{\"scores\":{" PARTS "}" REST "}", 77 },
  { "right-sum", "{" PARTS ",\"score\":77" REST "}", 77 },
  { "wrong-sum", "{" PARTS ",\"score\":91" REST "}", 77, NULL, "a score of 91; its parts add up to 77" },
  { "wrong-total", "{" PARTS ",\"total\":3.5" REST "}", 77, NULL, "a score of 3.5" },
  { "huge-sum", "{" PARTS ",\"score\":1e300" REST "}", 77, NULL, "1e+300" },
  { "score-in-words", "{" PARTS ",\"score\":\"high\"" REST "}", 77 },
  { "own-grade", "{" PARTS ",\"grade\":\"A+\"" REST "}", 77 },
  { "half-points", WITH ("x", "0"), 10 },
  { "texts", "{\"loss_convergence\":\"24\",\"validation_accuracy\":\"22/30\",\"format_correctness\":\" 16 \","
    "\"steady_progress\":15.4" REST "}", 77 },
  { "case", "{" PARTS ",\"status\":\" CONTINUE \",\"recommendation\":\"\"}", 77 },
  { "no-recommendation", "{" PARTS ",\"status\":\"stop\"}", 77 },
  { "null-recommendation", "{" PARTS ",\"status\":\"stop\",\"recommendation\":null}", 77 },
  { "all", "{\"loss_convergence\":30,\"validation_accuracy\":30,\"format_correctness\":20,"
    "\"steady_progress\":20" REST "}", 100 },
  { "nothing", "{\"loss_convergence\":0,\"validation_accuracy\":0,\"format_correctness\":0,"
    "\"steady_progress\":0" REST "}", 0 },
  { "braces-in-text", "{" PARTS ",\"status\":\"stop\",\"recommendation\":\"a } b { c \\\" } \\\\\"}", 77 },

  { "empty", "", 0, "answer is empty" },
  { "prose", "The run looks healthy. I'd give it a B.", 0, "no JSON object" },
  { "array", "[1, 2, 3]", 0, "no JSON object" },
  { "cut-off", "{" PARTS ",\"status\":\"cont", 0, "no JSON object" },
  { "other-object", "{\"a\":1}", 0, "“loss_convergence” is missing" },
  { "part-missing", "{\"loss_convergence\":24,\"format_correctness\":16,\"steady_progress\":15" REST "}", 0,
    "“validation_accuracy” is missing" },
  { "too-much", "{\"loss_convergence\":31,\"validation_accuracy\":2,\"format_correctness\":3,"
    "\"steady_progress\":4" REST "}", 0, "“loss_convergence” is 31, and must be from 0 to 30" },
  { "negative", "{\"loss_convergence\":-1,\"validation_accuracy\":2,\"format_correctness\":3,"
    "\"steady_progress\":4" REST "}", 0, "is -1" },
  { "huge", "{\"loss_convergence\":1e300,\"validation_accuracy\":2,\"format_correctness\":3,"
    "\"steady_progress\":4" REST "}", 0, "must be from 0 to 30" },
  { "nan", "{\"loss_convergence\":NaN,\"validation_accuracy\":2,\"format_correctness\":3,"
    "\"steady_progress\":4" REST "}", 0, "no JSON object" },
  { "nan-text", "{\"loss_convergence\":\"nan\",\"validation_accuracy\":2,\"format_correctness\":3,"
    "\"steady_progress\":4" REST "}", 0, "not a number" },
  { "boolean", "{\"loss_convergence\":true,\"validation_accuracy\":2,\"format_correctness\":3,"
    "\"steady_progress\":4" REST "}", 0, "not a number" },
  { "words-for-points", "{\"loss_convergence\":\"24 or so\",\"validation_accuracy\":2,\"format_correctness\":3,"
    "\"steady_progress\":4" REST "}", 0, "not a number" },
  { "array-for-points", "{\"loss_convergence\":[24],\"validation_accuracy\":2,\"format_correctness\":3,"
    "\"steady_progress\":4" REST "}", 0, "not a number" },
  { "no-status", "{" PARTS ",\"recommendation\":\"x\"}", 0, "“status” is missing" },
  { "other-status", "{" PARTS ",\"status\":\"excellent\\u001b[31m\"}", 0, "“status” is “excellent" },
  { "status-number", "{" PARTS ",\"status\":1}", 0, "“status” is missing or no text" },
  { "recommendation-object", "{" PARTS ",\"status\":\"stop\",\"recommendation\":{\"a\":1}}", 0,
    "“recommendation” is no text" },
};

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr(TcVerdict) verdict = tc_verdict_new (1, 1, 5);
  g_autoptr(GError) error = NULL;
  gboolean is_read = tc_verdict_read (c->answer, verdict, &error);

  if (c->problem != NULL)
    {
      g_assert_false (is_read);
      g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, c->problem));
      g_assert_null (strchr (error->message, '\033'));
      g_assert_cmpuint (verdict->score, ==, 0);
      return;
    }
  g_assert_no_error (error);
  g_assert_true (is_read);
  g_assert_cmpuint (verdict->score, ==, c->score);
  if (c->note == NULL)
    g_assert_null (verdict->note);
  else
    g_assert_nonnull (strstr (verdict->note, c->note));
}

static void
test_text (void)
{
  g_autoptr(TcVerdict) verdict = tc_verdict_new (1, 1, 5);
  g_autoptr(GError) error = NULL;

  g_assert_true (tc_verdict_read ("{" PARTS ",\"status\":\"stop\",\"recommendation\":"
                                  "\" \\u001b[2J\\u202eHalve\\nthe rate.\\u0000\\ud83d\\ude00 \"}",
                                  verdict, &error));
  g_assert_cmpint (verdict->status, ==, TC_VERDICT_STOP);
  g_test_message ("%s", verdict->recommendation);
  g_assert_null (strchr (verdict->recommendation, '\033'));
  g_assert_null (strstr (verdict->recommendation, "\342\200\256"));
  g_assert_nonnull (strstr (verdict->recommendation, "Halve\nthe rate."));
  g_assert_true (g_utf8_validate (verdict->recommendation, -1, NULL));
}

static void
test_long_text (void)
{
  g_autofree char *words = g_strnfill (9000, 'w');
  g_autofree char *answer = g_strdup_printf ("{" PARTS ",\"status\":\"stop\",\"recommendation\":\"%s\"}", words);
  g_autoptr(TcVerdict) verdict = tc_verdict_new (1, 1, 5);
  g_autoptr(GError) error = NULL;

  g_assert_true (tc_verdict_read (answer, verdict, &error));
  g_assert_cmpint (g_utf8_strlen (verdict->recommendation, -1), ==, TC_VERDICT_MAX_RECOMMENDATION);
  g_assert_true (g_str_has_suffix (verdict->recommendation, "…"));
}

/* Whatever comes, it ends soon. */
static void
test_braces (void)
{
  g_autofree char *braces = g_strnfill (200 * 1024, '{');
  g_autofree char *too_long = g_strnfill (300 * 1024, ' ');
  g_autoptr(TcVerdict) verdict = tc_verdict_new (1, 1, 5);
  g_autoptr(GError) error = NULL;

  g_assert_false (tc_verdict_read (braces, verdict, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (tc_verdict_read (too_long, verdict, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
}

static void
test_grades (void)
{
  static const struct { guint score; const char *grade; } grades[] = {
    { 100, "A" }, { 90, "A" }, { 89, "B" }, { 80, "B" }, { 79, "C" }, { 70, "C" },
    { 69, "D" }, { 60, "D" }, { 59, "F" }, { 0, "F" },
  };
  g_autoptr(TcVerdict) verdict = tc_verdict_new (1, 1, 5);

  for (guint i = 0; i < G_N_ELEMENTS (grades); i++)
    {
      verdict->score = grades[i].score;
      g_assert_cmpstr (tc_verdict_get_grade (verdict), ==, grades[i].grade);
    }
}

static void
test_policies (void)
{
  static const struct { const char *policy; guint score; TcVerdictAction action; } table[] = {
    { "notify", 0, TC_VERDICT_ACTION_NONE }, { "notify", 65, TC_VERDICT_ACTION_NONE },
    { "off", 0, TC_VERDICT_ACTION_NONE },
    { "pause", 70, TC_VERDICT_ACTION_NONE }, { "pause", 69, TC_VERDICT_ACTION_PAUSE },
    { "pause", 59, TC_VERDICT_ACTION_PAUSE },
    { "stop", 70, TC_VERDICT_ACTION_NONE }, { "stop", 69, TC_VERDICT_ACTION_PAUSE },
    { "stop", 60, TC_VERDICT_ACTION_PAUSE }, { "stop", 59, TC_VERDICT_ACTION_STOP },
  };
  g_autoptr(TcVerdict) verdict = tc_verdict_new (1, 1, 5);

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      verdict->score = table[i].score;
      g_assert_cmpint (tc_verdict_policy_decide (table[i].policy, verdict), ==, table[i].action);
    }
  verdict->error = g_strdup ("Nobody there");
  verdict->score = 0;
  g_assert_cmpint (tc_verdict_policy_decide ("stop", verdict), ==, TC_VERDICT_ACTION_NONE);
}

static void
test_sentences (void)
{
  g_autoptr(TcVerdict) verdict = tc_verdict_new (1, 1, 20);
  g_autofree char *good = NULL;
  g_autofree char *reason = NULL;
  g_autofree char *failed = NULL;
  g_autofree char *cause = NULL;

  verdict->score = 41;
  verdict->status = TC_VERDICT_STOP;
  verdict->recommendation = g_strdup ("It only\nrepeats.");
  good = tc_verdict_dup_sentence (verdict);
  g_assert_cmpstr (good, ==, "Verdict at epoch 20: F, 41 of 100 points, stop. It only repeats.");
  g_assert_cmpint (tc_verdict_get_severity (verdict), ==, TC_SEVERITY_ERROR);
  reason = tc_verdict_dup_stop_reason (verdict);
  g_assert_cmpstr (reason, ==, "grade F at epoch 20, 41 of 100 points. It only repeats.");
  verdict->error = g_strdup ("There are $0.12 left");
  failed = tc_verdict_dup_sentence (verdict);
  g_assert_cmpstr (failed, ==, "No verdict at epoch 20: There are $0.12 left");
  g_assert_cmpint (tc_verdict_get_severity (verdict), ==, TC_SEVERITY_INFO);
  cause = tc_verdict_dup_cause (verdict);
  g_assert_cmpstr (cause, ==, "There are $. left");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/tc/verdict-reader/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/tc/verdict-reader/text", test_text);
  g_test_add_func ("/tc/verdict-reader/long-text", test_long_text);
  g_test_add_func ("/tc/verdict-reader/braces", test_braces);
  g_test_add_func ("/tc/verdict-policy/grades", test_grades);
  g_test_add_func ("/tc/verdict-policy/policies", test_policies);
  g_test_add_func ("/tc/verdict-policy/sentences", test_sentences);

  return g_test_run ();
}
