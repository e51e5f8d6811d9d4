/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: 2026 The Training Center developers */

#include "config.h"

#include "tc-store-estimates.h"
#include "tc-store-private.h"

#define COLUMNS "session, script, target, estimate, truth"
#define SQL_LOAD "SELECT " COLUMNS " FROM estimates WHERE session = ?1"
#define SQL_TRUTHS \
  "SELECT " COLUMNS " FROM estimates WHERE target = ?1 AND truth IS NOT NULL" \
  " ORDER BY session DESC LIMIT 100"
/* A session that was removed meanwhile gets none. */
#define SQL_SAVE \
  "INSERT INTO estimates (" COLUMNS ") SELECT ?1, ?2, ?3, ?4, ?5" \
  " WHERE EXISTS (SELECT 1 FROM sessions WHERE id = ?1)" \
  " ON CONFLICT (session) DO UPDATE SET script = excluded.script, target = excluded.target," \
  " estimate = coalesce(excluded.estimate, estimate), truth = coalesce(excluded.truth, truth)"

/** tc_estimate_row_new: Returns: (transfer full): without an estimate and a truth */
TcEstimateRow *
tc_estimate_row_new (guint64     session_id,
                     const char *script,
                     const char *target)
{
  TcEstimateRow *self = g_new0 (TcEstimateRow, 1);

  self->session_id = session_id;
  self->script = g_strdup (script);
  self->target = g_strdup (target);

  return self;
}

/** tc_estimate_row_free: */
void
tc_estimate_row_free (TcEstimateRow *self)
{
  g_free (self->script);
  g_free (self->target);
  g_free (self->estimate);
  g_free (self->truth);
  g_free (self);
}

static TcEstimateRow *
read_row (sqlite3_stmt *row)
{
  TcEstimateRow *self = tc_estimate_row_new ((guint64) sqlite3_column_int64 (row, 0),
                                             (const char *) sqlite3_column_text (row, 1),
                                             (const char *) sqlite3_column_text (row, 2));

  self->estimate = g_strdup ((const char *) sqlite3_column_text (row, 3));
  self->truth = g_strdup ((const char *) sqlite3_column_text (row, 4));

  return self;
}

static gboolean
read_rows (TcStoreDb     *db,
           sqlite3_stmt  *statement,
           gpointer      *result,
           GError       **error)
{
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) tc_estimate_row_free);
  gboolean has_row;

  while (tc_store_db_step (db, statement, &has_row, error))
    {
      if (!has_row)
        {
          *result = g_steal_pointer (&rows);
          return TRUE;
        }
      g_ptr_array_add (rows, read_row (statement));
    }

  return FALSE;
}

static gboolean
run_save (TcStoreDb  *db,
          gpointer    data,
          gpointer   *result,
          GError    **error)
{
  GPtrArray *rows = data;

  for (guint i = 0; i < rows->len; i++)
    {
      TcEstimateRow *row = g_ptr_array_index (rows, i);
      sqlite3_stmt *statement = tc_store_db_prepare (db, SQL_SAVE, error);

      if (statement == NULL)
        return FALSE;
      sqlite3_bind_int64 (statement, 1, (gint64) row->session_id);
      tc_store_db_bind_text (statement, 2, row->script);
      tc_store_db_bind_text (statement, 3, row->target);
      tc_store_db_bind_text (statement, 4, row->estimate);
      tc_store_db_bind_text (statement, 5, row->truth);
      if (!tc_store_db_finish (db, statement, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * tc_store_save_estimates_async:
 * @rows: (element-type TcEstimateRow): not to be changed any more
 *
 * Saves what each row has; the rest stays. Rows of sessions that are not there
 * are left out.
 */
void
tc_store_save_estimates_async (TcStore             *self,
                               GPtrArray           *rows,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  static const TcStoreOperation operation = { run_save, TRUE, (GDestroyNotify) g_ptr_array_unref, NULL };

  g_return_if_fail (TC_IS_STORE (self));

  tc_store_start (self, &operation, g_ptr_array_ref (rows),
         tc_store_new_task (self, tc_store_save_estimates_async, cancellable, callback, user_data));
}

/**
 * tc_store_save_estimates_finish:
 * @error: TC_ERROR
 *
 * Returns: whether they are on the disk
 */
gboolean
tc_store_save_estimates_finish (TcStore       *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (tc_store_is_answer (self, result, tc_store_save_estimates_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
run_load (TcStoreDb  *db,
          gpointer    data,
          gpointer   *result,
          GError    **error)
{
  TcStoreRequest *request = data;
  sqlite3_stmt *statement = tc_store_db_prepare (db, SQL_LOAD, error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, (gint64) request->session_id);

  return read_rows (db, statement, result, error);
}

/**
 * tc_store_load_estimate_async:
 *
 * Loads what is kept of one session.
 */
void
tc_store_load_estimate_async (TcStore             *self,
                              guint64              session_id,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  static const TcStoreOperation operation = {
    run_load, FALSE, tc_store_request_free, (GDestroyNotify) g_ptr_array_unref
  };

  g_return_if_fail (TC_IS_STORE (self));

  tc_store_start (self, &operation, tc_store_request_new (session_id, NULL),
         tc_store_new_task (self, tc_store_load_estimate_async, cancellable, callback, user_data));
}

/**
 * tc_store_load_estimate_finish:
 * @error: TC_ERROR
 *
 * Returns: (transfer full) (element-type TcEstimateRow) (nullable): one row, or
 *   none
 */
GPtrArray *
tc_store_load_estimate_finish (TcStore       *self,
                               GAsyncResult  *result,
                               GError       **error)
{
  g_return_val_if_fail (tc_store_is_answer (self, result, tc_store_load_estimate_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
run_load_truths (TcStoreDb  *db,
                 gpointer    data,
                 gpointer   *result,
                 GError    **error)
{
  TcStoreRequest *request = data;
  sqlite3_stmt *statement = tc_store_db_prepare (db, SQL_TRUTHS, error);

  if (statement == NULL)
    return FALSE;
  tc_store_db_bind_text (statement, 1, request->text);

  return read_rows (db, statement, result, error);
}

/**
 * tc_store_load_truths_async:
 * @target: of the sessions wanted
 *
 * Loads the newest hundred sessions of a target of which is known what they
 * took.
 */
void
tc_store_load_truths_async (TcStore             *self,
                            const char          *target,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  static const TcStoreOperation operation = {
    run_load_truths, FALSE, tc_store_request_free, (GDestroyNotify) g_ptr_array_unref
  };

  g_return_if_fail (TC_IS_STORE (self));
  g_return_if_fail (target != NULL);

  tc_store_start (self, &operation, tc_store_request_new (0, target),
         tc_store_new_task (self, tc_store_load_truths_async, cancellable, callback, user_data));
}

/**
 * tc_store_load_truths_finish:
 * @error: TC_ERROR
 *
 * Returns: (transfer full) (element-type TcEstimateRow) (nullable): the newest
 *   first
 */
GPtrArray *
tc_store_load_truths_finish (TcStore       *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (tc_store_is_answer (self, result, tc_store_load_truths_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
