/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What a supervisor is shown: the report, and the prompt around it. */

#include "config.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "tc-error.h"
#include "tc-file.h"
#include "tc-json.h"
#include "tc-supervise-prompt.h"
#include "tc-supervise-report.h"

typedef struct
{
  char *folder;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->folder = g_dir_make_tmp ("tc-report-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
}

static void
remove_all (const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        remove_all (path);
      else
        g_unlink (path);
    }
  g_rmdir (folder);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  remove_all (fixture->folder);
  g_free (fixture->folder);
}

static void
write_file (Fixture    *fixture,
            const char *name,
            const char *text)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (tc_file_write (path, text, -1, TC_FILE_DEFAULT, NULL));
}

static TcSession *
new_session (void)
{
  g_autoptr(TcSessionConfig) config = tc_session_config_new ();
  TcSession *session;
  TcProgress progress;

  g_set_str (&config->provider, "xai");
  g_set_str (&config->workdir, "/home/somebody/secret-place");
  g_set_str (&config->corpus_file, "/home/somebody/corpus.jsonl");
  tc_session_config_add_setting (config, "api-key", "SECRET-SETTING");
  session = tc_session_new (7, config);
  progress = *tc_session_get_progress (session);
  progress.epoch = 21;
  progress.total_epochs = 200;
  progress.parameters = 1000000;
  progress.best_val_loss = 2.25;
  progress.best_epoch = 19;
  progress.elapsed_seconds = 61.5;
  tc_session_set_progress (session, &progress);

  return session;
}

static JsonObject *
build (TcReportFacts *facts)
{
  g_autofree char *text = tc_report_build (facts);
  g_autoptr(GError) error = NULL;
  JsonObject *report = tc_json_parse_object (text, -1, TC_JSON_DEFAULT, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (strlen (text), <=, TC_REPORT_MAX_BYTES);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_null (strstr (text, "SECRET"));
  g_assert_null (strstr (text, "somebody"));

  return report;
}

static void
test_whole (void)
{
  g_autoptr(TcSession) session = new_session ();
  g_autoptr(JsonNode) metrics = tc_json_parse (
    "{\"series\":{\"train_loss\":[[1,5.123456789],[2,\"NaN\"],[20,2.5],[21,9.9]],"
    "\"val_loss\":[[20,2.75]],\"batch_loss\":[[0.5,5]]}}", -1, TC_JSON_DEFAULT, NULL);
  g_autoptr(JsonNode) gates = tc_json_parse (
    "[{\"epoch\":5,\"result\":\"warn\",\"text\":\"young\",\"report\":\"gates/x\"},"
    "{\"epoch\":20,\"result\":\"pass\",\"text\":null},{\"epoch\":25,\"result\":\"fail\"}]",
    -1, TC_JSON_DEFAULT, NULL);
  g_autoptr(JsonNode) verdicts = tc_json_parse (
    "[{\"epoch\":5,\"score\":77,\"grade\":\"C\",\"status\":\"observe\",\"recommendation\":\"long\"},"
    "{\"epoch\":10,\"error\":\"nobody\",\"score\":null}]", -1, TC_JSON_DEFAULT, NULL);
  g_autoptr(JsonObject) gate_report = tc_json_parse_object (
    "{\"status\":\"warn\",\"checkpoint\":\"/home/somebody/x\",\"tests\":[{\"name\":\"parroting\","
    "\"status\":\"pass\",\"details\":\"ok\"}],\"figures\":{\"echo_rate\":0.25},"
    "\"samples\":[{\"prompt\":\"Add\\u001b[31m\",\"expected\":null,\"answer\":\"1\"}]}",
    -1, TC_JSON_DEFAULT, NULL);
  TcReportFacts facts = { session, 20, metrics, gates, verdicts, gate_report };
  g_autoptr(JsonObject) report = build (&facts);
  JsonObject *run = tc_json_get_object (report, "run");
  JsonObject *gate = tc_json_get_object (report, "gate_report");
  JsonArray *losses = tc_json_get_array (report, "train_loss");
  JsonObject *sample = json_array_get_object_element (tc_json_get_array (gate, "samples"), 0);

  g_assert_cmpint (tc_json_get_int (run, "epoch", 0), ==, 20);
  g_assert_cmpint (tc_json_get_int (run, "planned_epochs", 0), ==, 200);
  g_assert_cmpint (tc_json_get_int (run, "best_epoch", 0), ==, 19);
  g_assert_cmpuint (json_array_get_length (losses), ==, 3);
  g_assert_cmpfloat (json_array_get_double_element (json_array_get_array_element (losses, 0), 1), ==, 5.12346);
  g_assert_cmpstr (json_array_get_string_element (json_array_get_array_element (losses, 1), 1), ==, "NaN");
  g_assert_false (tc_json_has (report, "batch_loss"));
  g_assert_cmpuint (json_array_get_length (tc_json_get_array (report, "gates")), ==, 2);
  g_assert_cmpuint (json_array_get_length (tc_json_get_array (report, "earlier_verdicts")), ==, 1);
  g_assert_cmpstr (tc_json_get_string (gate, "status", NULL), ==, "warn");
  g_assert_cmpfloat (tc_json_get_double (gate, "echo_rate", 0), ==, 0.25);
  g_assert_null (strchr (tc_json_get_string (sample, "prompt", NULL), '\033'));
  g_assert_false (tc_json_has (sample, "expected"));
}

static void
test_bare (void)
{
  g_autoptr(TcSession) session = new_session ();
  TcReportFacts facts = { session, 1 };
  g_autoptr(JsonObject) report = build (&facts);

  g_assert_cmpuint (json_object_get_size (report), ==, 1);
}

/* A script that says as much as it can, in letters of three bytes. */
static void
test_huge (void)
{
  g_autoptr(TcSession) session = new_session ();
  g_autoptr(GString) words = g_string_new (NULL);
  g_autoptr(GString) metrics_text = g_string_new ("{\"series\":{\"train_loss\":[[0,1]");
  g_autoptr(GString) gates_text = g_string_new ("[{}");
  g_autoptr(GString) report_text = g_string_new ("{\"status\":\"pass\",\"tests\":[{}");
  g_autoptr(JsonNode) metrics = NULL;
  g_autoptr(JsonNode) gates = NULL;
  g_autoptr(JsonObject) gate_report = NULL;
  g_autoptr(JsonObject) report = NULL;
  TcReportFacts facts = { session, 1000 };

  for (guint i = 0; i < 300; i++)
    g_string_append (words, "\\\"ℓ\\n");
  for (guint i = 1; i <= 300; i++)
    {
      g_string_append_printf (metrics_text, ",[%u,1.00000%u]", i, i);
      g_string_append_printf (gates_text, ",{\"epoch\":%u,\"result\":\"%s\",\"text\":\"%s\"}", i, words->str, words->str);
      g_string_append_printf (report_text, ",{\"name\":\"%s\",\"details\":\"%s\"}", words->str, words->str);
    }
  g_string_append (metrics_text, "]}}");
  g_string_append (gates_text, "]");
  g_string_append (report_text, "],\"samples\":[7");
  for (guint i = 0; i < 300; i++)
    g_string_append_printf (report_text, ",{\"prompt\":\"%s\",\"expected\":\"%s\",\"answer\":\"%s\"}",
                            words->str, words->str, words->str);
  g_string_append (report_text, "]}");

  metrics = tc_json_parse (metrics_text->str, -1, TC_JSON_DEFAULT, NULL);
  gates = tc_json_parse (gates_text->str, -1, TC_JSON_DEFAULT, NULL);
  gate_report = tc_json_parse_object (report_text->str, -1, TC_JSON_DEFAULT, NULL);
  g_assert_nonnull (gate_report);
  facts.metrics = metrics;
  facts.gates = gates;
  facts.gate_report = gate_report;
  report = build (&facts);
  g_assert_cmpuint (json_array_get_length (tc_json_get_array (report, "train_loss")), >=, 10);
  g_assert_cmpuint (json_array_get_length (tc_json_get_array (report, "train_loss")), <=, 40);
  g_assert_cmpuint (json_array_get_length (tc_json_get_array (report, "gates")), >=, 3);
}

/* The file's shape is not trusted either. */
static void
test_wrong_shapes (void)
{
  static const char *const reports[] = {
    "{\"tests\":7,\"samples\":\"x\",\"figures\":[]}",
    "{\"tests\":[null,[],\"x\",{\"name\":{\"a\":1}}],\"status\":[],\"samples\":[{\"prompt\":5}]}",
    "{}",
  };
  g_autoptr(TcSession) session = new_session ();

  for (guint i = 0; i < G_N_ELEMENTS (reports); i++)
    {
      g_autoptr(JsonObject) gate_report = tc_json_parse_object (reports[i], -1, TC_JSON_DEFAULT, NULL);
      TcReportFacts facts = { session, 5, NULL, NULL, NULL, gate_report };
      g_autoptr(JsonObject) report = build (&facts);

      g_assert_true (tc_json_has (report, "gate_report"));
    }
}

static void
test_gate_file (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) report = NULL;
  g_autofree char *outside = g_build_filename (fixture->folder, "outside.json", NULL);
  g_autofree char *linked = g_build_filename (fixture->folder, "gates/gate_epoch6.json", NULL);
  g_autofree char *huge = g_strnfill (300 * 1024, ' ');
  g_autofree char *gates = g_build_filename (fixture->folder, "gates", NULL);
  g_autofree char *moved = g_build_filename (fixture->folder, "moved", NULL);

  g_assert_null (tc_report_load_gate (fixture->folder, 5, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_NOT_FOUND);
  g_clear_error (&error);

  write_file (fixture, "gates/gate_epoch5.json", "{\"status\":\"pass\",\"x\":NaN}");
  report = tc_report_load_gate (fixture->folder, 5, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (tc_json_get_string (report, "status", NULL), ==, "pass");

  write_file (fixture, "outside.json", "{\"status\":\"pass\"}");
  g_assert_cmpint (symlink (outside, linked), ==, 0);
  g_assert_null (tc_report_load_gate (fixture->folder, 6, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);

  write_file (fixture, "gates/gate_epoch7.json", huge);
  g_assert_null (tc_report_load_gate (fixture->folder, 7, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);

  g_assert_cmpint (g_rename (gates, moved), ==, 0);
  g_assert_cmpint (symlink (moved, gates), ==, 0);
  g_assert_null (tc_report_load_gate (fixture->folder, 5, &error));
  g_assert_nonnull (error);
}

static void
test_bundled_prompt (Fixture       *fixture,
                     gconstpointer  data)
{
  const char *bundled = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcSupervisePrompt) prompt = tc_supervise_prompt_load (fixture->folder, bundled, &error);
  const TcPromptValue values[] = { { "report", "{{schema}}{{" }, { "schema", "S" }, { "epoch", "5" },
                                   { "epochs", "9" }, { "phase", "1" }, { "corpus", "c" },
                                   { "target", "t" }, { "problem", "p" } };
  g_autofree char *question = NULL;
  g_autofree char *instructions = NULL;
  g_autofree char *repair = NULL;
  JsonObject *properties;

  g_assert_no_error (error);
  instructions = tc_supervise_prompt_fill (prompt->instructions, values, G_N_ELEMENTS (values));
  question = tc_supervise_prompt_fill (prompt->question, values, G_N_ELEMENTS (values));
  repair = tc_supervise_prompt_fill (prompt->repair, values, G_N_ELEMENTS (values));
  g_assert_null (strstr (instructions, "{{"));
  g_assert_null (strstr (instructions, "SPDX"));
  g_assert_null (strstr (repair, "{{"));
  /* What came with the report was not filled in. */
  g_assert_nonnull (strstr (question, "{{schema}}{{"));
  g_assert_nonnull (strstr (question, "epoch 5 of 9"));
  properties = tc_json_get_object (json_node_get_object (prompt->schema), "properties");
  g_assert_true (tc_json_has (properties, "steady_progress"));
  g_assert_false (tc_json_get_boolean (json_node_get_object (prompt->schema), "additionalProperties", TRUE));
  /* Strict schemas want every property required. */
  g_assert_cmpuint (json_object_get_size (properties), ==,
                    json_array_get_length (tc_json_get_array (json_node_get_object (prompt->schema), "required")));
}

static void
test_own_prompt (Fixture       *fixture,
                 gconstpointer  data)
{
  const char *bundled = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(TcSupervisePrompt) own = NULL;

  write_file (fixture, "prompt.md", "one\n---\ntwo {{unknown}} <!-- not this -->\n---\nthree");
  own = tc_supervise_prompt_load (fixture->folder, bundled, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (own->instructions, ==, "one");
  g_assert_cmpstr (own->question, ==, "two {{unknown}}");
  g_assert_nonnull (strstr (own->schema_text, "loss_convergence"));

  write_file (fixture, "verdict.schema.json", "[1]");
  g_assert_null (tc_supervise_prompt_load (fixture->folder, bundled, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "verdict.schema.json"));
  g_clear_error (&error);

  write_file (fixture, "prompt.md", "only one");
  g_assert_null (tc_supervise_prompt_load (fixture->folder, bundled, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "prompt.md"));
}

int
main (int    argc,
      char **argv)
{
  const char *bundled = g_getenv ("TC_SUPERVISE_DIR");

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/tc/supervise-report/whole", test_whole);
  g_test_add_func ("/tc/supervise-report/bare", test_bare);
  g_test_add_func ("/tc/supervise-report/huge", test_huge);
  g_test_add_func ("/tc/supervise-report/wrong-shapes", test_wrong_shapes);
  g_test_add ("/tc/supervise-report/gate-file", Fixture, NULL, set_up, test_gate_file, tear_down);
  g_test_add ("/tc/supervise-prompt/bundled", Fixture, bundled, set_up, test_bundled_prompt, tear_down);
  g_test_add ("/tc/supervise-prompt/own", Fixture, bundled, set_up, test_own_prompt, tear_down);

  return g_test_run ();
}
