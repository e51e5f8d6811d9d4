/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

/* What an ended session took: its folder is looked at in a thread, the rest
 * comes from store and ledger. */

#include "config.h"

#include "tc-error.h"
#include "tc-estimator-private.h"
#include "tc-json.h"
#include "tc-run-truth.h"
#include "tc-store-estimates.h"

typedef struct
{
  /* Input arguments. */
  TcSession  *session;     /* (owned) */
  char       *run_dir;     /* (owned) */
  gboolean    is_old;      /* ended under an earlier engine: it may be known already */

  /* In-progress data. */
  TcPastRun  *truth;       /* (owned) (nullable) */
  JsonNode   *metrics;     /* (owned) (nullable) */
  JsonNode   *checkpoints; /* (owned) (nullable) */
} Truth;

static void
truth_free (gpointer data)
{
  Truth *self = data;

  g_object_unref (self->session);
  g_clear_pointer (&self->truth, tc_past_run_free);
  g_clear_pointer (&self->metrics, json_node_unref);
  g_clear_pointer (&self->checkpoints, json_node_unref);
  g_free (self->run_dir);
  g_free (self);
}

static void
on_saved (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;

  if (tc_store_save_estimates_finish (TC_STORE (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
take_money (TcEstimator *self,
            Truth       *data)
{
  const char *provider = tc_session_get_config (data->session)->provider;
  TcLedgerRoom room;

  if (self->ledger == NULL)
    return;
  tc_ledger_get_room (self->ledger, tc_session_get_id (data->session), provider, TC_MONEY_UNKNOWN, &room);
  data->truth->spent = room.spent;
  data->truth->n_unknown = room.n_unknown;
}

static void
on_gates (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  GTask *task = user_data;
  TcEstimator *self = g_task_get_source_object (task);
  Truth *data = g_task_get_task_data (task);
  g_autoptr(JsonNode) gates = tc_store_load_records_finish (TC_STORE (object), result, NULL);
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_estimate_row_free);
  g_autoptr(JsonNode) node = NULL;
  TcEstimateRow *row;

  tc_run_truth_take_records (data->truth, data->session, data->metrics, data->checkpoints, gates);
  take_money (self, data);
  node = tc_past_run_to_json (data->truth);
  row = tc_estimate_row_new (tc_session_get_id (data->session), data->truth->kind->script,
                             data->truth->kind->target);
  row->truth = tc_json_to_string (node, FALSE);
  g_ptr_array_add (rows, row);
  tc_store_save_estimates_async (self->store, rows, NULL, on_saved, task);
}

static void
on_checkpoints (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  GTask *task = user_data;
  Truth *data = g_task_get_task_data (task);

  data->checkpoints = tc_store_load_records_finish (TC_STORE (object), result, NULL);
  tc_store_load_records_async (TC_STORE (object), "gates", tc_session_get_id (data->session), NULL, on_gates, task);
}

static void
on_metrics (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  GTask *task = user_data;
  Truth *data = g_task_get_task_data (task);

  data->metrics = tc_store_load_metrics_finish (TC_STORE (object), result, NULL);
  tc_store_load_records_async (TC_STORE (object), "checkpoints", tc_session_get_id (data->session), NULL,
                               on_checkpoints, task);
}

static void
on_folder_read (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  GTask *task = user_data;
  TcEstimator *self = g_task_get_source_object (task);
  Truth *data = g_task_get_task_data (task);
  g_autoptr(TcRunFolderFacts) folder = g_task_propagate_pointer (G_TASK (result), NULL);
  g_autofree char *script = tc_estimator_dup_script (self, tc_session_get_config (data->session));

  data->truth = tc_run_truth_new (data->session, folder, script);
  tc_store_load_metrics_async (self->store, tc_session_get_id (data->session), "epoch_seconds", 0, NULL,
                               on_metrics, task);
}

static void
read_folder (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  g_task_return_pointer (task, tc_run_folder_facts_read (data), (GDestroyNotify) tc_run_folder_facts_free);
}

static void
begin (GTask *task)
{
  TcEstimator *self = g_task_get_source_object (task);
  Truth *data = g_task_get_task_data (task);
  g_autoptr(GTask) reading = g_task_new (self, NULL, on_folder_read, task);

  g_task_set_source_tag (reading, begin);
  g_task_set_task_data (reading, g_strdup (data->run_dir), g_free);
  g_task_run_in_thread (reading, read_folder);
}

static void
on_known (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  GTask *task = user_data;
  g_autoptr(GPtrArray) rows = tc_store_load_estimate_finish (TC_STORE (object), result, NULL);
  TcEstimateRow *row = rows != NULL && rows->len > 0 ? g_ptr_array_index (rows, 0) : NULL;

  if (row != NULL && row->truth != NULL)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  begin (task);
}

/**
 * tc_estimator_take_truth_async:
 * @session: an ended one
 * @is_old: not again if it is known
 *
 * Finds out what a session took, and keeps it.
 */
void
tc_estimator_take_truth_async (TcEstimator         *self,
                               TcSession           *session,
                               gboolean             is_old,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Truth *data = g_new0 (Truth, 1);

  g_task_set_source_tag (task, tc_estimator_take_truth_async);
  data->session = g_object_ref (session);
  data->run_dir = tc_scheduler_dup_run_dir (self->scheduler, tc_session_get_id (session));
  data->is_old = is_old;
  g_task_set_task_data (task, data, truth_free);
  if (is_old)
    tc_store_load_estimate_async (self->store, tc_session_get_id (session), NULL, on_known, task);
  else
    begin (task);
}

/** tc_estimator_take_truth_finish: Returns: whether it is kept */
gboolean
tc_estimator_take_truth_finish (TcEstimator   *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
