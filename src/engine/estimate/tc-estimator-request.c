/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* One question: earlier calls are loaded once, earlier runs once a target, and
 * what nobody has run before is measured, if that was asked for. */

#include "config.h"

#include <glib/gstdio.h>

#include "tc-duration.h"
#include "tc-estimate-make.h"
#include "tc-estimator-private.h"
#include "tc-file.h"
#include "tc-json.h"
#include "tc-launch.h"
#include "tc-machine.h"
#include "tc-store-estimates.h"

#define SCRIPT_BYTES_MAX (4 * 1024 * 1024)
#define CALLS_MAX 20
/* prompt.md and verdict.schema.json as they come with the program; one's own
 * are counted as they are. */
#define PROMPT_BYTES 5000

typedef struct
{
  /* Input arguments. */
  GPtrArray  *configs;     /* (owned) (element-type TcSessionConfig) */
  gboolean    may_measure;

  /* In-progress data. */
  GPtrArray  *calls;       /* (owned) (nullable) (element-type JsonObject) of supervisors, the newest first */
  GHashTable *past;        /* (owned) target → (element-type TcPastRun) */
  TcRunKind  *kind;        /* (owned) (nullable) of the session under way */
  char       *no_time;     /* (owned) (nullable) why it was not measured */

  /* Results. */
  GPtrArray  *answer;      /* (owned) (element-type TcEstimated) */
} Request;

static void     next_session (GTask *task);
static gboolean on_next      (gpointer user_data);

static void
estimated_free (gpointer data)
{
  TcEstimated *self = data;

  tc_session_config_unref (self->config);
  g_clear_pointer (&self->kind, tc_run_kind_free);
  g_clear_pointer (&self->estimate, tc_estimate_free);
  g_free (self);
}

static void
request_free (gpointer data)
{
  Request *request = data;

  g_ptr_array_unref (request->configs);
  g_clear_pointer (&request->calls, g_ptr_array_unref);
  g_hash_table_unref (request->past);
  g_clear_pointer (&request->kind, tc_run_kind_free);
  g_clear_pointer (&request->answer, g_ptr_array_unref);
  g_free (request->no_time);
  g_free (request);
}

/** tc_estimator_dup_script: Returns: (transfer full) (nullable): the path of the script; NULL for a command */
char *
tc_estimator_dup_script (TcEstimator     *self,
                         TcSessionConfig *config)
{
  return tc_launch_dup_script (config, tc_paths_get_trainer_dir (self->paths));
}

/* The hash of a script as it is now, read once as long as it does not change. */
static const char *
hash_script (TcEstimator *self,
             const char  *path)
{
  g_autofree char *key = NULL;
  g_autofree char *bytes = NULL;
  const char *known;
  char *hash;
  GStatBuf info;
  gsize length;

  if (g_stat (path, &info) != 0)
    return NULL;
  key = g_strdup_printf ("%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, path, (gint64) info.st_size,
                         (gint64) info.st_mtime);
  known = g_hash_table_lookup (self->hashes, key);
  if (known != NULL)
    return known;
  bytes = tc_file_read (path, SCRIPT_BYTES_MAX, &length, NULL);
  if (bytes == NULL)
    return NULL;
  hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *) bytes, length);
  g_hash_table_insert (self->hashes, g_steal_pointer (&key), hash);

  return hash;
}

static TcRunKind *
build_kind (TcEstimator     *self,
            TcSessionConfig *config)
{
  g_autofree char *script = tc_estimator_dup_script (self, config);
  g_autofree char *real_path = script != NULL ? realpath (script, NULL) : NULL;

  return tc_run_kind_new (config, real_path != NULL ? hash_script (self, real_path) : NULL, script);
}

static gint64
measure_prompt (TcEstimator *self)
{
  static const char *const names[] = { "prompt.md", "verdict.schema.json" };
  gint64 sum = 0;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *own = g_build_filename (tc_paths_get_config_dir (self->paths), "supervise", names[i], NULL);
      GStatBuf info;

      if (g_stat (own, &info) == 0)
        sum += info.st_size;
    }

  return MAX (sum, PROMPT_BYTES);
}

/* What earlier verdicts by the session's model read and wrote. */
static GArray *
choose_calls (Request         *request,
              TcSessionConfig *config)
{
  GArray *chosen = g_array_new (FALSE, FALSE, sizeof (TcUsage));

  for (guint i = 0; request->calls != NULL && i < request->calls->len && chosen->len < CALLS_MAX; i++)
    {
      JsonObject *call = g_ptr_array_index (request->calls, i);
      TcUsage usage = TC_USAGE_NONE;

      if (g_strcmp0 (tc_json_get_string (call, "model", NULL), config->model) != 0 ||
          g_strcmp0 (tc_json_get_string (call, "provider", NULL), config->provider) != 0)
        continue;
      usage.input = tc_json_get_int (call, "input_tokens", 0);
      usage.cache_read = tc_json_get_int (call, "cache_read_tokens", 0);
      usage.cache_write = tc_json_get_int (call, "cache_write_tokens", 0);
      usage.output = tc_json_get_int (call, "output_tokens", 0);
      usage.is_reported = TRUE;
      if (usage.input + usage.cache_read > 0 && usage.output > 0)
        g_array_append_val (chosen, usage);
    }

  return chosen;
}

static void
add_money_facts (TcEstimator     *self,
                 TcEstimateFacts *facts,
                 char           **basis)
{
  TcSessionConfig *config = facts->config;
  const TcProvider *provider = tc_provider_find (config->provider);
  g_autoptr(TcModelFacts) model = NULL;
  TcMoney limit = config->budget != TC_BUDGET_NONE ? config->budget : TC_MONEY_UNKNOWN;
  TcLedgerRoom room;

  facts->price = TC_PRICE_UNKNOWN;
  facts->money_left = limit;
  facts->is_supervised = provider != NULL;
  if (provider == NULL)
    return;
  if (self->catalogue != NULL)
    {
      g_autoptr(JsonNode) listing = tc_catalogue_to_json (self->catalogue, provider);

      *basis = g_strdup_printf ("price list of %s",
                                tc_json_get_string (json_node_get_object (listing), "as_of", "an unknown day"));
    }
  if (self->catalogue != NULL && config->model != NULL)
    model = tc_catalogue_find (self->catalogue, provider, config->model);
  if (model != NULL)
    facts->price = model->price;
  if (self->ledger == NULL)
    return;
  tc_ledger_get_room (self->ledger, 0, config->provider, limit, &room);
  facts->money_left = room.left;
}

static void
finish_session (GTask               *task,
                const TcCalibration *calibration)
{
  TcEstimator *self = g_task_get_source_object (task);
  Request *request = g_task_get_task_data (task);
  TcSessionConfig *config = g_ptr_array_index (request->configs, request->answer->len);
  TcEstimated *estimated = g_new0 (TcEstimated, 1);
  g_autoptr(GArray) calls = choose_calls (request, config);
  g_autofree char *price_basis = NULL;
  TcEstimateFacts facts = {
    .config = config,
    .kind = request->kind,
    .past = g_hash_table_lookup (request->past, config->target),
    .calibration = calibration,
    .no_time = request->no_time,
    .is_ours = config->script == NULL && config->command == NULL,
    .calls = calls,
    .prompt_bytes = measure_prompt (self),
    .disk_free = tc_machine_get_disk (tc_paths_get_runs_dir (self->paths)),
    .memory_free = tc_machine_get_memory ("/proc", "/sys/fs/cgroup/memory.max"),
  };

  add_money_facts (self, &facts, &price_basis);
  facts.price_basis = price_basis;
  estimated->config = tc_session_config_ref (config);
  estimated->estimate = tc_estimate_make (&facts);
  estimated->kind = g_steal_pointer (&request->kind);
  g_clear_pointer (&request->no_time, g_free);
  g_ptr_array_add (request->answer, estimated);
  /* From the main loop: thousands may be asked for at once. */
  g_idle_add_full (G_PRIORITY_DEFAULT, on_next, task, NULL);
}

static void
on_measured (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  GTask *task = user_data;
  Request *request = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(TcCalibration) found = tc_calibrator_measure_finish (TC_CALIBRATOR (object), result, &error);

  if (found == NULL)
    request->no_time = g_strdup (error->message);
  finish_session (task, found);
}

/* Whether somebody did just this, or like this, before. */
static gboolean
has_history (Request         *request,
             TcSessionConfig *config)
{
  TcEstimateFacts facts = { .kind = request->kind, .past = g_hash_table_lookup (request->past, config->target) };
  gboolean is_similar;
  g_autoptr(GPtrArray) runs = tc_estimate_choose_past (&facts, &is_similar);

  return runs->len > 0;
}

static void
with_history (GTask *task)
{
  TcEstimator *self = g_task_get_source_object (task);
  Request *request = g_task_get_task_data (task);
  TcSessionConfig *config = g_ptr_array_index (request->configs, request->answer->len);
  g_autoptr(TcCalibration) known = NULL;
  gboolean has_script = request->kind->path != NULL;

  if (has_script)
    known = tc_calibrator_recall (self->calibrator, config, request->kind);
  if (known != NULL || !has_script || has_history (request, config))
    {
      finish_session (task, known);
      return;
    }
  if (request->may_measure && tc_scheduler_get_n_active (self->scheduler) == 0)
    {
      tc_calibrator_measure_async (self->calibrator, config, request->kind, g_task_get_cancellable (task),
                                   on_measured, task);
      return;
    }
  request->no_time = g_strdup (request->may_measure
                               ? "not known yet: no run like this on this machine, and measuring would disturb the "
                                 "training that is on"
                               : "not known yet: no run like this on this machine");
  finish_session (task, NULL);
}

static void
on_truths (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  GTask *task = user_data;
  Request *request = g_task_get_task_data (task);
  TcSessionConfig *config = g_ptr_array_index (request->configs, request->answer->len);
  GPtrArray *past = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_past_run_free);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) rows = tc_store_load_truths_finish (TC_STORE (object), result, &error);

  if (rows == NULL)
    g_message ("What earlier runs took cannot be read: %s", error->message);
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      TcEstimateRow *row = g_ptr_array_index (rows, i);
      g_autoptr(JsonObject) object_of_row = tc_json_parse_object (row->truth, -1, TC_JSON_DEFAULT, NULL);
      TcPastRun *run = object_of_row != NULL ? tc_past_run_from_json (object_of_row) : NULL;

      if (run != NULL)
        g_ptr_array_add (past, run);
    }
  g_hash_table_insert (request->past, g_strdup (config->target), past);
  with_history (task);
}

/* Takes ownership of @task. */
static void
next_session (GTask *task)
{
  TcEstimator *self = g_task_get_source_object (task);
  Request *request = g_task_get_task_data (task);
  TcSessionConfig *config;

  if (g_task_return_error_if_cancelled (task))
    {
      g_object_unref (task);
      return;
    }
  if (request->answer->len == request->configs->len)
    {
      g_task_return_pointer (task, g_steal_pointer (&request->answer), (GDestroyNotify) g_ptr_array_unref);
      g_object_unref (task);
      return;
    }
  config = g_ptr_array_index (request->configs, request->answer->len);
  request->kind = build_kind (self, config);
  if (g_hash_table_contains (request->past, config->target))
    with_history (task);
  else
    tc_store_load_truths_async (self->store, config->target, g_task_get_cancellable (task), on_truths, task);
}

static gboolean
on_next (gpointer user_data)
{
  next_session (user_data);

  return G_SOURCE_REMOVE;
}

static void
on_calls (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  GTask *task = user_data;
  Request *request = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = tc_ledger_load_spend_finish (TC_LEDGER (object), result, &error);
  JsonArray *calls = answer != NULL && JSON_NODE_HOLDS_OBJECT (answer)
                     ? tc_json_get_array (json_node_get_object (answer), "calls") : NULL;

  if (answer == NULL)
    g_message ("What earlier calls cost cannot be read: %s", error->message);
  request->calls = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  for (guint i = 0; calls != NULL && i < json_array_get_length (calls); i++)
    {
      JsonObject *call = json_array_get_object_element (calls, i);

      if (g_str_equal (tc_json_get_string (call, "origin", ""), "supervisor") &&
          g_str_equal (tc_json_get_string (call, "state", ""), "settled"))
        g_ptr_array_add (request->calls, json_object_ref (call));
    }
  next_session (task);
}

static gboolean
asks_a_provider (GPtrArray *configs)
{
  for (guint i = 0; i < configs->len; i++)
    {
      if (tc_provider_find (((TcSessionConfig *) g_ptr_array_index (configs, i))->provider) != NULL)
        return TRUE;
    }

  return FALSE;
}

/** tc_estimator_request_async: estimates some sessions, in order */
void
tc_estimator_request_async (TcEstimator         *self,
                            GPtrArray           *configs,
                            gboolean             may_measure,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);

  g_task_set_source_tag (task, tc_estimator_request_async);
  request->configs = g_ptr_array_ref (configs);
  request->may_measure = may_measure;
  request->past = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  request->answer = g_ptr_array_new_with_free_func (estimated_free);
  g_task_set_task_data (task, request, request_free);
  if (self->ledger != NULL && asks_a_provider (configs))
    tc_ledger_load_spend_async (self->ledger, "call", 0, 0, 0, on_calls, task);
  else
    next_session (task);
}

/** tc_estimator_request_finish: Returns: (transfer full) (element-type TcEstimated) (nullable): one for each */
GPtrArray *
tc_estimator_request_finish (TcEstimator   *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * tc_estimator_check_total:
 * @total: of @all
 * @all: (element-type TcEstimated)
 *
 * Warns when what each session may have is too much together.
 */
void
tc_estimator_check_total (TcEstimator *self,
                          TcEstimate  *total,
                          GPtrArray   *all)
{
  gint64 disk = tc_machine_get_disk (tc_paths_get_runs_dir (self->paths));
  const TcRange *money = &total->ranges[TC_ESTIMATE_MONEY];
  const TcEstimated *last = all->len > 0 ? g_ptr_array_index (all, all->len - 1) : NULL;
  TcLedgerRoom room = { .left = TC_MONEY_UNKNOWN };

  if (all->len < 2)
    return;
  if (total->ranges[TC_ESTIMATE_DISK].is_known && disk >= 0 && total->disk_peak > disk)
    {
      g_autofree char *needed = tc_size_format ((guint64) total->disk_peak);
      g_autofree char *left = tc_size_format ((guint64) disk);

      tc_estimate_warn (total, "The disk will be full: up to %s are needed for all, and %s are free.", needed, left);
    }
  if (self->ledger != NULL)
    tc_ledger_get_room (self->ledger, 0, last->config->provider, TC_MONEY_UNKNOWN, &room);
  if (money->is_known && room.left != TC_MONEY_UNKNOWN && money->high > room.left)
    {
      g_autofree char *high = tc_money_format (money->high);
      g_autofree char *left = tc_money_format (MAX (room.left, 0));

      tc_estimate_warn (total, "The budget may not last: up to %s are expected for all, and %s are left.", high, left);
    }
}
