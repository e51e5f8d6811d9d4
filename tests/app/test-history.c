/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What ended: read, found, put in order, compared. */

#include <math.h>

#include "tc-app-text.h"
#include "tc-compare-table.h"
#include "tc-facts-text.h"
#include "tc-history-model.h"
#include "tc-json.h"

static TcSession *
make_session (guint64     id,
              const char *title,
              const char *corpus,
              double      loss)
{
  g_autoptr(TcSessionConfig) config = tc_session_config_new ();
  TcSession *session;
  TcProgress progress;

  g_set_str (&config->title, title);
  g_set_str (&config->corpus, corpus);
  g_set_str (&config->provider, id % 2 == 0 ? "xai" : "claude");
  config->epochs = 20;
  tc_session_config_add_setting (config, "batch-size", id == 3 ? "32" : "8");
  session = tc_session_new (id, config);
  progress = *tc_session_get_progress (session);
  progress.epoch = 20;
  progress.has_val_loss = TRUE;
  progress.best_val_loss = loss;
  tc_session_set_progress (session, &progress);

  return session;
}

static void
end (TcSession      *session,
     TcSessionState  state)
{
  g_assert_true (tc_session_set_state (session, TC_SESSION_STARTING, 1));
  g_assert_true (tc_session_set_state (session, TC_SESSION_RUNNING, 2));
  g_assert_true (tc_session_set_state (session, state, 3));
}

static void
test_facts (void)
{
  static const char text[] =
    "{\"gates\":[{\"epoch\":1,\"result\":\"fail\"},{\"epoch\":1,\"result\":\"pass\"},"
    "{\"epoch\":5,\"result\":\"warn\"},{\"epoch\":10,\"result\":\"skipped\"},7],"
    "\"verdicts\":[{\"epoch\":5,\"score\":91,\"status\":\"continue\",\"cost_usd\":\"0.01\",\"model\":\"a\","
    "\"provider\":\"xai\",\"parts\":{}},{\"epoch\":10,\"error\":\"nobody answered\"}],"
    "\"spend\":{\"cost_usd\":\"1.125\",\"n_unknown\":1}}";
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) object = tc_json_parse_object (text, -1, TC_JSON_DEFAULT, &error);
  TcRunFacts facts = { 0 };
  g_autofree char *gates = NULL;
  g_autofree char *spend = NULL;

  g_assert_no_error (error);
  tc_run_facts_read_gates (&facts, tc_json_get_array (object, "gates"));
  tc_run_facts_read_verdicts (&facts, tc_json_get_array (object, "verdicts"));
  tc_run_facts_read_spend (&facts, tc_json_get_object (object, "spend"));
  g_assert_cmpuint (facts.n_pass, ==, 1);
  g_assert_cmpuint (facts.n_warn, ==, 1);
  g_assert_cmpuint (facts.n_fail, ==, 0);
  g_assert_cmpuint (facts.n_skipped, ==, 1);
  g_assert_nonnull (facts.verdict);
  g_assert_cmpuint (facts.verdict->epoch, ==, 5);
  gates = tc_facts_text_dup_gates (&facts);
  g_assert_cmpstr (gates, ==, "✓ 1  ! 1");
  spend = tc_facts_text_dup_spend (&facts);
  g_assert_cmpstr (spend, ==, "≥ $1.13");
  tc_run_facts_clear (&facts);
  g_assert_null (facts.verdict);
}

static void
test_money (void)
{
  static const struct {
    TcMoney     amount;
    const char *text;
  } cases[] = {
    { 0, "$0.00" }, { 3, "$0.000003" }, { 2349, "$0.0023" }, { 6000, "$0.0060" }, { 99999, "$0.10" }, { 100000, "$0.10" },
    { 3204999, "$3.20" }, { 3205000, "$3.21" }, { -5, "$0.00" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = tc_facts_text_dup_money (cases[i].amount);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static int
compare_words (TcHistoryColumn  column,
               TcSession       *a,
               TcSession       *b)
{
  TcHistoryWords *first = tc_history_words_new (a);
  TcHistoryWords *second = tc_history_words_new (b);
  int order = tc_history_compare_words (column, first, second);

  tc_history_words_free (first);
  tc_history_words_free (second);

  return CLAMP (order, -1, 1);
}

static void
test_order (void)
{
  g_autoptr(TcSession) good = make_session (1, "Alpha", "english", 1.5);
  g_autoptr(TcSession) bad = make_session (2, "beta", "hlx", 2.5);
  g_autoptr(TcSession) broken = make_session (3, "Gamma", "hlx", NAN);
  TcRunFacts cheap = { .n_pass = 3, .spent = 10, .has_spent = TRUE };
  TcRunFacts dear = { .n_pass = 9, .n_fail = 1, .spent = 20, .has_spent = TRUE };
  TcRunFacts none = { 0 };

  g_assert_cmpint (tc_history_compare (TC_HISTORY_LOSS, good, &none, bad, &none), <, 0);
  g_assert_cmpint (tc_history_compare (TC_HISTORY_LOSS, broken, &none, bad, &none), >, 0);
  g_assert_cmpint (tc_history_compare (TC_HISTORY_LOSS, broken, &none, broken, &none), ==, 0);
  g_assert_cmpint (tc_history_compare (TC_HISTORY_GATES, good, &cheap, bad, &dear), <, 0);
  g_assert_cmpint (tc_history_compare (TC_HISTORY_SPEND, good, &dear, bad, &cheap), >, 0);
  g_assert_cmpint (tc_history_compare (TC_HISTORY_SPEND, good, &none, bad, &cheap), <, 0);
  g_assert_cmpint (compare_words (TC_HISTORY_TITLE, good, bad), <, 0);
  g_assert_cmpint (compare_words (TC_HISTORY_TITLE, bad, good), >, 0);
  /* Both ways round gives opposite answers, whatever the column. */
  for (guint i = 0; i < TC_HISTORY_N_COLUMNS; i++)
    g_assert_cmpint (tc_history_compare (i, good, &cheap, broken, &dear), ==,
                     -tc_history_compare (i, broken, &dear, good, &cheap));
}

/* What its owner wrote is found as soon as it is written. */
static void
test_found_by_tag (void)
{
  static const char *const words[] = { "Baseline", "<b>\u202e", NULL };
  static const char *const others[] = { "b", "Baseline", NULL };
  static const char *const all[] = { "<b>\u202e", "b", "Baseline", NULL };
  g_autoptr(TcQueue) queue = tc_queue_new ();
  g_autoptr(TcSession) first = make_session (1, "Alpha", "english", 1.5);
  g_autoptr(TcSession) second = make_session (2, "Beta", "hlx", 2.5);
  TcHistoryFilter filter = { "baseLINE", TC_SESSION_N_STATES, NULL, NULL, NULL };
  TcHistoryModel *model;
  GListModel *found;
  g_auto(GStrv) tags = NULL;

  tc_queue_add (queue, first);
  tc_queue_add (queue, second);
  end (first, TC_SESSION_COMPLETED);
  end (second, TC_SESSION_FAILED);
  model = tc_history_model_new (queue);
  found = tc_history_model_get_found (model);
  tc_history_model_set_filter (model, &filter);
  g_assert_cmpuint (g_list_model_get_n_items (found), ==, 0);
  tc_session_set_tags (first, words);
  g_assert_cmpuint (g_list_model_get_n_items (found), ==, 1);
  filter = (TcHistoryFilter) { NULL, TC_SESSION_N_STATES, NULL, NULL, "b" };
  tc_history_model_set_filter (model, &filter);
  g_assert_cmpuint (g_list_model_get_n_items (found), ==, 0);
  tc_session_set_tags (second, others);
  g_assert_cmpuint (g_list_model_get_n_items (found), ==, 1);
  filter = (TcHistoryFilter) { "COLD", TC_SESSION_N_STATES, NULL, NULL, NULL };
  tc_history_model_set_filter (model, &filter);
  tc_session_set_note (second, "warmer\nthan cold");
  g_assert_cmpuint (g_list_model_get_n_items (found), ==, 1);
  tags = tc_history_model_dup_tags (model);
  g_assert_cmpuint (g_strv_length (tags), ==, 3);
  for (guint i = 0; all[i] != NULL; i++)
    g_assert_true (g_strv_contains ((const char *const *) tags, all[i]));
  g_assert_cmpint (compare_words (TC_HISTORY_TAGS, first, second), !=, 0);
  g_assert_cmpint (compare_words (TC_HISTORY_TAGS, first, second), ==, -compare_words (TC_HISTORY_TAGS, second, first));
  g_assert_finalize_object (model);
}

static void
test_found (void)
{
  g_autoptr(TcQueue) queue = tc_queue_new ();
  g_autoptr(TcSession) first = make_session (1, "Alpha <b>", "english", 1.5);
  g_autoptr(TcSession) second = make_session (2, "Ünder", "hlx", 2.5);
  TcHistoryFilter filter = { NULL, TC_SESSION_N_STATES, NULL, NULL, NULL };
  TcHistoryModel *model;

  tc_queue_add (queue, first);
  tc_queue_add (queue, second);
  model = tc_history_model_new (queue);
  g_assert_cmpuint (g_list_model_get_n_items (tc_history_model_get_found (model)), ==, 0);
  end (first, TC_SESSION_COMPLETED);
  end (second, TC_SESSION_FAILED);
  g_assert_cmpuint (g_list_model_get_n_items (tc_history_model_get_found (model)), ==, 2);

  filter.search = "ÜNDER";
  tc_history_model_set_filter (model, &filter);
  g_assert_cmpuint (g_list_model_get_n_items (tc_history_model_get_found (model)), ==, 1);
  filter.state = TC_SESSION_COMPLETED;
  tc_history_model_set_filter (model, &filter);
  g_assert_cmpuint (g_list_model_get_n_items (tc_history_model_get_found (model)), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (tc_history_model_get_all (model)), ==, 2);
  filter = (TcHistoryFilter) { "", TC_SESSION_N_STATES, "hlx", "xai", NULL };
  tc_history_model_set_filter (model, &filter);
  g_assert_cmpuint (g_list_model_get_n_items (tc_history_model_get_found (model)), ==, 1);
  tc_queue_remove (queue, second);
  g_assert_cmpuint (g_list_model_get_n_items (tc_history_model_get_all (model)), ==, 1);
  g_assert_finalize_object (model);
}

static const TcDifference *
find (GPtrArray  *differences,
      const char *title)
{
  for (guint i = 0; i < differences->len; i++)
    {
      const TcDifference *difference = g_ptr_array_index (differences, i);

      if (g_str_equal (difference->title, title))
        return difference;
    }

  return NULL;
}

static void
test_differences (void)
{
  g_autoptr(GPtrArray) sessions = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GPtrArray) differences = NULL;
  TcRunFacts cheap = { .spent = 1000000, .has_spent = TRUE, .n_pass = 2 };
  TcRunFacts dear = { .spent = 2000000, .has_spent = TRUE, .n_pass = 2 };
  const TcRunFacts *facts[] = { &dear, &cheap };
  const TcDifference *difference;

  g_ptr_array_add (sessions, make_session (1, "Alpha", "hlx", 1.5));
  g_ptr_array_add (sessions, make_session (3, "Beta", "hlx", 1.5));
  differences = tc_compare_table_build (sessions, facts);

  g_assert_null (find (differences, "Corpus"));
  g_assert_null (find (differences, "Epochs"));
  g_assert_null (find (differences, "Best Validation Loss"));
  g_assert_null (find (differences, "Gates"));
  difference = find (differences, "batch-size");
  g_assert_nonnull (difference);
  g_assert_false (difference->is_result);
  g_assert_cmpstr (difference->values[0], ==, "8");
  g_assert_cmpstr (difference->values[1], ==, "32");
  g_assert_cmpint (difference->best, ==, -1);
  difference = find (differences, "Spend");
  g_assert_nonnull (difference);
  g_assert_true (difference->is_result);
  g_assert_cmpint (difference->best, ==, 1);
  g_assert_cmpuint (differences->len, ==, 2);
}

/* What is learnt, and by whom; a title of one's own says it all. */
static void
test_titles (void)
{
  static const struct { const char *title, *model, *name, *command, *shown; } cases[] = {
    { NULL, NULL, NULL, NULL, "English Mastery → Helix1m" },
    { NULL, "grok-4.7", "Grok 4.7", NULL, "Grok 4.7 → Helix1m" },
    { NULL, "mine", NULL, NULL, "mine → Helix1m" },
    { NULL, NULL, NULL, "python3 x.py", "Your own command → Helix1m" },
    { "My night", "grok-4.7", "Grok 4.7", NULL, "My night" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(TcSessionConfig) config = tc_session_config_new ();
      g_autoptr(TcSession) session = NULL;
      g_autofree char *shown = NULL;

      g_set_str (&config->title, cases[i].title);
      g_set_str (&config->model, cases[i].model);
      g_set_str (&config->model_name, cases[i].name);
      g_set_str (&config->command, cases[i].command);
      g_set_str (&config->corpus, "english");
      g_set_str (&config->target, "helix-1m");
      session = tc_session_new (1, config);
      shown = tc_app_text_dup_title (session);
      g_assert_cmpstr (shown, ==, cases[i].shown);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/history/facts", test_facts);
  g_test_add_func ("/history/money", test_money);
  g_test_add_func ("/history/order", test_order);
  g_test_add_func ("/history/found", test_found);
  g_test_add_func ("/history/found-by-tag", test_found_by_tag);
  g_test_add_func ("/history/differences", test_differences);
  g_test_add_func ("/history/titles", test_titles);

  return g_test_run ();
}
