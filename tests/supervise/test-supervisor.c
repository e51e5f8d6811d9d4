/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The supervisor with a real store, and doubles for scheduler, gateway and run
 * access. */

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "doubles.h"
#include "tc-error.h"
#include "tc-file.h"
#include "tc-json.h"
#include "tc-supervisor.h"

#define SECRET "xai-0123456789abcdef-secret"
#define LIMIT_SECONDS 40
/* Longer than the supervisor waits before it asks. */
#define QUIET_MS 1200

#define ANSWER(a, b, c, d, words) "{\"loss_convergence\":" #a ",\"validation_accuracy\":" #b \
  ",\"format_correctness\":" #c ",\"steady_progress\":" #d ",\"score\":0,\"status\":\"observe\"," \
  "\"recommendation\":\"" words "\"}"
#define GRADE_B ANSWER (26, 25, 17, 16, "Fine.")
#define GRADE_D ANSWER (20, 20, 12, 10, "Hm.")
#define GRADE_F ANSWER (5, 5, 2, 3, "It repeats.")

typedef struct
{
  char         *root;
  TcPaths      *paths;
  TcClock      *clock;
  TcStore      *store;
  TcScheduler  *scheduler;
  TcGateway    *gateway;
  TcRunAccess  *access;
  TcSession    *session;
  TcSupervisor *supervisor;
  guint         seconds;
} Fixture;

static void
on_result (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
on_too_late (gpointer user_data)
{
  g_error ("That takes too long");

  return G_SOURCE_REMOVE;
}

#define WAIT_UNTIL(condition) G_STMT_START { \
    guint late_id = g_timeout_add_seconds (LIMIT_SECONDS, on_too_late, NULL); \
    while (!(condition)) \
      g_main_context_iteration (NULL, TRUE); \
    g_source_remove (late_id); \
  } G_STMT_END

static gboolean
on_quiet (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;

  return G_SOURCE_REMOVE;
}

static void
wait_quiet (void)
{
  gboolean is_over = FALSE;

  g_timeout_add (QUIET_MS, on_quiet, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

static TcGrant *
new_grant (void)
{
  TcGrant *grant = tc_grant_new (1, 1, tc_provider_find ("xai"));
  TcModelFacts *model = g_new0 (TcModelFacts, 1);

  model->id = g_strdup ("grok-4");
  model->name = g_strdup ("Grok 4");
  model->max_output = 4000;
  g_ptr_array_add (grant->models, model);
  grant->secret = tc_secret_new (SECRET);

  return grant;
}

static void
save_session (Fixture *fixture)
{
  g_autoptr(GPtrArray) sessions = g_ptr_array_new ();
  g_autoptr(GAsyncResult) result = NULL;

  g_ptr_array_add (sessions, fixture->session);
  tc_store_save_sessions_async (fixture->store, sessions, NULL, on_result, &result);
  WAIT_UNTIL (result != NULL);
  g_assert_true (tc_store_save_sessions_finish (fixture->store, result, NULL));
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->root = g_dir_make_tmp ("tc-supervisor-XXXXXX", NULL);
  fixture->paths = tc_paths_new_for_root (fixture->root);
  g_assert_true (tc_paths_ensure_dirs (fixture->paths, NULL));
  fixture->clock = tc_clock_new_system ();
  fixture->store = tc_store_open (tc_paths_get_database_path (fixture->paths), fixture->clock, NULL);
  fixture->scheduler = fake_scheduler_new ();
  fixture->gateway = fake_gateway_new ();
  fixture->access = fake_run_access_new (new_grant ());
}

/* A session that runs, with @policy, and a supervisor. */
static void
begin (Fixture    *fixture,
       const char *provider,
       const char *policy,
       guint       every)
{
  g_autoptr(TcSessionConfig) config = tc_session_config_new ();
  TcVerdictTools tools = { fixture->store, fixture->paths, fixture->clock, fixture->gateway,
                           fixture->seconds };

  g_set_str (&config->provider, provider);
  g_set_str (&config->policy, policy);
  config->verdict_every = every;
  config->epochs = 100;
  fixture->session = tc_session_new (1, config);
  fake_scheduler_add (fixture->scheduler, fixture->session);
  save_session (fixture);
  fixture->supervisor = tc_supervisor_new (fixture->scheduler, fixture->access, &tools);
  tc_session_set_state (fixture->session, TC_SESSION_STARTING, 1);
  tc_session_begin_attempt (fixture->session, 1);
  tc_session_set_state (fixture->session, TC_SESSION_RUNNING, 1);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", fixture->root);

  if (fixture->supervisor != NULL)
    tc_supervisor_shutdown (fixture->supervisor);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (fixture->supervisor);
  g_clear_object (&fixture->session);
  g_assert_finalize_object (fixture->scheduler);
  g_assert_finalize_object (fixture->access);
  g_assert_finalize_object (fixture->gateway);
  tc_store_close (fixture->store);
  g_assert_finalize_object (fixture->store);
  g_assert_finalize_object (fixture->paths);
  tc_clock_unref (fixture->clock);
  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (fixture->root);
}

static void
set_epoch (Fixture *fixture,
           guint    epoch)
{
  TcProgress progress = *tc_session_get_progress (fixture->session);

  progress.epoch = epoch;
  progress.total_epochs = 100;
  tc_session_set_progress (fixture->session, &progress);
}

/* Returns: (nullable): the first line of the scheduler's log that begins so */
static const char *
find_line (Fixture    *fixture,
           const char *prefix)
{
  GPtrArray *log = fake_scheduler_get_log (fixture->scheduler);

  for (guint i = 0; i < log->len; i++)
    {
      if (g_str_has_prefix (g_ptr_array_index (log, i), prefix))
        return g_ptr_array_index (log, i);
    }

  return NULL;
}

static guint
count_lines (Fixture    *fixture,
             const char *prefix)
{
  GPtrArray *log = fake_scheduler_get_log (fixture->scheduler);
  guint n = 0;

  for (guint i = 0; i < log->len; i++)
    n += g_str_has_prefix (g_ptr_array_index (log, i), prefix);

  return n;
}

static TcVerdict *
wait_verdict (Fixture *fixture,
              guint    number)
{
  WAIT_UNTIL (count_lines (fixture, "record verdict") >= number);

  return tc_verdict_from_json (json_node_get_object (fake_scheduler_get_record (fixture->scheduler)));
}

static FakeCall *
get_call (Fixture *fixture,
          guint    index)
{
  GPtrArray *calls = fake_gateway_get_calls (fixture->gateway);

  g_assert_cmpuint (calls->len, >, index);

  return g_ptr_array_index (calls, index);
}

static guint
count_calls (Fixture *fixture)
{
  return fake_gateway_get_calls (fixture->gateway)->len;
}

static guint
count_stored (Fixture *fixture)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(JsonNode) node = NULL;

  tc_store_load_records_async (fixture->store, "verdicts", 1, NULL, on_result, &result);
  WAIT_UNTIL (result != NULL);
  node = tc_store_load_records_finish (fixture->store, result, NULL);
  g_assert_nonnull (node);

  return json_array_get_length (json_node_get_array (node));
}

static void
test_gate (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(TcVerdict) verdict = NULL;
  FakeCall *call;

  begin (fixture, "xai", "notify", 0);
  set_epoch (fixture, 5);
  fake_gateway_push (fixture->gateway, GRADE_B, 1234);
  fake_scheduler_tell_gate (fixture->scheduler, 1, 1, 5);
  fake_scheduler_tell_gate (fixture->scheduler, 1, 1, 5);
  verdict = wait_verdict (fixture, 1);

  g_assert_cmpuint (verdict->epoch, ==, 5);
  g_assert_cmpuint (verdict->attempt, ==, 1);
  g_assert_cmpuint (verdict->score, ==, 84);
  g_assert_cmpstr (tc_verdict_get_grade (verdict), ==, "B");
  g_assert_cmpstr (verdict->provider, ==, "xai");
  g_assert_cmpstr (verdict->model, ==, "grok-4");
  g_assert_cmpint (verdict->cost, ==, 1234);
  g_assert_cmpint (verdict->id, >, 0);
  g_assert_nonnull (verdict->note);
  g_assert_cmpstr (find_line (fixture, "info verdict"), ==,
                   "info verdict: Verdict at epoch 5: B, 84 of 100 points, observe. Fine.");
  call = get_call (fixture, 0);
  g_assert_cmpstr (call->model, ==, "grok-4");
  g_assert_cmpint (call->format, ==, TC_FORMAT_SCHEMA);
  g_assert_cmpint (call->max_tokens, ==, 4000);
  g_assert_nonnull (strstr (call->text, "after epoch 5 of 100"));
  g_assert_nonnull (strstr (call->system, "one JSON object"));
  g_assert_null (strstr (call->text, SECRET));

  /* The same gate again, as after a reading of the log once more. */
  fake_scheduler_tell_gate (fixture->scheduler, 1, 1, 5);
  wait_quiet ();
  g_assert_cmpuint (count_calls (fixture), ==, 1);
  g_assert_cmpuint (count_stored (fixture), ==, 1);
}

/* Another engine had it judged. */
static void
test_known (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(TcVerdict) verdict = NULL;
  TcVerdictTools tools = { fixture->store, fixture->paths, fixture->clock, fixture->gateway };

  begin (fixture, "xai", "notify", 0);
  fake_gateway_push (fixture->gateway, GRADE_B, 1);
  fake_scheduler_tell_gate (fixture->scheduler, 1, 1, 5);
  verdict = wait_verdict (fixture, 1);
  tc_supervisor_shutdown (fixture->supervisor);
  g_assert_finalize_object (fixture->supervisor);
  fixture->supervisor = tc_supervisor_new (fixture->scheduler, fixture->access, &tools);
  fake_scheduler_tell_gate (fixture->scheduler, 1, 1, 5);
  wait_quiet ();
  g_assert_cmpuint (count_calls (fixture), ==, 1);
}

/* The engine before this one knew of a gate, and no more. */
static void
store_gate (Fixture *fixture,
            guint    epoch)
{
  TcIngest *ingest = tc_ingest_new (1, 1);
  TcGate *gate = g_new0 (TcGate, 1);
  g_autoptr(GAsyncResult) result = NULL;

  gate->session_id = 1;
  gate->attempt = 1;
  gate->epoch = epoch;
  gate->result = g_strdup ("warn");
  ingest->gates = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_gate_free);
  g_ptr_array_add (ingest->gates, gate);
  tc_store_ingest_async (fixture->store, ingest, NULL, on_result, &result);
  WAIT_UNTIL (result != NULL);
  g_assert_true (tc_store_ingest_finish (fixture->store, result, NULL));
}

static void
restart (Fixture *fixture)
{
  TcVerdictTools tools = { fixture->store, fixture->paths, fixture->clock, fixture->gateway };

  tc_supervisor_shutdown (fixture->supervisor);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (fixture->supervisor);
  fixture->supervisor = tc_supervisor_new (fixture->scheduler, fixture->access, &tools);
}

/* The latest gate of a run that an earlier engine did not get judged is asked
 * about when the run has its key again, once, whatever comes of it. */
static void
test_missed (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(TcVerdict) verdict = NULL;
  gboolean is_told = data != NULL;

  begin (fixture, "xai", "notify", 0);
  wait_quiet ();
  store_gate (fixture, 1);
  store_gate (fixture, 5);
  fake_run_access_set (fixture->access, NULL, TRUE);
  restart (fixture);
  set_epoch (fixture, 6);
  /* Also told by the run itself, late. */
  if (is_told)
    fake_scheduler_tell_gate (fixture->scheduler, 1, 1, 5);
  wait_quiet ();
  g_assert_cmpuint (count_calls (fixture), ==, 0);
  g_assert_cmpuint (count_stored (fixture), ==, 0);

  fake_gateway_push (fixture->gateway, is_told ? GRADE_B : "No.", 7);
  fake_gateway_push (fixture->gateway, "No.", 7);
  fake_run_access_set (fixture->access, new_grant (), FALSE);
  fake_run_access_set (fixture->access, new_grant (), FALSE);
  verdict = wait_verdict (fixture, 1);
  g_assert_cmpuint (verdict->epoch, ==, 5);
  g_assert_cmpint (verdict->cost, ==, is_told ? 7 : 14);
  restart (fixture);
  fake_run_access_set (fixture->access, new_grant (), FALSE);
  set_epoch (fixture, 7);
  wait_quiet ();
  g_assert_cmpuint (count_calls (fixture), ==, is_told ? 1 : 2);
  g_assert_cmpuint (count_stored (fixture), ==, 1);
}

/* Neither of a run that is over, nor of an attempt before, nor when it is off. */
static void
test_not_missed (Fixture       *fixture,
                 gconstpointer  data)
{
  begin (fixture, "xai", data, 0);
  store_gate (fixture, 5);
  tc_session_set_state (fixture->session, TC_SESSION_FAILED, 2);
  restart (fixture);
  fake_run_access_set (fixture->access, new_grant (), FALSE);
  wait_quiet ();
  tc_session_set_state (fixture->session, TC_SESSION_QUEUED, 3);
  tc_session_set_state (fixture->session, TC_SESSION_STARTING, 3);
  if (g_str_equal (data, "stop"))
    tc_session_begin_attempt (fixture->session, 3);
  tc_session_set_state (fixture->session, TC_SESSION_RUNNING, 3);
  wait_quiet ();
  g_assert_cmpuint (count_calls (fixture), ==, 0);
  g_assert_cmpuint (count_stored (fixture), ==, 0);
}

static void
test_not_wanted (Fixture       *fixture,
                 gconstpointer  data)
{
  const char *const *words = data;

  begin (fixture, words[0], words[1], 5);
  set_epoch (fixture, 50);
  fake_scheduler_tell_gate (fixture->scheduler, 1, 1, 49);
  wait_quiet ();
  g_assert_cmpuint (count_calls (fixture), ==, 0);
  g_assert_cmpuint (fake_scheduler_get_log (fixture->scheduler)->len, ==, 0);
}

static void
test_every (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr(TcVerdict) first = NULL;
  g_autoptr(TcVerdict) second = NULL;
  g_autoptr(TcVerdict) last = NULL;

  begin (fixture, "xai", "notify", 10);
  set_epoch (fixture, 10);
  wait_quiet ();
  g_assert_cmpuint (count_calls (fixture), ==, 0);
  fake_gateway_push (fixture->gateway, GRADE_B, 1);
  set_epoch (fixture, 11);
  first = wait_verdict (fixture, 1);
  g_assert_cmpuint (first->epoch, ==, 10);

  /* The gate of that epoch was judged with it. */
  fake_scheduler_tell_gate (fixture->scheduler, 1, 1, 10);
  set_epoch (fixture, 12);
  fake_gateway_push (fixture->gateway, GRADE_B, 1);
  set_epoch (fixture, 35);
  second = wait_verdict (fixture, 2);
  g_assert_cmpuint (second->epoch, ==, 30);
  g_assert_nonnull (strstr (get_call (fixture, 1)->text, "earlier_verdicts"));

  set_epoch (fixture, 40);
  fake_gateway_push (fixture->gateway, GRADE_B, 1);
  tc_session_set_state (fixture->session, TC_SESSION_COMPLETED, 2);
  fake_run_access_close (fixture->access);
  last = wait_verdict (fixture, 3);
  g_assert_cmpuint (last->epoch, ==, 40);
  g_assert_null (last->error);
}

static void
test_newer_replaces (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autoptr(TcVerdict) second = NULL;

  begin (fixture, "xai", "notify", 0);
  fake_gateway_push_slow (fixture->gateway, GRADE_B, 3 * QUIET_MS);
  fake_gateway_push (fixture->gateway, GRADE_B, 1);
  fake_scheduler_tell_gate (fixture->scheduler, 1, 1, 1);
  WAIT_UNTIL (count_calls (fixture) == 1);
  fake_scheduler_tell_gate (fixture->scheduler, 1, 1, 5);
  wait_quiet ();
  fake_scheduler_tell_gate (fixture->scheduler, 1, 1, 10);
  fake_scheduler_tell_gate (fixture->scheduler, 1, 1, 20);
  /* One question at a time. */
  g_assert_cmpuint (count_calls (fixture), ==, 1);
  second = wait_verdict (fixture, 2);
  g_assert_cmpuint (second->epoch, ==, 20);
  wait_quiet ();
  g_assert_cmpuint (count_calls (fixture), ==, 2);
}

typedef struct
{
  const char      *policy;
  const char      *answer;
  TcVerdictAction  action;
  const char      *line;    /* (nullable) of the scheduler's log */
} Policy;

static const Policy policies[] = {
  { "notify", GRADE_F, TC_VERDICT_ACTION_NONE, "error verdict: Verdict at epoch 5: F" },
  { "notify", GRADE_D, TC_VERDICT_ACTION_NONE, "warning verdict: Verdict at epoch 5: D" },
  { "pause", GRADE_B, TC_VERDICT_ACTION_NONE, NULL },
  { "pause", GRADE_D, TC_VERDICT_ACTION_PAUSE, "warning verdict: Paused by its supervisor: grade D" },
  { "pause", GRADE_F, TC_VERDICT_ACTION_PAUSE, "suspend 1" },
  { "stop", GRADE_D, TC_VERDICT_ACTION_PAUSE, "suspend 1" },
  { "stop", GRADE_F, TC_VERDICT_ACTION_STOP,
    "stop 1 verdict: grade F at epoch 5, 15 of 100 points. It repeats." },
};

static void
test_policy (Fixture       *fixture,
             gconstpointer  data)
{
  const Policy *policy = data;
  g_autoptr(TcVerdict) verdict = NULL;

  begin (fixture, "xai", policy->policy, 0);
  fake_gateway_push (fixture->gateway, policy->answer, 1);
  fake_scheduler_tell_gate (fixture->scheduler, 1, 1, 5);
  verdict = wait_verdict (fixture, 1);
  g_assert_cmpint (verdict->action, ==, policy->action);
  if (policy->line != NULL)
    WAIT_UNTIL (find_line (fixture, policy->line) != NULL);
  g_assert_cmpuint (count_lines (fixture, "suspend"), ==, policy->action == TC_VERDICT_ACTION_PAUSE);
  g_assert_cmpuint (count_lines (fixture, "stop"), ==, policy->action == TC_VERDICT_ACTION_STOP);
  /* The double refuses to stop. */
  if (policy->action == TC_VERDICT_ACTION_STOP)
    WAIT_UNTIL (find_line (fixture, "warning verdict: Its supervisor gave grade F at epoch 5, but") != NULL);
}

/* The last gate's verdict comes when the run is over: there is nothing to stop. */
static void
test_too_late (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr(TcVerdict) verdict = NULL;

  begin (fixture, "xai", "stop", 0);
  fake_gateway_push (fixture->gateway, GRADE_F, 1);
  fake_scheduler_tell_gate (fixture->scheduler, 1, 1, 100);
  tc_session_set_state (fixture->session, TC_SESSION_COMPLETED, 2);
  fake_run_access_close (fixture->access);
  verdict = wait_verdict (fixture, 1);
  g_assert_cmpint (verdict->action, ==, TC_VERDICT_ACTION_NONE);
  g_assert_cmpuint (count_lines (fixture, "stop"), ==, 0);
}

static void
test_failures (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr(TcVerdict) verdict = NULL;

  begin (fixture, "xai", "stop", 0);
  fake_gateway_push_error (fixture->gateway, TC_ERROR_PERMISSION, "The budget leaves $0.03");
  fake_scheduler_tell_gate (fixture->scheduler, 1, 1, 1);
  g_clear_pointer (&verdict, tc_verdict_free);
  verdict = wait_verdict (fixture, 1);
  g_assert_cmpstr (verdict->error, ==, "The budget leaves $0.03");
  g_assert_null (tc_verdict_get_grade (verdict));
  fake_gateway_push_error (fixture->gateway, TC_ERROR_PERMISSION, "The budget leaves $0.01");
  fake_scheduler_tell_gate (fixture->scheduler, 1, 1, 5);
  WAIT_UNTIL (count_lines (fixture, "record verdict") == 2);
  fake_gateway_push_error (fixture->gateway, TC_ERROR_UNAVAILABLE, "Nobody there; " SECRET);
  fake_scheduler_tell_gate (fixture->scheduler, 1, 1, 10);
  WAIT_UNTIL (count_lines (fixture, "record verdict") == 3);

  g_assert_cmpuint (count_lines (fixture, "info verdict: No verdict at epoch"), ==, 2);
  g_assert_nonnull (find_line (fixture, "info verdict: No verdict at epoch 10: Nobody there; [redacted]"));
  /* What could not be judged is not asked about for ever. */
  fake_scheduler_tell_gate (fixture->scheduler, 1, 1, 10);
  wait_quiet ();
  g_assert_cmpuint (count_calls (fixture), ==, 3);
  g_assert_cmpuint (count_stored (fixture), ==, 3);
  g_assert_cmpuint (count_lines (fixture, "stop"), ==, 0);
  g_assert_cmpuint (count_lines (fixture, "suspend"), ==, 0);
}

static void
test_no_grant (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr(TcVerdict) verdict = NULL;

  fake_run_access_close (fixture->access);
  begin (fixture, "xai", "stop", 0);
  fake_scheduler_tell_gate (fixture->scheduler, 1, 1, 1);
  verdict = wait_verdict (fixture, 1);
  g_assert_nonnull (strstr (verdict->error, "no way to its provider"));
  g_assert_cmpuint (count_calls (fixture), ==, 0);
}

static void
test_repair (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr(TcVerdict) verdict = NULL;

  begin (fixture, "xai", "notify", 0);
  fake_gateway_push (fixture->gateway, "It looks good to me. " SECRET, 10);
  fake_gateway_push (fixture->gateway, "```json\n" GRADE_B "\n```", 20);
  fake_scheduler_tell_gate (fixture->scheduler, 1, 1, 1);
  verdict = wait_verdict (fixture, 1);
  g_assert_null (verdict->error);
  g_assert_cmpint (verdict->cost, ==, 30);
  g_assert_cmpuint (get_call (fixture, 1)->n_messages, ==, 3);
  g_assert_nonnull (strstr (get_call (fixture, 1)->text, "assistant: It looks good to me. [redacted]"));
  g_assert_nonnull (strstr (get_call (fixture, 1)->text, "There is no JSON object in the answer"));
}

static void
test_nonsense (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr(TcVerdict) verdict = NULL;

  begin (fixture, "xai", "stop", 0);
  fake_gateway_push (fixture->gateway, "", 10);
  fake_gateway_push_finish (fixture->gateway, "{\"loss_convergence\":", TC_FINISH_LENGTH);
  fake_scheduler_tell_gate (fixture->scheduler, 1, 1, 1);
  verdict = wait_verdict (fixture, 1);
  g_assert_cmpstr (verdict->error, ==, "The model's answer was no verdict: The answer was cut off before its end");
  g_assert_cmpuint (count_calls (fixture), ==, 2);
  /* An empty answer is not sent back. */
  g_assert_cmpuint (get_call (fixture, 1)->n_messages, ==, 2);
}

static void
test_refusal (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr(TcVerdict) verdict = NULL;

  begin (fixture, "xai", "stop", 0);
  fake_gateway_push_finish (fixture->gateway, "I cannot help with that.", TC_FINISH_REFUSAL);
  fake_scheduler_tell_gate (fixture->scheduler, 1, 1, 1);
  verdict = wait_verdict (fixture, 1);
  g_assert_cmpstr (verdict->error, ==, "The model refused to judge the report");
  g_assert_cmpuint (count_calls (fixture), ==, 1);
}

/* A provider that knows nothing of schemas is asked without. */
static void
test_no_schema (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr(TcVerdict) verdict = NULL;

  begin (fixture, "xai", "notify", 0);
  fake_gateway_push_error (fixture->gateway, TC_ERROR_INVALID, "xAI: response_format is not supported");
  fake_gateway_push (fixture->gateway, GRADE_B, TC_MONEY_UNKNOWN);
  fake_scheduler_tell_gate (fixture->scheduler, 1, 1, 1);
  verdict = wait_verdict (fixture, 1);
  g_assert_null (verdict->error);
  g_assert_cmpint (verdict->cost, <, 0);
  g_assert_cmpint (get_call (fixture, 1)->format, ==, TC_FORMAT_TEXT);
}

static void
test_hang (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr(TcVerdict) verdict = NULL;
  g_autoptr(TcVerdict) next = NULL;

  fixture->seconds = 1;
  begin (fixture, "xai", "stop", 0);
  fake_gateway_push_hang (fixture->gateway);
  fake_scheduler_tell_gate (fixture->scheduler, 1, 1, 1);
  verdict = wait_verdict (fixture, 1);
  g_assert_cmpstr (verdict->error, ==, "It did not answer within 1 seconds");
  g_assert_cmpint (verdict->cost, <, 0);
  fake_gateway_push (fixture->gateway, GRADE_B, 1);
  fake_scheduler_tell_gate (fixture->scheduler, 1, 1, 5);
  next = wait_verdict (fixture, 2);
  g_assert_null (next->error);
}

/* The engine leaves, or the session is removed, while a question is out. */
static void
test_leaving (Fixture       *fixture,
              gconstpointer  data)
{
  begin (fixture, "xai", "stop", 0);
  fake_gateway_push_hang (fixture->gateway);
  fake_scheduler_tell_gate (fixture->scheduler, 1, 1, 1);
  WAIT_UNTIL (count_calls (fixture) == 1);
  if (data != NULL)
    g_signal_emit_by_name (fixture->scheduler, "session-removed", G_GUINT64_CONSTANT (1));
  tc_supervisor_shutdown (fixture->supervisor);
  wait_quiet ();
  g_assert_cmpuint (count_lines (fixture, "record verdict"), ==, 0);
  g_assert_cmpuint (count_stored (fixture), ==, 0);
}

/* A retry is judged anew; gates of the attempt before are not. */
static void
test_attempts (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr(TcVerdict) verdict = NULL;

  begin (fixture, "xai", "notify", 10);
  set_epoch (fixture, 25);
  fake_gateway_push (fixture->gateway, GRADE_B, 1);
  WAIT_UNTIL (count_lines (fixture, "record verdict") == 1);
  tc_session_set_state (fixture->session, TC_SESSION_FAILED, 2);
  tc_session_set_state (fixture->session, TC_SESSION_QUEUED, 3);
  tc_session_set_state (fixture->session, TC_SESSION_STARTING, 3);
  tc_session_begin_attempt (fixture->session, 3);
  tc_session_set_state (fixture->session, TC_SESSION_RUNNING, 3);
  set_epoch (fixture, 26);
  fake_scheduler_tell_gate (fixture->scheduler, 1, 1, 25);
  wait_quiet ();
  g_assert_cmpuint (count_calls (fixture), ==, 1);
  fake_gateway_push (fixture->gateway, GRADE_B, 1);
  fake_scheduler_tell_gate (fixture->scheduler, 1, 2, 20);
  verdict = wait_verdict (fixture, 2);
  g_assert_cmpuint (verdict->attempt, ==, 2);
  g_assert_cmpuint (verdict->epoch, ==, 20);
}

#define ADD(path, function, data) \
  g_test_add ("/tc/supervisor/" path, Fixture, data, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  static const char *const off[] = { "xai", "off" };
  static const char *const none[] = { "none", "stop" };
  static const char *const unknown[] = { "hal", "stop" };

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  ADD ("gate", test_gate, NULL);
  ADD ("known", test_known, NULL);
  ADD ("missed", test_missed, NULL);
  ADD ("missed-and-told", test_missed, "told");
  ADD ("not-missed/over", test_not_missed, "stop");
  ADD ("not-missed/off", test_not_missed, "off");
  ADD ("off", test_not_wanted, off);
  ADD ("no-provider", test_not_wanted, none);
  ADD ("unknown-provider", test_not_wanted, unknown);
  ADD ("every", test_every, NULL);
  ADD ("newer-replaces", test_newer_replaces, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (policies); i++)
    {
      g_autofree char *path = g_strdup_printf ("/tc/supervisor/policy/%u-%s", i, policies[i].policy);

      g_test_add (path, Fixture, &policies[i], set_up, test_policy, tear_down);
    }
  ADD ("too-late", test_too_late, NULL);
  ADD ("failures", test_failures, NULL);
  ADD ("no-grant", test_no_grant, NULL);
  ADD ("repair", test_repair, NULL);
  ADD ("nonsense", test_nonsense, NULL);
  ADD ("refusal", test_refusal, NULL);
  ADD ("no-schema", test_no_schema, NULL);
  ADD ("hang", test_hang, NULL);
  ADD ("leaving", test_leaving, NULL);
  ADD ("removed", test_leaving, "removed");
  ADD ("attempts", test_attempts, NULL);

  return g_test_run ();
}
