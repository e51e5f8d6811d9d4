/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The operations of TcStore that only look. */

#include "config.h"

#include "tc-store-ingest.h"
#include "tc-store-points.h"
#include "tc-store-private.h"
#include "tc-store-records.h"
#include "tc-store-sessions.h"

static gboolean
run_load_sessions (TcStoreDb  *db,
                   gpointer    data,
                   gpointer   *result,
                   GError    **error)
{
  *result = tc_store_sessions_load (db, error);

  return *result != NULL;
}

/**
 * tc_store_load_sessions_async:
 *
 * Loads all sessions.
 */
void
tc_store_load_sessions_async (TcStore             *self,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  static const TcStoreOperation operation = {
    run_load_sessions, FALSE, NULL, (GDestroyNotify) g_ptr_array_unref
  };

  g_return_if_fail (TC_IS_STORE (self));

  tc_store_start (self, &operation, NULL,
         tc_store_new_task (self, tc_store_load_sessions_async, cancellable, callback, user_data));
}

/**
 * tc_store_load_sessions_finish:
 * @error: TC_ERROR
 *
 * Returns: (transfer full) (element-type TcSession) (nullable): by position
 */
GPtrArray *
tc_store_load_sessions_finish (TcStore       *self,
                               GAsyncResult  *result,
                               GError       **error)
{
  g_return_val_if_fail (tc_store_is_answer (self, result, tc_store_load_sessions_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
run_load_max_id (TcStoreDb  *db,
                 gpointer    data,
                 gpointer   *result,
                 GError    **error)
{
  guint64 id;

  if (!tc_store_sessions_get_max_id (db, &id, error))
    return FALSE;
  *result = g_memdup2 (&id, sizeof id);

  return TRUE;
}

/**
 * tc_store_load_max_id_async:
 *
 * Asks for the highest number a session ever had, removed ones included.
 */
void
tc_store_load_max_id_async (TcStore             *self,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  static const TcStoreOperation operation = { run_load_max_id, FALSE, NULL, g_free };

  g_return_if_fail (TC_IS_STORE (self));

  tc_store_start (self, &operation, NULL,
         tc_store_new_task (self, tc_store_load_max_id_async, cancellable, callback, user_data));
}

/**
 * tc_store_load_max_id_finish:
 * @id: (out): the number, 0 if there was none
 * @error: TC_ERROR
 *
 * Returns: whether it could be read
 */
gboolean
tc_store_load_max_id_finish (TcStore       *self,
                             GAsyncResult  *result,
                             guint64       *id,
                             GError       **error)
{
  g_autofree guint64 *value = NULL;

  g_return_val_if_fail (tc_store_is_answer (self, result, tc_store_load_max_id_async), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  value = g_task_propagate_pointer (G_TASK (result), error);
  *id = value != NULL ? *value : 0;

  return value != NULL;
}

static gboolean
run_load_cursor (TcStoreDb  *db,
                 gpointer    data,
                 gpointer   *result,
                 GError    **error)
{
  TcStoreRequest *request = data;

  *result = tc_store_ingest_load_cursor (db, request->session_id, error);

  return *result != NULL;
}

/**
 * tc_store_load_cursor_async:
 *
 * Asks how far a run was read.
 */
void
tc_store_load_cursor_async (TcStore             *self,
                            guint64              session_id,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  static const TcStoreOperation operation = {
    run_load_cursor, FALSE, tc_store_request_free, (GDestroyNotify) tc_ingest_cursor_free
  };

  g_return_if_fail (TC_IS_STORE (self));

  tc_store_start (self, &operation, tc_store_request_new (session_id, NULL),
         tc_store_new_task (self, tc_store_load_cursor_async, cancellable, callback, user_data));
}

/**
 * tc_store_load_cursor_finish:
 * @cursor: (out): the caller frees its parser_state; all zero for a session
 *   nothing was read of
 * @error: TC_ERROR
 *
 * Returns: whether it could be read
 */
gboolean
tc_store_load_cursor_finish (TcStore         *self,
                             GAsyncResult    *result,
                             TcIngestCursor  *cursor,
                             GError         **error)
{
  TcIngestCursor *loaded;

  g_return_val_if_fail (tc_store_is_answer (self, result, tc_store_load_cursor_async), FALSE);
  g_return_val_if_fail (cursor != NULL, FALSE);

  *cursor = (TcIngestCursor) { 0, };
  loaded = g_task_propagate_pointer (G_TASK (result), error);
  if (loaded == NULL)
    return FALSE;
  *cursor = *loaded;
  g_free (loaded);

  return TRUE;
}

static gboolean
run_load_metrics (TcStoreDb  *db,
                  gpointer    data,
                  gpointer   *result,
                  GError    **error)
{
  TcStoreRequest *request = data;

  *result = tc_store_points_load (db, request->session_id, request->text,
                                  request->max_points, error);

  return *result != NULL;
}

/**
 * tc_store_load_metrics_async:
 * @series: (nullable): the only series wanted
 * @max_points: about as many of each series, with all spikes; 0 for all
 *
 * Loads the points of a session.
 */
void
tc_store_load_metrics_async (TcStore             *self,
                             guint64              session_id,
                             const char          *series,
                             guint                max_points,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  static const TcStoreOperation operation = {
    run_load_metrics, FALSE, tc_store_request_free, (GDestroyNotify) json_node_unref
  };
  TcStoreRequest *request;

  g_return_if_fail (TC_IS_STORE (self));

  request = tc_store_request_new (session_id, series);
  request->max_points = max_points;
  tc_store_start (self, &operation, request,
         tc_store_new_task (self, tc_store_load_metrics_async, cancellable, callback, user_data));
}

/**
 * tc_store_load_metrics_finish:
 * @error: TC_ERROR
 *
 * Returns: (transfer full) (nullable): {"series":{NAME:[[x,value],…],…}}; a
 *   value that is not finite is "NaN", "Infinity" or "-Infinity"
 */
JsonNode *
tc_store_load_metrics_finish (TcStore       *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (tc_store_is_answer (self, result, tc_store_load_metrics_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
run_load_records (TcStoreDb  *db,
                  gpointer    data,
                  gpointer   *result,
                  GError    **error)
{
  TcStoreRequest *request = data;

  *result = tc_store_records_load (db, request->text, request->session_id, error);

  return *result != NULL;
}

/**
 * tc_store_load_records_async:
 * @kind: "gates", "checkpoints", "events" or "verdicts"
 * @session_id: whose; 0 for those of all
 *
 * Loads records; of events and verdicts the newest 1,000.
 */
void
tc_store_load_records_async (TcStore             *self,
                             const char          *kind,
                             guint64              session_id,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  static const TcStoreOperation operation = {
    run_load_records, FALSE, tc_store_request_free, (GDestroyNotify) json_node_unref
  };

  g_return_if_fail (TC_IS_STORE (self));
  g_return_if_fail (kind != NULL);

  tc_store_start (self, &operation, tc_store_request_new (session_id, kind),
         tc_store_new_task (self, tc_store_load_records_async, cancellable, callback, user_data));
}

/**
 * tc_store_load_records_finish:
 * @error: TC_ERROR; TC_ERROR_USAGE for an unknown kind
 *
 * Returns: (transfer full) (nullable): an array of objects, oldest first
 */
JsonNode *
tc_store_load_records_finish (TcStore       *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (tc_store_is_answer (self, result, tc_store_load_records_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
run_get_setting (TcStoreDb  *db,
                 gpointer    data,
                 gpointer   *result,
                 GError    **error)
{
  TcStoreRequest *request = data;

  return tc_store_settings_get (db, request->text, (char **) result, error);
}

/**
 * tc_store_get_setting_async:
 *
 * Asks for a setting.
 */
void
tc_store_get_setting_async (TcStore             *self,
                            const char          *key,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  static const TcStoreOperation operation = { run_get_setting, FALSE, tc_store_request_free, g_free };

  g_return_if_fail (TC_IS_STORE (self));
  g_return_if_fail (key != NULL);

  tc_store_start (self, &operation, tc_store_request_new (0, key),
         tc_store_new_task (self, tc_store_get_setting_async, cancellable, callback, user_data));
}

/**
 * tc_store_get_setting_finish:
 * @error: TC_ERROR
 *
 * Returns: (transfer full) (nullable): the value; NULL without @error if it is
 *   not set
 */
char *
tc_store_get_setting_finish (TcStore       *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (tc_store_is_answer (self, result, tc_store_get_setting_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
