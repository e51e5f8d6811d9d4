/* SPDX-License-Identifier: MIT
 * SPDX-FileCopyrightText: 2026 The Training Center developers */

/* The operations of TcStore that change something. */

#include "config.h"

#include "tc-json.h"
#include "tc-store-ingest.h"
#include "tc-store-private.h"
#include "tc-store-records.h"
#include "tc-store-sessions.h"

static gboolean
run_save_sessions (TcStoreDb  *db,
                   gpointer    data,
                   gpointer   *result,
                   GError    **error)
{
  TcStoreRequest *request = data;

  for (guint i = 0; i < request->rows->len; i++)
    {
      const TcSessionRow *row = &g_array_index (request->rows, TcSessionRow, i);

      if (!tc_store_sessions_save_one (db, row->id, row->json, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * tc_store_save_sessions_async:
 * @sessions: (element-type TcSession): as they are now; all or none are saved
 *
 * Saves sessions, new or known. What is answered survives a power cut.
 */
void
tc_store_save_sessions_async (TcStore             *self,
                              GPtrArray           *sessions,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  static const TcStoreOperation operation = { run_save_sessions, TRUE, tc_store_request_free, NULL };
  TcStoreRequest *request;

  g_return_if_fail (TC_IS_STORE (self));
  g_return_if_fail (sessions != NULL);

  request = tc_store_request_new (0, NULL);
  request->rows = g_array_sized_new (FALSE, FALSE, sizeof (TcSessionRow), sessions->len);
  g_array_set_clear_func (request->rows, (GDestroyNotify) tc_session_row_clear);
  for (guint i = 0; i < sessions->len; i++)
    {
      g_autoptr(JsonNode) node = tc_session_to_json (sessions->pdata[i]);
      TcSessionRow row = { tc_session_get_id (sessions->pdata[i]),
                           tc_json_to_string (node, FALSE) };

      g_array_append_val (request->rows, row);
    }

  tc_store_start (self, &operation, request,
         tc_store_new_task (self, tc_store_save_sessions_async, cancellable, callback, user_data));
}

/**
 * tc_store_save_sessions_finish:
 * @error: TC_ERROR
 *
 * Returns: whether they are on the disk
 */
gboolean
tc_store_save_sessions_finish (TcStore       *self,
                               GAsyncResult  *result,
                               GError       **error)
{
  g_return_val_if_fail (tc_store_is_answer (self, result, tc_store_save_sessions_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
run_remove_session (TcStoreDb  *db,
                    gpointer    data,
                    gpointer   *result,
                    GError    **error)
{
  TcStoreRequest *request = data;

  return tc_store_sessions_remove (db, request->session_id, error);
}

/**
 * tc_store_remove_session_async:
 *
 * Removes a session with its points, records and cursor. Its number is not
 * given away again, see tc_store_load_max_id_async().
 */
void
tc_store_remove_session_async (TcStore             *self,
                               guint64              session_id,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  static const TcStoreOperation operation = { run_remove_session, TRUE, tc_store_request_free, NULL };

  g_return_if_fail (TC_IS_STORE (self));

  tc_store_start (self, &operation, tc_store_request_new (session_id, NULL),
         tc_store_new_task (self, tc_store_remove_session_async, cancellable, callback, user_data));
}

/**
 * tc_store_remove_session_finish:
 * @error: TC_ERROR
 *
 * Returns: whether it is gone
 */
gboolean
tc_store_remove_session_finish (TcStore       *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (tc_store_is_answer (self, result, tc_store_remove_session_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
run_ingest (TcStoreDb  *db,
            gpointer    data,
            gpointer   *result,
            GError    **error)
{
  return tc_store_ingest_run (db, data, error);
}

/**
 * tc_store_ingest_async:
 * @ingest: (transfer full): what a run said, and how far it was read by then
 *
 * Stores a batch. The names in @ingest's points are copied at once.
 */
void
tc_store_ingest_async (TcStore             *self,
                       TcIngest            *ingest,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  static const TcStoreOperation operation = {
    run_ingest, TRUE, (GDestroyNotify) tc_ingest_free, NULL
  };

  g_return_if_fail (TC_IS_STORE (self));
  g_return_if_fail (ingest != NULL);

  tc_ingest_own_names (ingest);
  tc_store_start (self, &operation, ingest,
         tc_store_new_task (self, tc_store_ingest_async, cancellable, callback, user_data));
}

/**
 * tc_store_ingest_finish:
 * @error: TC_ERROR: NOT_FOUND if there is no such session; CONFLICT if the
 *   database was replaced since the caller last loaded the cursor
 *
 * Returns: whether it is on the disk, all of it with the cursor
 */
gboolean
tc_store_ingest_finish (TcStore       *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (tc_store_is_answer (self, result, tc_store_ingest_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
run_add_event (TcStoreDb  *db,
               gpointer    data,
               gpointer   *result,
               GError    **error)
{
  TcStoreRequest *request = data;

  return tc_store_records_add_event (db, request->event, error);
}

/**
 * tc_store_add_event_async:
 * @event: copied
 *
 * Stores an event.
 */
void
tc_store_add_event_async (TcStore             *self,
                          TcEvent             *event,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  static const TcStoreOperation operation = { run_add_event, TRUE, tc_store_request_free, NULL };
  TcStoreRequest *request;

  g_return_if_fail (TC_IS_STORE (self));
  g_return_if_fail (event != NULL);

  request = tc_store_request_new (event->session_id, NULL);
  request->event = tc_event_copy (event);
  tc_store_start (self, &operation, request,
         tc_store_new_task (self, tc_store_add_event_async, cancellable, callback, user_data));
}

/**
 * tc_store_add_event_finish:
 * @error: TC_ERROR
 *
 * Returns: whether it is on the disk
 */
gboolean
tc_store_add_event_finish (TcStore       *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (tc_store_is_answer (self, result, tc_store_add_event_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
run_set_setting (TcStoreDb  *db,
                 gpointer    data,
                 gpointer   *result,
                 GError    **error)
{
  TcStoreRequest *request = data;

  return tc_store_settings_set (db, request->text, request->value, error);
}

/**
 * tc_store_set_setting_async:
 * @value: (nullable): NULL removes the setting
 *
 * Stores a setting of the engine.
 */
void
tc_store_set_setting_async (TcStore             *self,
                            const char          *key,
                            const char          *value,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  static const TcStoreOperation operation = { run_set_setting, TRUE, tc_store_request_free, NULL };
  TcStoreRequest *request;

  g_return_if_fail (TC_IS_STORE (self));
  g_return_if_fail (key != NULL);

  request = tc_store_request_new (0, key);
  request->value = g_strdup (value);
  tc_store_start (self, &operation, request,
         tc_store_new_task (self, tc_store_set_setting_async, cancellable, callback, user_data));
}

/**
 * tc_store_set_setting_finish:
 * @error: TC_ERROR
 *
 * Returns: whether it is on the disk
 */
gboolean
tc_store_set_setting_finish (TcStore       *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (tc_store_is_answer (self, result, tc_store_set_setting_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
