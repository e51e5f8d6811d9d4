/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include <signal.h>
#include <string.h>

#include <glib/gstdio.h>

#include "tc-error.h"
#include "tc-exit-verdict.h"

static const char whole_exit[] =
  "{\"version\":1,\"exit_code\":null,\"signal\":9,\"core_dumped\":false,\"oom_killed\":true,"
  "\"oom_certain\":true,\"stopped_by\":null,\"killed_after_grace\":false,"
  "\"leftover_processes\":2,\"log_bytes\":123456789012,\"dropped_bytes\":7,"
  "\"log_ends_partial\":true,\"started_at_us\":1795000000000000,"
  "\"ended_at_us\":1795000001000000,\"ended_boottime_us\":5000000,\"boot_id\":\"b-1\","
  "\"user_seconds\":12.5,\"system_seconds\":1,\"max_rss_bytes\":4000000000,"
  "\"unkillable\":false}\n";

static const char whole_shim[] =
  "{\"version\":1,\"shim_pid\":100,\"shim_start_time\":777,\"pump_pid\":101,\"child_pid\":102,"
  "\"child_start_time\":778,\"boot_id\":\"b-1\",\"started_at_us\":1795000000000000,"
  "\"started_boottime_us\":4000000,\"started_monotonic_us\":3000000}";

/* ---- records ---- */

static void
test_whole (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcExitRecord) exit_record = tc_exit_record_parse (whole_exit, -1, &error);
  g_autoptr(TcShimRecord) shim_record = tc_shim_record_parse (whole_shim, -1, &error);

  g_assert_no_error (error);
  g_assert_false (exit_record->has_exit_code);
  g_assert_cmpint (exit_record->signal, ==, 9);
  g_assert_true (exit_record->oom_killed);
  g_assert_true (exit_record->oom_certain);
  g_assert_null (exit_record->stopped_by);
  g_assert_cmpuint (exit_record->leftover_processes, ==, 2);
  g_assert_cmpint (exit_record->log_bytes, ==, G_GINT64_CONSTANT (123456789012));
  g_assert_cmpint (exit_record->dropped_bytes, ==, 7);
  g_assert_true (exit_record->log_ends_partial);
  g_assert_cmpint (exit_record->ended_at_us - exit_record->started_at_us, ==, G_USEC_PER_SEC);
  g_assert_cmpint (exit_record->ended_boottime_us, ==, 5000000);
  g_assert_cmpstr (exit_record->boot_id, ==, "b-1");
  g_assert_cmpfloat (exit_record->user_seconds, ==, 12.5);
  g_assert_cmpfloat (exit_record->system_seconds, ==, 1);
  g_assert_cmpint (exit_record->max_rss_bytes, ==, G_GINT64_CONSTANT (4000000000));

  g_assert_cmpint (shim_record->shim_pid, ==, 100);
  g_assert_cmpint (shim_record->shim_start_time, ==, 777);
  g_assert_cmpint (shim_record->pump_pid, ==, 101);
  g_assert_cmpint (shim_record->child_pid, ==, 102);
  g_assert_cmpint (shim_record->child_start_time, ==, 778);
  g_assert_cmpint (shim_record->started_monotonic_us, ==, 3000000);
}

/* Cut anywhere, a record is an error and never half a record. */
static void
test_cut (void)
{
  for (gsize length = 0; length + 2 < sizeof whole_exit; length++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (tc_exit_record_parse (whole_exit, (gssize) length, &error));
      g_assert_error (error, TC_ERROR, TC_ERROR_CORRUPT);
    }

  for (gsize length = 0; length + 1 < sizeof whole_shim; length++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (tc_shim_record_parse (whole_shim, (gssize) length, &error));
      g_assert_error (error, TC_ERROR, TC_ERROR_CORRUPT);
    }
}

static void
test_damaged (void)
{
  static const char *const damaged[] = {
    "", "[]", "null", "{}",
    "{\"exit_code\":0}",
    "{\"version\":0,\"exit_code\":0}",
    "{\"version\":\"1\",\"exit_code\":0}",
    "{\"version\":1,\"exit_code\":\"0\"}",
    "{\"version\":1,\"exit_code\":256}",
    "{\"version\":1,\"exit_code\":-1}",
    "{\"version\":1,\"exit_code\":1.5}",
    "{\"version\":1,\"exit_code\":0,\"signal\":9}",
    "{\"version\":1,\"signal\":0}",
    "{\"version\":1,\"signal\":65}",
    "{\"version\":1,\"exit_code\":0,\"oom_killed\":1}",
    "{\"version\":1,\"exit_code\":0,\"stopped_by\":\"nobody\"}",
    "{\"version\":1,\"exit_code\":0,\"stopped_by\":true}",
    "{\"version\":1,\"exit_code\":0,\"log_bytes\":-5}",
    "{\"version\":1,\"exit_code\":0,\"user_seconds\":-1}",
    "{\"version\":1,\"exit_code\":0,\"user_seconds\":NaN}",
    "{\"version\":1,\"exit_code\":0}garbage",
  };

  for (guint i = 0; i < G_N_ELEMENTS (damaged); i++)
    {
      g_autoptr(GError) error = NULL;

      g_test_message ("%s", damaged[i]);
      g_assert_null (tc_exit_record_parse (damaged[i], -1, &error));
      g_assert_error (error, TC_ERROR, TC_ERROR_CORRUPT);
    }
}

/* Random damage: an error, or a record within its bounds. */
static void
test_mutated (void)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (11);
  guint n_errors = 0;

  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(TcExitRecord) record = NULL;
      g_autofree char *bytes = g_memdup2 (whole_exit, sizeof whole_exit - 1);

      for (int n = g_rand_int_range (rand, 1, 4); n > 0; n--)
        bytes[g_rand_int_range (rand, 0, sizeof whole_exit - 1)] =
          g_rand_boolean (rand) ? "0129-e.\"{}[],:tn"[g_rand_int_range (rand, 0, 16)]
                                : (char) g_rand_int_range (rand, 0, 256);

      record = tc_exit_record_parse (bytes, sizeof whole_exit - 1, &error);
      g_assert_true ((record == NULL) == (error != NULL));
      if (record == NULL)
        {
          g_assert_cmpint (error->domain, ==, TC_ERROR);
          n_errors++;
          continue;
        }
      g_assert_cmpint (record->signal, <=, 64);
      g_assert_false (record->has_exit_code && record->signal != 0);
      g_assert_cmpint (record->log_bytes, >=, 0);
      g_assert_true (record->user_seconds >= 0 && record->user_seconds <= 1e12);
    }

  g_assert_cmpuint (n_errors, >, 5000);
  g_assert_cmpuint (n_errors, <, 20000);
}

static void
test_newer_and_adopted (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(TcExitRecord) adopted = NULL;

  g_assert_null (tc_exit_record_parse ("{\"version\":2,\"ended\":\"well\"}", -1, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_NEWER);
  g_clear_error (&error);

  /* A second shim cannot know how it ended. */
  adopted = tc_exit_record_parse ("{\"version\":1,\"exit_code\":null,\"signal\":null,\"x\":[]}",
                                  -1, &error);
  g_assert_no_error (error);
  g_assert_false (adopted->has_exit_code);
  g_assert_cmpint (adopted->signal, ==, 0);
}

static void
test_load (void)
{
  g_autofree char *dir = g_dir_make_tmp ("tc-exit-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "exit.json", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(TcExitRecord) record = NULL;

  g_assert_null (tc_exit_record_load (dir, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (tc_shim_record_load (dir, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_assert_true (g_file_set_contents (path, whole_exit, 40, NULL));
  g_assert_null (tc_exit_record_load (dir, &error));
  g_assert_error (error, TC_ERROR, TC_ERROR_CORRUPT);
  g_clear_error (&error);

  g_assert_true (g_file_set_contents (path, whole_exit, -1, NULL));
  record = tc_exit_record_load (dir, &error);
  g_assert_no_error (error);
  g_assert_cmpint (record->signal, ==, 9);

  g_remove (path);
  g_rmdir (dir);
}

/* ---- verdicts ---- */

typedef struct
{
  const char     *name;
  TcExitRecord    record;
  TcExitContext   context;
  TcSessionState  state;
  const char     *code;
  const char     *words;  /* that the text must have */
} Case;

#define EXITED(n)   .has_exit_code = TRUE, .exit_code = (n), .log_bytes = 1
#define KILLED_BY(n) .signal = (n), .log_bytes = 1
#define BY(who)     .stopped_by = (char *) (who)
#define SAID(c, t)  .log_code = (c), .log_text = (t), .log_weight = 100

static const Case cases[] = {
  { "completed", { EXITED (0) }, { 0 }, TC_SESSION_COMPLETED, NULL, "completed" },
  { "completed-with-complaints", { EXITED (0) }, { SAID ("nan", "NaN.") }, TC_SESSION_COMPLETED, NULL, "completed" },

  /* W08: three kills, three labels. */
  { "oom", { KILLED_BY (SIGKILL), .oom_killed = TRUE, .oom_certain = TRUE }, { 0 },
    TC_SESSION_FAILED, "oom", "It ran out of memory" },
  { "oom-probably", { KILLED_BY (SIGKILL), .oom_killed = TRUE }, { 0 },
    TC_SESSION_FAILED, "oom", "probably" },
  { "user-kill", { KILLED_BY (SIGKILL), BY ("user"), .killed_after_grace = TRUE }, { 0 },
    TC_SESSION_CANCELLED, NULL, "You stopped it. It did not end in time" },
  { "foreign-kill", { KILLED_BY (SIGKILL) }, { 0 },
    TC_SESSION_FAILED, "signal", "killed by something else (signal 9)" },

  { "oom-of-a-part", { EXITED (1), .oom_killed = TRUE, .oom_certain = TRUE },
    { SAID ("exit-code", "DataLoader worker is killed.") }, TC_SESSION_FAILED, "oom", "a part of it" },
  { "oom-elsewhere", { EXITED (1), .oom_killed = TRUE }, { SAID ("nan", "NaN.") },
    TC_SESSION_FAILED, "nan", "NaN." },
  { "user-before-oom", { KILLED_BY (SIGKILL), BY ("user"), .oom_killed = TRUE, .oom_certain = TRUE }, { 0 },
    TC_SESSION_CANCELLED, NULL, "You stopped it" },
  { "user-term", { EXITED (143), BY ("user") }, { .end_status = "interrupted" },
    TC_SESSION_CANCELLED, NULL, "You stopped it." },
  { "user-too-late", { EXITED (0), BY ("user") }, { .end_status = "completed" },
    TC_SESSION_COMPLETED, NULL, "completed" },
  { "user-exit-0", { EXITED (0), BY ("user") }, { 0 }, TC_SESSION_CANCELLED, NULL, "You" },
  { "user-unkillable", { .unkillable = TRUE, BY ("user") }, { 0 },
    TC_SESSION_CANCELLED, NULL, "could not be ended" },

  /* W12 and its kin. */
  { "rule", { EXITED (143), BY ("rule") }, { .stop_code = "diverged", .stop_text = "The run diverges." },
    TC_SESSION_FAILED, "diverged", "Stopped by a rule: The run diverges." },
  { "supervisor", { EXITED (143), BY ("rule") },
    { .stop_code = "verdict", .stop_text = "grade F at epoch 20." },
    TC_SESSION_FAILED, "verdict", "Stopped by its supervisor: grade F" },
  { "rule-stall", { KILLED_BY (SIGKILL), BY ("rule") }, { .stop_code = "stall" },
    TC_SESSION_FAILED, "stalled", "Stopped by a rule." },
  { "rule-frozen", { EXITED (143), BY ("rule") }, { .stop_code = "frozen" }, TC_SESSION_FAILED, "nan", "rule" },
  { "gate", { EXITED (143), BY ("gate") }, { .stop_text = "It parrots." }, TC_SESSION_FAILED, "gate", "It parrots." },
  { "budget", { EXITED (143), BY ("budget") }, { 0 }, TC_SESSION_FAILED, "budget", "budget" },
  { "shutdown", { EXITED (143), BY ("shutdown") }, { 0 }, TC_SESSION_QUEUED, "host-restarted", "goes on" },

  /* What the log knows. */
  { "cuda-oom", { EXITED (1) }, { SAID ("cuda-oom", "The GPU is out of memory.") },
    TC_SESSION_FAILED, "cuda-oom", "The GPU is out of memory." },
  { "guess", { EXITED (1) }, { .log_code = "nan", .log_text = "Perhaps NaN.", .log_weight = 10 },
    TC_SESSION_FAILED, "nan", "Perhaps NaN. (exit code 1)" },
  { "unknown-code", { EXITED (1) }, { SAID ("weird", "Odd.") }, TC_SESSION_FAILED, "exit-code", "Odd. (exit code 1)" },
  { "killed-after-complaint", { KILLED_BY (SIGKILL) }, { SAID ("nan", "NaN.") }, TC_SESSION_FAILED, "signal", "signal 9" },
  { "quality", { EXITED (1) }, { .end_status = "quality_failed" }, TC_SESSION_FAILED, "gate", "quality gate" },
  { "quality-exit-0", { EXITED (0) }, { .end_status = "quality_failed" }, TC_SESSION_FAILED, "gate", "quality gate" },
  { "aborted-exit-0", { EXITED (0) }, { .end_status = "aborted", SAID ("diverged", "It diverged.") },
    TC_SESSION_FAILED, "diverged", "It diverged." },

  /* What is left. */
  { "segfault", { KILLED_BY (SIGSEGV) }, { 0 }, TC_SESSION_FAILED, "signal", "signal 11" },
  { "term", { KILLED_BY (SIGTERM) }, { 0 }, TC_SESSION_FAILED, "signal", "something else (signal 15)" },
  { "term-saved", { EXITED (143) }, { .end_status = "interrupted" }, TC_SESSION_FAILED, "signal", "saved" },
  { "odd-signal", { KILLED_BY (40) }, { 0 }, TC_SESSION_FAILED, "signal", "signal 40" },
  { "usage", { EXITED (2) }, { 0 }, TC_SESSION_FAILED, "exit-code", "arguments" },
  { "exit-1", { EXITED (1) }, { 0 }, TC_SESSION_FAILED, "exit-code", "exit code 1" },
  { "exit-137", { EXITED (137) }, { 0 }, TC_SESSION_FAILED, "exit-code", "signal 9" },
  { "no-program", { .has_exit_code = TRUE, .exit_code = 127 }, { 0 }, TC_SESSION_FAILED, "launch", "no such program" },
  { "no-permission", { .has_exit_code = TRUE, .exit_code = 126 }, { 0 }, TC_SESSION_FAILED, "launch", "executed" },
  { "exit-127-later", { EXITED (127) }, { 0 }, TC_SESSION_FAILED, "exit-code", "127" },
  { "adopted", { .log_bytes = 1 }, { .end_status = "completed" }, TC_SESSION_FAILED, "supervisor-lost", "not known" },
};

static void
test_verdict (gconstpointer data)
{
  const Case *test = data;
  g_autoptr(TcExitVerdict) verdict = tc_exit_verdict_new (&test->record, &test->context);

  g_test_message ("%s", verdict->text);
  g_assert_cmpint (verdict->state, ==, test->state);
  g_assert_cmpstr (verdict->code, ==, test->code);
  g_assert_nonnull (strstr (verdict->text, test->words));
}

static void
test_verdict_lost (void)
{
  const TcExitContext restarted = { .host_restarted = TRUE };
  const TcExitContext said = { .end_status = "completed" };
  g_autoptr(TcExitVerdict) lost = tc_exit_verdict_new (NULL, NULL);
  g_autoptr(TcExitVerdict) host = tc_exit_verdict_new (NULL, &restarted);
  g_autoptr(TcExitVerdict) never = tc_exit_verdict_new (NULL, &said);

  g_assert_cmpint (lost->state, ==, TC_SESSION_FAILED);
  g_assert_cmpstr (lost->code, ==, "supervisor-lost");
  g_assert_cmpint (host->state, ==, TC_SESSION_QUEUED);
  g_assert_cmpstr (host->code, ==, "host-restarted");
  g_assert_cmpint (never->state, ==, TC_SESSION_FAILED);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tc/exit-record/whole", test_whole);
  g_test_add_func ("/tc/exit-record/cut", test_cut);
  g_test_add_func ("/tc/exit-record/damaged", test_damaged);
  g_test_add_func ("/tc/exit-record/mutated", test_mutated);
  g_test_add_func ("/tc/exit-record/newer-and-adopted", test_newer_and_adopted);
  g_test_add_func ("/tc/exit-record/load", test_load);
  g_test_add_func ("/tc/exit-verdict/lost", test_verdict_lost);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/tc/exit-verdict/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_verdict);
    }

  return g_test_run ();
}
