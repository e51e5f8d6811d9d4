/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include <string.h>

#include "tc-error.h"
#include "tc-json.h"
#include "tc-redactor.h"
#include "tc-supervise-prompt.h"
#include "tc-supervise-report.h"
#include "tc-text.h"
#include "tc-verdict-ask.h"
#include "tc-verdict-reader.h"

/* About as many points of a series as the report shows. */
#define REPORT_POINTS 40
/* A model that thinks before it answers needs room for both. */
#define MAX_ANSWER_TOKENS 8192
/* Of an answer that could not be read, sent back to where it came from. */
#define MAX_ECHO_BYTES 4096
/* With less time than this left a second try is not begun. */
#define SECOND_TRY_MS 5000
/* The gateway gives up by itself so much earlier, and knows what it cost. */
#define GATEWAY_AHEAD_MS 1000
#define TRIES 2

typedef struct
{
  /* Input. */
  TcStore           *store;     /* (owned) */
  TcPaths           *paths;     /* (owned) */
  TcGateway         *gateway;   /* (owned) */
  TcGrant           *grant;     /* (owned) */
  TcReportFacts      facts;     /* (owned) all in it */

  /* In progress. */
  TcSupervisePrompt *prompt;    /* (owned) (nullable) */
  TcChatRequest     *request;   /* (owned) (nullable) */
  TcRedactor        *redactor;  /* (owned) of the key */
  GCancellable      *stop;      /* (owned) of what is under way */
  guint              seconds;   /* it may take */
  gint64             deadline;  /* g_get_monotonic_time() */
  guint              timer_id;
  guint              tries;
  gboolean           is_done;   /* the task has returned; answers are late */
  gboolean           is_cost_unknown;

  /* Result. */
  TcVerdict         *verdict;   /* (owned) (nullable) once returned */
} Ask;

static void
ask_free (gpointer data)
{
  Ask *ask = data;

  g_clear_handle_id (&ask->timer_id, g_source_remove);
  g_object_unref (ask->store);
  g_object_unref (ask->paths);
  g_object_unref (ask->gateway);
  tc_grant_unref (ask->grant);
  g_object_unref (ask->facts.session);
  g_clear_pointer (&ask->facts.metrics, json_node_unref);
  g_clear_pointer (&ask->facts.gates, json_node_unref);
  g_clear_pointer (&ask->facts.verdicts, json_node_unref);
  g_clear_pointer (&ask->facts.gate_report, json_object_unref);
  g_clear_pointer (&ask->prompt, tc_supervise_prompt_free);
  g_clear_pointer (&ask->request, tc_chat_request_free);
  g_clear_pointer (&ask->redactor, tc_redactor_free);
  g_clear_object (&ask->stop);
  g_clear_pointer (&ask->verdict, tc_verdict_free);
  g_free (ask);
}

/* ---- The end ---- */

static void
finish (GTask *task)
{
  Ask *ask = g_task_get_task_data (task);

  if (ask->is_done)
    return;
  ask->is_done = TRUE;
  g_clear_handle_id (&ask->timer_id, g_source_remove);
  if (ask->is_cost_unknown)
    ask->verdict->cost = -1;
  g_task_return_pointer (task, g_steal_pointer (&ask->verdict), (GDestroyNotify) tc_verdict_free);
}

static void
finish_without (GTask      *task,
                const char *why)
{
  Ask *ask = g_task_get_task_data (task);
  g_autofree char *masked = NULL;

  if (ask->is_done)
    return;
  masked = tc_redactor_mask (ask->redactor, why);
  ask->verdict->error = tc_text_sanitize (masked, -1, TC_VERDICT_MAX_RECOMMENDATION,
                                          TC_TEXT_SINGLE_LINE);
  finish (task);
}

/* Takes care of an error of anything on the way: the engine is leaving, or
 * there is no verdict. */
static void
fail (GTask        *task,
      const GError *error)
{
  Ask *ask = g_task_get_task_data (task);

  if (!ask->is_done && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      ask->is_done = TRUE;
      g_task_return_error (task, g_error_copy (error));
      return;
    }
  finish_without (task, error->message);
}

static gboolean
on_time_up (gpointer user_data)
{
  GTask *task = user_data;
  Ask *ask = g_task_get_task_data (task);
  g_autoptr(GTask) alive = g_object_ref (task);
  g_autofree char *why = g_strdup_printf ("It did not answer within %u seconds", ask->seconds);

  ask->timer_id = 0;
  /* Nobody knows what a call costs that is let go of here. */
  ask->is_cost_unknown |= ask->tries > 0;
  finish_without (task, why);
  g_cancellable_cancel (ask->stop);

  return G_SOURCE_REMOVE;
}

/* ---- The call ---- */

static void call (GTask *task);

static guint
get_time_left_ms (Ask *ask)
{
  return (guint) (MAX (ask->deadline - g_get_monotonic_time (), 0) / 1000);
}

/* Returns: whether there is a second try */
static gboolean
may_try_again (Ask *ask)
{
  return ask->tries < TRIES && get_time_left_ms (ask) > SECOND_TRY_MS;
}

static void
ask_again (GTask      *task,
           const char *answer,
           const char *problem)
{
  Ask *ask = g_task_get_task_data (task);
  const TcPromptValue values[] = {
    { "problem", problem },
    { "schema", ask->prompt->schema_text },
  };
  g_autofree char *echo = tc_text_sanitize (answer, -1, MAX_ECHO_BYTES, TC_TEXT_DEFAULT);
  g_autofree char *repair = tc_supervise_prompt_fill (ask->prompt->repair, values,
                                                      G_N_ELEMENTS (values));

  /* No provider takes an empty message. */
  if (*echo != '\0')
    tc_chat_request_add (ask->request, TC_CHAT_ASSISTANT, echo);
  tc_chat_request_add (ask->request, TC_CHAT_USER, repair);
  call (task);
}

static void
take_reply (GTask             *task,
            const TcChatReply *reply)
{
  Ask *ask = g_task_get_task_data (task);
  g_autofree char *foreign = tc_chat_reply_dup_text (reply);
  g_autofree char *answer = tc_redactor_mask (ask->redactor, foreign != NULL ? foreign : "");
  g_autofree char *why = NULL;
  g_autoptr(GError) error = NULL;
  const char *problem;

  if (tc_verdict_read (answer, ask->verdict, &error))
    {
      finish (task);
      return;
    }
  problem = reply->finish == TC_FINISH_LENGTH ? "The answer was cut off before its end"
                                              : error->message;
  if (reply->finish != TC_FINISH_REFUSAL && may_try_again (ask))
    {
      ask_again (task, answer, problem);
      return;
    }
  why = reply->finish == TC_FINISH_REFUSAL
        ? g_strdup ("The model refused to judge the report")
        : g_strdup_printf ("The model's answer was no verdict: %s", problem);
  finish_without (task, why);
}

static void
add_cost (Ask     *ask,
          TcMoney  cost)
{
  if (cost < 0 || !tc_money_add (ask->verdict->cost, cost, &ask->verdict->cost))
    ask->is_cost_unknown = TRUE;
}

static void
on_answered (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Ask *ask = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  TcMoney cost = 0;
  g_autoptr(TcChatReply) reply = tc_gateway_chat_finish (TC_GATEWAY (object), result, &cost, &error);

  if (ask->is_done)
    return;
  add_cost (ask, cost);
  if (reply != NULL)
    {
      take_reply (task, reply);
      return;
    }
  /* Not every model of every provider knows of schemas; the question has it in
   * words as well. */
  if (g_error_matches (error, TC_ERROR, TC_ERROR_INVALID) && may_try_again (ask))
    {
      ask->request->format = TC_FORMAT_TEXT;
      call (task);
      return;
    }
  fail (task, error);
}

static void
call (GTask *task)
{
  Ask *ask = g_task_get_task_data (task);
  guint left_ms = get_time_left_ms (ask);

  ask->tries++;
  if (left_ms > 2 * GATEWAY_AHEAD_MS)
    left_ms -= GATEWAY_AHEAD_MS;
  tc_gateway_chat_async (ask->gateway, ask->grant, ask->request, MAX (left_ms, 1), ask->stop,
                         on_answered, g_object_ref (task));
}

/* ---- The question ---- */

static void
fill_request (Ask *ask)
{
  const TcModelFacts *model = g_ptr_array_index (ask->grant->models, 0);
  TcSessionConfig *config = tc_session_get_config (ask->facts.session);
  const TcProgress *progress = tc_session_get_progress (ask->facts.session);
  g_autofree char *raw = tc_report_build (&ask->facts);
  g_autofree char *report = tc_redactor_mask (ask->redactor, raw);
  g_autofree char *epoch = g_strdup_printf ("%u", ask->facts.epoch);
  g_autofree char *epochs = g_strdup_printf ("%u", progress->total_epochs > 0 ? progress->total_epochs
                                                                             : config->epochs);
  g_autofree char *phase = g_strdup_printf ("%u", tc_session_config_get_phase (config));
  const TcPromptValue values[] = {
    { "report", report }, { "schema", ask->prompt->schema_text },
    { "epoch", epoch }, { "epochs", epochs }, { "phase", phase },
    { "corpus", config->corpus }, { "target", config->target },
  };
  g_autofree char *question = tc_supervise_prompt_fill (ask->prompt->question, values,
                                                        G_N_ELEMENTS (values));

  ask->request = tc_chat_request_new (model->id);
  ask->request->system = tc_supervise_prompt_fill (ask->prompt->instructions, values,
                                                   G_N_ELEMENTS (values));
  tc_chat_request_add (ask->request, TC_CHAT_USER, question);
  ask->request->max_tokens = model->max_output > 0 ? MIN (model->max_output, MAX_ANSWER_TOKENS)
                                                   : MAX_ANSWER_TOKENS;
  ask->request->format = TC_FORMAT_SCHEMA;
  ask->request->schema_name = g_strdup ("verdict");
  ask->request->schema = json_node_copy (ask->prompt->schema);
}

/* The validator's latest report; a run need not have one. */
static void
load_gate_report (Ask *ask)
{
  TcSessionConfig *config = tc_session_get_config (ask->facts.session);
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, tc_session_get_id (ask->facts.session));
  g_autofree char *run_dir = tc_paths_dup_run_dir (ask->paths, id);
  const char *folder = config->workdir != NULL ? config->workdir : run_dir;
  JsonArray *gates = json_node_get_array (ask->facts.gates);
  gint64 newest = 0;

  for (guint i = 0; i < json_array_get_length (gates); i++)
    {
      gint64 epoch = tc_json_get_int (json_array_get_object_element (gates, i), "epoch", 0);

      if (epoch <= ask->facts.epoch)
        newest = MAX (newest, epoch);
    }
  if (newest > 0)
    ask->facts.gate_report = tc_report_load_gate (folder, (guint) newest, NULL);
}

static gboolean
has_verdict (Ask *ask)
{
  JsonArray *verdicts = json_node_get_array (ask->facts.verdicts);

  for (guint i = 0; i < json_array_get_length (verdicts); i++)
    {
      JsonObject *verdict = json_array_get_object_element (verdicts, i);

      if (!tc_json_has (verdict, "error") &&
          tc_json_get_int (verdict, "attempt", 0) == ask->verdict->attempt &&
          tc_json_get_int (verdict, "epoch", 0) == ask->verdict->epoch)
        return TRUE;
    }

  return FALSE;
}

static void
on_verdicts (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Ask *ask = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autofree char *user_dir = g_build_filename (tc_paths_get_config_dir (ask->paths), "supervise", NULL);

  ask->facts.verdicts = tc_store_load_records_finish (TC_STORE (object), result, &error);
  if (ask->facts.verdicts == NULL)
    {
      fail (task, error);
      return;
    }
  if (ask->is_done)
    return;
  if (has_verdict (ask))
    {
      ask->is_done = TRUE;
      g_task_return_pointer (task, NULL, NULL);
      return;
    }
  ask->prompt = tc_supervise_prompt_load (user_dir, tc_paths_get_supervise_dir (ask->paths), &error);
  if (ask->prompt == NULL)
    {
      fail (task, error);
      return;
    }
  load_gate_report (ask);
  fill_request (ask);
  call (task);
}

static void
on_gates (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Ask *ask = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  ask->facts.gates = tc_store_load_records_finish (TC_STORE (object), result, &error);
  if (ask->facts.gates == NULL)
    fail (task, error);
  else
    tc_store_load_records_async (ask->store, "verdicts", ask->verdict->session_id, ask->stop,
                                 on_verdicts, g_steal_pointer (&task));
}

static void
on_metrics (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Ask *ask = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  ask->facts.metrics = tc_store_load_metrics_finish (TC_STORE (object), result, &error);
  if (ask->facts.metrics == NULL)
    fail (task, error);
  else
    tc_store_load_records_async (ask->store, "gates", ask->verdict->session_id, ask->stop,
                                 on_gates, g_steal_pointer (&task));
}

/* ---- The beginning ---- */

static TcVerdict *
new_verdict (TcClock   *clock,
             TcSession *session,
             TcGrant   *grant,
             guint      epoch)
{
  TcVerdict *verdict = tc_verdict_new (tc_session_get_id (session), tc_session_get_attempt (session),
                                       epoch);
  const TcModelFacts *model = grant->models->len > 0 ? g_ptr_array_index (grant->models, 0) : NULL;

  verdict->at_us = tc_clock_get_realtime (clock);
  verdict->provider = g_strdup (grant->provider->word);
  verdict->model = g_strdup (model != NULL ? model->id : "");
  verdict->cost = 0;

  return verdict;
}

/**
 * tc_verdict_ask_async:
 * @session: as it is at the checkpoint
 * @grant: what the run may use
 * @epoch: of the checkpoint
 *
 * Asks for a verdict.
 */
void
tc_verdict_ask_async (const TcVerdictTools *tools,
                      TcSession            *session,
                      TcGrant              *grant,
                      guint                 epoch,
                      GCancellable         *cancellable,
                      GAsyncReadyCallback   callback,
                      gpointer              user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Ask *ask = g_new0 (Ask, 1);

  g_task_set_source_tag (task, tc_verdict_ask_async);
  g_task_set_task_data (task, ask, ask_free);
  ask->store = g_object_ref (tools->store);
  ask->paths = g_object_ref (tools->paths);
  ask->gateway = g_object_ref (tools->gateway);
  ask->grant = tc_grant_ref (grant);
  ask->facts.session = g_object_ref (session);
  ask->facts.epoch = epoch;
  ask->verdict = new_verdict (tools->clock, session, grant, epoch);
  ask->redactor = tc_redactor_new ();
  if (grant->secret != NULL)
    tc_redactor_add_secret (ask->redactor, grant->secret->text, (gssize) grant->secret->length);
  ask->stop = g_cancellable_new ();
  g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (g_cancellable_cancel), ask->stop,
                           G_CONNECT_SWAPPED);
  ask->seconds = tools->seconds > 0 ? tools->seconds : TC_VERDICT_ASK_SECONDS;
  ask->deadline = g_get_monotonic_time () + ask->seconds * (gint64) G_USEC_PER_SEC;
  ask->timer_id = g_timeout_add (ask->seconds * 1000, on_time_up, task);

  if (grant->models->len == 0)
    finish_without (task, "The session has no model to ask");
  else
    tc_store_load_metrics_async (ask->store, ask->verdict->session_id, NULL, REPORT_POINTS, ask->stop,
                                 on_metrics, g_steal_pointer (&task));
}

/**
 * tc_verdict_ask_finish:
 * @error: only G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): the verdict, or one whose error says why
 *   there is none; NULL without @error if there was one on this checkpoint
 */
TcVerdict *
tc_verdict_ask_finish (GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
